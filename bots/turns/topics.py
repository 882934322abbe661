"""What loops and pages are woken by: the topics of signals."""

from __future__ import annotations

THINK = "think"
DELIVER = "deliver"
"""Something is due, in whatever channel."""
FETCH = "fetch"


def deliver_topic(channel: str) -> str:
    """The signal that something is due in a channel."""
    return f"{DELIVER}:{channel}"


def conversation_topic(conversation_id: str) -> str:
    """The signal that something in a conversation changed."""
    return f"conversation:{conversation_id}"


def queue_topic(community: str) -> str:
    """The signal that a community's queue changed."""
    return f"queue:{community}"
