"""What the handover's tests share: an invented community, its people, and conversations in a real log."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from conversations import inbox, switches, transcript
from conversations.attachments import FolderStore
from conversations.channel import Capabilities, Payload, VendorStatus
from conversations.database import Database
from conversations.messages import (
    AttachmentKind,
    Author,
    AuthorKind,
    ConversationRef,
    IncomingMessage,
    MessageKind,
    OutgoingMessage,
    Reply,
)
from conversations.signals import MemorySignals
from conversations.traffic import ChannelReport, Traffic
from handover import tables
from handover.accounts import accounts, passwords
from handover.accounts.accounts import Account
from handover.accounts.permissions import Role
from handover.retention import Policy, survey
from handover.tickets import tickets
from handover.tickets.packet import NOTHING, Matter
from handover.tickets.tickets import Ticket
from handover.workplace.house import WorkplaceHouse
from knowledge_base.answers import (
    Community,
    EntryCard,
    Hotline,
    Interval,
    Knowledge,
    LifeEvent,
    Notice,
    Office,
    Receiver,
    SourceLine,
    VisitGround,
    VisitRules,
)
from knowledge_base.understanding.meaning import Danger, Facet, Meaning, Ranked, Verdict

COMMUNITY = "lypova"
KYIV = ZoneInfo("Europe/Kyiv")
PASSWORD = "три-слова-і-число-42"
HASH = passwords.hash_password(PASSWORD)
SECRET = b"the house's own secret of these tests"
POLICY = Policy(*[timedelta(days=days) for days in (365, 180, 365, 30, 30, 90, 30, 30, 1095, 1825)])
BOT = Author(kind=AuthorKind.BOT)

_numbers = itertools.count(1)


def kyiv(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment by the clock on the wall in Kyiv, in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=KYIV).astimezone(UTC)


TUESDAY = kyiv(2026, 11, 24, 10, 30)


RECEIVERS = (
    ("subsidy", "Субсидії", "С", "3", "housing-subsidy"),
    ("displaced", "Переселенці", "В", "1", "idp-living-allowance"),
    ("families", "Діти, сім’я", "Д", "2", "birth-benefit"),
    ("benefits", "Пільги", "П", "4", "combatant-status"),
    ("disability", "Інвалідність", "А", "5", "disability-pension"),
)
"""Who receives in the invented office: id, name on buttons, letter, room, entry."""


def office(closed_on: frozenset[date] = frozenset(), hours: Sequence[Interval] | None = None) -> Office:
    """Monday to Friday from 8:00 to 17:15 with a break from 12:00 to 13:00; five receive there, and a hall of two."""
    usual = [
        Interval(weekday, opens, closes)
        for weekday in range(5)
        for opens, closes in ((time(8), time(12)), (time(13), time(17, 15)))
    ]
    return Office(
        id="reception",
        name="Приймальня",
        address="вул. Садова, 1",
        phone="0 800 000 000",
        hours=tuple(usual if hours is None else hours),
        hours_text="пн–пт",
        serves=frozenset({"department"}),
        closed_on=closed_on,
        receivers=tuple(
            Receiver(
                id=name,
                position=f"Спеціаліст: {short}",
                hours=tuple(usual),
                hours_text="пн–пт",
                room=room,
                serves=frozenset(serves),
                short=short,
                letter=letter,
            )
            for name, short, letter, room, *serves in RECEIVERS
        ),
        visits=VisitRules(minutes=20, days_ahead=14, lead_minutes=60, hall=2, letter="К"),
    )


@dataclass(frozen=True)
class FakeKnowledge:
    """A base of one entry, for titles and hours."""

    version: str = "test"
    community: Community = field(
        default_factory=lambda: Community(COMMUNITY, "Липова громада", "Europe/Kyiv", office(), 365)
    )
    entry_ids: tuple[str, ...] = ("housing-subsidy",)
    life_events: tuple[LifeEvent, ...] = ()
    pinned: tuple[Notice, ...] = ()

    def notices(self, now: datetime) -> tuple[Notice, ...]:
        return self.pinned

    def resolve(self, entry_id: str) -> str | None:
        return entry_id if entry_id in self.entry_ids else None

    def card(self, entry_id: str, now: datetime) -> EntryCard:
        return EntryCard(
            id=entry_id,
            group="housing",
            kind="benefit",
            label="Субсидія",
            title="Житлова субсидія",
            official=None,
            headline="Так.",
            who=None,
            amount="від 1 000 грн на місяць",
            when=None,
            where=None,
            documents=None,
            source=SourceLine("постанова № 1, п. 2", None, date(2026, 11, 20)),
            facets=frozenset({Facet.HOW}),
        )

    def facet_text(self, entry_id: str, facet: Facet, now: datetime) -> str | None:
        return "Подайте заяву.\nМожна телефоном." if facet is Facet.HOW else None

    def offices(self, serves: str | None = None) -> tuple[Office, ...]:
        return (self.community.reception,)

    def hotline(self, hotline_id: str) -> Hotline | None:
        return None

    @property
    def visit_grounds(self) -> tuple[VisitGround, ...]:
        return ()

    def danger_numbers(self, danger: Danger) -> Mapping[str, str]:
        return {}

    def wordings(self, entry_id: str) -> tuple[str, ...]:
        return ("доплата за комуналку",)

    def twins(self, entry_id: str) -> tuple[str, ...]:
        return ()


CAPABILITIES: Mapping[str, Capabilities] = {
    "web": Capabilities(
        text_limit=4000,
        choices_limit=9,
        takes_back=timedelta.max,
        file_kinds=frozenset(AttachmentKind),
        file_limit=2_000_000,
    ),
    "telegram": Capabilities(
        text_limit=4096,
        choices_limit=9,
        edits=True,
        takes_back=timedelta(hours=48),
        file_kinds=frozenset({AttachmentKind.PHOTO, AttachmentKind.DOCUMENT}),
        file_limit=50_000,
    ),
    "viber": Capabilities(
        text_limit=7000, choices_limit=9, free_window=timedelta(hours=24), price="0,0196 €"
    ),
    "messenger": Capabilities(
        text_limit=2000,
        choices_limit=9,
        reply_window=timedelta(hours=24),
        file_kinds=frozenset({AttachmentKind.PHOTO, AttachmentKind.DOCUMENT}),
        file_limit=50_000,
    ),
}
"""What the invented channels allow: everything, with a price later and no files, or nothing after a day."""


NOTHING_YET = Traffic(None, None, due=0, failed=0, unreadable=0, files_due=0, error=None)


@dataclass
class Vendors:
    """What the page of channels is told of them: a test says what the vendors say and what the log has seen."""

    database: Database
    says: dict[str, VendorStatus] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Traffic] = field(default_factory=dict)

    connected: list[str] = field(default_factory=list)

    matter: Matter = NOTHING
    asked: list[tuple[Mapping[str, Any] | None, str | None]] = field(default_factory=list)

    async def matter_of(self, community: str, memory: Mapping[str, Any] | None, topic: str | None) -> Matter:
        """What the invented bot knows of a person's matter: nothing, until a test tells it."""
        self.asked.append((memory, topic))
        return self.matter

    async def connect(self, name: str) -> str | None:
        self.connected.append(name)
        return self.faults.get(name)

    async def reports(self, community: str) -> list[ChannelReport]:
        async with self.database.read() as db:
            return [
                ChannelReport(
                    name=name,
                    people_only=await switches.people_only(db, community, name),
                    traffic=self.seen.get(name, NOTHING_YET),
                    vendor=self.says.get(name),
                    fault=self.faults.get(name),
                )
                for name in CAPABILITIES
            ]


async def read(community: str, text: str) -> Meaning:
    """How the invented bot reads: it knows its one entry by name, and hunger."""
    known = "субсид" in text.lower()
    return Meaning(
        text,
        (Ranked("housing-subsidy", 0.9 if known else 0.02),),
        verdict=Verdict.SURE if known else Verdict.UNKNOWN,
        danger=Danger.HUNGER if "їсти" in text else None,
    )


def render(ref: ConversationRef, message: OutgoingMessage) -> Sequence[Payload]:
    """How the pretended channel sends: one request a message."""
    files = [file.content_hash for file in message.reply.attachments]
    sent = {"to": ref.address, "text": message.reply.text, "from": message.author.name}
    return [sent | ({"files": files} if files else {})]


def take_back(ref: ConversationRef, external_id: str) -> Payload | None:
    """How the pretended Telegram is asked to delete a message; the others have no such request."""
    return {"to": ref.address, "delete": external_id} if ref.channel == "telegram" else None


def said(
    address: str, text: str, now: datetime, channel: str = "telegram", **more: object
) -> IncomingMessage:
    """A citizen's message."""
    fields = {
        "ref": ConversationRef(community=COMMUNITY, channel=channel, bot="main", address=address),
        "event_key": f"event-{next(_numbers)}",
        "kind": MessageKind.TEXT,
        "text": text,
        "author_name": "Галина Дячук",
        "sent_at": now,
        **more,
    }
    return IncomingMessage.model_validate(fields)


async def conversation(
    database: Database,
    now: datetime,
    text: str = "Чи є субсидія?",
    channel: str = "telegram",
    **more: object,
) -> str:
    """A conversation with one message in its transcript; returns its id."""
    message = said(f"address-{next(_numbers)}", text, now, channel, **more)
    async with database.write() as db:
        accepted = await inbox.accept(db, [message], now)
        (conversation_id,) = accepted.conversations
        await transcript.hear(db, conversation_id, message, now)
    return conversation_id


async def bot_says(database: Database, conversation_id: str, text: str, now: datetime, epoch: int) -> int:
    """A line of the bot with one payload to send."""
    async with database.write() as db:
        return await transcript.say(
            db, conversation_id, BOT, Reply(text=text), now, epoch=epoch, payloads=[{"text": text}]
        )


async def waiting(
    database: Database,
    now: datetime,
    question: str = "Чи приймуть договір?",
    channel: str = "telegram",
    **more: object,
) -> Ticket:
    """A conversation whose person waits for a specialist."""
    fields = {"reason": "unknown", **more}
    conversation_id = await conversation(database, now, question, channel)
    async with database.write() as db:
        number = await tickets.next_number(db, COMMUNITY, now)
        return await tickets.open_ticket(
            db,
            community=COMMUNITY,
            conversation_id=conversation_id,
            number=number,
            question=question,
            now=now,
            **fields,
        )


async def account(
    database: Database,
    login: str,
    role: Role = Role.SPECIALIST,
    name: str = "Ірина Мельник",
    community: str = COMMUNITY,
) -> Account:
    """Somebody who works here; the password is `PASSWORD`."""
    async with database.write() as db:
        return await accounts.create(
            db,
            community=community,
            login=login,
            name=name,
            position="спеціалістка",
            role=role,
            password_hash=HASH,
            now=TUESDAY,
        )


async def transcript_of(database: Database, conversation_id: str) -> list[transcript.Line]:
    """The whole transcript."""
    async with database.read() as db:
        return await transcript.lines(db, conversation_id, limit=1000)


async def actions(database: Database, subject: str | None = None) -> list[str]:
    """The audit log's actions, in order."""
    statement = select(tables.audit.c.action).order_by(tables.audit.c.id)
    if subject is not None:
        statement = statement.where(tables.audit.c.subject == subject)
    async with database.read() as db:
        return list((await db.execute(statement)).scalars())


class Wall:
    """A clock the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def pretended(
    database: Database, folder: Path, wall: Callable[[], datetime], vendor: Path, knowledge: Knowledge
) -> tuple[WorkplaceHouse, Vendors]:
    """A workplace's house whose channels, vendors and reader are pretended; files lie in this folder."""
    store, vendors = FolderStore(folder, 1_000_000), Vendors(database)
    house = WorkplaceHouse(
        database,
        MemorySignals(),
        lambda community: knowledge,
        store,
        render,
        take_back,
        wall,
        vendor,
        CAPABILITIES.get,
        vendors.reports,
        vendors.connect,
        SECRET,
        lambda: survey(database, store, POLICY, wall()),
        read,
        vendors.matter_of,
        60,
    )
    return house, vendors
