"""Visits: a person in one channel on one local day, made of the log so that a report need not read it whole.

A visit is a day of a conversation on which the person wrote, or on which a call was filed. It belongs to a person of
ours (`person`) where a consultation was open or opened from the visit's beginning to the end of that day; otherwise
the bot dealt with it alone. Its topic is the last one the bot named that day, else the consultation's; its office is
the one the consultation is about, where that is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database, upsert
from conversations.messages import AuthorKind
from conversations.tables import conversations, messages
from handover.counting import next_value
from handover.reports.periods import midnight
from handover.tables import counters, tickets, visits

PHONE = "phone"
"""The channel of calls that specialists file."""

AT_ONCE = 500
"""Conversations in one transaction."""

FOR_A_PAGE = 2000
"""Conversations a page counts before it is shown; where more were never counted, the worker goes on with them."""

OVERLAP = timedelta(minutes=2)
"""How long before the last look is looked at again: a transaction may commit later than one that began after it."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """A line as far as visits are concerned: who wrote it when, and the topic the bot named."""

    by_citizen: bool
    at: datetime
    topic: str | None


@dataclass(frozen=True)
class Called:
    """A consultation as far as visits are concerned."""

    created_at: datetime
    resolved_at: datetime | None
    topic: str | None
    office: str | None = None


@dataclass(frozen=True)
class Visit:
    """One row, without its conversation."""

    day: date
    started_at: datetime
    hour: int
    topic: str | None
    person: bool
    office: str | None


def visits_of(
    channel: str, said: Sequence[Said], called: Sequence[Called], zone: ZoneInfo
) -> Iterator[Visit]:
    """The visits of one conversation: its lines in their order, its consultations."""
    began: dict[date, datetime] = {}
    topics: dict[date, str] = {}
    for line in said:
        day = line.at.astimezone(zone).date()
        if line.by_citizen:
            began[day] = min(line.at, began.get(day, line.at))
        if line.topic is not None:
            topics[day] = line.topic
    if channel == PHONE:
        for call in called:
            day = call.created_at.astimezone(zone).date()
            began[day] = min(call.created_at, began.get(day, call.created_at))
    for day, started_at in sorted(began.items()):
        ends = midnight(day + timedelta(days=1), zone)
        mine = [
            call
            for call in called
            if call.created_at < ends and (call.resolved_at is None or call.resolved_at >= started_at)
        ]
        local = started_at.astimezone(zone)
        topic = topics.get(day) or next((call.topic for call in reversed(mine) if call.topic), None)
        office = next((call.office for call in reversed(mine) if call.office), None)
        yield Visit(day, started_at, local.hour, topic, bool(mine), office)


async def catch_up(database: Database, community: str, zone: ZoneInfo, most: int | None = None) -> bool:
    """Count what has come since the last time; whether all of it is counted now.

    About `most` conversations are looked at, all where it is None; the next call goes on where this one stopped, so a
    log that was never counted is counted in parts. Several processes may do this at once: they take turns conversation
    by conversation and write the same.
    """
    async with database.read() as db:
        channels = await db.execute(
            select(conversations.c.channel).where(conversations.c.community_id == community).distinct()
        )
        sources = [_heard(community, channel) for channel in channels.scalars()]
        marks = await _marks(db, community)
    left = most
    for source in [*sources, _opened(community)]:
        mark = marks.get(source.name, LONG_AGO)
        looked = await _follow(
            database, community, zone, source, mark, max(mark, marks.get(source.place, mark)), left
        )
        if looked is None:
            return False
        left = None if left is None else left - looked
    return True


async def recount(database: Database, community: str, zone: ZoneInfo, start: datetime, end: datetime) -> int:
    """Count the days between two local midnights anew; how many conversations were looked at."""
    wanted = (
        select(conversations.c.id)
        .where(
            conversations.c.community_id == community,
            conversations.c.created_at < end,
            or_(
                conversations.c.last_incoming_at >= start,
                conversations.c.id.in_(
                    select(tickets.c.conversation_id).where(
                        tickets.c.community_id == community,
                        tickets.c.created_at >= start,
                        tickets.c.created_at < end,
                    )
                ),
            ),
        )
        .order_by(conversations.c.id)
        .limit(AT_ONCE)
    )
    looked, last = 0, ""
    while True:
        async with database.write() as db:
            ids = list((await db.execute(wanted.where(conversations.c.id > last))).scalars())
            await _count(db, community, zone, ids, start, end)
        looked += len(ids)
        if len(ids) < AT_ONCE:
            return looked
        last = ids[-1]


@dataclass(frozen=True)
class _Source:
    """Rows in the order of a moment: each names a conversation that may have a new visit since."""

    # Begun anew with the office, which earlier marks (`visits:`) know nothing of: everything was counted once more.
    name: str
    rows: Select[str, str, datetime]
    moment: ColumnElement[datetime]
    key: ColumnElement[str]

    @property
    def place(self) -> str:
        """The counter that keeps how far an unfinished look has come."""
        return self.name.replace("counted", "counted@", 1)[:40]


def _heard(community: str, channel: str) -> _Source:
    """Conversations in which somebody wrote."""
    moment, key = conversations.c.last_incoming_at, conversations.c.id
    rows = select(key, key, moment).where(
        conversations.c.community_id == community, conversations.c.channel == channel
    )
    return _Source(f"counted:{channel}"[:40], rows, moment, key)


def _opened(community: str) -> _Source:
    """Consultations that were opened."""
    moment, key = tickets.c.created_at, tickets.c.id
    rows = select(key, tickets.c.conversation_id, moment).where(tickets.c.community_id == community)
    return _Source("counted.tickets", rows, moment, key)


async def _marks(db: AsyncConnection, community: str) -> dict[str, datetime]:
    rows = await db.execute(
        select(counters.c.name, counters.c.value).where(
            counters.c.community_id == community, counters.c.name.like("counted%")
        )
    )
    return {row.name: datetime.fromtimestamp(row.value, UTC) for row in rows}


async def _follow(
    database: Database,
    community: str,
    zone: ZoneInfo,
    source: _Source,
    mark: datetime,
    place: datetime,
    most: int | None,
) -> int | None:
    """Everything of a source since its mark, which is moved when all of it is counted: how much that was.

    A conversation that comes late may have days of long before: a mark in the middle would lose them. None where more
    than `most` were looked at and there is still more: how far it came is kept as the `place` to go on from.
    """
    since = mark - OVERLAP
    floor = midnight(since.astimezone(zone).date(), zone)
    # The overlap is looked at again after a stop as well: what commits late has to be found either way.
    last, last_key, looked = place - OVERLAP, "", 0
    while True:
        async with database.write() as db:
            rows = (
                await db.execute(
                    source.rows.where(source.moment >= last, or_(source.moment > last, source.key > last_key))
                    .order_by(source.moment, source.key)
                    .limit(AT_ONCE)
                )
            ).all()
            await _count(db, community, zone, {row[1] for row in rows}, floor, None)
            looked += len(rows)
            if len(rows) < AT_ONCE:
                reached = rows[-1][2] if rows else last
                if reached > mark:
                    await _move_mark(db, community, source.name, reached)
                return looked
            last_key, _, last = rows[-1]
            # Where many came in one overlap, a stop inside of it would begin with them again for ever.
            if most is not None and looked > most and last > place + OVERLAP:
                await _move_mark(db, community, source.place, last)
                return None


async def _move_mark(db: AsyncConnection, community: str, name: str, reached: datetime) -> None:
    value = int(reached.timestamp())
    await db.execute(
        upsert(db, counters)
        .values(community_id=community, name=name, value=value)
        .on_conflict_do_update(
            index_elements=[counters.c.community_id, counters.c.name],
            set_={"value": value},
            where=counters.c.value < value,
        )
    )


async def _count(
    db: AsyncConnection,
    community: str,
    zone: ZoneInfo,
    ids: Iterable[str],
    floor: datetime,
    end: datetime | None,
) -> None:
    """Write the visits of these conversations on the days from `floor` (a local midnight) to `end`, if given."""
    wanted = sorted(ids)
    if not wanted:
        return
    # One process at a time: two that write the same rows in another order would wait for each other for ever.
    await next_value(db, community, "visits.turns")
    channels = {
        row.id: row.channel
        for row in await db.execute(
            select(conversations.c.id, conversations.c.channel).where(conversations.c.id.in_(wanted))
        )
    }
    said, called = await _said(db, wanted, floor, end), await _called(db, wanted)
    rows = [
        {
            "community_id": community,
            "conversation_id": conversation_id,
            "day": visit.day.isoformat(),
            "started_at": visit.started_at,
            "hour": visit.hour,
            "channel": channels[conversation_id],
            "topic": visit.topic,
            "person": visit.person,
            "office": visit.office,
        }
        for conversation_id in wanted
        for visit in visits_of(
            channels[conversation_id], said[conversation_id], called[conversation_id], zone
        )
        if visit.started_at >= floor and (end is None or visit.started_at < end)
    ]
    if not rows:
        return
    statement = upsert(db, visits)
    new = statement.excluded
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[visits.c.community_id, visits.c.conversation_id, visits.c.day],
            set_={
                "started_at": new.started_at,
                "hour": new.hour,
                # What is older than words are kept has lost its topic in the log.
                "topic": func.coalesce(new.topic, visits.c.topic),
                "person": new.person,
                "office": new.office,
            },
        ),
        rows,
    )


async def _said(
    db: AsyncConnection, ids: Sequence[str], floor: datetime, end: datetime | None
) -> dict[str, list[Said]]:
    statement = (
        select(messages.c.conversation_id, messages.c.author_kind, messages.c.at, messages.c.topic)
        .where(
            messages.c.conversation_id.in_(ids),
            messages.c.at >= floor,
            or_(messages.c.author_kind == AuthorKind.CITIZEN.value, messages.c.topic.is_not(None)),
        )
        .order_by(messages.c.conversation_id, messages.c.position)
    )
    if end is not None:
        statement = statement.where(messages.c.at < end)
    found: dict[str, list[Said]] = defaultdict(list)
    for conversation_id, author, at, topic in await db.execute(statement):
        found[conversation_id].append(Said(author == AuthorKind.CITIZEN.value, at, topic))
    return found


async def _called(db: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Called]]:
    rows = await db.execute(
        select(
            tickets.c.conversation_id,
            tickets.c.created_at,
            tickets.c.resolved_at,
            tickets.c.topic,
            tickets.c.office,
        )
        .where(tickets.c.conversation_id.in_(ids))
        .order_by(tickets.c.created_at, tickets.c.id)
    )
    found: dict[str, list[Called]] = defaultdict(list)
    for conversation_id, *call in rows:
        found[conversation_id].append(Called(*call))
    return found
