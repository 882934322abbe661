"""The table of the bench: a line a fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.faults.ledger import Count

SHOWN_FAULTS = 20


@dataclass(frozen=True)
class Outcome:
    """What became of one fault. `trouble`: why it could not be tried at all."""

    name: str
    count: Count
    notes: Sequence[str] = ()
    trouble: str = ""

    @property
    def good(self) -> bool:
        return not self.trouble and self.count.good


_COLUMNS = (
    ("sent in", "sent_in"),
    ("accepted", "accepted"),
    ("repeats refused", "repeats_refused"),
    ("expected", "expected"),
    ("delivered", "delivered"),
    ("lost", "lost"),
    ("out of order", "out_of_order"),
    ("doubled", "doubled"),
    ("unforeseen", "unforeseen"),
    ("hasty", "hasty"),
    ("unknown", "unknown"),
    ("of them not shown", "unknown_not_shown"),
)
_NAME_WIDTH = 12


def head() -> str:
    """The names of the columns."""
    return " | ".join(
        [f"{'fault':<{_NAME_WIDTH}}", *(title for title, _ in _COLUMNS), "longest wait", "verdict"]
    )


def line(outcome: Outcome) -> str:
    """One fault's row."""
    if outcome.trouble:
        return f"{outcome.name:<{_NAME_WIDTH}} | not tried: {outcome.trouble}"
    cells = [f"{getattr(outcome.count, field):>{len(title)}}" for title, field in _COLUMNS]
    wait = f"{outcome.count.pause:.1f} s"
    verdict = "good" if outcome.good else "BAD"
    return " | ".join([f"{outcome.name:<{_NAME_WIDTH}}", *cells, f"{wait:>12}", verdict])


def details(outcome: Outcome) -> list[str]:
    """What was done, and the first of what went wrong."""
    shown = [f"  {fault}" for fault in outcome.count.faults[:SHOWN_FAULTS]]
    if (more := len(outcome.count.faults) - len(shown)) > 0:
        shown.append(f"  and {more} more")
    return [*(f"  ({note})" for note in outcome.notes), *shown]
