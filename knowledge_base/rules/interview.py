"""Which question comes next: the one whose answer decides most for its cost, asked in the gentlest form.

Nobody draws a flow. Facts that usually are as they should be go into one list to tick; a sum that is only held
against a limit is asked as «more or less than»; a sensitive fact waits while another could still decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import Literal

from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Known
from knowledge_base.rules.judging import Judged
from knowledge_base.rules.narrowing import step
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.settling import cells_of, open_leaves
from knowledge_base.rules.values import Options, Point, Range, Value, exactly, hull, meet, options

USUAL_WEIGHT = 0.85
"""How likely the usual answer is."""
REFUSED = inf
TICKS_AT_MOST = 6
TICK_COST = 0.4
"""What reading one line of a list costs beside a question of its own."""


class Goal(StrEnum):
    """What is being found out: whether one is entitled, how much, or which papers."""

    OUTCOME = "outcome"
    AMOUNT = "amount"
    DOCUMENTS = "documents"


@dataclass(frozen=True)
class Tick:
    """A line of the list: what a tick says of the fact, and what no tick says. `limit` stands in its words."""

    fact: str
    ticked: Value
    clear: Value
    limit: Point | None = None


@dataclass(frozen=True)
class Question:
    """What to ask: a fact, whether it is more or less than a limit, or a list to tick.

    `parts` are the two answers to a limit, the lower first. `left` is about how many questions remain, this one
    among them.
    """

    kind: Literal["fact", "threshold", "ticks"]
    fact: str
    goal: Goal
    left: int
    than: Point | None = None
    parts: tuple[Range, ...] = ()
    ticks: tuple[Tick, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact an answer settles."""
        return tuple(tick.fact for tick in self.ticks) or (self.fact,)


@dataclass(frozen=True)
class Prospect:
    """What asking for one fact promises an entry.

    `decides`: how likely the answer settles the outcome; `share`: how much of the questions left it saves. Both are
    of 0 to 1. `tick` is the fact as a line of a list, where it may stand in one; of a rare thing no tick may refuse.
    """

    question: Question
    decides: float
    share: float
    tick: Tick | None


@dataclass(frozen=True)
class _Candidate:
    """A question that might be asked, and how much asking it would save for its cost."""

    question: Question
    score: float


def next_question(
    rules: Rules,
    known: Known,
    today: date,
    *,
    skipped: Collection[str] = (),
    documents: bool = False,
) -> Question | None:
    """The next question, or None where nothing that may be asked can change anything.

    `skipped`: facts not to be asked, since they were answered with «не знаю». With `documents` the questions go
    on until the list of papers is sure. Raises Contradiction as `Rules.assess` does.
    """
    found = rules.assess(known, today)
    if found.outcome is Truth.NO:
        return None
    for goal, need in _goals(found, documents=documents):
        asked = [name for name in need if name not in skipped]
        question = _Chooser(rules, known, today, _open(found), goal, asked).best() if asked else None
        if question is not None:
            return question
    return None


def prospects(
    rules: Rules, known: Known, today: date, *, skipped: Collection[str] = ()
) -> tuple[Prospect, ...]:
    """What each question would bring the outcome; none where it is settled. Raises Contradiction."""
    found = rules.assess(known, today)
    asked = [name for name in found.need if name not in skipped]
    if found.outcome is not Truth.UNKNOWN or not asked:
        return ()
    return _Chooser(rules, known, today, _open(found), Goal.OUTCOME, asked).prospects()


def _goals(found: Assessment, *, documents: bool) -> Iterable[tuple[Goal, tuple[str, ...]]]:
    yield Goal.OUTCOME, found.need
    if found.outcome is Truth.YES:
        yield Goal.AMOUNT, found.need_amount
    if documents and found.outcome is not Truth.UNKNOWN:
        yield Goal.DOCUMENTS, found.need_documents


def _open(found: Assessment) -> Assessment:
    """Of several children the first whose outcome is open: the questions are about all of them."""
    return next((one for one in found.children if one.outcome is Truth.UNKNOWN), found)


class _Chooser:
    """Chooses among the facts that may be asked for one goal."""

    def __init__(
        self, rules: Rules, known: Known, today: date, found: Assessment, goal: Goal, asked: list[str]
    ) -> None:
        self._rules = rules
        self._known = known
        self._today = today
        self._found = found
        self._goal = goal
        self._asked = asked
        self._dictionary: Mapping[str, Fact] = rules.dictionary.facts
        self._leaves: list[Judged] = open_leaves(found.judged) if found.judged else []
        self._weight = self._remaining(found)

    def best(self) -> Question | None:
        """The question of the highest score among those of the least delicacy."""
        for group in self._by_delicacy():
            candidates = [one for name in group if (one := self._candidate(name, group))]
            ticks = self._list(group)
            if ticks is not None:
                listed = set(ticks.question.facts)
                candidates = [one for one in candidates if one.question.fact not in listed]
                candidates.append(ticks)
            if candidates:
                # The first of equals: the order of the dictionary, the list of exclusions after them.
                return max(candidates, key=lambda one: one.score).question
        return None

    def prospects(self) -> tuple[Prospect, ...]:
        """What each of the questions promises, in the order of the dictionary."""
        return tuple(one for name in self._asked if (one := self._prospect(name)))

    def _prospect(self, name: str) -> Prospect | None:
        candidate = self._candidate(name, self._asked)
        if candidate is None:
            return None
        cells = self._cells(name)
        weights = _weights(self._dictionary[name], cells)
        settles = sum(
            weight
            for cell, weight in zip(cells, weights, strict=True)
            if self._outlook({name: cell}).truth is not Truth.UNKNOWN
        )
        share = candidate.score * self._cost(name) / self._weight
        tick = self._rare(name) or self._tick(name)
        return Prospect(candidate.question, settles, max(0.0, min(1.0, share)), tick)

    def _by_delicacy(self) -> list[list[str]]:
        return by_delicacy(self._asked, self._dictionary)

    def _candidate(self, name: str, group: list[str]) -> _Candidate | None:
        if self._is_input_of_another(name, group):
            return None
        value = self._found.facts[name]
        cells = self._cells(name)
        partly = value != self._rules.dictionary.domains(self._today)[name]
        than = self._threshold(name, cells)
        if partly and than is None and isinstance(value, Range):
            return None  # precision is not asked for twice
        kind: Literal["fact", "threshold"] = "fact" if than is None else "threshold"
        parts = () if than is None else self._parts(name, than, cells)
        question = Question(kind, name, self._goal, self._left(), than, parts)
        return _Candidate(question, self._saved(name, cells) / self._cost(name))

    def _is_input_of_another(self, name: str, group: list[str]) -> bool:
        """A fact that is only wanted to work out another one that can be asked itself, by its limit."""
        wanted = [other for other in group if name in self._rules.dictionary.inputs(other)]
        directly = any(name in leaf.need for leaf in self._leaves)
        return bool(wanted) and not directly

    def _cells(self, name: str) -> list[Value]:
        value = self._found.facts[name]
        if not any(name in leaf.need for leaf in self._leaves):
            return [value]
        return cells_of(name, value, self._leaves, self._rules.judge(self._found.facts, self._today))

    def _threshold(self, name: str, cells: list[Value]) -> Point | None:
        """The one limit a sum is held against, where nothing needs the sum itself."""
        fact = self._dictionary[name]
        points = [cell.low for cell in cells if isinstance(cell, Range) and cell.exact]
        delicate = (
            fact.type == "money"
            or self._found.facts[name] != self._rules.dictionary.domains(self._today)[name]
        )
        if not delicate or len(points) != 1 or self._goal is not Goal.OUTCOME:
            return None
        return None if name in self._rules.amount_facts else points[0]

    def _parts(self, name: str, than: Point, cells: list[Value]) -> tuple[Range, ...]:
        """Below the limit and above it; the limit itself belongs where the rule puts it."""
        value = self._found.facts[name]
        assert isinstance(value, Range)
        at, below = self._outlook({name: exactly(than)}), self._outlook({name: cells[0]})
        with_limit = (at.truth, at.need) == (below.truth, below.need)
        last, first = (than, step(than, 1)) if with_limit else (step(than, -1), than)
        return Range(value.low, last), Range(first, value.high)

    def _list(self, group: list[str]) -> _Candidate | None:
        """Two or more facts that usually are as they should be, as one list to tick."""
        ticks = [tick for name in group if (tick := self._tick(name))][:TICKS_AT_MOST]
        if len(ticks) < 2:
            return None
        question = Question("ticks", ticks[0].fact, self._goal, self._left(), ticks=tuple(ticks))
        clear = self._remaining_with({tick.fact: tick.clear for tick in ticks})
        likely = USUAL_WEIGHT ** (len(ticks) / 2)
        saved = self._weight - likely * clear - (1 - likely) * self._weight / 2
        return _Candidate(question, saved / (1 + TICK_COST * len(ticks)))

    def _tick(self, name: str) -> Tick | None:
        fact = self._dictionary[name]
        if fact.tick is None or fact.usually is None or self._goal is not Goal.OUTCOME:
            return None
        if self._found.facts[name] != self._rules.dictionary.domains(self._today)[name]:
            return None
        usual = usual_value(fact)
        cells = self._cells(name)
        if usual is None or len(cells) < 2:
            return None
        left = [self._left_after(name, cell) for cell in cells]
        if len(set(left)) == 1:
            left = [self._open_after(name, cell) for cell in cells]
        least = next((rest for cell, rest in zip(cells, left, strict=True) if meet(usual, cell)), None)
        clear = hull(cell for cell, rest in zip(cells, left, strict=True) if rest == least)
        ticked = hull(cell for cell, rest in zip(cells, left, strict=True) if rest != least)
        if least is None or least == REFUSED or clear is None or ticked is None or meet(clear, ticked):
            return None
        return Tick(name, ticked, clear, _limit(clear, ticked))

    def _rare(self, name: str) -> Tick | None:
        """The same line for every entry, whatever it means there: a thing few have, or a plain yes or no."""
        fact, whole = self._dictionary[name], self._rules.dictionary.domains(self._today)[name]
        if self._goal is not Goal.OUTCOME or self._found.facts[name] != whole:
            return None
        if fact.rare is None and (fact.tick is None or fact.type != "bool"):
            return None
        clear = usual_value(fact) if fact.rare is None else _written(fact.rare.otherwise)
        if isinstance(clear, Options) and isinstance(whole, Options):
            ticked: Value = Options(whole.members - clear.members)
        else:
            assert isinstance(clear, Range)
            assert isinstance(whole, Range)
            ticked = Range(step(clear.high, 1), whole.high)
        # A tick that leaves something to ask of the same fact would have it asked twice.
        asked_again = any(name in self._outlook({name: answer}).need for answer in (clear, ticked))
        return None if asked_again else Tick(name, ticked, clear)

    def _left_after(self, name: str, cell: Value) -> float:
        """What is left to ask after an answer; more than anything where it refuses, or leaves the fact open."""
        found = self._outlook({name: cell})
        if found.truth is Truth.NO:
            return REFUSED
        return float(sum(self._cost(one) for one in found.need)) if found.truth is Truth.UNKNOWN else 0.0

    def _open_after(self, name: str, cell: Value) -> float:
        """How many conditions an answer leaves open: it tells answers apart where as much is left to ask after each."""
        return float(sum(one.truth is Truth.UNKNOWN for one in self._outlook({name: cell}).children))

    def _saved(self, name: str, cells: list[Value]) -> float:
        """How much less there is to ask, on average over the likely answers."""
        if len(cells) < 2:
            return float(self._cost(name))
        weights = _weights(self._dictionary[name], cells)
        expected = sum(
            weight * self._remaining_with({name: cell})
            for cell, weight in zip(cells, weights, strict=True)
            if weight
        )
        return self._weight - expected

    def _remaining_with(self, answers: Mapping[str, Value]) -> float:
        found = self._outlook(answers)
        if found.truth is not Truth.UNKNOWN:
            return 0.0
        return float(sum(self._cost(name) for name in found.need))

    def _remaining(self, found: Assessment) -> float:
        return float(sum(self._cost(name) for name in found.need))

    def _outlook(self, answers: Mapping[str, Value]) -> Judged:
        """The conditions as they would stand after the answers."""
        return self._rules.outlook({**self._found.facts, **answers}, self._today)

    def _cost(self, name: str) -> int:
        return self._dictionary[name].cost

    def _left(self) -> int:
        """About how many questions remain: the list to tick counts as one."""
        listed = [name for name in self._asked if self._dictionary[name].tick]
        inputs = [name for name in self._asked if self._is_input_of_another(name, self._asked)]
        single = [name for name in self._asked if name not in listed and name not in inputs]
        return len(single) + min(1, len(listed))


def by_delicacy(
    names: Iterable[str], dictionary: Mapping[str, Fact], raised: Collection[str] = ()
) -> list[list[str]]:
    """Plain facts, then those that are awkward to tell, then those that need consent.

    What people have `raised` themselves is plain to them.
    """
    groups: list[list[str]] = [[], [], []]
    for name in names:
        fact = dictionary[name]
        groups[0 if name in raised else 2 if fact.consent else 1 if fact.sensitive else 0].append(name)
    return [group for group in groups if group]


def usual_value(fact: Fact) -> Value | None:
    """The common answer as a value; None where the dictionary names none."""
    return None if fact.usually is None else _written(fact.usually)


def _written(answer: bool | str | Decimal | int | date | tuple[str, ...]) -> Value:
    """An answer of the dictionary as a value."""
    if isinstance(answer, tuple):
        return options(*answer)
    if isinstance(answer, bool | str):
        return options(answer)
    return exactly(answer if isinstance(answer, date) else Decimal(answer))


def _weights(fact: Fact, cells: list[Value]) -> list[float]:
    """How likely each part is: the usual answer most, the others alike."""
    usual = usual_value(fact)
    holds = [usual is not None and meet(usual, cell) is not None for cell in cells]
    if not any(holds):
        return [1 / len(cells)] * len(cells)
    others = len(cells) - sum(holds)
    if not others:
        return [1 / len(cells)] * len(cells)
    return [USUAL_WEIGHT / sum(holds) if held else (1 - USUAL_WEIGHT) / others for held in holds]


def _limit(clear: Value, ticked: Value) -> Point | None:
    """The limit between them: what is ticked begins above it, or ends below it."""
    if isinstance(clear, Options) or isinstance(ticked, Options):
        return None
    above = clear.high is not None and ticked.low is not None and ticked.low > clear.high  # type: ignore[operator]  # both are of the fact's one kind
    return clear.high if above else clear.low
