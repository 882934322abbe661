"""The stub vendor: takes the sendings of all three messengers, behaves as badly as it is told to, and counts each."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum

from aiohttp import web

from benchmarks.faults.ledger import Fate, Sending
from benchmarks.faults.messengers import MESSENGERS, Messenger, Webhook

RETRY_AFTER = 2
"""Seconds."""

TOO_LATE = 17.0
"""Seconds until a late answer: after our own time-out of fifteen."""

FOR_EVER = 60.0

Repeat = Callable[[Webhook], Awaitable[None]]


class Mood(Enum):
    """What a vendor may do with a request."""

    WELL = "well"
    LIMITED = "429"
    BROKEN = "500"
    GARBAGE = "garbage"
    SILENT = "nothing"
    LATE = "late"
    CUT = "cut"


SURE_REFUSALS = (Mood.LIMITED, Mood.BROKEN)
UNTOLD = (Mood.GARBAGE, Mood.SILENT, Mood.CUT)


class Vendor:
    """A server on 127.0.0.1. `moods` are weights; `receipts` is how many times each receipt is sent to `post`."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._runner: web.AppRunner | None = None
        self._number = 0
        self._receipts: set[asyncio.Task[None]] = set()
        self.base = ""
        self.moods: Mapping[Mood, float] = {Mood.WELL: 1.0}
        self.receipts = 0
        self.post: Repeat | None = None
        self.sendings: dict[tuple[str, str], list[Sending]] = {}

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_post("/{channel}/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        for task in self._receipts:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settle(self) -> None:
        """Until every receipt has been taken in."""
        while self._receipts:
            await asyncio.wait(set(self._receipts))

    def be_well(self) -> None:
        """Answer everything as on a good day."""
        self.moods = {Mood.WELL: 1.0}

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        messenger = MESSENGERS[request.match_info["channel"]]
        body = await request.json()
        heard = messenger.heard(request.match_info["path"].rpartition("/")[2], body)
        if heard is None:
            return web.json_response({"ok": True, "result": True, "status": 0})
        mood = self._chance.choices(list(self.moods), list(self.moods.values()))[0]
        at = time.monotonic()
        fate = self._fate(mood)
        limit = at + RETRY_AFTER if mood is Mood.LIMITED else None
        self.sendings.setdefault((messenger.name, heard.address), []).append(
            Sending(heard.text, at, fate, limit)
        )
        self._number += 1
        external_id, taken = messenger.taken(self._number)
        if fate.shown:
            self._send_receipts(messenger, heard.address, external_id)
        match mood:
            case Mood.LIMITED:
                return _limited(messenger.name)
            case Mood.BROKEN:
                return web.json_response({"ok": False, "error_code": 500, "description": "oops"}, status=500)
            case Mood.GARBAGE:
                return web.Response(text="<html>hello</html>", content_type="text/html")
            case Mood.SILENT:
                await asyncio.sleep(FOR_EVER)
            case Mood.LATE:
                await asyncio.sleep(TOO_LATE)
            case Mood.CUT:
                if request.transport is not None:
                    request.transport.abort()
        return web.json_response(taken)

    def _fate(self, mood: Mood) -> Fate:
        if mood in SURE_REFUSALS:
            return Fate.REFUSED
        if mood in UNTOLD:
            return self._chance.choice((Fate.SHOWN_UNTOLD, Fate.DROPPED_UNTOLD))
        return Fate.SHOWN if mood is Mood.WELL else Fate.SHOWN_UNTOLD

    def _send_receipts(self, messenger: Messenger, address: str, external_id: str) -> None:
        if self.post is None:
            return
        for webhook in messenger.receipts(address, external_id):
            for _ in range(self.receipts):
                task = asyncio.create_task(self._told(webhook))
                self._receipts.add(task)
                task.add_done_callback(self._receipts.discard)

    async def _told(self, webhook: Webhook) -> None:
        assert self.post is not None
        await asyncio.sleep(self._chance.uniform(0.0, 0.5))
        await self.post(webhook)


def _limited(channel: str) -> web.Response:
    headers = {"Retry-After": str(RETRY_AFTER)}
    if channel == "telegram":
        parameters = {"retry_after": RETRY_AFTER}
        told = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": parameters}
        return web.json_response(told, status=429, headers=headers)
    return web.Response(status=429, headers=headers)
