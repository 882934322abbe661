"""What the processes of one run share: a folder, and things that whoever needs them first makes there once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fasteners import InterProcessLock


class RunFolder:
    """The folder that all workers of a run see; pytest takes it away with the folders of later runs."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        own = factory.getbasetemp()
        self.path = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def lock(self, name: str) -> InterProcessLock:
        """A lock under a name, to be held in a `with`."""
        return InterProcessLock(self.path / f"{name}.lock")

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """What `make` makes at the path it is given, made by the first who asks; the others wait for it."""
        made = self.path / name
        with self.lock(name):
            if not made.exists():
                unfinished = made.with_name(f"{name}.unfinished")
                make(unfinished)
                unfinished.rename(made)
        return made
