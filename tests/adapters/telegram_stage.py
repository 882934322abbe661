"""A Telegram channel on a real transport before the emulator, and a bot's door for webhooks, for the tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from adapters.supplies import MenuItem, Supplies
from adapters.telegram.channel import TelegramChannel, opened
from adapters.transport import HttpTransport, Transport
from conversations.channel import Acknowledgement, NotAuthentic, Request, Sent
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
from tests.emulators.telegram import TelegramServer
from tests.emulators.telegram_people import Message

TOKEN = "7000000001:AAF-a-token-nobody-may-read-0123456"
PUBLIC = "https://chat.example"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BOT = Author(kind=AuthorKind.BOT)
MARIA = Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова")
MENU = (
    MenuItem(Choice(id="m:menu", label="Меню"), "menu", "Показати меню"),
    MenuItem(Choice(id="m:person", label="Покликати людину"), "person", "Написати спеціалісту"),
)

CHOICES = (
    Choice(id="a:subsidy:d", label="Документи"),
    Choice(id="m:menu", label="Меню"),
    Choice(id="m:person", label="Покликати людину"),
)
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200


@dataclass
class Shelf:
    """An attachment store in memory."""

    files: dict[str, bytes] = field(default_factory=dict)

    async def put(self, content: bytes, *, name: str | None = None) -> Attachment:
        raise NotImplementedError

    async def get(self, content_hash: str) -> bytes:
        if content_hash not in self.files:
            raise FileNotFoundError(content_hash)
        return self.files[content_hash]

    def lay(self, content: bytes, kind: AttachmentKind, media_type: str, name: str | None) -> Attachment:
        """Keep a file and describe it."""
        content_hash = f"{len(self.files):064x}"
        self.files[content_hash] = content
        return Attachment(
            kind=kind, content_hash=content_hash, media_type=media_type, size=len(content), name=name
        )


def supplies(transport: Transport, shelf: Shelf, public_url: str = PUBLIC) -> Supplies:
    return Supplies(
        community="zrazkova",
        name="Зразкова громада",
        public_url=public_url,
        secret=b"a-house-secret-nobody-may-read",
        transport=transport,
        store=shelf,
        menu=MENU,
        welcome=lambda topic: Reply(text="Добрий день!"),
        link=lambda file: None,
        clock=lambda: NOW,
    )


def channel_at(
    base: str, transport: Transport, shelf: Shelf, public_url: str = PUBLIC, token: str = TOKEN
) -> TelegramChannel:
    environment = {"TELEGRAM_TOKEN": token, "TELEGRAM_API_BASE": base}
    channel = opened(environment, supplies(transport, shelf, public_url))
    assert channel is not None
    return channel


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

    async def heard(self, count: int, seconds: float = 3.0) -> list[ChannelEvent]:
        """Wait for so many events."""
        async with asyncio.timeout(seconds):
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
