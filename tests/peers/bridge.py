"""Stands between our channel and an emulator of Telegram, and adds what those of others lack.

They have neither the secret header nor a way to an address that begins with https://, and do nothing with a method in
the answer to an update. All else passes as it is.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
HOOK = "/hook"


@dataclass
class Bridge:
    """`vendor` is the emulator's address, `door` ours, `proves` whether the secret header is added.

    `calls` are the methods of our channel's and the status each got, `answered` those in its answers to updates.
    """

    vendor: str
    session: aiohttp.ClientSession
    door: str = ""
    base: str = ""
    proves: bool = True
    calls: list[tuple[str, int]] = field(default_factory=list)
    answered: list[tuple[str, int]] = field(default_factory=list)
    _path: str = ""
    _secret: str = ""
    _token: str = ""

    @property
    def hook(self) -> str:
        """Where the emulator is told to call."""
        return self.base + HOOK

    async def pass_on(self, request: web.Request) -> web.Response:
        """A call of our channel's, to the emulator."""
        body = await request.read()
        method = request.path.rpartition("/")[2]
        if method == "setWebhook":
            asked = json.loads(body)
            self._path, self._secret = urlsplit(asked["url"]).path, asked["secret_token"]
            self._token = request.path.split("/")[1].removeprefix("bot")
            body = json.dumps({**asked, "url": self.hook}).encode()
        kind = request.headers.get("Content-Type", "application/octet-stream")
        status, told = await self._asked(request.method, request.path, body, kind)
        self.calls.append((method, status))
        return web.Response(status=status, body=told)

    async def bring(self, request: web.Request) -> web.Response:
        """An update, to our door; what the answer asks for is called, as Telegram does."""
        headers = {"Content-Type": "application/json"}
        if self.proves:
            headers[SECRET_HEADER] = self._secret
        body = await request.read()
        async with self.session.post(self.door + self._path, data=body, headers=headers) as answer:
            told, status = await answer.read(), answer.status
        if told:
            asked = json.loads(told)
            method = asked.pop("method")
            path = f"/bot{self._token}/{method}"
            called, _ = await self._asked("POST", path, json.dumps(asked).encode(), "application/json")
            self.answered.append((method, called))
        return web.Response(status=status)

    async def _asked(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        headers = {"Content-Type": kind}
        async with self.session.request(method, self.vendor + path, data=body, headers=headers) as answer:
            return answer.status, await answer.read()


@contextlib.asynccontextmanager
async def bridged(vendor: str) -> AsyncIterator[Bridge]:
    """A bridge on 127.0.0.1; its `door` is still to be named."""
    async with aiohttp.ClientSession() as session:
        bridge = Bridge(vendor, session)
        app = web.Application()
        app.router.add_post(HOOK, bridge.bring)
        app.router.add_route("*", "/{path:.*}", bridge.pass_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        bridge.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield bridge
        finally:
            await runner.cleanup()
