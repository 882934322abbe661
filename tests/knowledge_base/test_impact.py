"""A change of the base is told in people: whose outcome becomes another, whose sum grows or falls."""

from __future__ import annotations

from decimal import Decimal

from knowledge_base.checks.impact import Impact, impacts
from knowledge_base.checks.ruled import Ruled
from tests.knowledge_base.small_rules import population, rules

AID = """\
subject: household
eligible: {id: poor, that: "household.savings <= @savings_limit"}
variants: [{id: one, amount: {value: "household.size * 10", per: household, paid: monthly}}]
"""


def ruled(text: str) -> dict[str, Ruled]:
    one = rules(text)
    return {one.entry.id: Ruled(one, ())}


def changed(after: str, before: str = AID) -> Impact:
    (found,) = impacts(ruled(before), ruled(after), population())
    return found


def test_the_same_rules_are_no_change() -> None:
    assert list(impacts(ruled(AID), ruled(AID), population())) == []


def test_a_narrower_limit_refuses_those_between() -> None:
    narrow = changed(AID.replace("@savings_limit", "1000"))
    between = [
        one
        for one in population()
        if 1000 < one.answer("household.savings").low <= 100000  # type: ignore[union-attr, operator]  # a sum
    ]
    (shift,) = narrow.shifts
    assert (shift.before, shift.after, shift.people) == ("yes", "no", len(between))
    assert (narrow.people, narrow.more, narrow.less) == (300, None, None)
    assert between


def test_a_greater_sum_is_greater_for_those_who_get_it() -> None:
    greater = changed(AID.replace("size * 10", "size * 10 + 5"))
    assert greater.shifts == ()
    assert greater.less is None
    assert greater.more is not None
    assert greater.more.mean == Decimal(5)
    entitled = [one for one in population() if one.answer("household.savings").low <= 100000]  # type: ignore[union-attr, operator]  # a sum
    assert greater.more.people == len(entitled)
    smaller = changed(AID, before=AID.replace("size * 10", "size * 10 + 5"))
    assert (smaller.less, smaller.more) == (greater.more, None)


def test_an_entry_that_was_not_there_or_will_not_be() -> None:
    assert list(impacts({}, ruled(AID), population())) == [Impact("entry", "added")]
    assert list(impacts(ruled(AID), {}, population())) == [Impact("entry", "removed")]


def test_other_rules_that_come_to_the_same() -> None:
    same = changed(AID.replace("size * 10", "size * 5 * 2"))
    assert (same.kind, same.people, same.shifts, same.more, same.less) == ("changed", 300, (), None, None)
