"""Why a start stops: one line that names the thing and the mend."""

from __future__ import annotations


class StartFault(Exception):
    """Something outside the program has to be mended first. The message is one whole line for a person."""
