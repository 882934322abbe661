"""What the desk tells whoever is booked through a channel: moved, cancelled, no reception. Connection first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.messages import InternalEvent
from handover.appointments.reminders import facts_of
from handover.appointments.visits import Visit

News = Literal["visit_moved", "visit_cancelled", "visit_stopped"]
"""Moved by the desk, cancelled by it, or still booked when nobody will receive: another time is to be chosen."""


async def tell(db: AsyncConnection, news: News, found: Sequence[Visit], now: datetime) -> list[Visit]:
    """Tell everybody of these who has a conversation; returns those who were told. The others have to be rung up."""
    told = []
    # Rows of conversations in the order of their ids, as everybody takes them.
    for visit in sorted(found, key=lambda one: one.conversation_id or ""):
        if visit.conversation_id is not None:
            event = InternalEvent(name=news, facts={"visit": facts_of(visit)}, at=now)
            await inbox.tell(db, visit.conversation_id, event)
            told.append(visit)
    return told
