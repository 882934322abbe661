"""What the engine asks to see before it answers, fetched from the house: one case for each Lookup."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.turn import (
    AboutApplications,
    BookVisit,
    ChangeVisit,
    FindApplication,
    FollowedApplications,
    FreeTimes,
    Lookup,
    MoveVisit,
    QueueView,
    SamePersonView,
    SeeApplication,
    StoredView,
    View,
    VisitDeed,
)
from bots.turns import registers, visits
from bots.turns.runtime import Runtime
from conversations import erasure
from conversations.inbox import Claimed
from handover.contacts import same_person
from handover.tickets import queue, tickets
from knowledge_base.answers import Knowledge


async def see(
    db: AsyncConnection,
    runtime: Runtime,
    claimed: Claimed,
    knowledge: Knowledge,
    view: View,
    wanted: Lookup | AboutApplications | FreeTimes | VisitDeed,
    now: datetime,
) -> View:
    """The view with what was wanted in it, seen or done. Asked for again, it is fetched again."""
    match wanted:
        case Lookup.QUEUE:
            return replace(view, queue=await _queue_view(db, runtime, claimed, knowledge, now))
        case Lookup.SAME_PERSON:
            return replace(view, same_person=await _same_person_view(db, claimed.id, now))
        case Lookup.BUSY:
            return replace(view, busy=await runtime.halls.see(db, knowledge, runtime.answer_minutes, now))
        case Lookup.STORED:
            return replace(view, stored=await _stored_view(db, claimed))
        case Lookup.VISITS:
            return replace(view, visits=await visits.own(db, claimed, knowledge, now))
        case FreeTimes():
            return replace(view, times=await visits.free(db, claimed, knowledge, wanted, now))
        case BookVisit() | MoveVisit() | ChangeVisit():
            return replace(view, deed=await visits.do(db, claimed, knowledge, wanted, now))
        case FindApplication() | SeeApplication() | FollowedApplications():
            key, community = runtime.registers.key, claimed.ref.community
            seen = await registers.look(db, key, community, claimed.id, wanted, now)
            return replace(view, applications=seen)


async def _queue_view(
    db: AsyncConnection, runtime: Runtime, claimed: Claimed, knowledge: Knowledge, now: datetime
) -> QueueView:
    community = claimed.ref.community
    reception = knowledge.community.reception
    seen = await queue.numbers(db, community, reception, runtime.answer_minutes, now)
    return QueueView(
        number=await tickets.next_number(db, community, now),
        ahead=seen.ahead,
        open_now=seen.open_now,
        promised_at=seen.promised_at,
        wait_minutes=seen.wait_minutes,
        opens_at=seen.opens_at,
        pause=seen.pause,
    )


async def _same_person_view(db: AsyncConnection, conversation_id: str, now: datetime) -> SamePersonView:
    asked = await same_person.newest(db, conversation_id)
    if asked is None:
        return SamePersonView()
    if asked.state == "confirmed":
        return SamePersonView(asked.id, asked.code, "joined")
    if not asked.open_at(now):
        return SamePersonView(asked.id, asked.code)
    here, there = asked.said(conversation_id), asked.said(asked.other(conversation_id))
    return SamePersonView(asked.id, asked.code, "waits" if here else "other" if there else "open")


async def _stored_view(db: AsyncConnection, claimed: Claimed) -> StoredView:
    kept = await erasure.stored(db, claimed.id)
    return StoredView(kept.messages, kept.files, await tickets.stored(db, claimed.id), kept.since)
