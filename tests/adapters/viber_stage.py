"""A Viber channel for the tests: alone with an invented vendor's answers, or joined to a house before the emulator."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.supplies import MenuItem, Supplies
from adapters.transport import HttpTransport, Transport
from adapters.viber.channel import ViberChannel, opened
from conversations.channel import NotAuthentic, Request, Sent
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    ChannelEvent,
    Choice,
    ConversationRef,
    OutgoingMessage,
    Reply,
)
from tests.contract.case import NOW
from tests.contract.case_viber import PERSON, TOKEN, good_mood, link, viber_case
from tests.contract.supplies import PUBLIC, supplied
from tests.contract.wire import FakeWire
from tests.emulators.viber import ViberServer

PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads" / "viber"
PDF = b"%PDF-1.7 a form"

MENU = Choice(id="m:menu", label="Меню")
HUMAN = Choice(id="m:person", label="Покликати людину")
OFFICES = Choice(id="m:offices", label="Адреси, години")
BOT = Author(kind=AuthorKind.BOT)
MARIIA = Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова")


def welcome(link: str | None) -> Reply:
    about = (Choice(id="a:housing-subsidy:o", label="Субсидія"),) if link == "topic-housing-subsidy" else ()
    return Reply(text="Добрий день! Напишіть своє питання.", choices=(*about, MENU, HUMAN))


def supplies_with(transport: Transport | None = None, public: str = PUBLIC) -> Supplies:
    """What the house gives; `public` may be "" for a house without an address."""
    return supplied(
        transport or FakeWire(well=good_mood),
        name="Управління соціального захисту Зразкової громади",
        public_url=public,
        menu=(MenuItem(MENU, "menu", "…"), MenuItem(HUMAN, "person", "…"), MenuItem(OFFICES, "offices", "…")),
        welcome=welcome,
        link=link if public else lambda file: None,
    )


def channel_with(transport: Transport | None = None, public: str = PUBLIC, **set_to: str) -> ViberChannel:
    return built(supplies_with(transport, public), **set_to)


def built(supplies: Supplies, **set_to: str) -> ViberChannel:
    channel = opened({"VIBER_TOKEN": TOKEN, **set_to}, supplies)
    assert channel is not None
    return channel


def ref(person: str = PERSON) -> ConversationRef:
    return ConversationRef(community="zrazkova", channel="viber", bot="viber", address=person)


def rendered(reply: Reply, author: Author = BOT, channel: ViberChannel | None = None) -> list[dict[str, Any]]:
    outgoing = OutgoingMessage(ref=ref(), reply=reply, author=author)
    payloads = (channel or channel_with()).render(outgoing)
    assert {payload["method"] for payload in payloads} == {"send_message"}
    return [dict(payload["body"]) for payload in payloads]


def form(size: int = len(PDF), **changed: Any) -> Attachment:
    fields = {
        "kind": AttachmentKind.DOCUMENT,
        "content_hash": hashlib.sha256(PDF).hexdigest(),
        "media_type": "application/pdf",
        "size": size,
        "name": "Заява.pdf",
    }
    return Attachment(**{**fields, **changed})


def recorded(name: str) -> dict[str, Any]:
    body = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))["body"]
    assert isinstance(body, dict)
    return body


def parsed(body: dict[str, Any], channel: ViberChannel | None = None) -> list[ChannelEvent]:
    channel = channel or channel_with()
    raw = json.dumps(body).encode()
    return list(channel.parse(raw, viber_case().channel.authenticate(viber_case().proven(raw))))


@dataclass
class House:
    """A door for callbacks and a channel behind it, as the house joins them."""

    viber: ViberServer
    channel: ViberChannel
    address: str
    events: dict[str, ChannelEvent] = field(default_factory=dict)
    takes: list[int] = field(default_factory=list)
    proofs: list[tuple[bytes, str, str]] = field(default_factory=list)
    refused: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """Store each event once, then acknowledge; `takes` are the statuses of the next answers."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request("POST", headers, dict(request.query), body=await request.read())
        self.proofs.append((asked.body, headers["x-viber-content-signature"], asked.query["sig"]))
        try:
            caller = self.channel.authenticate(asked)
        except NotAuthentic:
            self.refused += 1
            return web.Response(status=403)
        if self.takes:
            return web.Response(status=self.takes.pop(0))
        events = self.channel.parse(asked.body, caller)
        self.events.update({event.event_key: event for event in events})
        answer = self.channel.acknowledge(asked, events)
        return web.Response(status=answer.status, body=answer.body, content_type=answer.media_type)

    async def give(self, request: web.Request) -> web.Response:
        """A stored file, for whoever has its address."""
        return web.Response(body=PDF, content_type="application/pdf")

    async def say(self, reply: Reply, author: Author = BOT, person: str = PERSON) -> list[Sent]:
        message = OutgoingMessage(ref=ref(person), reply=reply, author=author)
        return [
            await self.channel.send(message.ref, payload, NOW) for payload in self.channel.render(message)
        ]

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events.values() if isinstance(event, kind)]


@contextlib.asynccontextmanager
async def connected_house() -> AsyncIterator[House]:
    """A house whose webhook the emulator calls."""
    viber = ViberServer(TOKEN)
    await viber.start()
    transport = HttpTransport()
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        supplies = replace(
            supplies_with(transport, address),
            link=lambda file: f"{address}/files/{file.content_hash}.pdf",
        )
        served = House(viber, built(supplies, VIBER_API_BASE=viber.base), address)
        app.router.add_post("/webhooks/zrazkova/viber", served.take)
        app.router.add_get("/files/{name}", served.give)
        await runner.setup()
        await web.SockSite(runner, door).start()
        try:
            await served.channel.connect()
            yield served
        finally:
            await viber.stop()
            await transport.close()
            await runner.cleanup()
