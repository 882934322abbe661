"""The base of the project itself, compiled once, for dialogues that need its rules."""

from __future__ import annotations

from functools import cache

from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.rules.reading import read_content
from knowledge_base.snapshot import Snapshot


@cache
def real_knowledge() -> Library:
    """The sample community's knowledge."""
    return Library(Snapshot("golden", read_content(CONTENT).base), "zrazkova")
