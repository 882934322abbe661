"""The citizens' own interview, led by a specialist for somebody on the line: pure, over the knowledge base's rules.

What was told is kept as JSON that `read_known` reads: `yes`, an option, `[from, to]`; children each by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge_base.assessor import Assessor
from knowledge_base.questioner import Questioner
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.facts import CHILDREN, ImpossibleFacts, Known, read_known
from knowledge_base.rules.interview import Goal, Question
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Point, Range, Value, options
from knowledge_base.screener import Findings, Screener
from knowledge_base.understanding.answers import Heard, hear, hear_children

CHILD = "child.birth_date"
YES, NO = "yes", "no"
LOWER, UPPER = "lower", "upper"
DONT_KNOW, REFUSED = "dont-know", "refused"

Told = Mapping[str, Any]


class NoAnswer(ValueError):
    """The words do not answer the question. `kind`: not_heard, vague, or how it cannot be (as `Heard.outside`)."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Interview:
    """What was told of one person so far, over one entry or over many. `today` is the community's own day.

    `again` is a fact to be asked anew, before all others.
    """

    questioner: Questioner
    today: date
    told: Told
    skipped: tuple[str, ...] = ()
    again: str | None = None

    @property
    def known(self) -> Known:
        """What the rules read of it; what this base does not know, or no longer allows, is left out."""
        facts = self._dictionary()
        while True:
            try:
                known = read_known(_of(self.told, facts), facts, self.today)
            except ImpossibleFacts as fault:
                facts = {name: fact for name, fact in facts.items() if name not in _at_fault(fault)}
                continue
            return self.questioner.supposing(known) if isinstance(self.questioner, Screener) else known

    def _dictionary(self) -> dict[str, Fact]:
        of_children = (name for child in self.told.get(CHILDREN, ()) for name in child)
        names = {*self.told, *of_children} - {CHILDREN}
        found = {name: self.questioner.known_fact(name) for name in names}
        return {name: fact for name, fact in found.items() if fact is not None}

    def question(self) -> Question | None:
        """What to ask next; None where nothing more can be found out. Raises Contradiction."""
        if self.again is not None and self.questioner.known_fact(self.again) is not None:
            return Question("fact", self.again, Goal.OUTCOME, left=1)
        return self.questioner.next(self.known, self.skipped, documents=True)

    def assessment(self) -> Assessment:
        """What one entry comes to. Raises Contradiction."""
        assert isinstance(self.questioner, Assessor)
        return self.questioner.assess(self.known)

    def findings(self) -> Findings:
        """What all of them come to. Raises Contradiction."""
        assert isinstance(self.questioner, Screener)
        return self.questioner.findings(self.known)

    # ---- answers

    def pressed(self, question: Question, answer: str) -> Interview:
        """The answer of a button: an option, yes or no, a side of the limit, or none. Raises NoAnswer."""
        if answer in (DONT_KNOW, REFUSED):
            return self._skipping(question.facts)
        if question.kind == "threshold" and answer in (LOWER, UPPER):
            return self._telling({question.fact: question.parts[answer == UPPER]})
        fact = self.questioner.known_fact(question.fact)
        if question.kind == "fact" and fact is not None:
            if fact.type == "bool" and answer in (YES, NO):
                return self._telling({question.fact: options(answer == YES)})
            if fact.type == "choice" and answer in (fact.options or {}):
                return self._telling({question.fact: options(answer)})
        raise NoAnswer("not_heard")

    def ticked(self, question: Question, ticks: Sequence[str]) -> Interview:
        """The list with these facts ticked; the rest of it is as it usually is."""
        return self._telling(
            {tick.fact: tick.ticked if tick.fact in ticks else tick.clear for tick in question.ticks}
        )

    def heard(self, question: Question, words: str) -> Interview:
        """An answer in words, as a caller says it: «десь 10–14 тисяч», «двоє, 4 і 7 років». Raises NoAnswer."""
        fact = self.questioner.known_fact(question.fact)
        if fact is None or question.kind == "ticks":
            raise NoAnswer("not_heard")
        births = (hear_children(words, self.today) or ()) if question.fact == CHILD else ()
        if len(births) > 1:
            return self._with_children(births)
        said = hear(words, fact, self.today)
        if said is None and births:
            return self._telling({CHILD: births[0]})
        return self._taking(question, said)

    def _taking(self, question: Question, said: Heard | None) -> Interview:
        if said is None:
            raise NoAnswer("not_heard")
        if said.dont_know or said.refused:
            return self._skipping(question.facts)
        if said.outside is not None:
            raise NoAnswer(said.outside)
        if said.vague or said.value is None:
            raise NoAnswer("vague")
        return self._telling({question.fact: said.value})

    def forgetting(self, fact: str) -> Interview:
        """The same without a fact, which is asked anew."""
        told = {name: value for name, value in self.told.items() if name != fact}
        if fact == CHILD:
            told.pop(CHILDREN, None)
        return replace(
            self, told=told, skipped=tuple(name for name in self.skipped if name != fact), again=fact
        )

    def _telling(self, values: Mapping[str, Value]) -> Interview:
        told = {**self.told, **{name: written(value) for name, value in values.items()}}
        if CHILD in values:
            told.pop(CHILDREN, None)
        skipped = tuple(name for name in self.skipped if name not in values)
        return replace(self, told=told, skipped=skipped, again=None)

    def _with_children(self, births: Sequence[Range]) -> Interview:
        told = {name: value for name, value in self.told.items() if name != CHILD}
        told[CHILDREN] = [{CHILD: written(birth)} for birth in births]
        return replace(self, told=told, skipped=tuple(n for n in self.skipped if n != CHILD), again=None)

    def _skipping(self, names: Sequence[str]) -> Interview:
        told = {name: value for name, value in self.told.items() if name not in names}
        if CHILD in names:
            told.pop(CHILDREN, None)
        return replace(self, told=told, skipped=(*self.skipped, *names), again=None)

    # ---- words

    def in_words(self) -> list[tuple[str, str, str]]:
        """Every fact that was told: its id, its name and its value, in the order it was told in."""
        rows = []
        for name, value in self._values():
            card = self.questioner.fact(name)
            rows.append((name, card.label, self.questioner.value(name, value)))
        births = [child[CHILD] for child in self.known.children if CHILD in child]
        if births:
            label = self.questioner.fact(CHILD).label
            rows.append((CHILD, label, ", ".join(self.questioner.value(CHILD, birth) for birth in births)))
        return rows

    def _values(self) -> list[tuple[str, Value]]:
        known = self.known.facts
        return [(name, known[name]) for name in self.told if name in known]

    def passed_over(self) -> list[str]:
        """The names of facts that the caller did not know or did not say."""
        return [
            self.questioner.fact(name).label
            for name in dict.fromkeys(self.skipped)
            if self.questioner.known_fact(name) is not None
        ]


def key_of(question: Question) -> str:
    """What tells one question from another: a press on a page that has grown old answers nothing else."""
    than = "" if question.than is None else str(question.than)
    return ":".join((question.kind, *question.facts, than))


def written(value: Value) -> Sequence[str | None]:
    """A value as `read_known` reads it again."""
    if isinstance(value, Options):
        return sorted((YES if one else NO) if isinstance(one, bool) else one for one in value.members)
    return [_point(value.low), _point(value.high)]


def _point(point: Point | None) -> str | None:
    if point is None:
        return None
    return point.isoformat() if isinstance(point, date) else format(Decimal(point), "f")


def _of(told: Told, facts: Mapping[str, Fact]) -> dict[str, object]:
    given: dict[str, object] = {name: value for name, value in told.items() if name in facts}
    children = [
        {name: value for name, value in child.items() if name in facts} for child in told.get(CHILDREN, ())
    ]
    if any(children):
        given[CHILDREN] = [child for child in children if child]
    return given


def _at_fault(fault: ImpossibleFacts) -> set[str]:
    return {one.fact for one in fault.faults}
