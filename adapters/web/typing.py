"""What the page tells while somebody types: passed on now and then, never stored, never waited for."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from adapters.web.channel import WebChannel
from adapters.web.visitors import require_own_page
from conversations.channel import NotAuthentic
from conversations.messages import ConversationRef

OFTEN = 2.0
"""Seconds between two words of one visitor that are passed on."""

MOST = 5000
"""Visitors who are remembered; beyond that the oldest are forgotten."""

Heard = Callable[[ConversationRef], Awaitable[None]]


class Typing:
    """Passes on that a visitor types, at most every two seconds each."""

    def __init__(
        self, channel: WebChannel, heard: Heard | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._channel = channel
        self._heard = heard
        self._clock = clock
        self._last: dict[str, float] = {}

    async def tell(self, request: Request) -> Response:
        """Answered at once, whatever becomes of it."""
        try:
            require_own_page(request.headers, self._channel.origin)
            address = self._channel.visitor(request.cookies)
        except NotAuthentic:
            return Response(status_code=403)
        if self._heard is None or not self._due(address):
            return Response(status_code=204)
        return Response(status_code=204, background=BackgroundTask(self._heard, self._channel.ref(address)))

    def _due(self, address: str) -> bool:
        now = self._clock()
        if now - self._last.get(address, now - OFTEN) < OFTEN:
            return False
        self._last.pop(address, None)
        if len(self._last) >= MOST:
            del self._last[next(iter(self._last))]
        self._last[address] = now
        return True
