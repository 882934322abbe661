"""Lines of a terminal as messages: plain text, or what can't be typed in square brackets.

текст                      a text
[press:CHOICE_ID]          a button; CHOICE_ID is any text up to `]`
[photo]  [voice]           a photo, a voice message
[location:LAT,LON]         a point, degrees; anything else between the brackets is a plain text
"""

from __future__ import annotations

import re
from datetime import datetime

from adapters.incoming import readable
from conversations.channel import UnreadableBody
from conversations.messages import ConversationRef, IncomingMessage, Location, MessageKind

CHOICE_ID_ACCEPTED = 200

_PRESS = re.compile(r"\[press:([^\]]*)\]")
_LOCATION = re.compile(r"\[location:\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*\]")
_KEY = re.compile(r"[A-Za-z0-9_.:\-]{1,80}")
_WITHOUT_WORDS = {"[photo]": MessageKind.PHOTO, "[voice]": MessageKind.VOICE}


def line_to_message(ref: ConversationRef, line: str, key: str, now: datetime) -> IncomingMessage:
    """What one typed line means. Every line means something; an empty one is an empty text."""
    words = readable(line)
    written = words.strip()
    if press := _PRESS.fullmatch(written):
        return IncomingMessage(
            ref=ref,
            event_key=key,
            kind=MessageKind.PRESS,
            choice_id=press[1][:CHOICE_ID_ACCEPTED],
            sent_at=now,
        )
    if kind := _WITHOUT_WORDS.get(written):
        return IncomingMessage(ref=ref, event_key=key, kind=kind, sent_at=now)
    if point := _point(written):
        return IncomingMessage(ref=ref, event_key=key, kind=MessageKind.LOCATION, location=point, sent_at=now)
    return IncomingMessage(ref=ref, event_key=key, kind=MessageKind.TEXT, text=words, sent_at=now)


def body_to_messages(ref: ConversationRef, body: bytes, now: datetime) -> tuple[IncomingMessage, ...]:
    """The messages of a body: lines `KEY<TAB>LINE` in UTF-8, the key chosen by whoever read the line.

    Raises UnreadableBody for another encoding or a line without a key.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise UnreadableBody("not UTF-8") from None
    messages: list[IncomingMessage] = []
    for row in text.removesuffix("\n").split("\n") if text else []:
        key, tab, line = row.partition("\t")
        if not tab or not _KEY.fullmatch(key):
            raise UnreadableBody("a line without its key")
        messages.append(line_to_message(ref, line, key, now))
    return tuple(messages)


def _point(written: str) -> Location | None:
    found = _LOCATION.fullmatch(written)
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Location(latitude=latitude, longitude=longitude)
