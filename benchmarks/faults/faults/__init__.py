"""What is broken on purpose, a file each, in the order in which it is tried.

The upgrade is the last of its stage: what runs after it is the next version.
"""

from __future__ import annotations

from benchmarks.faults.faults.clock import CLOCK
from benchmarks.faults.faults.disk import DISK_POSTGRES, DISK_SQLITE
from benchmarks.faults.faults.fault import Fault
from benchmarks.faults.faults.kills import ALONE, KILLS
from benchmarks.faults.faults.postgres import POSTGRES
from benchmarks.faults.faults.redis import REDIS
from benchmarks.faults.faults.together import TOGETHER
from benchmarks.faults.faults.upgrade import UPGRADE
from benchmarks.faults.faults.vendors import VENDORS
from benchmarks.faults.faults.webhooks import WEBHOOKS

FAULTS: tuple[Fault, ...] = (
    WEBHOOKS,
    KILLS,
    POSTGRES,
    REDIS,
    VENDORS,
    DISK_POSTGRES,
    TOGETHER,
    UPGRADE,
    CLOCK,
    ALONE,
    DISK_SQLITE,
)
