"""A whole reception on a clock that is moved by hand: the real product, the vendors' emulators, workplace over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from adapters.transport import HttpTransport
from adapters.web import visitors
from bots.app import house as houses
from bots.app import knowledge
from bots.app.house import House
from bots.app.settings import Settings, load
from bots.app.web import application
from bots.turns.deliver import deliver
from bots.turns.loops import tend_once
from bots.turns.minds import Minds
from bots.turns.registers import Registers
from bots.turns.runtime import Runtime
from bots.turns.signs import Signs
from bots.turns.think import think
from conversations.attachments import FolderStore
from conversations.database import Database
from conversations.signals import MemorySignals
from handover.assignment.offering import Tender
from tests.emulators.messenger import GraphServer
from tests.emulators.telegram import TelegramServer
from tests.emulators.vendor import Messenger, Shown
from tests.messengers.stage import PAGE, PUBLIC, SECRET, VENDORS, Announced, Unhurried

COMMUNITY = "zrazkova"
PATIENCE = 10.0
"""Seconds a server may take to listen."""


@dataclass
class Clock:
    """The one clock of the house and of the vendors."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        """Nobody hears it; the loops are asked by hand."""
        self.moment += by


def browser_of(address: str) -> httpx.AsyncClient:
    """A browser that does not speak on a line the server is about to hang up."""
    return httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=httpx.Limits(keepalive_expiry=2.0))


class WebPeople:
    """Citizens on our own page, each with a browser of their own. Keeps what the vendors' emulators offer."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._browsers: dict[str, httpx.AsyncClient] = {}
        self._shown: dict[str, list[Shown]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self._keys = itertools.count(1)

    async def write(self, person: str, text: str) -> None:
        """A person writes."""
        await self._post(person, {"kind": "text", "text": text})

    async def press(self, person: str, label: str) -> None:
        """A person presses the newest button of this label. Raises KeyError where there is none."""
        choice = self._ids.get(person, {})[label]
        await self._post(person, {"kind": "press", "choice_id": choice, "text": label})

    async def look(self, person: str) -> Sequence[Shown]:
        """Everything the page shows of the house's own lines, oldest first."""
        browser = await self._browser(person)
        answer = await browser.get("/chat/history", params={"after": "0"})
        answer.raise_for_status()
        lines = [line for line in answer.json()["lines"] if line["author"] in ("bot", "specialist")]
        self._ids[person] = {
            choice["label"]: choice["id"]
            for line in lines
            for choice in line["choices"]
            if not choice["asks"]
        }
        self._shown[person] = [
            Shown(line["text"], tuple(choice["label"] for choice in line["choices"]), line["name"])
            for line in lines
        ]
        return self._shown[person]

    async def address(self, person: str) -> str:
        """The address of a person's conversation."""
        return visitors.address_of(dict((await self._browser(person)).cookies), secure=False)

    async def close(self) -> None:
        """Close every browser."""
        for browser in self._browsers.values():
            await browser.aclose()

    async def _post(self, person: str, said: Mapping[str, Any]) -> None:
        browser = await self._browser(person)
        answer = await browser.post(
            f"/webhooks/{COMMUNITY}/web",
            json={"key": f"morning-{next(self._keys):06d}", **said},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        answer.raise_for_status()

    async def _browser(self, person: str) -> httpx.AsyncClient:
        if person not in self._browsers:
            self._browsers[person] = browser_of(self._address)
            (await self._browsers[person].get("/")).raise_for_status()
        return self._browsers[person]


@dataclass
class Stage:
    """The reception and all who speak to it. Nothing is thought, sent or offered until `work`."""

    runtime: Runtime
    settings: Settings
    clock: Clock
    address: str
    vendors: Mapping[str, Messenger]
    web: WebPeople
    tender: Tender
    worked: int = field(default=0)

    @property
    def database(self) -> Database:
        return self.runtime.database

    async def work(self) -> None:
        """Take in, think and send until nothing is left."""
        done = 1
        while done:
            for vendor in self.vendors.values():
                await vendor.settle()
            done = await think(self.runtime) + await deliver(self.runtime)
            self.worked += done

    async def tend(self) -> None:
        """What the house does by itself as time goes on."""
        reception = self.runtime.minds[COMMUNITY].knowledge.community.reception
        await tend_once(self.runtime)
        await self.tender.tend(reception, self.clock())

    async def write(self, channel: str, person: str, text: str) -> None:
        """A person writes in a channel."""
        await (self.web if channel == "web" else self.vendors[channel]).write(person, text)

    async def press(self, channel: str, person: str, label: str) -> None:
        """A person presses; where their screen has no such button they write its words, which mean the same."""
        try:
            await (self.web if channel == "web" else self.vendors[channel]).press(person, label)
        except KeyError:
            await self.write(channel, person, label)

    async def address_of(self, channel: str, person: str) -> str:
        """What a person's conversation bears as its address."""
        vendor = self.vendors.get(channel)
        if isinstance(vendor, TelegramServer):
            return vendor.address(person)
        if isinstance(vendor, GraphServer):
            return vendor.psid(person)
        return person if channel == "viber" else await self.web.address(person)

    async def screen(self, channel: str, person: str) -> Sequence[Shown]:
        """Everything a person has been sent, oldest first."""
        return await self.web.look(person) if channel == "web" else self.vendors[channel].screen(person)


@contextlib.asynccontextmanager
async def opened(folder: Path, database_url: str, begins: datetime) -> AsyncIterator[Stage]:
    """The reception of the sample community in a folder, on a migrated database, at this moment."""
    clock = Clock(begins)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        vendors = {name: vendor.server(address) for name, vendor in VENDORS.items()}
        # Meta counts its window by the clock of that morning.
        vendors["messenger"] = GraphServer(**PAGE, reach={PUBLIC: address}, clock=clock)
        for vendor in vendors.values():
            await vendor.start()
        given = {
            "PRYIMALNIA_FOLDER": str(folder),
            "PRYIMALNIA_PUBLIC_URL": address,
            "PRYIMALNIA_MEANING": "false",
        }
        for name, vendor in vendors.items():
            given |= VENDORS[name].settings(vendor)
        settings = load(given, folder / ".env")
        database = Database(database_url)
        transport = HttpTransport()
        runtime = await asyncio.to_thread(_runtime, settings, database, transport, clock)
        app = application(House(settings, runtime, SECRET), with_worker=False)
        server = Announced(uvicorn.Config(app, log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        web = WebPeople(address)
        try:
            async with asyncio.timeout(PATIENCE):
                await server.listening.wait()
            for name in vendors:
                await runtime.channels[name].connect()  # type: ignore[attr-defined]  # each of the three has it
            yield Stage(
                runtime, settings, clock, address, vendors, web, Tender(database, COMMUNITY, runtime.policy)
            )
        finally:
            await web.close()
            server.should_exit = True
            await serving
            await runtime.signs.close()
            for vendor in vendors.values():
                await vendor.stop()
            await transport.close()
            await database.close()


def _runtime(settings: Settings, database: Database, transport: HttpTransport, clock: Clock) -> Runtime:
    minds = Minds({COMMUNITY: knowledge.ready(settings)})
    store = FolderStore(settings.folder / "files", settings.file_limit_megabytes * houses.MEGABYTE)
    supplies = replace(houses.supplies_of(settings, SECRET, transport, store, minds), clock=clock)
    present = houses.channels(settings, SECRET, supplies)
    # Telegram and Meta call only https; their emulators know where that address lies.
    for name in ("telegram", "messenger"):
        opener = import_module(f"adapters.{name}.channel").opened
        present[name] = opener(settings.vendors, replace(supplies, public_url=PUBLIC))
    return Runtime(
        database=database,
        signals=MemorySignals(),
        store=store,
        channels=present,
        minds=minds,
        clock=clock,
        worker="morning",
        answer_minutes=settings.answer_minutes,
        pace=Unhurried(),
        signs=Signs(present),
        policy=houses.policy(settings),
        public_url=settings.public_url,
        registers=Registers(key=SECRET),
    )
