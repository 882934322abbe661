"""A person's list of papers as it goes on paper: every word of it, and no word of how it looks."""

from __future__ import annotations

from dataclasses import dataclass


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
