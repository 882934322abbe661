"""One conversation as its templates show it: head, transcript, the gate above the composer, the packet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from conversations.messages import Attachment, AttachmentKind, AuthorKind
from conversations.ownership import Owner
from conversations.transcript import WITHOUT_WORDS, Head, Line
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.calendars.hours import KYIV
from handover.tickets.tickets import Ticket
from handover.tickets.wording import clock, danger_word
from handover.workplace import words
from handover.workplace.queue_view import Chip, promise_chip, topic_title
from knowledge_base.answers import Knowledge
from knowledge_base.language import plural

SOURCE = "Джерело: "
"""How the last line of an answer begins, always."""

SHOWN = 200
"""Lines of a transcript on one page; earlier ones are a press away."""


@dataclass(frozen=True)
class Piece:
    """A file in a line: photo and voice are shown and played, everything else is downloaded."""

    kind: str
    src: str
    name: str
    size: str


@dataclass(frozen=True)
class Fate:
    """What became of a message."""

    icon: str
    text: str
    bad: bool = False


@dataclass(frozen=True)
class LineView:
    position: int
    kind: str
    ours: bool
    by: str
    at: str
    day: str | None
    text: str
    source: str | None
    choices: Sequence[str]
    pieces: Sequence[Piece]
    state: Fate | None


@dataclass(frozen=True)
class Gate:
    icon: str
    text: str


@dataclass(frozen=True)
class Fact:
    word: str
    value: str
    href: str | None = None


@dataclass(frozen=True)
class Past:
    title: str
    summary: str | None


@dataclass(frozen=True)
class Packet:
    alarm: bool
    reason: str
    question: str
    hint: str | None
    facts: Sequence[Fact]
    told: Sequence[str]
    past: Sequence[Past]


@dataclass(frozen=True)
class Talk:
    conversation: str
    title: str
    subtitle: str
    may_reply: bool
    may_note: bool
    may_take: bool
    may_lead: bool
    danger_card: bool
    chips: Sequence[Chip]
    gate: Gate | None
    lines: Sequence[LineView]
    earlier: int | None
    packet: Packet
    colleagues: Sequence[Account]


@dataclass(frozen=True)
class Found:
    """What was read of a conversation, before it is put into words."""

    conversation: str
    ticket: Ticket
    head: Head
    owner: Owner
    lines: Sequence[Line]
    earlier: int | None
    past: Sequence[Ticket]
    colleagues: Sequence[Account]


def talk(found: Found, me: Account, knowledge: Knowledge, now: datetime) -> Talk:
    """The whole right part."""
    ticket, owner = found.ticket, found.owner
    consults = allows(me.role, Permission.CONSULT)
    mine = owner.kind == "specialist" and owner.id == me.id
    led = ticket.status == "taken" and owner.kind == "specialist"
    may_take = consults and ticket.status == "waiting"
    name = words.person(found.head.author_name, found.head.ref.channel, ticket.number)
    return Talk(
        conversation=found.conversation,
        title=name,
        subtitle=f"{words.channel(found.head.ref.channel)} · консультація № {words.unbroken(ticket.number)}",
        may_reply=mine,
        may_note=allows(me.role, Permission.NOTE),
        may_take=may_take,
        may_lead=led and ((mine and consults) or allows(me.role, Permission.LEAD)),
        danger_card=ticket.danger is not None and led and (mine or allows(me.role, Permission.LEAD)),
        chips=_chips(ticket, owner, now),
        gate=None if mine else _gate(ticket, owner, may_take),
        lines=lines(found.lines, found.conversation, me, found.head.author_name or "Людина", now),
        earlier=found.earlier,
        packet=_packet(found, knowledge, now),
        colleagues=[
            person
            for person in found.colleagues
            if person.id != owner.id and allows(person.role, Permission.CONSULT)
        ],
    )


def _chips(ticket: Ticket, owner: Owner, now: datetime) -> list[Chip]:
    chips = [promise_chip(ticket, now, short=False)]
    if ticket.danger:
        chips.append(Chip("bad", f"небезпека: {danger_word(ticket.danger)}", "alert"))
    chips.append(Chip("plain", "консультація", title="Не зареєстровано як звернення"))
    if owner.kind == "specialist":
        chips.append(Chip("", "бот мовчить", "bot"))
    return [chip for chip in chips if chip is not None]


def _gate(ticket: Ticket, owner: Owner, may_take: bool) -> Gate:
    if owner.kind == "specialist":
        return Gate("person", f"Відповідає {owner.name}. Нотатку залишити можна.")
    if ticket.status == "resolved":
        return Gate("check", "Консультацію закрито, далі відповідає бот. Нотатку залишити можна.")
    if may_take:
        return Gate("bot", "Розмову веде бот. Нотатку залишити можна, відповісти — коли візьмете.")
    return Gate("bot", "Розмову веде бот, людина чекає. Нотатку залишити можна.")


def lines(read: Sequence[Line], conversation: str, me: Account, name: str, now: datetime) -> list[LineView]:
    """The transcript in words, with a heading where a new day begins."""
    views = []
    previous = None
    for line in read:
        today = line.at.astimezone(KYIV).date()
        views.append(
            _line(line, conversation, me, name, words.day(line.at, now) if today != previous else None)
        )
        previous = today
    return views


def _line(line: Line, conversation: str, me: Account, name: str, day: str | None) -> LineView:
    author = line.author
    by, kind = {
        AuthorKind.CITIZEN: (author.name or name, "them"),
        AuthorKind.BOT: ("Бот", "bot"),
        AuthorKind.SPECIALIST: ("Ви" if author.id == me.id else author.name or "Спеціаліст", "person"),
        AuthorKind.SYSTEM: ("", "system"),
        AuthorKind.NOTE: ("Ваша нотатка" if author.id == me.id else f"Нотатка: {author.name}", "note"),
    }[author.kind]
    text, source = _words(line)
    if author.kind in (AuthorKind.BOT, AuthorKind.SYSTEM):
        text = words.unbroken(text)
    return LineView(
        position=line.position,
        kind=kind,
        ours=author.kind in (AuthorKind.BOT, AuthorKind.SPECIALIST),
        by=by,
        at=clock(line.at),
        day=day,
        text=text,
        source=source,
        choices=[choice.label for choice in line.reply.choices],
        pieces=[_piece(attachment, conversation) for attachment in line.reply.attachments],
        state=_fate(line) if author.kind in (AuthorKind.BOT, AuthorKind.SPECIALIST) else None,
    )


def _words(line: Line) -> tuple[str, str | None]:
    """The words of a line and a bot's source; a file that is shown needs no word for its kind."""
    text = line.reply.text.strip()
    if line.kind is not None and line.reply.attachments and text == WITHOUT_WORDS.get(line.kind):
        return "", None
    answer, mark, source = text.rpartition(SOURCE)
    if line.author.kind is AuthorKind.BOT and mark and answer.strip() and "\n" not in source:
        return answer.strip(), f"{mark}{source}"
    return text, None


def _piece(attachment: Attachment, conversation: str) -> Piece:
    return Piece(
        kind=attachment.kind.value,
        src=f"/workplace/files/{attachment.content_hash}?conversation={quote(conversation)}",
        name=attachment.name or ("Відео" if attachment.kind is AttachmentKind.VIDEO else "Документ"),
        size=words.size(attachment.size),
    )


def _fate(line: Line) -> Fate | None:
    """A bot's message that arrived is in order and says nothing; a specialist's always says where it is."""
    specialist = line.author.kind is AuthorKind.SPECIALIST
    match line.delivery:
        case "failed":
            cause = f": {line.delivery_error}" if line.delivery_error else ""
            return Fate("cross", f"Не доставлено{cause}. Зв’яжіться інакше: телефоном.", bad=True)
        case "unknown":
            return Fate("question", "Невідомо, чи дійшло", bad=specialist)
        case "withdrawn":
            return Fate("withdrawn", "Не надіслано: розмову взяла людина")
        case "due" | "sending" if specialist:
            return Fate("clock", "Надсилається")
        case "sent" if specialist:
            return Fate("check", "Надіслано")
        case "delivered" if specialist:
            return Fate("check2", "Доставлено")
        case "seen" if specialist:
            return Fate("eye", "Прочитано")
    return None


def _packet(found: Found, knowledge: Knowledge, now: datetime) -> Packet:
    ticket, head = found.ticket, found.head
    reason = words.REASONS.get(ticket.reason, words.REASONS["asked"])
    if ticket.danger:
        reason = f"Небезпека: {danger_word(ticket.danger)}"
    facts = []
    if ticket.phone:
        dialled = "".join(sign for sign in ticket.phone if sign.isdigit() or sign == "+")
        facts.append(Fact("Телефон", ticket.phone, f"tel:{dialled}"))
    if ticket.call_at:
        facts.append(Fact("Дзвонити", ticket.call_at))
    about = topic_title(ticket.topic, knowledge, now)
    if about:
        facts.append(Fact("Тема", about))
    facts += [Fact(word[:1].upper() + word[1:], value) for word, value in ticket.told]
    facts.append(Fact("Канал", words.channel(head.ref.channel)))
    facts.append(Fact("Кличе людину з", words.moment(ticket.created_at, now)))
    if ticket.status == "waiting":
        facts.append(Fact("Чекає", words.span(now - ticket.created_at)))
    if ticket.promised_at and ticket.answered_at is None and ticket.status != "resolved":
        facts.append(Fact("Обіцяно до", words.moment(ticket.promised_at, now)))
    if ticket.assigned_name:
        facts.append(Fact("Спеціаліст" if ticket.status == "resolved" else "Веде", ticket.assigned_name))
    if ticket.summary:
        facts.append(Fact("Підсумок", ticket.summary))
    files = sum(len(line.reply.attachments) for line in found.lines if line.author.kind is AuthorKind.CITIZEN)
    if files:
        facts.append(Fact("Надіслано", plural(files, "файл")))
    return Packet(
        alarm=ticket.danger is not None,
        reason=reason,
        question=ticket.question,
        hint="У базі цього немає." if ticket.reason == "unknown" else None,
        facts=facts,
        told=_told(found.lines, knowledge, now),
        past=[
            Past(f"№ {words.unbroken(it.number)}, {words.moment(it.created_at, now)}", it.summary)
            for it in found.past
            if it.id != ticket.id
        ],
    )


def _told(read: Sequence[Line], knowledge: Knowledge, now: datetime) -> list[str]:
    """Topics the bot has already answered about, each once, in order."""
    topics = dict.fromkeys(line.topic for line in read if line.author.kind is AuthorKind.BOT and line.topic)
    titles = (topic_title(topic, knowledge, now) for topic in topics)
    return [title for title in titles if title]
