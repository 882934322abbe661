"""The limit asked about instead of a sum: written in a rule, or hidden in its formula."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge_base.rules.thresholds import threshold
from knowledge_base.rules.values import Point
from tests.knowledge_base.small_rules import BIRTH_GRANT, SUBSIDY, SUBSIDY_KNOWN, TODAY, known, rules

INCOME = "household.income_month"


def limit(text: str, given: dict[str, object], fact: str) -> Point | None:
    ruled = rules(text)
    return threshold(ruled, ruled.own_dictionary.close(known(given), TODAY), fact, TODAY)


@pytest.mark.parametrize(
    ("fact", "than"),
    [("household.savings", 100000), ("household.arrears", 680), ("household.cars_under_15", 1)],
)
def test_a_limit_written_in_the_rule(fact: str, than: int) -> None:
    assert limit(SUBSIDY, {}, fact) == than


def test_a_part_of_the_limit_is_known_already() -> None:
    assert limit(SUBSIDY, {"household.savings": [50000, 150000]}, "household.savings") == 100000
    assert limit(SUBSIDY, {"household.savings": [50000, 60000]}, "household.savings") is None
    assert limit(SUBSIDY, {"household.savings": 5}, "household.savings") is None


def test_neither_a_choice_nor_a_fact_that_does_not_matter_has_one() -> None:
    assert limit(SUBSIDY, {}, "household.new_car") is None
    assert limit(SUBSIDY, {"household.new_car": True}, "household.savings") is None


def test_a_limit_that_hangs_on_another_fact_is_none() -> None:
    assert limit(SUBSIDY, {"household.size": 2}, INCOME) is None
    assert limit(SUBSIDY, {}, "household.bill_in_norm") is None


def test_a_limit_worked_out_from_what_is_known_is_a_whole_kopiyka() -> None:
    given = {name: value for name, value in SUBSIDY_KNOWN.items() if name != "household.bill_in_norm"}
    assert limit(SUBSIDY, given, "household.bill_in_norm") == Decimal("1682.76")


def test_a_limit_hidden_in_a_formula_is_found() -> None:
    ruled = f'derive: {{each: {{value: "{INCOME} / household.size"}}}}\neligible: {{id: poor, that: "each <= 3000"}}'
    assert limit(ruled, {"household.size": 2}, INCOME) == 6000
    assert limit(ruled, {"household.size": 2, INCOME: [5000, 9000]}, INCOME) == 6000
    assert limit(ruled.replace("<= 3000", "< 3000"), {"household.size": 3}, INCOME) == 9000
    assert limit(ruled, {INCOME: 7000}, "household.size") == 2
    given = {name: value for name, value in SUBSIDY_KNOWN.items() if name != INCOME}
    found = limit(SUBSIDY, given, INCOME)
    assert found is not None
    assert Decimal(15479) < found < Decimal(15480)  # type: ignore[operator]


def test_a_last_day_hides_a_day() -> None:
    assert limit(BIRTH_GRANT, {}, "child.birth_date") == date(2025, 11, 24)


def test_of_several_limits_the_one_that_settles_most() -> None:
    ruled = """\
eligible:
  any:
    - "household.arrears <= @arrears_limit"
    - {all: ["household.has_car = no", "household.arrears <= 4000"]}
"""
    assert limit(ruled, {}, "household.arrears") == 680
    assert limit(ruled, {"household.arrears": [1000, None]}, "household.arrears") == 4000
