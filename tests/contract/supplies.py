"""What an invented house gives a vendor's channel under test: its name, its menu, its clock and a shelf of files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.supplies import MenuItem, Supplies
from adapters.transport import Transport
from conversations.messages import Attachment, AttachmentKind, Choice, Reply
from tests.contract.case import NOW

PUBLIC = "https://chat.example"
HOUSE_SECRET = "a-house-secret-nobody-may-read"
MENU = (
    MenuItem(Choice(id="m:menu", label="Меню"), "menu", "Показати меню"),
    MenuItem(Choice(id="m:person", label="Покликати людину"), "person", "Написати спеціалісту"),
)


@dataclass
class Shelf:
    """An attachment store in memory, empty at first."""

    files: dict[str, bytes] = field(default_factory=dict)

    async def put(self, content: bytes, *, name: str | None = None) -> Attachment:
        """Keep a file as a PDF document."""
        return self.lay(content, AttachmentKind.DOCUMENT, "application/pdf", name)

    async def get(self, content_hash: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        if content_hash not in self.files:
            raise FileNotFoundError(content_hash)
        return self.files[content_hash]

    def lay(self, content: bytes, kind: AttachmentKind, media_type: str, name: str | None) -> Attachment:
        """Keep a file and describe it."""
        content_hash = hashlib.sha256(content).hexdigest()
        self.files[content_hash] = content
        return Attachment(
            kind=kind, content_hash=content_hash, media_type=media_type, size=len(content), name=name
        )


class EveryFile(Shelf):
    """A store that has whatever is asked of it."""

    async def get(self, content_hash: str) -> bytes:
        """A PDF of this hash's own."""
        return b"%PDF-1.7 " + content_hash.encode()


def supplied(transport: Transport, **changed: Any) -> Supplies:
    """The house's supplies over a transport, with these fields of `Supplies` changed."""
    usual = Supplies(
        community="zrazkova",
        name="Зразкова громада",
        public_url=PUBLIC,
        secret=HOUSE_SECRET.encode(),
        transport=transport,
        store=Shelf(),
        menu=MENU,
        welcome=lambda topic: Reply(text="Добрий день!"),
        link=lambda file: None,
        clock=lambda: NOW,
    )
    return replace(usual, **changed)
