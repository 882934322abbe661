"""Makes files of the sheets that turns ask for, between two transactions: nobody's row is held meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bots.dialogue.sheet import CalendarEntry, Sheet
from bots.dialogue.turn import Turn
from bots.turns.faults import described
from bots.turns.runtime import Runtime
from conversations.channel import LinksToChat
from conversations.messages import Attachment, AttachmentKind

log = logging.getLogger(__name__)

LINK_PATIENCE = 2.0
"""Seconds to learn the chat's address: the conversations of the batch are leased meanwhile, and a list does without."""


@dataclass(frozen=True)
class Wanted:
    """A sheet for somebody in a channel: the link on it leads back there."""

    channel: str
    sheet: Sheet | CalendarEntry


Made = dict[Wanted, Attachment | None]
"""The file of each sheet; None where it could not be made."""


def carries(runtime: Runtime, channel: str) -> bool:
    """Whether a channel can be given documents."""
    return AttachmentKind.DOCUMENT in runtime.channels[channel].capabilities.file_kinds


async def make(runtime: Runtime, wanted: Iterable[Wanted]) -> Made:
    """The files of these sheets, in the store. What fails is logged and None: the person gets the list in words."""
    return {one: await _make(runtime, one) for one in dict.fromkeys(wanted)}


def with_file(turn: Turn, file: Attachment) -> Turn:
    """The turn with its file beside its last reply."""
    *before, last = turn.replies
    return replace(turn, replies=(*before, last.model_copy(update={"attachments": (file,)})), sheet=None)


async def _make(runtime: Runtime, wanted: Wanted) -> Attachment | None:
    try:
        if isinstance(wanted.sheet, CalendarEntry):
            return await _calendar(runtime, wanted.sheet)
        return await _list(runtime, wanted, wanted.sheet)
    except Exception as fault:
        log.error("a list could not be made into a file: %s", described(fault))
        return None


async def _calendar(runtime: Runtime, entry: CalendarEntry) -> Attachment:
    from bots.printing.calendar_file import ENDING, render

    content = await asyncio.to_thread(render, entry)
    return await runtime.store.put(content, name=f"{entry.file_name}{ENDING}")


async def _list(runtime: Runtime, wanted: Wanted, sheet: Sheet) -> Attachment:
    # Loaded with the first list: whoever never prints one does not wait for it at the start.
    from bots.printing.page import ENDING, render

    link = await _link(runtime, wanted, sheet)
    content = await asyncio.to_thread(render, sheet, link)
    return await runtime.store.put(content, name=f"{sheet.file_name}{ENDING}")


async def _link(runtime: Runtime, wanted: Wanted, sheet: Sheet) -> str | None:
    """The chat's own address, else ours, else none."""
    channel = runtime.channels[wanted.channel]
    link = None
    if isinstance(channel, LinksToChat):
        try:
            async with asyncio.timeout(LINK_PATIENCE):
                link = await channel.chat_link(sheet.start)
        except TimeoutError:
            log.warning("channel %s did not tell its address in time", wanted.channel)
    return link or runtime.public_url or None
