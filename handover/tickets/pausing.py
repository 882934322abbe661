"""A pause of the whole desk: promises stop running, whoever waits is told once, and its end moves what was promised.

Connection first; each function is one piece of one transaction of the caller.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.messages import InternalEvent
from handover import audit
from handover.accounts.accounts import Account
from handover.audit import Action
from handover.calendars import calendars, pauses
from handover.calendars.hours import is_open
from handover.calendars.pauses import Kind, PauseRecord
from handover.tables import tickets
from handover.tickets import promises
from knowledge_base.answers import Office


async def begin(
    db: AsyncConnection,
    community: str,
    reception: Office,
    kind: Kind,
    reason: str,
    lasts: timedelta,
    by: Account,
    now: datetime,
) -> PauseRecord | None:
    """Stop the clock; everybody who waits for an answer is told, unless nobody works anyway.

    None: it is stopped already.
    """
    before = await calendars.current(db, community, reception, now)
    begun = await pauses.begin(db, community, kind, reason, lasts, by, now)
    if begun is None:
        return None
    if is_open(before, now):
        waiting = select(tickets.c.conversation_id).where(
            tickets.c.community_id == community,
            tickets.c.status.in_(("waiting", "taken")),
            tickets.c.answered_at.is_(None),
        )
        await inbox.tell_all(db, waiting, InternalEvent(name="pause_began", facts={"kind": kind}, at=now))
    after = replace(before, pauses=(*before.pauses, begun.stretch))
    await promises.move(db, community, before, after, now)
    await audit.record(
        db,
        community=community,
        account_id=by.id,
        action=Action.PAUSE_BEGAN,
        subject=begun.id,
        now=now,
        facts={"kind": kind},
    )
    return begun


async def end(
    db: AsyncConnection, community: str, reception: Office, by: Account | None, now: datetime
) -> PauseRecord | None:
    """Let the clock run again; without `by`, where the pause has ended by itself. None: somebody was quicker.

    Nobody is told: the people who wait know of the pause, and their answer comes.
    """
    ended = await pauses.end(db, community, by, now)
    if ended is None:
        return None
    after = await calendars.current(db, community, reception, now)
    others = tuple(pause for pause in after.pauses if pause.begins != ended.began_at)
    before = replace(after, pauses=(*others, replace(ended.stretch, ends=ended.until)))
    await promises.move(db, community, before, after, ended.began_at)
    await audit.record(
        db,
        community=community,
        account_id=ended.ended_by,
        action=Action.PAUSE_ENDED,
        subject=ended.id,
        now=now,
        facts={"kind": ended.kind},
    )
    return ended
