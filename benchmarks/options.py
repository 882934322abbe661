"""How options are read in every benchmark."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence


def some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads `a,b`: some of the known names, each once."""

    def read(given: str) -> list[str]:
        names = list(dict.fromkeys(given.split(",")))
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return names

    return read


def count(given: str) -> int:
    """Reads a whole number above 0."""
    if not (given.isascii() and given.isdigit() and int(given) > 0):
        raise argparse.ArgumentTypeError(f"{given!r} is not a whole number above 0")
    return int(given)
