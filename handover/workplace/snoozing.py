"""Until when a conversation is put off: the usual moments, and one's own as a browser sends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handover.calendars.hours import KYIV
from handover.tickets.wording import day_and_clock

MORNING = time(9)
LATER = timedelta(hours=2)
LAST_TODAY = time(18)
LONGEST = timedelta(days=180)


@dataclass(frozen=True)
class Snooze:
    """A moment to choose: what the form sends, its word, and the moment in words."""

    value: str
    word: str
    when: str
    at: datetime


class NoMoment(ValueError):
    """No moment was chosen, or one that is over or too far."""


def snoozes(now: datetime, zone: ZoneInfo = KYIV) -> Sequence[Snooze]:
    """Later today while there is a later, tomorrow morning, Monday morning."""
    local = now.astimezone(zone)
    later = (local + LATER).replace(minute=0, second=0, microsecond=0)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), MORNING, zone)
    monday = datetime.combine(local.date() + timedelta(days=7 - local.weekday()), MORNING, zone)
    moments = [("tomorrow", "Завтра вранці", tomorrow)]
    if later.date() == local.date() and later.time() <= LAST_TODAY:
        moments.insert(0, ("later", "Пізніше сьогодні", later))
    if monday != tomorrow:
        moments.append(("monday", "У понеділок", monday))
    return [Snooze(value, word, day_and_clock(at, zone), at) for value, word, at in moments]


def moment(value: str, own: str, now: datetime, zone: ZoneInfo = KYIV) -> datetime:
    """The moment a form chose; `own` is a wall time without a zone. Raises NoMoment."""
    if value != "at":
        found = next((one.at for one in snoozes(now, zone) if one.value == value), None)
        if found is None:
            raise NoMoment(value)
        return found
    try:
        at = datetime.fromisoformat(own)
    except ValueError:
        raise NoMoment(value) from None
    at = at.replace(tzinfo=zone) if at.tzinfo is None else at
    if not now < at <= now + LONGEST:
        raise NoMoment(value)
    return at
