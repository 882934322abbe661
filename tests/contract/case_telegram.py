"""Telegram under the contract."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.telegram.channel import opened
from adapters.transport import Answer
from conversations.channel import (
    ChannelUnavailable,
    Payload,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    Request,
    SendError,
)
from tests.contract.case import NOW, Case
from tests.contract.supplies import HOUSE_SECRET, EveryFile, supplied
from tests.contract.wire import Asked, FakeWire

TOKEN = "7000000001:AAF-a-token-nobody-may-read-0123456"
SECRET = "a-header-secret-nobody-may-read"
HEADER = "x-telegram-bot-api-secret-token"
PERSON = 700000001
CHAT = {"id": PERSON, "type": "private", "first_name": "Олена"}
PERSON_FIELDS = {"id": PERSON, "is_bot": False, "first_name": "Олена"}
BOT_FIELDS = {"id": 7000000001, "is_bot": True, "first_name": "Приймальня", "username": "zrazkova_bot"}


def well(asked: Asked) -> Answer:
    """Telegram in a good mood."""
    if asked.url.endswith("/getMe"):
        return said({"ok": True, "result": BOT_FIELDS})
    message = {"message_id": 17, "from": BOT_FIELDS, "chat": CHAT, "date": int(NOW.timestamp())}
    return said({"ok": True, "result": message})


def said(told: Mapping[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(told, ensure_ascii=False).encode())


def refused(status: int, description: str, **parameters: int) -> Answer:
    told: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return said({**told, "parameters": parameters} if parameters else told, status)


def words(payload: Payload) -> str:
    """The text, the caption, or the name of a file that has none."""
    fields = payload["fields"]
    if payload["method"] == "sendVenue":
        return ""
    return str(fields.get("text") or fields.get("caption") or payload["file"]["name"] or "file")


def pin(payload: Payload) -> tuple[float, float] | None:
    fields = payload["fields"]
    return (fields["latitude"], fields["longitude"]) if payload["method"] == "sendVenue" else None


def buttons(payload: Payload) -> Sequence[Mapping[str, str]]:
    rows = payload["fields"].get("reply_markup", {}).get("inline_keyboard", [])
    return [{"id": button["callback_data"], "label": button["text"]} for row in rows for button in row]


def update(key: str, **content: Any) -> bytes:
    return json.dumps({"update_id": zlib.crc32(key.encode()), **content}).encode()


def message(key: str, **content: Any) -> dict[str, Any]:
    return {
        "message_id": zlib.crc32(key.encode()),
        "from": PERSON_FIELDS,
        "chat": CHAT,
        "date": int(NOW.timestamp()),
        **content,
    }


def pressed(button: Mapping[str, str], key: str) -> bytes:
    shown = {
        **message("shown", text="?"),
        "from": BOT_FIELDS,
        "reply_markup": {"inline_keyboard": [[{"text": button["label"], "callback_data": button["id"]}]]},
    }
    query = {
        "id": key,
        "from": PERSON_FIELDS,
        "chat_instance": "1",
        "message": shown,
        "data": button["id"],
    }
    return update(key, callback_query=query)


def proven(body: bytes, secret: str | None = SECRET, method: str = "POST") -> Request:
    headers = {"content-type": "application/json"}
    return Request(
        method=method, headers=headers if secret is None else {**headers, HEADER: secret}, body=body
    )


def failures() -> Mapping[str, tuple[Answer | Exception, type[SendError]]]:
    private = "мій-чоловік-б’є-мене-0671234567"
    return {
        "blocked": (refused(403, "Forbidden: bot was blocked by the user"), RecipientUnreachable),
        "an account that was deleted": (refused(403, "Forbidden: user is deactivated"), RecipientUnreachable),
        "a chat nobody knows": (refused(400, "Bad Request: chat not found"), RecipientUnreachable),
        "a person nobody knows": (refused(400, "Bad Request: PEER_ID_INVALID"), RecipientUnreachable),
        "a chat that moved": (
            refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001700000005),
            RecipientUnreachable,
        ),
        "too many": (refused(429, "Too Many Requests: retry after 7", retry_after=7), RateLimited),
        "too many without a time": (refused(429, "Too Many Requests"), RateLimited),
        "too many with a time that is none": (
            said(
                {"ok": False, "error_code": 429, "description": "?", "parameters": {"retry_after": "soon"}},
                429,
            ),
            RateLimited,
        ),
        "too long": (refused(400, "Bad Request: message is too long"), ReplyRejected),
        "our words quoted": (refused(400, f'Bad Request: wrong "{private}"'), ReplyRejected),
        "our words and the token bare": (refused(400, f"Bad Request: {private} {TOKEN}"), ReplyRejected),
        "a file too large": (refused(413, "Request Entity Too Large"), ReplyRejected),
        "a token taken back": (refused(401, "Unauthorized"), ChannelUnavailable),
        "a token that never was": (refused(404, "Not Found"), ChannelUnavailable),
        "another asks": (
            refused(409, "Conflict: terminated by other getUpdates request"),
            ChannelUnavailable,
        ),
        "out of order": (refused(500, "Internal Server Error"), ChannelUnavailable),
        "restarting": (refused(500, "Internal Server Error: restart"), ChannelUnavailable),
        "a gateway": (Answer(502, b"<html>502 Bad Gateway</html>"), ChannelUnavailable),
        "a refusal without words": (said({"ok": False}, 500), ChannelUnavailable),
        "a code nobody documents": (refused(418, "I'm a teapot"), ChannelUnavailable),
        "moved elsewhere": (Answer(302, b""), ChannelUnavailable),
        "garbage": (Answer(200, b"\xff\xfe{"), ChannelUnavailable),
        "a list": (Answer(200, b"[]"), ChannelUnavailable),
        "well without a message": (said({"ok": True, "result": True}), ChannelUnavailable),
        "not well with 200": (said({"ok": False, "description": "?"}), ChannelUnavailable),
        "no answer in time": (
            ChannelUnavailable("the vendor did not answer in time", uncertain=True),
            ChannelUnavailable,
        ),
    }


def telegram_case() -> Case:
    wire = FakeWire(well=well)
    environment = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": SECRET}
    channel = opened(environment, supplied(wire, store=EveryFile()))
    assert channel is not None
    return Case(
        name="telegram",
        channel=channel,
        proven=proven,
        unproven={
            "no secret": lambda body: proven(body, secret=None),
            "an empty secret": lambda body: proven(body, secret=""),
            "another secret": lambda body: proven(body, secret="another"),
            "a beginning of the secret": lambda body: proven(body, secret=SECRET[:-1]),
            "the secret and more": lambda body: proven(body, secret=f"{SECRET} "),
            "the secret in capitals": lambda body: proven(body, secret=SECRET.upper()),
            "a secret in other letters": lambda body: proven(body, secret="секрет"),
            "a secret that is half a sign": lambda body: proven(body, secret="\udc80"),
            "a GET": lambda body: proven(body, method="GET"),
        },
        written=lambda text, key: update(key, message=message(key, text=text)),
        pressed=pressed,
        words=words,
        buttons=buttons,
        pin=pin,
        secrets=(TOKEN, SECRET, HOUSE_SECRET),
        person=str(PERSON),
        unknown=update(
            "key-00000001",
            message_reaction={"chat": CHAT, "message_id": 5, "date": 1, "new_reaction": []},
        ),
        echoes={
            "a note of our own": update(
                "key-00000002", message={**message("own", text="Добрий день!"), "from": BOT_FIELDS}
            ),
            "our post in a channel": update(
                "key-00000003", channel_post={**message("post", text="Новина"), "from": BOT_FIELDS}
            ),
        },
        wire=wire,
        failures=failures(),
    )
