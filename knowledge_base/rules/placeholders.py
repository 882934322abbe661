"""Placeholders in texts: every figure a citizen reads comes through one of these.

`{parameter}` · `{n:parameter:місяць}` · `{amount}` · `{n:документ}` · `{deadline.ID}` · `{hotline.ID}` ·
`{office.SERVES}` · `{source.ID}`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["parameter", "count", "amount", "documents", "deadline", "hotline", "office", "source"]
HOLE = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z0-9_-]*")
DOTTED: dict[str, Kind] = {
    "deadline": "deadline",
    "hotline": "hotline",
    "office": "office",
    "source": "source",
}
OF_AN_ENTRY = ("amount", "documents", "deadline")


class PlaceholderError(ValueError):
    """Something in braces that is no placeholder."""


@dataclass(frozen=True)
class Placeholder:
    """One hole of a text. `name` is the id it asks for, `noun` the word counted."""

    kind: Kind
    name: str = ""
    noun: str = ""


def read_placeholder(inside: str) -> Placeholder:
    """Reads what stands between the braces. Raises PlaceholderError."""
    if inside == "amount":
        return Placeholder("amount")
    if inside.startswith("n:"):
        return _counted(inside)
    head, dot, name = inside.partition(".")
    if dot and head in DOTTED and NAME.fullmatch(name):
        return Placeholder(DOTTED[head], name)
    if not dot and NAME.fullmatch(inside):
        return Placeholder("parameter", inside)
    raise PlaceholderError(f"«{{{inside}}}» не є підстановкою")


def _counted(inside: str) -> Placeholder:
    match inside.split(":"):
        case [_, "документ"]:
            return Placeholder("documents", noun="документ")
        case [_, name, noun] if NAME.fullmatch(name) and noun:
            return Placeholder("count", name, noun)
    raise PlaceholderError(f"«{{{inside}}}»: пишіть {{n:параметр:місяць}} або {{n:документ}}")


def holes(text: str) -> list[str]:
    """What stands between the braces of a text, in order. Raises PlaceholderError for a stray brace."""
    if re.search(r"[{}]", HOLE.sub("", text)):
        raise PlaceholderError("дужка { } без пари")
    return HOLE.findall(text)
