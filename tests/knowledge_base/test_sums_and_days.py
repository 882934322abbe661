"""Sums and their rounding, days and terms, and the day at which the law is read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge_base.rules.calculation import shifted
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.values import exactly
from tests.knowledge_base.small_rules import (
    BIRTH_GRANT,
    GRANT_KNOWN,
    SUBSIDY,
    SUBSIDY_KNOWN,
    assess,
    money,
    without,
)

BIRTH = "child.birth_date"
INCOME = "household.income_month"


# ---- sums


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("", "33.335"),
        (", round: kopiyka", "33.34"),
        (", round: kopiyka_down", "33.33"),
        (", round: hryvnia", "33"),
        (", round: hryvnia_down", "33"),
        (", round: hryvnia_up", "34"),
    ],
)
def test_the_one_rounding_of_a_sum(rounding: str, expected: str) -> None:
    ruled = f'variants: [{{id: one, amount: {{value: "{INCOME} / 2", paid: monthly{rounding}}}}}]'
    found = assess(f"eligible: always\n{ruled}", {INCOME: Decimal("66.67")})
    assert money(found) == (Decimal(expected), Decimal(expected))


def test_half_a_hryvnia_goes_up() -> None:
    ruled = f'eligible: always\nvariants: [{{id: one, amount: {{value: "{INCOME}", paid: once, round: hryvnia}}}}]'
    assert money(assess(ruled, {INCOME: "2.50"})) == (3, 3)
    assert money(assess(ruled, {INCOME: ["1.49", "3.50"]})) == (1, 4)


@pytest.mark.parametrize("income", [200, 1000, 9999.99])
def test_three_thirds_are_one(income: float) -> None:
    """A division leaves a trace in the last digit that must not decide, nor be rounded up to a hryvnia."""
    ruled = f"""\
derive: {{whole: {{value: "{INCOME} / 7 * 7"}}}}
eligible: {{all: ["whole >= {INCOME}", "whole <= {INCOME}"]}}
variants: [{{id: one, amount: {{value: "whole - {INCOME} / 3 * 3", paid: once, round: hryvnia_up}}}}]
"""
    found = assess(ruled, {INCOME: income})
    assert (found.outcome, money(found)) == (Truth.YES, (0, 0))


def test_a_sum_that_may_have_no_end_is_not_told() -> None:
    found = assess(SUBSIDY, without(SUBSIDY_KNOWN, "household.bill_in_norm"))
    assert found.amount is None
    assert found.need == ("household.bill_in_norm",)


def test_the_sum_supposes_that_one_is_entitled() -> None:
    ruled = f"""\
eligible: {{id: poor, that: "{INCOME} <= 3000"}}
variants: [{{id: one, amount: {{value: "5000 - {INCOME}", paid: monthly}}}}]
"""
    found = assess(ruled, {})
    assert (found.outcome, money(found)) == (Truth.UNKNOWN, (2000, 5000))


def test_a_division_by_what_may_be_nobody_is_not_told() -> None:
    ruled = f"""\
eligible: {{id: few, that: "each <= 100"}}
derive: {{each: {{value: "{INCOME} / household.cars_under_15"}}}}
"""
    assert assess(ruled, {INCOME: 100, "household.cars_under_15": [0, 2]}).outcome is Truth.UNKNOWN
    assert assess(ruled, {INCOME: 100, "household.cars_under_15": [1, 2]}).outcome is Truth.YES


def test_the_greatest_numbers_a_person_may_name_do_no_harm() -> None:
    ruled = f"""\
eligible: always
derive: {{product: {{value: "{INCOME} * household.savings * household.arrears"}}}}
variants: [{{id: one, amount: {{value: "product", paid: once, round: kopiyka}}}}]
"""
    most = Decimal(10) ** 12
    found = assess(ruled, dict.fromkeys((INCOME, "household.savings", "household.arrears"), most))
    assert money(found) == (most**3, most**3)


# ---- days


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_months_on_the_calendar(day: str, months: int, expected: str) -> None:
    assert shifted(date.fromisoformat(day), months, "months") == date.fromisoformat(expected)


def test_days_and_years_on_the_calendar() -> None:
    assert shifted(date(2024, 2, 28), 2, "days") == date(2024, 3, 1)
    assert shifted(date(9999, 12, 1), 1, "months") is None
    ruled = 'eligible: {id: adult, that: "child.birth_date <= today - 18 years"}'
    born = {BIRTH: "2008-02-29"}
    assert assess(ruled, born, date(2026, 2, 28)).outcome is Truth.NO
    assert assess(ruled, born, date(2026, 3, 1)).outcome is Truth.YES


def test_a_child_of_the_29th_of_february_has_until_the_28th() -> None:
    born = {BIRTH: "2024-02-29"}
    assert assess(BIRTH_GRANT, {**GRANT_KNOWN, **born}, date(2025, 2, 28)).outcome is Truth.YES
    assert assess(BIRTH_GRANT, born, date(2025, 3, 1)).because == ("in_time",)


def test_a_last_day_that_applies_in_one_case_only() -> None:
    ruled = """\
eligible: always
deadlines: [{id: soon, when: "applicant.works = yes", last_day: "today + 10 days"}]
"""
    assert assess(ruled, {"applicant.works": True}).deadlines == {"soon": exactly(date(2026, 12, 4))}
    assert assess(ruled, {"applicant.works": False}).deadlines == {}


def test_the_shorter_and_the_longer_of_two_terms() -> None:
    ruled = """\
eligible: always
deadlines:
  - {id: soon, last_day: "today + min(@apply_months, 6 months)"}
  - {id: late, last_day: "today + max(@apply_months, 6 months)"}
"""
    assert assess(ruled, {}).deadlines == {
        "soon": exactly(date(2027, 5, 24)),
        "late": exactly(date(2027, 11, 24)),
    }


# ---- which day picks the law


CHANGED = """\
subject: child
basis_date: child.birth_date
eligible: {id: lives, that: "child.lives_with_applicant = yes"}
variants: [{id: one, amount: {value: "@grant", per: child, paid: once}}]
"""


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2025-12-31", (41280, 41280)),
        ("2026-01-01", (50000, 50000)),
        (["2025-12-01", "2025-12-31"], (41280, 41280)),
        (["2025-12-31", "2026-01-01"], (41280, 50000)),
    ],
)
def test_the_day_of_birth_picks_the_sum(born: object, expected: tuple[int, int]) -> None:
    found = assess(CHANGED, {BIRTH: born})
    assert money(found) == expected
    assert (BIRTH in found.need_amount) == (expected[0] != expected[1])


def test_today_picks_the_sum() -> None:
    ruled = CHANGED.replace("basis_date: child.birth_date", "basis_date: today")
    born = {BIRTH: "2025-06-01"}
    assert money(assess(ruled, born, date(2025, 12, 31))) == (41280, 41280)
    assert money(assess(ruled, born, date(2026, 1, 1))) == (50000, 50000)


def test_a_parameter_in_a_condition_makes_the_day_of_birth_needed() -> None:
    ruled = f'basis_date: child.birth_date\neligible: {{id: poor, that: "{INCOME} < @grant"}}'
    found = assess(ruled, {INCOME: 45000})
    assert (found.outcome, found.need) == (Truth.UNKNOWN, (BIRTH,))
    assert assess(ruled, {INCOME: 45000, BIRTH: "2026-02-01"}).outcome is Truth.YES
    assert assess(ruled, {INCOME: 45000, BIRTH: "2025-02-01"}).outcome is Truth.NO


def test_a_day_of_birth_does_not_age_with_today() -> None:
    found = assess(CHANGED, {BIRTH: "2026-10-01"}, date(2027, 6, 1))
    assert found.stale == ()
    assert assess(CHANGED, {BIRTH: "2027-01-01"}, date(2027, 6, 1)).stale == ("grant",)


def test_a_stale_sum_of_one_variant_is_not_hidden_by_another() -> None:
    ruled = """\
basis_date: applicant.retired_on
eligible: always
variants:
  - {id: late, when: "applicant.retired_on > 2020-12-31", amount: {value: "@old_limit", paid: once}}
  - {id: early, when: "applicant.retired_on <= 2020-12-31", amount: {value: "@old_limit * 2", paid: once}}
"""
    assert assess(ruled, {}).stale == ("old_limit",)
    assert assess(ruled, {"applicant.retired_on": "2015-01-01"}).stale == ()


def test_a_refusal_names_the_stale_parameters_behind_it_only() -> None:
    ruled = """\
eligible:
  all:
    - {id: poor, that: "household.income_month <= @old_limit"}
    - {not: {id: rich, that: "household.savings > @old_limit"}}
    - {id: works, that: "applicant.works = yes"}
"""
    assert assess(ruled, {"applicant.works": False}).stale == ()
    assert assess(ruled, {INCOME: 101}).stale == ("old_limit",)
    refused = assess(ruled, {"household.savings": 101})
    assert (refused.because, refused.stale) == (("rich",), ("old_limit",))
