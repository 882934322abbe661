"""Answers to a numbered list, and the ages of several children in one message."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.rules.values import Range
from knowledge_base.understanding.answers import hear_children, hear_ticks

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("said", "ticked"),
    [
        ("1 і 3", {1, 3}),
        ("1,3", {1, 3}),
        ("1.3", {1, 3}),
        ("1) і 4)", {1, 4}),
        ("1️⃣ 3️⃣", {1, 3}),
        ("№2", {2}),
        ("номери 1 та 2", {1, 2}),
        ("2 3 5", {2, 3, 5}),
        ("135", {1, 3, 5}),
        ("1-3", {1, 2, 3}),
        ("перше, третє", {1, 3}),
        ("перша", {1}),
        ("первый и третий", {1, 3}),
        ("два і п'ять", {2, 5}),
        ("останнє", {6}),
        ("тільки 2", {2}),
        ("маю 1 і 2", {1, 2}),
        ("1 так, 2 ні, 3 так", {1, 3}),
        ("1 4 і робота кончилась", {1, 4}),
        ("не 1, а 2", {2}),
        ("всі", {1, 2, 3, 4, 5, 6}),
        ("всё", {1, 2, 3, 4, 5, 6}),
        ("всі крім 2", {1, 3, 4, 5, 6}),
        ("нічого", set()),
        ("ніщо", set()),
        ("нет ничего", set()),
        ("нічого з цього", set()),
        ("ничего из этого", set()),
        ("нічого не підходить", set()),
        ("нема", set()),
        ("ні", set()),
        ("жодне", set()),
        ("не стосується", set()),
        ("0", set()),
        ("-", set()),
    ],
)
def test_ticks(said: str, ticked: set[int]) -> None:
    assert hear_ticks(said, 6) == frozenset(ticked)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "7",
        "1 та 12",
        "так",
        "не знаю",
        "2 дітей",
        "мені 67 років",
        "а що таке 2",
        "1?",
        "назад",
        "жигулі є",
        "131",
    ],
)
def test_no_answer_to_a_list(said: str) -> None:
    assert hear_ticks(said, 6) is None


def test_one_line_is_ticked_by_yes() -> None:
    assert hear_ticks("так", 1) == frozenset({1})
    assert hear_ticks("обидва", 2) == frozenset({1, 2})


def aged(years: int) -> Range:
    """Birth dates of whoever is so many whole years old on `TODAY`."""
    return Range(date(2026 - years - 1, 11, 26), date(2026 - years, 11, 25))


def days(low: str, high: str | None = None) -> Range:
    return Range(date.fromisoformat(low), date.fromisoformat(high or low))


TWO_MONTHS = days("2026-08-26", "2026-09-25")
HALF_A_YEAR = days("2026-03-26", "2026-06-25")


@pytest.mark.parametrize(
    ("said", "children"),
    [
        ("двоє, 4 і 7", (aged(7), aged(4))),
        ("4 і 7", (aged(7), aged(4))),
        ("4,7", (aged(7), aged(4))),
        ("4 7", (aged(7), aged(4))),
        ("2, 9 і 17 років", (aged(17), aged(9), aged(2))),
        ("вісім і одинадцять", (aged(11), aged(8))),
        ("троє дітей 2 5 10", (aged(10), aged(5), aged(2))),
        ("3 доньки: 2, 5, 8", (aged(8), aged(5), aged(2))),
        ("5", (aged(5),)),
        ("одна дитина, 7 років", (aged(7),)),
        ("один, 5 років", (aged(5),)),
        ("один 5, другий 7", (aged(7), aged(5))),
        ("старшому 12 молодшій 3 рочки", (aged(12), aged(3))),
        ("дочці 3, сину пів року", (aged(3), HALF_A_YEAR)),
        ("троє: 2 місяці, 5 і 10 років", (aged(10), aged(5), TWO_MONTHS)),
        ("рочок", (aged(1),)),
        ("1,5 року", (days("2025-03-26", "2025-06-25"),)),
        ("двоє 1,5", (aged(5), aged(1))),
        ("2 роки 3 місяці", (days("2024-07-26", "2024-08-25"),)),
        ("двоє: рік і 2 місяці", (aged(1), TWO_MONTHS)),
        ("двоє 4-5", (aged(5), aged(4))),
        ("двійня 3 роки", (aged(3), aged(3))),
        ("обом по 5 років", (aged(5), aged(5))),
        ("мені 30, сину 5", (aged(5),)),
        ("народилася 10.03.2026", (days("2026-03-10"),)),
        ("10.03.2020 та 05.06.2023", (days("2020-03-10"), days("2023-06-05"))),
        ("5 червня 2023 року", (days("2023-06-05"),)),
        ("2015 і 2019", (days("2015-01-01", "2015-12-31"), days("2019-01-01", "2019-12-31"))),
        ("дітей немає", ()),
        ("немає", ()),
    ],
)  # fmt: skip
def test_children(said: str, children: tuple[Range, ...]) -> None:
    assert hear_children(said, TODAY) == children


@pytest.mark.parametrize(
    "said",
    [
        "", "двоє", "троє дітей", "двоє, 4", "1,5", "4-5", "рік і 2 місяці", "2 і 5 місяців", "пенсія 3900",
        "скільки платять", "31.02.2020", "10.03.2030", "не знаю", "місяць тому", "5 клас", "мамі 67",
    ],
)  # fmt: skip
def test_no_ages_of_children(said: str) -> None:
    assert hear_children(said, TODAY) is None


def test_the_known_number_of_children_decides() -> None:
    assert hear_children("рік і 2 місяці", TODAY, count=1) == (days("2025-08-26", "2025-09-25"),)
    assert hear_children("рік і 2 місяці", TODAY, count=2) == (aged(1), TWO_MONTHS)
    assert hear_children("1,5", TODAY, count=2) == (aged(5), aged(1))
    assert hear_children("4 і 7", TODAY, count=3) is None
