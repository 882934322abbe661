"""What processes take of the machine: CPU seconds by group, memory, and how much others took meanwhile."""

from __future__ import annotations

import resource
from collections.abc import Mapping, Sequence

import psutil

CORES = psutil.cpu_count() or 1

Groups = Mapping[str, Sequence[int]]
"""Process ids by the name they are shown under; their children belong to them."""


def cpu_seconds(groups: Groups) -> dict[str, float]:
    """User and system time of each group, with children that have ended and those that live."""
    return {name: sum(_used(pid) for pid in pids) for name, pids in groups.items()}


def memory_megabytes(groups: Groups) -> dict[str, float]:
    """What each group holds: shared pages are shared out (PSS) where the system tells, else resident."""
    return {name: sum(_held(pid) for pid in pids) / 1e6 for name, pids in groups.items()}


def machine_busy() -> float:
    """CPU seconds all processes of the machine have used since it started."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def ended_children() -> float:
    """CPU seconds of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _used(pid: int) -> float:
    return sum(_times(one) for one in _family(pid))


def _times(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    # A living child's time is its own; one that has ended is in its parent's.
    return float(times.user + times.system + times.children_user + times.children_system)


def _held(pid: int) -> float:
    return sum(_pages(one) for one in _family(pid))


def _pages(process: psutil.Process) -> float:
    try:
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss))
    except psutil.AccessDenied:
        return float(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0.0


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
