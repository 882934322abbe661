"""A ticket and what the bot's side does with it: number, open, add to, cancel, raise, rate.

Connection first.

Lock order of the whole house: the conversation's row first, then its ticket. Whoever changes both keeps to
it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import RowMapping, Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import ownership, transcript
from conversations.channel import Payload
from conversations.database import upsert
from conversations.messages import Author, AuthorKind, Reply
from conversations.ownership import Owner
from handover.calendars.hours import KYIV
from handover.counting import next_value
from handover.tables import (
    OPEN,
    composer_drafts,
    kept_replies,
    mentions,
    same_people,
    tickets,
    unanswered,
    viewers,
    visits,
)
from handover.tickets import wording
from handover.tickets.due import Due, dues, earliest
from handover.tickets.language import language_of

Status = Literal["waiting", "taken", "resolved"]

NORMAL = 0
FIRST = 10
"""Priority of danger: before everyone, whenever they came."""

STARTED = "started"
"""The reason of a ticket that a specialist began: nobody waited for it."""

SETTLED = {
    "wanted_by": None,
    "offered_to": None,
    "offered_until": None,
    "passed_by": None,
    "snoozed_until": None,
    "snooze_reason": None,
}
"""What a ticket loses when somebody takes it, passes it on or closes it: nobody is asked for it or sleeps on it."""

SYSTEM = Author(kind=AuthorKind.SYSTEM)


@dataclass(frozen=True)
class Ticket:
    """A consultation.

    `question` is what the person asks; `reason` why a person was called: asked, unknown, danger, call_back,
    file, dissatisfied, unreached, started (a specialist writes first). `unreached` is why our words do not arrive.
    `answered_at` is when a specialist first wrote: the promise is kept by then. `told` are facts the person told the
    bot: a name and a value each, in words.

    `follows` is the id of the ticket that was resolved shortly before, and `wanted_by` its specialist while it is to be
    offered to them first. `offered_to` has until `offered_until` to take it; `passed_by` were offered it and did not.
    """

    id: str
    community: str
    number: str
    conversation_id: str
    status: Status
    priority: int
    danger: str | None
    topic: str | None
    reason: str
    question: str
    phone: str | None
    call_at: str | None
    unreached: str | None
    told: tuple[tuple[str, str], ...]
    assigned_to: str | None
    assigned_name: str | None
    created_at: datetime
    promised_at: datetime | None
    taken_at: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    summary: str | None
    rating: str | None
    due_at: datetime
    language: str | None
    office: str | None
    team_id: str | None
    follows: str | None
    wanted_by: str | None
    offered_to: str | None
    offered_until: datetime | None
    passed_by: tuple[str, ...]
    snoozed_until: datetime | None
    snooze_reason: str | None

    @property
    def due(self) -> tuple[Due, ...]:
        """What is still due; `due_at` is the nearest of it, kept for the order of the queue."""
        return () if self.status == "resolved" else dues(self.promised_at, self.answered_at)


class UnknownTicket(LookupError):
    """No such ticket in this community."""


def from_row(row: RowMapping) -> Ticket:
    """A ticket out of a row of its table."""
    return Ticket(
        id=row["id"],
        community=row["community_id"],
        number=row["number"],
        conversation_id=row["conversation_id"],
        status=row["status"],
        priority=row["priority"],
        danger=row["danger"],
        topic=row["topic"],
        reason=row["reason"],
        question=row["question"],
        phone=row["phone"],
        call_at=row["call_at"],
        unreached=row["unreached"],
        told=tuple((word, value) for word, value in row["told"] or ()),
        assigned_to=row["assigned_to"],
        assigned_name=row["assigned_name"],
        created_at=row["created_at"],
        promised_at=row["promised_at"],
        taken_at=row["taken_at"],
        answered_at=row["answered_at"],
        resolved_at=row["resolved_at"],
        summary=row["summary"],
        rating=row["rating"],
        due_at=row["due_at"],
        language=row["language"],
        office=row["office"],
        team_id=row["team_id"],
        follows=row["follows"],
        wanted_by=row["wanted_by"],
        offered_to=row["offered_to"],
        offered_until=row["offered_until"],
        passed_by=tuple(row["passed_by"] or ()),
        snoozed_until=row["snoozed_until"],
        snooze_reason=row["snooze_reason"],
    )


def _open() -> Select[tuple[object, ...]]:
    return select(tickets).where(tickets.c.status.in_(("waiting", "taken")))


async def next_number(db: AsyncConnection, community: str, now: datetime) -> str:
    """The next number of the year, as `26-0007`. A number that is not used in the end leaves a gap."""
    year = now.astimezone(KYIV).year
    value = await next_value(db, community, f"ticket-{year}")
    return f"{year % 100:02d}-{value:04d}"


async def by_id(db: AsyncConnection, community: str, ticket_id: str) -> Ticket:
    """The ticket with this id in this community. Raises UnknownTicket."""
    row = (
        await db.execute(
            select(tickets).where(tickets.c.community_id == community, tickets.c.id == ticket_id)
        )
    ).mappings()
    found = row.first()
    if found is None:
        raise UnknownTicket(ticket_id)
    return from_row(found)


async def open_of(db: AsyncConnection, conversation_ids: Sequence[str]) -> dict[str, Ticket]:
    """The open tickets of these conversations, by conversation; one query."""
    if not conversation_ids:
        return {}
    rows = await db.execute(_open().where(tickets.c.conversation_id.in_(conversation_ids)))
    return {row["conversation_id"]: from_row(row) for row in rows.mappings()}


async def latest_of(db: AsyncConnection, community: str, conversation_id: str) -> Ticket | None:
    """The newest ticket of a conversation, open or resolved."""
    rows = await db.execute(
        select(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.community_id == community)
        .order_by(tickets.c.created_at.desc(), tickets.c.number.desc())
        .limit(1)
    )
    row = rows.mappings().first()
    return None if row is None else from_row(row)


async def all_of(db: AsyncConnection, community: str, *conversation_ids: str) -> list[Ticket]:
    """Every ticket of a conversation, or of all that are one person's, the newest first."""
    rows = await db.execute(
        select(tickets)
        .where(tickets.c.conversation_id.in_(conversation_ids), tickets.c.community_id == community)
        .order_by(tickets.c.created_at.desc(), tickets.c.number.desc())
        .limit(50)
    )
    return [from_row(row) for row in rows.mappings()]


async def stored(db: AsyncConnection, conversation_id: str) -> int:
    """How many tickets are kept of this conversation, for «мої дані»."""
    found = await db.execute(
        select(func.count()).select_from(tickets).where(tickets.c.conversation_id == conversation_id)
    )
    return int(found.scalar_one())


async def open_ticket(
    db: AsyncConnection,
    *,
    community: str,
    conversation_id: str,
    number: str,
    reason: str,
    question: str,
    now: datetime,
    promised_at: datetime | None = None,
    topic: str | None = None,
    danger: str | None = None,
    phone: str | None = None,
    call_at: str | None = None,
    told: Sequence[tuple[str, str]] = (),
    office: str | None = None,
) -> Ticket:
    """Call a person. `office` is the one the person asked about.

    Where a ticket is open already, the question is added to it and its priority only grows.

    A conversation the bot leads goes to the queue: its epoch grows by one, the bot keeps answering under
    the new one until somebody takes it.
    """
    owner, epoch = await ownership.current(db, conversation_id)
    if owner.kind == "bot":
        await ownership.change(db, conversation_id, epoch, Owner(kind="queue", id=None, name=None))
    opened = await db.execute(
        upsert(db, tickets)
        .values(
            id=uuid.uuid4().hex,
            community_id=community,
            number=number,
            conversation_id=conversation_id,
            status="waiting",
            priority=FIRST if danger else NORMAL,
            danger=danger,
            danger_at=now if danger else None,
            topic=topic,
            reason=reason,
            question=question,
            phone=phone,
            call_at=call_at,
            told=[list(one) for one in told] or None,
            created_at=now,
            promised_at=promised_at,
            due_at=earliest(dues(promised_at, None)),
            language=language_of(question),
            office=office,
        )
        .on_conflict_do_nothing(index_elements=[tickets.c.conversation_id], index_where=OPEN)
        .returning(tickets)
    )
    row = opened.mappings().first()
    if row is not None:
        await say_system(db, conversation_id, wording.passed_to_specialists(now, number), now)
        return from_row(row)
    return await _add(db, conversation_id, question, topic, danger, phone, call_at, told, office, now)


async def _add(
    db: AsyncConnection,
    conversation_id: str,
    question: str,
    topic: str | None,
    danger: str | None,
    phone: str | None,
    call_at: str | None,
    told: Sequence[tuple[str, str]],
    office: str | None,
    now: datetime,
) -> Ticket:
    found = await db.execute(_open().where(tickets.c.conversation_id == conversation_id).with_for_update())
    ticket = from_row(found.mappings().one())
    asked = ticket.question.splitlines()
    together = ticket.question if question in asked else "\n".join([*asked, question])
    changed = await db.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id)
        .values(
            question=together,
            topic=topic or ticket.topic,
            danger=danger or ticket.danger,
            danger_at=now if danger else tickets.c.danger_at,
            phone=phone or ticket.phone,
            call_at=call_at or ticket.call_at,
            told=[list(one) for one in told or ticket.told] or None,
            language=language_of(together) or ticket.language,
            office=office or ticket.office,
            priority=max(ticket.priority, FIRST if danger else NORMAL),
        )
        .returning(tickets)
    )
    line = wording.danger_raised(danger, now) if danger else wording.more_asked(now)
    await say_system(db, conversation_id, line, now)
    return from_row(changed.mappings().one())


async def cancel(db: AsyncConnection, conversation_id: str, now: datetime) -> Ticket | None:
    """The person no longer waits: a waiting ticket is closed and the bot leads again.

    A taken one stays with its specialist.
    """
    owner, epoch = await ownership.current(db, conversation_id)
    if owner.kind == "specialist":
        return None
    changed = await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.status == "waiting")
        .values(status="resolved", resolved_at=now, **SETTLED)
        .returning(tickets)
    )
    row = changed.mappings().first()
    if row is None:
        return None
    if owner.kind == "queue":
        await ownership.change(db, conversation_id, epoch, Owner(kind="bot", id=None, name=None))
    await say_system(db, conversation_id, wording.cancelled(now), now)
    return from_row(row)


async def raise_danger(
    db: AsyncConnection, conversation_id: str, danger: str, now: datetime
) -> Ticket | None:
    """Danger was heard: the open ticket goes before everyone. None where no ticket is open."""
    changed = await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.status.in_(("waiting", "taken")))
        .values(danger=danger, danger_at=now, priority=FIRST, snoozed_until=None, snooze_reason=None)
        .returning(tickets)
    )
    row = changed.mappings().first()
    if row is None:
        return None
    await say_system(db, conversation_id, wording.danger_raised(danger, now), now)
    return from_row(row)


async def rate(
    db: AsyncConnection,
    conversation_id: str,
    number: str,
    *,
    value: str | None = None,
    comment: str | None = None,
) -> bool:
    """Keep a citizen's word about their own consultation; a missing part leaves the earlier one.

    False: no such ticket.
    """
    said = {
        column: word for column, word in (("rating", value), ("rating_comment", comment)) if word is not None
    }
    if not said:
        return False
    changed = await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.number == number)
        .values(said)
        .returning(tickets.c.id)
    )
    return changed.first() is not None


@dataclass(frozen=True)
class Unanswered:
    """A question for the editor, with the topics that came nearest or were offered.

    `reason` says why it is kept; `chosen` is the topic that the person took from a menu.
    """

    community: str
    conversation_id: str | None
    question: str
    ranked: tuple[str, ...]
    at: datetime
    reason: str = "unknown"
    chosen: str | None = None


async def note_unanswered(db: AsyncConnection, questions: Sequence[Unanswered]) -> None:
    """Keep these questions for the editor."""
    if questions:
        await db.execute(
            insert(unanswered),
            [
                {
                    "community_id": one.community,
                    "conversation_id": one.conversation_id,
                    "question": one.question,
                    "ranked": list(one.ranked),
                    "at": one.at,
                    "reason": one.reason,
                    "chosen": one.chosen,
                }
                for one in questions
            ],
        )


async def say_system(
    db: AsyncConnection, conversation_id: str, text: str, now: datetime, *, payloads: Sequence[Payload] = ()
) -> None:
    """A line of the system's own in the transcript; it goes to nobody's phone.

    `payloads` are what the channel is asked to do about it: the line shows whether it was done.
    """
    await transcript.say(db, conversation_id, SYSTEM, Reply(text=text), now, epoch=None, payloads=payloads)


async def erase(db: AsyncConnection, conversation_id: str, now: datetime) -> int:
    """Take a person's words out of their tickets; what stays is that there was one.

    Returns how many were cleared.

    An open ticket is closed; whose conversation it is then is the caller's business.
    """
    for table in (unanswered, composer_drafts, kept_replies, mentions, viewers):
        await db.execute(delete(table).where(table.c.conversation_id == conversation_id))
    await db.execute(
        delete(same_people).where(
            or_(same_people.c.first_id == conversation_id, same_people.c.second_id == conversation_id)
        )
    )
    await db.execute(update(visits).where(visits.c.conversation_id == conversation_id).values(topic=None))
    await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id, tickets.c.status.in_(("waiting", "taken")))
        .values(status="resolved", resolved_at=now, **SETTLED)
    )
    cleared = await db.execute(
        update(tickets)
        .where(tickets.c.conversation_id == conversation_id)
        .values(
            question="",
            phone=None,
            call_at=None,
            told=None,
            summary=None,
            rating_comment=None,
            snooze_reason=None,
        )
        .returning(tickets.c.id)
    )
    return len(cleared.all())
