"""The cases written for a limit stand on its two sides, say what the rules come to, and make it whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from pydantic import TypeAdapter

from knowledge_base.checks.boundaries import Boundary, boundaries
from knowledge_base.checks.boundary_cases import Generated, generate
from knowledge_base.rules.base import Case
from knowledge_base.rules.yaml_source import read_yaml
from tests.knowledge_base.small_rules import GRANT_KNOWN, TODAY, rules

LIMITED = """\
subject: household
eligible: {id: poor, that: "household.savings <= @savings_limit"}
variants: [{id: one, amount: {value: "household.size * 10", per: household, paid: monthly}}]
"""


def case(given: Any, outcome: str = "yes") -> Case:
    wanted = {"outcome": outcome}
    return Case.model_validate({"name": "приклад", "as_of": TODAY, "given": given, "expect": wanted})


def generated(text: str, *cases: Case, all_sides: bool = False) -> list[Generated | Boundary]:
    ruled = rules(text)
    return list(generate(ruled, cases, boundaries(ruled, cases), all_sides=all_sides))


def cases_of(text: str, *cases: Case, all_sides: bool = False) -> list[Generated]:
    return [one for one in generated(text, *cases, all_sides=all_sides) if isinstance(one, Generated)]


KNOWN = case({"household.savings": 5, "household.size": 2})


def test_a_case_is_moved_to_both_sides() -> None:
    low, high = cases_of(LIMITED, KNOWN)
    assert low.given == {"household.savings": Decimal(100000), "household.size": 2}
    assert low.expect == {
        "outcome": "yes",
        "variant": "one",
        "amount": {"low": Decimal(20), "high": Decimal(20)},
    }
    assert high.given["household.savings"] == Decimal(100001)
    assert high.expect == {"outcome": "no", "because": ["poor"]}


def test_what_is_written_is_a_file_of_cases() -> None:
    (low, high) = cases_of(LIMITED, KNOWN)
    read = yaml.safe_load("\n".join([*low.lines(), *high.lines()]))
    assert [one["as_of"] for one in read] == [TODAY, TODAY]
    assert read[0]["given"] == {"household.savings": 100000, "household.size": 2}
    assert read[1]["expect"] == {"outcome": "no", "because": ["poor"]}
    assert read[0]["expect"]["amount"] == {"low": 20, "high": 20}


def test_pasted_they_make_the_limit_whole() -> None:
    text = "\n".join(line for one in cases_of(LIMITED, KNOWN) for line in one.lines())
    file, problems = read_yaml("entry.cases.yaml", text)
    assert not problems
    (limit,) = boundaries(rules(LIMITED), TypeAdapter(tuple[Case, ...]).validate_python(file.value))
    assert limit.whole


def test_a_side_that_is_held_is_written_only_when_asked_for() -> None:
    held = case({"household.savings": 100000, "household.size": 2})
    assert [one.given["household.savings"] for one in cases_of(LIMITED, held)] == [Decimal(100001)]
    assert len(cases_of(LIMITED, held, all_sides=True)) == 2


def test_a_limit_of_a_formula_is_sought() -> None:
    text = LIMITED.replace(
        "household.savings <= @savings_limit", "household.bill_in_norm > household.income_month / 2"
    )
    given = {"household.income_month": 1000, "household.bill_in_norm": 5000, "household.size": 1}
    yes, no = cases_of(text, case(given))
    assert yes.given["household.bill_in_norm"] == Decimal("500.01")
    assert no.given["household.bill_in_norm"] == Decimal(500)


def test_a_last_day_is_the_day_of_the_case_or_of_the_fact() -> None:
    text = """\
subject: child
basis_date: child.birth_date
eligible: {id: in_time, before_deadline: apply}
documents: {closed_list: true, items: [{doc: paper}]}
deadlines: [{id: apply, last_day: "child.birth_date + @apply_months"}]
"""
    yes, no = cases_of(text, case({"child.birth_date": date(2026, 3, 10)}))
    assert yes.given["child.birth_date"] == date(2025, 11, 24)
    assert no.given["child.birth_date"] == date(2025, 11, 23)


def test_where_nothing_depends_on_the_limit_it_is_named_instead() -> None:
    text = LIMITED.replace(
        'that: "household.savings <= @savings_limit"',
        'any: ["household.savings <= @savings_limit", "applicant.works = yes"]',
    )
    (limit,) = generated(text, case({**GRANT_KNOWN, "household.savings": 1, "applicant.works": True}))
    assert isinstance(limit, Boundary)
