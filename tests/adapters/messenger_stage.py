"""A Page's channel over a real network on this machine: the vendor's emulator on one side, our webhook on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web

from adapters.messenger.channel import MessengerChannel, opened
from adapters.supplies import Supplies
from adapters.transport import HttpTransport
from conversations.channel import NotAuthentic, Request, Sent
from conversations.messages import Author, AuthorKind, ChannelEvent, ConversationRef, OutgoingMessage, Reply
from tests.contract.case_messenger import APP, PAGE, SECRET, TOKEN
from tests.contract.supplies import PUBLIC, Shelf, supplied
from tests.emulators.messenger import GraphServer

HALYNA = "7781234567890123"
BOT = Author(kind=AuthorKind.BOT)
MARIIA = Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова")


@dataclass
class Stage:
    """Both sides, what has come in, and one clock for all."""

    vendor: GraphServer
    channel: MessengerChannel
    store: Shelf
    clock: Clock
    supplies: Supplies
    given: Mapping[str, str]
    heard: list[ChannelEvent] = field(default_factory=list)
    failing: int = 0

    def reopened(self, **settings: str) -> MessengerChannel:
        """The channel as it is after a restart, with these settings changed."""
        channel = opened({**self.given, **settings}, self.supplies)
        assert channel is not None
        return channel

    def ref(self, person: str = HALYNA) -> ConversationRef:
        return ConversationRef(
            community="zrazkova", channel="messenger", bot=PAGE, address=self.vendor.psid(person)
        )

    async def say(
        self,
        reply: Reply | str,
        author: Author = BOT,
        person: str = HALYNA,
        heard_at: datetime | None = None,
    ) -> list[Sent]:
        """Everything of one reply, sent in order."""
        said = Reply(text=reply) if isinstance(reply, str) else reply
        message = OutgoingMessage(ref=self.ref(person), reply=said, author=author)
        return [
            await self.channel.send(message.ref, payload, heard_at)
            for payload in self.channel.render(message)
        ]

    async def meet(self, person: str = HALYNA) -> None:
        """The person has written, and that is told."""
        await self.vendor.write(person, "добрий день")
        await self.vendor.settle()
        self.heard.clear()


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@asynccontextmanager
async def stage(
    *,
    connected: bool = False,
    human_agent: bool = False,
    app_id: str = APP,
    shuffled: bool = False,
    public_url: str = PUBLIC,
    speed: float = 0.001,
) -> AsyncIterator[Stage]:
    """A stage; `connected` leaves it to the channel to subscribe itself."""
    clock, store, transport = Clock(), Shelf(), HttpTransport()
    site, address = await _webhook(lambda request: _take(standing, request))
    vendor = GraphServer(
        page_id=PAGE,
        page_token=TOKEN,
        app_secret=SECRET,
        app_id=APP,
        webhook=None if connected else f"{address}/webhooks/zrazkova/messenger",
        reach={PUBLIC: address},
        shuffled=shuffled,
        speed=speed,
        human_agent=human_agent,
        clock=clock,
    )
    await vendor.start()
    given = {
        "MESSENGER_PAGE_ID": PAGE,
        "MESSENGER_PAGE_TOKEN": TOKEN,
        "MESSENGER_APP_SECRET": SECRET,
        "MESSENGER_APP_ID": app_id,
        "MESSENGER_API_BASE": vendor.base,
        "MESSENGER_HUMAN_AGENT": "true" if human_agent else "",
    }
    supplies = supplied(transport, public_url=public_url, store=store, clock=clock)
    channel = opened(given, supplies)
    assert channel is not None
    standing = Stage(vendor, channel, store, clock, supplies, given)
    try:
        yield standing
    finally:
        await vendor.stop()
        await transport.close()
        await site.cleanup()


async def _webhook(take: Callable[[Request], web.Response]) -> tuple[web.AppRunner, str]:
    async def handle(request: web.Request) -> web.Response:
        names = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        return take(Request(method=request.method, headers=names, query=dict(request.query), body=body))

    app = web.Application()
    app.router.add_route("*", "/webhooks/zrazkova/messenger", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


def _take(standing: Stage, request: Request) -> web.Response:
    """As the house takes a request: proof, events, and only then the answer."""
    if standing.failing:
        standing.failing -= 1
        return web.Response(status=500)
    try:
        caller = standing.channel.authenticate(request)
    except NotAuthentic:
        return web.Response(status=403)
    events = standing.channel.parse(request.body, caller)
    standing.heard += events
    answer = standing.channel.acknowledge(request, events)
    return web.Response(status=answer.status, body=answer.body, content_type=answer.media_type)
