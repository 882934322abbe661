"""What a community may set about who answers; defaults that suit a department of a dozen people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Policy:
    """`follow_up`: whoever calls again so soon after a resolve gets the same specialist.

    `silent`: a specialist whose page was not heard of for so long is not there. `capacity`: conversations one leads
    at once, where nothing is set for the person. `accept_minutes` and `return_minutes` are those of tickets without a
    team.
    """

    follow_up: timedelta = timedelta(days=7)
    silent: timedelta = timedelta(minutes=10)
    capacity: int = 8
    accept_minutes: int = 3
    return_minutes: int = 30
