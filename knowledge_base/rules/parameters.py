"""Dated parameters: which value holds on a day, and whether it is still known to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from knowledge_base.rules.problems import Path
from knowledge_base.rules.schema import Number, Parameter, ParameterValue, Unit


@dataclass(frozen=True)
class Dated:
    """A value on a day. `stale`: the day is past `known_through`, the last day it is vouched for."""

    value: Number | date
    unit: Unit
    source: str
    known_through: date | None
    stale: bool


def value_at(parameter: Parameter, day: date) -> Dated | None:
    """The value on a day; None before the first period. Past the horizon the value comes marked stale."""
    period = period_at(parameter, day)
    if period is None:
        return None
    stale = period.known_through is not None and day > period.known_through
    return Dated(period.value, parameter.unit, period.source, period.known_through, stale)


def period_at(parameter: Parameter, day: date) -> ParameterValue | None:
    """The period that a day is in."""
    for period in parameter.values:
        if period.from_ <= day and (period.to is None or day <= period.to):
            return period
    return None


def last_vouched(parameter: Parameter, day: date) -> date | None:
    """The latest horizon behind a day; of a parameter whose horizons are all ahead the nearest."""
    horizons = [one.known_through for one in parameter.values if one.runs_out and one.known_through]
    passed = [horizon for horizon in horizons if horizon < day]
    return max(passed) if passed else min(horizons, default=None)


def open_value(parameter: Parameter) -> Dated:
    """The value with the open end, for checks that must not depend on the day they run."""
    period = next((one for one in parameter.values if one.to is None), parameter.values[-1])
    return Dated(period.value, parameter.unit, period.source, period.known_through, stale=False)


def faults(parameter: Parameter) -> Iterator[tuple[Path, str]]:
    """What is wrong with the periods and values of one parameter: where, and in words."""
    open_ends = [number for number, period in enumerate(parameter.values) if period.to is None]
    if len(open_ends) != 1:
        yield ("values",), f"відкритий кінець має бути рівно один, а їх {len(open_ends)}"
    for number, period in enumerate(parameter.values):
        yield from (
            (("values", number, *path), message) for path, message in _period_faults(parameter, period)
        )
    in_order = sorted(enumerate(parameter.values), key=lambda pair: pair[1].from_)
    for (_, earlier), (number, later) in pairwise(in_order):
        if earlier.to is None or later.from_ <= earlier.to:
            yield ("values", number, "from"), f"період з {later.from_} накладається на попередній"
        elif later.from_ != earlier.to + timedelta(days=1):
            yield ("values", number, "from"), f"між {earlier.to} і {later.from_} немає значення"


def _period_faults(parameter: Parameter, period: ParameterValue) -> Iterator[tuple[Path, str]]:
    if period.to is not None and period.to < period.from_:
        yield ("to",), "кінець раніший за початок"
    if period.to is None and period.known_through is None:
        yield ("known_through",), "для чинного значення вкажіть, до якого дня воно відоме"
    if period.known_through is not None and period.known_through < period.from_:
        yield ("known_through",), "раніше за початок періоду"
    if (parameter.unit == "date") != isinstance(period.value, date):
        yield ("value",), f"значення не відповідає одиниці {parameter.unit}"
