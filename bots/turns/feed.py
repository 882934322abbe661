"""The durable log as a live page reads it: every visible line once, in order, also after sleep and reconnect."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.texts import say
from bots.turns.runtime import Runtime
from bots.turns.topics import THINK, conversation_topic
from conversations import inbox, ownership, transcript
from conversations.channel import Feed, FeedLine
from conversations.messages import AuthorKind, ConversationRef, Reply
from conversations.transcript import Line
from handover.tickets import queue, tickets

VISIBLE = frozenset({AuthorKind.CITIZEN, AuthorKind.BOT, AuthorKind.SPECIALIST})
NOT_YET = "due"
NEVER = "withdrawn"
"""A line that is being sent can't be called back, so a page may show it; one that is only due still can."""

PAGE = 200
"""Lines of one answer; a page that was away longer asks again from the new cursor."""


def _is_shown(line: Line) -> bool:
    return line.author.kind in VISIBLE and not line.erased and line.delivery not in (NOT_YET, NEVER)


def _shown(line: Line) -> FeedLine:
    """The line as the person sees it: of one that was taken back only that it was."""
    reply = Reply(text=say("line-withdrawn")) if line.withdrawn_at is not None else line.reply
    return FeedLine(
        position=line.position,
        author=line.author,
        reply=reply,
        at=line.at,
        event_key=line.event_key,
    )


class LogFeed:
    """Implements `conversations.channel.FeedReader` over the log."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def after(self, ref: ConversationRef, cursor: int) -> Feed:
        """Visible lines after the cursor. The new cursor stops before the first line still on its way, so a page that
        comes back with it misses nothing; lines after that one may come again and are known by their position."""
        async with self._runtime.database.read() as db:
            conversation_id = await inbox.find(db, ref)
            if conversation_id is None:
                return Feed(lines=(), cursor=0, owner="bot")
            found = await transcript.lines(db, conversation_id, after=cursor, limit=PAGE)
            owner, _ = await ownership.current(db, conversation_id)
            ahead = await self._ahead(db, ref.community, conversation_id) if owner.kind == "queue" else None
            gone = await transcript.withdrawn(db, conversation_id)
        shown, settled = [], cursor
        waiting = False
        for line in found:
            waiting = waiting or line.delivery == NOT_YET
            if not waiting:
                settled = line.position
            if _is_shown(line):
                shown.append(_shown(line))
        older = tuple(_shown(line) for line in gone if line.position <= cursor and _is_shown(line))
        return Feed(tuple(shown), settled, owner.kind, owner.name, ahead, older)

    async def _ahead(self, db: AsyncConnection, community: str, conversation_id: str) -> int | None:
        ticket = (await tickets.open_of(db, [conversation_id])).get(conversation_id)
        if ticket is None:
            return None
        return (await queue.places(db, community, [ticket.id])).get(ticket.id)

    async def changes(self, ref: ConversationRef) -> AsyncIterator[None]:
        """Once at the start, then after each change. Before the first message there is no conversation to listen to."""
        conversation_id = await self._find(ref)
        if conversation_id is None:
            async with self._runtime.signals.subscribe(THINK) as arrivals:
                yield
                while (conversation_id := await self._find(ref)) is None:
                    await anext(arrivals)
        async with self._runtime.signals.subscribe(conversation_topic(conversation_id)) as changed:
            yield
            async for _ in changed:
                yield

    async def _find(self, ref: ConversationRef) -> str | None:
        async with self._runtime.database.read() as db:
            return await inbox.find(db, ref)
