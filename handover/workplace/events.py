"""What changed, as server-sent events: the page hears a name and fetches what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from handover.accounts import sessions
from handover.accounts.sessions import NoSession
from handover.workplace.guard import COOKIE, Guard, Visitor
from handover.workplace.house import WorkplaceHouse
from handover.workplace.reading import admitted

SESSION_CHECK = timedelta(seconds=20)
PING_SECONDS = 15


async def happenings(
    house: WorkplaceHouse,
    visitor: Visitor,
    token: str,
    conversation: str | None,
    check_every: timedelta = SESSION_CHECK,
) -> AsyncIterator[ServerSentEvent]:
    """`hello` once everything is subscribed, then `queue` and `conversation` as they change, `signed-out` at
    the end.

    The session is looked at again every `check_every`: a revoked one stops hearing.
    """
    queue = f"queue:{visitor.account.community}"
    topics = [queue] if conversation is None else [queue, f"conversation:{conversation}"]
    async with house.signals.subscribe(*topics) as signals:
        yield ServerSentEvent(event="hello", data="")
        upcoming = asyncio.ensure_future(anext(signals))
        loop = asyncio.get_running_loop()
        check_at = loop.time() + check_every.total_seconds()
        try:
            while True:
                done, _ = await asyncio.wait({upcoming}, timeout=max(check_at - loop.time(), 0))
                if loop.time() >= check_at:
                    if not await _signed_in(house, token):
                        yield ServerSentEvent(event="signed-out", data="")
                        return
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
            await asyncio.gather(upcoming, return_exceptions=True)


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
        return EventSourceResponse(
            happenings(guard.house, visitor, request.cookies.get(COOKIE, ""), conversation),
            ping=PING_SECONDS,
            headers={"X-Accel-Buffering": "no"},
        )
