"""What the loops stand on: the log, the channels, the minds and a clock, put together by bots.app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bots.turns.busy import Halls
from bots.turns.hours import HoursLaid
from bots.turns.intake import Intake
from bots.turns.measures import Measures
from bots.turns.minds import Minds
from bots.turns.presence import Presence
from bots.turns.registers import Registers
from bots.turns.signs import Signs
from conversations.channel import AttachmentStore, Channel
from conversations.database import Database
from conversations.pace import MemoryPace, Pace
from conversations.signals import Signals
from handover.assignment.policy import Policy


class Store(AttachmentStore, Protocol):
    """An attachment store that can also forget."""

    async def drop(self, content_hash: str) -> None:
        """Remove a file nobody refers to any more; one that is gone already is no fault."""
        ...


Nightly = Callable[[datetime], Awaitable[None]]
"""Does one piece, where it is time for it."""


@dataclass(frozen=True)
class Runtime:
    """One process of the reception. `worker` names it in leases; `answer_minutes` is the promise in working time.

    `policy` says who answers. `nightly` is what is done in small pieces at night. `public_url` is where people find us,
    "" where it is not set. `registers` are the department's own, of applications and instead of papers.
    """

    database: Database
    signals: Signals
    store: Store
    channels: Mapping[str, Channel]
    minds: Minds
    clock: Callable[[], datetime]
    worker: str
    answer_minutes: int
    pace: Pace = field(default_factory=MemoryPace)
    signs: Signs = field(default_factory=Signs)
    measures: Measures = field(default_factory=Measures)
    intake: Intake = field(default_factory=Intake)
    hours: HoursLaid = field(default_factory=HoursLaid)
    halls: Halls = field(default_factory=Halls)
    presence: Presence = field(default_factory=Presence)
    policy: Policy = field(default_factory=Policy)
    nightly: Nightly | None = None
    public_url: str = ""
    registers: Registers = field(default_factory=Registers)
