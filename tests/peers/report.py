"""What the peers did and what came of it: rows, and the table they make."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

GOT_SHOWN = 76
"""Characters of an answer that the table shows."""


@dataclass(frozen=True)
class Row:
    """One thing a peer did. `came`: accepted, refused, shown, heard … or missing."""

    peer: str
    did: str
    came: str
    got: str
    as_expected: bool


@dataclass
class Report:
    """The rows of all peers, printed as they come."""

    rows: list[Row] = field(default_factory=list)

    def add(self, peer: str, did: str, came: str, got: Any, *, as_expected: bool) -> None:
        """A row; `got` is cut to what fits."""
        said = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False, default=str)
        said = " ".join(said.split())
        cut = said if len(said) <= GOT_SHOWN else said[: GOT_SHOWN - 1] + "…"
        self.rows.append(Row(peer, did, came, cut, as_expected))

    def check(self, peer: str, did: str, came: str, got: Any, wanted: Any) -> None:
        """A row that is as expected where `got` is what was wanted, or fulfils it."""
        fulfilled = bool(wanted(got)) if callable(wanted) else got == wanted
        told = got if fulfilled or callable(wanted) else f"{got!r}, not {wanted!r}"
        self.add(peer, did, came, told, as_expected=fulfilled)

    def missing(self, peer: str, why: str) -> None:
        """A peer that could not be asked."""
        self.add(peer, "take part", "missing", why, as_expected=False)

    @property
    def unexpected(self) -> list[Row]:
        return [row for row in self.rows if not row.as_expected]

    def table(self) -> str:
        """All rows under one head, columns side by side."""
        head = ("peer", "what it did", "came of it", "as expected", "what was said")
        lines = [head] + [
            (row.peer, row.did, row.came, "yes" if row.as_expected else "NO", row.got) for row in self.rows
        ]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
        return "\n".join(
            "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]])
            for line in lines
        )

    def summary(self) -> str:
        """How many rows of each peer are as expected."""
        lines = []
        for peer in dict.fromkeys(row.peer for row in self.rows):
            own = [row for row in self.rows if row.peer == peer]
            lines.append(f"{peer}: {sum(row.as_expected for row in own)} of {len(own)} as expected")
        return "\n".join(lines)
