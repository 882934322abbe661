"""Presence: a worker says that it is there, and knows its share of the conversations among those that are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from conversations import sharing
from conversations.database import Database
from conversations.sharing import Share

SAID_EVERY = 5.0
"""Seconds; four times before a worker counts as silent."""


@dataclass
class Presence:
    """One worker's. Before it was said for the first time the share is everything: nothing waits for a colleague."""

    share: Share = field(default_factory=Share)

    async def say(self, database: Database, worker: str, now: datetime) -> None:
        """Say it, and take the share that follows."""
        async with database.write() as db:
            self.share = await sharing.be_present(db, worker, now)

    async def leave(self, database: Database, worker: str) -> None:
        """Say that this worker goes."""
        async with database.write() as db:
            await sharing.leave(db, worker)
