"""Every channel under the contract. A new channel adds its case to CASES."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from adapters.console.channel import LINE, ConsoleChannel
from adapters.web.channel import WebChannel
from adapters.web.visitors import address_of
from conversations.channel import Payload, Request
from tests.contract.case import NOW, Case
from tests.contract.case_messenger import messenger_case
from tests.contract.case_telegram import telegram_case
from tests.contract.case_viber import viber_case

VISITOR = "S3cretVisitorToken-0123456789_abcdefghijklm"
SIGNING_SECRET = "a-signing-secret-nobody-may-read"
OWN_PAGE = {
    "content-type": "application/json",
    "host": "chat.example",
    "origin": "http://chat.example",
    "sec-fetch-site": "same-origin",
}


def _pin(payload: Payload) -> tuple[float, float] | None:
    pin = payload["pin"]
    return (pin["location"]["latitude"], pin["location"]["longitude"]) if pin else None


def _web() -> Case:
    def posted(
        body: bytes, without: str = "", cookies: Mapping[str, str] | None = None, **changed: str
    ) -> Request:
        headers = {**OWN_PAGE, **{name.replace("_", "-"): value for name, value in changed.items()}}
        headers.pop(without, None)
        visitor = {"pryimalnia-visitor": VISITOR} if cookies is None else cookies
        return Request(method="POST", headers=headers, cookies=visitor, body=body)

    def without_fetch_metadata(body: bytes, origin: str) -> Request:
        return posted(body, without="sec-fetch-site", origin=origin)

    def message(**fields: Any) -> bytes:
        return json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogatepass")

    return Case(
        name="web",
        channel=WebChannel("zrazkova", SIGNING_SECRET.encode(), clock=lambda: NOW),
        proven=posted,
        unproven={
            "no cookie": lambda body: posted(body, cookies={}),
            "a cookie that is too short": lambda body: posted(
                body, cookies={"pryimalnia-visitor": VISITOR[:-1]}
            ),
            "a cookie with other characters": lambda body: posted(
                body, cookies={"pryimalnia-visitor": "ї" * 43}
            ),
            "a form": lambda body: posted(body, content_type="application/x-www-form-urlencoded"),
            "plain text, as a form can send": lambda body: posted(body, content_type="text/plain"),
            "no content type": lambda body: posted(body, without="content-type"),
            "another site": lambda body: posted(body, sec_fetch_site="cross-site"),
            "a neighbour under the same domain": lambda body: posted(body, sec_fetch_site="same-site"),
            "typed into the address bar": lambda body: posted(body, sec_fetch_site="none"),
            "an old browser on another origin": lambda body: without_fetch_metadata(
                body, "http://evil.example"
            ),
            "an old browser without an origin": lambda body: without_fetch_metadata(body, ""),
            "an origin of null": lambda body: without_fetch_metadata(body, "null"),
            "an origin that is no address": lambda body: without_fetch_metadata(body, "http://[chat.example"),
            "a GET": lambda body: Request(
                method="GET", headers=OWN_PAGE, cookies={"pryimalnia-visitor": VISITOR}, body=body
            ),
        },
        written=lambda text, key: message(key=key, kind="text", text=text),
        pressed=lambda button, key: message(
            key=key, kind="press", choice_id=button["id"], text=button["label"]
        ),
        words=lambda payload: str(payload["text"]),
        buttons=lambda payload: [{"id": one["id"], "label": one["label"]} for one in payload["choices"]],
        pin=_pin,
        secrets=(VISITOR, SIGNING_SECRET),
        person=address_of({"pryimalnia-visitor": VISITOR}, secure=False),
    )


def _console() -> Case:
    return Case(
        name="console",
        channel=ConsoleChannel("zrazkova", write=lambda text: None, clock=lambda: NOW),
        proven=lambda body: Request(method=LINE, body=body),
        unproven={
            "over the network, GET": lambda body: Request(method="GET", body=body),
            "over the network, POST": lambda body: Request(method="POST", headers=OWN_PAGE, body=body),
        },
        written=lambda text, key: f"{key}\t{text}\n".encode("utf-8", "surrogatepass"),
        words=lambda payload: str(payload["text"]),
        secrets=(),
        person="terminal",
    )


CASES: tuple[Case, ...] = (
    _web(),
    _console(),
    telegram_case(),
    viber_case(),
    messenger_case(),
)
