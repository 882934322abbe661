"""What a log line is about: conversation, turn, channel. Ids only, bound around work and read when it is written."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TypedDict, Unpack

_bound: ContextVar[tuple[Ids, ...]] = ContextVar("about", default=())


class Ids(TypedDict, total=False):
    """What a line may be about. None, as absent, leaves a field as it is."""

    community: str | None
    channel: str | None
    conversation: str | None
    turn: int | str | None
    worker: str | None


class about:  # reads as a word: `with about(conversation=one.id):`
    """Every log line inside carries these ids; an inner `about` adds to an outer one.

    Tasks and threads begun inside carry them too. Never put a person's words, name or address here.
    """

    __slots__ = ("_ids", "_outer")

    def __init__(self, **ids: Unpack[Ids]) -> None:
        self._ids = ids
        self._outer: Token[tuple[Ids, ...]] | None = None

    def __enter__(self) -> None:
        self._outer = _bound.set((*_bound.get(), self._ids))

    def __exit__(self, *_: object) -> None:
        if self._outer is not None:
            _bound.reset(self._outer)


def bound() -> dict[str, str]:
    """The ids that are bound here and now, in the order of `Ids`."""
    told: dict[str, object] = {}
    for ids in _bound.get():
        told.update({name: one for name, one in ids.items() if one is not None})
    return {name: str(told[name]) for name in Ids.__annotations__ if name in told}
