"""Files beside a reply as the page shows them, and what the channel can carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.channel import Capabilities
from conversations.messages import Attachment, AttachmentKind
from handover.workplace import words

_KINDS = {
    AttachmentKind.PHOTO: "фото",
    AttachmentKind.DOCUMENT: "файли",
    AttachmentKind.VOICE: "записи",
    AttachmentKind.VIDEO: "відео",
}


@dataclass(frozen=True)
class Beside:
    """A file that goes with the reply."""

    content_hash: str
    name: str
    size: str


@dataclass(frozen=True)
class Carried:
    """What the channel can carry, said before anything is added. `limit` is in bytes; `may`: files at all."""

    may: bool
    limit: int
    text: str


def beside(files: Sequence[Attachment]) -> list[Beside]:
    """The files of a draft as they stand under its text."""
    return [Beside(one.content_hash, named(one), words.size(one.size)) for one in files]


def named(file: Attachment) -> str:
    """The file's own name, else its kind."""
    return file.name or {"photo": "Фото", "voice": "Запис", "video": "Відео"}.get(file.kind.value, "Файл")


NOTHING = Carried(False, 0, "")


def carried(channel: str, capabilities: Capabilities | None) -> Carried:
    """In words: «Viber передасть фото й файли, до 50 МБ»."""
    kinds = capabilities.file_kinds if capabilities is not None else frozenset()
    listed = [word for kind, word in _KINDS.items() if kind in kinds]
    name = words.channel(channel)
    if capabilities is None or not listed:
        return Carried(False, 0, f"{name} файлів не передає")
    several = f"{', '.join(listed[:-1])} й {listed[-1]}" if len(listed) > 1 else listed[0]
    limit = capabilities.file_limit
    return Carried(True, limit, f"{name} передасть {several}, до {words.limit(limit)}")


def fits(file: Attachment, capabilities: Capabilities | None) -> bool:
    """Whether the channel carries this very file."""
    return (
        capabilities is not None
        and file.kind in capabilities.file_kinds
        and file.size <= capabilities.file_limit
    )
