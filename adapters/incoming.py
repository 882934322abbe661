"""What every channel does to words that come from outside before they are stored."""

from __future__ import annotations

import json
import re
from typing import Any

from adapters.fit import cut
from conversations.channel import UnreadableBody

TEXT_ACCEPTED = 10_000
"""Characters of one message that are kept; the rest is cut between words, never refused."""

NAME_ACCEPTED = 120

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""PostgreSQL can't store NUL, UTF-8 can't hold half a surrogate pair, and nobody can read the others."""


def object_of(body: bytes) -> dict[str, Any]:
    """The body's JSON object. Raises UnreadableBody."""
    try:
        fields = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise UnreadableBody("not JSON in UTF-8") from None
    if not isinstance(fields, dict):
        raise UnreadableBody("not a JSON object")
    return fields


def readable(text: str, limit: int = TEXT_ACCEPTED) -> str:
    """The text as it can be stored and shown: no control characters, line ends as \\n, within the limit."""
    return cut(_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")), limit)


def file_name(name: str | None) -> str | None:
    """The last part of a path in one line; None where nothing readable is left."""
    if name is None:
        return None
    base = re.split(r"[/\\]", readable(name, 4 * NAME_ACCEPTED))[-1]
    return cut(" ".join(base.split()), NAME_ACCEPTED) or None
