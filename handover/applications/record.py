"""One application as the register holds it: the words for states, the record, and what makes two of them the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b


class State(StrEnum):
    """Where an application stands. Values are kept for years."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    NEEDS_PAPERS = "needs_papers"
    APPROVED = "approved"
    REFUSED = "refused"
    PAID = "paid"
    STOPPED = "stopped"
    CLOSED = "closed"


OVER = (State.REFUSED, State.PAID, State.CLOSED)
"""After which nothing more is decided."""


@dataclass(frozen=True)
class Record:
    """One application. `number` is compared, `shown` is printed; `matter` is an entry's id or words; `amount` kopiykas.

    `papers` are what is missing, separated by semicolons.
    """

    number: str
    shown: str
    matter: str
    state: State
    since: date
    amount: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    reason: str = ""
    next_step: str = ""
    papers: str = ""

    @property
    def digest(self) -> str:
        """The same for the same state, and for nothing else: how the number is spelled is no news."""
        said = (
            self.matter,
            self.state.value,
            self.since.isoformat(),
            self.amount,
            self.period_from,
            self.period_to,
            self.reason,
            self.next_step,
            self.papers,
        )
        return blake2b(repr(said).encode(), digest_size=16).hexdigest()
