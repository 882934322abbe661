"""Who is next in the hall, and how long one waits there: pure functions over the visits of a day.

Booked visits come at their time; whoever the law lets go first comes next, then walk-ins and those who were late, in
the order they came. Whoever is early waits for their time unless nobody else is there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from handover.appointments.visits import Visit

GRACE = timedelta(minutes=10)
"""Whoever comes later than this after their time waits like a walk-in."""

ROOM_WORKS = timedelta(hours=1)
"""A room that called nobody for longer does not count as working."""

LAST_SERVED = 12
"""So many last visits say how long one takes."""

USUAL_MINUTES = 15
"""How long a visit takes where nothing is known yet today."""

SHORTEST_MINUTES, LONGEST_MINUTES = 3, 45
STEP_MINUTES = 5


@dataclass(frozen=True)
class Desk:
    """Whom a desk calls: visits with these letters, everybody's where none is named."""

    letters: frozenset[str] = frozenset()

    def calls(self, visit: Visit) -> bool:
        """Whether the visit may be called to this desk."""
        return not self.letters or visit.hall_letter in self.letters


@dataclass(frozen=True)
class Wait:
    """How long a newcomer with this letter waits: minutes in steps of five, 0 for at once; `people` are before them."""

    letter: str
    people: int
    minutes: int


def queue(visits: Iterable[Visit], now: datetime) -> list[Visit]:
    """Those who wait, whoever is called next first."""
    return sorted((visit for visit in visits if visit.state == "arrived"), key=lambda one: _turn(one, now))


def _turn(visit: Visit, now: datetime) -> tuple[int, int, datetime, int]:
    came = visit.arrived_at or visit.created_at
    number = visit.hall_number or 0
    if visit.starts_at is not None and came <= visit.starts_at + GRACE and visit.starts_at <= now:
        return (0, 0 if visit.priority else 1, visit.starts_at, number)
    if visit.priority:
        return (1, 0, came, number)
    if visit.starts_at is None or came > visit.starts_at + GRACE:
        return (2, 0, came, number)
    return (3, 0, visit.starts_at, number)


def waits(visits: Collection[Visit], now: datetime, signs: Sequence[str]) -> list[Wait]:
    """How long newcomers wait, a line a letter."""
    shares = _shares(visits, now)
    return [_wait(visits, sign, shares.get(sign, 0.0), now) for sign in signs]


def _wait(visits: Collection[Visit], sign: str, rooms: float, now: datetime) -> Wait:
    own = [visit for visit in visits if visit.hall_letter == sign]
    people = sum(visit.state == "arrived" for visit in own)
    served = sum(visit.state == "called" for visit in own)
    each = service_minutes(own)
    # A letter nobody calls from yet is served by one room, once somebody does.
    rooms = rooms or 1.0
    before = people + (served / 2 if served >= rooms else 0.0)
    minutes = before * each / rooms
    # Whoever is booked within that time comes first.
    soon = now + timedelta(minutes=minutes)
    booked = sum(
        visit.state == "booked" and visit.starts_at is not None and now - GRACE <= visit.starts_at <= soon
        for visit in own
    )
    minutes = (before + booked) * each / rooms
    return Wait(sign, people, math.ceil(minutes / STEP_MINUTES) * STEP_MINUTES)


def service_minutes(visits: Iterable[Visit]) -> float:
    """How long a visit takes, by the last that are done; the usual where there are none."""
    done = sorted(
        (
            visit
            for visit in visits
            if visit.state == "done" and visit.called_at is not None and visit.done_at is not None
        ),
        key=lambda visit: visit.done_at or visit.created_at,
    )[-LAST_SERVED:]
    if not done:
        return USUAL_MINUTES
    took = median((visit.done_at - visit.called_at).total_seconds() / 60 for visit in done)  # type: ignore[operator]
    return min(max(took, SHORTEST_MINUTES), LONGEST_MINUTES)


def _shares(visits: Collection[Visit], now: datetime) -> Mapping[str, float]:
    """How many rooms work for a letter: one that called two letters of late is half a room for each."""
    called: dict[str, set[str]] = defaultdict(set)
    for visit in visits:
        last = visit.last_called_at
        if visit.called_room and visit.hall_letter and last is not None and now - last <= ROOM_WORKS:
            called[visit.called_room].add(visit.hall_letter)
    shares: dict[str, float] = defaultdict(float)
    for signs in called.values():
        for sign in signs:
            shares[sign] += 1 / len(signs)
    return shares
