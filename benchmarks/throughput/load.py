"""The load: signed webhooks over connections that stay open, and how long each took until its answer was delivered.

One process: `python -m benchmarks.throughput.load` reads a `Plan` as JSON from standard input and prints an `Outcome`.
An answer is the next message that reaches the person at the stub (`stub.RECORD`). Everything is bounded: the number of
webhooks, of connections, of turns in hand, and the time.
"""

from __future__ import annotations

import asyncio
import json
import resource
import struct
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import httptools
import uvloop

from benchmarks.throughput.stub import RECORD
from benchmarks.throughput.vendors import VENDORS, Kind, webhooks

TICK = 0.002
"""Seconds between two looks at the clock where a rate is asked for."""

RETRY_AFTER = 1.0
TRIES = 3
"""For a webhook whose connection the server closed under it, as servers do with those that rested."""


@dataclass(frozen=True)
class Plan:
    """What to send. `window`: turns in hand at most; None: as fast as they are accepted. `rate`: webhooks a second.

    `feed`: the stub's socket, None where nobody answers. `patience`: seconds without any progress until the rest is
    given up; `seconds`: for all of it.
    """

    vendor: str
    kind: Kind
    port: int
    path: str
    feed: str | None
    first_person: int
    people: int
    turns: int
    first_number: int
    connections: int = 64
    window: int | None = None
    rate: float | None = None
    patience: float = 15.0
    seconds: float = 180.0


@dataclass
class Outcome:
    """What came of it. Times are seconds from the first webhook sent: the last 200, the last answer.

    `accept_ms`, `answer_ms`: from the moment a webhook was due. `refused`: 503, sent again when asked to; `faults`:
    any other status or a broken connection, by name; `more`: messages beyond the first of a turn. `cpu`: this process.
    """

    accepted: int = 0
    answered: int = 0
    more: int = 0
    refused: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    accepting: float = 0.0
    answering: float = 0.0
    accept_ms: dict[str, float] = field(default_factory=dict)
    answer_ms: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0


@dataclass
class Ready:
    """A webhook ready to go: who it is from and its bytes; `due` once it has been asked for."""

    person: int
    request: bytes
    due: float = 0.0
    tries: int = 0


class Load:
    """Sends what the plan says and keeps the times."""

    def __init__(self, plan: Plan, ready: Sequence[Ready]) -> None:
        self._plan = plan
        self._total = len(ready)
        self._ready = deque(ready)
        self._idle: deque[Wire] = deque()
        self._in_hand: dict[int, deque[float]] = {}
        self._handing = 0
        self._due = 0
        self._start = 0.0
        self._last_accepted = self._last_answered = 0.0
        self._progress = 0.0
        self._accept: list[float] = []
        self._answer: list[float] = []
        self._given_up = 0
        self._faults: Counter[str] = Counter()
        self._later = 0
        self._transports: set[asyncio.BaseTransport] = set()
        self._outcome = Outcome()
        self.closed = False

    async def run(self) -> Outcome:
        """Until everything is answered, or nothing moves any more."""
        loop, plan = asyncio.get_running_loop(), self._plan
        if plan.feed is not None:
            told, _ = await loop.create_unix_connection(lambda: Feed(self), plan.feed)
            self._transports.add(told)
        for _ in range(plan.connections):
            await loop.create_connection(lambda: Wire(self), "127.0.0.1", plan.port)
        used = _cpu()
        self._start = self._progress = time.monotonic()
        self._pump()
        while not self._done():
            await asyncio.sleep(TICK)
            now = time.monotonic()
            if now - self._progress > plan.patience or now - self._start > plan.seconds:
                break
            if plan.rate is not None:
                self._pump()
        outcome = self._outcome
        outcome.cpu = _cpu() - used
        await self._close()
        outcome.accepting = max(self._last_accepted - self._start, 0.0)
        outcome.answering = max(self._last_answered - self._start, 0.0)
        outcome.accept_ms, outcome.answer_ms = quantiles(self._accept), quantiles(self._answer)
        outcome.faults = dict(self._faults)
        return outcome

    def opened(self, transport: asyncio.BaseTransport) -> None:
        """A connection to be closed at the end; one that was on its way at the end is closed at once."""
        self._transports.add(transport)
        if self.closed:
            transport.close()

    def joined(self, wire: Wire) -> None:
        """A connection is free."""
        self._idle.append(wire)
        self._pump()

    def left(self, wire: Wire, transport: asyncio.BaseTransport, ready: Ready | None) -> None:
        """A connection ended, perhaps under a webhook: another one takes its place."""
        self._transports.discard(transport)
        if wire in self._idle:
            self._idle.remove(wire)
        if ready is not None:
            ready.tries += 1
            if ready.tries < TRIES:
                self._again(ready)
            else:
                self._give_up(ready, "connection closed")
        if not self.closed:
            task = asyncio.ensure_future(
                asyncio.get_running_loop().create_connection(lambda: Wire(self), "127.0.0.1", self._plan.port)
            )
            task.add_done_callback(self._reconnected)

    def told(self, ready: Ready, status: int) -> None:
        """What the bot answered to a webhook."""
        now = self._progress = time.monotonic()
        if 200 <= status < 300:
            self._outcome.accepted += 1
            self._last_accepted = now
            self._accept.append(now - ready.due)
        elif status == 503:
            self._outcome.refused += 1
            self._later += 1
            asyncio.get_running_loop().call_later(RETRY_AFTER, self._retry, ready)
        else:
            self._give_up(ready, str(status))

    def arrived(self, person: int, at: float) -> None:
        """A message reached a person at the stub."""
        waiting = self._in_hand.get(person)
        if not waiting:
            self._outcome.more += 1
            return
        self._answer.append(at - waiting.popleft())
        self._handing -= 1
        self._outcome.answered += 1
        self._last_answered = max(self._last_answered, at)
        self._progress = time.monotonic()
        if self._plan.rate is None:
            self._pump()

    def _pump(self) -> None:
        plan = self._plan
        if not self._start:
            return
        now = time.monotonic()
        due = self._total if plan.rate is None else min(self._total, int((now - self._start) * plan.rate) + 1)
        while self._idle and self._ready:
            ready = self._ready[0]
            if not ready.due:
                if self._due >= due or (plan.window is not None and self._handing >= plan.window):
                    return
                ready.due = now if plan.rate is None else self._start + self._due / plan.rate
                self._due += 1
                if plan.feed is not None:
                    self._in_hand.setdefault(ready.person, deque()).append(ready.due)
                    self._handing += 1
            self._ready.popleft()
            self._idle.popleft().send(ready)

    def _retry(self, ready: Ready) -> None:
        self._later -= 1
        self._again(ready)

    def _again(self, ready: Ready) -> None:
        self._ready.appendleft(ready)
        self._pump()

    def _give_up(self, ready: Ready, name: str) -> None:
        self._faults[name] += 1
        self._given_up += 1
        waiting = self._in_hand.get(ready.person)
        if waiting and ready.due in waiting:
            waiting.remove(ready.due)
            self._handing -= 1

    async def _close(self) -> None:
        self.closed = True
        for transport in self._transports:
            transport.close()
        # A transport closes in the next round of the loop.
        await asyncio.sleep(TICK)

    def _reconnected(self, task: asyncio.Future[Any]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._faults["no connection"] += 1

    def _done(self) -> bool:
        settled = self._outcome.accepted + self._given_up >= self._total
        return settled and self._handing == 0 and self._later == 0


class Wire(asyncio.Protocol):
    """One connection to the bot: a webhook at a time."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._ready: Ready | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, and have its methods all the same.
        self._transport = cast(asyncio.Transport, transport)
        self._load.opened(transport)
        self._load.joined(self)

    def send(self, ready: Ready) -> None:
        """Only where nothing is on its way."""
        assert self._transport is not None
        self._ready = ready
        self._transport.write(ready.request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        ready, self._ready = self._ready, None
        assert ready is not None
        assert self._transport is not None
        self._load.told(ready, self._parser.get_status_code())
        if self._parser.should_keep_alive():
            self._load.joined(self)
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        assert self._transport is not None
        ready, self._ready = self._ready, None
        self._load.left(self, self._transport, ready)


class Feed(asyncio.Protocol):
    """What the stub tells of arrivals."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        told = self._rest + data
        whole = len(told) - len(told) % RECORD.size
        self._rest = told[whole:]
        for person, at in struct.iter_unpack(RECORD.format, told[:whole]):
            self._load.arrived(person, at)


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """`p50`, `p99` and `max` in milliseconds, nearest rank; empty for nothing."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    last = len(ordered) - 1
    ranks = {"p50": ordered[round(last * 0.5)], "p99": ordered[round(last * 0.99)], "max": ordered[-1]}
    return {name: round(value * 1000, 2) for name, value in ranks.items()}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """A plan in, an outcome out."""
    plan = Plan(**json.load(sys.stdin))
    people = range(plan.first_person, plan.first_person + plan.people)
    ready = [
        Ready(one.person, one.request(plan.path))
        for one in webhooks(VENDORS[plan.vendor], plan.kind, people, plan.turns, plan.first_number)
    ]
    print(json.dumps(asdict(uvloop.run(Load(plan, ready).run()))))


if __name__ == "__main__":
    main()
