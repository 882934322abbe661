"""What an answer says, held against what the fact allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Range, Value, least, meet

Outside = Literal[
    "negative", "too_small", "too_great", "not_whole", "too_early", "too_late", "future", "no_such_day"
]


@dataclass(frozen=True)
class Heard:
    """What an answer says: a `value`, or `dont_know`, or `refused`, or a word instead of a number (`vague`).

    `approximate`: the value is a range, or was pieced together, and is read back once. `vague`: «багато»,
    «копійки», «кілька тисяч», a sum in foreign money: ask whether it is more or less than the threshold.
    `outside`: the value cannot be, and why; it is then the value as it was said (None for `no_such_day`).
    """

    value: Value | None = None
    dont_know: bool = False
    refused: bool = False
    approximate: bool = False
    vague: bool = False
    outside: Outside | None = None


VAGUE = Heard(vague=True)
DONT_KNOW = Heard(dont_know=True)
REFUSED = Heard(refused=True)
NO_SUCH_DAY = Heard(outside="no_such_day")


def heard_number(said: Range, fact: Fact, *, approximate: bool, whole: bool = False) -> Heard:
    """A number or a range of numbers, cut to what the fact allows. `whole`: people and days are not halved."""
    approximate = approximate or not said.exact
    if whole and said.exact and isinstance(said.low, Decimal) and said.low != said.low.to_integral_value():
        return Heard(said, outside="not_whole")
    lowest, highest = _number(fact.min), _number(fact.max)
    possible = meet(said, Range(lowest, highest))
    if isinstance(possible, Range) and not (lowest is None and _below(possible, Decimal(0))):
        return Heard(possible, approximate=approximate)
    if _below(said, Decimal(0)) and (lowest is None or lowest >= 0):
        return Heard(said, approximate=approximate, outside="negative")
    too_small = lowest is not None and _below(said, lowest)
    return Heard(said, approximate=approximate, outside="too_small" if too_small else "too_great")


def heard_day(said: Range, fact: Fact, today: date, latest: date | None, *, approximate: bool) -> Heard:
    """A day or a stretch of days, cut to what the fact and `latest` allow."""
    approximate = approximate or not said.exact
    last = least(_latest_day(fact, today), latest)
    earliest = fact.min if isinstance(fact.min, date) else None
    possible = meet(said, Range(earliest, last))
    if possible is not None:
        return Heard(possible, approximate=approximate)
    outside: Outside = "too_early"
    if isinstance(said.low, date) and isinstance(last, date) and said.low > last:
        outside = "future" if said.low > today else "too_late"
    return Heard(said, approximate=approximate, outside=outside)


def _latest_day(fact: Fact, today: date) -> date | None:
    """The last day the fact itself allows."""
    if fact.max == "today":
        return today
    return fact.max if isinstance(fact.max, date) else None


def allows_zero(fact: Fact) -> bool:
    """Whether «нема» may be the answer to a question for a number."""
    lowest, highest = _number(fact.min), _number(fact.max)
    return (lowest is None or lowest <= 0) and (highest is None or highest >= 0)


def _number(bound: object) -> Decimal | None:
    return Decimal(bound) if isinstance(bound, int | Decimal) else None


def _below(said: Range, bound: Decimal) -> bool:
    return isinstance(said.high, Decimal) and said.high < bound
