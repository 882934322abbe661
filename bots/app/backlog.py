"""What waits in the database, counted when somebody asks: one query for each thing, never more often than is useful."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.sharing import SILENT
from conversations.tables import inbox, outbox, unreadable, workers
from handover.tables import tickets

LOOK_BACK = timedelta(days=1)
"""What went wrong counts for a day: so long it is news, and an alarm about it ends by itself."""


@dataclass(frozen=True)
class Waiting:
    """How many wait and for how long the oldest has, seconds."""

    count: int = 0
    oldest: float = 0.0


@dataclass(frozen=True)
class Backlog:
    """What waits and what went wrong, of the communities of one installation; by channel where one is known."""

    events: Waiting
    messages: dict[str, Waiting]
    tickets: Waiting
    tickets_late: int
    workers: int
    unknown: dict[str, int]
    set_aside: int
    unreadable: dict[str, int] = field(default_factory=dict)


async def look(
    db: AsyncConnection, communities: Collection[str], channels: Collection[str], now: datetime
) -> Backlog:
    """Count everything at one moment. `channels` are those that are shown even where nothing waits."""
    since = now - LOOK_BACK
    events = (
        await db.execute(
            select(func.count(), func.min(inbox.c.accepted_at)).where(inbox.c.processed_at.is_(None))
        )
    ).one()
    messages = await db.execute(
        select(outbox.c.channel, func.count(), func.min(outbox.c.created_at))
        .where(outbox.c.state == "due")
        .group_by(outbox.c.channel)
    )
    waiting = (
        await db.execute(
            select(
                func.count().filter(tickets.c.status == "waiting"),
                func.min(tickets.c.created_at).filter(tickets.c.status == "waiting"),
                # Who was told that it will be later is late still, though the promise is a new one.
                func.count().filter(
                    tickets.c.answered_at.is_(None),
                    or_(tickets.c.promised_at < now, tickets.c.late_told_at.is_not(None)),
                ),
            ).where(tickets.c.community_id.in_(communities), tickets.c.status.in_(("waiting", "taken")))
        )
    ).one()
    unknown = await db.execute(
        select(outbox.c.channel, func.count())
        .where(
            outbox.c.community_id.in_(communities),
            outbox.c.channel.in_(channels),
            outbox.c.sent_at > since,
            outbox.c.state == "unknown",
        )
        .group_by(outbox.c.channel)
    )
    set_aside = await db.execute(
        select(func.count()).where(inbox.c.set_aside_reason.is_not(None), inbox.c.processed_at > since)
    )
    kept_raw = await db.execute(
        select(unreadable.c.channel, func.count())
        .where(unreadable.c.community_id.in_(communities), unreadable.c.at > since)
        .group_by(unreadable.c.channel)
    )
    present = await db.execute(select(func.count()).where(workers.c.seen_at > now - SILENT))
    return Backlog(
        events=_waiting(events[0], events[1], now),
        messages=dict.fromkeys(channels, Waiting())
        | {channel: _waiting(count, oldest, now) for channel, count, oldest in messages},
        tickets=_waiting(waiting[0], waiting[1], now),
        tickets_late=waiting[2],
        workers=present.scalar_one(),
        unknown=dict.fromkeys(channels, 0) | {row[0]: row[1] for row in unknown},
        set_aside=set_aside.scalar_one(),
        unreadable=dict.fromkeys(channels, 0) | {row[0]: row[1] for row in kept_raw},
    )


def _waiting(count: int, oldest: datetime | None, now: datetime) -> Waiting:
    return Waiting(count, 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()))


def families(backlog: Backlog) -> Iterator[Metric]:
    """The same as gauges."""
    yield _gauge("pryimalnia_inbox_waiting", "Events that wait to be thought about.", backlog.events.count)
    yield _gauge("pryimalnia_inbox_oldest_seconds", "Since the oldest of them came.", backlog.events.oldest)
    yield _by_channel(
        "pryimalnia_outbox_waiting",
        "Messages that wait to be sent.",
        {channel: one.count for channel, one in backlog.messages.items()},
    )
    yield _by_channel(
        "pryimalnia_outbox_oldest_seconds",
        "Since the oldest of them was said.",
        {channel: one.oldest for channel, one in backlog.messages.items()},
    )
    yield _by_channel(
        "pryimalnia_outbox_unknown_last_day", "Messages that may have arrived or not.", backlog.unknown
    )
    yield _gauge("pryimalnia_tickets_waiting", "Consultations nobody has taken.", backlog.tickets.count)
    yield _gauge(
        "pryimalnia_tickets_oldest_seconds", "Since the oldest of them was asked for.", backlog.tickets.oldest
    )
    yield _gauge(
        "pryimalnia_tickets_late",
        "Consultations that were not answered when it was promised.",
        backlog.tickets_late,
    )
    yield _gauge(
        "pryimalnia_inbox_set_aside_last_day", "Events that could not be thought about.", backlog.set_aside
    )
    yield _by_channel(
        "pryimalnia_unreadable_last_day", "Bodies nobody could read, kept raw.", backlog.unreadable
    )
    yield _gauge("pryimalnia_workers_present", "Workers that said they are there.", backlog.workers)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _by_channel(name: str, help_text: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=["channel"])
    for channel, value in values.items():
        family.add_metric([channel], value)
    return family
