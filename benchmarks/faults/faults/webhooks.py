"""Webhooks three times each, shuffled, several of one citizen side by side, through any of the web processes."""

from __future__ import annotations

from benchmarks.faults.faults.fault import Fault, Scene, Where


async def harm(scene: Scene) -> None:
    """The citizens of this fault are what is bad about it."""
    await scene.over.wait()


WEBHOOKS = Fault("webhooks", "repeated, shuffled, side by side", Where.CLUSTER, harm, shuffled=True)
