"""What the HTTP answer to an update asks Telegram to do: one method in its body, whose outcome nobody ever tells us.

a press, of any age and any chat        answerCallbackQuery, so that the button stops turning
another message of a private chat       sendChatAction
added to a group, called in a group     one line that we answer in private chats only
anything else                           nothing
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.incoming import object_of
from adapters.telegram.parse import PRESS_KEY
from conversations.channel import UnreadableBody
from conversations.messages import ChannelEvent, IncomingMessage

PRIVATE_ONLY = "Тут не відповідаю: групу читають усі. Напишіть мені в особистий чат."

_GROUPS = frozenset({"group", "supergroup"})
_OUTSIDE = frozenset({"left", "kicked"})
_INSIDE = frozenset({"member", "administrator", "restricted"})
_BOT_NAME = re.compile(r"@\w*bot", re.IGNORECASE)
"""Every bot's name ends so; privacy mode shows a bot only what is meant for it."""


def answer_to(body: bytes, events: Sequence[ChannelEvent], bot: str, username: str | None) -> dict[str, Any]:
    """The method and its fields; empty where there is nothing to do. `username` is ours where it is known.

    Never raises, whatever the body holds.
    """
    for event in events:
        if not isinstance(event, IncomingMessage):
            return {}
        if event.event_key.startswith(PRESS_KEY):
            return _answered(event.event_key.removeprefix(PRESS_KEY))
        return {"method": "sendChatAction", "chat_id": event.ref.address, "action": "typing"}
    try:
        update = object_of(body)
    except UnreadableBody:
        return {}
    query = _inner(update, "callback_query").get("id")
    if isinstance(query, str):
        return _answered(query)
    return _said_in_a_group(update, bot, username)


def _answered(query: str) -> dict[str, Any]:
    return {"method": "answerCallbackQuery", "callback_query_id": query}


def _said_in_a_group(update: Mapping[str, Any], bot: str, username: str | None) -> dict[str, Any]:
    change, message = _inner(update, "my_chat_member"), _inner(update, "message")
    if not (_was_added(change) or _is_called(message, bot, username)):
        return {}
    chat = _inner(change or message, "chat")
    if str(chat.get("type")) not in _GROUPS or type(chat.get("id")) is not int:
        return {}
    answer = {"method": "sendMessage", "chat_id": chat["id"], "text": PRIVATE_ONLY}
    topic = message.get("message_thread_id")
    if message.get("is_topic_message") is True and type(topic) is int:
        answer["message_thread_id"] = topic
    return answer


def _was_added(change: Mapping[str, Any]) -> bool:
    before, after = (_inner(change, f"{when}_chat_member").get("status") for when in ("old", "new"))
    return str(before) in _OUTSIDE and str(after) in _INSIDE


def _is_called(message: Mapping[str, Any], bot: str, username: str | None) -> bool:
    """Whether a message begins with a command for us or mentions us."""
    text, entities = message.get("text"), message.get("entities")
    if not isinstance(text, str) or not isinstance(entities, list):
        return False
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        if not isinstance(entity, dict):
            continue
        kind, offset, length = (entity.get(name) for name in ("type", "offset", "length"))
        if kind == "text_mention" and str(_inner(entity, "user").get("id")) == bot:
            return True
        if type(offset) is not int or type(length) is not int or not 0 <= offset <= len(units):
            continue
        words = units[2 * offset : 2 * (offset + max(length, 0))].decode("utf-16-le", "replace")
        command, at, name = words.partition("@")
        if kind == "bot_command" and offset == 0 and (not at or _is_ours(at + name, username)):
            return True
        if kind == "mention" and not command and _is_ours(words, username):
            return True
    return False


def _is_ours(mention: str, username: str | None) -> bool:
    if username is not None:
        return mention.lower() == f"@{username.lower()}"
    return _BOT_NAME.fullmatch(mention) is not None


def _inner(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
