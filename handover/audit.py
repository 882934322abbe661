"""The audit log: every reading of a conversation and every change, by whom and when.

Never a citizen's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.tables import audit

SAME_READING = timedelta(minutes=5)
"""A page that refreshes itself is one reading, not one a second."""


class Action(StrEnum):
    """What was done. Values are kept for years."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    READ = "conversation_read"
    FILE_READ = "file_read"
    TAKEN = "taken"
    REPLIED = "replied"
    NOTED = "noted"
    TRANSFERRED = "transferred"
    RETURNED = "returned_to_queue"
    HANDED_BACK = "handed_back"
    RESOLVED = "resolved"
    DANGER_CARD = "danger_card"
    CHANNEL_SWITCHED = "channel_switched"
    CHANNEL_CONNECTED = "channel_connected"
    EXPIRED = "expired"
    PAUSE_BEGAN = "pause_began"
    PAUSE_ENDED = "pause_ended"
    HOURS_CHANGED = "hours_changed"
    CALL_FILED = "call_filed"
    CALL_BOOKED = "call_booked"
    CALL_TAKEN = "call_taken"
    CALL_RETURNED = "call_returned"
    CALL_MADE = "call_made"


async def record(
    db: AsyncConnection,
    *,
    community: str,
    account_id: str | None,
    action: Action,
    subject: str | None,
    now: datetime,
    facts: Mapping[str, str | int] | None = None,
) -> None:
    """Add one line; `subject` is a conversation's or file's id, a channel's name, or None."""
    await db.execute(
        insert(audit).values(
            community_id=community,
            account_id=account_id,
            action=action.value,
            subject=subject,
            facts=dict(facts or {}),
            at=now,
        )
    )


async def record_reading(
    db: AsyncConnection,
    *,
    community: str,
    account_id: str,
    subject: str,
    now: datetime,
    action: Action = Action.READ,
) -> None:
    """Add a reading unless this person's last one of the same thing is less than five minutes old."""
    same = await db.execute(
        select(audit.c.id)
        .where(
            audit.c.community_id == community,
            audit.c.subject == subject,
            audit.c.account_id == account_id,
            audit.c.action == action.value,
            audit.c.at > now - SAME_READING,
        )
        .limit(1)
    )
    if same.first() is None:
        await record(db, community=community, account_id=account_id, action=action, subject=subject, now=now)
