"""Full durable turns a second beside bottender's echo and an empty FastAPI. Usage:

    python -m benchmarks.throughput [--channels telegram,viber] [--databases sqlite] [--turns N] [--runs N] …

Ends with a line `ratio CHANNEL DATABASE VALUE` for each pair. Exit code 1 where anything was lost on the way, 2 for
wrong options.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.options import count, some_of
from benchmarks.throughput import measuring, profiling, report, servers
from benchmarks.throughput.faults import BenchFault
from benchmarks.throughput.measuring import Figures, Size
from benchmarks.throughput.report import Run
from benchmarks.throughput.servers import Databases
from benchmarks.throughput.vendors import VENDORS

DATABASES = ("postgresql", "sqlite")
FLUSHES = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(arguments)
    fault = (profiling.fault() if options.profile else None) or (
        None if options.no_peer else servers.peer_fault()
    )
    if fault:
        print(f"throughput: {fault}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        return _measure(options)
    except BenchFault as ended:
        print(f"throughput: {ended}", file=sys.stderr)
        return 1


def _measure(options: argparse.Namespace) -> int:
    size = Size(
        options.turns, options.people, options.window, options.workers, options.growth, options.profile
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pryimalnia-knowledge-")))
        knowledge = servers.built_knowledge(folder)
        opened = stack.enter_context(servers.databases()) if "postgresql" in options.databases else None
        print(_machine(opened), flush=True)
        runs = []
        for number in range(options.runs):
            print(f"\nrun {number + 1} of {options.runs}", flush=True)
            run = _run(options, size, opened, knowledge)
            runs.append(run)
            print("\n".join(report.table(run)), flush=True)
    print()
    if len(runs) > 1:
        print("\n".join(report.medians(runs)))
        print()
    print("\n".join(report.HONESTY))
    problems = [f"run {number + 1}: {one}" for number, run in enumerate(runs) for one in run.problems()]
    for problem in problems:
        print(f"problem  {problem}")
    print("\n".join(report.closing(run.ratios() for run in runs)))
    return 1 if problems else 0


def _run(options: argparse.Namespace, size: Size, opened: Databases | None, knowledge: Path) -> Run:
    floor = None if options.no_peer else measuring.floor(size)
    peers, ours = {}, []
    for name in options.channels:
        vendor = VENDORS[name]
        if not options.no_peer:
            peers[name] = _shown(measuring.peer(vendor, size))
        for database in options.databases:
            used = opened if database == "postgresql" else None
            grow = name == options.channels[0]
            ours.append(_shown(measuring.ours(vendor, used, knowledge, size, grow=grow)))
    return Run(floor, peers, ours)


def _shown(figures: Figures) -> Figures:
    """At once: a run takes minutes, and may be broken off."""
    print("\n".join(report.details(figures)), flush=True)
    return figures


def _machine(opened: Databases | None) -> str:
    """What the figures depend on: cores and their load, versions, how long the disk takes to keep something."""
    load = os.getloadavg()[0]
    lines = [
        f"{os.cpu_count()} cores, load {load:.1f} before the start, Python {platform.python_version()}, "
        f"bottender {servers.PEER_VERSION}",
        f"disk: a flush of a small write takes {_flush() * 1000:.2f} ms (median of {FLUSHES})",
    ]
    if opened is not None:
        told = ", ".join(f"{name} {value}" for name, value in opened.settings.items())
        lines.append(f"PostgreSQL: {told}")
    return "\n".join(lines)


def _flush() -> float:
    times = []
    place = servers.ROOT / "var"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryFile(dir=place) as file:
        for _ in range(FLUSHES):
            began = time.perf_counter()
            file.write(b"x" * 256)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return median(times)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__.partition("\n")[0])
    parser.add_argument("--channels", type=some_of(tuple(VENDORS)), default=list(VENDORS), metavar="A,B")
    parser.add_argument("--databases", type=some_of(DATABASES), default=list(DATABASES), metavar="A,B")
    parser.add_argument("--turns", type=count, default=4_000, help="turns a measurement (%(default)s)")
    parser.add_argument("--runs", type=count, default=1, help="times everything is measured (%(default)s)")
    parser.add_argument("--workers", type=count, default=2, help="of ours on PostgreSQL (%(default)s)")
    parser.add_argument("--people", type=count, default=2_000, help="who write to ours (%(default)s)")
    parser.add_argument("--window", type=count, default=256, help="turns in hand at full load (%(default)s)")
    parser.add_argument(
        "--growth", type=count, default=10, help="times as many people at the end, first channel; 1: not"
    )
    parser.add_argument("--profile", action="store_true", help="where the time goes, with py-spy; slower")
    parser.add_argument("--no-peer", action="store_true", help="ours only, without ratios")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
