"""An evaluated entry as the dialogue asks about it: questions, outcome, reasons, sums and papers, in Ukrainian.

The rules give ids and values; here they become words, with every figure from the parameters of that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from knowledge_base import language
from knowledge_base.questioner import Questioner
from knowledge_base.rendering import figure
from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.closure import ANY_CHILD
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.interview import Question, next_question
from knowledge_base.rules.judging import Judged
from knowledge_base.rules.narrowing import turns
from knowledge_base.rules.parameters import last_vouched
from knowledge_base.rules.schema import Text, Variant
from knowledge_base.rules.values import Options, Point, Range, Value, exactly, options

BECOMES_POSSIBLE_WITHIN = 3 * 366
"""Days ahead in which an outcome that only time changes is looked for."""
QUESTIONS_KEPT = 512
"""Next questions remembered for one entry and day."""
KOPIYKA = Decimal("0.01")
FAR = 1_000_000
"""The greatest sum tried for a nearest yes."""
PAID = {"once": "один раз", "monthly": "на місяць", "quarterly": "на квартал", "yearly": "на рік"}
PER = {"child": "на кожну дитину", "person": "на людину"}
TOGETHER = {2: "двох", 3: "трьох", 4: "чотирьох", 5: "п’ятьох"}
DOORS = frozenset({"cnap", "diia", "pfu_online"})
"""Channels that take an application and pass it on to whoever decides."""


def _key(known: Known) -> tuple[object, ...]:
    return tuple(frozenset(facts.items()) for facts in (known.facts, *known.children))


@dataclass(frozen=True)
class Figure:
    """A figure of the law that a condition looked at, and the days it stands for, both inclusive."""

    title: str
    value: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Reason:
    """A condition of the law in words, whether it holds, the act it stands in, and the figures it looked at."""

    id: str
    text: str
    truth: Truth
    source: str | None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Nearest:
    """The value of one fact that would make a no a yes, in words: above the limit, or not above it.

    `above` is None where `limit` is the answer itself: `мати, батько або опікун`.
    """

    label: str
    limit: str
    above: bool | None


@dataclass(frozen=True)
class Step:
    """A named step of a computation with its value in words: `Дохід на людину`, `від 5 000 до 6 000 грн`."""

    label: str
    value: str


class Assessor(Questioner):
    """Immutable and thread-safe but for its caches."""

    def __init__(self, rules: Rules, view: CommunityView, today: date) -> None:
        super().__init__(view, today, rules.entry)
        self._rules = rules
        self._questions: dict[tuple[object, ...], tuple[Question | None]] = {}

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact the entry's rules may look at."""
        someone = (ANY_CHILD,) if self._rules.is_for_a_child else ()
        return *self._rules.used_facts, *someone

    @property
    def opening(self) -> str | None:
        """A sentence before the first question."""
        interview = self._rules.entry.interview
        return self._said(interview.opening) if interview else None

    @property
    def is_per_child(self) -> bool:
        return self._rules.entry.subject == "child"

    def assess(self, known: Known) -> Assessment:
        """What the entry comes to. Raises Contradiction."""
        return self._rules.assess(known, self._today)

    def next(self, known: Known, skipped: Collection[str], *, documents: bool = False) -> Question | None:
        """The next question, None where nothing more can be found out. Raises Contradiction."""
        # Thousands of people come to the same first questions; choosing one takes a hundred assessments.
        asked = _key(known), tuple(sorted(skipped)), documents
        kept = self._questions.get(asked)
        if kept is not None:
            return kept[0]
        question = next_question(self._rules, known, self._today, skipped=skipped, documents=documents)
        if len(self._questions) >= QUESTIONS_KEPT:
            self._questions.clear()
        self._questions[asked] = (question,)
        return question

    def reasons(self, found: Assessment) -> tuple[Reason, ...]:
        """The conditions that have been judged, in the order of the entry."""
        judged = found.judged
        return tuple(self._reasons(judged)) if judged is not None else ()

    def refusals(self, found: Assessment) -> tuple[str, ...]:
        """Why not, or why a person must decide: the words of the conditions in `because`, in their order."""
        several = found.children or (found,)
        nodes = [node for one in several if one.judged for node in one.judged.walk()]
        named = {
            node.condition.labels.id: node.condition.labels for node in nodes if node.condition.labels.id
        }
        words = [
            labels.if_not or labels.why for name in found.because if (labels := named.get(name)) is not None
        ]
        texts = [self._said(Text(uk=one["uk"])) for one in words if one]
        return tuple(dict.fromkeys(text for text in texts if text))

    def possible_from(self, known: Known) -> date | None:
        """The first day on which it is no longer refused, where only time stands in the way."""
        refused_until, day = self._today, self._today + timedelta(days=1)
        while day <= self._today + timedelta(days=BECOMES_POSSIBLE_WITHIN):
            if self._refused_on(known, day):
                refused_until, day = day, day + timedelta(days=28)
                continue
            while refused_until + timedelta(days=1) < day:
                middle = refused_until + (day - refused_until) // 2
                if self._refused_on(known, middle):
                    refused_until = middle
                else:
                    day = middle
            return day
        return None

    def _refused_on(self, known: Known, day: date) -> bool:
        try:
            return self._rules.assess(known, day).outcome is Truth.NO
        except Contradiction:
            return True

    def nearest(self, known: Known, found: Assessment) -> Nearest | None:
        """The nearest yes by a fact nobody gains by bending; None where there is none, or several refuse."""
        if len(found.because) != 1 or found.children:
            return None
        for name in self._rules.used_facts:
            fact, value = self._view.facts[name], found.facts.get(name)
            if not fact.tellable or value is None or not value.exact:
                continue
            if isinstance(value, Options):
                near = self._other_answer(name, known)
            else:
                near = next(self._sides(name, value, known), None)
            if near is not None:
                return near
        return None

    def _other_answer(self, name: str, known: Known) -> Nearest | None:
        """The answers under which it would not be refused."""
        whole = self._rules.dictionary.domains(self._today)[name]
        assert isinstance(whole, Options)
        open_to = {
            member
            for member in whole.members
            if self._outcome_with(known, name, options(member)) is not Truth.NO
        }
        if not open_to:
            return None
        return Nearest(self._view.facts[name].label.uk, self.value(name, options(*open_to)), above=None)

    def _sides(self, name: str, value: Range, known: Known) -> Iterator[Nearest]:
        """Where the outcome turns above or below what was told."""

        def truth(point: Point) -> Truth:
            outcome = self._outcome_with(known, name, exactly(point))
            return Truth.NO if outcome is Truth.NO else Truth.YES

        whole = self._rules.dictionary.domains(self._today)[name]
        if not isinstance(whole, Range):
            return
        fact = self._view.facts[name]
        top = whole.high if whole.high is not None else Decimal(FAR)
        for turn in turns(truth, Range(value.low, top)):
            if turn.before_truth is Truth.NO:
                yield Nearest(fact.label.uk, self._point(fact, turn.before), above=True)
                return
        for turn in turns(truth, Range(whole.low, value.low)):
            if turn.after_truth is Truth.NO:
                yield Nearest(fact.label.uk, self._point(fact, turn.before), above=False)
                return

    def _outcome_with(self, known: Known, name: str, value: Value) -> Truth:
        try:
            facts = {**known.facts, name: value}
            return self._rules.assess(Known(facts, known.children), self._today).outcome
        except Contradiction:
            return Truth.NO

    def amount(self, found: Assessment) -> str | None:
        """`50 000 грн один раз на кожну дитину`, `від 510 до 1 631 грн на місяць`; None where it is not known."""
        if found.amount is None or not found.variants:
            return None
        chosen = [
            variant
            for variant in self._rules.entry.variants
            if variant.id in found.variants and variant.amount
        ]
        money = language.money_range(*_whole_hryvnias(found.amount.low, found.amount.high))
        fitting = sum(child.outcome is not Truth.NO for child in found.children)
        return "".join([money, *_paid(chosen, children=fitting)])

    def decides(self, found: Assessment) -> str | None:
        """The channel whose authority has the last word, where all the others only pass the application on."""
        deciding = [channel for channel in dict.fromkeys(found.where) if channel not in DOORS]
        return deciding[0] if len(deciding) == 1 else None

    def is_estimate(self, found: Assessment) -> bool:
        """Whether another authority has the last word on the sum."""
        return any(
            variant.amount.estimate
            for variant in self._rules.entry.variants
            if variant.id in found.variants and variant.amount
        )

    def steps(self, found: Assessment) -> tuple[Step, ...]:
        """The named steps of the computation, each with its value; a step nobody can work out is left out."""
        work = self._rules.calculation(found.facts, self._today)
        steps: list[Step] = []
        for name, step in self._rules.entry.derive.items():
            value = work.named(name)
            if step.label is None or step.unit not in ("UAH", "UAH/month") or not isinstance(value, Range):
                continue
            if value.low is not None and value.high is not None:
                low, high = _whole_hryvnias(Decimal(str(value.low)), Decimal(str(value.high)))
                steps.append(Step(self._said(step.label) or name, language.money_range(low, high)))
        return tuple(steps)

    def last_day(self, found: Assessment) -> date | None:
        """The last day to apply, where there is one and it is known. Of a range the earliest: it suits them all."""
        for deadline in self._rules.entry.deadlines:
            last = found.deadlines.get(deadline.id)
            if last is not None and isinstance(last.low, date):
                return last.low
        return None

    def stale_since(self, found: Assessment) -> date | None:
        """The last day the figures behind the outcome are vouched for, if that is past."""
        days = (last_vouched(self._view.parameters[name], self._today) for name in found.stale)
        return min((day for day in days if day is not None), default=None)

    def _reasons(self, judged: Judged) -> Iterator[Reason]:
        labels = judged.condition.labels
        if labels.id is None:
            for child in judged.children:
                yield from self._reasons(child)
            return
        holds = judged.truth in (Truth.YES, Truth.UNKNOWN)
        words = labels.why if holds else labels.if_not or labels.why
        text = self._said(Text(uk=words["uk"])) if words else None
        if text:
            figures = tuple(dict.fromkeys(self._figures(judged)))
            yield Reason(labels.id, text, judged.truth, self._source(labels.src), figures)

    def _figures(self, judged: Judged) -> Iterator[Figure]:
        for read in (read for node in judged.walk() for read in node.parameters):
            parameter = self._rules.parameters[read.name]
            title = self._said(parameter.title) or read.name
            for period in read.periods:
                yield Figure(title, figure(period.value, parameter.unit), period.from_, period.to)

    def _source(self, src: str | None) -> str | None:
        act = self._view.sources.get(src) if src else None
        if act is None:
            return None
        pin = next((one.pin for one in self._rules.entry.sources if one.id == src), None)
        return f"{act.title.uk}, {pin}" if pin else act.title.uk


def _whole_hryvnias(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """An exact sum to the kopiyka; a range from whole hryvnias to whole ones, so that it still holds the sum."""
    if low == high:
        exact = low.quantize(KOPIYKA, ROUND_HALF_UP)
        return exact, exact
    return low.to_integral_value(ROUND_FLOOR), high.to_integral_value(ROUND_CEILING)


def _paid(variants: Collection[Variant], *, children: int) -> Iterator[str]:
    """` на місяць`, ` на кожну дитину`: only what is so for every way it may come out.

    `children`: for how many of several the sum is; 0 where they were not told one by one.
    """
    amounts = [variant.amount for variant in variants if variant.amount]
    ways = {amount.paid if isinstance(amount.paid, str) else "parts" for amount in amounts}
    pers = {amount.per for amount in amounts}
    if len(ways) == 1 and (way := PAID.get(ways.pop())):
        yield f" {way}"
    if pers == {"child"} and children:
        yield f", разом на {TOGETHER.get(children, children)} дітей" if children > 1 else " на одну дитину"
    elif len(pers) == 1 and (per := PER.get(pers.pop())):
        yield f" {per}"
