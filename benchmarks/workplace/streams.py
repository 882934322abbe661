"""Two hundred open pages: from a citizen's message to the row on the page, with every happening heard once. Usage:

    python -m benchmarks.workplace.streams [--streams 200] [--people 60] [--databases postgresql,sqlite]

Everything is real: a webhook, a worker, the event streams, and a page that fetches the queue when it hears of a change.
Beside it stands the floor: the same message until the answer is at the vendor's stub. Exit code 1 where a page missed
or repeated a number.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import aiohttp

from benchmarks.options import count, some_of
from benchmarks.throughput import servers
from benchmarks.throughput.faults import BenchFault
from benchmarks.throughput.servers import Bot
from benchmarks.throughput.vendors import VENDORS

DATABASES = ("postgresql", "sqlite")
LOGIN = "bench"
CALL = "оператор"
APART = 0.15
"""Seconds between two people on the average."""

PATIENCE = 60.0
TIRED = 0.02
"""The chance that a page's line breaks after an event; it comes back with the last number it has seen."""


@dataclass
class Listener:
    """One page's wire: the numbers it heard, and when it heard of each the first time."""

    seen: int | None = None
    told: int = 0
    gaps: int = 0
    doubles: int = 0
    comebacks: int = 0
    heard_at: dict[int, float] = field(default_factory=dict)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, newest: int, after: int, whole: bool) -> None:
        now = time.perf_counter()
        if whole and self.seen is not None:
            self.gaps += 1
        if self.seen is not None and not whole:
            self.gaps += max(after - self.seen, 0)
            self.doubles += max(min(self.seen, newest) - after, 0)
            for number in range(max(after, self.seen) + 1, newest + 1):
                self.heard_at.setdefault(number, now)
            self.told += newest - after
        self.seen = newest
        self.begun.set()


@dataclass(frozen=True)
class Figures:
    """Milliseconds: until a page hears, and until the row is on a page that fetches its queue."""

    pages: int
    heard: Sequence[float]
    shown: Sequence[float]
    numbers: int
    gaps: int
    doubles: int
    comebacks: int


async def listen(session: aiohttp.ClientSession, origin: str, mine: Listener, dice: random.Random) -> None:
    """A page's wire, which breaks now and then, until cancelled."""
    while True:
        asked = {} if mine.seen is None else {"Last-Event-ID": str(mine.seen)}
        async with session.get(f"{origin}/workplace/events", headers=asked) as stream:
            if stream.status != 200:
                raise BenchFault(f"the event stream answers {stream.status}")
            fields: dict[str, str] = {}
            async for raw in stream.content:
                line = raw.decode().rstrip("\r\n")
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if fields.get("event") in ("hello", "queue"):
                    facts = json.loads(fields["data"])
                    mine.hear(int(fields["id"]), facts["after"], facts["whole"])
                    if fields["event"] == "queue" and dice.random() < TIRED:
                        mine.comebacks += 1
                        break
                fields = {}


async def page(session: aiohttp.ClientSession, origin: str, mine: Listener, rows: dict[str, float]) -> None:
    """A page that fetches its queue whenever its wire says so; when each person's row came."""
    fetched: int | None = None
    while True:
        if mine.seen == fetched:
            await asyncio.sleep(0.002)
            continue
        fetched = mine.seen
        async with session.get(
            f"{origin}/workplace/queue?view=waiting", headers={"HX-Request": "true"}
        ) as answer:
            text = await answer.text()
        for name in re.findall(r'class="cut" title="([^"]+)"', text):
            rows.setdefault(name, time.perf_counter())


async def measure(bot: Bot, password: str, streams: int, people: int) -> Figures:
    origin = f"http://127.0.0.1:{bot.port}"
    vendor = VENDORS["telegram"]
    connector = aiohttp.TCPConnector(limit=0)
    patient = aiohttp.ClientTimeout(total=None, sock_read=PATIENCE)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(connector=connector, timeout=patient, cookie_jar=jar) as session:
        form = {"login": LOGIN, "password": password}
        async with session.post(f"{origin}/workplace/login", data=form, allow_redirects=False) as answer:
            if answer.status != 303 or not answer.cookies:
                raise BenchFault(f"nobody could sign in: {answer.status}")
            # The cookie is for https alone, as behind the vendors' public address; a browser trusts loopback as well.
            jar.update_cookies({name: morsel.value for name, morsel in answer.cookies.items()}, answer.url)
        listeners = [Listener() for _ in range(streams)]
        rows: dict[str, float] = {}
        work = [
            asyncio.create_task(listen(session, origin, mine, random.Random(place)))
            for place, mine in enumerate(listeners)
        ]
        work.append(asyncio.create_task(page(session, origin, listeners[0], rows)))
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(one.begun.wait() for one in listeners))
        sent: dict[str, float] = {}
        dice = random.Random(7)
        for person in range(1, people + 1):
            content = vendor.text(person, person, CALL)
            content["message"]["from"]["first_name"] = f"Людина {person}"
            hook = vendor.webhook(person, content)
            sent[f"Людина {person}"] = time.perf_counter()
            async with session.post(
                f"{origin}{bot.path}",
                data=hook.body,
                headers={**hook.headers, "Content-Type": "application/json"},
            ) as answer:
                if answer.status != 200:
                    raise BenchFault(f"a webhook is answered with {answer.status}")
            await asyncio.sleep(dice.expovariate(1 / APART))
        async with asyncio.timeout(PATIENCE):
            while len(rows.keys() & sent.keys()) < people or len({one.seen for one in listeners}) > 1:
                for task in work:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.05)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    starts = sorted(sent.values())
    heard = []
    for mine in listeners:
        for at in mine.heard_at.values():
            before = [start for start in starts if start <= at]
            if before:
                heard.append((at - before[-1]) * 1000)
    return Figures(
        pages=streams,
        heard=heard,
        shown=[(rows[name] - at) * 1000 for name, at in sent.items()],
        numbers=listeners[0].seen or 0,
        gaps=sum(one.gaps for one in listeners),
        doubles=sum(one.doubles for one in listeners),
        comebacks=sum(one.comebacks for one in listeners),
    )


def told(name: str, figures: Figures) -> str:
    """One line of the table."""
    shown, heard = _ends(figures.shown), _ends(figures.heard)
    return (
        f"{name:<12}{figures.pages:>6}{figures.numbers:>9}{heard[0]:>10.0f}{heard[1]:>8.0f}"
        f"{shown[0]:>11.0f}{shown[1]:>8.0f}{figures.comebacks:>11}{figures.gaps:>6}{figures.doubles:>9}"
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=100)
    return cuts[49], cuts[98]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--streams", type=count, default=200)
    parser.add_argument("--people", type=count, default=60)
    parser.add_argument("--databases", type=some_of(DATABASES), default=list(DATABASES))
    options = parser.parse_args(arguments)
    print("database     pages  numbers  heard p50     p99  row on page p50     p99  comebacks  gaps  doubles")
    wrong = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pryimalnia-knowledge-")))
        # What is measured is the way of a message to the pages, not how it is understood.
        knowledge = servers.built_knowledge(folder, meaning=False)
        stub = stack.enter_context(servers.stub())
        opened = stack.enter_context(servers.databases()) if "postgresql" in options.databases else None
        for name in options.databases:
            databases = opened if name == "postgresql" else None
            try:
                vendor = VENDORS["telegram"]
                with servers.ours(vendor, stub.origin, knowledge, databases, 1, meaning=False) as bot:
                    words = ("account", "add", LOGIN, "--name", "Ірина Мельник")
                    said = servers.printed(words, bot.environment)
                    password = said.split()[-1]
                    figures = asyncio.run(measure(bot, password, options.streams, options.people))
            except BenchFault as ended:
                print(f"streams: {ended}", file=sys.stderr)
                return 1
            print(told(name, figures), flush=True)
            wrong += figures.gaps + figures.doubles
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
