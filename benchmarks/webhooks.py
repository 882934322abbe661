"""Mutated webhooks through the door of each messenger: none may bring a 5xx or a crash, and none may be lost silently.

Each is a recorded payload of `tests/contract/payloads` with something in it changed, signed as the vendor signs, so
that it gets past the proof; then stored, thought about and answered as any other. Usage:

    python -m benchmarks.webhooks [COUNT]
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bots.turns.accept import accept
from bots.turns.deliver import deliver
from bots.turns.think import think
from conversations.channel import Request
from conversations.database import Database, migrate
from conversations.signals import MemorySignals
from conversations.tables import inbox, unreadable
from tests.contract.case import Case
from tests.contract.cases import CASES
from tests.turns.world import COMMUNITY, world

PAYLOADS = Path(__file__).parents[1] / "tests" / "contract" / "payloads"
COUNT = 100_000
ONE_RECEPTION = 2_500
"""All come from one person, and nobody writes a hundred thousand times."""

AT_ONCE = 250
"""Webhooks between two rounds of thinking."""

IDS = frozenset({"update_id", "message_id", "message_token", "mid"})
FIRST = 5_000_000_000
STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**70),
    1e308,
    "",
    " ",
    "0",
    "ї" * 5_000,
    "\0",
    "\ud800",
    [],
    {},
    [[]],
    {"": None},
    "9" * 400,
    "2026-11-24",
    "topic-",
    "m:menu",
    "=>",
    "/start",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
)


def mutated(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """A copy with something changed: a value, a key, a list grown or shortened, at any depth."""
    roll = chance.random()
    if depth and roll < 0.1:
        return chance.choice(STRANGE)
    if isinstance(value, dict) and value:
        name = chance.choice(list(value))
        if roll < 0.2:
            return {key: one for key, one in value.items() if key != name}
        if roll < 0.26:
            return {**value, f"{name}_": value[name]}
        return {**value, name: mutated(value[name], chance, depth + 1)}
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        if roll < 0.2:
            return value[:place] + value[place + 1 :]
        if roll < 0.26:
            return value * chance.randrange(2, 5)
        return [*value[:place], mutated(value[place], chance, depth + 1), *value[place + 1 :]]
    return chance.choice(STRANGE)


def fresh(value: Any, number: int) -> Any:
    """The same with ids of its own, or it would be known as a repeat."""
    if isinstance(value, dict):
        return {
            key: (type(one)(number) if type(one) in (int, str) and key in IDS else fresh(one, number))
            for key, one in value.items()
        }
    return [fresh(one, number) for one in value] if isinstance(value, list) else value


def bytes_of(value: Any, chance: random.Random) -> bytes:
    """As JSON; now and then with a bit of the bytes themselves broken."""
    body = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if chance.random() < 0.05 and body:
        place = chance.randrange(len(body))
        body = body[:place] + bytes([chance.randrange(256)]) + body[place + chance.randrange(3) :]
    return body


def sources(case: Case) -> list[Any]:
    """The recorded bodies, and a text and a press with fresh ids."""
    found = [
        json.loads(file.read_text("utf-8"))["body"] for file in sorted((PAYLOADS / case.name).glob("*.json"))
    ]
    return [one for one in found if isinstance(one, dict)]


class Unhurried:
    """Lets everybody send at once: no vendor is behind this door."""

    async def turns(self, name: str, per_second: float, count: int) -> list[float]:  # noqa: ARG002  that of Pace
        """No wait."""
        return [0.0] * count


async def run(case: Case, first: int, count: int, folder: Path) -> Counter[str]:
    """Send the webhooks from `first` on into a new reception; what became of them."""
    url = f"sqlite+aiosqlite:///{folder / 'reception.sqlite'}"
    await migrate(url)
    database = Database(url)
    staged = world(database, MemorySignals(), folder / "files")
    runtime = replace(staged.runtime, channels={case.name: case.channel}, pace=Unhurried())
    chance, bodies, seen = random.Random(20261125 + first), sources(case), Counter[str]()
    for number in range(first, first + count):
        body = bytes_of(mutated(fresh(chance.choice(bodies), FIRST + number), chance), chance)
        request = _signed(case.proven, body)
        try:
            answer = await accept(runtime, COMMUNITY, case.name, request)
            seen[str(answer.status)] += 1
        except Exception as fault:
            seen[f"crash: {type(fault).__name__}"] += 1
        if number % AT_ONCE == AT_ONCE - 1:
            await _work(runtime, seen)
    await _work(runtime, seen)
    async with database.read() as db:
        seen["events"] = int((await db.execute(select(func.count()).select_from(inbox))).scalar_one())
        aside = select(func.count()).select_from(inbox).where(inbox.c.set_aside_reason.is_not(None))
        seen["set aside"] = int((await db.execute(aside)).scalar_one())
        seen["kept raw"] = int((await db.execute(select(func.count()).select_from(unreadable))).scalar_one())
    await database.close()
    return seen


def _signed(proven: Callable[[bytes], Request], body: bytes) -> Request:
    return proven(body)


async def _work(runtime: Any, seen: Counter[str]) -> None:
    try:
        while await think(runtime) + await deliver(runtime):
            pass
    except Exception as fault:
        seen[f"crash after: {type(fault).__name__}"] += 1


def main() -> int:
    """A line a channel; exit code 1 where anything crashed or was refused with a 5xx."""
    logging.disable(logging.CRITICAL)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    bad = False
    for case in CASES:
        if case.wire is None:
            continue
        began = time.perf_counter()
        seen = Counter[str]()
        for first in range(0, count, ONE_RECEPTION):
            with tempfile.TemporaryDirectory() as folder:
                seen += asyncio.run(run(case, first, min(ONE_RECEPTION, count - first), Path(folder)))
        took = time.perf_counter() - began
        wrong = {name: times for name, times in seen.items() if name.startswith("crash") or name[0] == "5"}
        bad = bad or bool(wrong) or bool(seen["set aside"])
        told = ", ".join(f"{name}: {times}" for name, times in sorted(seen.items()))
        print(f"{case.name:<10} {count} webhooks in {took:.0f} s ({count / took:.0f}/s): {told}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
