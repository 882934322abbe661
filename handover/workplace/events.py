"""What changed, as server-sent events: the page hears a name and fetches what it shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import anyio
from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from conversations.typing import typing_in
from handover.accounts import sessions
from handover.accounts.sessions import NoSession
from handover.assignment import presence
from handover.workplace.guard import COOKIE, Guard, Visitor
from handover.workplace.house import WorkplaceHouse
from handover.workplace.reading import admitted
from handover.workplace.wire import News, Wire

SESSION_CHECK = timedelta(seconds=20)
PING_SECONDS = 15
FAREWELL = 2.0
"""Seconds a stream gets to end by itself when the server stops."""


async def listening(
    wire: Wire,
    house: WorkplaceHouse,
    visitor: Visitor,
    token: str,
    conversation: str | None,
    closing: anyio.Event,
    *,
    after: int | None = None,
    check_every: timedelta = SESSION_CHECK,
) -> AsyncIterator[ServerSentEvent]:
    """`hello` with what was missed since number `after`, then `queue` as happenings come, `conversation` beside it
    where the open one is among them, `typing` while its person types, and `signed-out` at the end.

    Each carries the number of its newest happening as its id: whoever comes back with the last id that was seen misses
    nothing and hears nothing twice. The session is looked at again every `check_every`: a revoked one stops hearing.
    `closing` is set when the server stops: the stream then ends by itself, and the page comes back.
    """
    topic = f"conversation:{conversation}"
    async with (
        wire.listen(visitor.account.community, after) as (missed, ear),
        house.signals.subscribe(*([topic] if conversation else [])) as hints,
        aclosing(typing_in(house.signals, conversation or "")) as typing,
    ):
        yield _event("hello", missed)
        news = asyncio.ensure_future(ear.next())
        hint = asyncio.ensure_future(anext(hints))
        typed = asyncio.ensure_future(anext(typing))
        closed = asyncio.ensure_future(closing.wait())
        loop = asyncio.get_running_loop()
        check_at = loop.time() + check_every.total_seconds()
        try:
            while True:
                done, _ = await asyncio.wait(
                    {news, hint, typed, closed},
                    timeout=max(check_at - loop.time(), 0),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if closed in done:
                    return
                if loop.time() >= check_at:
                    if not await _signed_in(house, token):
                        yield ServerSentEvent(event="signed-out", data="")
                        return
                    await presence.heard(house.database, visitor.account.id, house.clock())
                    check_at = loop.time() + check_every.total_seconds()
                told: News | None = None
                if news in done:
                    told = news.result()
                    news = asyncio.ensure_future(ear.next())
                    yield _event("queue", told)
                if typed in done:
                    typed = asyncio.ensure_future(anext(typing))
                    yield ServerSentEvent(event="typing", data="", id=str(ear.heard))
                about_open = told is not None and (told.whole or conversation in told.conversations)
                if hint in done:
                    # Deliveries and files coming are told by hints alone.
                    hint = asyncio.ensure_future(anext(hints))
                    about_open = True
                if conversation and about_open:
                    yield ServerSentEvent(event="conversation", data="", id=str(ear.heard))
        finally:
            for waiting in (news, hint, typed, closed):
                waiting.cancel()
            await asyncio.gather(news, hint, typed, closed, return_exceptions=True)


def _event(name: str, told: News) -> ServerSentEvent:
    facts = {"after": told.after, "count": told.count, "whole": told.whole}
    return ServerSentEvent(event=name, data=json.dumps(facts), id=str(told.newest))


def last_seen(request: Request) -> int | None:
    """The last number the page has seen: the browser says it when it comes back, the page when it begins anew."""
    said = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    return int(said) if said.isdecimal() and len(said) < 19 else None


async def _signed_in(house: WorkplaceHouse, token: str) -> bool:
    try:
        async with house.database.read() as db:
            await sessions.current(db, token, house.clock())
    except NoSession:
        return False
    return True


def add_events(router: APIRouter, guard: Guard) -> None:
    """/workplace/events?conversation=...&after=..."""
    wire = Wire(guard.house)

    @router.get("/workplace/events")
    async def listen(request: Request) -> Response:
        visitor = await guard.visitor(request)
        conversation = request.query_params.get("conversation") or None
        if conversation is not None:
            async with guard.house.database.read() as db:
                await admitted(db, visitor.account, conversation)
        closing, token = anyio.Event(), request.cookies.get(COOKIE, "")
        return EventSourceResponse(
            listening(wire, guard.house, visitor, token, conversation, closing, after=last_seen(request)),
            ping=PING_SECONDS,
            shutdown_event=closing,
            shutdown_grace_period=FAREWELL,
            headers={"X-Accel-Buffering": "no"},
        )
