"""Two conversations of one person: joined only where that person says so in both, and parted again at a word.

Connection first. A specialist asks (`ask`), the engine puts the question in both conversations, the person's presses
come back (`answer`). Neither conversation shows anything of the other before. Whoever changes a question writes its
row in one guarded statement; a conversation's row is never locked from the other one, so nothing waits in a circle.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, RowMapping, and_, insert, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.drafts import hold
from conversations.messages import PHONE, InternalEvent
from conversations.ownership import UnknownConversation
from conversations.tables import conversations
from handover import audit, happenings
from handover.accounts.accounts import Account
from handover.audit import Action
from handover.tables import same_people, tickets
from handover.tickets import wording
from handover.tickets.tickets import Ticket, from_row, say_system

LASTS = timedelta(days=3)
"""How long a question may be answered."""

MOST = 8
"""Conversations of one person; beyond that something is wrong."""

SUGGESTED = 5

State = Literal["asked", "confirmed", "declined", "expired", "parted"]


@dataclass(frozen=True)
class Question:
    """Whether two conversations are of one person. `first_said`, `second_said`: when it was confirmed there."""

    id: str
    first_id: str
    second_id: str
    code: str
    state: State
    first_said: datetime | None
    second_said: datetime | None
    expires_at: datetime
    settled_at: datetime | None

    def other(self, conversation_id: str) -> str:
        """The conversation on the other side."""
        return self.second_id if conversation_id == self.first_id else self.first_id

    def said(self, conversation_id: str) -> bool:
        """Whether it was confirmed in this conversation."""
        return (self.first_said if conversation_id == self.first_id else self.second_said) is not None

    def open_at(self, now: datetime) -> bool:
        """Whether it may still be answered."""
        return self.state == "asked" and now < self.expires_at


class SameConversation(ValueError):
    """A conversation is not compared with itself."""


class NoButtons(ValueError):
    """What was said on the phone has nobody to ask in."""


class Standing(Exception):
    """It is asked already, or known already."""


async def ask(
    db: AsyncConnection, community: str, here: str, there: str, by: Account, now: datetime
) -> Question:
    """Ask in both conversations whether they are of one person.

    Raises SameConversation, NoButtons, Standing, UnknownConversation (also for one of another community).
    """
    if here == there:
        raise SameConversation(here)
    held = await hold(db, [here, there])
    for one in (here, there):
        if one not in held or held[one].ref.community != community:
            raise UnknownConversation(one)
        if held[one].ref.channel == PHONE:
            raise NoButtons(one)
    if there in await person_of(db, here):
        raise Standing(there)
    first, second = sorted((here, there))
    pair = and_(same_people.c.first_id == first, same_people.c.second_id == second)
    await db.execute(
        update(same_people)
        .where(pair, same_people.c.state == "asked", same_people.c.expires_at <= now)
        .values(state="expired", settled_at=same_people.c.expires_at)
    )
    if (await db.execute(select(same_people.c.id).where(pair, same_people.c.state == "asked"))).first():
        raise Standing(there)
    row = {
        "id": uuid.uuid4().hex,
        "community_id": community,
        "first_id": first,
        "second_id": second,
        "code": f"{secrets.randbelow(9000) + 1000}",
        "state": "asked",
        "asked_by": by.id,
        "asked_at": now,
        "expires_at": now + LASTS,
    }
    asked = _question(
        (await db.execute(insert(same_people).values(row).returning(same_people))).mappings().one()
    )
    event = InternalEvent(
        name="same_person_asked",
        facts={"question": asked.id, "code": asked.code, "until": asked.expires_at.isoformat()},
        at=now,
    )
    for one in (first, second):
        await say_system(db, one, wording.same_person_asked(by.name, now), now)
        await inbox.tell(db, one, event)
    await happenings.happened(db, community, [first, second], now)
    return asked


async def answer(
    db: AsyncConnection, community: str, conversation_id: str, question_id: str, yes: bool, now: datetime
) -> Question | None:
    """What the person says in one of the two conversations, whose row is held; None where nothing is asked any more.

    The second yes joins them, a no ends the question, and a no after both parts them again.
    """
    here = or_(same_people.c.first_id == conversation_id, same_people.c.second_id == conversation_id)
    mine = and_(same_people.c.id == question_id, same_people.c.community_id == community, here)
    asked = and_(mine, same_people.c.state == "asked", same_people.c.expires_at > now)
    if not yes:
        declined = await _settle(db, asked, "declined", now)
        parted = (
            None
            if declined
            else await _settle(db, and_(mine, same_people.c.state == "confirmed"), "parted", now)
        )
        changed = declined or parted
        if changed is not None:
            deed = Action.SAME_PERSON_PARTED if parted else Action.SAME_PERSON_DECLINED
            line = wording.same_person_parted(None, now) if parted else wording.same_person_declined(now)
            await _written(db, community, changed, conversation_id, deed, line, now)
        return changed
    first = select(same_people.c.first_id).where(same_people.c.id == question_id).scalar_subquery()
    side = "first_said" if (await db.execute(select(first))).scalar() == conversation_id else "second_said"
    noted = await db.execute(update(same_people).where(asked).values({side: now}).returning(same_people))
    row = noted.mappings().first()
    if row is None:
        return None
    said = _question(row)
    if said.first_said is None or said.second_said is None:
        return said
    # The row is ours since the statement before: whoever answers in the other conversation comes after us.
    joined = await _settle(db, asked, "confirmed", now)
    if joined is not None:
        line = wording.same_person_confirmed(now)
        await _written(db, community, joined, conversation_id, Action.SAME_PERSON_CONFIRMED, line, now)
        event = InternalEvent(name="same_person_confirmed", facts={"question": joined.id}, at=now)
        await inbox.tell(db, joined.other(conversation_id), event)
    return joined


async def part(
    db: AsyncConnection, community: str, conversation_id: str, question_id: str, by: Account, now: datetime
) -> Question | None:
    """A specialist parts what was joined; None where it is not joined any more."""
    await hold(db, [conversation_id])
    here = or_(same_people.c.first_id == conversation_id, same_people.c.second_id == conversation_id)
    joined = and_(
        same_people.c.id == question_id,
        same_people.c.community_id == community,
        here,
        same_people.c.state == "confirmed",
    )
    parted = await _settle(db, joined, "parted", now)
    if parted is not None:
        await say_system(db, conversation_id, wording.same_person_parted(by.name, now), now)
        await happenings.happened(db, community, [parted.first_id, parted.second_id], now)
    return parted


async def _settle(
    db: AsyncConnection, which: ColumnElement[bool], state: State, now: datetime
) -> Question | None:
    changed = await db.execute(
        update(same_people).where(which).values(state=state, settled_at=now).returning(same_people)
    )
    row = changed.mappings().first()
    return None if row is None else _question(row)


async def _written(
    db: AsyncConnection,
    community: str,
    question: Question,
    conversation_id: str,
    deed: Action,
    line: str,
    now: datetime,
) -> None:
    """What the person decided: a line where they said it, the audit log of both, and news for open pages."""
    await say_system(db, conversation_id, line, now)
    for one in (question.first_id, question.second_id):
        await audit.record(db, community=community, account_id=None, action=deed, subject=one, now=now)
    await happenings.happened(db, community, [question.first_id, question.second_id], now)


async def latest(db: AsyncConnection, conversation_id: str, question_id: str) -> Question | None:
    """A question that was put in this conversation."""
    rows = await db.execute(
        select(same_people).where(
            same_people.c.id == question_id,
            or_(same_people.c.first_id == conversation_id, same_people.c.second_id == conversation_id),
        )
    )
    row = rows.mappings().first()
    return None if row is None else _question(row)


async def newest(db: AsyncConnection, conversation_id: str) -> Question | None:
    """The last question that was put in this conversation."""
    found = await of(db, conversation_id)
    return found[0] if found else None


async def of(db: AsyncConnection, conversation_id: str) -> list[Question]:
    """The questions of a conversation, the newest first."""
    rows = await db.execute(
        select(same_people)
        .where(or_(same_people.c.first_id == conversation_id, same_people.c.second_id == conversation_id))
        .order_by(same_people.c.asked_at.desc(), same_people.c.id)
        .limit(20)
    )
    return [_question(row) for row in rows.mappings()]


async def person_of(db: AsyncConnection, conversation_id: str) -> list[str]:
    """Every conversation that its person has joined with this one, this one first; a query a step of the chain."""
    found, fresh = [conversation_id], [conversation_id]
    while fresh and len(found) < MOST:
        rows = await db.execute(
            select(same_people.c.first_id, same_people.c.second_id).where(
                same_people.c.state == "confirmed",
                or_(same_people.c.first_id.in_(fresh), same_people.c.second_id.in_(fresh)),
            )
        )
        ends = dict.fromkeys(one for row in rows for one in row)
        fresh = [one for one in ends if one not in found][: MOST - len(found)]
        found += fresh
    return found


@dataclass(frozen=True)
class Suggestion:
    """A conversation that may be of the same person, by its newest ticket."""

    ticket: Ticket
    channel: str
    name: str | None


async def suggested(
    db: AsyncConnection, community: str, conversation_id: str, known: Collection[str]
) -> Sequence[Suggestion]:
    """Conversations with this one's phone or name, in which a person was called; the newest first."""
    own = select(tickets.c.phone).where(
        tickets.c.conversation_id == conversation_id, tickets.c.phone.is_not(None)
    )
    name = select(conversations.c.name_key).where(conversations.c.id == conversation_id).scalar_subquery()
    # Each side out of an index of its own: one condition over both would read every consultation.
    alike = union_all(
        select(tickets.c.conversation_id).where(
            tickets.c.community_id == community, tickets.c.phone.in_(own)
        ),
        select(conversations.c.id).where(
            conversations.c.community_id == community, conversations.c.name_key == name
        ),
    ).subquery()
    rows = await db.execute(
        select(tickets, conversations.c.channel, conversations.c.author_name)
        .join(conversations, conversations.c.id == tickets.c.conversation_id)
        .where(
            tickets.c.community_id == community,
            conversations.c.channel != PHONE,
            tickets.c.conversation_id.not_in([conversation_id, *known]),
            tickets.c.conversation_id.in_(select(alike.c[0])),
        )
        .order_by(tickets.c.created_at.desc(), tickets.c.number.desc())
        .limit(SUGGESTED * 4)
    )
    found: dict[str, Suggestion] = {}
    for row in rows.mappings():
        one = Suggestion(from_row(row), row["channel"], row["author_name"])
        found.setdefault(one.ticket.conversation_id, one)
    return list(found.values())[:SUGGESTED]


async def by_number(db: AsyncConnection, community: str, number: str) -> str | None:
    """The conversation of a consultation's number."""
    found = await db.execute(
        select(tickets.c.conversation_id).where(
            tickets.c.community_id == community, tickets.c.number == number
        )
    )
    return found.scalar_one_or_none()


def _question(row: RowMapping) -> Question:
    return Question(
        id=row["id"],
        first_id=row["first_id"],
        second_id=row["second_id"],
        code=row["code"],
        state=row["state"],
        first_said=row["first_said"],
        second_said=row["second_said"],
        expires_at=row["expires_at"],
        settled_at=row["settled_at"],
    )
