"""Functions named with `calc:`: monotone as declared, bounded at the corners, refused where they misfit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.checks.mutants import score
from knowledge_base.rules.base import Case
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.functions import FUNCTIONS, Argument, Function
from knowledge_base.rules.values import Point, Range, exactly
from tests.knowledge_base.small_rules import TODAY, assess, rules
from tests.knowledge_base.tiny_base import TinyBase

POINTS = {
    "date": st.dates(date(1930, 1, 1), date(2090, 12, 31)),
    "number": st.decimals(-10_000_000, 10_000_000, places=2),
}

WITHIN_THE_MONTH = """\
derive: {this_month: {calc: first_of_month, of: [today]}}
eligible: {id: age, that: "child.birth_date >= this_month - 6 years"}
"""
PAID_FROM = """\
derive: {paid_from: {calc: first_of_month, of: ["applicant.retired_on + 1 months"]}}
eligible: {id: begun, that: "paid_from <= today"}
"""


@pytest.mark.parametrize("name", FUNCTIONS)
@given(drawn=st.data())
def test_every_function_moves_as_it_declares(name: str, drawn: st.DataObject) -> None:
    function = FUNCTIONS[name]
    corner: list[Point] = [drawn.draw(POINTS[argument.kind]) for argument in function.takes]
    here = function.work_out(*corner)
    for place, argument in enumerate(function.takes):
        other = drawn.draw(POINTS[argument.kind])
        there = function.work_out(*corner[:place], other, *corner[place + 1 :])
        grows = (other >= corner[place]) == (argument.direction == "rising")  # type: ignore[operator]  # of one kind
        assert there >= here if grows else there <= here  # type: ignore[operator]  # of one kind


def test_bounds_are_worked_out_at_the_corners() -> None:
    left = Function(
        lambda sum_, spent: sum_ - spent,
        (Argument("sum", "number", "rising"), Argument("spent", "number", "falling")),
        "number",
    )
    sums, spent = Range(Decimal(10), Decimal(20)), Range(Decimal(1), Decimal(4))
    assert left.over((sums, spent)) == Range(Decimal(6), Decimal(19))
    assert left.over((sums, Range(Decimal(1), None))) == Range(None, Decimal(19))
    assert left.over((exactly(Decimal(3)), exactly(Decimal(3)))) == exactly(Decimal(0))


@pytest.mark.parametrize(
    ("born", "outcome"),
    [("2020-11-01", Truth.YES), ("2020-11-30", Truth.YES), ("2020-10-31", Truth.NO)],
)
def test_the_whole_month_of_the_birthday_counts(born: str, outcome: Truth) -> None:
    assert assess(WITHIN_THE_MONTH, {"child.birth_date": born}).outcome is outcome


@pytest.mark.parametrize(
    ("retired", "outcome"),
    [
        (["2026-09-02", "2026-10-31"], Truth.YES),
        (["2026-10-20", "2026-11-02"], Truth.UNKNOWN),
        (["2026-11-01", "2026-11-20"], Truth.NO),
    ],
)
def test_a_day_known_from_and_to_goes_through_a_function(retired: list[str], outcome: Truth) -> None:
    found = assess(PAID_FROM, {"applicant.retired_on": retired})
    assert found.outcome is outcome
    assert found.need == (("applicant.retired_on",) if outcome is Truth.UNKNOWN else ())


def test_the_mutation_runner_leaves_the_function_out() -> None:
    def case(name: str, born: date, outcome: str) -> Case:
        return Case.model_validate(
            {
                "name": name,
                "as_of": TODAY,
                "given": {"child.birth_date": born},
                "expect": {"outcome": outcome},
            }
        )

    old = TODAY.replace(year=TODAY.year - 6)
    blunt = [case("молодша", old + timedelta(days=1), "yes"), case("старша", old - timedelta(days=40), "no")]
    assert any(one.change == "без first_of_month" for one in score(rules(WITHIN_THE_MONTH), blunt).survivors)
    sharp = [*blunt, case("цього місяця", old.replace(day=1), "yes")]
    assert not any(
        one.change == "без first_of_month" for one in score(rules(WITHIN_THE_MONTH), sharp).survivors
    )


MISFITS = [
    ('{calc: first_of_mont, of: ["today"]}', "derive.start.calc", "можливо, «first_of_month»"),
    ('{calc: first_of_month, of: ["@grant"]}', "derive.start.calc", "бере: day — дата; а в of — число"),
    ("{calc: first_of_month}", "derive.start.calc", "а в of — нічого"),
    ('{calc: first_of_month, of: ["tody"]}', "derive.start.calc", "невідомий факт «tody»"),
    ('{calc: first_of_month, value: "today", of: ["today"]}', "derive.start", "або value"),
    ("{}", "derive.start", "або calc"),
    ('{value: "today", of: ["today"]}', "derive.start", "приберіть"),
]


@pytest.mark.parametrize(("step", "field", "words"), MISFITS)
def test_a_step_that_misfits_is_found_with_its_place_and_mend(
    tiny: TinyBase, step: str, field: str, words: str
) -> None:
    line = tiny.change("grant", "eligible:", f"derive:\n  start: {step}\neligible:")
    found = [problem for problem in tiny.errors() if words in problem.message]
    assert [problem.field for problem in found] == [field]
    assert found[0].line == line + 1


def test_a_community_may_not_compute_with_functions(tiny: TinyBase) -> None:
    text = (tiny.content / "national/benefits/service/later-aid.yaml").read_text(encoding="utf-8")
    own = (
        text.replace("later-aid", "local-aid").replace("щось згодом", "місцеве").replace("draft", "published")
    )
    own = own.replace("checked_on: null", "checked_on: 2026-11-20").replace('"Згодом"', '"Місцева"')
    own += "derive: {start: {calc: first_of_month, of: [today]}}\n"
    tiny.write("communities/sample/benefits/service/local-aid.yaml", own)
    tiny.change("overlay", "entries:", "local_benefits: [local-aid]\nentries:")
    (found,) = tiny.errors()
    assert (found.field, found.message) == (
        "derive.start.calc",
        "calc лише для національної бази: тут напишіть value",
    )
