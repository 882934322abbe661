"""How Meta calls a webhook: a handshake, signed batches, and repetitions until it is answered 200."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
from collections.abc import Callable, Coroutine, Mapping
from random import Random
from typing import Any

import aiohttp

from tests.emulators.messenger_rules import GraphError

RETRIES = (0.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 43_200.0, 57_600.0)
"""Seconds before each repetition: at once, then ever more seldom, over 36 hours in all."""

BATCH_AFTER = 1.0
LARGEST_BATCH = 1000
ANSWER_WITHIN = 5.0
"""Seconds, not hurried by `speed`: the vendor's patience with a webhook."""


class Webhooks:
    """What is on its way to one app. `app_secret` signs; `random` shuffles a batch, where there is one.

    Only what both the Page and the app are subscribed to is sent. `bodies` are those sent, `answers` the status of
    each try (0: none), `lost` what was given up.
    """

    def __init__(
        self,
        page_id: str,
        app_secret: str,
        reach: Mapping[str, str],
        speed: float,
        random: Random | None,
        now: Callable[[], int],
    ) -> None:
        self.url: str | None = None
        self.app_secret = app_secret
        self.page_fields: set[str] = set()
        self.app_fields: set[str] = set()
        self.bodies: list[bytes] = []
        self.answers: list[int] = []
        self.lost: list[bytes] = []
        self._page_id, self._reach, self._speed, self._random, self._now = page_id, reach, speed, random, now
        self._pending: list[tuple[str, dict[str, Any]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Be able to call."""
        self._client = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Drop what is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    async def settle(self) -> None:
        """Until everything on its way has arrived or has been given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self, name: str, item: dict[str, Any], *, standby: bool = False) -> None:
        """An item of a field; `standby`: another app has the thread."""
        wanted = {name, "standby"} if standby else {name}
        if self.url is None or not wanted <= self.page_fields & self.app_fields:
            return
        self._pending.append(("standby" if standby else "messaging", item))
        if len(self._pending) == 1:
            self._spawn(self._flush())

    async def deliver(self, body: bytes) -> int:
        """One post of a body, signed; the status it is answered with, 0 for none."""
        assert self._client is not None
        assert self.url is not None
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        for header, name in (("X-Hub-Signature", "sha1"), ("X-Hub-Signature-256", "sha256")):
            headers[header] = f"{name}={hmac.new(self.app_secret.encode(), body, name).hexdigest()}"
        patience = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        try:
            async with self._client.post(
                self._real(self.url), data=body, headers=headers, timeout=patience
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def shake_hands(self, address: str, verify_token: str) -> None:
        """Raises GraphError where the address does not answer its challenge."""
        assert self._client is not None
        challenge = str(secrets.randbelow(10**10))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        if not address.startswith("https://"):
            raise GraphError(2200, "callback_url must be https.")
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self._client.get(self._real(address), params=query) as answer:
                if answer.status == 200 and await answer.text() == challenge:
                    return
        raise GraphError(2200, "Callback verification failed.")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        await asyncio.sleep(BATCH_AFTER * self._speed)
        while self._pending:
            batch, self._pending = self._pending[:LARGEST_BATCH], self._pending[LARGEST_BATCH:]
            self._spawn(self._deliver_until_taken(self._body(batch)))

    async def _deliver_until_taken(self, body: bytes) -> None:
        self.bodies.append(body)
        for wait in (None, *RETRIES):
            if wait is not None:
                await asyncio.sleep(wait * self._speed)
            status = await self.deliver(body)
            self.answers.append(status)
            if status == 200:
                return
        self.lost.append(body)

    def _body(self, batch: list[tuple[str, dict[str, Any]]]) -> bytes:
        if self._random is not None:
            self._random.shuffle(batch)
        entries: list[dict[str, Any]] = []
        for place, item in batch:
            if not entries or place not in entries[-1]:
                entries.append({"id": self._page_id, "time": self._now(), place: []})
            entries[-1][place].append(item)
        # Escaped as the vendor escapes: what is signed is what is sent.
        return json.dumps({"object": "page", "entry": entries}).replace("/", "\\/").encode()

    def _real(self, address: str) -> str:
        for public, place in self._reach.items():
            if address.startswith(public):
                return place + address.removeprefix(public)
        return address
