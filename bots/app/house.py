"""The composition root: the one place where real things are chosen and joined into a house that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from adapters.console.channel import ConsoleChannel
from adapters.supplies import ChannelSettingsFault, Supplies
from adapters.transport import HttpTransport, Transport
from adapters.web.channel import WebChannel
from adapters.web.pages import Announcement, WebHouse
from bots.app import keeping, knowledge, marks, matters, registering
from bots.app.faults import StartFault
from bots.app.links import PublicLinks
from bots.app.menu import MENU
from bots.app.messengers import MESSENGERS, is_set_up
from bots.app.reports import connect, reports
from bots.app.ripening import ripening
from bots.app.settings import Settings
from bots.dialogue import welcome
from bots.turns import workers
from bots.turns.feed import LogFeed
from bots.turns.measures import Measures
from bots.turns.minds import Minds
from bots.turns.runtime import Nightly, Runtime
from bots.turns.signs import Signs
from conversations import inbox
from conversations.attachments import FolderStore
from conversations.channel import Channel, Payload, TakesBack
from conversations.clock import utc_now
from conversations.database import Database, SchemaFault
from conversations.database import migrate as migrate_database
from conversations.messages import ConversationRef, OutgoingMessage
from conversations.pace import MemoryPace, Pace, RedisPace
from conversations.signals import MemorySignals, RedisSignals, Signals
from conversations.typing import typing_topic
from handover import retention
from handover.assignment.policy import Policy
from handover.public_board.routes import BoardHouse
from handover.tickets.packet import Matter
from handover.workplace.house import WorkplaceHouse
from knowledge_base.understanding.meaning import Meaning

MEGABYTE = 1_000_000

Opener = Callable[[Mapping[str, str], Supplies], Channel | None]
"""Reads a messenger's settings and opens its channel; None where none of them is set."""

VENDOR = Path(__file__).parents[2] / "node_modules"
"""Where npm puts third-party scripts at install time."""


@dataclass(frozen=True)
class House:
    """An open reception: its settings, what the loops stand on, and the secret that signs links."""

    settings: Settings
    runtime: Runtime
    secret: bytes


def channels(settings: Settings, secret: bytes, supplies: Supplies) -> dict[str, Channel]:
    """The page, the terminal, and each messenger whose settings are there. Raises StartFault."""
    present: list[Channel] = [
        WebChannel(
            settings.community,
            secret,
            settings.public_url,
            file_limit=settings.file_limit_megabytes * MEGABYTE,
        ),
        ConsoleChannel(settings.community),
    ]
    for name in MESSENGERS:
        # Loaded only where it is set up: a vendor's library alone takes seconds to load.
        if is_set_up(settings.vendors, name):
            opener: Opener = import_module(f"adapters.{name}.channel").opened
            try:
                channel = opener(settings.vendors, supplies)
            except ChannelSettingsFault as fault:
                raise StartFault(str(fault)) from None
            present += [channel] if channel is not None else []
    return {channel.name: channel for channel in present}


def supplies_of(
    settings: Settings, secret: bytes, transport: Transport, store: FolderStore, minds: Minds
) -> Supplies:
    """What every messenger is given."""
    community = settings.community
    return Supplies(
        community=community,
        name=minds[community].knowledge.community.name,
        public_url=settings.public_url,
        secret=secret,
        transport=transport,
        store=store,
        menu=MENU,
        welcome=lambda link: welcome(minds[community].knowledge, utc_now(), link),
        link=PublicLinks(secret, settings.public_url).link,
        clock=utc_now,
    )


async def migrated(settings: Settings) -> str:
    """Bring the database to this version and return its revision. Raises StartFault."""
    try:
        return await migrate_database(settings.database)
    except SchemaFault as fault:
        raise StartFault(str(fault)) from fault
    except OSError as fault:
        raise StartFault(f"the database can't be reached ({fault}); check PRYIMALNIA_DATABASE_URL") from None


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The migrated database alone, for commands that need nothing else."""
    keeping.prepare_folder(settings)
    await migrated(settings)
    opened_database = Database(settings.database)
    try:
        yield opened_database
    finally:
        await opened_database.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The whole house. The knowledge is built first if what is stored is not of this content."""
    secret = keeping.signing_secret(settings)
    registers = registering.opened(settings, secret)
    minds = Minds({settings.community: knowledge.ready(settings)})
    store = FolderStore(keeping.files_folder(settings), settings.file_limit_megabytes * MEGABYTE)
    async with (
        database(settings) as open_database,
        _signals(settings) as (signals, pace),
        _transport() as transport,
        ripening(settings, minds),
    ):
        present = channels(settings, secret, supplies_of(settings, secret, transport, store, minds))
        measures = Measures()
        measures.prepare(present)
        runtime = Runtime(
            database=open_database,
            signals=signals,
            store=store,
            channels=present,
            minds=minds,
            clock=utc_now,
            worker=workers.new_name(),
            answer_minutes=settings.answer_minutes,
            pace=pace,
            signs=Signs(present),
            measures=measures,
            policy=policy(settings),
            nightly=_nightly(settings, open_database, store),
            public_url=settings.public_url,
            registers=registers,
        )
        try:
            yield House(settings, runtime, secret)
        finally:
            await runtime.signs.close()
            await registering.closed(registers)


def policy(settings: Settings) -> Policy:
    """Who answers, as far as it is set for the whole community."""
    return Policy(
        follow_up=timedelta(days=settings.follow_up_days),
        silent=timedelta(minutes=settings.away_minutes),
        capacity=settings.conversations_at_once,
    )


def _nightly(settings: Settings, open_database: Database, store: FolderStore) -> Nightly:
    """The retention job, which leaves a mark once a night's work is done."""
    job = retention.Nightly(open_database, store, keeping.policy(settings), settings.community)

    async def nightly(now: datetime) -> None:
        done = job.done
        await job.tend(now)
        if job.done != done:
            marks.mark(settings, "retention")

    return nightly


@asynccontextmanager
async def _transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport()
    try:
        yield transport
    finally:
        await transport.close()


@asynccontextmanager
async def _signals(settings: Settings) -> AsyncIterator[tuple[Signals, Pace]]:
    """Wake-ups and turns at sending: over Redis where one is set, else within this process."""
    url = settings.redis_url
    signals: MemorySignals | RedisSignals = RedisSignals(url) if url else MemorySignals()
    pace: MemoryPace | RedisPace = RedisPace(url) if url else MemoryPace()
    try:
        yield signals, pace
    finally:
        await pace.close()
        await signals.close()


def chat_house(house: House) -> WebHouse:
    """What the citizens' page stands on."""
    runtime = house.runtime
    web = runtime.channels["web"]
    assert isinstance(web, WebChannel)
    knowledge = runtime.minds[house.settings.community].knowledge
    community = knowledge.community

    async def typing(ref: ConversationRef) -> None:
        # Nobody waits for it: what can't be told now is not told.
        with suppress(SQLAlchemyError, OSError):
            async with runtime.database.read() as db:
                conversation_id = await inbox.find(db, ref)
            if conversation_id is not None:
                await runtime.signals.publish(typing_topic(conversation_id))

    return WebHouse(
        channel=web,
        feed=LogFeed(runtime),
        store=runtime.store,
        announcement=Announcement(community.name, community.reception.phone),
        welcome=welcome(knowledge, runtime.clock()),
        typing=typing,
    )


def board_house(house: House) -> BoardHouse:
    """What the screens of the community's halls stand on."""
    runtime, community = house.runtime, house.settings.community
    return BoardHouse(runtime.database, lambda: runtime.minds[community].knowledge, runtime.clock)


def workplace_house(house: House) -> WorkplaceHouse:
    """What the specialists' pages stand on."""
    runtime, policy = house.runtime, keeping.policy(house.settings)
    store = FolderStore(keeping.files_folder(house.settings), house.settings.file_limit_megabytes * MEGABYTE)

    def render(ref: ConversationRef, message: OutgoingMessage) -> Sequence[Payload]:
        return runtime.channels[ref.channel].render(message)

    def take_back(ref: ConversationRef, external_id: str) -> Payload | None:
        channel = runtime.channels[ref.channel]
        return channel.take_back(ref, external_id) if isinstance(channel, TakesBack) else None

    async def read(community: str, text: str) -> Meaning:
        return (await asyncio.to_thread(runtime.minds[community].understanding.read, [text]))[0]

    async def matter(community: str, kept: Mapping[str, Any] | None, topic: str | None) -> Matter:
        knowledge = runtime.minds[community].knowledge
        papers = runtime.registers.papers
        asked = {name: one for one in (papers.registers if papers else ()) for name in one.documents}
        return await asyncio.to_thread(matters.matter, knowledge, kept, topic, runtime.clock(), asked)

    return WorkplaceHouse(
        database=runtime.database,
        signals=runtime.signals,
        knowledge=lambda community: runtime.minds[community].knowledge,
        store=store,
        render=render,
        take_back=take_back,
        clock=runtime.clock,
        vendor=VENDOR,
        capabilities=lambda name: runtime.channels[name].capabilities if name in runtime.channels else None,
        reports=lambda community: reports(runtime, community),
        connect=lambda name: connect(runtime, name),
        secret=house.secret,
        older=lambda: retention.survey(runtime.database, store, policy, runtime.clock()),
        read=read,
        matter=matter,
        answer_minutes=runtime.answer_minutes,
        policy=runtime.policy,
        secure_cookies=house.settings.secure_cookies,
        registers=runtime.registers.papers,
    )
