"""What changed, as server-sent events: the page hears a name and fetches what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from handover.accounts import sessions
from handover.accounts.sessions import NoSession
from handover.assignment import presence
from handover.workplace.guard import COOKIE, Guard, Visitor
from handover.workplace.house import WorkplaceHouse
from handover.workplace.reading import admitted

SESSION_CHECK = timedelta(seconds=20)
PING_SECONDS = 15
FAREWELL = 2.0
"""Seconds a stream gets to end by itself when the server stops."""


async def happenings(
    house: WorkplaceHouse,
    visitor: Visitor,
    token: str,
    conversation: str | None,
    closing: anyio.Event,
    check_every: timedelta = SESSION_CHECK,
) -> AsyncIterator[ServerSentEvent]:
    """`hello` once everything is subscribed, then `queue` and `conversation` as they change, `signed-out` at
    the end.

    The session is looked at again every `check_every`: a revoked one stops hearing. `closing` is set when the
    server stops: the stream then ends by itself, and the page comes back.
    """
    queue = f"queue:{visitor.account.community}"
    topics = [queue] if conversation is None else [queue, f"conversation:{conversation}"]
    async with house.signals.subscribe(*topics) as signals:
        yield ServerSentEvent(event="hello", data="")
        upcoming = asyncio.ensure_future(anext(signals))
        closed = asyncio.ensure_future(closing.wait())
        loop = asyncio.get_running_loop()
        check_at = loop.time() + check_every.total_seconds()
        try:
            while True:
                done, _ = await asyncio.wait(
                    {upcoming, closed},
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
                if not done:
                    continue
                topic = upcoming.result()
                yield ServerSentEvent(event="queue" if topic == queue else "conversation", data="")
                upcoming = asyncio.ensure_future(anext(signals))
        except StopAsyncIteration:
            return
        finally:
            upcoming.cancel()
            closed.cancel()
            await asyncio.gather(upcoming, closed, return_exceptions=True)


async def _signed_in(house: WorkplaceHouse, token: str) -> bool:
    try:
        async with house.database.read() as db:
            await sessions.current(db, token, house.clock())
    except NoSession:
        return False
    return True


def add_events(router: APIRouter, guard: Guard) -> None:
    """/workplace/events"""

    @router.get("/workplace/events")
    async def listen(request: Request) -> Response:
        visitor = await guard.visitor(request)
        conversation = request.query_params.get("conversation") or None
        if conversation is not None:
            async with guard.house.database.read() as db:
                await admitted(db, visitor.account, conversation)
        closing = anyio.Event()
        return EventSourceResponse(
            happenings(guard.house, visitor, request.cookies.get(COOKIE, ""), conversation, closing),
            ping=PING_SECONDS,
            shutdown_event=closing,
            shutdown_grace_period=FAREWELL,
            headers={"X-Accel-Buffering": "no"},
        )
