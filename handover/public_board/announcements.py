"""What the hall's screen announces: pages of two lines that fit it, out of the knowledge base in force."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from knowledge_base.answers import Knowledge
from knowledge_base.understanding.meaning import Facet

LINE_AT_MOST = 44
"""Characters of a line: more do not fit the screen at the size that is read from five metres."""

LINES = 2
PAGES_AT_MOST = 8
PAYDAYS = "payment-schedule"
"""The entry that knows when payments come."""

_NAMES_A_DAY = "числ"


@dataclass(frozen=True)
class Announcement:
    """One page: a heading and its lines, one or two."""

    title: str
    lines: tuple[str, ...]


def announcements(knowledge: Knowledge, office: str, now: datetime) -> list[Announcement]:
    """What is pinned now for this office or for everybody, the heaviest first, then the dates of payments."""
    pages: list[Announcement] = []
    for notice in knowledge.notices(now):
        if office in notice.offices or not (notice.offices or notice.entries):
            pages += _pages("Оголошення", textwrap.wrap(notice.text, LINE_AT_MOST))
    pages += _pages("Дати виплат", _paydays(knowledge, now))
    return pages[:PAGES_AT_MOST]


def _paydays(knowledge: Knowledge, now: datetime) -> list[str]:
    """The sentences that name days of a month, as far as each fits a line."""
    if PAYDAYS not in knowledge.entry_ids:
        return []
    text = knowledge.facet_text(PAYDAYS, Facet.OVERVIEW, now) or ""
    return [line for line in text.splitlines() if _NAMES_A_DAY in line and len(line) <= LINE_AT_MOST]


def _pages(title: str, lines: list[str]) -> Iterator[Announcement]:
    for first in range(0, len(lines), LINES):
        yield Announcement(title, tuple(lines[first : first + LINES]))
