"""A report: every figure of a period, with the period before."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.calendars import calendars
from handover.reports import figures
from handover.reports.figures import Consultation, Sifted, Split, There, total
from handover.reports.periods import Period
from handover.reports.summary import Summary, summary
from handover.reports.worked import Worked
from knowledge_base.answers import Office

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Visited:
    """The visits of a period. Days without any are there, with nothing; topics, channels and offices (None: none is
    known) the fullest first.
    """

    total: Split
    days: tuple[tuple[date, Split], ...]
    channels: tuple[tuple[str, Split], ...]
    topics: tuple[tuple[str | None, Split], ...]
    offices: tuple[tuple[str | None, Split], ...]
    hours: dict[tuple[int, int], int]


@dataclass(frozen=True)
class Report:
    """`there` is what it may be narrowed to."""

    period: Period
    sifted: Sifted
    visited: Visited
    visited_before: Split
    consulted: Summary
    consulted_before: Summary
    there: There


async def report(
    db: AsyncConnection, community: str, office: Office, period: Period, sifted: Sifted
) -> Report:
    """Read and count everything; a fixed number of queries. Waiting is counted in the working time of `office`."""
    before, now = period.before, period.now
    visited = await _visited(db, community, period, sifted)
    earlier = await figures.whole(db, community, before.start, before.end, sifted)
    opened = await figures.consultations(db, community, period.start, period.end, sifted)
    opened_before = await figures.consultations(db, community, before.start, before.end, sifted)
    if sifted == Sifted():
        there = There(
            topics=tuple(sorted(topic for topic, _ in visited.topics if topic)),
            channels=tuple(sorted(channel for channel, _ in visited.channels)),
            offices=tuple(sorted(office for office, _ in visited.offices if office)),
        )
    else:
        there = await figures.there(db, community, period.start, period.end)
    calendar = await calendars.reaching_back(db, community, office, before.start)
    worked = Worked(calendar, before.start, _last_moment([*opened, *opened_before], now), period.zone)
    at = now.timestamp()
    # Tens of thousands of consultations take a part of a second: other pages are served meanwhile.
    consulted = await asyncio.to_thread(summary, opened, worked, at)
    consulted_before = await asyncio.to_thread(summary, opened_before, worked, at)
    return Report(
        period=period,
        sifted=sifted,
        visited=visited,
        visited_before=earlier,
        consulted=consulted,
        consulted_before=consulted_before,
        there=there,
    )


async def _visited(db: AsyncConnection, community: str, period: Period, sifted: Sifted) -> Visited:
    within = (community, period.start, period.end, sifted)
    cells = await figures.by_hour(db, *within)
    by_day = _gathered((date.fromisoformat(cell.day), cell.split) for cell in cells)
    by_channel = _gathered((cell.channel, cell.split) for cell in cells)
    everything = total(by_channel.values())
    by_office = await figures.by_office(db, *within)
    nowhere = everything - total(by_office.values())
    if nowhere.total:
        by_office[None] = nowhere
    hours: dict[tuple[int, int], int] = defaultdict(int)
    for cell in cells:
        hours[date.fromisoformat(cell.day).weekday(), cell.hour] += cell.number
    return Visited(
        total=everything,
        days=tuple((day, by_day.get(day, Split())) for day in period.days),
        channels=_fullest(by_channel),
        topics=_fullest(await figures.by_topic(db, *within)),
        offices=_fullest(by_office),
        hours=dict(hours),
    )


def _gathered(pairs: Iterable[tuple[Key, Split]]) -> dict[Key, Split]:
    found: dict[Key, Split] = defaultdict(Split)
    for key, some in pairs:
        found[key] += some
    return found


def _fullest(found: dict[Key, Split]) -> tuple[tuple[Key, Split], ...]:
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1].total, str(pair[0]))))


def _last_moment(consultations: Iterable[Consultation], now: datetime) -> datetime:
    """Clocks of several machines may differ a little: nothing is cut off at this one's now."""
    ends = (one.resolved or one.answered or 0 for one in consultations)
    return max(now, datetime.fromtimestamp(max(ends, default=0), UTC))
