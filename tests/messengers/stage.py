"""A reception behind one messenger: the vendor's emulator calls our webhook, what we send lands on people's screens."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path

import uvicorn

from adapters.supplies import Supplies
from adapters.transport import HttpTransport
from bots.app.house import House
from bots.app.links import PublicLinks
from bots.app.menu import MENU
from bots.app.settings import load
from bots.app.web import application
from bots.dialogue import welcome
from bots.turns.deliver import deliver
from bots.turns.fetch import fetch
from bots.turns.signs import Signs
from bots.turns.think import think
from conversations.channel import Channel, FetchesFiles
from conversations.database import Database
from conversations.signals import MemorySignals
from tests.emulators.messenger import GraphServer
from tests.emulators.telegram import TelegramServer
from tests.emulators.vendor import Messenger, Shown
from tests.emulators.viber import ViberServer
from tests.turns.world import COMMUNITY, World, world

SECRET = b"a-house-secret-nobody-may-read"
PUBLIC = "https://chat.example"
PATIENCE = 5.0

VIBER_TOKEN = "4d5e6f7a8b9c0d1e-2f3a4b5c6d7e8f90-a1b2c3d4e5f60718"
TELEGRAM_TOKEN = "7000000001:AAEmulatedTokenOfTheReception-0123456"
PAGE = {
    "page_id": "200000000000001",
    "page_token": "EAAEmulatedPageToken0123456789",
    "app_secret": "0123456789abcdef0123456789abcdef",
    "app_id": "300000000000001",
}


@dataclass(frozen=True)
class Vendor:
    """How a vendor's server is made for our address, and what the channel's settings then are.

    `public` is our address as this vendor is told it: Telegram and Meta call only https.
    """

    public: Callable[[str], str]
    server: Callable[[str], Messenger]
    settings: Callable[[Messenger], Mapping[str, str]]


def _graph(address: str) -> GraphServer:
    return GraphServer(
        page_id=PAGE["page_id"],
        page_token=PAGE["page_token"],
        app_secret=PAGE["app_secret"],
        app_id=PAGE["app_id"],
        reach={PUBLIC: address},
    )


VENDORS: Mapping[str, Vendor] = {
    "telegram": Vendor(
        public=lambda address: PUBLIC,
        server=lambda address: TelegramServer(TELEGRAM_TOKEN, names={PUBLIC: address}),
        settings=lambda server: {"TELEGRAM_TOKEN": TELEGRAM_TOKEN, "TELEGRAM_API_BASE": server.base},
    ),
    "viber": Vendor(
        public=lambda address: address,
        server=lambda address: ViberServer(VIBER_TOKEN),
        settings=lambda server: {"VIBER_TOKEN": VIBER_TOKEN, "VIBER_API_BASE": server.base},
    ),
    "messenger": Vendor(
        public=lambda address: PUBLIC,
        server=_graph,
        settings=lambda server: {
            **{f"MESSENGER_{name.upper()}": value for name, value in PAGE.items()},
            "MESSENGER_API_BASE": server.base,
        },
    ),
}


class Unhurried:
    """Keeps `conversations.pace.Pace` and lets everything go at once: how fast a vendor takes it is no matter here."""

    async def turns(self, name: str, per_second: float, count: int) -> list[float]:
        """No wait for any."""
        return [0.0] * count

    async def close(self) -> None:
        """Nothing to give back."""


@dataclass
class Behind:
    """The reception behind one messenger, worked by hand: nothing is thought or sent until `work`."""

    name: str
    vendor: Messenger
    channel: Channel
    world: World
    address: str

    async def work(self) -> None:
        """Take in, think, fetch and send until nothing is left."""
        done = 1
        while done:
            await self.vendor.settle()
            done = await think(self.world.runtime) + await deliver(self.world.runtime)
            if isinstance(self.channel, FetchesFiles):
                done += await fetch(self.world.runtime, self.name, self.channel)

    async def after(self, person: str, doing: object) -> Sequence[Shown]:
        """What is new on a person's screen once the reception has answered."""
        before = list(self.vendor.screen(person))
        assert asyncio.iscoroutine(doing)
        await doing
        await self.work()
        return self.new(person, before)

    def new(self, person: str, before: Sequence[Shown]) -> Sequence[Shown]:
        """What a person's screen shows that it did not show before, or shows otherwise."""
        now = self.vendor.screen(person)
        return [shown for place, shown in enumerate(now) if place >= len(before) or shown != before[place]]


@contextlib.asynccontextmanager
async def behind(name: str, database: Database, folder: Path) -> AsyncIterator[Behind]:
    """A reception with an invented base behind one connected messenger."""
    vendor_of = VENDORS[name]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        public = vendor_of.public(address)
        vendor = vendor_of.server(address)
        await vendor.start()
        transport = HttpTransport()
        signals = MemorySignals()
        staged = world(database, signals, folder / "files")
        runtime = staged.runtime
        knowledge = runtime.minds[COMMUNITY].knowledge
        links = PublicLinks(SECRET, public, runtime.clock)
        supplies = Supplies(
            community=COMMUNITY,
            name=knowledge.community.name,
            public_url=public,
            secret=SECRET,
            transport=transport,
            store=runtime.store,
            menu=MENU,
            welcome=lambda link: welcome(knowledge, runtime.clock(), link),
            link=links.link,
            clock=runtime.clock,
        )
        channel: Channel = import_module(f"adapters.{name}.channel").opened(
            vendor_of.settings(vendor), supplies
        )
        present = {"web": staged.channel, name: channel}
        runtime = replace(runtime, channels=present, signs=Signs(present), pace=Unhurried())
        staged.runtime = runtime
        settings = load({"PRYIMALNIA_FOLDER": str(folder), "PRYIMALNIA_PUBLIC_URL": public}, folder / ".env")
        without_page = replace(runtime, channels={**present, "web": _page(public)})
        server = Announced(
            uvicorn.Config(
                application(House(settings, without_page, SECRET), with_worker=False),
                log_config=None,
                access_log=False,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(PATIENCE):
                await server.listening.wait()
            await channel.connect()  # type: ignore[attr-defined]  # each of the three connects itself
            yield Behind(name, vendor, channel, staged, address)
        finally:
            server.should_exit = True
            await serving
            await runtime.signs.close()
            await vendor.stop()
            await transport.close()


class Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


def _page(public: str) -> Channel:
    from adapters.web.channel import WebChannel

    return WebChannel(COMMUNITY, SECRET, public)


def moment(at: str) -> datetime:
    """A moment as scripts write it."""
    return datetime.fromisoformat(at)
