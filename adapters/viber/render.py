"""A reply as requests to `send_message`, made with `viberbot`'s message models; the receiver is added on sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from viberbot.api.messages import (
    FileMessage,
    LocationMessage,
    PictureMessage,
    TextMessage,
    VideoMessage,
)
from viberbot.api.messages.data_types.location import Location as Point

from adapters.fit import cut, fit
from adapters.viber.keyboard import ROWS_LIMIT, api_level, asks_phone, keyboard
from adapters.viber.parse import ASKED_PHONE
from adapters.viber.settings import NAME_LIMIT
from conversations.channel import Capabilities, Payload
from conversations.messages import (
    Attachment,
    AttachmentKind,
    AuthorKind,
    Card,
    Choice,
    OutgoingMessage,
    Pin,
)

CAPABILITIES = Capabilities(
    # Viber takes 7000 characters but 30 KB in all: 6000 of the widest and twelve buttons stay within.
    text_limit=6_000,
    choices_limit=ROWS_LIMIT,
    free_window=timedelta(hours=24),
    # The only published rate of a whole bot is 50 requests a second, for broadcasts; this stays well below.
    pace=20.0,
    delivered_receipts=True,
    seen_receipts=True,
    location=True,
    pins=True,
    shares=frozenset({"phone", "location"}),
    file_kinds=frozenset(AttachmentKind),
    file_limit=50_000_000,
)

PICTURE_LIMIT = 1_000_000
VIDEO_LIMIT = 26_000_000
FILE_NAME_LIMIT = 256
ASKED_NOTHING = "talk"
DOORS = 2
"""Lines of the menu under words that bring no buttons of their own: as many as stand under every answer."""

_PICTURES = (".jpg", ".jpeg", ".png")
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "video/mp4": ".mp4",
}

LinkOf = Callable[[Attachment], str | None]


def render(
    message: OutgoingMessage,
    capabilities: Capabilities,
    sender: dict[str, str],
    doors: Sequence[Choice],
    link_of: LinkOf,
) -> tuple[Payload, ...]:
    """`{"method": "send_message", "body": {…}}` for each part and each file; the buttons come with the last one."""
    links = [link_of(file) for file in message.reply.attachments]
    # Viber fetches files itself: without an address of ours they are named in words.
    can = capabilities if all(links) else replace(capabilities, file_kinds=frozenset())
    parts = fit(message.reply, can)
    last = parts[-1]
    bodies = [TextMessage(text=part.text).to_dict() for part in parts]
    bodies[-1]["text"] = _with_source(bodies[-1]["text"], message, whole=len(parts) == 1)
    if last.pin is not None:
        # A place has no words of its own, so what it is comes right after it.
        bodies.insert(0, _point(last.pin))
    bodies += [_file(file, link) for file in last.attachments if (link := link_of(file))]
    shown = last.choices or (() if message.author.kind is AuthorKind.SPECIALIST else tuple(doors[:DOORS]))
    # Set on each message, so that an older one never answers for this one.
    asked = ASKED_PHONE if asks_phone(shown) else ASKED_NOTHING
    common = {"sender": _named(message, sender), "tracking_data": asked}
    bodies[-1].update(_buttons(shown))
    return tuple({"method": "send_message", "body": {**body, **common}} for body in bodies)


def _buttons(choices: Sequence[Choice]) -> dict[str, Any]:
    grid = {"keyboard": keyboard(choices), "min_api_version": api_level(choices)}
    return {name: value for name, value in grid.items() if value is not None}


def _named(message: OutgoingMessage, sender: dict[str, str]) -> dict[str, str]:
    name = message.author.name
    if message.author.kind is not AuthorKind.SPECIALIST or not name or not name.strip():
        return sender
    return {**sender, "name": cut(name.strip(), NAME_LIMIT)}


def _with_source(text: str, message: OutgoingMessage, *, whole: bool) -> str:
    """The text with the address of the act it stands on; a client makes a link of it."""
    url = _address(message.reply.card)
    longer = f"{text}\n{url}"
    if not whole or url is None or url in text or len(longer) > CAPABILITIES.text_limit:
        return text
    return longer


def _address(card: Card | None) -> str | None:
    return card.source.url if card is not None and card.source is not None else None


def _point(pin: Pin) -> dict[str, Any]:
    point = Point(lat=pin.location.latitude, lon=pin.location.longitude)
    return dict(LocationMessage(location=point).to_dict())


def _file(file: Attachment, link: str) -> dict[str, Any]:
    """A picture or video where Viber shows it as one, else a file."""
    path = urlsplit(link).path.lower()
    if file.kind is AttachmentKind.PHOTO and file.size <= PICTURE_LIMIT and path.endswith(_PICTURES):
        body = PictureMessage(media=link).to_dict()
    elif file.kind is AttachmentKind.VIDEO and file.size <= VIDEO_LIMIT and path.endswith(".mp4"):
        body = VideoMessage(media=link, size=file.size).to_dict()
    else:
        body = FileMessage(media=link, size=file.size, file_name=_file_name(file)).to_dict()
    return {name: value for name, value in body.items() if value is not None}


def _file_name(file: Attachment) -> str:
    name = " ".join((file.name or "").split()) or f"файл{_ENDINGS.get(file.media_type, '')}"
    if len(name) <= FILE_NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return name[: FILE_NAME_LIMIT - len(kept)] + kept
