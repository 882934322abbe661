"""Think: claim conversations with unread events, ask the engine about each event in order, keep all that follows.

No network here. What texts mean is computed for the whole batch in a thread, before the transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.engine import respond
from bots.dialogue.state import dump_state, load_state
from bots.dialogue.turn import (
    EraseStored,
    Heard,
    Lookup,
    QueueView,
    State,
    StoredView,
    TicketView,
    Turn,
    View,
)
from bots.turns import albums, effects, told
from bots.turns.faults import described
from bots.turns.minds import Mind, words_of
from bots.turns.runtime import DELIVER, FETCH, THINK, Runtime, conversation_topic, queue_topic
from conversations import erasure, inbox, ownership, remote_files, switches, transcript
from conversations.database import is_away
from conversations.inbox import Claimed, LeaseLost
from conversations.messages import (
    Author,
    AuthorKind,
    ColleagueMessage,
    DeliveryReceipt,
    IncomingMessage,
    OutgoingMessage,
    ReachChange,
)
from conversations.ownership import StaleEpoch
from handover.tickets import queue, reach, tickets
from knowledge_base.understanding.meaning import Meaning

log = logging.getLogger(__name__)

BATCH = 100
"""Conversations claimed at once; larger batches gain little and hold locks longer."""

BOT = Author(kind=AuthorKind.BOT)

Readings = Mapping[int, Meaning]


@dataclass
class Aftermath:
    """Whom to wake once the transaction is kept, and files nobody refers to any more."""

    topics: set[str] = field(default_factory=set)
    orphans: list[str] = field(default_factory=list)


async def think(runtime: Runtime) -> int:
    """One batch. Returns how many conversations were thought about; 0 means there is nothing to do.

    Raises when the database is away: the leases run out and everything is claimed again.
    """
    async with runtime.database.write() as db:
        batch = await inbox.claim(
            db,
            runtime.worker,
            runtime.clock(),
            limit=BATCH,
            communities=runtime.minds.communities,
            channels=runtime.channels.keys(),
        )
    if not batch:
        return 0
    try:
        await _keep(runtime, batch, await _read(runtime, batch))
    except Exception as fault:
        if is_away(fault):
            raise
        log.error(
            "a batch of %d conversations failed, each is tried by itself: %s", len(batch), described(fault)
        )
        for one in batch:
            await _keep_or_set_aside(runtime, one)
    return len(batch)


async def _read(runtime: Runtime, batch: Sequence[Claimed]) -> Readings:
    """What the texts of a batch mean, by inbox row, one call to each community's understanding."""
    by_community: dict[str, list[tuple[int, str]]] = {}
    for claimed in batch:
        for row_id, event in claimed.events:
            if (words := words_of(event)) is not None:
                by_community.setdefault(claimed.ref.community, []).append((row_id, words))
    readings: dict[int, Meaning] = {}
    for community, asked in by_community.items():
        understanding = runtime.minds[community].understanding
        meanings = await asyncio.to_thread(understanding.read, [text for _, text in asked])
        readings.update(zip((row_id for row_id, _ in asked), meanings, strict=True))
    return readings


async def _keep(runtime: Runtime, batch: Iterable[Claimed], readings: Readings) -> None:
    aftermath = Aftermath()
    async with runtime.database.write() as db:
        for claimed in sorted(batch, key=lambda one: one.id):
            await _converse(db, runtime, claimed, readings, aftermath)
    for content_hash in aftermath.orphans:
        await runtime.store.drop(content_hash)
    for topic in aftermath.topics:
        await runtime.signals.publish(topic)


async def _keep_or_set_aside(runtime: Runtime, claimed: Claimed) -> None:
    """The conversation alone, then its first event alone: the rest is claimed again.

    An event that fails even so is kept out of the way and a person has to look.
    """
    try:
        await _keep(runtime, [claimed], await _read(runtime, [claimed]))
    except LeaseLost:
        log.warning("another worker has a conversation by now")
    except Exception as fault:
        if is_away(fault):
            raise
        if len(claimed.events) > 1:
            await _keep_or_set_aside(runtime, replace(claimed, events=claimed.events[:1]))
            return
        log.error("an event of a conversation is set aside: %s", described(fault))
        async with runtime.database.write() as db:
            for row_id, _ in claimed.events:
                await inbox.set_aside(db, row_id, type(fault).__name__, runtime.clock())
            await inbox.finish(db, claimed, runtime.worker, (), None, runtime.clock())
            await effects.call_after_failure(db, runtime, claimed)
        await runtime.signals.publish(THINK)
        await runtime.signals.publish(queue_topic(claimed.ref.community))


async def _converse(
    db: AsyncConnection, runtime: Runtime, claimed: Claimed, readings: Readings, aftermath: Aftermath
) -> None:
    """All waiting events of one conversation, in order."""
    mind = runtime.minds[claimed.ref.community]
    state = load_state(claimed.state)
    switched = await switches.people_only(db, claimed.ref.community, claimed.ref.channel)
    for row_id, event in albums.joined(claimed.events):
        now = runtime.clock()
        if isinstance(event, DeliveryReceipt | ReachChange | ColleagueMessage):
            await told.keep(db, claimed, event, now)
            aftermath.topics.add(queue_topic(claimed.ref.community))
            continue
        heard = Heard(event, readings.get(row_id))
        if isinstance(event, IncomingMessage):
            await _hear(db, claimed, event, heard.meaning, now)
            if event.remote_files:
                aftermath.topics.add(FETCH)
        state = await _turn(db, runtime, claimed, mind, state, heard, now, aftermath, people_only=switched)
    await inbox.finish(
        db,
        claimed,
        runtime.worker,
        [row_id for row_id, _ in claimed.events],
        dump_state(state),
        runtime.clock(),
    )
    aftermath.topics |= {conversation_topic(claimed.id), DELIVER}


async def _hear(
    db: AsyncConnection, claimed: Claimed, event: IncomingMessage, meaning: Meaning | None, now: datetime
) -> None:
    """The citizen's line, with the files that are still to be fetched; the person is reachable again."""
    position = await transcript.hear(db, claimed.id, _without_secrets(event, meaning), now)
    await remote_files.remember(
        db,
        claimed.id,
        claimed.ref.community,
        claimed.ref.channel,
        position,
        event.event_key,
        event.remote_files,
        now,
    )
    await reach.reached(db, claimed.id)


def _without_secrets(message: IncomingMessage, meaning: Meaning | None) -> IncomingMessage:
    """A card number or a code is never kept: the transcript gets the masked text."""
    if meaning is None or meaning.secret is None:
        return message
    return message.model_copy(update={"text": meaning.masked})


async def _turn(
    db: AsyncConnection,
    runtime: Runtime,
    claimed: Claimed,
    mind: Mind,
    state: State,
    heard: Heard,
    now: datetime,
    aftermath: Aftermath,
    *,
    people_only: bool,
) -> State:
    """One event: the engine's turn under the present owner, said and applied. A stale epoch is thought about again."""
    while True:
        owner, epoch = await ownership.current(db, claimed.id)
        open_tickets = await tickets.open_of(db, [claimed.id])
        view = View(
            owner=owner.kind,
            ticket=await _ticket_view(db, claimed, open_tickets),
            people_only=people_only,
            closes_at=_closes_at(runtime, claimed, heard, now),
        )
        turn = await _respond(db, runtime, claimed, mind, state, heard, view, now)
        if any(isinstance(effect, EraseStored) for effect in turn.effects):
            aftermath.orphans += await effects.erase(db, claimed, turn, now)
            _, epoch = await ownership.current(db, claimed.id)
        try:
            await _say(db, runtime, claimed, turn, epoch, now, pressed_in=_pressed_in(heard))
        except StaleEpoch:
            continue
        await effects.apply(db, claimed, turn, now)
        if turn.effects or view.ticket is not None:
            aftermath.topics.add(queue_topic(claimed.ref.community))
        return turn.state


def _closes_at(runtime: Runtime, claimed: Claimed, heard: Heard, now: datetime) -> datetime | None:
    """Until when a specialist can answer what was just said; None without a window."""
    heard_at = now if isinstance(heard.event, IncomingMessage) else None
    return runtime.channels[claimed.ref.channel].capabilities.closes_at(heard_at, AuthorKind.SPECIALIST)


def _pressed_in(heard: Heard) -> str | None:
    return heard.event.pressed_in if isinstance(heard.event, IncomingMessage) else None


async def _ticket_view(
    db: AsyncConnection, claimed: Claimed, open_tickets: Mapping[str, tickets.Ticket]
) -> TicketView | None:
    ticket = open_tickets.get(claimed.id)
    if ticket is None:
        return None
    if ticket.status == "taken":
        return TicketView(ticket.number, "taken", 0, ticket.promised_at)
    ahead = await queue.places(db, claimed.ref.community, [ticket.id])
    return TicketView(ticket.number, "waiting", ahead.get(ticket.id, 0), ticket.promised_at)


async def _respond(
    db: AsyncConnection,
    runtime: Runtime,
    claimed: Claimed,
    mind: Mind,
    state: State,
    heard: Heard,
    view: View,
    now: datetime,
) -> Turn:
    """Ask the engine, fetching what it wants to see, until it has a turn."""
    outcome = respond(state, heard, mind.knowledge, view, now)
    while isinstance(outcome, Lookup):
        if outcome is Lookup.QUEUE:
            view = replace(view, queue=await _queue_view(db, runtime, claimed, mind, now))
        else:
            view = replace(view, stored=await _stored_view(db, claimed))
        outcome = respond(state, heard, mind.knowledge, view, now)
    return outcome


async def _queue_view(
    db: AsyncConnection, runtime: Runtime, claimed: Claimed, mind: Mind, now: datetime
) -> QueueView:
    community = claimed.ref.community
    reception = mind.knowledge.community.reception
    seen = await queue.numbers(db, community, reception, runtime.answer_minutes, now)
    return QueueView(
        number=await tickets.next_number(db, community, now),
        ahead=seen.ahead,
        open_now=seen.open_now,
        promised_at=seen.promised_at,
        wait_minutes=seen.wait_minutes,
        opens_at=seen.opens_at,
    )


async def _stored_view(db: AsyncConnection, claimed: Claimed) -> StoredView:
    kept = await erasure.stored(db, claimed.id)
    return StoredView(kept.messages, kept.files, await tickets.stored(db, claimed.id), kept.since)


async def _say(
    db: AsyncConnection,
    runtime: Runtime,
    claimed: Claimed,
    turn: Turn,
    epoch: int,
    now: datetime,
    *,
    pressed_in: str | None,
) -> None:
    channel = runtime.channels[claimed.ref.channel]
    for reply in turn.replies:
        renewed = pressed_in if reply.renews and channel.capabilities.edits else None
        payloads = channel.render(
            OutgoingMessage(ref=claimed.ref, reply=reply, author=BOT, instead_of=renewed)
        )
        await transcript.say(
            db,
            claimed.id,
            BOT,
            reply,
            now,
            epoch=epoch,
            payloads=payloads,
            topic=turn.topic,
            knowledge_version=turn.knowledge_version,
        )
