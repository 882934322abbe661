"""Where the time of our processes goes, sampled from outside by py-spy while the load is on."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.throughput.faults import BenchFault

SAMPLES_A_SECOND = "100"
SHOWN = 20
PATIENCE = 30.0
PACKAGES = ("adapters/", "bots/", "conversations/", "handover/", "knowledge_base/")
ENTRANCES = ("bots/__main__", "bots/app/cli", "bots/app/serving")

_WAITING = ("select (selectors.py", "wait (threading.py", "_worker (concurrent/futures/thread.py")
"""Where a thread that has nothing to do stands."""

_STACK = re.compile(r"(.*) (\d+)")
_FRAME = re.compile(r"(.*) \((.*?)(?::\d+)?\)")


@dataclass
class Profile:
    """Samples by process group: by the deepest function of ours, by the loop they belong to, by library."""

    functions: dict[str, Counter[str]] = field(default_factory=dict)
    loops: dict[str, Counter[str]] = field(default_factory=dict)
    libraries: dict[str, Counter[str]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Tables in per cent of a group's samples."""
        tables = (
            ("the loop it belongs to", self.loops),
            ("the library it is spent in", self.libraries),
            ("our function, with what it calls of others", self.functions),
        )
        for group in self.functions:
            for title, counted in tables:
                total = sum(counted[group].values())
                yield f"{group}, by {title} ({total} samples)"
                for name, times in counted[group].most_common(SHOWN):
                    yield f"  {times / total:6.1%}  {name}"


def fault() -> str | None:
    """Why nothing can be profiled; None where it can."""
    return None if _program() else "--profile needs py-spy: .venv/bin/pip install py-spy"


@contextmanager
def profiled(groups: Mapping[str, Sequence[int]]) -> Iterator[Profile]:
    """Samples these Python processes while the block runs; the profile is filled at its end. Raises BenchFault."""
    program = _program()
    assert program is not None
    profile = Profile()
    with tempfile.TemporaryDirectory(prefix="pryimalnia-profile-") as folder:
        spies = []
        for group, pids in groups.items():
            for pid in pids:
                output = Path(folder) / str(pid)
                options = ["--format", "raw", "--function", "--rate", SAMPLES_A_SECOND]
                command = [program, "record", *options, "--output", str(output), "--pid", str(pid)]
                spies.append(
                    (
                        group,
                        output,
                        subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL),
                    )
                )
        try:
            yield profile
        finally:
            for _, _, spy in spies:
                spy.send_signal(signal.SIGINT)
        for group, output, spy in spies:
            _, said = spy.communicate(timeout=PATIENCE)
            if not output.exists():
                last = (said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
                raise BenchFault(f"py-spy could not look into {group}: {last}; try as root")
            _count(profile, group, output.read_text(encoding="utf-8", errors="replace").splitlines())


def _count(profile: Profile, group: str, stacks: Iterable[str]) -> None:
    functions = profile.functions.setdefault(group, Counter())
    loops = profile.loops.setdefault(group, Counter())
    libraries = profile.libraries.setdefault(group, Counter())
    for line in stacks:
        if not (found := _STACK.fullmatch(line)) or found[1].rpartition(";")[2].startswith(_WAITING):
            continue
        frames = [(one[1], one[2]) for frame in found[1].split(";") if (one := _FRAME.fullmatch(frame))]
        times = int(found[2])
        mine = [(name, path) for name, path in frames if path.startswith(PACKAGES)]
        # The server's own frames are under everything that runs in its loop.
        inner = [frame for frame in mine if not frame[1].startswith(ENTRANCES)]
        functions[_named(inner[-1]) if inner else "(none of ours: the event loop, servers, clients)"] += times
        loops[_loop(mine)] += times
        libraries[_library(frames[-1][1]) if frames else "?"] += times


def _loop(mine: Sequence[tuple[str, str]]) -> str:
    """The outermost function of `bots/turns`; a thread that reads texts has none."""
    for name, path in mine:
        if path.startswith("bots/turns/") and not path.startswith("bots/turns/loops"):
            return _named((name, path))
    if any(path.startswith("knowledge_base/") for _, path in mine):
        return "(reading texts, in a thread)"
    return "(the event loop, servers, clients)"


def _named(frame: tuple[str, str]) -> str:
    return f"{frame[1]}: {frame[0]}"


def _library(path: str) -> str:
    """`sqlalchemy`, `asyncio`, or for ours the package."""
    first = path.partition("site-packages/")[2] or path
    return first.partition("/")[0].removesuffix(".py")


def _program() -> str | None:
    beside = Path(sys.executable).parent / "py-spy"
    return str(beside) if beside.exists() else shutil.which("py-spy")
