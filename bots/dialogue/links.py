"""What a link that opens the chat carries: `topic-<entry>`, whatever the messenger."""

from __future__ import annotations


def link_to(topic: str) -> str:
    """What a link that opens the chat with this entry carries."""
    return f"topic-{topic}"


def linked_topic(start: str | None) -> str | None:
    """The entry that a link opens; None for any other link."""
    prefix, mark, topic = (start or "").partition("-")
    return topic if prefix == "topic" and mark and topic else None
