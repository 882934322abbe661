"""How Telegram keeps updates and brings them: queues for webhooks, one list for getUpdates, life times, retries.

One queue a chat, and another for each person's button presses; a queue waits for its first update, the others go on.
After a failure once more at once, then after 2, 4, 8 … seconds up to a random 60 to 120; `Retry-After` counts for up
to an hour.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.emulators.telegram_rules import Refused

MESSAGE_LIFE = 86_400.0
CALLBACK_LIFE = 150.0
LONGEST_WAIT = 60.0
LONGEST_RETRY_AFTER = 3_600.0
SILENT_UNLESS_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
NEVER_IN_AN_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})


@dataclass
class Pending:
    """An update on its way. `waited` is the seconds its queue has waited for retries meanwhile."""

    update: Mapping[str, Any]
    kind: str
    queue: str
    born: float = field(default_factory=time.monotonic)
    waited: float = 0.0

    @property
    def number(self) -> int:
        return int(self.update["update_id"])

    @property
    def age(self) -> float:
        return time.monotonic() - self.born + self.waited

    @property
    def expired(self) -> bool:
        return self.age > (CALLBACK_LIFE if self.kind == "callback_query" else MESSAGE_LIFE)


@dataclass(frozen=True)
class Attempt:
    """One call of the webhook: what it answered (None: nothing), and the seconds waited after a failure."""

    update_id: int
    status: int | None
    wait: float | None = None


class Updates:
    """The updates of one bot. `perform` runs a method that came in a webhook's answer; `speed` shortens waits."""

    def __init__(self, perform: Callable[[str, dict[str, Any]], Awaitable[Any]], speed: float) -> None:
        self._perform = perform
        self._speed = speed
        self._next = random.randint(10_000_000, 900_000_000)
        self._allowed: frozenset[str] | None = None
        self._pending: list[Pending] = []
        self._queues: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._door = ""
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()
        self.failed = asyncio.Event()
        self._asking: asyncio.Event | None = None
        self.url = ""
        self.secret = ""
        self.attempts: list[Attempt] = []
        self.dropped: list[int] = []
        self.last_error: tuple[str, int] | None = None

    @property
    def waiting(self) -> int:
        return len(self._pending)

    async def stop(self) -> None:
        for task in self._queues.values():
            task.cancel()
        await asyncio.gather(*self._queues.values(), return_exceptions=True)
        self._queues.clear()
        if self._session is not None:
            await self._session.close()

    def set_webhook(self, url: str, door: str, secret: str, allowed: list[str] | None, *, drop: bool) -> None:
        """`door` is where the address really leads on this machine."""
        self.url, self._door, self.secret = url, door, secret
        if drop:
            self._keep(())
        self.allow(allowed)
        for pending in self._pending:
            self._serve(pending.queue)

    def allow(self, allowed: list[str] | None) -> None:
        """An absent list keeps the earlier one, an empty one allows all but the three silent kinds."""
        if allowed is not None:
            self._allowed = frozenset(allowed) or None

    def skip_a_week(self) -> None:
        """After a week without updates the next number is any; here a lower one."""
        self._next = random.randint(1_000, 9_000_000)

    def add(self, kind: str, content: Mapping[str, Any], queue: str) -> int | None:
        """A new update; None where the bot did not ask for this kind."""
        if kind in SILENT_UNLESS_ASKED if self._allowed is None else kind not in self._allowed:
            return None
        number, self._next = self._next, self._next + 1
        self._pending.append(Pending({"update_id": number, kind: content}, kind, queue))
        self._arrived.set()
        if self.url:
            self._serve(queue)
        return number

    def repeat(self, update: Mapping[str, Any]) -> None:
        """Bring an update once more, as after an answer that was lost."""
        kind = next(name for name in update if name != "update_id")
        pending = Pending(update, kind, f"again {update['update_id']}")
        self._pending.append(pending)
        self._arrived.set()
        if self.url:
            self._serve(pending.queue)

    async def settle(self, seconds: float = 20.0) -> None:
        """Wait until nothing is on its way. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self._pending:
                await self.left()

    async def left(self) -> None:
        """Wait until an update was taken or given up."""
        self._left.clear()
        await self._left.wait()

    async def ask(self, offset: int, limit: int, seconds: float) -> list[Mapping[str, Any]]:
        """getUpdates. A later question ends an earlier one. Raises Refused (409)."""
        if self.url:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if self._asking is not None:
            self._asking.set()
        ended = self._asking = asyncio.Event()
        if offset < 0:
            self._keep(self._pending[offset:])
        elif offset:
            self._keep([pending for pending in self._pending if pending.number >= offset])
        until = time.monotonic() + seconds * self._speed
        try:
            while not (found := self._alive()):
                left = until - time.monotonic()
                if left <= 0:
                    return []
                self._arrived.clear()
                await self._either(ended, left)
                if ended.is_set():
                    raise Refused(
                        409,
                        "Conflict: terminated by other getUpdates request; "
                        "make sure that only one bot instance is running",
                    )
            return [pending.update for pending in found[: min(max(limit, 1), 100)]]
        finally:
            if self._asking is ended:
                self._asking = None

    def _alive(self) -> list[Pending]:
        for pending in [pending for pending in self._pending if pending.expired]:
            self._drop(pending)
        return self._pending

    async def _either(self, ended: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(self._arrived.wait()), asyncio.ensure_future(ended.wait())]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _drop(self, pending: Pending) -> None:
        self._keep([other for other in self._pending if other is not pending])
        self.dropped.append(pending.number)

    def _keep(self, pending: Sequence[Pending]) -> None:
        self._pending = list(pending)
        self._left.set()

    def _serve(self, queue: str) -> None:
        task = self._queues.get(queue)
        if task is None or task.done():
            self._queues[queue] = asyncio.create_task(self._drain(queue))

    async def _drain(self, queue: str) -> None:
        failures = 0
        while self.url and (pending := self._first(queue)):
            if pending.expired:
                self._drop(pending)
                failures = 0
                continue
            status, retry_after = await self._call(pending)
            if status is not None and 200 <= status < 300:
                self._keep([other for other in self._pending if other is not pending])
                self.attempts.append(Attempt(pending.number, status))
                failures = 0
                continue
            wait = self._wait(failures, retry_after)
            failures += 1
            self.attempts.append(Attempt(pending.number, status, wait))
            self.last_error = (_complaint(status), int(time.time()))
            self.failed.set()
            for behind in [other for other in self._pending if other.queue == queue]:
                behind.waited += wait
            await asyncio.sleep(wait * self._speed)

    def _first(self, queue: str) -> Pending | None:
        return next((pending for pending in self._pending if pending.queue == queue), None)

    def _wait(self, failures: int, retry_after: float | None) -> float:
        if retry_after is not None:
            return min(retry_after, LONGEST_RETRY_AFTER)
        if failures == 0:
            return 0.0
        doubled = 2.0 ** min(failures, 10)
        return doubled if doubled <= LONGEST_WAIT else random.uniform(LONGEST_WAIT, 2 * LONGEST_WAIT)

    async def _call(self, pending: Pending) -> tuple[int | None, float | None]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        body = json.dumps(pending.update, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            async with self._session.post(
                self._door, data=body, headers=headers, allow_redirects=False
            ) as answer:
                said = await answer.read()
                after = answer.headers.get("Retry-After", "")
                if 200 <= answer.status < 300:
                    await self._obey(said)
                return answer.status, float(after) if after.isdigit() else None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None, None

    async def _obey(self, said: bytes) -> None:
        """Run the method an answer asks for; nobody learns what became of it."""
        try:
            asked = json.loads(said or b"{}")
        except ValueError:
            return
        method = asked.pop("method", None) if isinstance(asked, dict) else None
        if isinstance(method, str) and not _ignored(method.lower()):
            try:
                await self._perform(method, asked)
            except Refused:
                return


def _ignored(method: str) -> bool:
    return method in NEVER_IN_AN_ANSWER or method.startswith("get")


def _complaint(status: int | None) -> str:
    return "Connection refused" if status is None else f"Wrong response from the webhook: {status}"
