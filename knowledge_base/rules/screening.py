"""Many entries at once: what each comes to, and the one question that decides most of them for its cost.

Anytime: after every answer each entry is sure, possible or refused. An answer touches only the entries that look
at it; what the others come to is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.facts import Known
from knowledge_base.rules.interview import (
    TICK_COST,
    TICKS_AT_MOST,
    Prospect,
    Question,
    Tick,
    by_delicacy,
    prospects,
)
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Value

KEPT = 256
"""Assessments and prospects remembered for one entry and day."""
SAVING_WEIGHT = 0.2
"""How much all the questions left of an entry count beside its being decided."""
NOT_COUNTED = 0
"""`left` of a question that is asked for many entries: how many remain says nothing there."""

_Facts = frozenset[tuple[str, Value]]
_Key = tuple[_Facts, ...]


class Screened:
    """One entry among many, with what it came to before."""

    def __init__(self, rules: Rules, today: date) -> None:
        self._rules = rules
        self._today = today
        self._looks_at = frozenset(rules.own_dictionary.facts)
        self._assess = lru_cache(KEPT)(self._assessed)
        self._prospects = lru_cache(KEPT)(self._worked_out)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts its rules look at."""
        return self._rules.used_facts

    def assess(self, known: Known) -> Assessment:
        """What it comes to. Raises Contradiction."""
        return self._assess(self._key(known))

    def prospects(self, known: Known, skipped: Collection[str]) -> tuple[Prospect, ...]:
        """What each question would bring it. Raises Contradiction."""
        return self._prospects(self._key(known), self._looks_at.intersection(skipped))

    def _assessed(self, key: _Key) -> Assessment:
        return self._rules.assess(_known(key), self._today)

    def _worked_out(self, key: _Key, skipped: frozenset[str]) -> tuple[Prospect, ...]:
        return prospects(self._rules, _known(key), self._today, skipped=skipped)

    def _key(self, known: Known) -> _Key:
        """What is known of the facts the entry looks at; its children count even where nothing else does."""
        mine = (pair for pair in known.facts.items() if pair[0] in self._looks_at)
        return frozenset(mine), *(frozenset(child.items()) for child in known.children)


def _known(key: _Key) -> Known:
    facts, *children = key
    return Known(dict(facts), tuple(dict(child) for child in children))


@dataclass(frozen=True)
class _Wish:
    """One fact as several entries would ask for it."""

    fact: str
    worth: float
    questions: tuple[Question, ...]
    ticks: tuple[Tick | None, ...]

    @property
    def tick(self) -> Tick | None:
        """The line all of them would put into a list; None where they differ, or one cannot."""
        first = self.ticks[0]
        return first if all(tick == first for tick in self.ticks) else None

    @property
    def question(self) -> Question:
        """The form all of them ask in; where they hold a sum against different limits, the sum itself."""
        forms = {replace(question, left=NOT_COUNTED) for question in self.questions}
        return (
            forms.pop()
            if len(forms) == 1
            else Question("fact", self.fact, self.questions[0].goal, NOT_COUNTED)
        )


def next_question(
    entries: Iterable[Screened],
    known: Known,
    dictionary: Mapping[str, Fact],
    *,
    skipped: Collection[str] = (),
) -> Question | None:
    """The question that decides most of the entries for its cost, the least delicate first; None when none can.

    Facts that usually are as they should be go into one list. Raises Contradiction.
    """
    wishes = {wish.fact: wish for wish in _wishes(entries, known, skipped)}
    named = [name for name in dictionary if name in wishes]
    for group in by_delicacy(named, dictionary):
        scored = [(wishes[name].worth / dictionary[name].cost, wishes[name].question) for name in group]
        listed = _list([wishes[name] for name in group])
        if listed is not None:
            apart = set(listed[1].facts)
            scored = [one for one in scored if one[1].fact not in apart]
            scored.append(listed)
        return max(scored, key=lambda one: one[0])[1]
    return None


def _wishes(entries: Iterable[Screened], known: Known, skipped: Collection[str]) -> Iterator[_Wish]:
    found: dict[str, list[Prospect]] = {}
    for entry in entries:
        for prospect in entry.prospects(known, skipped):
            found.setdefault(prospect.question.fact, []).append(prospect)
    for name, several in found.items():
        yield _Wish(
            name,
            sum(one.decides + SAVING_WEIGHT * one.share for one in several),
            tuple(one.question for one in several),
            tuple(one.tick for one in several),
        )


def _list(wishes: Iterable[_Wish]) -> tuple[float, Question] | None:
    """Two or more rare things as one list, those that matter most."""
    rare = sorted((wish for wish in wishes if wish.tick), key=lambda wish: -wish.worth)[:TICKS_AT_MOST]
    ticks = tuple(wish.tick for wish in rare if wish.tick)
    if len(ticks) < 2:
        return None
    question = Question("ticks", ticks[0].fact, rare[0].questions[0].goal, NOT_COUNTED, ticks=ticks)
    return sum(wish.worth for wish in rare) / (1 + TICK_COST * len(ticks)), question
