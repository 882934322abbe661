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
from knowledge_base.rules.grammar import parse_comparison
from knowledge_base.rules.interview import (
    TICKS_AT_MOST,
    Prospect,
    Question,
    Tick,
    by_delicacy,
    prospects,
)
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Value, options

KEPT = 256
"""Assessments and prospects remembered for one entry and day."""
LINE_COST = 0.2
"""What reading one line of a list costs here beside a question of its own: there are many, and none is delicate."""
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

    @property
    def is_for_a_child(self) -> bool:
        """Whether nobody may have it where there is no child."""
        return self._rules.is_for_a_child

    def inputs(self, fact: str) -> frozenset[str]:
        """The facts a computed one is worked out from."""
        return self._rules.dictionary.inputs(fact)

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
    alone: bool = True
    """Whether it may be asked outside of a list."""

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
    raised: Collection[str] = (),
) -> Question | None:
    """The question that decides most of the entries for its cost, the least delicate first; None when none can.

    Facts that usually are as they should be, and things that few people have, go into one list. `raised`:
    delicate facts that need not wait. Raises Contradiction.
    """
    wishes = {wish.fact: wish for wish in _wishes(entries, known, skipped)}
    wishes |= {wish.fact: wish for wish in _doors(wishes, known, dictionary, skipped)}
    named = [name for name in dictionary if name in wishes]
    for group in by_delicacy(named, dictionary, raised):
        asked = [wishes[name] for name in group if wishes[name].alone]
        scored = [(wish.worth / dictionary[wish.fact].cost, wish.question) for wish in asked]
        listed = _list([wishes[name] for name in group])
        if listed is not None:
            apart = set(listed[1].facts)
            scored = [one for one in scored if one[1].fact not in apart]
            scored.append(listed)
        if scored:
            return max(scored, key=lambda one: one[0])[1]
    return None


def _wishes(entries: Iterable[Screened], known: Known, skipped: Collection[str]) -> Iterator[_Wish]:
    found: dict[str, list[Prospect]] = {}
    inputs: dict[str, frozenset[str]] = {}
    for entry in entries:
        for prospect in entry.prospects(known, skipped):
            name = prospect.question.fact
            found.setdefault(name, []).append(prospect)
            inputs[name] = entry.inputs(name)
    for name, behind in inputs.items():
        open_ = [one for one in sorted(behind) if one not in known.facts]
        if any(one in found for one in open_) and not behind.intersection(skipped):
            _ask_instead(found, name, open_)
    for name, several in found.items():
        yield _Wish(
            name,
            sum(one.decides + SAVING_WEIGHT * one.share for one in several),
            tuple(one.question for one in several),
            tuple(one.tick for one in several),
        )


def _doors(
    wishes: Mapping[str, _Wish], known: Known, dictionary: Mapping[str, Fact], skipped: Collection[str]
) -> Iterator[_Wish]:
    """Rare things that no entry looks at, but without which something several of them ask for is plain."""
    for name, behind in _behind_doors(dictionary):
        wanted = [wishes[one] for one in behind if one in wishes]
        if not wanted or name in known.facts or name in skipped or known.facts.keys() & behind:
            continue
        tick = Tick(name, options(True), options(False))
        questions = tuple(question for wish in wanted for question in wish.questions)
        yield _Wish(name, sum(wish.worth for wish in wanted), questions, (tick,), alone=False)


def _behind_doors(dictionary: Mapping[str, Fact]) -> Iterator[tuple[str, frozenset[str]]]:
    """Each fact that stands for others in a list, and the facts that no tick settles."""
    for name, fact in dictionary.items():
        if fact.rare is not None and fact.implies:
            lines = [line for one in fact.implies if one.when == f"{name} = no" for line in one.then]
            yield name, frozenset(parse_comparison(line).name for line in lines)


def _ask_instead(found: dict[str, list[Prospect]], name: str, inputs: list[str]) -> None:
    """What some entry asks for anyway is asked for in place of what is worked out from it: nobody divides twice."""
    for prospect in found.pop(name):
        for one in inputs:
            question = Question("fact", one, prospect.question.goal, prospect.question.left)
            part = Prospect(question, prospect.decides / len(inputs), prospect.share / len(inputs), None)
            found.setdefault(one, []).append(part)


def _list(wishes: Iterable[_Wish]) -> tuple[float, Question] | None:
    """Two or more rare things as one list, those that matter most."""
    rare = sorted((wish for wish in wishes if wish.tick), key=lambda wish: -wish.worth)[:TICKS_AT_MOST]
    ticks = tuple(wish.tick for wish in rare if wish.tick)
    if len(ticks) < 2:
        return None
    question = Question("ticks", ticks[0].fact, rare[0].questions[0].goal, NOT_COUNTED, ticks=ticks)
    return sum(wish.worth for wish in rare) / (1 + LINE_COST * len(ticks)), question
