"""Messenger under the contract."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.messenger.channel import MessengerChannel, opened
from adapters.transport import Answer
from conversations.channel import (
    ChannelUnavailable,
    Payload,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
    Request,
    SendError,
)
from conversations.clock import utc_now
from tests.contract.case import Case
from tests.contract.supplies import supplied
from tests.contract.wire import Asked, FakeWire

PAGE = "104857600012345"
PERSON = "7781234567890123"
APP = "515151515151"
TOKEN = "EAAGm0PX4ZCpsBAKnobodymayreadthistoken"
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
VERIFY = "a-verify-token-nobody-may-guess"
STAMP = 1795510800000
HUB = "x-hub-signature-256"


def signed(body: bytes, secret: str = SECRET) -> str:
    """The header as the vendor makes it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def posted(body: bytes, **headers: str) -> Request:
    """A webhook with these headers in place of the right one."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method="POST", headers=given or {HUB: signed(body)}, body=body)


def batch(*items: Mapping[str, Any]) -> bytes:
    """Items of one entry as a body."""
    whole = {"object": "page", "entry": [{"id": PAGE, "time": STAMP, "messaging": list(items)}]}
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")


def item(sender: str = PERSON, recipient: str = PAGE, **fields: Any) -> dict[str, Any]:
    """One item between two."""
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": STAMP, **fields}


def well(asked: Asked) -> Answer:
    """What the vendor answers on a good day."""
    path = asked.url.rpartition("/")[2]
    told: dict[str, Any] = {"recipient_id": PERSON, "message_id": "m_fromthevendor"}
    if path == "personas":
        told = {"data": []} if asked.method == "GET" else {"id": "31337"}
    elif path == PAGE:
        told = {
            "id": PAGE,
            "name": "Зразкова",
            "picture": {"data": {"url": "https://scontent.example/p.png"}},
        }
    return Answer(200, json.dumps(told).encode())


def messenger(wire: FakeWire, **settings: str) -> MessengerChannel:
    """The channel of an invented Page over a wire."""
    given = {
        "MESSENGER_PAGE_ID": PAGE,
        "MESSENGER_PAGE_TOKEN": TOKEN,
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_APP_ID": APP,
        "MESSENGER_VERIFY_TOKEN": VERIFY,
        **settings,
    }
    channel = opened({name: value for name, value in given.items() if value}, supplied(wire, clock=utc_now))
    assert channel is not None
    return channel


def _handshake(**query: str) -> Request:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
    return Request(method="GET", query={**asked, **{f"hub.{name}": value for name, value in query.items()}})


def _refused(status: int, code: int, subcode: int | None = None, **headers: str) -> Answer:
    error = {"message": f"(#{code}) No.", "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    if subcode is not None:
        error["error_subcode"] = subcode
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps({"error": error}).encode(), named)


def _words(payload: Payload) -> str:
    message = payload["message"]
    if "text" in message:
        return str(message["text"])
    # A file says nothing: the suite leaves spaces out when it reads what was said.
    return str(message["attachment"]["payload"].get("text", " "))


def _buttons(payload: Payload) -> Sequence[Mapping[str, str]]:
    offered = payload["message"].get("quick_replies", ())
    return [{"id": button["payload"], "label": button["title"]} for button in offered]


def failures() -> Mapping[str, tuple[Answer | Exception, type[SendError]]]:
    """Everything the vendor may answer, and what it becomes."""
    return {
        "the application's limit": (_refused(403, 4), RateLimited),
        "the page's limit": (_refused(403, 32), RateLimited),
        "the person's limit": (_refused(400, 17), RateLimited),
        "too many calls": (_refused(400, 613, retry_after="7"), RateLimited),
        "the business use case's limit": (_refused(400, 80006), RateLimited),
        "429 with a delay": (Answer(429, b"slow down", {"retry-after": "12"}), RateLimited),
        "outside of the window": (_refused(400, 10, 2018278), ReplyWindowClosed),
        "outside of the window, newer": (_refused(400, 10, 2534022), ReplyWindowClosed),
        "not available now": (_refused(400, 551, 1545041), RecipientUnreachable),
        "does not receive from us": (_refused(400, 200, 1545041), RecipientUnreachable),
        "can't receive messages": (_refused(400, 200, 2018108), RecipientUnreachable),
        "no matching user": (_refused(400, 100, 2018001), RecipientUnreachable),
        "an invalid parameter": (_refused(400, 100), ReplyRejected),
        "no permission": (_refused(403, 200), ReplyRejected),
        "not a permitted tag": (_refused(400, 10), ReplyRejected),
        "not visible": (_refused(400, 210), ReplyRejected),
        "not allowed": (_refused(400, 230), ReplyRejected),
        "an unknown error": (_refused(400, 987654), ReplyRejected),
        "an error without a code": (Answer(400, b'{"error": {}}'), ReplyRejected),
        "an expired token": (_refused(401, 190, 463), ChannelUnavailable),
        "a restricted page": (_refused(400, 10, 1893063), ChannelUnavailable),
        "an unknown fault": (_refused(500, 1), ChannelUnavailable),
        "a passing fault": (_refused(503, 2), ChannelUnavailable),
        "an error inside of 200": (_refused(200, 2), ChannelUnavailable),
        "5xx": (Answer(502, b"<html>Bad Gateway</html>"), ChannelUnavailable),
        "somebody on the way": (Answer(403, b"<html>Forbidden</html>"), ChannelUnavailable),
        "a redirect": (Answer(302, b"", {"location": "https://example.com/"}), ChannelUnavailable),
        "garbage": (Answer(200, b"\xff\xfe{"), ChannelUnavailable),
        "an answer without an id": (Answer(200, b'{"recipient_id": "1"}'), ChannelUnavailable),
        "a list": (Answer(200, b"[]"), ChannelUnavailable),
        "no answer in time": (
            ChannelUnavailable("the vendor did not answer in time", uncertain=True),
            ChannelUnavailable,
        ),
    }


def messenger_case() -> Case:
    """The case for the suite."""
    wire = FakeWire(well=well)

    def echo(**fields: Any) -> bytes:
        said = {"mid": "m_echo", "is_echo": True, "text": "Добрий день!", **fields}
        return batch(item(sender=PAGE, recipient=PERSON, message=said))

    def pressed(button: Mapping[str, str], key: str) -> bytes:
        return batch(
            item(message={"mid": key, "text": button["label"], "quick_reply": {"payload": button["id"]}})
        )

    return Case(
        name="messenger",
        channel=messenger(wire),
        proven=posted,
        unproven={
            "no signature": lambda body: Request(method="POST", body=body),
            "another secret": lambda body: posted(body, **{HUB: signed(body, "another")}),
            "a signature of another body": lambda body: posted(body, **{HUB: signed(body + b" ")}),
            "a signature without its name": lambda body: posted(body, **{HUB: signed(body)[7:]}),
            "a signature that is not ASCII": lambda body: posted(body, **{HUB: "sha256=ї"}),
            "the old signature alone": lambda body: posted(
                body, x_hub_signature="sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
            ),
            "a handshake with another token": lambda body: _handshake(verify_token="guess"),
            "a handshake with a token that is not ASCII": lambda body: _handshake(verify_token="ї"),
            "a handshake of another mode": lambda body: _handshake(mode="unsubscribe"),
            "a GET": lambda body: Request(method="GET", headers={HUB: signed(body)}, body=body),
            "a PUT": lambda body: Request(method="PUT", headers={HUB: signed(body)}, body=body),
        },
        written=lambda text, key: batch(item(message={"mid": key, "text": text})),
        pressed=pressed,
        words=_words,
        buttons=_buttons,
        secrets=(TOKEN, SECRET, VERIFY),
        person=PERSON,
        unknown=batch(item(reaction={"mid": "m_1", "action": "react", "emoji": "❤"})),
        echoes={
            "by our mark": echo(metadata="pryimalnia", app_id=1),
            "by our app's number": echo(app_id=int(APP)),
            "by our app's number as text": echo(app_id=APP),
        },
        wire=wire,
        failures=failures(),
    )
