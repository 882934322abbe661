"""The short form of `make faults`: real processes and servers die and vendors misbehave while people write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.__main__ import main
from tests.conftest import ROOT


@pytest.mark.xdist_group("commands")
def test_nothing_is_lost_doubled_or_out_of_order(built_knowledge: Path) -> None:
    # The servers of the other tests keep their sockets there.
    environment = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", "--short", "--knowledge", str(built_knowledge.parent)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout


def test_a_fault_nobody_knows_is_named() -> None:
    with pytest.raises(SystemExit, match="earthquake"):
        main(["--only", "kills,earthquake"])
