"""A reply as requests of the Send API, each `{"method": "messages", "message": {…}, …}`.

message   as the vendor takes it, with our mark; its buttons are quick replies
human     whether a person wrote it: after a day only a person's words may go out, and only where Meta allows it
persona   a specialist's name, where there is one; `introduces`: it is the first text, which says the name in words
          where no persona can be shown
file      `{"content_hash", "media_type", "name", "kind"}`: its bytes are read and uploaded while sending
plain     the same message without its template, where the vendor does not take that
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from adapters.fit import cut, fit
from conversations.channel import Capabilities, Payload
from conversations.messages import Attachment, AttachmentKind, AuthorKind, Choice, OutgoingMessage, Reply

OURS = "pryimalnia"
"""The mark on every message of ours: an echo that carries it is our own."""

GET_STARTED = "#start"
"""What the button that opens the chat carries; no choice can have this id."""

TEXT_LIMIT = 2_000
TEMPLATE_TEXT_LIMIT = 640
ADDRESS_LIMIT = 2_000
PERSONA_NAME_LIMIT = 50
IMAGE_LIMIT = 8_000_000
FILE_LIMIT = 25_000_000

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)

SOURCE_BUTTON = "Відкрити джерело"

CAPABILITIES = Capabilities(
    text_limit=TEXT_LIMIT,
    choices_limit=13,
    label_limit=20,
    choice_id_limit=40,
    cards=True,
    reply_window=WINDOW,
    pace=20,
    delivered_receipts=True,
    seen_receipts=True,
    location=True,
    file_kinds=frozenset(AttachmentKind),
    file_limit=FILE_LIMIT,
)

_TYPES = {AttachmentKind.PHOTO: "image", AttachmentKind.VOICE: "audio", AttachmentKind.VIDEO: "video"}


def render(message: OutgoingMessage, capabilities: Capabilities) -> tuple[Payload, ...]:
    """The requests for one message, in order. What has buttons is the last: they vanish under the next message."""
    author = message.author
    name = cut(" ".join((author.name or "").split()), PERSONA_NAME_LIMIT)
    signed: dict[str, Any] = {"human": author.kind is AuthorKind.SPECIALIST}
    if signed["human"] and name:
        signed["persona"] = name
        # Room for the name, should it have to stand in the text.
        capabilities = replace(capabilities, text_limit=TEXT_LIMIT - len(introduced(name, "")))
    *first, last = fit(message.reply, capabilities)
    texts = [_text(part) for part in first]
    files = [_file(file) for file in last.attachments]
    ordered = [*texts, *files, _text(last)] if last.choices else [*texts, _text(last), *files]
    payloads = [{"method": "messages", **content, **signed} for content in ordered]
    if "persona" in signed:
        next(payload for payload in payloads if "file" not in payload)["introduces"] = True
    return tuple(payloads)


def introduced(name: str, text: str) -> str:
    """The text with the name of who wrote it on a line of its own."""
    return f"{name}:\n{text}"


def _text(part: Reply) -> dict[str, Any]:
    plain = {"text": part.text, **_buttons(part.choices), "metadata": OURS}
    source = part.card.source if part.card else None
    if source is None or source.url is None or not _can_be_opened(source.url):
        return {"message": plain}
    if len(part.text) > TEMPLATE_TEXT_LIMIT:
        return {"message": plain}
    template = {
        "template_type": "button",
        "text": part.text,
        "buttons": [{"type": "web_url", "url": source.url, "title": SOURCE_BUTTON}],
    }
    attachment = {"type": "template", "payload": template}
    return {
        "message": {"attachment": attachment, **_buttons(part.choices), "metadata": OURS},
        "plain": plain,
    }


def _buttons(choices: Sequence[Choice]) -> Mapping[str, Any]:
    if not choices:
        return {}
    return {
        "quick_replies": [
            {"content_type": "text", "title": choice.label, "payload": choice.id} for choice in choices
        ]
    }


def _file(file: Attachment) -> dict[str, Any]:
    return {
        "message": {"attachment": {"type": _type(file), "payload": {}}, "metadata": OURS},
        "file": file.model_dump(mode="json", include={"content_hash", "media_type", "name", "kind"}),
    }


def _type(file: Attachment) -> str:
    """What the vendor shows it as; what is not what its kind says, or too large an image, goes as a file."""
    shown = _TYPES.get(file.kind, "file")
    if not file.media_type.startswith(f"{shown}/") or (shown == "image" and file.size > IMAGE_LIMIT):
        return "file"
    return shown


def _can_be_opened(address: str) -> bool:
    return address.startswith("https://") and address.isprintable() and len(address) <= ADDRESS_LIMIT
