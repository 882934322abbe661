"""A small reception for the loops, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversations.database import Database
from conversations.signals import MemorySignals
from tests.turns.world import World, world


@pytest.fixture
def reception(database: Database, tmp_path: Path) -> World:
    return world(database, MemorySignals(), tmp_path / "files")
