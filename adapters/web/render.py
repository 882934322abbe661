"""What the page is told, as JSON: a reply for the outbox, a feed for the live page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from adapters.fit import fit
from adapters.web.parse import page_key
from conversations.channel import Capabilities, Feed, FeedLine, Payload
from conversations.messages import Attachment, AttachmentKind, OutgoingMessage

FILE_LIMIT = 10_000_000
"""Bytes. A photo of a paper from a phone is 2 to 8 MB."""

CAPABILITIES = Capabilities(
    text_limit=4_000,
    choices_limit=13,
    cards=True,
    location=True,
    pins=True,
    seen_receipts=True,
    takes_back=timedelta.max,
    file_kinds=frozenset(AttachmentKind),
    file_limit=FILE_LIMIT,
)

LinkOf = Callable[[Attachment], str]
"""The signed address of a file for the visitor who is asking."""


def render(message: OutgoingMessage, capabilities: Capabilities) -> tuple[Payload, ...]:
    """One payload a part: `{"text", "choices", "card", "attachments", "pin", "author"}`."""
    author = message.author.model_dump(mode="json", include={"kind", "name"})
    return tuple(
        {**part.model_dump(mode="json"), "author": author} for part in fit(message.reply, capabilities)
    )


def feed_json(feed: Feed, link_of: LinkOf) -> dict[str, Any]:
    """`{"lines", "cursor", "owner", "owner_name", "ahead"}`."""
    return {
        "lines": [_line_json(line, link_of) for line in (*feed.withdrawn, *feed.lines)],
        "cursor": feed.cursor,
        "owner": feed.owner,
        "owner_name": feed.owner_name,
        "ahead": feed.ahead,
    }


def _line_json(line: FeedLine, link_of: LinkOf) -> dict[str, Any]:
    return {
        "position": line.position,
        "key": page_key(line.event_key),
        "author": line.author.kind.value,
        "name": line.author.name,
        "at": line.at.isoformat(),
        "seen": line.seen,
        "text": line.reply.text,
        "choices": [choice.model_dump() for choice in line.reply.choices],
        "card": line.reply.card.model_dump() if line.reply.card else None,
        "pin": line.reply.pin.model_dump(include={"title", "link"}) if line.reply.pin else None,
        "files": [file_json(file, link_of) for file in line.reply.attachments],
    }


def file_json(file: Attachment, link_of: LinkOf) -> dict[str, Any]:
    """`{"kind", "name", "size", "url"}`."""
    return {"kind": file.kind.value, "name": file.name, "size": file.size, "url": link_of(file)}
