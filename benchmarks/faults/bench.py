"""One fault from its first webhook to its verdict, and the stages on which they are done."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.faults import books, calm, clocks
from benchmarks.faults.citizens import Answers, Post, crowd, write
from benchmarks.faults.faults.fault import Fault, Scene, Where
from benchmarks.faults.ledger import Count, judged
from benchmarks.faults.messengers import Ask
from benchmarks.faults.report import Outcome
from benchmarks.faults.stage import Stage, alone, cluster

REPEATS = 0.05
"""The share of webhooks that are brought twice even where nothing is wrong."""

RECEIPTS = 1
TOO_LONG = 120.0
"""Seconds the last webhook may take to be accepted, and the last answer to be delivered, once all is mended."""

AT_LAST = 600.0
"""Seconds beyond twice the load until no webhook is brought any more, whatever the fault."""

PERSONS = 100_000
"""Numbers of citizens kept for each fault."""


@dataclass(frozen=True)
class Load:
    """How much is written: `messages` in all, `each` by one citizen, `rate` a second; how often a process is killed."""

    messages: int
    each: int
    rate: float
    kills: int = 0

    @property
    def seconds(self) -> float:
        return self.messages / self.rate


class Bench:
    """`asks` is what citizens may say; `knowledge` a folder with the knowledge, built or to be built."""

    def __init__(self, folder: Path, knowledge: Path, seed: int, asks: Sequence[Ask]) -> None:
        self._folder = folder
        self._knowledge = knowledge
        self._chance = random.Random(seed)
        self._asks = asks
        self._answers: Mapping[str, Answers] = {}
        self._played = 0

    async def play(self, faults: Sequence[tuple[Fault, Load]]) -> AsyncGenerator[Outcome]:
        """Each in turn; those of one stage share it."""
        for where in Where:
            here = [one for one in faults if one[0].where is where]
            if not here:
                continue
            if where is Where.CLOCKED and not clocks.library():
                for fault, _ in here:
                    yield Outcome(fault.name, Count(), trouble=clocks.MISSING)
                continue
            async with self._stage(where) as stage:
                for fault, load in here:
                    yield await self._play(stage, fault, load)

    @asynccontextmanager
    async def _stage(self, where: Where) -> AsyncIterator[Stage]:
        folder = _new_folder(self._folder, where)
        match where:
            case Where.ALONE:
                opened = alone(folder, self._knowledge, self._chance)
            case Where.CLOCKED:
                opened = cluster(
                    folder, self._knowledge, self._chance, extra=partial(clocks.environment, folder)
                )
            case Where.CLUSTER:
                opened = cluster(folder, self._knowledge, self._chance)
        async with opened as stage:
            if not self._answers:
                self._answers = await calm.learnt(stage, self._asks, self._chance)
            yield stage

    async def _play(self, stage: Stage, fault: Fault, load: Load) -> Outcome:
        self._played += 1
        citizens = crowd(
            self._answers,
            load.messages,
            load.each,
            self._played * PERSONS,
            self._chance,
            shuffled=fault.shuffled,
        )
        post = Post(stage.doors, self._chance)
        stage.vendor.post, stage.vendor.receipts = post.bring, RECEIPTS
        before = sum(one.ended_by_itself for one in stage.kept)
        scene = Scene(stage, post, self._chance, load.seconds, load.kills)
        writing = asyncio.create_task(write(citizens, post, load.rate, self._chance, REPEATS))
        harming = asyncio.create_task(fault.harm(scene))
        writing.add_done_callback(lambda _: scene.over.set())
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        # Some faults last until everybody has written, and that must end too.
        giving_up = [loop.call_later(AT_LAST + 2 * load.seconds, post.given_up.set)]
        try:
            await harming
            await stage.all_ready()
            giving_up.append(loop.call_later(TOO_LONG + load.seconds, post.given_up.set))
            await writing
            stage.vendor.be_well()
            await stage.vendor.settle()
            late: list[str] = []
            if not await calm.settled(stage.database_url, TOO_LONG):
                late = ["the reception had not finished when it was judged"]
            count = judged(await books.talks(stage.database_url, citizens, stage.vendor))
            count.faults += late
        finally:
            for timer in giving_up:
                timer.cancel()
            for task in (writing, harming):
                task.cancel()
            await asyncio.gather(writing, harming, return_exceptions=True)
            await post.close()
        notes = [f"{number} {what}" for what, number in scene.done.items()]
        ended = sum(one.ended_by_itself for one in stage.kept) - before
        if ended:
            notes.append(f"processes ended by themselves {ended} times and were started again")
        notes.append(f"{time.monotonic() - began:.0f} s")
        return Outcome(fault.name, count, tuple(notes))


def _new_folder(parent: Path, where: Where) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{where.name.lower()}-", dir=parent))
    # The PostgreSQL of the wheel runs as a user of its own where we are root.
    folder.chmod(0o755)
    return folder
