"""Accept: what a channel brings is stored under its key, or refused, before anyone is told it arrived."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bots.turns.intake import Overloaded
from bots.turns.runtime import Runtime
from conversations import inbox
from conversations.channel import Acknowledgement, Channel, NotAuthentic, Request, UnreadableBody
from conversations.messages import ChannelEvent

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UnknownDoor(Exception):
    """No such community or channel here."""

    community: str
    channel: str


async def accept(runtime: Runtime, community: str, channel_name: str, request: Request) -> Acknowledgement:
    """Store the events of one request and return the channel's answer.

    Raises UnknownDoor (404), NotAuthentic (403), Overloaded (503) and whatever the database raises: the caller must
    then answer 5xx, since nothing was stored and the sender has to come again.
    """
    channel = runtime.channels.get(channel_name)
    if channel is None or community not in runtime.minds:
        raise UnknownDoor(community, channel_name)
    try:
        caller = channel.authenticate(request)
    except NotAuthentic as refusal:
        log.warning("refused a request to %s: %s", channel_name, refusal)
        runtime.measures.refused(channel_name, "signature")
        raise
    try:
        events = channel.parse(request.body, caller)
    except UnreadableBody as fault:
        return await _keep_raw(runtime, community, channel, request, str(fault))
    if events:
        await _store(runtime, channel_name, events)
        runtime.signs.show(events)
    return channel.acknowledge(request, events)


async def _store(runtime: Runtime, channel_name: str, events: Sequence[ChannelEvent]) -> None:
    try:
        await runtime.intake.store(
            runtime.database, runtime.signals, runtime.measures, events, runtime.clock()
        )
    except Overloaded:
        runtime.measures.refused(channel_name, "overload")
        raise
    except Exception:
        runtime.measures.refused(channel_name, "database")
        raise


async def _keep_raw(
    runtime: Runtime, community: str, channel: Channel, request: Request, reason: str
) -> Acknowledgement:
    """An authentic body nobody can read is kept and answered 200: refusing it would only bring it again."""
    log.error("kept an unreadable body of %s: %s", channel.name, reason)
    runtime.measures.refused(channel.name, "unreadable")
    async with runtime.database.write() as db:
        await inbox.keep_unreadable(db, community, channel.name, request.body, reason, runtime.clock())
    return channel.acknowledge(request, ())
