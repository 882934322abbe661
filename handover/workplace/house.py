"""What the workplace is given by whoever puts the house together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conversations.channel import AttachmentStore
from conversations.database import Database
from conversations.signals import Signals
from handover.tickets.leading import Render
from knowledge_base.answers import Knowledge


@dataclass(frozen=True)
class WorkplaceHouse:
    """`vendor` is the folder npm installs into (`node_modules`); `secure_cookies` is on wherever TLS is."""

    database: Database
    signals: Signals
    knowledge: Callable[[str], Knowledge]
    store: AttachmentStore
    render: Render
    clock: Callable[[], datetime]
    vendor: Path
    secure_cookies: bool = False
