"""A walk over every way of an interview finds what no answers lead to, and what they should not lead to."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.checks.walk import Walk, faults, walk_entry
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Case
from knowledge_base.rules.problems import Place, SourceFile
from knowledge_base.rules.schema import Parameter
from tests.knowledge_base.small_rules import BIRTH_GRANT, SUBSIDY, rules
from tests.knowledge_base.tiny_base import TinyBase

NOWHERE = Place(SourceFile("entry.yaml", None, {}))


def walked(text: str) -> Walk:
    return walk_entry(rules(text))


def found(text: str) -> dict[str, str]:
    """What is wrong by field."""
    ruled = rules(text)
    return {one.field: one.message for one in faults(walk_entry(ruled), ruled, NOWHERE)}


@pytest.mark.parametrize("text", [BIRTH_GRANT, SUBSIDY])
def test_a_right_entry_has_no_faults(text: str) -> None:
    assert found(text) == {}


def test_a_way_ends_as_soon_as_nothing_is_needed() -> None:
    two = """\
subject: person
eligible: {all: [{id: rest, that: "applicant.works = no"}, {id: age, that: "applicant.age >= 60"}]}
variants: [{id: standard}]
"""
    assert (walked(two).leaves, walked(two).longest) == (5, 2)  # younger; sixty and older, working or not


def test_ways_on_which_the_same_is_left_are_walked_once() -> None:
    any_paper = """\
subject: person
eligible: {any: ["applicant.role = mother", "applicant.role = father", "applicant.role = guardian"]}
documents: {closed_list: true, items: [{doc: paper, when: "household.second_home = yes"}]}
"""
    walk = walked(any_paper)
    assert walk.leaves == 7  # three roles with and without a home, and the other role
    assert walk.nodes < 1 + 4 + 3 * 2


def test_the_longest_way_counts_each_fact_once() -> None:
    assert walked(SUBSIDY).longest == 10
    assert walked(BIRTH_GRANT).longest == 8


def test_a_variant_nobody_gets_is_found() -> None:
    wrong = found(BIRTH_GRANT.replace("child.birth_date <= 2025-12-31", "child.birth_date <= 2020-12-31"))
    assert list(wrong) == ["variants.1", "variants"]
    assert "born_until_2025" in wrong["variants.1"]


def test_a_paper_nobody_needs_is_found() -> None:
    wrong = found(BIRTH_GRANT.replace('when: "applicant.role = guardian"', 'when: "applicant.role = other"'))
    assert list(wrong) == ["documents.items.3"]
    assert "guardianship_decision" in wrong["documents.items.3"]


def test_a_condition_that_refuses_nobody_is_found() -> None:
    wrong = found(SUBSIDY.replace("household.cars_under_15 <= 1", "household.cars_under_15 <= 20"))
    assert list(wrong) == ["eligible.all.1"]


def test_a_condition_that_another_answer_implies_still_refuses_when_told_first() -> None:
    """A child in state care does not live with anybody: asked in this order, «care» never refuses alone."""
    assert "care" in walked(BIRTH_GRANT).because


def test_two_variants_at_once_are_found_with_an_example() -> None:
    wrong = found(BIRTH_GRANT.replace("child.birth_date >= 2026-01-01", "child.birth_date >= 2025-12-31"))
    assert list(wrong) == ["variants.1"]
    assert "«born_from_2026»" in wrong["variants.1"]
    assert "child.birth_date: 2025-12-31" in wrong["variants.1"]


def test_a_right_without_a_variant_is_found_with_an_example() -> None:
    wrong = found(BIRTH_GRANT.replace("child.birth_date >= 2026-01-01", "child.birth_date >= 2026-01-02"))
    assert list(wrong) == ["variants"]
    assert "child.birth_date: 2026-01-01" in wrong["variants"]


def test_between_two_counts_there_is_nothing() -> None:
    by_size = """\
subject: person
eligible: "applicant.works = no"
variants:
  - {id: few, when: "household.size <= 2"}
  - {id: many, when: "household.size >= 3"}
"""
    assert found(by_size) == {}


def test_a_limit_hidden_in_a_formula_is_found_on_both_sides() -> None:
    by_term = """\
subject: person
eligible: {id: in_time, before_deadline: apply}
variants: [{id: standard}]
deadlines: [{id: apply, last_day: "applicant.retired_on + 12 months"}]
"""
    walk = walked(by_term)
    assert walk.because == {"in_time"}
    assert walk.variants == {"standard"}


def test_a_case_of_another_day_shows_what_can_be_reached() -> None:
    later = """\
subject: person
eligible: {id: over, not: {before_deadline: apply}}
documents: {closed_list: true, items: [{doc: paper}]}
deadlines: [{id: apply, last_day: "2026-12-31"}]
"""
    ruled = rules(later)
    case = Case.model_validate(
        {"name": "згодом", "as_of": date(2027, 1, 1), "given": {}, "expect": {"outcome": "yes"}}
    )
    assert walk_entry(ruled).documents == set()
    assert walk_entry(ruled, [case]).documents == {"paper"}


CHANGING = """\
subject: person
eligible: {id: poor, that: "household.income_month <= @changing"}
variants:
  - {id: small, when: "household.income_month <= 100"}
  - {id: great, when: "household.income_month > @changing"}
"""


def changing(before: int, after: int) -> dict[str, str]:
    """The faults of an entry whose limit changes in March, after the day it was checked on."""
    ruled = rules(CHANGING)
    periods = [
        {"from": date(2008, 1, 1), "to": date(2027, 2, 28), "value": before, "source": "law"},
        {"from": date(2027, 3, 1), "value": after, "source": "law"},
    ]
    limit = {"title": {"uk": "Межа"}, "unit": "UAH", "values": tuple(periods)}
    parameters = {**ruled.parameters, "changing": Parameter.model_validate(limit)}
    ruled = Rules(ruled.entry, ruled.dictionary, parameters)
    return {one.field: one.message for one in faults(walk_entry(ruled), ruled, NOWHERE)}


def test_what_a_change_of_a_parameter_brings_is_found_before_it_comes() -> None:
    assert list(changing(before=100, after=100)) == ["variants.1"]
    assert changing(before=100, after=200)["variants"].endswith("(на 2027-03-01)")


def test_a_walk_that_is_cut_only_reminds() -> None:
    ruled = rules(SUBSIDY)
    walk = walk_entry(ruled, at_most=5)
    reminders = list(faults(walk, ruled, NOWHERE))
    assert (walk.cut, walk.nodes) == (True, 5)
    assert reminders
    assert not any(one.blocking for one in reminders)


def test_the_check_names_the_line(tiny: TinyBase) -> None:
    line = tiny.change("grant", 'when: "applicant.role = mother"', 'when: "applicant.role = other"')
    (problem,) = tiny.errors()
    assert (problem.line, problem.field) == (line, "documents.items.1")
    assert "birth_certificate" in problem.message


def test_an_entry_that_is_not_paid_now_is_not_blamed_for_it(tiny: TinyBase) -> None:
    tiny.change("grant", "status: published", "status: suspended")
    assert not [one for one in tiny.errors() if "eligible" in one.field or "variants" in one.field]
