"""Why an assessment came out as it did: each condition with what it stands on, the steps of the sum, a receipt.

Nothing here reads or words anything by itself: texts hold placeholders, so the caller gives what says them, and
who stated a fact comes in from whoever keeps that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from knowledge_base import language
from knowledge_base.rules.assessment import Assessment, Money, Rules, deciding_ids
from knowledge_base.rules.calculation import Length, ParameterRead, Quantity
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Known
from knowledge_base.rules.judging import Judged
from knowledge_base.rules.schema import Act, Number, Unit
from knowledge_base.rules.values import Point, Range, Value

Say = Callable[[str], str | None]
"""Fills the placeholders of a text; None where a figure has no value."""
KOPIYKA = Decimal("0.01")
SMALLEST_SHARE = Decimal("0.0001")
NOUNS: dict[str, str] = {"months": "місяць", "days": "день"}


@dataclass(frozen=True)
class FactUsed:
    """A fact, what is known of it (None where nothing is) and who stated it; `child` counts children from 1."""

    fact: str
    label: str
    value: Value | None
    stated_by: str | None = None
    child: int | None = None


@dataclass(frozen=True)
class ParameterUsed:
    """A parameter in a period it was read in, both days inclusive. `stale`: read past `known_through`."""

    id: str
    title: str
    unit: Unit
    value: Number | date
    starts: date
    ends: date | None
    known_through: date | None
    stale: bool


@dataclass(frozen=True)
class SourceUsed:
    """The act a condition or a step stands on, and the place in it where that is known."""

    id: str
    title: str
    pin: str | None
    url: str | None


@dataclass(frozen=True)
class Node:
    """A condition, whether it holds, and why: the words for yes, or for no where it is refused."""

    id: str | None
    truth: Truth
    why: str | None
    facts: tuple[FactUsed, ...]
    parameters: tuple[ParameterUsed, ...]
    source: SourceUsed | None
    children: tuple[Node, ...]


@dataclass(frozen=True)
class DerivedStep:
    """A named step of the computation: what it comes to, None where that cannot be told."""

    id: str
    label: str | None
    unit: Unit | None
    value: Quantity | None
    source: SourceUsed | None

    @property
    def words(self) -> str | None:
        """The value as it is said: `від 5 000 до 6 000 грн`; None where both ends are not known."""
        if not isinstance(self.value, Range | Length):
            return None
        low, high = self.value.low, self.value.high
        if low is None or high is None:
            return None
        unit = self.value.unit if isinstance(self.value, Length) else self.unit
        ends = [_said(low, unit), _said(high, unit)]
        if ends[0] == ends[1]:
            return ends[0]
        if unit in ("UAH", "UAH/month") and isinstance(low, Decimal) and isinstance(high, Decimal):
            return language.money_range(_to_kopiyka(low), _to_kopiyka(high))
        return f"від {ends[0]} до {ends[1]}"


@dataclass(frozen=True)
class Explanation:
    """An assessment explained. `conditions` is None where the entry is suspended or closed; `children` one each."""

    entry: str
    on: date
    outcome: Truth
    conditions: Node | None
    steps: tuple[DerivedStep, ...]
    amount: Money | None
    children: tuple[Explanation, ...]


@dataclass(frozen=True)
class Receipt:
    """What an answer stood on, kept with it: `facts` as they were told, `rules` the conditions that decided."""

    base: str
    entry: str
    version: int
    on: date
    outcome: Truth
    variants: tuple[str, ...]
    rules: tuple[str, ...]
    facts: tuple[FactUsed, ...]


def explain(
    found: Assessment,
    rules: Rules,
    acts: Mapping[str, Act],
    say: Say,
    stated_by: Mapping[str, str] | None = None,
) -> Explanation:
    """The assessment with its reasons, child by child where there are several."""
    return _Explainer(rules, acts, say, stated_by or {}, found.on).explanation(found)


def receipt(
    found: Assessment,
    rules: Rules,
    known: Known,
    base: str,
    say: Say,
    stated_by: Mapping[str, str] | None = None,
) -> Receipt:
    """The receipt of an assessment of what was known; `base` is the version of the base."""
    return Receipt(
        base=base,
        entry=found.entry,
        version=rules.entry.version,
        on=found.on,
        outcome=found.outcome,
        variants=found.variants,
        rules=_decided(found),
        facts=tuple(_told(rules, known, say, stated_by or {})),
    )


def _decided(found: Assessment) -> tuple[str, ...]:
    trees = [one.judged for one in found.children or (found,) if one.judged is not None]
    ids = dict.fromkeys(name for tree in trees for name in deciding_ids(tree))
    return tuple(ids) or found.because


def _told(rules: Rules, known: Known, say: Say, stated_by: Mapping[str, str]) -> Iterator[FactUsed]:
    """What was told of the facts that bear upon the entry: the person's first, then child by child."""
    persons: list[tuple[int | None, Mapping[str, Value]]] = [(None, known.facts)]
    for number, facts in [*persons, *enumerate(known.children, start=1)]:
        for name, fact in rules.own_dictionary.facts.items():
            if name in facts:
                label = say(fact.label.uk) or name
                yield FactUsed(name, label, facts[name], stated_by.get(name), number)


class _Explainer:
    """Explains assessments of one entry made on one day."""

    def __init__(
        self, rules: Rules, acts: Mapping[str, Act], say: Say, stated_by: Mapping[str, str], today: date
    ) -> None:
        self._rules = rules
        self._acts = acts
        self._say = say
        self._stated_by = stated_by
        self._domains = rules.own_dictionary.domains(today)
        self._pins = {reference.id: reference.pin for reference in rules.entry.sources}

    def explanation(self, found: Assessment) -> Explanation:
        alone = not found.children
        return Explanation(
            entry=found.entry,
            on=found.on,
            outcome=found.outcome,
            conditions=self._node(found.judged, found.facts) if found.judged and alone else None,
            steps=tuple(self._steps(found)) if found.judged and alone else (),
            amount=found.amount,
            children=tuple(map(self.explanation, found.children)),
        )

    def _node(self, judged: Judged, facts: Mapping[str, Value]) -> Node:
        labels = judged.condition.labels
        refused = judged.truth in (Truth.NO, Truth.SPECIALIST)
        words = (labels.if_not or labels.why) if refused else labels.why
        return Node(
            id=labels.id,
            truth=judged.truth,
            why=self._say(words["uk"]) if words else None,
            facts=tuple(self._facts(judged.facts, facts)),
            parameters=tuple(self._parameters(judged.parameters)),
            source=self._source(labels.src),
            children=tuple(self._node(child, facts) for child in judged.children),
        )

    def _facts(self, names: Iterable[str], facts: Mapping[str, Value]) -> Iterator[FactUsed]:
        wanted = set(names)
        for name, fact in self._rules.own_dictionary.facts.items():
            if name in wanted:
                known = None if facts[name] == self._domains[name] else facts[name]
                yield FactUsed(name, self._say(fact.label.uk) or name, known, self._stated_by.get(name))

    def _parameters(self, reads: Iterable[ParameterRead]) -> Iterator[ParameterUsed]:
        for read in reads:
            parameter = self._rules.parameters[read.name]
            for period in read.periods:
                yield ParameterUsed(
                    id=read.name,
                    title=self._say(parameter.title.uk) or read.name,
                    unit=parameter.unit,
                    value=period.value,
                    starts=period.from_,
                    ends=period.to,
                    known_through=period.known_through,
                    stale=read.stale and period.runs_out,
                )

    def _steps(self, found: Assessment) -> Iterator[DerivedStep]:
        work = self._rules.calculation(found.facts, found.on)
        for name, step in self._rules.entry.derive.items():
            label = self._say(step.label.uk) if step.label else None
            yield DerivedStep(name, label, step.unit, work.named(name), self._source(step.src))

    def _source(self, name: str | None) -> SourceUsed | None:
        act = self._acts.get(name) if name is not None else None
        if name is None or act is None:
            return None
        return SourceUsed(name, self._say(act.title.uk) or name, self._pins.get(name), act.url)


def _said(point: Point, unit: str | None) -> str:
    if isinstance(point, date):
        return language.day(point)
    if unit in ("UAH", "UAH/month"):
        return language.money(_to_kopiyka(point))
    if unit == "percent":
        return language.percent(round(point * 100, 2))
    if unit in NOUNS:
        return language.plural(point, NOUNS[unit])
    return language.number(point.quantize(SMALLEST_SHARE, ROUND_HALF_UP) if point % 1 else point)


def _to_kopiyka(sum_: Decimal) -> Decimal:
    return sum_.quantize(KOPIYKA, ROUND_HALF_UP)
