"""Walks every way an interview about an entry can go, and finds what no answers lead to.

Depth first over the facts still needed: each is parted into cells between the thresholds of the rules, and a way
ends as soon as nothing is needed. Ways on which the rules leave the same open are walked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from knowledge_base.rules.assessment import Assessment, Rules, deciding_ids
from knowledge_base.rules.base import Case
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.conditions import Condition, walk
from knowledge_base.rules.facts import Contradiction, ImpossibleFacts, Known, read_known
from knowledge_base.rules.judging import Judge, Judged
from knowledge_base.rules.narrowing import turns
from knowledge_base.rules.problems import Path, Place, Problem
from knowledge_base.rules.schema import NOT_PAID_NOW
from knowledge_base.rules.settling import open_leaves, parts_between, points_of
from knowledge_base.rules.thresholds import GREATEST_SOUGHT
from knowledge_base.rules.values import DAY, NUMBER_STEP, Options, Point, Range, Value, exactly

NODES_AT_MOST = 4000
"""Where an entry has more ways than this, the walk stops and says so."""
LIKELY_SUM = Decimal(10_000)
"""A sum between the least and the greatest where a fact has no upper bound."""
LIFETIME = timedelta(days=36_525)
"""How far from today a day may be where a fact has no bound."""
GRANTED = (Truth.YES, Truth.SPECIALIST)

Told = Mapping[str, Value]


@dataclass(frozen=True)
class Example:
    """What was told, and on which day, where something came out that should not."""

    told: Told
    on: date


@dataclass
class Walk:
    """What a walk over an entry came to.

    `leaves`: in how many ways an interview may end on the day `on`. `longest`: the most facts asked on one of them.
    `nodes`: how many states were looked at; `cut`: there are more. `variants`, `documents` and `because` were
    reached; `together` are pairs of variants that both hold, `bare` a right without any variant.
    """

    entry: str
    on: date
    leaves: int = 0
    longest: int = 0
    nodes: int = 0
    cut: bool = False
    variants: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    because: set[str] = field(default_factory=set)
    together: dict[tuple[str, str], Example] = field(default_factory=dict)
    bare: Example | None = None

    def reach(self, found: Assessment) -> None:
        """Notes what an assessment shows to be possible."""
        self.because |= set(found.because)
        if found.outcome in GRANTED:
            self.documents |= set(found.documents)
        if found.outcome in GRANTED and found.variant is not None:
            self.variants.add(found.variant)

    def join(self, later: Walk) -> None:
        """Adds what a walk on another day came to."""
        self.nodes += later.nodes
        self.cut = self.cut or later.cut
        self.variants |= later.variants
        self.documents |= later.documents
        self.because |= later.because
        self.together = {**later.together, **self.together}
        self.bare = self.bare or later.bare


def walk_entry(rules: Rules, cases: Iterable[Case] = (), *, at_most: int = NODES_AT_MOST) -> Walk:
    """Walks an entry on the day it was last checked against its sources and wherever its parameters change later.

    What its cases reach is reachable too. `at_most`: states looked at on one day.
    """
    on = day_of(rules)
    walked = Walk(rules.entry.id, on)
    for case in cases:
        for found in _of_case(rules, case):
            walked.reach(found)
    walked.leaves, walked.longest = _Walker(rules, walked, at_most).walk()
    for day in _days_of_change(rules, on):
        later = Walk(rules.entry.id, day)
        _Walker(rules, later, at_most).walk()
        walked.join(later)
    for _, name, node in _named(rules.eligible):
        if name not in walked.because and not walked.cut:
            asked_first = Walk(rules.entry.id, on)
            _Walker(rules, asked_first, at_most, _facts_of(rules, node, on)).walk()
            walked.because |= asked_first.because
    return walked


def _facts_of(rules: Rules, condition: Condition, on: date) -> frozenset[str]:
    judged = rules.judge(rules.own_dictionary.close(Known(), on), on).of(condition)
    return frozenset().union(*(node.facts for node in judged.walk()))


def day_of(rules: Rules) -> date:
    """The day an entry is walked on: it must not be today, or a check would change by itself."""
    checked = [source.checked_on for source in rules.entry.sources if source.checked_on is not None]
    return max(checked, default=rules.entry.review_by)


def _days_of_change(rules: Rules, since: date) -> list[date]:
    """The days on either side of each change of the parameters that is still to come.

    What holds past a horizon is what held before it, only less surely.
    """
    periods = (period for name in rules.used_parameters for period in rules.parameters[name].values)
    changes = {period.from_ for period in periods if period.from_ > since}
    return sorted({day for change in changes for day in (change - DAY, change)} - {since})


def _of_case(rules: Rules, case: Case) -> Iterator[Assessment]:
    try:
        found = rules.assess(read_known(case.given, rules.dictionary.facts, case.as_of), case.as_of)
    except (ImpossibleFacts, Contradiction):
        return
    yield from found.children or (found,)


class _Walker:
    """Walks one entry and notes what it reaches. Facts of `first` are asked before others, as one may tell them."""

    def __init__(self, rules: Rules, walked: Walk, at_most: int, first: frozenset[str] = frozenset()) -> None:
        self._rules = rules
        self._walk = walked
        self._today = walked.on
        self._at_most = at_most
        self._first = first
        self._seen: dict[object, tuple[int, int]] = {}
        self._conditions: tuple[Condition, ...] = (
            *(variant.when for variant in rules.variants),
            *(when for _, when in rules.documents),
        )

    def walk(self) -> tuple[int, int]:
        """In how many ways an interview may end, and the most facts asked on one of them."""
        return self._below({})

    def _below(self, told: dict[str, Value]) -> tuple[int, int]:
        """How many ways lead on from here, and how many more facts the longest asks."""
        if self._walk.nodes >= self._at_most:
            self._walk.cut = True
            return 1, 0
        self._walk.nodes += 1
        try:
            found = self._rules.assess(Known(told), self._today)
        except Contradiction:  # these answers exclude each other: nobody can give them
            return 0, 0
        need = _need(found)
        if not need:
            self._end(found, told)
            return 1, 0
        judge = self._rules.judge(found.facts, self._today)
        state = self._state(found, judge, need)
        if state not in self._seen:
            name = next((one for one in need if one in self._first), need[0])
            self._seen[state] = self._parted(found, judge, name, told)
        return self._seen[state]

    def _parted(self, found: Assessment, judge: Judge, name: str, told: dict[str, Value]) -> tuple[int, int]:
        ways = [self._below({**told, name: cell}) for cell in self._cells(found, judge, name)]
        leaves, longest = sum(one[0] for one in ways), max((one[1] for one in ways), default=0)
        return leaves, longest + (name not in told)

    def _end(self, found: Assessment, told: Told) -> None:
        self._walk.reach(found)
        if found.outcome not in GRANTED:
            return
        judge = self._rules.judge(found.facts, self._today)
        sure = [one.id for one in self._rules.variants if judge.of(one.when).truth is Truth.YES]
        for number, one in enumerate(sure):
            for other in sure[number + 1 :]:
                self._walk.together.setdefault((one, other), Example(told, self._today))
        granted_bare = found.outcome is Truth.YES and self._rules.variants and not found.variants
        if granted_bare and self._walk.bare is None:
            self._walk.bare = Example(told, self._today)

    def _state(self, found: Assessment, judge: Judge, need: tuple[str, ...]) -> object:
        """What is decided and what is open, with all that the open parts look at: alike states end alike."""
        judged = judge.of(self._rules.eligible)
        others = [judge.of(condition) for condition in self._conditions]
        values = tuple((name, found.facts[name]) for name in need)
        return tuple(_residue(one, judge) for one in (judged, *others)), values

    def _cells(self, found: Assessment, judge: Judge, name: str) -> list[Value]:
        """The parts of a fact that the open comparisons tell apart; single points where a formula hides them."""
        value = found.facts[name]
        if isinstance(value, Options):
            return [Options(frozenset({member})) for member in sorted(value.members, key=str)]
        points: set[Point] = set()
        hidden = False
        for leaf in self._leaves(found, judge, name):
            written = points_of(name, leaf, judge)
            if written is not None:
                points |= written
            elif leaf.need == {name}:
                points |= self._turns(found, name, leaf.condition)
            else:
                hidden = True
        cells = [cell for part in parts_between(value, points) if (cell := self._in_grains(name, part))]
        if hidden:
            return [exactly(point) for cell in cells for point in self._points(name, cell)]
        if len(cells) < 2:  # nothing but a sum looks at it: any value will do
            return [exactly(self._between(name, cell)) for cell in cells]
        return [*cells]

    def _leaves(self, found: Assessment, judge: Judge, name: str) -> list[Judged]:
        """The open comparisons that look at a fact: those of the right, and once there is one, of the rest."""
        conditions = (self._rules.eligible,) if found.outcome is Truth.UNKNOWN else self._conditions
        leaves = [leaf for condition in conditions for leaf in open_leaves(judge.of(condition))]
        return [leaf for leaf in leaves if name in leaf.need]

    def _turns(self, found: Assessment, name: str, condition: Condition) -> set[Point]:
        """The points between which the truth of a comparison turns."""

        def truth(point: Point) -> Truth:
            facts = {**found.facts, name: exactly(point)}
            return self._rules.judge(facts, self._today).of(condition).truth

        value = found.facts[name]
        assert isinstance(value, Range)
        return {
            point for turn in turns(truth, self._bounded(name, value)) for point in (turn.before, turn.after)
        }

    def _in_grains(self, name: str, part: Value) -> Range | None:
        """A part of a count holds whole numbers only; None where it holds none."""
        assert isinstance(part, Range)
        if self._grain(name) != 1:
            return part
        low = part.low.to_integral_value(ROUND_CEILING) if isinstance(part.low, Decimal) else part.low
        high = part.high.to_integral_value(ROUND_FLOOR) if isinstance(part.high, Decimal) else part.high
        return None if low is not None and high is not None and low > high else Range(low, high)  # type: ignore[operator]  # both are numbers

    def _points(self, name: str, part: Range) -> Iterable[Point]:
        """The least, the greatest and one between."""
        ends = self._bounded(name, part)
        points = (ends.low, self._between(name, part), ends.high)
        return dict.fromkeys(point for point in points if point is not None)

    def _between(self, name: str, part: Range) -> Point:
        """One that is likely: a usual sum where there is no upper bound, else the middle."""
        ends = self._bounded(name, part)
        low, high = ends.low, ends.high
        if isinstance(low, date) and isinstance(high, date):
            return low + (high - low) // 2
        assert isinstance(low, Decimal)
        assert isinstance(high, Decimal)
        if part.high is None:
            return max(low, LIKELY_SUM)
        return max(low, ((low + high) / 2).quantize(self._grain(name), ROUND_FLOOR))

    def _bounded(self, name: str, part: Range) -> Range:
        """The range with ends where it has none."""
        if self._rules.dictionary.facts[name].type == "date":
            widest = Range(self._today - LIFETIME, self._today + LIFETIME)
        else:
            widest = Range(Decimal(0), GREATEST_SOUGHT)
        return Range(
            widest.low if part.low is None else part.low, widest.high if part.high is None else part.high
        )

    def _grain(self, name: str) -> Decimal:
        return Decimal(1) if self._rules.dictionary.facts[name].unit == "count" else NUMBER_STEP


def _need(found: Assessment) -> tuple[str, ...]:
    """What is asked next comes first: the outcome, then the sum, then the papers."""
    if found.outcome is Truth.NO:
        return ()
    return found.need or found.need_amount or found.need_documents


def _residue(judged: Judged, judge: Judge) -> object:
    """What is left of a condition: its truth and its reason, or its open parts with the facts they look at."""
    if judged.truth is Truth.SPECIALIST:
        return deciding_ids(judged)
    if judged.truth is not Truth.UNKNOWN:
        return judged.truth
    if not judged.children:
        return id(judged.condition), tuple(judge.facts[name] for name in sorted(judged.facts))
    return id(judged.condition), tuple(_residue(child, judge) for child in judged.children)


# ---- what is wrong


def faults(walked: Walk, rules: Rules, place: Place) -> Iterator[Problem]:
    """What a walk shows to be wrong with an entry; a walk that was cut only reminds of what it did not reach."""
    entry = rules.entry
    if entry.status in NOT_PAID_NOW:  # it refuses everybody, whatever its rules
        return
    variants = {variant.id: place.at("variants", number) for number, variant in enumerate(entry.variants)}
    for name, here in variants.items():
        if name not in walked.variants:
            yield _unreached(here, f"жодні відповіді не ведуть до варіанта «{name}»", walked)
    for number, item in enumerate(entry.documents.items if entry.documents else ()):
        if item.doc not in walked.documents:
            here = place.at("documents", "items", number)
            yield _unreached(here, f"документ «{item.doc}» ніколи не потрібен", walked)
    for path, name, _ in _named(rules.eligible):
        if name not in walked.because:
            here = place.at("eligible", *path)
            yield _unreached(here, f"умова «{name}» нікому не відмовляє", walked)
    for (one, other), example in walked.together.items():
        yield variants[other].problem(f"виходить разом із «{one}»: {_shown(example, walked.on)}")
    if walked.bare is not None:
        yield place.at("variants").problem(f"право є, а варіанта немає: {_shown(walked.bare, walked.on)}")


def _unreached(place: Place, message: str, walked: Walk) -> Problem:
    if not walked.cut:
        return place.problem(f"{message}; якщо це не так, покажіть випадком")
    return place.problem(f"{message}? Пройдено лише {walked.nodes} станів", blocking=False)


def _named(eligible: Condition) -> Iterator[tuple[Path, str, Condition]]:
    """The conditions that may be given as a reason: the outermost that have a name."""
    covered: list[Path] = []
    for path, node in walk(eligible):
        if node.labels.id is None or any(path[: len(outer)] == outer for outer in covered):
            continue
        covered.append(path)
        yield path, node.labels.id, node


def _shown(example: Example, on: date) -> str:
    """What was told, as in a case; the day, where it is another one."""
    told = ", ".join(f"{name}: {written(value)}" for name, value in example.told.items())
    return (told or "що б не сказали") + ("" if example.on == on else f" (на {example.on})")


def written(value: Value) -> str:
    """A value as it is written in a case."""
    if isinstance(value, Options):
        words = {"True": "yes", "False": "no"}
        answers = [words.get(str(one), str(one)) for one in sorted(value.members, key=str)]
        return answers[0] if value.exact else f"[{', '.join(answers)}]"
    if value.exact:
        return str(value.low)
    return f"[{', '.join('null' if end is None else str(end) for end in (value.low, value.high))}]"
