"""Working time between two moments, for many pairs of them at once: the calendar is unrolled one time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from handover.calendars.hours import HORIZON_DAYS, Calendar, openings

LONG_AGO = 0.0
"""Seconds of the epoch."""


class Worked:
    """The calendar's working time from `start` to `end`. What lies outside of them is not counted."""

    def __init__(self, calendar: Calendar, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        opened, closed, before = [], [], []
        total, last, at = 0.0, start.timestamp(), start
        while at < end:
            for opens, closes in openings(calendar, at, zone):
                if opens >= end:
                    break
                begins, last_of_it = max(opens.timestamp(), last), closes.timestamp()
                if last_of_it > begins:
                    opened.append(begins)
                    closed.append(last_of_it)
                    before.append(total)
                    total += last_of_it - begins
                    last = last_of_it
            at += timedelta(days=HORIZON_DAYS - 1)
        # An opening of no length long ago, so that every moment has one behind it.
        self._opened = np.array([LONG_AGO, *opened])
        self._closed = np.array([LONG_AGO, *closed])
        self._before = np.array([0.0, *before])

    def minutes(self, starts: Sequence[float], ends: Sequence[float]) -> list[float]:
        """Working minutes from each second of the epoch to its fellow, 0 where that is not after it."""
        spent = self._until(np.array(ends, float)) - self._until(np.array(starts, float))
        return [float(one) for one in np.maximum(spent, 0.0) / 60]

    def _until(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        place = np.searchsorted(self._opened, at, side="right") - 1
        spent: NDArray[np.float64] = (
            self._before[place] + np.minimum(at, self._closed[place]) - self._opened[place]
        )
        return spent
