"""Working time between two moments, for many pairs of them at once: the calendar is unrolled one time."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handover.calendars.hours import HORIZON_DAYS, Calendar, openings


class Worked:
    """The calendar's working time from `start` to `end`. What lies outside of them is not counted."""

    def __init__(self, calendar: Calendar, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self._opens: list[float] = []
        self._closes: list[float] = []
        self._before: list[float] = []
        total, at = 0.0, start
        while at < end:
            for opens, closes in openings(calendar, at, zone):
                if opens >= end:
                    break
                begins = max(opens.timestamp(), self._closes[-1] if self._closes else start.timestamp())
                ends = closes.timestamp()
                if ends > begins:
                    self._opens.append(begins)
                    self._closes.append(ends)
                    self._before.append(total)
                    total += ends - begins
            at += timedelta(days=HORIZON_DAYS - 1)

    def minutes(self, start: datetime, end: datetime) -> float:
        """Working minutes from one moment to another, 0 where `end` is not after `start`."""
        return max(self._until(end.timestamp()) - self._until(start.timestamp()), 0.0) / 60

    def _until(self, at: float) -> float:
        place = bisect_right(self._opens, at) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(at, self._closes[place]) - self._opens[place]
