"""What a fault is to the bench: on which stage it is done, under which load, and how."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from benchmarks.faults.citizens import Post
from benchmarks.faults.stage import Stage


class Where(Enum):
    """The stage a fault needs."""

    CLUSTER = "cluster"
    CLOCKED = "cluster with clocks of its own"
    ALONE = "serve"


@dataclass
class Scene:
    """One fault as it goes on. `over` is set when all citizens have written; `done` counts what was done to us."""

    stage: Stage
    post: Post
    chance: random.Random
    seconds: float
    kills: int
    over: asyncio.Event = field(default_factory=asyncio.Event)
    done: Counter[str] = field(default_factory=Counter)

    def did(self, what: str) -> None:
        """One more of these."""
        self.done[what] += 1

    async def pause(self, seconds: float) -> bool:
        """Let time pass; False as soon as all citizens have written."""
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except TimeoutError:
            return True
        return False


@dataclass(frozen=True)
class Fault:
    """`harm` breaks things until the scene is over or it has done enough, and leaves everything mended."""

    name: str
    words: str
    where: Where
    harm: Callable[[Scene], Coroutine[Any, Any, None]]
    shuffled: bool = False
