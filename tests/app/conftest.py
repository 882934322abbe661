"""One built mind for all tests of the command line: building takes seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import commands
from tests.knowledge_base.tiny_base import TinyBase

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, built_knowledge: Path) -> Path:
    folder = tmp_path_factory.mktemp("reception")
    shutil.copytree(built_knowledge, folder / "knowledge")
    return folder


@pytest.fixture(scope="session")
def run(folder: Path) -> Run:
    """Run `pryimalnia` as other programs do: its own process, its exit code, its two streams."""

    def command(*arguments: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PRYIMALNIA_FOLDER": str(folder), **settings}
        return commands.run(*arguments, given=given, environment=environment)

    return command


def on_a_tiny_base(tiny: TinyBase) -> dict[str, str]:
    """Settings for commands that look at every entry: the project's own are looked at where they are tested."""
    return {
        "PRYIMALNIA_CONTENT": str(tiny.content),
        "PRYIMALNIA_COMMUNITY": "sample",
        "PRYIMALNIA_FOLDER": str(tiny.target),
    }
