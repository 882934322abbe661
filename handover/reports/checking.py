"""A report held against the log: the same things counted from what was said and from the tickets themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import AuthorKind
from conversations.tables import conversations, messages
from handover.reports import figures
from handover.reports.figures import Sifted, epoch, total
from handover.reports.periods import Period, midnight
from handover.reports.visits import PHONE
from handover.tables import tickets

DAY_SECONDS = 24 * 60 * 60


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
    whole = (await figures.whole(db, *within)).total
    reported: dict[date, int] = {}
    for cell in await figures.by_hour(db, *within):
        day = date.fromisoformat(cell.day)
        reported[day] = reported.get(day, 0) + cell.number
    logged = await _in_log(db, community, period, channel)
    breakdowns = {
        "topics": total((await figures.by_topic(db, *within)).values()).total,
        "days": sum(reported.values()),
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
    """Different people a day, a channel's address each, straight from the lines of the transcript and the calls."""
    counts: dict[date, int] = {}
    for days in _even(period):
        start = midnight(days[0], period.zone)
        end = min(midnight(days[-1] + timedelta(days=1), period.zone), period.end)
        said = (
            select(messages.c.conversation_id, epoch(messages.c.at).label("at"))
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                conversations.c.community_id == community,
                conversations.c.created_at < end,
                conversations.c.last_incoming_at >= start,
                messages.c.author_kind == AuthorKind.CITIZEN.value,
                messages.c.at >= start,
                messages.c.at < end,
            )
        )
        filed = (
            select(tickets.c.conversation_id, epoch(tickets.c.created_at).label("at"))
            .join(conversations, conversations.c.id == tickets.c.conversation_id)
            .where(
                tickets.c.community_id == community,
                conversations.c.channel == PHONE,
                tickets.c.created_at >= start,
                tickets.c.created_at < end,
            )
        )
        if channel is not None:
            said, filed = (one.where(conversations.c.channel == channel) for one in (said, filed))
        heard = union_all(said, filed).subquery()
        place = ((heard.c.at - int(start.timestamp())) // DAY_SECONDS).label("place")
        rows = await db.execute(select(place, func.count(heard.c.conversation_id.distinct())).group_by(place))
        # A day of another length stands alone: whatever its hour, it is that day.
        for at, count in rows:
            day = days[min(int(at), len(days) - 1)]
            counts[day] = counts.get(day, 0) + count
    return counts


def _even(period: Period) -> list[list[date]]:
    """The days in runs whose days have 24 hours; a day on which clocks are moved is a run of its own."""
    runs: list[list[date]] = []
    was_even = False
    for day in period.days:
        begins, ends = (midnight(one, period.zone) for one in (day, day + timedelta(days=1)))
        is_even = ends - begins == timedelta(days=1)
        if is_even and was_even:
            runs[-1].append(day)
        else:
            runs.append([day])
        was_even = is_even
    return runs


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
