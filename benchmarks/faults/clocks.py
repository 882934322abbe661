"""Clocks of one's own: libfaketime before a process, whose distance from the real time is a line in a file."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PLACES = (
    "usr/lib/*/faketime/libfaketime.so.1",
    "usr/lib*/faketime/libfaketime.so.1",
    "usr/lib*/libfaketime.so.1",
    "usr/local/lib/faketime/libfaketime.so.1",
)
BUILT = Path(__file__).parents[2] / "var" / "faults"
"""Where `make faults` puts the package libfaketime, which builds the library."""

MISSING = "libfaketime is not here; `make faults` builds it where there is a C compiler, else install it"


@cache
def library() -> Path | None:
    """The shared library; None where it can't be found."""
    found = [file for pattern in PLACES for file in sorted(Path("/").glob(pattern))]
    if found:
        return found[0]
    spec = importlib.util.find_spec("libfaketime")
    folders = [BUILT / "libfaketime", *map(Path, (spec.submodule_search_locations or ()) if spec else ())]
    return next((file for folder in folders for file in sorted(folder.glob("**/libfaketime.so.1"))), None)


def environment(folder: Path, name: str) -> Mapping[str, str]:
    """What gives the process of this name a clock of its own, right for now."""
    move(folder, name, 0)
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(_file(folder, name)),
        "FAKETIME_CACHE_DURATION": "1",
        # A clock that is set wrong moves the time of day, never the monotonic one.
        "DONT_FAKE_MONOTONIC": "1",
    }


def move(folder: Path, name: str, seconds: float) -> None:
    """Set the clock of this process off by so much, within a second."""
    new = _file(folder, name).with_suffix(".new")
    new.write_text(f"{seconds:+.0f}\n", encoding="ascii")
    new.replace(_file(folder, name))


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.clock"
