"""The queries behind a report: how many visits of what kind, and the consultations opened. Connection first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from conversations.tables import conversations
from handover.reports.visits import PHONE
from handover.tables import OFFICE_KNOWN, tickets, visits
from handover.tickets.tickets import STARTED


@dataclass(frozen=True)
class Sifted:
    """What a report is narrowed to; None: everything."""

    channel: str | None = None
    topic: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class Split:
    """Visits by who dealt with them: the bot alone, a person in writing, a person on the phone."""

    bot: int = 0
    person: int = 0
    phone: int = 0

    def __sub__(self, other: Split) -> Split:
        return Split(self.bot - other.bot, self.person - other.person, self.phone - other.phone)

    @property
    def total(self) -> int:
        return self.bot + self.person + self.phone

    @property
    def written(self) -> int:
        return self.bot + self.person

    @property
    def share(self) -> float | None:
        """Which part of the written ones the bot dealt with alone, from 0 to 1; None where there are none."""
        return self.bot / self.written if self.written else None

    def __add__(self, other: Split) -> Split:
        return Split(self.bot + other.bot, self.person + other.person, self.phone + other.phone)


def split(channel: str, person: bool, count: int) -> Split:
    """So many visits of one kind."""
    if channel == PHONE:
        return Split(phone=count)
    return Split(person=count) if person else Split(bot=count)


def total(splits: Iterable[Split]) -> Split:
    """All of them together."""
    return sum(splits, Split())


class Consultation(NamedTuple):
    """A ticket that was opened, without anybody's words. Moments are whole seconds of the epoch: there are many.

    `late`: told that the answer is late. `ours`: a specialist wrote first, nobody waited.
    """

    number: str
    conversation_id: str
    channel: str
    topic: str | None
    office: str | None
    status: str
    leader_id: str | None
    leader: str | None
    opened: int
    promised: int | None
    taken: int | None
    answered: int | None
    resolved: int | None
    late: bool
    rating: str | None
    ours: bool = False

    def overdue(self, now: float) -> bool:
        """Whether a promise was not kept: by the first answer, or by the end without one, or by now."""
        ended = self.answered or self.resolved or now
        return self.late or (self.promised is not None and ended > self.promised)


class epoch(FunctionElement[int]):  # it is called as a function of SQL
    """Whole seconds of the epoch: reading a number costs a fraction of reading a date."""

    name = "epoch"
    type = BigInteger()
    inherit_cache = True


@compiles(epoch, "sqlite")
def _of_text(element: epoch, compiler: SQLCompiler, **options: object) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(epoch, "postgresql")
def _of_moment(element: epoch, compiler: SQLCompiler, **options: object) -> str:
    return f"CAST(floor(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


def _within(community: str, start: datetime, end: datetime, sifted: Sifted) -> list[ColumnElement[bool]]:
    conditions = [
        visits.c.community_id == community,
        visits.c.started_at >= start,
        visits.c.started_at < end,
    ]
    if sifted.channel is not None:
        conditions.append(visits.c.channel == sifted.channel)
    if sifted.topic is not None:
        conditions.append(visits.c.topic == sifted.topic)
    if sifted.office is not None:
        conditions.append(visits.c.office == sifted.office)
    return conditions


class Cell(NamedTuple):
    """Visits of one kind that began in one hour."""

    day: str
    hour: int
    channel: str
    person: bool
    number: int

    @property
    def split(self) -> Split:
        return split(self.channel, self.person, self.number)


async def by_hour(
    db: AsyncConnection, community: str, start: datetime, end: datetime, sifted: Sifted
) -> list[Cell]:
    """Visits by local day and hour, channel and kind: what days, hours, channels and the whole are summed from."""
    kinds = (visits.c.day, visits.c.hour, visits.c.channel, visits.c.person)
    rows = await db.execute(
        select(*kinds, func.count()).where(*_within(community, start, end, sifted)).group_by(*kinds)
    )
    return [Cell._make(row) for row in rows]


async def whole(db: AsyncConnection, community: str, start: datetime, end: datetime, sifted: Sifted) -> Split:
    """All visits together."""
    kinds = (visits.c.channel, visits.c.person)
    rows = await db.execute(
        select(*kinds, func.count()).where(*_within(community, start, end, sifted)).group_by(*kinds)
    )
    return total(split(*row) for row in rows)


async def by_topic(
    db: AsyncConnection, community: str, start: datetime, end: datetime, sifted: Sifted
) -> dict[str | None, Split]:
    """Visits by topic; None: nothing was named."""
    kinds = (visits.c.topic, visits.c.channel, visits.c.person)
    rows = await db.execute(
        select(*kinds, func.count()).where(*_within(community, start, end, sifted)).group_by(*kinds)
    )
    found: dict[str | None, Split] = {}
    for topic, channel, person, count in rows:
        found[topic] = found.get(topic, Split()) + split(channel, person, count)
    return found


async def by_office(
    db: AsyncConnection, community: str, start: datetime, end: datetime, sifted: Sifted
) -> dict[str | None, Split]:
    """Visits by the office, of those where it is known: few, found by an index of their own."""
    kinds = (visits.c.office, visits.c.channel, visits.c.person)
    rows = await db.execute(
        select(*kinds, func.count())
        .where(OFFICE_KNOWN, *_within(community, start, end, sifted))
        .group_by(*kinds)
    )
    found: dict[str | None, Split] = {}
    for office, channel, person, count in rows:
        found[office] = found.get(office, Split()) + split(channel, person, count)
    return found


class There(NamedTuple):
    """What there is to narrow to, in the order of the names."""

    topics: tuple[str, ...]
    channels: tuple[str, ...]
    offices: tuple[str, ...]


async def there(db: AsyncConnection, community: str, start: datetime, end: datetime) -> There:
    """The topics, channels and offices of the period, whatever it is narrowed to now."""
    within = _within(community, start, end, Sifted())
    rows = (await db.execute(select(visits.c.topic, visits.c.channel).distinct().where(*within))).all()
    offices = await db.execute(select(visits.c.office).distinct().where(OFFICE_KNOWN, *within))
    return There(
        topics=tuple(sorted({row.topic for row in rows if row.topic})),
        channels=tuple(sorted({row.channel for row in rows})),
        offices=tuple(sorted(offices.scalars())),
    )


async def consultations(
    db: AsyncConnection, community: str, start: datetime, end: datetime, sifted: Sifted
) -> list[Consultation]:
    """The tickets opened from `start` to before `end`, in order."""
    statement = (
        select(
            tickets.c.number,
            tickets.c.conversation_id,
            conversations.c.channel,
            tickets.c.topic,
            tickets.c.office,
            tickets.c.status,
            tickets.c.assigned_to,
            tickets.c.assigned_name,
            epoch(tickets.c.created_at),
            epoch(tickets.c.promised_at),
            epoch(tickets.c.taken_at),
            epoch(tickets.c.answered_at),
            epoch(tickets.c.resolved_at),
            tickets.c.late_told_at.is_not(None),
            tickets.c.rating,
            tickets.c.reason == STARTED,
        )
        .join(conversations, conversations.c.id == tickets.c.conversation_id)
        .where(
            tickets.c.community_id == community,
            tickets.c.created_at >= start,
            tickets.c.created_at < end,
        )
        .order_by(tickets.c.created_at, tickets.c.number)
    )
    if sifted.channel is not None:
        statement = statement.where(conversations.c.channel == sifted.channel)
    if sifted.topic is not None:
        statement = statement.where(tickets.c.topic == sifted.topic)
    if sifted.office is not None:
        statement = statement.where(tickets.c.office == sifted.office)
    return [Consultation._make(row) for row in await db.execute(statement)]


class VisitRow(NamedTuple):
    """A visit as it goes into a table, without whose it is."""

    day: str
    hour: int
    channel: str
    topic: str | None
    office: str | None
    person: bool


async def visit_rows(
    db: AsyncConnection, community: str, start: datetime, end: datetime, sifted: Sifted
) -> list[VisitRow]:
    """Every visit of the period, in order."""
    wanted = select(
        visits.c.day,
        visits.c.hour,
        visits.c.channel,
        visits.c.topic,
        visits.c.office,
        visits.c.person,
    )
    rows = await db.execute(
        wanted.where(*_within(community, start, end, sifted)).order_by(visits.c.started_at)
    )
    return [VisitRow._make(row) for row in rows]
