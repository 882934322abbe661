"""A reply as text for a terminal: no buttons, so they are numbered."""

from __future__ import annotations

from adapters.fit import fit
from conversations.channel import Capabilities, Payload
from conversations.messages import AuthorKind, OutgoingMessage

CAPABILITIES = Capabilities(text_limit=4_000, choices_limit=0, numbered_choices=True, location=True)


def render(message: OutgoingMessage) -> tuple[Payload, ...]:
    """One payload `{"text"}` a part; a specialist's first part begins with their name."""
    texts = [part.text for part in fit(message.reply, CAPABILITIES)]
    if message.author.kind is AuthorKind.SPECIALIST and message.author.name:
        return ({"text": f"{message.author.name}:"}, *({"text": text} for text in texts))
    return tuple({"text": text} for text in texts)
