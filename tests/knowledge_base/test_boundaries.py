"""A limit is held only by cases that stand right beside it, on both sides, and would notice it moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from knowledge_base.checks.boundaries import Boundary, boundaries
from knowledge_base.rules.base import Case
from knowledge_base.rules.comparing import Truth
from tests.knowledge_base.small_rules import TODAY, rules

YES, NO = Truth.YES, Truth.NO
LIMITED = """\
subject: household
eligible: {id: poor, that: "household.savings <= @savings_limit"}
documents: {closed_list: true, items: [{doc: paper}]}
"""


def case(given: Mapping[str, object], outcome: str, as_of: date = TODAY, **expect: Any) -> Case:
    wanted = {"outcome": outcome, **expect}
    return Case.model_validate({"name": "приклад", "as_of": as_of, "given": given, "expect": wanted})


def found(text: str, *cases: Case) -> list[Boundary]:
    return boundaries(rules(text), cases)


def test_a_limit_has_two_sides() -> None:
    (limit,) = found(LIMITED)
    assert (limit.low, limit.high, limit.held) == (100000, 100001, frozenset())
    assert limit.missing == (YES, NO)
    assert str(limit).startswith("eligible: «household.savings <= @savings_limit»")


@pytest.mark.parametrize(
    ("savings", "outcome", "held"),
    [
        (100000, "yes", {YES}),
        (100001, "no", {NO}),
        (99999, "yes", set()),
        (100002, "no", set()),
    ],
)
def test_a_side_is_held_by_the_last_point_on_it(savings: int, outcome: str, held: set[Truth]) -> None:
    (limit,) = found(LIMITED, case({"household.savings": savings}, outcome))
    assert limit.held == held


def test_both_sides_make_it_whole() -> None:
    cases = case({"household.savings": 100000}, "yes"), case({"household.savings": 100001}, "no")
    (limit,) = found(LIMITED, *cases)
    assert limit.whole
    assert limit.missing == ()


def test_a_case_that_would_not_notice_holds_nothing() -> None:
    text = LIMITED.replace(
        'that: "household.savings <= @savings_limit"',
        'any: ["household.savings <= @savings_limit", "applicant.works = yes"]',
    )
    (limit,) = found(text, case({"household.savings": 100000, "applicant.works": True}, "yes"))
    assert limit.held == set()
    (limit,) = found(text, case({"household.savings": 100000, "applicant.works": False}, "yes"))
    assert limit.held == {YES}


def test_a_case_that_does_not_hold_proves_nothing() -> None:
    (limit,) = found(LIMITED, case({"household.savings": 100000}, "no"))
    assert limit.held == set()


def test_the_day_of_the_case_stands_beside_a_last_day() -> None:
    text = """\
subject: person
eligible: {id: in_time, before_deadline: apply}
documents: {closed_list: true, items: [{doc: paper}]}
deadlines: [{id: apply, last_day: "applicant.retired_on + 12 months"}]
"""
    given = {"applicant.retired_on": date(2025, 11, 24)}
    (limit,) = found(text, case(given, "yes", date(2026, 11, 24)))
    assert (limit.low, limit.held) == (None, {YES})
    (limit,) = found(text, case(given, "yes", date(2026, 11, 24)), case(given, "no", date(2026, 11, 25)))
    assert limit.whole


def test_a_limit_worked_out_from_other_facts() -> None:
    text = """\
subject: household
eligible: {id: bill, that: "household.bill_in_norm > household.income_month / 2"}
documents: {closed_list: true, items: [{doc: paper}]}
"""
    given = {"household.income_month": 1000, "household.bill_in_norm": 501}
    (limit,) = found(text, case(given, "yes"))
    assert (limit.low, limit.held) == (None, {YES})
    (limit,) = found(text, case({**given, "household.bill_in_norm": 500}, "no"))
    assert limit.held == {NO}


def test_a_single_number_has_a_limit_on_each_side() -> None:
    text = LIMITED.replace("household.savings <= @savings_limit", "household.size = 3")
    assert [(one.low, one.high) for one in found(text)] == [(2, 3), (3, 4)]
    held = [one.held for one in found(text, case({"household.size": 4}, "no"))]
    assert held == [set(), {NO}]


def test_a_side_that_nobody_can_be_on_is_no_limit() -> None:
    assert found(LIMITED.replace("household.savings <= @savings_limit", "household.size >= 1")) == []


def test_a_yes_or_no_has_no_limit() -> None:
    assert found(LIMITED.replace("household.savings <= @savings_limit", "applicant.works = yes")) == []


def test_one_of_several_children_stands_beside_it() -> None:
    text = """\
subject: child
basis_date: today
eligible: {id: young, that: "child.birth_date > today - 6 years"}
documents: {closed_list: true, items: [{doc: paper}]}
"""
    children = ({"child.birth_date": date(2020, 11, 24)}, {"child.birth_date": date(2010, 1, 1)})
    (limit,) = found(text, case({"children": children}, "no"))
    assert limit.held == {NO}
