"""The vendors behave badly: too many requests, broken, garbage, nothing at all, too late, cut off; receipts twice."""

from __future__ import annotations

from benchmarks.faults.faults.fault import Fault, Scene, Where
from benchmarks.faults.vendor import TOO_LATE, Mood

RECEIPTS = 2
BAD_DAY = {Mood.WELL: 0.7, Mood.LIMITED: 0.1, Mood.BROKEN: 0.1, Mood.GARBAGE: 0.03, Mood.CUT: 0.03}
SLOW_DAY = {**BAD_DAY, Mood.SILENT: 0.02, Mood.LATE: 0.02}


async def harm(scene: Scene) -> None:
    """Three requests of ten go wrong for as long as people write; a short scene has no time to wait for answers."""
    vendor = scene.stage.vendor
    vendor.moods = SLOW_DAY if scene.seconds > TOO_LATE else BAD_DAY
    vendor.receipts = RECEIPTS
    await scene.over.wait()
    vendor.be_well()


VENDORS = Fault("vendors", "429, 500, garbage, nothing, late, twice", Where.CLUSTER, harm)
