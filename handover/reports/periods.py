"""The days a report is about, and the days it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_DAYS = 731


@dataclass(frozen=True)
class Period:
    """Whole local days from `first` to `last`, both in; what lies after `now` has not happened yet."""

    name: str
    first: date
    last: date
    zone: ZoneInfo
    now: datetime

    @property
    def start(self) -> datetime:
        """The first moment, UTC."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it, UTC."""
        return min(midnight(self.last + timedelta(days=1), self.zone), self.now)

    @property
    def days(self) -> list[date]:
        """Its days, in order."""
        return [self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1)]

    @property
    def unfinished(self) -> bool:
        """Whether its last day still goes on."""
        return self.end == self.now

    @property
    def before(self) -> Period:
        """What it is compared with: as many days, and as much of the last of them as has passed of this one."""
        shift = _SHIFTS.get(self.name)
        first = self.first - timedelta(days=len(self.days)) if shift is None else shift(self.first)
        last = min(first + (self.last - self.first), self.first - timedelta(days=1))
        elapsed = self.now.astimezone(self.zone).replace(tzinfo=None) - datetime.combine(self.last, time())
        now = datetime.combine(last, time(), self.zone) + min(elapsed, timedelta(days=1))
        return Period(self.name, first, last, self.zone, now.astimezone(UTC))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins, UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _months_back(months: int) -> Callable[[date], date]:
    def shifted(first: date) -> date:
        month = first.year * 12 + first.month - 1 - months
        return date(month // 12, month % 12 + 1, first.day)

    return shifted


_SHIFTS: Mapping[str, Callable[[date], date]] = {
    "week": lambda first: first - timedelta(days=7),
    "month": _months_back(1),
    "quarter": _months_back(3),
}
"""The first day of what a preset is compared with; any other days are compared with those just before them."""

PRESETS: Mapping[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "week": lambda today: (today - timedelta(days=today.weekday()), today),
    "month": lambda today: (today.replace(day=1), today),
    "quarter": lambda today: (today.replace(month=today.month - (today.month - 1) % 3, day=1), today),
}
"""The first and the last day by today's date."""

USUAL = "month"
OWN = "own"


class BadPeriod(ValueError):
    """Dates that are no dates, stand the wrong way round, lie ahead or span too much; `why` is one of these words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def chosen(asked: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Period:
    """The period a query names: a preset's name, or `from` and `to`. Raises BadPeriod."""
    today = now.astimezone(zone).date()
    name = asked.get("period", USUAL)
    if name in PRESETS:
        return Period(name, *PRESETS[name](today), zone, now)
    try:
        first, last = date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"])
    except (KeyError, ValueError):
        raise BadPeriod("unreadable") from None
    if first > last:
        raise BadPeriod("reversed")
    if first > today:
        raise BadPeriod("ahead")
    last = min(last, today)
    if (last - first).days >= LONGEST_DAYS or first.year < 2000:
        raise BadPeriod("long")
    return Period(OWN, first, last, zone, now)
