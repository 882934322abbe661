"""Everything at once: while the vendors behave badly, processes are killed, and PostgreSQL and Redis with them."""

from __future__ import annotations

import asyncio

from benchmarks.faults.faults import kills, postgres, redis, vendors
from benchmarks.faults.faults.fault import Fault, Scene, Where


async def harm(scene: Scene) -> None:
    """Side by side over the same load."""
    await asyncio.gather(*(one.harm(scene) for one in (kills, postgres, redis, vendors)))


TOGETHER = Fault("together", "all of these at once", Where.CLUSTER, harm)
