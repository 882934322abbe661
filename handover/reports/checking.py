"""A report held against the log: the same things counted from what was said and from the tickets themselves."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import AuthorKind
from conversations.tables import conversations, messages
from handover.reports import figures
from handover.reports.figures import Sifted, total
from handover.reports.periods import Period, midnight
from handover.reports.visits import PHONE
from handover.tables import tickets


@dataclass(frozen=True)
class Difference:
    """A day that came out otherwise: how many visits in the log, how many in the report."""

    day: date
    in_log: int
    in_report: int


@dataclass(frozen=True)
class Check:
    """What was held against what. `parts`: names of breakdowns whose parts do not add up to the whole."""

    at: datetime
    in_log: int
    in_report: int
    differences: tuple[Difference, ...]
    tickets_in_log: int
    tickets_in_report: int
    parts: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences and not self.parts and self.tickets_in_log == self.tickets_in_report


async def check(db: AsyncConnection, community: str, period: Period, channel: str | None = None) -> Check:
    """Count the period both ways, over all topics: the log names them line by line, a report once a visit."""
    sifted = Sifted(channel=channel)
    within = (community, period.start, period.end, sifted)
    cells = await figures.by_day_and_channel(db, *within)
    whole = total(cells.values()).total
    reported: dict[date, int] = {}
    for (day, _), some in cells.items():
        reported[day] = reported.get(day, 0) + some.total
    logged = await _in_log(db, community, period, channel)
    breakdowns = {
        "topics": total((await figures.by_topic(db, *within)).values()).total,
        "hours": sum((await figures.by_hour(db, *within)).values()),
    }
    return Check(
        at=period.now,
        in_log=sum(logged.values()),
        in_report=whole,
        differences=tuple(
            Difference(day, logged.get(day, 0), reported.get(day, 0))
            for day in sorted({*logged, *reported})
            if logged.get(day, 0) != reported.get(day, 0)
        ),
        tickets_in_log=await _tickets(db, community, period, channel),
        tickets_in_report=len(await figures.consultations(db, *within)),
        parts=tuple(name for name, count in breakdowns.items() if count != whole),
    )


async def _in_log(
    db: AsyncConnection, community: str, period: Period, channel: str | None
) -> dict[date, int]:
    """Different people a day, a channel's address each, straight from the lines of the transcript."""
    days = period.days
    begins = [midnight(day, period.zone) for day in days]
    said = (
        select(messages.c.conversation_id, messages.c.at)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.community_id == community,
            conversations.c.created_at < period.end,
            conversations.c.last_incoming_at >= period.start,
            messages.c.author_kind == AuthorKind.CITIZEN.value,
            messages.c.at >= period.start,
            messages.c.at < period.end,
        )
    )
    filed = (
        select(tickets.c.conversation_id, tickets.c.created_at)
        .join(conversations, conversations.c.id == tickets.c.conversation_id)
        .where(
            tickets.c.community_id == community,
            conversations.c.channel == PHONE,
            tickets.c.created_at >= period.start,
            tickets.c.created_at < period.end,
        )
    )
    seen: set[tuple[str, int]] = set()
    for statement in (said, filed):
        narrowed = statement if channel is None else statement.where(conversations.c.channel == channel)
        for conversation_id, at in await db.execute(narrowed):
            seen.add((conversation_id, bisect_right(begins, at) - 1))
    counts: dict[date, int] = {}
    for _, place in seen:
        counts[days[place]] = counts.get(days[place], 0) + 1
    return counts


async def _tickets(db: AsyncConnection, community: str, period: Period, channel: str | None) -> int:
    counted = (
        select(func.count())
        .select_from(tickets)
        .where(
            tickets.c.community_id == community,
            tickets.c.created_at >= period.start,
            tickets.c.created_at < period.end,
        )
    )
    if channel is not None:
        counted = counted.where(
            tickets.c.conversation_id.in_(
                select(conversations.c.id).where(
                    conversations.c.community_id == community, conversations.c.channel == channel
                )
            )
        )
    return int((await db.execute(counted)).scalar_one())
