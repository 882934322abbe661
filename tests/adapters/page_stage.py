"""A tiny reception around the chat page: a log in memory, a bot with a script, and the real routes."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.web.channel import WebChannel
from adapters.web.pages import Announcement, WebHouse, routes
from conversations.channel import Feed, FeedLine, FileRefused, NotAuthentic, UnreadableBody
from conversations.channel import Request as ChannelRequest
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    Card,
    CardLine,
    CardSource,
    Choice,
    ConversationRef,
    IncomingMessage,
    Reply,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BOT = Author(kind=AuthorKind.BOT)
SPECIALIST = Author(kind=AuthorKind.SPECIALIST, id="1", name="Марія Зразкова")
PHONE = "0 400 00 00 00"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "789c6360f8ff1f0003020180a5f4a2d50000000049454e44ae426082"
)

WELCOME = Reply(
    text="Добрий день! Це Приймальня, бот управління соцзахисту.\nНапишіть своїми словами, що сталося.",
    choices=(Choice(id="m:life", label="Життєві ситуації"), Choice(id="m:person", label="Покликати людину")),
)
ANSWER = Reply(
    text="3 000 грн на дитину",
    card=Card(
        title="Допомога на проживання ВПО",
        answer="3\u00a0000\u00a0грн на дитину\n2\u00a0000\u00a0грн на дорослого",
        lines=(CardLine(label="Коли подати", value="Щомісяця, пів року"),),
        items=("Заява: бланк дадуть на місці", "Паспорт: показати оригінал"),
        maybe=("Рішення про опіку, якщо ви опікун",),
        note="Право саме у вас залежить від доходу й майна родини.",
        source=CardSource(
            text="Джерело: постанова КМУ № 332 від 20.03.2022. Перевірено 22.11.2026.",
            url="https://zakon.example/332",
        ),
    ),
    choices=(
        Choice(id="a:idp:e", label="Чи маю право?"),
        Choice(id="a:idp:d", label="Документи"),
        Choice(id="a:idp:w", label="Де подати"),
        Choice(id="m:menu", label="Меню"),
        Choice(id="m:person", label="Покликати людину"),
    ),
)
MENU = Reply(
    text="Виберіть або напишіть своїми словами.", choices=(Choice(id="m:life", label="Життєві ситуації"),)
)


@dataclass
class Conversation:
    lines: list[FeedLine] = field(default_factory=list)
    owner: str = "bot"
    owner_name: str | None = None
    ahead: int | None = None
    withdrawn: tuple[FeedLine, ...] = ()
    last: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class FakeFeed:
    """Conversations in memory by address, read in pages of a few lines."""

    page = 3

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = defaultdict(Conversation)
        self.watching = 0

    def only(self) -> Conversation:
        """The one conversation there is."""
        (conversation,) = self.conversations.values()
        return conversation

    def say(
        self,
        conversation: Conversation,
        author: Author,
        reply: Reply,
        key: str | None = None,
        *,
        wake: bool = True,
    ) -> None:
        conversation.last += 1
        conversation.lines.append(
            FeedLine(position=conversation.last, author=author, reply=reply, at=NOW, event_key=key)
        )
        if wake:
            self.wake(conversation)

    def wake(self, conversation: Conversation) -> None:
        conversation.changed.set()
        conversation.changed = asyncio.Event()

    async def after(self, ref: ConversationRef, cursor: int) -> Feed:
        conversation = self.conversations[ref.address]
        page = tuple(line for line in conversation.lines if line.position > cursor)[: self.page]
        return Feed(
            lines=page,
            cursor=max((line.position for line in page), default=cursor),
            owner=conversation.owner,
            owner_name=conversation.owner_name,
            ahead=conversation.ahead,
            withdrawn=conversation.withdrawn,
        )

    async def changes(self, ref: ConversationRef) -> AsyncIterator[None]:
        self.watching += 1
        try:
            conversation = self.conversations[ref.address]
            while True:
                changed = conversation.changed
                yield
                await changed.wait()
        finally:
            self.watching -= 1


class FakeStore:
    """Files in memory; only PNG pictures and WAV sounds are taken."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept: dict[str, bytes] = {}

    async def put(self, content: bytes, *, name: str | None = None) -> Attachment:
        if len(content) > self.limit:
            raise FileRefused("too large", self.limit)
        kinds = {
            b"\x89PNG": (AttachmentKind.PHOTO, "image/png"),
            b"RIFF": (AttachmentKind.VOICE, "audio/wav"),
        }
        if content[:4] not in kinds:
            raise FileRefused("not a kind we take")
        kind, media_type = kinds[content[:4]]
        content_hash = hashlib.sha256(content).hexdigest()
        self.kept[content_hash] = content
        return Attachment(
            kind=kind, content_hash=content_hash, media_type=media_type, size=len(content), name=name
        )

    async def get(self, content_hash: str) -> bytes:
        if content_hash not in self.kept:
            raise FileNotFoundError(content_hash)
        return self.kept[content_hash]


Script = Callable[["Stage", Conversation, IncomingMessage], None]


def answers(stage: Stage, conversation: Conversation, message: IncomingMessage) -> None:
    """The bot's usual script: the menu for the menu, nothing in erasure but its word, else the answer."""
    if message.choice_id == "e:all":
        # Some logs drop an erased line, others keep its place.
        kept = [replace(line, reply=Reply(text="Стерто")) for line in conversation.lines[1:]]
        conversation.lines[:] = kept
        stage.feed.say(conversation, BOT, Reply(text="Стерто сьогодні о 11:30."))
    elif message.choice_id == "m:person":
        conversation.owner, conversation.ahead = "queue", 2
        stage.feed.say(conversation, BOT, Reply(text="Передаю розмову спеціалісту."))
    elif message.choice_id == "m:data":
        offer = Choice(id="e:all", label="Стерти все")
        stage.feed.say(conversation, BOT, Reply(text="Ми зберігаємо: розмову.", choices=(offer,)))
    elif message.choice_id or message.attachments:
        stage.feed.say(conversation, BOT, MENU)
    else:
        stage.feed.say(conversation, BOT, ANSWER)


class Stage:
    """The real routes over fakes, and the webhook as the contract wants it.

    `away` makes the webhook answer 503 and store nothing; `lose_answers` stores and then answers 502.
    """

    def __init__(self, *, script: Script = answers, file_limit: int = 100_000, origin: str = "") -> None:
        self.feed = FakeFeed()
        self.store = FakeStore(file_limit)
        self.channel = WebChannel("zrazkova", b"secret", origin, file_limit=file_limit, clock=lambda: NOW)
        self.script = script
        self.away = False
        self.lose_answers = False
        self.posts = 0
        self.keys: set[str] = set()
        web = WebHouse(
            channel=self.channel,
            feed=self.feed,
            store=self.store,
            announcement=Announcement(community="Зразкова громада", phone=PHONE),
            welcome=WELCOME,
            heartbeat=0.05,
        )
        webhook = Route("/webhooks/zrazkova/web", self.webhook, methods=["GET", "POST"])
        self.app = Starlette(routes=[webhook, *routes(web)])

    async def webhook(self, request: Request) -> Response:
        self.posts += 1
        if self.away:
            return PlainTextResponse("", status_code=503)
        seen = ChannelRequest(
            method=request.method,
            headers=dict(request.headers),
            cookies=dict(request.cookies),
            body=await request.body(),
        )
        try:
            caller = self.channel.authenticate(seen)
        except NotAuthentic:
            return PlainTextResponse("", status_code=403)
        events = ()
        with suppress(UnreadableBody):
            events = tuple(self.channel.parse(seen.body, caller))
        for event in events:
            assert isinstance(event, IncomingMessage)
            self._hear(event)
        if self.lose_answers:
            return PlainTextResponse("", status_code=502)
        answer = self.channel.acknowledge(seen, events)
        return Response(answer.body, status_code=answer.status, media_type=answer.media_type)

    def _hear(self, event: IncomingMessage) -> None:
        if event.event_key in self.keys:
            return
        self.keys.add(event.event_key)
        conversation = self.feed.conversations[event.ref.address]
        reply = Reply(text=event.text or "…", attachments=event.attachments)
        self.feed.say(conversation, Author(kind=AuthorKind.CITIZEN), reply, event.event_key)
        self.script(self, conversation, event)
