"""Bytes to aiogram's Update. What is not for us is left out before it is read; a shape aiogram does not know is saved.

A new field of Telegram's may break aiogram's strict reading of a whole update. Then only what every message has is
kept (who, where, when, the text), so that the citizen is heard all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram.types import Update

from adapters.incoming import object_of, readable
from conversations.channel import UnreadableBody

HEARD = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates that are read, and asked for."""

END_OF_TIME = 2**33
"""Seconds: the year 2242."""

_UNREAD = (ValueError, TypeError, OverflowError, OSError, RecursionError, AttributeError, KeyError)
"""What pydantic and aiogram's validators raise on values of any type."""


def read_update(body: bytes, now: datetime) -> Update:
    """The update, empty where it holds nothing we hear. Raises UnreadableBody.

    `now` takes the place of a time that can't be read.
    """
    fields = object_of(body)
    number = fields.get("update_id")
    if type(number) is not int:
        raise UnreadableBody("no update_id")
    heard = {name: fields[name] for name in HEARD if fields.get(name) is not None}
    try:
        return Update.model_validate({"update_id": number, **heard})
    except _UNREAD:
        pass
    try:
        saved = {name: _saved(name, content, number, now) for name, content in heard.items()}
        return Update.model_validate({"update_id": number, **saved})
    except _UNREAD:
        raise UnreadableBody(f"an unknown shape of {' '.join(heard)}") from None


def _saved(name: str, content: Any, number: int, now: datetime) -> Any:
    """What can be understood of something that can't be read whole."""
    if name == "callback_query":
        message = content.get("message")
        return {
            "id": content["id"],
            "from": _person(content.get("from")) or _person({"id": 0}),
            "chat_instance": "",
            "data": _text(content.get("data")),
            "message": None if message is None else _placed(message, number, now),
        }
    if name in {"message", "edited_message"}:
        return {
            **_placed(content, number, now),
            "from": _person(content.get("from")),
            "text": _text(content.get("text")) or _text(content.get("caption")),
        }
    return content


def _placed(message: Mapping[str, Any], number: int, now: datetime) -> dict[str, Any]:
    """Which message, where and when. One without a number of its own gets the update's, which no other message has."""
    own, date, chat = message.get("message_id"), message.get("date"), message["chat"]
    return {
        "message_id": own if type(own) is int else -number,
        "date": date if type(date) is int and 0 < date < END_OF_TIME else int(now.timestamp()),
        "chat": {"id": chat["id"], "type": chat["type"]},
    }


def _person(fields: object) -> dict[str, Any] | None:
    if not isinstance(fields, dict) or type(fields.get("id")) is not int:
        return None
    return {
        "id": fields["id"],
        "is_bot": fields.get("is_bot") is True,
        "first_name": _text(fields.get("first_name")) or "",
        "last_name": _text(fields.get("last_name")),
    }


def _text(value: object) -> str | None:
    """Words without what no string of ours may hold: half a surrogate pair breaks aiogram's reading as well."""
    return readable(value) if isinstance(value, str) else None
