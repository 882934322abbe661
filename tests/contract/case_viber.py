"""Viber under the contract: its proof, its payloads read back, and every way its server can fail us."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from adapters.transport import Answer
from adapters.viber.channel import ViberChannel
from adapters.viber.settings import ViberSettings
from conversations.channel import (
    ChannelUnavailable,
    Payload,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    Request,
)
from conversations.messages import Attachment
from tests.contract.case import Case
from tests.contract.supplies import PUBLIC, supplied
from tests.contract.wire import Asked, FakeWire

TOKEN = "4d5e6f7a8b9c0d1e-2f3a4b5c6d7e8f90-a1b2c3d4e5f60718"
PERSON = "01234567890A="
SENT_TOKEN = 5_741_311_803_571_721_087


def link(file: Attachment) -> str:
    """A stored file's public address, with its ending."""
    return f"{PUBLIC}/files/{file.content_hash}.jpg"


def signature(body: bytes, token: str = TOKEN) -> str:
    """As Viber signs."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def told(status: int, words: str, **fields: object) -> Answer:
    """Viber's answer: HTTP 200 for everything."""
    body = {"status": status, "status_message": words, "chat_hostname": "SN-CHAT-01_", **fields}
    return Answer(200, json.dumps(body).encode())


def good_mood(asked: Asked) -> Answer:
    """What Viber answers to a message it takes, or asked about the account."""
    if asked.url.endswith("/get_account_info"):
        return told(0, "ok", name="Приймальня", uri="zrazkova")
    return told(0, "ok", message_token=SENT_TOKEN, billing_status=1)


def viber_case() -> Case:
    wire = FakeWire(well=good_mood)
    # With a menu its doors would stand under replies without choices, and the suite knows the reply's ids only.
    supplies = supplied(wire, menu=(), link=link)
    return Case(
        name="viber",
        channel=ViberChannel(ViberSettings(token=TOKEN), supplies),
        proven=lambda body: posted(body, signature(body)),
        unproven={
            "no signature": lambda body: posted(body, None),
            "an empty signature": lambda body: posted(body, ""),
            "another token": lambda body: posted(body, signature(body, "another-token-of-viber")),
            "another body": lambda body: posted(body, signature(body + b" ")),
            "upper-case hex": lambda body: posted(body, signature(body).upper()),
            "cut": lambda body: posted(body, signature(body)[:-1]),
            "with a prefix": lambda body: posted(body, f"sha256={signature(body)}"),
            "other characters": lambda body: posted(body, "ї" * 64),
            "the token itself": lambda body: posted(body, TOKEN),
            "a wrong header and a good address": lambda body: posted(
                body, "0" * 64, query={"sig": signature(body)}
            ),
            "a wrong address": lambda body: posted(body, None, query={"sig": "0" * 64}),
            "a GET": lambda body: Request(
                method="GET", headers={"x-viber-content-signature": signature(body)}, body=body
            ),
        },
        written=lambda text, key: said({"type": "text", "text": text}, key),
        pressed=lambda button, key: said(
            {"type": "text", "text": f"=>{button['id']} {button['label']}"}, key
        ),
        words=words,
        buttons=buttons,
        pin=pin,
        secrets=(TOKEN,),
        person=PERSON,
        unknown=json.dumps(
            {"event": "client_status", "timestamp": 1_764_000_000_000, "user_id": PERSON, "status": {}}
        ).encode(),
        wire=wire,
        failures={
            "not a Viber user": (told(5, "receiverNotRegistered"), RecipientUnreachable),
            "not subscribed": (told(6, "receiverNotSubscribed"), RecipientUnreachable),
            "a hundred messages without a reply": (told(12, "tooManyRequests"), RateLimited),
            "HTTP 429": (Answer(429, b"", {"retry-after": "7"}), RateLimited),
            "the token is refused": (told(2, "invalidAuthToken"), ChannelUnavailable),
            "an invalid URL": (told(1, "invalidUrl"), ReplyRejected),
            "bad data": (told(3, "badData"), ReplyRejected),
            "missing data": (told(4, "missingData"), ReplyRejected),
            "the bot is blocked": (told(7, "publicAccountBlocked"), ReplyRejected),
            "an old client": (told(13, "apiVersionNotSupported"), ReplyRejected),
            "a status nobody knows": (told(99, "somethingNew"), ReplyRejected),
            "a status without words": (Answer(200, b'{"status": 3}'), ReplyRejected),
            "words that show the token": (told(3, f"no account has {TOKEN}"), ReplyRejected),
            "taken without a token": (told(0, "ok"), ChannelUnavailable),
            "a status that is no number": (Answer(200, b'{"status": "ok"}'), ChannelUnavailable),
            "a list": (Answer(200, b"[]"), ChannelUnavailable),
            "a page of a proxy": (Answer(200, b"<html>hello</html>"), ChannelUnavailable),
            "an empty answer": (Answer(200, b""), ChannelUnavailable),
            "an answer of half a megabyte of brackets": (
                Answer(200, b"[" * 500_000),
                ChannelUnavailable,
            ),
            "HTTP 500": (Answer(500, b"oops"), ChannelUnavailable),
            "HTTP 502": (Answer(502), ChannelUnavailable),
            "HTTP 504": (Answer(504), ChannelUnavailable),
            "HTTP 403": (Answer(403), ChannelUnavailable),
            "a redirect": (Answer(302, b"", {"location": "https://elsewhere.example"}), ChannelUnavailable),
            "no connection": (ChannelUnavailable("no connection to the vendor"), ChannelUnavailable),
            "no answer in time": (
                ChannelUnavailable("the vendor did not answer in time", uncertain=True),
                ChannelUnavailable,
            ),
        },
    )


def posted(body: bytes, header: str | None, query: Mapping[str, str] | None = None) -> Request:
    """A callback as it reaches the door."""
    headers = {"content-type": "application/json"}
    if header is not None:
        headers["x-viber-content-signature"] = header
    return Request(method="POST", headers=headers, query=query or {}, body=body)


def said(message: Mapping[str, Any], key: str) -> bytes:
    """A message of the person under a key; its token is beyond what a double holds."""
    event = {
        "event": "message",
        "timestamp": 1_764_000_000_000,
        "chat_hostname": "SN-CHAT-01_",
        "message_token": 2**62 + zlib.crc32(key.encode()),
        "sender": {"id": PERSON, "name": "Ганна", "language": "uk", "country": "UA", "api_version": 10},
        "message": dict(message),
        "silent": False,
    }
    return json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass")


def words(payload: Payload) -> str:
    """What a person reads: the text, or a file's name."""
    body = payload["body"]
    return str(body.get("text") or body.get("file_name") or body.get("media", ""))


def pin(payload: Payload) -> tuple[float, float] | None:
    """The place on the map, where it is one."""
    place = payload["body"].get("location")
    return (place["lat"], place["lon"]) if place else None


def buttons(payload: Payload) -> list[dict[str, str]]:
    """The buttons of the keyboard, their labels without mark-up."""
    read: list[dict[str, str]] = []
    for button in payload["body"].get("keyboard", {}).get("Buttons", ()):
        sent = re.fullmatch(r"=>(\S+) (.*)", button["ActionBody"], re.DOTALL)
        assert sent, "a button without a body does nothing"
        label = html.unescape(re.sub(r"<[^>]*>", "", button["Text"]))
        read.append({"id": sent[1], "label": label})
    return read
