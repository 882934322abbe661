"""Gives the tests of the knowledge base a tiny base of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge_base.tiny_base import TinyBase


@pytest.fixture
def tiny(tmp_path: Path) -> TinyBase:
    return TinyBase(tmp_path)
