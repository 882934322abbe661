"""What lies inside a Messenger message: words, a pressed button, files, a point, a sticker.

{"mid", "text"}                                              a text
{"mid", "text", "quick_reply": {"payload"}}                  a button pressed; `+380…` is a phone that was shared
{"mid", "attachments": [{"type": "image", "payload": {"url"}}]}          a file that lies with the vendor
{"mid", "attachments": [{"type": "location", "payload": {"coordinates": {"lat", "long"}}}]}
{"mid", "attachments": [{"type": "sticker", "payload": {"sticker_id", "url"}}]}    until August 2026 an image
{"mid", "attachments": [{"type": "fallback", "title", "payload": {"url"}}]}        a link that was shared

Nothing here trusts the type of a field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from adapters.incoming import file_name, readable
from conversations.messages import AttachmentKind, Location, MessageKind, RemoteFile

PAYLOAD_ACCEPTED = 200
ADDRESS_ACCEPTED = 4_000
FILES_ACCEPTED = 30

_PHONE = re.compile(r"\+\d{8,15}")
"""A button of ours can't have such an id: it holds no plus."""

_FILE_KINDS = {
    "image": AttachmentKind.PHOTO,
    "audio": AttachmentKind.VOICE,
    "video": AttachmentKind.VIDEO,
    "file": AttachmentKind.DOCUMENT,
}
_KIND_OF_FILE = {
    AttachmentKind.PHOTO: MessageKind.PHOTO,
    AttachmentKind.VOICE: MessageKind.VOICE,
    AttachmentKind.VIDEO: MessageKind.DOCUMENT,
    AttachmentKind.DOCUMENT: MessageKind.DOCUMENT,
}


@dataclass(frozen=True)
class Contents:
    """A message in the words of the house."""

    kind: MessageKind
    text: str = ""
    choice_id: str | None = None
    phone: str | None = None
    location: Location | None = None
    files: tuple[RemoteFile, ...] = ()


def contents(message: Mapping[str, Any]) -> Contents:
    """What a message says. Every message says something; what we have no word for is of the kind `other`."""
    text = readable(string(message.get("text")))
    if payload := readable(string(mapping(message.get("quick_reply")).get("payload")), PAYLOAD_ACCEPTED):
        if _PHONE.fullmatch(payload):
            return Contents(MessageKind.CONTACT, text=text, phone=payload)
        return Contents(MessageKind.PRESS, text=text, choice_id=payload)
    attachments = [mapping(attachment) for attachment in listed(message.get("attachments"))]
    if message.get("sticker_id") or any(_is_sticker(attachment) for attachment in attachments):
        return Contents(MessageKind.STICKER, text=text)
    if files := tuple(file for file in map(_file, attachments) if file is not None)[:FILES_ACCEPTED]:
        return Contents(_KIND_OF_FILE[files[0].kind], text=text, files=files)
    if point := next(filter(None, map(_point, attachments)), None):
        return Contents(MessageKind.LOCATION, text=text, location=point)
    if text or ("text" in message and not attachments and isinstance(message["text"], str)):
        return Contents(MessageKind.TEXT, text=text)
    return Contents(MessageKind.OTHER, text=readable("\n".join(_link_lines(attachments))))


def string(value: object) -> str:
    """The value where it is a text, else nothing."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def _is_sticker(attachment: Mapping[str, Any]) -> bool:
    return attachment.get("type") == "sticker" or bool(mapping(attachment.get("payload")).get("sticker_id"))


def _file(attachment: Mapping[str, Any]) -> RemoteFile | None:
    kind = _FILE_KINDS.get(string(attachment.get("type")))
    address = _address(attachment)
    if kind is None or not address:
        return None
    name = _name(address) if kind is AttachmentKind.DOCUMENT else None
    return RemoteFile(kind=kind, handle=address, name=name)


def _address(attachment: Mapping[str, Any]) -> str:
    """Where it lies; nothing unless it is an address of the web in ASCII, as every address of the vendor is."""
    address = string(mapping(attachment.get("payload")).get("url")) or string(attachment.get("url"))
    fit = len(address) <= ADDRESS_ACCEPTED and address.isascii() and address.isprintable()
    return address if fit and address.lower().startswith(("https://", "http://")) else ""


def _name(address: str) -> str | None:
    try:
        last = unquote(urlsplit(address).path).rpartition("/")[2]
    except ValueError:
        return None
    return file_name(last) if "." in last else None


def _point(attachment: Mapping[str, Any]) -> Location | None:
    if attachment.get("type") != "location":
        return None
    coordinates = mapping(mapping(attachment.get("payload")).get("coordinates"))
    latitude, longitude = _degrees(coordinates.get("lat"), 90), _degrees(coordinates.get("long"), 180)
    if latitude is None or longitude is None:
        return None
    return Location(latitude=latitude, longitude=longitude)


def _degrees(value: object, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Not a number compares false as well.
    return float(value) if -most <= value <= most else None


def _link_lines(attachments: list[Mapping[str, Any]]) -> list[str]:
    """Title and address of what was shared, so that at least a specialist sees what it was."""
    lines = [
        line
        for attachment in attachments
        for line in (
            string(attachment.get("title")) or string(mapping(attachment.get("payload")).get("title")),
            _address(attachment),
        )
    ]
    return [line for line in lines if line]
