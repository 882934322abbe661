"""The clock jumps forwards and backwards, for one worker and for everybody, and comes right in the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.faults import books, clocks
from benchmarks.faults.faults.fault import Fault, Scene, Where
from benchmarks.faults.vendor import Mood

JUMPS = (90, -90, 7_200, -7_200)
"""Seconds: past the leases, and past anything that is due."""

MISDATED = timedelta(hours=1)


async def harm(scene: Scene) -> None:
    """Each jump for one worker, then for all processes."""
    names = [one.name for one in scene.stage.kept]
    workers = [one.name for one in scene.stage.of("worker")]
    share = scene.seconds / (2 * len(JUMPS) + 1)
    # What is to be tried again later gets its time from a clock that is wrong.
    scene.stage.vendor.moods = {Mood.WELL: 0.8, Mood.BROKEN: 0.2}
    try:
        for jump in JUMPS:
            for who in ([scene.chance.choice(workers)], names):
                _move(scene, who, jump)
                scene.did("jumps")
                await scene.pause(share)
                _move(scene, names, 0)
    finally:
        scene.stage.vendor.be_well()
        _move(scene, names, 0)
    wrong = await books.misdated(scene.stage.database_url, MISDATED)
    if not wrong:
        raise RuntimeError("no clock has jumped: libfaketime does nothing here")
    scene.done["lines written down at a wrong time"] = wrong


def _move(scene: Scene, names: Sequence[str], seconds: int) -> None:
    for name in names:
        clocks.move(scene.stage.folder, name, seconds)


CLOCK = Fault("clock", "the clock jumps", Where.CLOCKED, harm)
