"""What a turn asks of the house besides words: tickets, ratings, erasure. One transaction with the words themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.turn import (
    AnswerSamePerson,
    CancelTicket,
    Effect,
    EraseStored,
    NoteUnanswered,
    OpenTicket,
    RaiseDanger,
    RateTicket,
    StopFollowing,
    Turn,
    WaitForTime,
    WaitNoLonger,
)
from bots.turns import visits
from bots.turns.runtime import Runtime
from conversations import erasure, inbox, transcript
from conversations.inbox import Claimed
from conversations.messages import IncomingMessage, InternalEvent
from handover import happenings
from handover.applications import follows
from handover.appointments import booking, waiting_list
from handover.assignment import offering
from handover.calendars import calendars
from handover.calendars.hours import working_from
from handover.calls import calls
from handover.calls.when import due
from handover.contacts import same_person
from handover.registers import checks
from handover.tickets import tickets, wording
from knowledge_base.answers import Office
from knowledge_base.understanding.impersonal import impersonal
from knowledge_base.understanding.secrets import mask

FAILURE = "failure"
"""The internal event on which the engine says that something of ours went wrong."""


async def erase(db: AsyncConnection, claimed: Claimed, turn: Turn, now: datetime) -> list[str]:
    """Erase what a turn asks to erase, before its words are said: the word that it is done must stay.

    Returns the content hashes of files that nobody refers to any more; they are dropped once this is kept.
    """
    orphans: list[str] = []
    for effect in turn.effects:
        if isinstance(effect, EraseStored):
            erased = await erasure.erase(db, claimed.id, effect.scope, now)
            orphans.extend(erased.orphans)
            if effect.scope == "all":
                await tickets.cancel(db, claimed.id, now)
                await tickets.erase(db, claimed.id, now)
                await calls.erase(db, claimed.id, now)
                await booking.erase(db, claimed.id, now)
                await waiting_list.erase(db, claimed.id)
                await follows.erase(db, claimed.id)
                await checks.erase(db, claimed.id)
    return orphans


def notes(claimed: Claimed, turn: Turn, now: datetime) -> list[tickets.Unanswered]:
    """What a turn leaves for the editor; kept for a whole batch at once."""
    return [
        tickets.Unanswered(
            claimed.ref.community,
            claimed.id,
            impersonal(effect.question),
            effect.ranked,
            now,
            effect.reason,
            effect.chosen,
        )
        for effect in turn.effects
        if isinstance(effect, NoteUnanswered)
    ]


async def apply(
    db: AsyncConnection, runtime: Runtime, claimed: Claimed, turn: Turn, reception: Office, now: datetime
) -> None:
    """Do everything else a turn asks for. `reception` is the office whose hours a call is promised in."""
    for effect in turn.effects:
        await _apply(db, runtime, claimed, effect, turn, now)
        if isinstance(effect, OpenTicket) and effect.reason == "call_back" and effect.phone:
            await _promise_call(db, claimed, effect, reception, now)


async def _promise_call(
    db: AsyncConnection, claimed: Claimed, effect: OpenTicket, reception: Office, now: datetime
) -> None:
    """The person asks for a call: it becomes a task with a time."""
    ticket = (await tickets.open_of(db, [claimed.id]))[claimed.id]
    calendar = await calendars.current(db, claimed.ref.community, reception, now)
    otherwise = effect.promised_at or working_from(calendar, now)
    at = due(effect.call_at or "", calendar, now, otherwise)
    await calls.promise(
        db, ticket, effect.phone or "", at, effect.call_at or "", wording.moment(at, now), now
    )


async def _apply(
    db: AsyncConnection, runtime: Runtime, claimed: Claimed, effect: Effect, turn: Turn, now: datetime
) -> None:
    community = claimed.ref.community
    match effect:
        case OpenTicket():
            opened = await tickets.open_ticket(
                db,
                community=community,
                conversation_id=claimed.id,
                number=effect.number,
                reason=effect.reason,
                question=effect.question,
                now=now,
                promised_at=effect.promised_at,
                topic=effect.topic or turn.topic,
                danger=effect.danger.value if effect.danger else None,
                phone=effect.phone,
                call_at=effect.call_at,
                told=effect.told,
                office=effect.office,
            )
            known = runtime.minds[community].knowledge.life_events
            concerned = [one.id for one in known if opened.topic in one.entries]
            await offering.place(db, opened, concerned, runtime.policy, now)
        case CancelTicket():
            await tickets.cancel(db, claimed.id, now)
        case RaiseDanger():
            await tickets.raise_danger(db, claimed.id, effect.danger.value, now)
        case RateTicket():
            await tickets.rate(db, claimed.id, effect.number, value=effect.value, comment=effect.comment)
        case AnswerSamePerson():
            await same_person.answer(db, community, claimed.id, effect.question, effect.yes, now)
        case WaitForTime():
            await visits.wait(db, claimed, effect, now)
        case WaitNoLonger():
            await waiting_list.leave(db, community, claimed.id)
        case StopFollowing(key):
            await follows.stop(db, claimed.id, key)
        case EraseStored() | NoteUnanswered():
            pass  # the one was done before the words, the other is done for all at once


async def call_after_failure(db: AsyncConnection, runtime: Runtime, claimed: Claimed) -> None:
    """Our own code failed on a person's words: a specialist gets them, since nobody else will answer.

    The engine is asked to say so, but not when it was this very word that failed: it would fail for ever.
    """
    now = runtime.clock()
    for _, event in claimed.events:
        if isinstance(event, IncomingMessage):
            masked, _ = mask(event.text)
            await transcript.hear(db, claimed.id, event.model_copy(update={"text": masked}), now)
    if not any(isinstance(event, InternalEvent) and event.name == FAILURE for _, event in claimed.events):
        await inbox.tell(db, claimed.id, InternalEvent(name=FAILURE, at=now))
    await tickets.open_ticket(
        db,
        community=claimed.ref.community,
        conversation_id=claimed.id,
        number=await tickets.next_number(db, claimed.ref.community, now),
        reason="failure",
        question="",
        now=now,
    )
    await happenings.happened(db, claimed.ref.community, [claimed.id], now)
