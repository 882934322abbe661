"""The live side of the page: server-sent events out of a FeedReader, resumable from any cursor."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

import anyio
from sse_starlette.event import ServerSentEvent

from adapters.web.render import LinkOf, feed_json
from conversations.channel import Feed, FeedLine, FeedReader
from conversations.messages import ConversationRef

# At DEBUG the library writes every chunk into the log, that is, every citizen's words.
logging.getLogger("sse_starlette").setLevel(logging.INFO)

FAREWELL = 2.0
"""Seconds a stream gets to end by itself when the server stops."""

_CURSOR = re.compile(r"[0-9]{1,15}")


def cursor_from(*claims: str | None) -> int:
    """The first claim that is a position; 0, the start of the conversation, when none is."""
    for claim in claims:
        if claim and _CURSOR.fullmatch(claim):
            return int(claim)
    return 0


async def everything(feed: FeedReader, ref: ConversationRef, cursor: int) -> Feed:
    """All there is after the cursor, each line once, however many pages the reader gives it in."""
    lines: dict[int, FeedLine] = {}
    while True:
        page = await feed.after(ref, cursor)
        lines.update((line.position, line) for line in page.lines)
        if page.cursor <= cursor:
            return replace(page, lines=tuple(lines[position] for position in sorted(lines)))
        cursor = page.cursor


async def events(
    feed: FeedReader,
    ref: ConversationRef,
    cursor: int,
    link_of: LinkOf,
    heartbeat: float,
    closing: anyio.Event,
) -> AsyncGenerator[ServerSentEvent, None]:
    """Events `feed` (id = the cursor to resume from) at once and at each change, else `beat`; seconds.

    The log is read at each beat too, so a lost wake-up delays a line and never hides it. Ends when the server
    sets `closing`: a page that was cut off in the middle would report a fault, one that was let go comes back.
    """
    closed = asyncio.create_task(closing.wait())
    changes = feed.changes(ref)
    waiting: asyncio.Task[bool] | None = None
    told: tuple[object, ...] | None = None
    try:
        while True:
            waiting = waiting or asyncio.create_task(_changed(changes))
            done, _ = await asyncio.wait(
                {waiting, closed}, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED
            )
            if closed in done:
                return
            woken = waiting in done
            if woken:
                if not waiting.result():
                    return
                waiting = None
            new = await everything(feed, ref, cursor)
            head = _head(new)
            if new.lines or head != told:
                told, cursor = head, new.cursor
                yield ServerSentEvent(
                    event="feed",
                    id=str(cursor),
                    data=json.dumps(feed_json(new, link_of), ensure_ascii=False),
                )
            elif not woken:
                yield ServerSentEvent(event="beat", data="1")
    finally:
        left = {closed, waiting} if waiting else {closed}
        for task in left:
            task.cancel()
        await asyncio.wait(left)
        if isinstance(changes, AsyncGenerator):
            await changes.aclose()


def _head(feed: Feed) -> tuple[object, ...]:
    return feed.owner, feed.owner_name, feed.ahead, [line.position for line in feed.withdrawn]


async def _changed(changes: AsyncIterator[None]) -> bool:
    """True at the next change, False when there will be no more."""
    try:
        await anext(changes)
    except StopAsyncIteration:
        return False
    return True
