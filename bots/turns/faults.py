"""Our own faults in the log: what kind and where, never the message, which may hold a citizen's words."""

from __future__ import annotations

import traceback


def described(fault: BaseException) -> str:
    """The kind of a fault and of those that led to it, each with the lines of code it came through."""
    told = []
    link: BaseException | None = fault
    while link is not None:
        told.append(f"{type(link).__name__}\n{''.join(traceback.format_tb(link.__traceback__))}")
        link = link.__cause__ or link.__context__
    return "caused by ".join(told).rstrip()
