"""What is due on a ticket and when: the promised answer now; terms of law join this list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from handover.tables import NO_DUE

NOTHING = datetime.fromisoformat(NO_DUE).replace(tzinfo=UTC)
"""The moment of a ticket for which nothing is due, so that it sorts after all others."""


@dataclass(frozen=True)
class Due:
    """Something that has to be done by a moment."""

    kind: Literal["promise"]
    at: datetime


def dues(promised_at: datetime | None, answered_at: datetime | None) -> tuple[Due, ...]:
    """What is still due, the nearest first. A promise is kept by the first answer."""
    return (Due("promise", promised_at),) if promised_at is not None and answered_at is None else ()


def earliest(due: Iterable[Due]) -> datetime:
    """By which moment something has to be done: what the queue is ordered by."""
    return min((one.at for one in due), default=NOTHING)
