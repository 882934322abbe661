"""Long polling: what a webhook would bring, asked for. The next question confirms what has been stored."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates

from adapters.telegram.api import TelegramApi, send_error
from adapters.telegram.updates import HEARD
from conversations.channel import Acknowledgement, ChannelUnavailable, NotAuthentic, RateLimited, SendError

HELD_OPEN = 50
"""Seconds Telegram waits for something to tell."""

PATIENCE = HELD_OPEN + 15.0
ANSWER_PATIENCE = 10.0

PAUSE = 0.3
"""Seconds between two questions that brought nothing."""

Deliver = Callable[[bytes], Awaitable[Acknowledgement]]
"""Takes one update, as the body a webhook would get."""


class Poller:
    """Asks for updates and remembers how far it came, so that a fault in between repeats at most one batch."""

    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._offset: int | None = None
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self, deliver: Deliver) -> None:
        """For ever; whatever `deliver` raises comes out, and its update comes again. See Pulls for the errors."""
        try:
            while True:
                await self._round(deliver)
        finally:
            for answer in self._answers:
                answer.cancel()

    async def _round(self, deliver: Deliver) -> None:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        updates = await self._next()
        known = [update for update in updates if type(update.get("update_id")) is int]
        if updates and not known:
            raise ChannelUnavailable("the vendor gives updates without their numbers")
        if not updates:
            # A server that does not hold the question open must not be asked without a pause.
            await asyncio.sleep(max(0.0, PAUSE - (loop.time() - asked_at)))
            # All before is confirmed; after a quiet week the count begins anew, perhaps below the last number.
            self._offset = None
        for update in known:
            acknowledgement = await deliver(json.dumps(update).encode())
            self._offset = update["update_id"] + 1
            self._answer(acknowledgement)

    async def _next(self) -> list[dict[str, Any]]:
        question = GetUpdates(offset=self._offset, timeout=HELD_OPEN, allowed_updates=list(HEARD))
        try:
            told = await self._api.ask(question, PATIENCE)
        except TelegramConflictError as conflict:
            if "webhook" not in conflict.message:
                raise ChannelUnavailable("somebody else asks with the same token (409)") from None
            raise ChannelUnavailable(
                "a webhook is set for this token (409): set its public address here, "
                "or take it away with `pryimalnia channel connect telegram`"
            ) from None
        except TelegramAPIError as fault:
            raise refused(fault) from None
        if not isinstance(told, list):
            raise ChannelUnavailable("the vendor gives no list of updates")
        return [update for update in told if isinstance(update, dict)]

    def _answer(self, acknowledgement: Acknowledgement) -> None:
        """Call what a webhook's answer would have asked for; like there, nobody learns what became of it."""
        try:
            asked = json.loads(acknowledgement.body or b"{}")
        except ValueError:
            return
        if isinstance(asked, dict) and isinstance(asked.get("method"), str):
            task = asyncio.create_task(self._call(asked))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _call(self, asked: Mapping[str, Any]) -> None:
        fields = {name: value for name, value in asked.items() if name != "method"}
        with contextlib.suppress(TelegramAPIError, SendError):
            await self._api.call(asked["method"], fields, patience=ANSWER_PATIENCE)


def refused(fault: TelegramAPIError) -> SendError | NotAuthentic:
    """A refusal as pulling may raise it."""
    if isinstance(fault, TelegramUnauthorizedError | TelegramNotFound):
        return NotAuthentic("Telegram refuses the token")
    error = send_error(fault)
    return error if isinstance(error, RateLimited) else ChannelUnavailable(str(error))
