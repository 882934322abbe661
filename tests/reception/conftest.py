"""A real reception for these tests: `pryimalnia serve` in its own process, with its own folder, and a real browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[2]
EXPECT_MILLISECONDS = 20_000
"""How long the browser waits for what must appear: patience for a busy machine, not a speed that is promised."""

PATIENCE = 60.0
"""Seconds a start may take on a slow machine before the test gives up."""


@dataclass
class Reception:
    """A served reception in a folder; it can be killed and opened again."""

    folder: Path
    port: int
    database_url: str = ""
    process: subprocess.Popen[str] | None = None
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
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bots", "serve"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONUNBUFFERED": "1",
                "PRYIMALNIA_FOLDER": str(self.folder),
                "PRYIMALNIA_PORT": str(self.port),
                "PRYIMALNIA_DATABASE_URL": self.database_url,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        listening = threading.Event()
        threading.Thread(target=self._read, args=(self.process, listening), daemon=True).start()
        if not listening.wait(PATIENCE):
            pytest.fail("the reception did not start:\n" + "\n".join(self.printed))

    def _read(self, process: subprocess.Popen[str], listening: threading.Event) -> None:
        """Keep what is printed. It listens once /health answers, which is after the last printed line."""
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                self.printed.append(line.rstrip("\n"))
                if line.startswith("health "):
                    threading.Thread(target=self._wait_for_health, args=(listening,), daemon=True).start()

    def _wait_for_health(self, listening: threading.Event) -> None:
        with urllib.request.urlopen(f"{self.address}/health", timeout=PATIENCE):
            listening.set()

    def kill(self) -> None:
        """kill -9: nothing is finished, nothing is said goodbye to."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


@pytest.fixture(scope="package")  # while it is open no other event loop can run in this thread
def browser() -> Iterator[Browser]:
    """The system's Chromium. Under CI a missing one is a failure, elsewhere a skip."""
    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine; .ci/run installs one")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        expect.set_options(timeout=EXPECT_MILLISECONDS)
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()
