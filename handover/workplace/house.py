"""What the workplace is given by whoever puts the house together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from conversations.channel import AttachmentStore, Capabilities
from conversations.database import Database
from conversations.signals import Signals
from conversations.traffic import ChannelReport
from handover.assignment.policy import Policy
from handover.registers.sources import RegisterSource
from handover.retention import Older
from handover.tickets.leading import Render
from handover.tickets.packet import Matter
from handover.tickets.withdrawing import TakeBack
from knowledge_base.answers import Knowledge
from knowledge_base.understanding.meaning import Meaning


class Store(AttachmentStore, Protocol):
    """An attachment store that can say what it still has."""

    async def has(self, content_hash: str) -> bool:
        """Whether the bytes are here."""
        ...

    async def keep(self, content: bytes) -> str:
        """Store bytes of any kind that no citizen is sent; their hash."""
        ...

    async def drop(self, content_hash: str) -> None:
        """Remove a file nobody refers to any more; one that is gone already is no fault."""
        ...


@dataclass(frozen=True)
class WorkplaceHouse:
    """`vendor` is the folder npm installs into (`node_modules`); `secure_cookies` is on wherever TLS is.

    `capabilities` of a channel by name, None for one that is no longer set up; `reports` of every channel of a
    community, as the vendors see them too (a network call each). `connect` sets a channel up at its vendor; what it
    gives is why that failed, in the vendor's words. From `secret` the second factors are derived. `older` is what is
    kept and what of it is older than the policy allows. `read` is what a text means to a community's bot; `matter` what
    it knows of a person's matter, of the engine's memory and a ticket's topic;
    `answer_minutes` is the promise of an answer in working time; `registers` are asked instead of papers.
    """

    database: Database
    signals: Signals
    knowledge: Callable[[str], Knowledge]
    store: Store
    render: Render
    take_back: TakeBack
    clock: Callable[[], datetime]
    vendor: Path
    capabilities: Callable[[str], Capabilities | None]
    reports: Callable[[str], Awaitable[Sequence[ChannelReport]]]
    connect: Callable[[str], Awaitable[str | None]]
    secret: bytes
    older: Callable[[], Awaitable[Sequence[Older]]]
    read: Callable[[str, str], Awaitable[Meaning]]
    matter: Callable[[str, Mapping[str, Any] | None, str | None], Awaitable[Matter]]
    answer_minutes: int
    policy: Policy = field(default_factory=Policy)
    secure_cookies: bool = False
    registers: RegisterSource | None = None
