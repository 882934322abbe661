"""How the tests are spread over the workers of a run: file by file, the slow ones first, a few in smaller pieces.

Marks of `xdist_group` are not asked: under pytest 9.2 pytest-xdist no longer sees them (its issue 1386).
"""

from __future__ import annotations

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SLOW = (
    "tests/faults/",
    "tests/adapters/test_chat_page.py",
    "tests/handover/",
    "tests/knowledge_base/test_properties.py",
    "tests/messengers/",
    "tests/reception/",
    "tests/app/",
    "tests/knowledge_base/",
)
"""What begins first, so that no worker waits long for another at the end.

The faults build the knowledge, for a minute or two. What is served with it comes when it is there: a worker that
waits for it does nothing else.
"""

SCREENS = "tests/messengers/test_screens.py"
PART_OF_SCREENS = re.compile(r"\[(the house|entries from \d+)")
ENTRIES_APART = {"tests/knowledge_base/test_properties.py"}
"""Files whose tests take long for each entry of the base and share nothing."""


def place(nodeid: str) -> int:
    """Where in the order a test stands: the lower, the sooner."""
    return next((number for number, start in enumerate(SLOW) if nodeid.startswith(start)), len(SLOW))


class Spreading(LoadScopeScheduling):
    """One worker runs all of a unit, so what a file prepares for its tests is prepared once."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        # The workers have put the tests in order; the number of tests says little of how long they take.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if file in ENTRIES_APART:
            return nodeid
        if file == SCREENS and (part := PART_OF_SCREENS.search(test)):
            return f"{file}[{part[1]}]"
        return file
