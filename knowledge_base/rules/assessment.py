"""Assesses one entry by what is known: outcome, reasons, what is still needed, amount, papers, last days.

`Rules` holds the conditions and formulas of an entry read once; `assess` is pure and may be called a thousand
times a second. Facts that are not known stay unknown: nothing here guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import cached_property, lru_cache

from knowledge_base.rules.calculation import Calculation, ParameterRead, Parameters
from knowledge_base.rules.closure import ANY_CHILD, Dictionary
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import (
    Always,
    BeforeDeadline,
    Condition,
    Labels,
    Leaf,
    expressions,
    read_condition,
    walk,
)
from knowledge_base.rules.facts import Known
from knowledge_base.rules.functions import step_formula
from knowledge_base.rules.grammar import (
    Expression,
    Name,
    Parameter,
    parse_comparison,
    parse_formula,
    parts,
)
from knowledge_base.rules.judging import Judge, Judged, Memory
from knowledge_base.rules.narrowing import Facts, Narrowing
from knowledge_base.rules.schema import NOT_PAID_NOW, Amount, DocumentItem, Entry, Rounding
from knowledge_base.rules.schema import Parameter as DatedParameter
from knowledge_base.rules.settling import settled
from knowledge_base.rules.values import Range, Value, exactly, least

ALWAYS = Always()
SOME_CHILD = Leaf(
    parse_comparison(f"{ANY_CHILD} = yes"),
    Labels(id="some_child", if_not={"uk": "дітей, на яких це дають, у сім’ї немає"}),
)
"""What is for a child is for nobody where there is none. Not asked for its own sake: to tell of a child says it."""
DAYS_REMEMBERED = 2
WIDE = Context(prec=60)
"""Room for the product of the greatest numbers a person may name."""
ROUNDINGS: dict[Rounding, tuple[Decimal, str]] = {
    "kopiyka": (Decimal("0.01"), ROUND_HALF_UP),
    "kopiyka_down": (Decimal("0.01"), ROUND_FLOOR),
    "hryvnia": (Decimal(1), ROUND_HALF_UP),
    "hryvnia_down": (Decimal(1), ROUND_FLOOR),
    "hryvnia_up": (Decimal(1), ROUND_CEILING),
}


@dataclass(frozen=True)
class Money:
    """A sum, from the least to the greatest it may be."""

    low: Decimal
    high: Decimal

    @property
    def exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Assessment:
    """What an entry comes to for what is known on a day.

    `because`: ids of the conditions that refuse it, or that leave it to a person. `need`: facts whose answer may
    still change the outcome; `need_amount` and `need_documents` those that would only make the rest exact.
    `variants`: ids of the ways it may come out. `children`: one for each child of a benefit paid per child.
    """

    entry: str
    on: date
    outcome: Truth
    because: tuple[str, ...] = ()
    need: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    amount: Money | None = None
    need_amount: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    possible_documents: tuple[str, ...] = ()
    need_documents: tuple[str, ...] = ()
    deadlines: Mapping[str, Range] = field(default_factory=dict)
    where: tuple[str, ...] = ()
    judged: Judged | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Assessment, ...] = ()

    @property
    def variant(self) -> str | None:
        """The one way it comes out; None while several may."""
        return self.variants[0] if len(self.variants) == 1 else None


@dataclass(frozen=True)
class RuledVariant:
    """A variant with its condition and its formula read."""

    id: str
    when: Condition
    amount: Amount | None
    formula: Expression | None


@dataclass(frozen=True)
class RuledDeadline:
    """A last day with its condition and its formula read."""

    id: str
    when: Condition
    last_day: Expression


class Rules:
    """The rules of one entry beside the registries they use, read once."""

    def __init__(
        self, entry: Entry, dictionary: Dictionary, parameters: Mapping[str, DatedParameter]
    ) -> None:
        self.entry = entry
        self.dictionary = dictionary
        self.parameters = parameters
        self.readings = Parameters(parameters)
        self.eligible = read_condition(entry.eligible) if entry.eligible is not None else ALWAYS
        self.variants = tuple(
            RuledVariant(
                one.id,
                read_condition(one.when),
                one.amount,
                parse_formula(one.amount.value) if one.amount else None,
            )
            for one in entry.variants
        )
        items = entry.documents.items if entry.documents else ()
        self.documents: tuple[tuple[DocumentItem, Condition], ...] = tuple(
            (item, ALWAYS if item.when is None else read_condition(item.when)) for item in items
        )
        self.deadlines = tuple(
            RuledDeadline(
                one.id, ALWAYS if one.when is None else read_condition(one.when), parse_formula(one.last_day)
            )
            for one in entry.deadlines
        )
        self.where = tuple(
            (one.channel, ALWAYS if one.when is None else read_condition(one.when)) for one in entry.where
        )
        self.steps = {name: step_formula(step) for name, step in entry.derive.items()}
        self._memory_of = lru_cache(DAYS_REMEMBERED)(lambda _: Memory(self._looks))

    @cached_property
    def last_days(self) -> Mapping[str, Expression]:
        return {one.id: one.last_day for one in self.deadlines}

    @cached_property
    def used_facts(self) -> tuple[str, ...]:
        """Every fact the rules look at by name, in the order of the dictionary."""
        names = {name for formula in self._formulas for name in self._names_of(formula)}
        if self.entry.basis_date != "today":
            names.add(self.entry.basis_date)
        return tuple(name for name in self.dictionary.facts if name in names)

    @property
    def used_parameters(self) -> frozenset[str]:
        """Every parameter the rules look at by name."""
        inside = (part for formula in self._formulas for part in parts(formula))
        return frozenset(part.name for part in inside if isinstance(part, Parameter))

    @property
    def _formulas(self) -> Iterable[Expression]:
        yield from (formula for condition in self.conditions for formula in expressions(condition))
        yield from (one.formula for one in self.variants if one.formula)
        yield from self.last_days.values()
        yield from self.steps.values()

    @cached_property
    def own_dictionary(self) -> Dictionary:
        """The facts that bear upon the entry: those its rules name, and those that others of them follow from."""
        return self.dictionary.reaching((*self.used_facts, *([ANY_CHILD] if self.is_for_a_child else [])))

    @property
    def is_for_a_child(self) -> bool:
        """Whether nobody may have it where there is no child."""
        return self.entry.subject == "child" and ANY_CHILD in self.dictionary.facts

    @property
    def conditions(self) -> Iterable[Condition]:
        """Every condition: of the right, and of each variant, paper, last day and channel."""
        yield self.eligible
        yield from (variant.when for variant in self.variants)
        yield from (when for _, when in self.documents)
        yield from (deadline.when for deadline in self.deadlines)
        yield from (when for _, when in self.where)

    @cached_property
    def _looks(self) -> Mapping[int, tuple[str, ...]]:
        """The facts that each condition and each part of one may look at, by its identity."""
        nodes = [node for condition in self.conditions for _, node in walk(condition)]
        return {id(node): tuple(sorted(self._names_in(node))) for node in nodes}

    def _names_in(self, condition: Condition) -> frozenset[str]:
        inside = [node for _, node in walk(condition)]
        last_days = [self.last_days[node.deadline] for node in inside if isinstance(node, BeforeDeadline)]
        formulas = [*expressions(condition), *last_days]
        names = {name for formula in formulas for name in self._names_of(formula)}
        if self.entry.basis_date != "today" and any(map(self._reads_parameters, formulas)):
            names.add(self.entry.basis_date)
        return frozenset(names)

    def _names_of(self, formula: Expression) -> Iterable[str]:
        """The facts in a formula and in the steps it stands on; an option beside a choice is none."""
        for part in self._parts(formula):
            if isinstance(part, Name) and part.name in self.dictionary.facts:
                yield part.name

    def _reads_parameters(self, formula: Expression) -> bool:
        return any(isinstance(part, Parameter) for part in self._parts(formula))

    def _parts(self, formula: Expression) -> Iterable[Expression]:
        for part in parts(formula):
            yield part
            if isinstance(part, Name) and part.name in self.steps:
                yield from self._parts(self.steps[part.name])

    @cached_property
    def amount_facts(self) -> frozenset[str]:
        """The facts that the amounts are worked out from."""
        formulas = [one.formula for one in self.variants if one.formula is not None]
        return frozenset(name for formula in formulas for name in self._names_of(formula))

    def memory(self, today: date) -> Memory:
        """What has been judged on a day, kept for some days."""
        return self._memory_of(today)

    # ---- assessing

    def judge(self, facts: Facts, today: date) -> Judge:
        """Judges the entry's conditions over closed facts."""
        return _Work(self, facts, today).judge(facts)

    def calculation(self, facts: Facts, today: date) -> Calculation:
        """Works out the entry's formulas over closed facts."""
        return _Work(self, facts, today).calculation(facts)

    def outlook(self, facts: Facts, today: date) -> Judged:
        """Whether one would be entitled with these closed facts, and what would still be needed."""
        return settled(self.eligible, facts, _Work(self, facts, today).judge)

    def assess(self, known: Known, today: date) -> Assessment:
        """What the entry comes to. Raises Contradiction where two facts exclude each other."""
        if self.entry.subject == "child" and len(known.children) > 1:
            return self._family(known, today)
        facts = self.own_dictionary.close(known, today)
        return _Work(self, facts, today).assessment()

    def _family(self, known: Known, today: date) -> Assessment:
        """Child by child, summed: yes for any child is yes."""
        each = tuple(
            _Work(self, facts, today).assessment() for facts in self.own_dictionary.close_each(known, today)
        )
        outcomes = {one.outcome for one in each}
        order = (Truth.YES, Truth.UNKNOWN, Truth.SPECIALIST)
        outcome = next((truth for truth in order if truth in outcomes), Truth.NO)
        fitting = [one for one in each if one.outcome is not Truth.NO]
        open_ones = [one for one in fitting if one.outcome is Truth.UNKNOWN]
        return Assessment(
            entry=self.entry.id,
            on=today,
            outcome=outcome,
            because=_joined(one.because for one in each) if outcome in (Truth.NO, Truth.SPECIALIST) else (),
            need=self._in_order(one.need for one in open_ones),
            variants=_joined(one.variants for one in fitting),
            amount=_together(fitting, per_child=self._paid_per_child),
            need_amount=self._in_order(one.need_amount for one in fitting),
            stale=_joined(one.stale for one in each),
            documents=_joined(one.documents for one in fitting),
            possible_documents=tuple(
                name
                for name in _joined(one.possible_documents for one in fitting)
                if all(name not in one.documents for one in fitting)
            ),
            need_documents=self._in_order(one.need_documents for one in fitting),
            deadlines=_earliest(fitting),
            where=_joined(one.where for one in fitting or each),
            judged=next((one.judged for one in (fitting or each)), None),
            facts=each[0].facts,
            children=each,
        )

    @property
    def _paid_per_child(self) -> bool:
        return all(one.amount is None or one.amount.per == "child" for one in self.variants)

    def _in_order(self, several: Iterable[Iterable[str]]) -> tuple[str, ...]:
        names = {name for one in several for name in one}
        return tuple(name for name in self.dictionary.facts if name in names)


class _Work:
    """One assessment over one closed set of facts."""

    def __init__(self, rules: Rules, facts: Facts, today: date) -> None:
        self.rules = rules
        self.facts = facts
        self.today = today
        self._memory = rules.memory(today)
        self._read: list[ParameterRead] = []
        self._judge: Judge | None = None

    def assessment(self) -> Assessment:
        rules = self.rules
        if rules.entry.status in NOT_PAID_NOW:
            return Assessment(rules.entry.id, self.today, Truth.NO, because=(rules.entry.status,))
        judged = settled(rules.eligible, self.facts, self.judge)
        if rules.is_for_a_child and (nobody := self.judge(self.facts).of(SOME_CHILD)).truth is Truth.NO:
            judged = nobody
        # Everything is told and the rules still cannot say: no parameter reaches that far back. A person can.
        beyond = judged.truth is Truth.UNKNOWN and not judged.need
        outcome = Truth.SPECIALIST if beyond else judged.truth
        if outcome is Truth.NO:
            return Assessment(
                rules.entry.id,
                self.today,
                outcome,
                because=_ids(judged, Truth.NO),
                stale=_stale(_reads(judged, deciding=True)),
                where=tuple(channel for channel, _ in rules.where),
                judged=judged,
                facts=self.facts,
            )
        supposed = self._supposed(rules.eligible, self.facts)
        variants, amount, need_amount = self._variants(supposed)
        sure, possible, need_documents = self._documents(supposed)
        return Assessment(
            entry=rules.entry.id,
            on=self.today,
            outcome=outcome,
            because=_ids(judged, judged.truth) if outcome is Truth.SPECIALIST else (),
            need=self._ordered(judged.need),
            variants=variants,
            amount=amount,
            need_amount=self._ordered(need_amount - judged.need),
            stale=_stale([*_reads(judged), *self._read]),
            documents=sure,
            possible_documents=possible,
            need_documents=self._ordered(need_documents - judged.need - need_amount),
            deadlines=self._last_days(supposed),
            where=tuple(
                channel
                for channel, when in rules.where
                if self.judge(supposed).of(when).truth is not Truth.NO
            ),
            judged=judged,
            facts=self.facts,
        )

    def _supposed(self, condition: Condition, facts: Facts) -> Facts:
        """The facts narrowed to where the condition holds."""

        def narrowed() -> Facts:
            found = Narrowing(self.judge).by(condition, facts) or facts
            return {name: value for name, value in found.items() if value is not facts[name]}

        changed = self._memory.once("supposed", condition, facts, narrowed)
        return {**facts, **changed} if changed else facts

    def judge(self, facts: Facts) -> Judge:
        if self._judge is None or self._judge.facts is not facts:
            self._judge = self._judge_over(facts)
        return self._judge

    def _judge_over(self, facts: Facts) -> Judge:
        rules = self.rules
        basis = rules.entry.basis_date
        return Judge(
            calculation=lambda: self.calculation(facts),
            facts=facts,
            deadlines=rules.last_days,
            choices=rules.dictionary.choices,
            basis=None if basis == "today" else basis,
            memory=self._memory,
        )

    def calculation(self, facts: Facts) -> Calculation:
        return Calculation(
            facts=facts.__getitem__,
            steps=self.rules.steps,
            parameters=self.rules.readings,
            basis=lambda: self._basis(facts),
            today=self.today,
        )

    def _basis(self, facts: Facts) -> Range:
        name = self.rules.entry.basis_date
        if name == "today":
            return exactly(self.today)
        value = facts[name]
        assert isinstance(value, Range)
        return value

    def _variants(self, supposed: Facts) -> tuple[tuple[str, ...], Money | None, frozenset[str]]:
        """The ways it may come out, the sum over all of them, and the facts that would make it exact."""
        need: frozenset[str] = frozenset()
        possible: list[str] = []
        sums: list[Range] = []
        without_sum = False
        for variant in self.rules.variants:
            judged = settled(variant.when, supposed, self.judge)
            if judged.truth is Truth.NO:
                continue
            narrowed = self._supposed(variant.when, supposed)
            possible.append(variant.id)
            need |= judged.need
            if variant.formula is None or variant.amount is None:
                without_sum = True
                continue
            found, open_facts = self._sum(variant.formula, variant.amount.round, narrowed)
            sums.append(found)
            need |= open_facts
        return tuple(possible), None if without_sum else _money(sums), need

    def _sum(
        self, formula: Expression, rounding: Rounding | None, facts: Facts
    ) -> tuple[Range, frozenset[str]]:
        """The sum, and the facts that keep it from being exact."""
        work = self.calculation(facts)
        worked_out = work.result(formula)
        self._read += work.used_parameters.values()
        found = _rounded(worked_out, rounding) if isinstance(worked_out, Range) else Range(None, None)
        if found.exact:
            return found, frozenset()
        used = set(work.used_facts)
        basis = self.rules.entry.basis_date
        if basis != "today" and any(len(read.periods) > 1 for read in work.used_parameters.values()):
            used.add(basis)
        return found, frozenset(name for name in used if not facts[name].exact)

    def _documents(self, supposed: Facts) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
        sure: list[str] = []
        possible: list[str] = []
        need: frozenset[str] = frozenset()
        for item, when in self.rules.documents:
            judged = settled(when, supposed, self.judge)
            if judged.truth is Truth.YES:
                sure.append(item.doc)
            elif judged.truth is not Truth.NO:
                possible.append(item.doc)
                need |= judged.need
        return (
            tuple(dict.fromkeys(sure)),
            tuple(one for one in dict.fromkeys(possible) if one not in sure),
            need,
        )

    def _last_days(self, supposed: Facts) -> dict[str, Range]:
        """The last days that apply, or may; one that cannot be told is left out."""
        found: dict[str, Range] = {}
        for deadline in self.rules.deadlines:
            if self.judge(supposed).of(deadline.when).truth is Truth.NO:
                continue
            work = self.calculation(supposed)
            last = work.of(deadline.last_day)
            if isinstance(last, Range) and last.low is not None and last.high is not None:
                self._read += work.used_parameters.values()
                found[deadline.id] = last
        return found

    def _ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        wanted = set(names)
        return tuple(name for name in self.rules.dictionary.facts if name in wanted)


def _rounded(found: Range, rounding: Rounding | None) -> Range:
    if rounding is None:
        return found
    grain, way = ROUNDINGS[rounding]

    def rounded(bound: object) -> Decimal | None:
        return bound.quantize(grain, way, WIDE) if isinstance(bound, Decimal) else None

    return Range(rounded(found.low), rounded(found.high))


def _money(sums: list[Range]) -> Money | None:
    lows = [one.low for one in sums]
    highs = [one.high for one in sums]
    known_lows = [low for low in lows if isinstance(low, Decimal)]
    known_highs = [high for high in highs if isinstance(high, Decimal)]
    if not sums or len(known_lows) != len(sums) or len(known_highs) != len(sums):
        return None
    return Money(min(known_lows), max(known_highs))


def _together(fitting: list[Assessment], *, per_child: bool) -> Money | None:
    """For all the children: what is sure, at most what is possible; no less than for one, as one at least fits."""
    sums = [one.amount for one in fitting if one.amount is not None]
    if not sums or len(sums) != len(fitting):
        return None
    lowest, highest = min(one.low for one in sums), max(one.high for one in sums)
    if not per_child:
        return Money(lowest, highest)
    sure = [one.amount.low for one in fitting if one.amount is not None and one.outcome is Truth.YES]
    return Money(sum(sure, Decimal(0)) if sure else lowest, sum((one.high for one in sums), Decimal(0)))


def _earliest(fitting: list[Assessment]) -> dict[str, Range]:
    """The last day by which something must be done for any child: the earliest one."""
    found: dict[str, Range] = {}
    for one in fitting:
        for name, last in one.deadlines.items():
            other = found.get(name, last)
            found[name] = Range(least(last.low, other.low), least(last.high, other.high))
    return found


def _joined(several: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in several for name in one))


def _ids(judged: Judged, truth: Truth) -> tuple[str, ...]:
    """The ids of the outermost named conditions that made the tree what it is, if it is of this truth."""
    return deciding_ids(judged) if judged.truth is truth else ()


def deciding_ids(judged: Judged) -> tuple[str, ...]:
    """The ids of the outermost named conditions that made the tree what it is."""
    if judged.condition.labels.id is not None:
        return (judged.condition.labels.id,)
    return _joined(map(deciding_ids, judged.deciding))


def _reads(judged: Judged, *, deciding: bool = False) -> list[ParameterRead]:
    """The parameters the tree read; with `deciding`, those of the nodes that made it what it is."""
    children = judged.deciding if deciding else judged.children
    return [*judged.parameters, *(read for child in children for read in _reads(child, deciding=deciding))]


def _stale(reads: Iterable[ParameterRead]) -> tuple[str, ...]:
    return tuple(sorted({read.name for read in reads if read.stale}))
