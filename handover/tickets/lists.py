"""The lists specialists work through: what waits, what one leads, what a team has, what sleeps, what is resolved.

Whatever a row shows stands on the ticket and its conversation, so a page is one query and all counts are another,
whatever the transcripts hold. A page begins after a key of the order, not after a number of rows: nothing is shown
twice or left out where rows come and go meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import UtcDateTime
from conversations.tables import conversations
from handover.tables import LISTED, RESOLVED, SNOOZED, mentions, tickets
from handover.tickets.tickets import Ticket, from_row

List = Literal["waiting", "mine", "team", "all", "snoozed", "resolved", "mentioned", "found"]
LISTS: tuple[List, ...] = get_args(List)
NEWEST: tuple[List, ...] = ("found", "mentioned")
"""Lists of consultations whatever became of them, the newest first."""

SHOWN = 100
"""Rows of a page."""

LONGEST_SEARCH = 80

MOST_PEOPLE = 500
"""People of one name whose tickets are found; of more, the newest."""

_NUMBER = re.compile(r"(?:(\d\d)-)?(\d{1,8})")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means everything. `search` is a part of a name or of a number."""

    topic: str = ""
    channel: str = ""
    office: str = ""
    language: str = ""
    search: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Filters:
        """Those of the given fields that are filters, without outer spaces, each with an end."""
        limit = {one.name: LONGEST_SEARCH for one in fields(cls)}
        found = {name: given.get(name) for name in limit}
        return cls(**{name: it.strip()[: limit[name]] for name, it in found.items() if isinstance(it, str)})

    def set(self) -> dict[str, str]:
        """Those that narrow, by name."""
        return {name: value for name, value in asdict(self).items() if value}


EVERYTHING = Filters()


@dataclass(frozen=True)
class Listed:
    """One row: the ticket, and what the conversation shows of itself. `said_by` is an author's kind."""

    ticket: Ticket
    channel: str
    author_name: str | None
    unread: int
    said_at: datetime | None
    said_by: str | None
    said: str
    said_file: str | None

    @property
    def citizen_spoke_last(self) -> bool:
        return self.said_by in (None, "citizen")


@dataclass(frozen=True)
class Page:
    """Rows in order; `further` is the key after which the next page begins, None at the end."""

    rows: Sequence[Listed]
    further: str | None


@dataclass(frozen=True)
class Counts:
    """How many tickets stand in each list. `team` is what the person's teams have, without teams what anybody leads.

    `mentioned` are conversations in which a mention of the person is unread.
    """

    waiting: int
    mine: int
    team: int
    all: int
    snoozed: int
    mentioned: int


@dataclass(frozen=True)
class Reader:
    """Whose lists these are: an account and its teams."""

    account: str
    teams: Sequence[str] = ()


async def page(
    db: AsyncConnection,
    community: str,
    which: List,
    reader: Reader,
    filters: Filters = Filters(),  # frozen
    *,
    after: str | None = None,
    limit: int = SHOWN,
) -> Page:
    """A page of a list in the order it is worked through; one query.

    Danger first, then what is due first, then who waits longest; what sleeps by when it wakes, what is
    resolved, found or has a mention the newest first. A key that can't be read begins at the beginning.
    """
    cursor = _Cursor.read(which, after)
    keys = _keys(community, which, reader, filters, cursor, limit + 1).subquery()
    shown = _shown().join(keys, keys.c.id == tickets.c.id).order_by(*_order(which)).limit(limit + 1)
    rows = [_listed(row) for row in (await db.execute(shown)).mappings()]
    further = _Cursor.of(which, rows[limit - 1].ticket).text if len(rows) > limit else None
    return Page(rows[:limit], further)


async def counts(db: AsyncConnection, community: str, reader: Reader) -> Counts:
    """The numbers on the tabs; one query over open tickets and unread mentions alone."""

    def count(*conditions: ColumnElement[bool]) -> Any:
        return (
            select(func.count())
            .select_from(tickets)
            .where(tickets.c.community_id == community, *conditions)
            .scalar_subquery()
        )

    asked = [count(*_of(which, reader)) for which in ("waiting", "mine", "team", "all", "snoozed")]
    asked.append(
        select(func.count(mentions.c.conversation_id.distinct()))
        .where(
            mentions.c.community_id == community,
            mentions.c.account_id == reader.account,
            mentions.c.read_at.is_(None),
        )
        .scalar_subquery()
    )
    return Counts(*(await db.execute(select(*asked))).one())


async def urgent(db: AsyncConnection, community: str) -> Listed | None:
    """The danger everyone on duty has to see: one that waits, else one not answered since it was heard."""
    unanswered = or_(
        tickets.c.danger_answered_at.is_(None), tickets.c.danger_answered_at < tickets.c.danger_at
    )
    rows = await db.execute(
        _shown()
        .where(
            tickets.c.community_id == community,
            LISTED,
            tickets.c.priority > 0,
            tickets.c.danger.is_not(None),
            or_(tickets.c.status == "waiting", and_(tickets.c.status == "taken", unanswered)),
        )
        .order_by(tickets.c.status.desc(), tickets.c.danger_at, tickets.c.id)
        .limit(1)
    )
    row = rows.mappings().first()
    return None if row is None else _listed(row)


async def offered(db: AsyncConnection, community: str, account_id: str) -> Listed | None:
    """The consultation that is offered to this person now, the one that has to be taken first."""
    rows = await db.execute(
        _shown()
        .where(
            tickets.c.community_id == community,
            tickets.c.offered_until.is_not(None),
            tickets.c.offered_to == account_id,
        )
        .order_by(tickets.c.offered_until, tickets.c.id)
        .limit(1)
    )
    row = rows.mappings().first()
    return None if row is None else _listed(row)


def _shown() -> Select[Any]:
    """Tickets with what their conversations show."""
    return select(
        tickets,
        conversations.c.channel,
        conversations.c.author_name,
        conversations.c.unread,
        conversations.c.said_at,
        conversations.c.said_by,
        conversations.c.said,
        conversations.c.said_file,
    ).join(conversations, conversations.c.id == tickets.c.conversation_id)


def _listed(row: RowMapping) -> Listed:
    return Listed(
        ticket=from_row(row),
        channel=row["channel"],
        author_name=row["author_name"],
        unread=row["unread"],
        said_at=row["said_at"],
        said_by=row["said_by"],
        said=row["said"] or "",
        said_file=row["said_file"],
    )


async def all_mine(db: AsyncConnection, community: str, account_id: str) -> list[Ticket]:
    """Everything this person leads, what sleeps too, in the order conversations are locked in."""
    rows = await db.execute(
        select(tickets)
        .where(
            tickets.c.community_id == community,
            tickets.c.assigned_to == account_id,
            tickets.c.status == "taken",
        )
        .order_by(tickets.c.conversation_id)
    )
    return [from_row(row) for row in rows.mappings()]


@dataclass(frozen=True)
class _Cursor:
    """A place in the order of a list: whether in danger, moments, and the ticket's id."""

    urgent: bool
    moments: tuple[datetime, ...]
    ticket: str

    @classmethod
    def of(cls, which: List, ticket: Ticket) -> _Cursor:
        if which == "snoozed":
            return cls(False, (ticket.snoozed_until or _EPOCH,), ticket.id)
        if which == "resolved":
            return cls(False, (ticket.resolved_at or _EPOCH,), ticket.id)
        if which in NEWEST:
            return cls(False, (ticket.created_at,), ticket.id)
        return cls(ticket.priority > 0, (ticket.due_at, ticket.created_at), ticket.id)

    @classmethod
    def read(cls, which: List, text: str | None) -> _Cursor | None:
        urgent, *moments, ticket = (text or "").split(".") if text and text.count(".") > 1 else ("", "")
        expected = 1 if which in ("snoozed", "resolved", *NEWEST) else 2
        if len(moments) != expected or not ticket.isalnum() or len(ticket) > 32:
            return None
        try:
            read = tuple(_EPOCH + int(moment) * _MICROSECOND for moment in moments)
        except (ValueError, OverflowError):
            return None
        return cls(urgent == "1", read, ticket)

    @property
    def text(self) -> str:
        moments = (str((moment - _EPOCH) // _MICROSECOND) for moment in self.moments)
        return ".".join(("1" if self.urgent else "0", *moments, self.ticket))

    def after(self, *columns: ColumnElement[Any], down: bool = False) -> ColumnElement[bool]:
        key = tuple_(*columns)
        here = tuple_(*(literal(moment, UtcDateTime()) for moment in self.moments), literal(self.ticket))
        return key < here if down else key > here


def _of(which: List, reader: Reader) -> list[ColumnElement[bool]]:
    """The conditions of a list, in the words of its index."""
    listed: ColumnElement[bool] = and_(LISTED)
    match which:
        case "waiting":
            return [listed, tickets.c.status == "waiting"]
        case "mine":
            return [listed, tickets.c.assigned_to == reader.account, tickets.c.status == "taken"]
        case "team" if reader.teams:
            return [listed, tickets.c.team_id.in_(reader.teams)]
        case "team":
            return [listed, tickets.c.status == "taken"]
        case "all":
            return [listed]
        case "snoozed":
            return [and_(SNOOZED)]
        case "resolved":
            return [and_(RESOLVED)]
    return [true()]


def _order(which: List) -> tuple[ColumnElement[Any], ...]:
    match which:
        case "snoozed":
            return tickets.c.snoozed_until, tickets.c.id
        case "resolved":
            return tickets.c.resolved_at.desc(), tickets.c.id.desc()
        case "found" | "mentioned":
            return tickets.c.created_at.desc(), tickets.c.id.desc()
    return tickets.c.priority.desc(), tickets.c.due_at, tickets.c.created_at, tickets.c.id


def _keys(
    community: str, which: List, reader: Reader, filters: Filters, cursor: _Cursor | None, limit: int
) -> Select[Any]:
    """The ids of a page, read in the order of an index.

    Danger and everything else are read apart, each in one stretch of the index, since one column of it runs down and
    the others up.
    """
    wanted = select(tickets.c.id).where(tickets.c.community_id == community, *_of(which, reader))
    wanted = _narrowed(wanted, filters)
    if which == "found":
        wanted = _searched(wanted, community, filters.search)
    if which == "mentioned":
        wanted = _naming(wanted, community, reader)
    order = _order(which)
    if which in ("snoozed", "resolved", *NEWEST):
        column = {
            "snoozed": tickets.c.snoozed_until,
            "resolved": tickets.c.resolved_at,
        }.get(which, tickets.c.created_at)
        if cursor is not None:
            wanted = wanted.where(cursor.after(column, tickets.c.id, down=which != "snoozed"))
        return wanted.order_by(*order).limit(limit)
    urgent, usual = wanted.where(tickets.c.priority > 0), wanted.where(tickets.c.priority == 0)
    if cursor is not None:
        later = cursor.after(tickets.c.due_at, tickets.c.created_at, tickets.c.id)
        if cursor.urgent:
            urgent = urgent.where(later)
        else:
            urgent, usual = urgent.where(false()), usual.where(later)
    parts = [select(part.order_by(*order[1:]).limit(limit).subquery().c.id) for part in (urgent, usual)]
    return select(union_all(*parts).subquery().c.id)


def _narrowed(wanted: Select[Any], filters: Filters) -> Select[Any]:
    """The list with its filters; the conversation is looked at only where a filter is about it."""
    if filters.topic:
        wanted = wanted.where(tickets.c.topic == filters.topic)
    if filters.office:
        wanted = wanted.where(tickets.c.office == filters.office)
    if filters.language:
        wanted = wanted.where(tickets.c.language == filters.language)
    if filters.channel:
        wanted = wanted.join(conversations, conversations.c.id == tickets.c.conversation_id).where(
            conversations.c.channel == filters.channel
        )
    return wanted


def _naming(wanted: Select[Any], community: str, reader: Reader) -> Select[Any]:
    """The newest ticket of every conversation with a note that names the reader."""
    named = select(mentions.c.conversation_id).where(
        mentions.c.community_id == community, mentions.c.account_id == reader.account
    )
    later = tickets.alias()
    followed = (
        select(later.c.id)
        .where(
            later.c.conversation_id == tickets.c.conversation_id,
            tuple_(later.c.created_at, later.c.number) > tuple_(tickets.c.created_at, tickets.c.number),
        )
        .exists()
    )
    return wanted.where(tickets.c.conversation_id.in_(named), ~followed)


def _searched(wanted: Select[Any], community: str, search: str) -> Select[Any]:
    """Tickets of a number, or of people of a name, the newest people first where they are very many."""
    number = _NUMBER.fullmatch(search)
    if number is not None:
        year, digits = number.groups()
        bare = digits.lstrip("0").rjust(4, "0")
        if year is not None:
            return wanted.where(tickets.c.number == f"{year}-{bare}")
        return wanted.where(tickets.c.number.in_([f"{one:02d}-{bare}" for one in range(100)]))
    # Names that stood here before they were looked for have small letters only where the database knows them.
    spelled = {search.casefold(), search.title()}
    named = (
        select(conversations.c.id)
        .where(
            conversations.c.community_id == community,
            or_(*(conversations.c.name_key.contains(one, autoescape=True) for one in sorted(spelled))),
        )
        .order_by(conversations.c.created_at.desc())
        .limit(MOST_PEOPLE)
        .subquery()
    )
    return wanted.where(tickets.c.conversation_id.in_(select(named.c.id)))
