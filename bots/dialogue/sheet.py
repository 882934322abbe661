"""What goes into a file: a person's list of papers, a visit for their calendar. Every word, no word of how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Paper:
    """One paper with a box to tick. `more` goes on after the name: when and how to bring it. `line` stands under it."""

    name: str
    more: str = ""
    line: str | None = None
    ticked: bool = False


@dataclass(frozen=True)
class Group:
    """Papers under a heading and what is said after them."""

    heading: str
    papers: tuple[Paper, ...]
    closing: str | None = None


@dataclass(frozen=True)
class Part:
    """What stands after the papers: a heading and its paragraphs. Of one with several lines the first is its name."""

    heading: str
    paragraphs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Sheet:
    """A list to be made into a file. Equal sheets give equal files.

    `file_name` is without its ending. `issuer` is whose list it is, `about` what it is and of which day. `questions`
    is whom to ask, beside the way back to the chat. `sources` and `version` are for the small print. `start` is what a
    link back to the chat carries.
    """

    file_name: str
    issuer: str
    title: str
    about: tuple[str, ...]
    groups: tuple[Group, ...]
    parts: tuple[Part, ...]
    questions: Part
    sources: tuple[str, ...]
    version: str
    start: str


@dataclass(frozen=True)
class CalendarEntry:
    """A visit as it goes into a person's own calendar. Equal entries give equal files.

    `uid` is the same for ever, `sequence` grows with every change; `cancelled` takes the visit out again. Moments are
    aware, `timezone` is where the office is.
    """

    file_name: str
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    timezone: str
    title: str
    place: str
    notes: str
    made_at: datetime
    cancelled: bool = False
