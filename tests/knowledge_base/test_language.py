"""Ukrainian of numbers, money, dates and hours."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import language

HARD = "\u00a0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 документів"),
        (1, "1 документ"),
        (2, "2 документи"),
        (4, "4 документи"),
        (5, "5 документів"),
        (11, "11 документів"),
        (12, "12 документів"),
        (14, "14 документів"),
        (20, "20 документів"),
        (21, "21 документ"),
        (22, "22 документи"),
        (111, "111 документів"),
        (1_000_001, "1 000 001 документ"),
        (Decimal("1.5"), "1,5 документа"),
    ],
)
def test_plurals(value: int | Decimal, expected: str) -> None:
    assert language.plural(value, "документ").replace(HARD, " ") == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(1, "1 року"), (3, "3 років"), (21, "21 року"), (5, "5 років")]
)
def test_genitive_after_up_to(value: int, expected: str) -> None:
    assert language.plural(value, "року").replace(HARD, " ") == expected


def test_an_unknown_noun_is_an_error() -> None:
    with pytest.raises(language.UnknownNoun):
        language.plural(3, "верблюд")


@given(st.integers(0, 10**9), st.sampled_from(sorted(language.NOUNS)))
def test_only_the_last_two_digits_choose_the_form(value: int, noun: str) -> None:
    assert language.noun_form(value, noun) == language.noun_form(value % 100, noun)


@given(st.integers(0, 10**6), st.sampled_from(sorted(language.NOUNS)))
def test_teens_always_take_the_many_form(hundreds: int, noun: str) -> None:
    for teen in range(11, 20):
        assert language.noun_form(hundreds * 100 + teen, noun) == language.NOUNS[noun][2]


@given(st.decimals(-(10**9), 10**9, places=2))
def test_money_reads_back_as_the_same_sum(value: Decimal) -> None:
    said = language.money(value)
    assert said.endswith(f"{HARD}грн")
    assert " " not in said
    back = said.removesuffix(f"{HARD}грн").replace(HARD, "").replace(",", ".").replace("−", "-")
    assert Decimal(back) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12000, "12 000 грн"),
        (Decimal("1117.23"), "1 117,23 грн"),
        (Decimal("41280.5"), "41 280,50 грн"),
        (0, "0 грн"),
    ],
)
def test_money(value: int | Decimal, expected: str) -> None:
    assert language.money(value).replace(HARD, " ") == expected


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_range_names_both_ends_once(one: int, other: int) -> None:
    low, high = min(one, other), max(one, other)
    said = language.money_range(low, high)
    assert said.count("грн") == 1
    assert (said == language.money(low)) == (low == high)


def test_ranges_and_percents() -> None:
    assert language.money_range(10_000, 14_000).replace(HARD, " ") == "від 10 000 до 14 000 грн"
    assert language.percent(15) == f"15{HARD}%"
    assert language.number(Decimal("2.50")) == "2,5"


def test_dates() -> None:
    assert language.day(date(2026, 12, 31)).replace(HARD, " ") == "31 грудня 2026 року"
    assert language.day_in_figures(date(2026, 11, 2)) == "02.11.2026"
    assert [language.weekday_when(date(2026, 11, 23) + timedelta(days=n)) for n in range(7)] == [
        "у понеділок",
        "у вівторок",
        "у середу",
        "у четвер",
        "у п’ятницю",
        "у суботу",
        "у неділю",
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), "сьогодні"),
        (date(2026, 11, 24), "завтра, 24 листопада"),
        (date(2026, 11, 30), "30 листопада"),
        (date(2027, 1, 2), "2 січня 2027 року"),
    ],
)
def test_near_dates(day: date, expected: str) -> None:
    assert language.near_day(day, date(2026, 11, 23)).replace(HARD, " ") == expected


def test_clock() -> None:
    assert language.clock_when(time(10)).replace(HARD, " ") == "о 10:00"
    assert language.clock_when(time(11, 40)).replace(HARD, " ") == "об 11:40"
    assert language.clock_range(time(9), time(17)).replace(HARD, " ") == "з 9:00 до 17:00"


@given(st.text("абвгґї'’ \n", max_size=30))
def test_the_apostrophe_is_mended_once_and_only_inside_a_word(text: str) -> None:
    mended = language.typographic(text)
    assert language.typographic(mended) == mended
    assert len(mended) == len(text)
    assert mended.replace("’", "'") == text.replace("’", "'")


def test_apostrophes() -> None:
    assert language.typographic("сім'я п`ять 'так'") == "сім’я п’ять 'так'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Так. Подайте заяву.", "Так."),
        ("Управління, м. Київ, вул. Липова. Далі.", "Управління, м. Київ, вул. Липова."),
        ("Перший рядок\nдругий", "Перший рядок"),
        ("Лише одне речення", "Лише одне речення"),
    ],
)
def test_first_sentence(text: str, expected: str) -> None:
    assert language.first_sentence(text) == expected
