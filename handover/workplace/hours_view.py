"""Hours and pauses as their page shows them: a week and its days for one office, and the pauses of late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from handover.calendars.hours import KYIV
from handover.calendars.own import WEEKDAYS, BadHours, Hours, OwnHours, read_hours, write_hours
from handover.calendars.pauses import PauseRecord
from handover.workplace import words
from knowledge_base.answers import Interval, Office, of_weekday
from knowledge_base.language import WEEKDAYS as WEEKDAY_WORDS
from knowledge_base.language import day as said_day

CLOSED = "зачинено"
_CLOSED_WORDS = frozenset({CLOSED, "вихідний", "не працюємо", "-", "–"})
DAYS_AHEAD = 400


@dataclass(frozen=True)
class WeekdayRow:
    """One weekday: what the department has set (empty: as in the base), what the base says, and what is wrong."""

    place: str
    title: str
    own: str
    base: str
    fault: str | None


@dataclass(frozen=True)
class DayRow:
    """One day unlike its weekday; `own` days are the department's and can be removed."""

    place: str
    title: str
    hours: str
    reason: str
    own: bool


@dataclass(frozen=True)
class DayForm:
    """The form of a day as it was filled in, with what is wrong about it."""

    day: str = ""
    hours: str = ""
    reason: str = ""
    fault: str | None = None


@dataclass(frozen=True)
class PauseRow:
    title: str
    by: str
    ended: str


@dataclass(frozen=True)
class OfficeHours:
    """The page of one office."""

    office: str
    name: str
    week: Sequence[WeekdayRow]
    days: Sequence[DayRow]
    form: DayForm = field(default_factory=DayForm)


def office_hours(
    office: Office,
    own: Sequence[OwnHours],
    now: datetime,
    *,
    typed: Mapping[str, str] | None = None,
    form: DayForm | None = None,
) -> OfficeHours:
    """`typed` are the weekdays as somebody has just typed them; those that are no hours say so."""
    set_by_us = {one.place: write_hours(one.hours) or CLOSED for one in own}
    today = now.astimezone(KYIV).date()
    week = []
    for number, place in enumerate(WEEKDAYS):
        text = set_by_us.get(place, "") if typed is None else typed.get(place, "")
        base = write_hours(_pairs(of_weekday(office.hours, number))) or CLOSED
        week.append(WeekdayRow(place, WEEKDAY_WORDS[number].capitalize(), text, base, _fault(text)))
    return OfficeHours(office.id, office.name, week, _days(office, own, today), form or DayForm())


def _fault(text: str) -> str | None:
    try:
        hours_typed(text)
    except BadHours:
        return "Напишіть так: 9:00–12:30, 13:15–18:00. Або «зачинено»."
    return None


def hours_typed(text: str) -> Hours | None:
    """What somebody typed: intervals, none where it is closed, None for nothing. Raises BadHours."""
    said = text.strip().lower()
    if not said:
        return None
    return () if said in _CLOSED_WORDS else read_hours(said)


def _days(office: Office, own: Sequence[OwnHours], today: date) -> list[DayRow]:
    mine = {one.day: one for one in own if one.day is not None and one.day >= today}
    rows = [
        (day, DayRow(one.place, _title(day), write_hours(one.hours) or CLOSED, one.reason, own=True))
        for day, one in mine.items()
    ]
    base = dict.fromkeys(office.closed_on, CLOSED)
    base |= {special.day: write_hours(_pairs(special.hours)) for special in office.open_on}
    rows += [
        (day, DayRow(day.isoformat(), _title(day), hours, "", own=False))
        for day, hours in base.items()
        if day not in mine and 0 <= (day - today).days <= DAYS_AHEAD
    ]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _title(day: date) -> str:
    return f"{said_day(day)}, {WEEKDAY_WORDS[day.weekday()]}"


def _pairs(intervals: Sequence[Interval]) -> Hours:
    return tuple((one.opens, one.closes) for one in intervals)


def pause_rows(found: Sequence[PauseRecord], now: datetime) -> list[PauseRow]:
    """The pauses of late, the newest first."""
    return [_pause(one, now) for one in found]


def _pause(one: PauseRecord, now: datetime) -> PauseRow:
    kind = words.PAUSES[one.kind]
    if one.ended_at is None:
        ended = f"триває, закінчиться сама: {words.moment(one.until, now)}"
    else:
        how = "" if one.ended_by else ", закінчилася сама"
        ended = f"{words.span(one.ended_at - one.began_at)}{how}"
    why = f": {one.reason}" if one.reason else ""
    return PauseRow(f"{words.moment(one.began_at, now)}, {kind}{why}", one.began_name, ended)
