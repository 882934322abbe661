"""A Telegram channel on a real transport before the emulator, and a bot's door for webhooks, for the tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.telegram.channel import TelegramChannel, opened
from adapters.transport import HttpTransport, Transport
from conversations.channel import Acknowledgement, NotAuthentic, Request, Sent
from conversations.messages import (
    Attachment,
    Author,
    AuthorKind,
    ChannelEvent,
    Choice,
    ConversationRef,
    OutgoingMessage,
    Reply,
)
from tests.contract.case_telegram import TOKEN
from tests.contract.supplies import MENU, PUBLIC, Shelf, supplied
from tests.emulators.telegram import TelegramServer
from tests.emulators.telegram_people import Message

PATIENCE = 20.0
"""Seconds until something that is waited for counts as not coming, on a machine busy with other tests."""

BOT = Author(kind=AuthorKind.BOT)
MARIA = Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова")
CHOICES = (
    Choice(id="a:subsidy:d", label="Документи"),
    Choice(id="m:menu", label="Меню"),
    Choice(id="m:person", label="Покликати людину"),
)
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200
REF = ConversationRef(community="zrazkova", channel="telegram", bot="7000000001", address="700000001")


def with_files(*files: Attachment, text: str = "Ось бланк заяви.", choices: tuple[Choice, ...] = ()) -> Reply:
    return Reply(text=text, attachments=files, choices=choices)


def channel_at(
    base: str, transport: Transport, shelf: Shelf, public_url: str = PUBLIC, token: str = TOKEN
) -> TelegramChannel:
    environment = {"TELEGRAM_TOKEN": token, "TELEGRAM_API_BASE": base}
    channel = opened(environment, supplied(transport, store=shelf, public_url=public_url))
    assert channel is not None
    return channel


OFFLINE = channel_at("http://127.0.0.1:9", HttpTransport(), Shelf())


def rendered(reply: Reply, author: Author = BOT, instead_of: str | None = None) -> list[dict[str, Any]]:
    """The payloads of a reply to `REF`."""
    message = OutgoingMessage(ref=REF, reply=reply, author=author, instead_of=instead_of)
    return [dict(payload) for payload in OFFLINE.render(message)]


@dataclass
class Stage:
    """The channel before its vendor."""

    vendor: TelegramServer
    channel: TelegramChannel
    transport: HttpTransport
    shelf: Shelf

    def ref(self, person: str) -> ConversationRef:
        return ConversationRef(
            community="zrazkova", channel="telegram", bot="7000000001", address=self.vendor.address(person)
        )

    async def say(
        self, person: str, reply: Reply | str, author: Author = BOT, instead_of: str | None = None
    ) -> list[Sent]:
        """Render a reply and send all of it."""
        whole = reply if isinstance(reply, Reply) else Reply(text=reply)
        message = OutgoingMessage(ref=self.ref(person), reply=whole, author=author, instead_of=instead_of)
        return [await self.channel.send(message.ref, part) for part in self.channel.render(message)]

    async def say_hello(self, person: str) -> None:
        """So that there is a chat with a button."""
        self.vendor.phone(person).messages.append(Message(0, self.vendor.phone(person).id, from_bot=False))
        await self.say(person, Reply(text="Добрий день!", choices=(MENU[0].choice,)))

    def polling(self) -> TelegramChannel:
        """The same bot without a public address."""
        return channel_at(self.vendor.base, self.transport, self.shelf, public_url="")


@contextlib.asynccontextmanager
async def staged(**options: object) -> AsyncIterator[Stage]:
    """A vendor and the channel before it; `options` go to the emulator."""
    vendor = TelegramServer(TOKEN, **options)  # type: ignore[arg-type]
    await vendor.start()
    transport, shelf = HttpTransport(), Shelf()
    try:
        yield Stage(vendor, channel_at(vendor.base, transport, shelf), transport, shelf)
    finally:
        await transport.close()
        await vendor.stop()


@dataclass
class Desk:
    """What the house does with a request: prove, read, keep, acknowledge. `trouble` may fail first."""

    channel: TelegramChannel
    trouble: Callable[[Request], int | None] = field(default=lambda request: None)
    events: list[ChannelEvent] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request) -> Acknowledgement:
        caller = self.channel.authenticate(request)
        events = self.channel.parse(request.body, caller)
        self.events += events
        self.bodies.append(request.body)
        self._grown.set()
        return self.channel.acknowledge(request, events)

    async def heard(self, count: int) -> list[ChannelEvent]:
        """Wait for so many events."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:
                self._grown.clear()
                await self._grown.wait()
        return self.events

    async def answer(self, request: web.Request) -> web.Response:
        """The webhook's route."""
        seen = Request(
            method=request.method,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
        )
        if status := self.trouble(seen):
            return web.Response(status=status, headers=self.headers)
        try:
            told = await self.take(seen)
        except NotAuthentic:
            return web.Response(status=403)
        return web.Response(status=told.status, body=told.body, content_type=told.media_type)


@contextlib.asynccontextmanager
async def opened_door(desk: Desk) -> AsyncIterator[str]:
    """Serve the desk on 127.0.0.1; gives the address."""
    app = web.Application()
    app.router.add_post("/webhooks/zrazkova/telegram", desk.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def pulled(desk: Desk) -> AsyncIterator[asyncio.Task[None]]:
    """Long polling while the block runs."""
    task = asyncio.create_task(desk.channel.pull(desk.take))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
