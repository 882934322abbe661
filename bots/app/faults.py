"""Why a command stops: one line that names the thing and the mend."""

from __future__ import annotations


class StartFault(Exception):
    """Something outside the program has to be mended first. The message is one whole line for a person."""


class BadInput(Exception):
    """What was given to a command cannot be taken. `lines`: one for each thing to mend, whole, for a person."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = tuple(" ".join(line.split()) for line in lines)
