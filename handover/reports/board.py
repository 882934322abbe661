"""What goes on in the reception now: who waits, who is late, who is there and leads what. No personal words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.tables import conversations
from handover.accounts.accounts import everyone
from handover.accounts.permissions import Permission, allows
from handover.assignment import presence, teams
from handover.assignment.policy import Policy
from handover.assignment.presence import Standing
from handover.tables import LISTED, OFFERED, tickets

SHOWN = 20
"""Waiting people of the list, the first of the queue."""


@dataclass(frozen=True)
class Now:
    """How the queue stands: waiting and taken consultations, the one that waits longest, dangers nobody answered,
    promises that have passed without an answer."""

    waiting: int
    taken: int
    longest_since: datetime | None
    danger: int
    overdue: int


@dataclass(frozen=True)
class Waiting:
    """One who waits."""

    number: str
    conversation_id: str
    channel: str
    topic: str | None
    reason: str
    danger: str | None
    since: datetime
    promised_at: datetime | None


@dataclass(frozen=True)
class Desk:
    """Where one specialist is, what they have in hand, and closed since a moment.

    `standing` is None where they never said anything. `holds` is what counts against `capacity`: what they lead
    (without the snoozed) and what is offered to them; `unanswered`: taken, nothing written yet.
    """

    account_id: str
    name: str
    position: str
    standing: Standing | None
    capacity: int
    holds: int
    snoozed: int
    unanswered: int
    oldest_since: datetime | None
    resolved: int
    answered_last: datetime | None


_WAITS = tickets.c.status == "waiting"
_TAKEN = tickets.c.status == "taken"


async def stands(db: AsyncConnection, community: str, now: datetime) -> Now:
    """The figures of this moment; one query over open tickets."""
    danger = and_(
        tickets.c.danger.is_not(None),
        or_(tickets.c.danger_answered_at.is_(None), tickets.c.danger_answered_at < tickets.c.danger_at),
    )
    late = and_(
        tickets.c.answered_at.is_(None),
        or_(tickets.c.promised_at < now, tickets.c.late_told_at.is_not(None)),
    )
    row = (
        await db.execute(
            select(
                func.count(case((_WAITS, 1))),
                func.count(case((_TAKEN, 1))),
                func.min(case((_WAITS, tickets.c.created_at))),
                func.count(case((danger, 1))),
                func.count(case((late, 1))),
            ).where(tickets.c.community_id == community, tickets.c.status.in_(("waiting", "taken")))
        )
    ).one()
    return Now(*row)


async def waiting(db: AsyncConnection, community: str) -> list[Waiting]:
    """The first of the queue, in its order."""
    rows = await db.execute(
        select(
            tickets.c.number,
            tickets.c.conversation_id,
            conversations.c.channel,
            tickets.c.topic,
            tickets.c.reason,
            tickets.c.danger,
            tickets.c.created_at,
            tickets.c.promised_at,
        )
        .join(conversations, conversations.c.id == tickets.c.conversation_id)
        .where(tickets.c.community_id == community, _WAITS)
        .order_by(tickets.c.priority.desc(), tickets.c.created_at, tickets.c.id)
        .limit(SHOWN)
    )
    return [Waiting(*row) for row in rows]


async def desks(db: AsyncConnection, community: str, policy: Policy, since: datetime) -> list[Desk]:
    """Everybody who is not off shift, has something in hand or has closed something since, by name; four queries."""
    work = await _work(db, community, since)
    offered = await _offered(db, community)
    standing = await presence.all_of(db, community)
    skills = await teams.skills_of(db, community)
    found = []
    for person in await everyone(db, community):
        stands = standing.get(person.id)
        taken, snoozed, unanswered, oldest, resolved, answered = work.get(person.id, _NOTHING)
        holds = taken + offered.get(person.id, 0)
        able = not person.disabled and allows(person.role, Permission.CONSULT)
        works = able and stands is not None and stands.shift != "off"
        if not (works or holds or snoozed or resolved):
            continue
        own = skills[person.id].capacity if person.id in skills else None
        found.append(
            Desk(
                account_id=person.id,
                name=person.name,
                position=person.position,
                standing=stands,
                capacity=policy.capacity if own is None else own,
                holds=holds,
                snoozed=snoozed,
                unanswered=unanswered,
                oldest_since=oldest,
                resolved=resolved,
                answered_last=answered,
            )
        )
    return found


_NOTHING = (0, 0, 0, None, 0, None)


async def _work(
    db: AsyncConnection, community: str, since: datetime
) -> dict[str, tuple[int, int, int, datetime | None, int, datetime | None]]:
    """By account: taken, snoozed, taken without an answer, the oldest taken, resolved since, the last answer."""
    done = and_(tickets.c.status == "resolved", tickets.c.resolved_at >= since)
    awake = and_(_TAKEN, tickets.c.snoozed_until.is_(None))
    rows = await db.execute(
        select(
            tickets.c.assigned_to,
            func.count(case((awake, 1))),
            func.count(case((and_(_TAKEN, tickets.c.snoozed_until.is_not(None)), 1))),
            func.count(case((and_(_TAKEN, tickets.c.answered_at.is_(None)), 1))),
            func.min(case((_TAKEN, tickets.c.taken_at))),
            func.count(case((done, 1))),
            func.max(tickets.c.answered_at),
        )
        .where(tickets.c.community_id == community, tickets.c.assigned_to.is_not(None), or_(_TAKEN, done))
        .group_by(tickets.c.assigned_to)
    )
    return {account: tuple(rest) for account, *rest in rows}


async def _offered(db: AsyncConnection, community: str) -> dict[str, int]:
    rows = await db.execute(
        select(tickets.c.offered_to, func.count())
        .where(tickets.c.community_id == community, LISTED, OFFERED)
        .group_by(tickets.c.offered_to)
    )
    return {row[0]: row[1] for row in rows}
