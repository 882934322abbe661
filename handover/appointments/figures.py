"""What a hall did in some days, counted from its visits, and whether it adds up. Connection first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments import visits
from handover.appointments.tables import appointments
from handover.appointments.visits import Visit


@dataclass(frozen=True)
class HallFigures:
    """Visits of some days by what became of them. Waits are whole minutes from coming, or the booked time where that
    was later, to the first call; None where nobody was called.
    """

    booked: int
    walk_ins: int
    expected: int
    waiting: int
    called: int
    served: int
    no_shows: int
    cancelled: int
    middle_wait: int | None
    longest_wait: int | None

    @property
    def total(self) -> int:
        """All visits, whatever became of them."""
        return self.booked + self.walk_ins

    @property
    def agrees(self) -> bool:
        """Whether every visit has come to exactly one thing."""
        parts = (self.expected, self.waiting, self.called, self.served, self.no_shows, self.cancelled)
        return sum(parts) == self.total


async def figures(
    db: AsyncConnection, community: str, first: date, last: date, office: str | None = None
) -> HallFigures:
    """The figures of these days, both included, of one office or of all; one query."""
    conditions = [
        appointments.c.community_id == community,
        appointments.c.day >= first.isoformat(),
        appointments.c.day <= last.isoformat(),
    ]
    if office is not None:
        conditions.append(appointments.c.office == office)
    return counted(await visits.find(db, *conditions))


def counted(found: Iterable[Visit]) -> HallFigures:
    """The figures of these visits."""
    every = list(found)
    kinds = Counter(visit.kind for visit in every)
    states = Counter(visit.state for visit in every)
    waits = _waits(every)
    return HallFigures(
        booked=kinds["booked"],
        walk_ins=kinds["walk_in"],
        expected=states["booked"],
        waiting=states["arrived"],
        called=states["called"],
        served=states["done"],
        no_shows=states["no_show"],
        cancelled=states["cancelled"],
        middle_wait=round(median(waits)) if waits else None,
        longest_wait=max(waits, default=None),
    )


def _waits(every: Sequence[Visit]) -> list[int]:
    found = []
    for visit in every:
        if visit.arrived_at is None or visit.called_at is None:
            continue
        since = max(visit.arrived_at, visit.starts_at or visit.arrived_at)
        found.append(max(int((visit.called_at - since).total_seconds() // 60), 0))
    return found
