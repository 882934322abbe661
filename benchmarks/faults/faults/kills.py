"""SIGKILL to any process at any moment, also to one that is only starting; each is started again at once."""

from __future__ import annotations

import asyncio
import time

from benchmarks.faults.faults.fault import Fault, Scene, Where


async def harm(scene: Scene) -> None:
    """`kills` of them at moments drawn over the whole load."""
    began = time.monotonic()
    for moment in sorted(scene.chance.uniform(0.0, scene.seconds) for _ in range(scene.kills)):
        await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
        await scene.chance.choice(scene.stage.kept).kill()
        scene.did("kills")


KILLS = Fault("kills", "SIGKILL to any process", Where.CLUSTER, harm)
ALONE = Fault("kills-sqlite", "SIGKILL to the one process on SQLite", Where.ALONE, harm)
