"""Think: claim conversations with unread events, ask the engine about each event in order, keep all that follows.

No network here. What texts mean is computed for the whole batch in a thread, before the transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.application_ear import conceals
from bots.dialogue.buttons import label_everywhere
from bots.dialogue.engine import respond
from bots.dialogue.state import dump_state, load_state
from bots.dialogue.turn import (
    BookVisit,
    ChangeVisit,
    EraseStored,
    Heard,
    Lookup,
    MoveVisit,
    State,
    TicketView,
    Turn,
    View,
)
from bots.turns import albums, effects, lookups, sheets, told
from bots.turns.faults import described
from bots.turns.minds import Mind, words_of
from bots.turns.runtime import Runtime
from bots.turns.telling import about
from bots.turns.topics import FETCH, THINK, conversation_topic, deliver_topic, queue_topic
from conversations import inbox, outbox, remote_files, switches, transcript
from conversations.database import is_away
from conversations.drafts import Draft, hold, needs_label, write
from conversations.inbox import Claimed, LeaseLost
from conversations.messages import (
    Author,
    AuthorKind,
    ColleagueMessage,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    OutgoingMessage,
    ReachChange,
)
from handover import happenings
from handover.applications import register
from handover.composing import kept_replies
from handover.composing.kept_replies import Kept
from handover.tickets import leading, queue, reach, tickets, wording
from handover.tickets.tickets import Ticket
from knowledge_base.understanding.meaning import Meaning

log = logging.getLogger(__name__)

BATCH = 100
"""Conversations claimed at once; larger batches gain little and hold locks longer."""

BOT = Author(kind=AuthorKind.BOT)

Readings = Mapping[int, Meaning]


@dataclass
class Aftermath:
    """What follows for the whole batch: events that are done, receipts, people who were heard, consultations that
    `changed` by community; then, once it is kept, whom to wake and files nobody refers to any more.

    With `unmade` nothing is kept: these files come first.
    """

    done: list[int] = field(default_factory=list)
    states: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    receipts: list[tuple[str, DeliveryReceipt]] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    unanswered: list[tickets.Unanswered] = field(default_factory=list)
    decided: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: dict[str, set[str]] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    orphans: list[str] = field(default_factory=list)
    unmade: list[sheets.Wanted] = field(default_factory=list)


class _FilesFirst(Exception):
    """The transaction is taken back: files have to be made before it, outside it."""


@dataclass
class Scene:
    """One conversation of the batch: what was claimed, what is written about it, and what the engine may see."""

    claimed: Claimed
    mind: Mind
    draft: Draft
    ticket: TicketView | None
    asleep: Ticket | None
    people_only: bool
    has_applications: bool
    kept: Sequence[Kept] = ()


async def think(runtime: Runtime) -> int:
    """One batch. Returns how many conversations were thought about; 0 means there is nothing to do.

    Raises when the database is away: the leases run out and everything is claimed again.
    """
    watch = _Watch(runtime)
    async with runtime.database.write() as db:
        batch = await inbox.claim(
            db,
            runtime.worker,
            runtime.clock(),
            limit=BATCH,
            communities=runtime.minds.communities,
            channels=runtime.channels.keys(),
            share=runtime.presence.share,
        )
    if not batch:
        return 0
    watch.passed("claim")
    try:
        readings = await _read(runtime, batch)
        watch.passed("read")
        await _keep(runtime, batch, readings, watch)
        runtime.measures.batch("think", sum(len(one.events) for one in batch), watch.total)
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
    """What the texts of a batch mean, by inbox row: remembered, else one call to each community's understanding."""
    by_community: dict[str, list[tuple[int, str]]] = {}
    for claimed in batch:
        for row_id, event in claimed.events:
            if (words := words_of(event)) is not None:
                by_community.setdefault(claimed.ref.community, []).append((row_id, words))
    readings: dict[int, Meaning] = {}
    for community, asked in by_community.items():
        mind = runtime.minds[community]
        known = {text: meaning for _, text in asked if (meaning := mind.remembered.recall(text)) is not None}
        unread = list(dict.fromkeys(text for _, text in asked if text not in known))
        runtime.measures.understood("cached", len(asked) - len(unread))
        if unread:
            for text, meaning in zip(
                unread, await asyncio.to_thread(mind.understanding.read, unread), strict=True
            ):
                known[text] = meaning
                mind.remembered.keep(text, meaning)
            runtime.measures.understood("words", len(unread))
        readings.update((row_id, known[text]) for row_id, text in asked)
    return readings


class _Watch:
    """Where the time of a batch goes."""

    def __init__(self, runtime: Runtime) -> None:
        self._measures = runtime.measures
        self._began = self._last = perf_counter()

    def passed(self, stage: str) -> None:
        """A stage has ended."""
        now = perf_counter()
        self._measures.stage("think", stage, now - self._last)
        self._last = now

    @property
    def total(self) -> float:
        """Seconds since the beginning."""
        return perf_counter() - self._began


async def _keep(runtime: Runtime, batch: Sequence[Claimed], readings: Readings, watch: _Watch) -> None:
    """One load, the engine, one transaction for everything that follows.

    Where a turn wants a file that is not made yet, the transaction is taken back, the files are made, and the same is
    done once more: the engine is pure, so it says the same.
    """
    made: sheets.Made = {}
    while True:
        after = Aftermath()
        try:
            await _keep_at_once(runtime, batch, readings, watch, made, after)
            break
        except _FilesFirst:
            made |= await sheets.make(runtime, after.unmade)
            watch.passed("print")
    for content_hash in after.orphans:
        await runtime.store.drop(content_hash)
    await runtime.signals.publish(*after.topics)
    watch.passed("tell")
    for (channel, decision), count in after.decided.items():
        runtime.measures.decided(channel, decision, count)


async def _keep_at_once(
    runtime: Runtime,
    batch: Sequence[Claimed],
    readings: Readings,
    watch: _Watch,
    made: sheets.Made,
    after: Aftermath,
) -> None:
    """The transaction. Raises _FilesFirst where it was taken back for `after.unmade`."""
    async with runtime.database.write() as db:
        scenes = await _scenes(db, runtime, batch)
        watch.passed("load")
        for scene in scenes:
            with about(
                community=scene.claimed.ref.community,
                channel=scene.claimed.ref.channel,
                conversation=scene.claimed.id,
            ):
                await _converse(db, runtime, scene, readings, made, after)
            await asyncio.sleep(0)  # requests are answered meanwhile
        watch.passed("respond")
        if after.unmade:
            raise _FilesFirst
        await write(db, [scene.draft for scene in scenes])
        now = runtime.clock()
        await tickets.note_unanswered(db, after.unanswered)
        await outbox.record_receipts(db, after.receipts)
        await reach.reached(db, after.heard)
        for community, changed in after.changed.items():
            await happenings.happened(db, community, changed, now)
            after.topics.add(queue_topic(community))
        await inbox.finish_all(db, after.states, after.done, now)
    watch.passed("write")


async def _scenes(db: AsyncConnection, runtime: Runtime, batch: Sequence[Claimed]) -> list[Scene]:
    """The conversations of the batch, held to the end of the transaction. One whose lease is lost is left out."""
    drafts = await hold(db, [one.id for one in batch])
    held = [one for one in batch if one.id in drafts and drafts[one.id].is_leased(one, runtime.worker)]
    if len(held) < len(batch):
        log.warning("another worker has %d conversations by now", len(batch) - len(held))
    seen, asleep = await _tickets(db, held)
    kept = await kept_replies.waiting_in(db, [one.id for one in held])
    minds = {
        community: await runtime.hours.over(db, runtime.minds[community], runtime.clock())
        for community in {one.ref.community for one in held}
    }
    switched = {
        place: await switches.people_only(db, *place)
        for place in {(one.ref.community, one.ref.channel) for one in held}
    }
    with_applications = await register.any_known(db, minds)
    return [
        Scene(
            claimed=one,
            mind=minds[one.ref.community],
            draft=drafts[one.id],
            ticket=seen.get(one.id),
            asleep=asleep.get(one.id),
            people_only=switched[one.ref.community, one.ref.channel],
            has_applications=one.ref.community in with_applications,
            kept=kept.get(one.id, ()),
        )
        for one in held
    ]


async def _keep_or_set_aside(runtime: Runtime, claimed: Claimed) -> None:
    """The conversation alone, then its first event alone: the rest is claimed again.

    An event that fails even so is kept out of the way and a person has to look.
    """
    try:
        await _keep(runtime, [claimed], await _read(runtime, [claimed]), _Watch(runtime))
    except Exception as fault:
        if is_away(fault):
            raise
        if len(claimed.events) > 1:
            await _keep_or_set_aside(runtime, replace(claimed, events=claimed.events[:1]))
            return
        with about(conversation=claimed.id, channel=claimed.ref.channel, turn=claimed.events[0][0]):
            log.error("an event of a conversation is set aside: %s", described(fault))
        runtime.measures.set_aside(claimed.ref.channel)
        try:
            async with runtime.database.write() as db:
                for row_id, _ in claimed.events:
                    await inbox.set_aside(db, row_id, type(fault).__name__, runtime.clock())
                await inbox.finish(db, claimed, runtime.worker, (), None, runtime.clock())
                await effects.call_after_failure(db, runtime, claimed)
        except LeaseLost:
            log.warning("another worker has a conversation by now")
            return
        await runtime.signals.publish(THINK, queue_topic(claimed.ref.community))


async def _converse(
    db: AsyncConnection,
    runtime: Runtime,
    scene: Scene,
    readings: Readings,
    made: sheets.Made,
    after: Aftermath,
) -> None:
    """All waiting events of one conversation, in order."""
    claimed = scene.claimed
    state = load_state(claimed.state)
    for row_id, event in albums.joined(claimed.events):
        now = runtime.clock()
        if isinstance(event, DeliveryReceipt) and event.state is not DeliveryState.FAILED:
            after.receipts.append((claimed.id, event))
        elif isinstance(event, DeliveryReceipt | ReachChange | ColleagueMessage):
            await _settle(db, scene, after)
            await told.keep(db, claimed, event, now)
            await _look_again(db, scene)
            after.changed.setdefault(claimed.ref.community, set()).add(claimed.id)
        else:
            heard = Heard(event, readings.get(row_id))
            if isinstance(event, IncomingMessage):
                await _hear(db, scene, state, event, heard.meaning, now, after)
                # What was kept for this moment comes first, but not before a hotline.
                if heard.meaning is None or heard.meaning.danger is None:
                    await _release(db, runtime, scene, now, after)
            with about(turn=row_id):
                state = await _turn(db, runtime, scene, state, heard, now, made, after)
            if isinstance(event, IncomingMessage):
                await _release(db, runtime, scene, now, after)
    after.done += [row_id for row_id, _ in claimed.events]
    after.states[claimed.id] = dump_state(state)
    after.topics |= {conversation_topic(claimed.id), deliver_topic(claimed.ref.channel)}


async def _settle(db: AsyncConnection, scene: Scene, after: Aftermath) -> None:
    """Write what was gathered for one conversation: what comes now reads it, or has to stand after it."""
    await write(db, [scene.draft])
    await tickets.note_unanswered(db, after.unanswered)
    after.unanswered.clear()
    if scene.draft.id in after.heard:
        after.heard.discard(scene.draft.id)
        await reach.reached(db, [scene.draft.id])


async def _look_again(db: AsyncConnection, scene: Scene) -> None:
    """Somebody wrote past the draft: take it up where the conversation stands now."""
    scene.draft = (await hold(db, [scene.draft.id]))[scene.draft.id]
    seen, asleep = await _tickets(db, [scene.claimed])
    scene.ticket, scene.asleep = seen.get(scene.draft.id), asleep.get(scene.draft.id)


async def _hear(
    db: AsyncConnection,
    scene: Scene,
    state: State,
    event: IncomingMessage,
    meaning: Meaning | None,
    now: datetime,
    after: Aftermath,
) -> None:
    """The citizen's line, with the files that are still to be fetched; the person is reachable again."""
    label = None
    if needs_label(event):
        label = next((one.label for one in state.offered if one.id == event.choice_id), None)
        label = label or label_everywhere(event.choice_id or "")
        if label is None:
            await _settle(db, scene, after)
            label = await transcript.label(db, scene.draft.id, event.choice_id)
    position = scene.draft.hear(_without_secrets(event, meaning, state), now, label)
    after.heard.add(scene.draft.id)
    if scene.asleep is not None:
        await _settle(db, scene, after)
        await leading.woken(db, scene.asleep, wording.woken_by_words(now), now)
        await _look_again(db, scene)
        after.topics.add(queue_topic(scene.draft.ref.community))
    if event.remote_files:
        await remote_files.remember(
            db,
            scene.draft.id,
            scene.draft.ref.community,
            scene.draft.ref.channel,
            position,
            event.event_key,
            event.remote_files,
            now,
        )
        after.topics.add(FETCH)


async def _release(
    db: AsyncConnection, runtime: Runtime, scene: Scene, now: datetime, after: Aftermath
) -> None:
    """A specialist's words that waited until the person writes."""
    if not scene.kept:
        return
    channel = runtime.channels[scene.draft.ref.channel]
    await kept_replies.release(db, scene.draft, scene.kept, channel.render, now)
    scene.kept = ()
    after.changed.setdefault(scene.claimed.ref.community, set()).add(scene.claimed.id)


def _without_secrets(message: IncomingMessage, meaning: Meaning | None, state: State) -> IncomingMessage:
    """A card number or a code is never kept: the transcript gets the masked text."""
    text = message.text if meaning is None or meaning.secret is None else meaning.masked
    text = conceals(state, text)
    return message if text == message.text else message.model_copy(update={"text": text})


async def _turn(
    db: AsyncConnection,
    runtime: Runtime,
    scene: Scene,
    state: State,
    heard: Heard,
    now: datetime,
    made: sheets.Made,
    after: Aftermath,
) -> State:
    """One event: the engine's turn, said and applied. The row is held, so nobody takes over in between."""
    claimed = scene.claimed
    view = View(
        owner=scene.draft.owner.kind,
        ticket=scene.ticket,
        people_only=scene.people_only,
        closes_at=_closes_at(runtime, claimed, heard, now),
        carries_files=sheets.carries(runtime, claimed.ref.channel),
        writes_until=_writes_until(runtime, claimed, now),
        has_applications=scene.has_applications,
        checked=runtime.registers.checked,
    )
    turn = await _respond(db, runtime, scene, state, heard, view, now, after)
    if turn.sheet is not None:
        wanted = sheets.Wanted(claimed.ref.channel, turn.sheet)
        if wanted not in made:
            after.unmade.append(wanted)
        elif file := made[wanted]:
            turn = sheets.with_file(turn, file)
        else:
            view = replace(view, carries_files=False)
            turn = await _respond(db, runtime, scene, state, heard, view, now, after)
    if any(isinstance(effect, EraseStored) for effect in turn.effects):
        await _settle(db, scene, after)
        after.orphans += await effects.erase(db, claimed, turn, now)
        await _look_again(db, scene)
    _say(runtime, scene.draft, turn, now, pressed_in=_pressed_in(heard))
    after.decided[claimed.ref.channel, turn.kind.value] += 1
    log.debug("a turn: %s with %d replies and %d effects", turn.kind, len(turn.replies), len(turn.effects))
    if turn.effects or scene.ticket is not None:
        after.changed.setdefault(claimed.ref.community, set()).add(claimed.id)
    notes = effects.notes(claimed, turn, now)
    after.unanswered += notes
    if len(turn.effects) > len(notes):
        await _settle(db, scene, after)
        reception = scene.mind.knowledge.community.reception
        await effects.apply(db, runtime, claimed, turn, reception, now)
        await _look_again(db, scene)
    return turn.state


def _closes_at(runtime: Runtime, claimed: Claimed, heard: Heard, now: datetime) -> datetime | None:
    """Until when a specialist can answer what was just said; None without a window."""
    heard_at = now if isinstance(heard.event, IncomingMessage) else None
    return runtime.channels[claimed.ref.channel].capabilities.closes_at(heard_at, AuthorKind.SPECIALIST)


def _writes_until(runtime: Runtime, claimed: Claimed, now: datetime) -> datetime | None:
    """Until when the bot may write here first, if the person writes no more; None without a window."""
    return runtime.channels[claimed.ref.channel].capabilities.closes_at(now, AuthorKind.BOT)


def _pressed_in(heard: Heard) -> str | None:
    return heard.event.pressed_in if isinstance(heard.event, IncomingMessage) else None


async def _tickets(
    db: AsyncConnection, batch: Sequence[Claimed]
) -> tuple[dict[str, TicketView], dict[str, Ticket]]:
    """The open tickets of these conversations as the engine sees them, and those that are put off.

    A query and one more a community.
    """
    found = await tickets.open_of(db, [one.id for one in batch])
    waiting: dict[str, list[str]] = {}
    for ticket in found.values():
        if ticket.status == "waiting":
            waiting.setdefault(ticket.community, []).append(ticket.id)
    ahead: dict[str, int] = {}
    for community, ticket_ids in waiting.items():
        ahead |= await queue.places(db, community, ticket_ids)
    views = {
        conversation_id: TicketView(
            ticket.number,
            "taken" if ticket.status == "taken" else "waiting",
            ahead.get(ticket.id, 0),
            ticket.promised_at,
        )
        for conversation_id, ticket in found.items()
    }
    return views, {key: ticket for key, ticket in found.items() if ticket.snoozed_until is not None}


async def _respond(
    db: AsyncConnection,
    runtime: Runtime,
    scene: Scene,
    state: State,
    heard: Heard,
    view: View,
    now: datetime,
    after: Aftermath,
) -> Turn:
    """Ask the engine, fetching what it wants to see, until it has a turn."""
    knowledge = scene.mind.knowledge
    outcome = respond(state, heard, knowledge, view, now)
    while not isinstance(outcome, Turn):
        if outcome is Lookup.STORED:
            await _settle(db, scene, after)
        if isinstance(outcome, BookVisit | MoveVisit | ChangeVisit):
            after.changed.setdefault(scene.claimed.ref.community, set()).add(scene.claimed.id)
        view = await lookups.see(db, runtime, scene.claimed, knowledge, view, outcome, now)
        outcome = respond(state, heard, knowledge, view, now)
    return outcome


def _say(runtime: Runtime, draft: Draft, turn: Turn, now: datetime, *, pressed_in: str | None) -> None:
    channel = runtime.channels[draft.ref.channel]
    for reply in turn.replies:
        renewed = pressed_in if reply.renews and channel.capabilities.edits else None
        payloads = channel.render(OutgoingMessage(ref=draft.ref, reply=reply, author=BOT, instead_of=renewed))
        draft.say(
            BOT,
            reply,
            now,
            payloads=payloads,
            topic=turn.topic,
            knowledge_version=turn.knowledge_version,
            turn=turn.kind.value,
        )
