"""The base of the project itself, read once a process, for all tests that need its entries and rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.rules.base import Base, Case
from knowledge_base.rules.reading import read_content
from knowledge_base.snapshot import Snapshot


@cache
def real_base() -> Base:
    """Everything the content files say."""
    return read_content(CONTENT).base


@cache
def real_knowledge() -> Library:
    """The sample community's knowledge."""
    return Library(Snapshot("golden", real_base()), "zrazkova")


def real_cases(entry: str) -> Sequence[Case]:
    """The worked examples of an entry, national or the sample community's own."""
    base = real_base()
    own = base.communities["zrazkova"].cases
    return (base.cases | own).get(entry, ())
