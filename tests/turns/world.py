"""A small reception for the loops: real databases, a hand-written channel and understanding, a clock that is set."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bots.turns.minds import Mind, Minds
from bots.turns.runtime import Runtime
from bots.turns.signs import Signs
from conversations.attachments import FolderStore
from conversations.channel import (
    Acknowledgement,
    Caller,
    Capabilities,
    ChannelUnavailable,
    FetchedFile,
    Payload,
    Request,
    Sent,
    Sign,
)
from conversations.database import Database
from conversations.messages import (
    ChannelEvent,
    ConversationRef,
    IncomingMessage,
    MessageKind,
    OutgoingMessage,
)
from conversations.signals import Signals
from knowledge_base.understanding.meaning import Meaning
from tests.dialogue.fake_knowledge import FakeKnowledge
from tests.dialogue.reader import read

COMMUNITY = "zrazkova"
NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # Tuesday, 12:00 in Kyiv
POISON = "отрута"


class StubUnderstanding:
    """Reads by key words; fails on the poison, as a fault in our own code would."""

    def read(self, texts: Sequence[str]) -> list[Meaning]:
        if POISON in texts:
            raise ValueError(f"can't read {texts}")
        return [read(text) for text in texts]


@dataclass
class StubChannel:
    """Keeps what is sent. `answers` are what the next sendings do: an exception is raised, anything else sends."""

    name: str = "web"
    can: Capabilities = field(default_factory=lambda: Capabilities(text_limit=4000, choices_limit=12))
    files: dict[str, FetchedFile | Exception] = field(default_factory=dict)
    shown: list[tuple[str, Sign]] = field(default_factory=list)
    rendered: list[OutgoingMessage] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    answers: list[Exception | None] = field(default_factory=list)
    hold: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    unrenderable: bool = False
    first_sent: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def capabilities(self) -> Capabilities:
        return self.can

    def authenticate(self, request: Request) -> Caller:
        return Caller(bot="web")

    def parse(self, body: bytes, caller: Caller) -> Sequence[ChannelEvent]:
        return ()

    def acknowledge(self, request: Request, events: Sequence[ChannelEvent]) -> Acknowledgement:
        return Acknowledgement()

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        if self.unrenderable:
            raise ValueError(f"can't render {message.reply.text}")
        self.rendered.append(message)
        return ({"text": message.reply.text},)

    async def send(self, ref: ConversationRef, payload: Payload, heard_at: datetime | None = None) -> Sent:
        self.asked.set()
        if self.hold:
            await self.hold.wait()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.sent.append((ref.address, payload["text"]))
        self.first_sent.set()
        return Sent(f"id-{len(self.sent)}", billing="free")

    async def fetch_file(self, handle: str) -> FetchedFile:
        found = self.files[handle]
        if isinstance(found, Exception):
            raise found
        return found

    async def show(self, ref: ConversationRef, sign: Sign) -> None:
        self.shown.append((ref.address, sign))
        if sign is Sign.TYPING:
            raise ChannelUnavailable("nobody waits for a sign")


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


@dataclass
class World:
    """The runtime with its stubs within reach."""

    runtime: Runtime
    channel: StubChannel
    clock: Clock

    def texts(self, address: str = "anna") -> list[str]:
        """What a person has got."""
        return [text for to, text in self.channel.sent if to == address]


def world(database: Database, signals: Signals, folder: Path) -> World:
    channel, clock = StubChannel(), Clock()
    runtime = Runtime(
        database=database,
        signals=signals,
        store=FolderStore(folder, 1_000_000),
        channels={channel.name: channel},
        minds=Minds({COMMUNITY: Mind(FakeKnowledge(), StubUnderstanding())}),
        clock=clock,
        worker="worker-1",
        answer_minutes=30,
        signs=Signs({channel.name: channel}),
    )
    return World(runtime, channel, clock)


def message(text: str, *, key: str, address: str = "anna", at: datetime = NOON) -> IncomingMessage:
    ref = ConversationRef(community=COMMUNITY, channel="web", bot="web", address=address)
    return IncomingMessage(ref=ref, event_key=key, kind=MessageKind.TEXT, text=text, sent_at=at)
