"""`make cluster`: two web processes and a worker on PostgreSQL and Redis are one reception."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bots.app.cluster import WEBS
from tests.commands import ROOT
from tests.conftest import free_port
from tests.reception.conftest import PATIENCE
from tests.reception.test_main_job import ask


@pytest.fixture
def cluster(tmp_path: Path, built_knowledge: Path) -> Iterator[list[str]]:
    """The addresses of the web processes."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "knowledge").symlink_to(built_knowledge)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bots.app.cluster"],
        cwd=ROOT,
        env={**os.environ, "PRYIMALNIA_FOLDER": str(tmp_path / "var"), "PRYIMALNIA_PORT": str(port)},
    )
    addresses = [f"http://127.0.0.1:{port + number}" for number in range(WEBS)]
    ready = threading.Event()
    threading.Thread(target=_wait, args=(addresses, process, ready), daemon=True).start()
    try:
        assert ready.wait(PATIENCE), "the cluster did not start"
        yield addresses
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(addresses: list[str], process: subprocess.Popen[bytes], ready: threading.Event) -> None:
    pause = threading.Event()
    for address in addresses:
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/health", timeout=5).close()
                break
            except OSError:
                pause.wait(0.2)
    ready.set()


def test_a_conversation_is_the_same_through_every_web_process(cluster: list[str], browser: Browser) -> None:
    visitor = browser.new_context()
    first, second = visitor.new_page(), visitor.new_page()
    first.goto(cluster[0])
    ask(first, "які документи на субсидію")
    expect(first.get_by_role("log")).to_contain_text("Декларація про доходи", timeout=20_000)
    second.goto(cluster[1])
    expect(second.get_by_role("log")).to_contain_text("Декларація про доходи")
    ask(second, "а скільки платять?")
    expect(second.get_by_role("log")).to_contain_text("Єдиної суми немає")
    expect(first.get_by_role("log")).to_contain_text("Єдиної суми немає")
