"""`make faults`: breaks the reception in every way it must survive, under load, and counts; exit code 1 where it lost.

    python -m benchmarks.faults [--only kills,redis] [--messages N] [--rate N] [--kills N] [--seconds N] [--seed N]

The full form writes 20,000 messages through 200 kills and takes half an hour or more; `--short` is a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from benchmarks.faults import calm, report
from benchmarks.faults.bench import Bench, Load
from benchmarks.faults.faults import FAULTS
from benchmarks.faults.faults.fault import Fault
from benchmarks.faults.stage import TREE
from bots.app import knowledge as understanding
from bots.app.settings import Settings

EACH = 20
"""Messages of one citizen."""

KILLED = Load(messages=20_000, each=EACH, rate=40.0, kills=200)
SECONDS, RATE = 60.0, 40.0
KILL_EVERY = 4.0
"""Seconds, where no number is given."""

ASKS = 80
"""Things that citizens may say; twice as many as one says, so that conversations differ."""

SHORT = ("webhooks", "together")
SHORT_SECONDS, SHORT_RATE, SHORT_ASKS = 10.0, 25.0, 30


def main(arguments: list[str]) -> int:
    """Play what was asked for and print the table. Returns the exit code."""
    options = _options().parse_args(arguments)
    chosen = _chosen(options)
    folder = Path(tempfile.mkdtemp(prefix="pryimalnia-faults-"))
    folder.chmod(0o755)
    try:
        good = asyncio.run(_until_told(_play(options, chosen, folder)))
    except BaseException:
        print(f"Broken off; what the processes said is in {folder}", file=sys.stderr)
        raise
    if good:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"\nAll that went wrong, and what the processes said, is in {folder}", flush=True)
    return 0 if good else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description="The fault bench.")
    names = [fault.name for fault in FAULTS]
    parser.add_argument("--only", help=f"of {', '.join(names)}; all by default")
    parser.add_argument(
        "--short", action="store_true", help=f"a minute: {', '.join(SHORT)} for some seconds each"
    )
    parser.add_argument("--seconds", type=float, help="how long each fault lasts")
    parser.add_argument("--rate", type=float, help="messages a second")
    parser.add_argument("--messages", type=int, help="messages while processes are killed")
    parser.add_argument("--kills", type=int, help="how often")
    parser.add_argument("--seed", type=int, default=20261124, help="the same chance again")
    parser.add_argument(
        "--knowledge", type=Path, default=TREE / "var", help="the folder of the built knowledge"
    )
    return parser


async def _until_told(playing: Coroutine[Any, Any, bool]) -> bool:
    """To the end, or until SIGTERM, which leaves no process behind."""
    task = asyncio.ensure_future(playing)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


async def _play(options: argparse.Namespace, chosen: Sequence[Fault], folder: Path) -> bool:
    settings = Settings(folder=options.knowledge)
    entries = understanding.ready(settings).knowledge.entry_ids
    every = calm.candidates(entries)
    asks = random.Random(options.seed).sample(every, min(len(every), SHORT_ASKS if options.short else ASKS))
    bench = Bench(folder, options.knowledge / "knowledge", options.seed, asks)
    print(report.head(), flush=True)
    good = True
    async with aclosing(bench.play([(fault, _load(options, fault)) for fault in chosen])) as outcomes:
        async for outcome in outcomes:
            print("\n".join([report.line(outcome), *report.details(outcome)]), flush=True)
            (folder / f"{outcome.name}.txt").write_text("\n".join(outcome.count.faults), encoding="utf-8")
            good = good and outcome.good
    return good


def _chosen(options: argparse.Namespace) -> list[Fault]:
    known = {fault.name for fault in FAULTS}
    named = str(options.only).split(",") if options.only else (SHORT if options.short else known)
    wanted = {name.strip() for name in named}
    if unknown := wanted - known:
        raise SystemExit(f"no fault is called {min(unknown)}; there are {', '.join(sorted(known))}")
    return [fault for fault in FAULTS if fault.name in wanted]


def _load(options: argparse.Namespace, fault: Fault) -> Load:
    if fault.name == "kills" and not options.short and options.seconds is None:
        rate = options.rate or KILLED.rate
        kills = KILLED.kills if options.kills is None else options.kills
        return Load(options.messages or KILLED.messages, EACH, rate, kills)
    rate = options.rate or (SHORT_RATE if options.short else RATE)
    seconds = options.seconds or (SHORT_SECONDS if options.short else SECONDS)
    kills = round(seconds / KILL_EVERY) if options.kills is None else options.kills
    return Load(round(rate * seconds), EACH, rate, kills)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
