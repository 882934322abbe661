"""Invented people are the same every time, answer as the dictionary expects, and contradict themselves in nothing."""

from __future__ import annotations

from knowledge_base.checks.population import people
from knowledge_base.rules.values import options
from tests.knowledge_base.small_rules import DICTIONARY, TODAY, population


def test_they_are_the_same_every_time() -> None:
    assert [one.known for one in people(DICTIONARY, TODAY, 20)] == [one.known for one in population()[:20]]
    assert [one.known for one in people(DICTIONARY, TODAY, 20, seed=1)] != [
        one.known for one in population()[:20]
    ]


def test_nobody_contradicts_themselves() -> None:
    for one in population():
        DICTIONARY.check(one.known, TODAY)


def test_what_is_usual_comes_as_often_as_the_interview_takes_it_to() -> None:
    told = [one.known.facts["applicant.rights_removed"] for one in population()]
    share = told.count(options(False)) / len(told)
    assert 0.78 < share < 0.92


def test_answers_differ_and_stay_within_what_can_be() -> None:
    incomes = {one.answer("household.income_month") for one in population()}
    assert len(incomes) > 100
    for name, whole in DICTIONARY.domains(TODAY).items():
        for one in population()[:50]:
            low, high = getattr(whole, "low", None), getattr(whole, "high", None)
            value = one.answer(name)
            assert low is None or value.low >= low  # type: ignore[union-attr]  # a sum
            assert high is None or value.high <= high  # type: ignore[union-attr]  # a sum


def test_some_have_no_child_and_some_have_several() -> None:
    counts = {len(one.known.children) for one in population()}
    assert counts >= {0, 1, 2, 3}
