"""The interview held with invented people asks as many questions as their answers need."""

from __future__ import annotations

from knowledge_base.checks.interviews import interviews
from knowledge_base.checks.population import people
from tests.knowledge_base.small_rules import DICTIONARY, SUBSIDY, TODAY, rules

SEVERAL = tuple(people(DICTIONARY, TODAY, 30))
ONE = """\
subject: household
eligible: {id: poor, that: "household.savings <= @savings_limit"}
documents: {closed_list: true, items: [{doc: paper}]}
"""


def test_one_condition_takes_one_question() -> None:
    found = interviews(rules(ONE), SEVERAL)
    assert (found.people, found.mean, found.longest) == (30, 1.0, 1)


def test_what_refuses_at_once_ends_the_interview() -> None:
    text = ONE.replace(
        '{id: poor, that: "household.savings <= @savings_limit"}',
        '{all: [{id: poor, that: "household.savings <= @savings_limit"}, {id: works, that: "applicant.works = no"}]}',
    )
    found = interviews(rules(text), SEVERAL)
    assert 1 < found.mean < 2
    assert found.longest == 2


def test_many_conditions_take_fewer_questions_than_there_are_facts() -> None:
    found = interviews(rules(SUBSIDY), SEVERAL)
    assert 1 < found.mean < found.longest <= 10


def test_nobody_asked_is_no_question() -> None:
    assert interviews(rules(ONE), ()).mean == 0
