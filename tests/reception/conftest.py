"""A real reception for these tests: `pryimalnia serve` in its own process, with its own folder, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests import commands
from tests.conftest import free_port

PATIENCE = 60.0
"""Seconds a start may take on a slow machine before the test gives up."""


@dataclass
class Reception:
    """A served reception in a folder; it can be killed and opened again."""

    folder: Path
    port: int
    database_url: str = ""
    process: ForkServerProcess | None = None
    printed: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        """The administrator's password, printed at the first start only."""
        found = re.search(r"^password\s+(\S+)$", "\n".join(self.printed), re.MULTILINE)
        assert found, self.printed
        return found.group(1)

    def open(self) -> None:
        environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "PRYIMALNIA_FOLDER": str(self.folder),
            "PRYIMALNIA_PORT": str(self.port),
            "PRYIMALNIA_DATABASE_URL": self.database_url,
        }
        read, write = os.pipe()
        with open(os.devnull) as nothing:
            self.process = commands.start(
                ("serve",), environment, stdin=nothing.fileno(), stdout=write, stderr=write
            )
        os.close(write)
        listening = threading.Event()
        threading.Thread(target=self._read, args=(read, listening), daemon=True).start()
        if not listening.wait(PATIENCE):
            pytest.fail("the reception did not start:\n" + "\n".join(self.printed))

    def _read(self, printed: int, listening: threading.Event) -> None:
        """Keep what is printed. It listens once /health answers, which is after the last printed line."""
        with open(printed, encoding="utf-8") as lines:
            for line in lines:
                self.printed.append(line.rstrip("\n"))
                if line.startswith("health "):
                    threading.Thread(target=self._wait_for_health, args=(listening,), daemon=True).start()

    def _wait_for_health(self, listening: threading.Event) -> None:
        with urllib.request.urlopen(f"{self.address}/health", timeout=PATIENCE):
            listening.set()

    def kill(self) -> None:
        """kill -9: nothing is finished, nothing is said goodbye to."""
        assert self.process
        self.process.kill()
        self.process.join(10)

    def close(self) -> None:
        if self.process and self.process.is_alive():
            self.process.terminate()
            self.process.join(15)
            assert self.process.exitcode is not None, "the reception does not stop"


@pytest.fixture
def new_reception(tmp_path: Path, built_knowledge: Path) -> Iterator[Callable[..., Reception]]:
    """Make receptions; all are closed at the end."""
    made: list[Reception] = []

    def make(name: str = "reception", database_url: str = "") -> Reception:
        shutil.copytree(built_knowledge, tmp_path / name / "knowledge")
        reception = Reception(tmp_path / name, free_port(), database_url)
        made.append(reception)
        reception.open()
        return reception

    yield make
    for reception in made:
        reception.close()


@pytest.fixture
def reception(new_reception: Callable[..., Reception]) -> Reception:
    return new_reception()
