"""How many questions it takes to decide an entry: the real interview, held with invented people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_base.checks.population import Person
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.interview import Goal, Question, next_question
from knowledge_base.rules.values import Value, meet, within

QUESTIONS_AT_MOST = 60

Told = dict[str, Value]
_Key = tuple[frozenset[tuple[str, Value]], frozenset[str]]


@dataclass(frozen=True)
class Interviews:
    """Questions to a decision over so many people: on average and at most."""

    people: int
    mean: float
    longest: int


def interviews(rules: Rules, people: Iterable[Person]) -> Interviews:
    """Holds the interview with each of them; a question once asked after the same answers is remembered."""
    asked: dict[_Key, Question | None] = {}
    counts = [_questions(rules, person, asked) for person in people]
    mean = sum(counts) / len(counts) if counts else 0.0
    return Interviews(len(counts), mean, max(counts, default=0))


def _questions(rules: Rules, person: Person, asked: dict[_Key, Question | None]) -> int:
    told: Told = {}
    skipped: set[str] = set()
    for count in range(QUESTIONS_AT_MOST):
        key = frozenset(told.items()), frozenset(skipped)
        try:
            if key not in asked:
                asked[key] = next_question(rules, Known(told), person.on, skipped=skipped)
        except Contradiction:  # an approximate answer beside another one: a person would be asked to mend it
            return count
        question = asked[key]
        if question is None or question.goal is not Goal.OUTCOME:
            return count
        told, skipped = _answered(question, person, told, skipped)
    return QUESTIONS_AT_MOST


def _answered(question: Question, person: Person, told: Told, skipped: set[str]) -> tuple[Told, set[str]]:
    """What is told after a question; what the person cannot tell is «не знаю», not asked again."""
    answers: dict[str, Value | None] = {}
    if question.kind == "ticks":
        for tick in question.ticks:
            ticked = meet(person.answer(tick.fact), tick.ticked) is not None
            answers[tick.fact] = tick.ticked if ticked else tick.clear
    elif question.kind == "threshold":
        value = person.answer(question.fact)
        answers[question.fact] = next((part for part in question.parts if within(value, part)), None)
    else:
        value = person.answer(question.fact)
        answers[question.fact] = value if value.exact else None
    known = {name: value for name, value in answers.items() if value is not None}
    return {**told, **known}, skipped | (answers.keys() - known.keys())
