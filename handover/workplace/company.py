"""The colleagues beside a conversation in words: who looks, and who writes what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handover.composing.viewers import Viewer
from handover.workplace import words

SHOWN = 3
"""Round pictures in the strip; of the rest there is a number."""

_DEEDS = {"reply": "пише відповідь", "note": "пише нотатку"}


@dataclass(frozen=True)
class Face:
    """A colleague's round picture; `writes` puts a pen on it."""

    initials: str
    name: str
    writes: bool


@dataclass(frozen=True)
class Company:
    """Who else is here: at most `SHOWN` faces and one line; no line where nobody is."""

    faces: Sequence[Face]
    text: str


def company(viewers: Sequence[Viewer]) -> Company:
    """The strip of a conversation. Those who write come first."""
    faces = [Face(words.initials(one.name), one.name, one.doing in _DEEDS) for one in viewers[:SHOWN]]
    return Company(faces, _line(viewers))


def _line(viewers: Sequence[Viewer]) -> str:
    if not viewers:
        return ""
    writers = [one for one in viewers if one.doing in _DEEDS]
    if not writers:
        first, rest = viewers[0], len(viewers) - 1
        return f"{_first_name(first)} і ще {rest} дивляться" if rest else f"{_first_name(first)} дивиться"
    said = f"{_first_name(writers[0])} {_DEEDS[writers[0].doing]}"
    rest = len(viewers) - 1
    return f"{said}, тут ще {rest}" if rest else said


def writer(viewers: Sequence[Viewer]) -> str | None:
    """Who writes in this conversation now, for its row in the queue."""
    found = next((one for one in viewers if one.doing in _DEEDS), None)
    return f"{_first_name(found)} {_DEEDS[found.doing]}" if found is not None else None


def _first_name(viewer: Viewer) -> str:
    return viewer.name.split()[0] if viewer.name.split() else viewer.name
