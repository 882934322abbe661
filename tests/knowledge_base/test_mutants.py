"""A wrong version of an entry is noticed by the case that tells it from the right one, and by no other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from knowledge_base.checks.mutants import Score, mutants, score
from knowledge_base.rules.base import Case
from tests.knowledge_base.small_rules import TODAY, rules

AID = """\
subject: person
derive:
  left: {value: "household.income_month - 100"}
eligible:
  all:
    - {id: who, that: "applicant.role in [mother, father]"}
    - {id: poor, that: "household.savings <= @savings_limit", otherwise: specialist}
    - {id: in_time, before_deadline: apply}
variants:
  - {id: working, when: "applicant.works = yes", amount: {value: "max(0, left)", paid: once}}
  - {id: resting, when: "applicant.works = no"}
documents:
  closed_list: true
  items: [{doc: paper, when: "household.size > 2"}]
deadlines: [{id: apply, last_day: "applicant.retired_on + 12 months"}]
"""
RIGHT: Mapping[str, object] = {
    "applicant.role": "mother",
    "household.savings": 100000,
    "applicant.works": True,
    "household.income_month": 300,
    "household.size": 3,
    "applicant.retired_on": date(2026, 11, 24),
}


def case(given: Mapping[str, object], **expect: Any) -> Case:
    return Case.model_validate({"name": "приклад", "as_of": TODAY, "given": given, "expect": expect})


def missed(text: str, *cases: Case) -> list[str]:
    """The changes no case notices."""
    return [survivor.change for survivor in score(rules(text), cases).survivors]


YES = case(
    RIGHT,
    outcome="yes",
    variant="working",
    amount={"low": 200, "high": 200},
    documents=("paper",),
    deadlines={"apply": date(2027, 11, 24)},
)


def test_without_cases_every_mutant_lives() -> None:
    found = score(rules(AID), [])
    assert (found.killed, len(found.survivors)) == (0, found.total)
    assert found.total > 30


def test_a_case_that_does_not_hold_proves_nothing() -> None:
    assert score(rules(AID), [case(RIGHT, outcome="no")]).killed == 0


CHANGES = [
    ("eligible.all.0.that", "«applicant.role in [mother, father]» → «applicant.role in [father]»"),
    (
        "eligible.all.0.that",
        "«applicant.role in [mother, father]» → «applicant.role in [mother, father, guardian]»",
    ),
    (
        "eligible.all.1.that",
        "«household.savings <= @savings_limit» → «household.savings < @savings_limit»",
    ),
    (
        "eligible.all.1.that",
        "«household.savings <= @savings_limit» → «household.savings > @savings_limit»",
    ),
    ("eligible.all.1.otherwise", "без «otherwise: specialist»"),
    ("eligible.all.2", "без умови «in_time»"),
    ("derive.left", "«household.income_month - 100» → «household.income_month - 101»"),
    ("derive.left", "«household.income_month - 100» → «household.income_month + 100»"),
    ("variants.0", "без «working»"),
    ("variants.0.when", "«applicant.works = yes» → «applicant.works != yes»"),
    ("variants.0.amount.value", "«max(0, left)» → «min(0, left)»"),
    ("documents.items.0", "без «paper»"),
    ("documents.items.0.when", "потрібен завжди"),
    ("documents.items.0.when", "«household.size > 2» → «household.size > 3»"),
    ("deadlines.0", "без «apply»"),
    ("deadlines.0.last_day", "«applicant.retired_on + 12 months» → «applicant.retired_on + 11 months»"),
    ("parameters.savings_limit", "100000 → 99999"),
]


@pytest.mark.parametrize(("path", "change"), CHANGES)
def test_an_entry_is_made_wrong_in_this_way(path: str, change: str) -> None:
    made = [(".".join(map(str, mutant.path)), mutant.change) for mutant in mutants(rules(AID))]
    assert made.count((path, change)) == 1


def test_every_mutant_differs_from_the_entry() -> None:
    right = rules(AID)
    for mutant in mutants(right):
        assert mutant.entry != right.entry or mutant.parameters, mutant.change


def test_parameters_that_only_texts_show_are_left_alone() -> None:
    moved = {name for mutant in mutants(rules(AID)) for name in mutant.parameters}
    assert moved == {"savings_limit"}


def test_the_missing_case_leaves_a_survivor_and_kills_it() -> None:
    border = "«household.size > 2» → «household.size >= 2»"
    assert border in missed(AID, YES)
    assert border not in missed(AID, YES, case({**RIGHT, "household.size": 2}, documents=()))


def test_a_dropped_condition_is_noticed_by_a_refusal_alone() -> None:
    change = "без умови «in_time»"
    assert change in missed(AID, YES)
    late = {**RIGHT, "applicant.retired_on": date(2025, 11, 23)}
    assert change not in missed(AID, case(late, outcome="no", because=("in_time",)))


def test_only_one_condition_can_be_dropped_too() -> None:
    alone = 'subject: person\neligible: {all: ["applicant.works = yes"]}\nvariants: [{id: standard}]'
    change = "без умови «applicant.works = yes»"
    assert change in missed(alone, case({"applicant.works": True}, outcome="yes"))
    assert change not in missed(alone, case({"applicant.works": False}, outcome="no"))


def test_of_at_least_the_count_is_changed() -> None:
    two = (
        'subject: person\neligible: {at_least: 1, of: ["applicant.works = yes", "applicant.pensioner = yes"]}'
    )
    one_of_two = case({"applicant.works": True, "applicant.pensioner": False}, outcome="yes")
    assert "1 → 2" in missed(two)
    assert "1 → 2" not in missed(two, one_of_two)


def test_the_score_counts_what_is_killed() -> None:
    found = score(rules(AID), [YES])
    assert isinstance(found, Score)
    assert 0 < found.killed == found.total - len(found.survivors) < found.total
