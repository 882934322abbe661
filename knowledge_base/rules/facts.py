"""What is known of a person and their children: read, checked against the dictionary, closed under its implications.

A fact may be known exactly, as a range `[low, high]` with null for an open end, or as a list of options; what is
not given is the whole domain. What cannot be is refused with a message that says what to mend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from knowledge_base.rules.problems import nearest
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Answer, Options, Point, Range, Value, exactly

CHILDREN = "children"
CHILDREN_AT_MOST = 20
NUMBER_AT_MOST = Decimal(10) ** 12
"""Beyond it a number is a slip of the pen, and sums would no longer be exact."""
SHOWN_AT_MOST = 40
ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Known:
    """What is known: the facts of the person and the household, and of each child, oldest first."""

    facts: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Mapping[str, Value], ...] = ()


@dataclass(frozen=True)
class FactFault:
    """One fact that cannot be taken. `kind` is one of: unknown, wrong, impossible, contradiction."""

    fact: str
    kind: str
    message: str


class ImpossibleFacts(ValueError):
    """Facts that cannot be: what is wrong with each."""

    def __init__(self, faults: tuple[FactFault, ...]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


class Contradiction(ValueError):
    """Two things known of one fact exclude each other; `by` are the facts the other follows from."""

    def __init__(self, fact: str, by: tuple[str, ...]) -> None:
        super().__init__(f"«{fact}» суперечить тому, що сказано про {', '.join(f'«{name}»' for name in by)}")
        self.fact = fact
        self.by = by


def domain(fact: Fact, today: date) -> Value:
    """Everything the fact may be."""
    match fact.type:
        case "bool":
            return Options(frozenset({True, False}))
        case "choice":
            return Options(frozenset(fact.options or {}))
        case _:
            low, high = _point(fact.min, today), _point(fact.max, today)
            if isinstance(low, date) and isinstance(high, date):
                high = max(low, high)  # a day asked about from before the fact's first day
            return Range(low, high)


def _point(bound: object, today: date) -> Point | None:
    if bound == "today":
        return today
    if isinstance(bound, int) and not isinstance(bound, bool):
        return Decimal(bound)
    return bound if isinstance(bound, Decimal | date) else None


def read_known(given: Mapping[str, object], dictionary: Mapping[str, Fact], today: date) -> Known:
    """The facts of a JSON object or of a case. Raises ImpossibleFacts with every fault at once."""
    reader = _Reader(dictionary, today)
    facts = reader.facts({name: value for name, value in given.items() if name != CHILDREN})
    children = reader.children(given.get(CHILDREN, ()))
    if reader.faults:
        raise ImpossibleFacts(tuple(reader.faults))
    return Known(facts, children)


def fault_of(fact_id: str, fact: Fact, value: Value, today: date) -> FactFault | None:
    """Why a value cannot be an answer to the fact: too small, too great, a day to come. An open end may be."""
    whole = domain(fact, today)
    if isinstance(value, Options) and isinstance(whole, Options) and value.members <= whole.members:
        return None
    if not isinstance(value, Range) or not isinstance(whole, Range):
        return FactFault(fact_id, "wrong", f"«{fact_id}»: значення не того роду, чекаємо {fact.type}")
    told = [point for point in (value.low, value.high) if point is not None]
    fault = next((fault for point in told if (fault := _point_fault(fact, point, whole, today))), None)
    return None if fault is None else FactFault(fact_id, "impossible", f"«{fact_id}»: {fault}")


def _point_fault(fact: Fact, point: Point, whole: Range, today: date) -> str | None:
    least, most = whole.low, whole.high
    if isinstance(point, Decimal):
        least = -NUMBER_AT_MOST if least is None else least
        most = NUMBER_AT_MOST if most is None else most
    if least is not None and point < least:  # type: ignore[operator]  # both are of the fact's one kind
        return f"{_brief(point)} — менше за можливе, {least}"
    if most is not None and point > most:  # type: ignore[operator]
        if fact.max == "today":
            return f"{point} ще не настало, сьогодні {today}"
        return f"{_brief(point)} — більше за можливе, {most}"
    if fact.unit == "count" and isinstance(point, Decimal) and point % 1:
        return f"{_brief(point)} — не ціле число"
    return None


def _brief(given: object) -> str:
    """One line of a length that can be read."""
    line = " ".join(str(given).split())
    return line if len(line) <= SHOWN_AT_MOST else f"{line[:SHOWN_AT_MOST]}…"


class _Reader:
    """Reads values one by one, gathering what is wrong with them."""

    def __init__(self, dictionary: Mapping[str, Fact], today: date) -> None:
        self._dictionary = dictionary
        self._today = today
        self.faults: list[FactFault] = []

    def facts(self, given: Mapping[str, object]) -> dict[str, Value]:
        read = {name: self._fact(name, value) for name, value in given.items()}
        return {name: value for name, value in read.items() if value is not None}

    def children(self, given: object) -> tuple[dict[str, Value], ...]:
        if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping) for one in given):
            self._fault(CHILDREN, "wrong", f"«{CHILDREN}» — список, у якому про кожну дитину свої факти")
            return ()
        if len(given) > CHILDREN_AT_MOST:
            message = f"«{CHILDREN}»: {len(given)} — більше за можливе, {CHILDREN_AT_MOST}"
            self._fault(CHILDREN, "impossible", message)
            return ()
        foreign = [name for child in given for name in child if not self._of_a_child(name)]
        for name in dict.fromkeys(foreign):
            self._fault(name, "wrong", f"«{name}» — факт не про дитину: напишіть його поза «{CHILDREN}»")
        read = (
            self.facts({name: value for name, value in child.items() if name not in foreign})
            for child in given
        )
        return tuple(read)

    def _of_a_child(self, name: str) -> bool:
        fact = self._dictionary.get(name)
        return fact is None or fact.person == "child"

    def _fact(self, name: str, given: object) -> Value | None:
        fact = self._dictionary.get(name)
        if fact is None:
            self._fault(name, "unknown", f"невідомий факт «{_brief(name)}»{nearest(name, self._dictionary)}")
            return None
        value = _options(fact, given) if fact.type in ("bool", "choice") else _range(fact, given)
        if value is None:
            self._fault(
                name, "wrong", f"«{name}»: «{_brief(_shown(given))}» не є відповіддю{_expected(fact, given)}"
            )
            return None
        fault = fault_of(name, fact, value, self._today)
        if fault is not None:
            self.faults.append(fault)
            return None
        return value

    def _fault(self, name: str, kind: str, message: str) -> None:
        self.faults.append(FactFault(name, kind, message))


def _shown(given: object) -> str:
    """As it was written: in JSON or in a case."""
    if given is None or isinstance(given, bool):
        return {True: "yes", False: "no", None: "null"}[given]
    if isinstance(given, list | tuple):
        return f"[{', '.join('null' if one is None else str(one) for one in given)}]"
    return str(given)


def _expected(fact: Fact, given: object) -> str:
    match fact.type:
        case "bool":
            return ": чекаємо true або false"
        case "choice":
            options = fact.options or {}
            return nearest(str(given), options) or f": можна {', '.join(options)}"
        case "date":
            return ": чекаємо дату, як 2026-12-31, або [від, до]"
    return ": чекаємо число або [від, до]"


def _options(fact: Fact, given: object) -> Options | None:
    several = given if isinstance(given, list | tuple) else [given]
    members: frozenset[Answer]
    if fact.type == "bool":
        answers = [ANSWERS.get(one) if isinstance(one, str) else one for one in several]
        members = frozenset(one for one in answers if isinstance(one, bool))
    else:
        members = frozenset(one for one in several if isinstance(one, str) and one in (fact.options or {}))
    return Options(members) if members and len(members) == len(several) else None


def _range(fact: Fact, given: object) -> Range | None:
    single: Callable[[object], Point | None] = _as_day if fact.type == "date" else _as_number
    if not isinstance(given, list | tuple):
        point = single(given)
        return None if point is None else exactly(point)
    if len(given) != 2:
        return None
    low, high = (None if one is None else single(one) for one in given)
    if any(one is not None and point is None for one, point in zip(given, (low, high), strict=True)):
        return None
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # both are of one kind
        return None
    return Range(low, high)


def _as_day(given: object) -> date | None:
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            return None
    return given if type(given) is date else None


def _as_number(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def told(known: Known, dictionary: Mapping[str, Fact]) -> Iterator[str]:
    """Every fact something is known of, in the order of the dictionary."""
    names = {*known.facts, *(name for child in known.children for name in child)}
    yield from (name for name in dictionary if name in names)
