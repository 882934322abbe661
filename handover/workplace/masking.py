"""Identifiers as pages show them: four dots and the end, until somebody who may asks for one of them.

A page never holds the number itself: it comes by a request of its own (`unmasking.py`), which is recorded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from knowledge_base.understanding.secrets import DOT, Identifier, identifiers

KINDS = {
    "tax": "податковий номер",
    "passport": "номер паспорта",
    "iban": "рахунок",
    "register": "номер у реєстрі",
    "card": "номер картки",
    "phone": "телефон",
}

_SHORT = 8
"""Of a number with fewer signs four would be nearly all."""


@dataclass(frozen=True)
class Hidden:
    """A masked identifier; `at` is what to ask for, None where it can't be asked for."""

    shown: str
    kind: str
    at: str | None

    @property
    def word(self) -> str:
        """What it is, for the button's name."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Said:
    """A text in parts; as a string it is masked, so that a template that forgets the parts shows nothing."""

    parts: tuple[str | Hidden, ...]

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.shown for part in self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


def said(text: str, at: str | None = None, own: Collection[str | None] = (), *, phones: bool = True) -> Said:
    """The text with its identifiers masked.

    `at` names its place in the conversation; `own` are phones the person gave to be called on, which stay; with
    `phones` off all do, as in what we write: those are of offices.
    """
    return Said(tuple(_parts(text, at, own, phones)))


def masked(text: str) -> str:
    """A text that is shown without any way to ask for what is masked."""
    return str(said(text))


def found(text: str, own: Collection[str | None] = (), *, phones: bool = True) -> list[Identifier]:
    """The identifiers that `said` masks, in the order of their numbers."""
    kept = {_digits(phone) for phone in own if phone}
    return [
        one
        for one in identifiers(text)
        if one.kind != "phone" or (phones and _digits(text[one.start : one.end]) not in kept)
    ]


def _parts(text: str, at: str | None, own: Collection[str | None], phones: bool) -> Iterator[str | Hidden]:
    end = 0
    for number, one in enumerate(found(text, own, phones=phones)):
        if one.start > end:
            yield text[end : one.start]
        yield Hidden(_ending(text[one.start : one.end]), one.kind, f"{at}:{number}" if at else None)
        end = one.end
    if end < len(text):
        yield text[end:]


def _ending(value: str) -> str:
    signs = re.sub(r"\W", "", value)
    return DOT * 4 + (signs[-4:] if len(signs) > _SHORT else signs[-2:])


def _digits(phone: str) -> str:
    """The nine digits that tell a phone, however it is written."""
    return re.sub(r"[^0-9]", "", phone)[-9:]
