"""PostgreSQL stopped at once (immediate mode) and its postmaster killed, in turn, while everybody writes."""

from __future__ import annotations

import signal

from benchmarks.faults.faults.fault import Fault, Scene, Where

APART = 10.0
"""Seconds; two at least, one of each kind."""


async def harm(scene: Scene) -> None:
    """An equal time apart, so that each is recovered from under load."""
    postgres = scene.stage.postgres
    assert postgres is not None
    crashes = max(2, round(scene.seconds / APART))
    for number in range(crashes):
        if not await scene.pause(scene.seconds / (crashes + 1)):
            break
        await postgres.crash(signal.SIGKILL if number % 2 else signal.SIGQUIT)
        scene.did("immediate stops" if number % 2 == 0 else "killed postmasters")


POSTGRES = Fault("postgres", "PostgreSQL restarts", Where.CLUSTER, harm)
