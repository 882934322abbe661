"""What an entry promises of its sums is tried, and what it should promise is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from knowledge_base.checks.promises import check_promises, first_breach
from knowledge_base.checks.ruled import Ruled
from knowledge_base.checks.sampling import Samples
from knowledge_base.rules.base import Case
from knowledge_base.rules.problems import Place, SourceFile
from tests.knowledge_base.small_rules import TODAY, rules

NOWHERE = Place(SourceFile("test.yaml", None, {}))
AID = """\
subject: household
eligible: {id: size, that: "household.size <= 5"}
variants: [{id: one, amount: {value: "FORMULA", per: household, paid: monthly}}]
properties: [PROMISES]
"""
NOT_MORE = "{id: richer_not_more, when_grows: household.income_month, then: amount, must: not_grow}"
NOT_NEGATIVE = '{id: never_negative, then: amount, must: ">= 0"}'
GIVEN: Mapping[str, Any] = {"household.income_month": 400, "household.size": 2}


def samples(formula: str, *promises: str) -> Samples:
    text = AID.replace("FORMULA", formula).replace("PROMISES", ", ".join(promises))
    case = {"name": "приклад", "as_of": TODAY, "given": GIVEN, "expect": {"outcome": "yes"}}
    return Samples(Ruled(rules(text), (Case.model_validate(case),)))


def found(formula: str, *promises: str) -> list[tuple[str, bool]]:
    """The field of each problem, and whether it is to be mended."""
    return [(one.field, one.blocking) for one in check_promises(samples(formula, *promises), NOWHERE)]


def test_a_promise_that_is_kept_is_no_problem() -> None:
    assert found("max(0, 1000 - household.income_month)", NOT_MORE, NOT_NEGATIVE) == []


def test_a_sum_that_grows_with_the_income_breaks_the_promise() -> None:
    assert found("household.income_month / 2", NOT_MORE) == [("properties.0", True)]
    breach = first_breach(samples("household.income_month / 2", NOT_MORE), promise_of(NOT_MORE))
    assert breach is not None
    assert breach.after > breach.before


def promise_of(line: str) -> Any:
    return samples("household.income_month", line).rules.entry.properties[0]


def test_a_negative_sum_is_a_fault_though_nobody_promised_anything() -> None:
    (fault, reminder) = check_promises(samples("1000 - household.income_month"), NOWHERE)
    assert (fault.field, fault.blocking) == ("variants", True)
    assert "never_negative" in fault.message
    assert not reminder.blocking


def test_a_sum_that_stands_on_an_income_asks_for_the_promise() -> None:
    (reminder,) = check_promises(samples("max(0, 1000 - household.income_month)"), NOWHERE)
    assert (reminder.field, reminder.blocking) == ("properties", False)
    assert "household.income_month" in reminder.message


def test_a_sum_without_an_income_asks_for_nothing() -> None:
    assert found("household.size * 10") == []


def test_the_same_answers_are_tried_every_time() -> None:
    one, other = samples("household.income_month / 2"), samples("household.income_month / 2")
    assert first_breach(one, promise_of(NOT_MORE)) == first_breach(other, promise_of(NOT_MORE))


def test_what_is_drawn_answers_everything_and_nothing_against_another() -> None:
    chance = Random(1)
    several = samples("household.income_month")
    for _ in range(20):
        drawn = several.drawn(chance)
        assert drawn is not None
        day, told = drawn
        assert isinstance(day, date)
        closed = several.closed(told, day)
        assert closed is not None
        assert all(value.exact for value in closed.values())
