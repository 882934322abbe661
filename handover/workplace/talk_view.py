"""One conversation as its templates show it: head, transcript, the gate above the composer, the packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from conversations.channel import Capabilities
from conversations.drafts import WITHOUT_WORDS
from conversations.messages import PHONE, Attachment, AttachmentKind, AuthorKind
from conversations.ownership import Owner
from conversations.remote_files import Missing
from conversations.transcript import Head, Line
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.assignment.teams import Team
from handover.calendars.hours import KYIV
from handover.calls.calls import Call
from handover.composing.drafts import Drafts
from handover.composing.ready_answers import ReadyAnswer
from handover.composing.viewers import Viewer
from handover.tickets.tickets import Ticket
from handover.tickets.wording import clock, danger_word, day_and_clock
from handover.workplace import words
from handover.workplace.company import Company, company
from handover.workplace.masking import Said, masked, said
from handover.workplace.queue_view import Chip, call_chip, promise_chip, topic_title, unreached_chip
from handover.workplace.ready_answers import Offered, offered
from handover.workplace.snoozing import Snooze, snoozes
from handover.workplace.vendor_words import why_no_file, why_not_sent
from handover.workplace.window_view import Window, window
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
class Absent:
    """A file in a line that is still with the vendor, or will never come."""

    icon: str
    text: str


@dataclass(frozen=True)
class Fate:
    """What became of a message. `quiet`: in order, and said by a small icon only.

    `again`: what stands on the button that sends it once more.
    """

    icon: str
    text: str
    bad: bool = False
    quiet: bool = False
    again: str | None = None


@dataclass(frozen=True)
class LineView:
    position: int
    kind: str
    ours: bool
    by: str
    at: str
    day: str | None
    text: Said
    source: str | None
    choices: Sequence[str]
    pieces: Sequence[Piece]
    absent: Sequence[Absent]
    state: Fate | None


@dataclass(frozen=True)
class Gate:
    icon: str
    text: str


@dataclass(frozen=True)
class Fact:
    word: str
    value: str | Said
    href: str | None = None


@dataclass(frozen=True)
class Past:
    title: str
    question: Said
    summary: Said | None
    by: str | None
    rating: str | None


@dataclass(frozen=True)
class Packet:
    alarm: bool
    reason: str
    question: Said
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
    may_unmask: bool
    may_take: bool
    may_lead: bool
    may_reopen: bool
    asleep: bool
    snoozes: Sequence[Snooze]
    may_book: bool
    has_bot: bool
    danger_card: bool
    chips: Sequence[Chip]
    gate: Gate | None
    window: Window
    lines: Sequence[LineView]
    earlier: int | None
    packet: Packet
    colleagues: Sequence[Account]
    teams: Sequence[Team]
    drafts: Drafts
    company: Company
    ready: Sequence[Offered]


@dataclass(frozen=True)
class Found:
    """What was read of a conversation, before it is put into words."""

    conversation: str
    ticket: Ticket
    head: Head
    owner: Owner
    lines: Sequence[Line]
    missing: Mapping[int, Sequence[Missing]]
    earlier: int | None
    past: Sequence[Ticket]
    colleagues: Sequence[Account]
    teams: Sequence[Team]
    drafts: Drafts
    viewers: Sequence[Viewer]
    ready: Sequence[ReadyAnswer]
    call: Call | None = None


def talk(
    found: Found, me: Account, knowledge: Knowledge, capabilities: Capabilities | None, now: datetime
) -> Talk:
    """The whole right part. `capabilities` are those of the conversation's channel."""
    ticket, owner = found.ticket, found.owner
    has_bot = found.head.ref.channel != PHONE
    consults = allows(me.role, Permission.CONSULT)
    mine = owner.kind == "specialist" and owner.id == me.id
    led = ticket.status == "taken" and owner.kind == "specialist"
    may_take = consults and ticket.status == "waiting"
    name = masked(words.person(found.head.author_name, found.head.ref.channel, ticket.number))
    return Talk(
        conversation=found.conversation,
        title=name,
        subtitle=f"{words.channel(found.head.ref.channel)} · консультація № {words.unbroken(ticket.number)}",
        may_reply=mine,
        may_note=allows(me.role, Permission.NOTE),
        may_unmask=allows(me.role, Permission.UNMASK),
        may_take=may_take,
        may_lead=led and ((mine and consults) or allows(me.role, Permission.LEAD)),
        may_reopen=consults and ticket.status == "resolved" and owner.kind != "specialist",
        asleep=ticket.snoozed_until is not None,
        snoozes=snoozes(now),
        may_book=consults and ticket.status != "resolved",
        has_bot=has_bot,
        danger_card=has_bot
        and ticket.danger is not None
        and led
        and (mine or allows(me.role, Permission.LEAD)),
        chips=_chips(ticket, owner, found.call, now, has_bot=has_bot),
        gate=None if mine else _gate(ticket, owner, may_take, has_bot=has_bot),
        window=line_above(ticket, found.head, me, capabilities, now),
        lines=lines(found, me, now),
        earlier=found.earlier,
        packet=_packet(found, me, knowledge, now),
        colleagues=[
            person
            for person in found.colleagues
            if person.id != owner.id and allows(person.role, Permission.CONSULT)
        ],
        teams=found.teams,
        drafts=found.drafts,
        company=company(found.viewers),
        ready=offered(found.ready, ticket, found.head, me, knowledge),
    )


def line_above(
    ticket: Ticket, head: Head, me: Account, capabilities: Capabilities | None, now: datetime
) -> Window:
    """What the channel allows, for whoever leads the conversation or may take it."""
    mine = head.owner.kind == "specialist" and head.owner.id == me.id
    told = mine or (ticket.status == "waiting" and allows(me.role, Permission.CONSULT))
    return window(ticket, head, capabilities, now, told=told)


def _chips(ticket: Ticket, owner: Owner, call: Call | None, now: datetime, *, has_bot: bool) -> list[Chip]:
    chips = [call_chip(call, now) or promise_chip(ticket, now, short=False)]
    if ticket.danger:
        chips.append(Chip("bad", f"небезпека: {danger_word(ticket.danger)}", "alert"))
    if ticket.snoozed_until is not None:
        why = ticket.snooze_reason or "Причини не вказано"
        chips.append(Chip("plain", f"відкладено до {day_and_clock(ticket.snoozed_until)}", "moon", why))
    chips.append(unreached_chip(ticket))
    chips.append(Chip("plain", "консультація", title="Не зареєстровано як звернення"))
    if owner.kind == "specialist" and has_bot:
        chips.append(Chip("", "бот мовчить", "bot"))
    return [chip for chip in chips if chip is not None]


def _gate(ticket: Ticket, owner: Owner, may_take: bool, *, has_bot: bool) -> Gate:
    if owner.kind == "specialist":
        return Gate("person", f"Відповідає {owner.name}. Нотатку залишити можна.")
    if not has_bot:
        return Gate(
            "phone", "Консультацію закрито." if ticket.status == "resolved" else "Людина чекає на дзвінок."
        )
    if ticket.status == "resolved":
        return Gate("check", "Консультацію закрито, далі відповідає бот. Нотатку залишити можна.")
    if may_take:
        return Gate("bot", "Розмову веде бот. Нотатку залишити можна, відповісти — коли візьмете.")
    return Gate("bot", "Розмову веде бот, людина чекає. Нотатку залишити можна.")


def lines(found: Found, me: Account, now: datetime) -> list[LineView]:
    """The transcript in words, with a heading where a new day begins."""
    views = []
    previous = None
    for line in found.lines:
        today = line.at.astimezone(KYIV).date()
        views.append(_line(line, found, me, words.day(line.at, now) if today != previous else None))
        previous = today
    return views


def _line(line: Line, found: Found, me: Account, day: str | None) -> LineView:
    author = line.author
    missing = found.missing.get(line.position, ())
    by, kind = {
        AuthorKind.CITIZEN: (masked(author.name or found.head.author_name or "Людина"), "them"),
        AuthorKind.BOT: ("Бот", "bot"),
        AuthorKind.SPECIALIST: ("Ви" if author.id == me.id else author.name or "Спеціаліст", "person"),
        AuthorKind.SYSTEM: ("", "system"),
        AuthorKind.NOTE: ("Ваша нотатка" if author.id == me.id else f"Нотатка: {author.name}", "note"),
    }[author.kind]
    spoken, source = _words(line, with_files=bool(line.reply.attachments or missing))
    text = _said(spoken, f"line-{line.position}", found, me, phones=phones_hidden(line))
    if author.kind in (AuthorKind.BOT, AuthorKind.SYSTEM):
        text = Said(tuple(words.unbroken(part) if isinstance(part, str) else part for part in text.parts))
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
        pieces=[_piece(attachment, found.conversation) for attachment in line.reply.attachments],
        absent=[_absent(one) for one in missing],
        state=_fate(line, found.owner.id == me.id)
        if author.kind in (AuthorKind.BOT, AuthorKind.SPECIALIST)
        else None,
    )


def _said(text: str, at: str, found: Found, me: Account, *, phones: bool = True) -> Said:
    """A text of this conversation; its numbers may be asked for by whoever has the right."""
    place = at if allows(me.role, Permission.UNMASK) else None
    return said(text, place, (found.ticket.phone,), phones=phones)


def phones_hidden(line: Line) -> bool:
    """Phones in what goes to the citizen are of offices; all others are of somebody."""
    return line.author.kind not in (AuthorKind.BOT, AuthorKind.SPECIALIST)


def _words(line: Line, *, with_files: bool) -> tuple[str, str | None]:
    """The words of a line and a bot's source; a file that is shown needs no word for its kind."""
    text = line.reply.text.strip()
    if line.kind is not None and with_files and text == WITHOUT_WORDS.get(line.kind):
        return "", None
    answer, mark, source = text.rpartition(SOURCE)
    if line.author.kind is AuthorKind.BOT and mark and answer.strip() and "\n" not in source:
        return answer.strip(), f"{mark}{source}"
    return text, None


def _piece(attachment: Attachment, conversation: str) -> Piece:
    return Piece(
        kind=attachment.kind.value,
        src=f"/workplace/files/{attachment.content_hash}?conversation={quote(conversation)}",
        name=masked(attachment.name or "")
        or ("Відео" if attachment.kind is AttachmentKind.VIDEO else "Документ"),
        size=words.size(attachment.size),
    )


_COMING = {
    AttachmentKind.PHOTO: "Фото завантажується…",
    AttachmentKind.VOICE: "Голосове завантажується…",
    AttachmentKind.VIDEO: "Відео завантажується…",
    AttachmentKind.DOCUMENT: "Файл завантажується…",
}


def _absent(one: Missing) -> Absent:
    if not one.failed:
        return Absent("clock", _COMING[one.kind])
    why = f": {why_no_file(one.reason)}" if one.reason else ""
    return Absent("cross", f"Файл не завантажився{why}")


def _fate(line: Line, mine: bool) -> Fate | None:
    """Where a message of ours is. A bot's that arrived says it by an icon only, a specialist's always in words."""
    quiet = line.author.kind is AuthorKind.BOT
    again = "Надіслати ще раз" if mine and not quiet else None
    why = f": {why_not_sent(line.delivery_error)}" if line.delivery_error else ""
    match line.delivery:
        case "failed":
            return Fate("cross", f"Не доставлено{why}. Зв’яжіться інакше: телефоном.", bad=True, again=again)
        case "unknown":
            warned = f"{again}, може прийти двічі" if again else None
            return Fate("question", f"Невідомо, чи дійшло{why}", bad=not quiet, again=warned)
        case "withdrawn":
            return Fate("withdrawn", "Не надіслано: розмову взяла людина")
        case "due" | "sending" if why:
            now = "Надіслати зараз" if again and line.delivery == "due" else None
            return Fate("retry", f"Ще не надіслано{why}. Пробуємо далі", bad=not quiet, again=now)
        case "due" | "sending":
            return Fate("clock", "Надсилається", quiet=quiet)
        case "sent":
            return Fate("check", "Надіслано", quiet=quiet)
        case "delivered":
            return Fate("check2", "Доставлено", quiet=quiet)
        case "seen":
            return Fate("eye", "Прочитано", quiet=quiet)
    return None


def _packet(found: Found, me: Account, knowledge: Knowledge, now: datetime) -> Packet:
    ticket, head = found.ticket, found.head
    reason = words.REASONS.get(ticket.reason, words.REASONS["asked"])
    if ticket.danger:
        reason = f"Небезпека: {danger_word(ticket.danger)}"
    facts = []
    if ticket.phone:
        facts.append(Fact("Телефон", ticket.phone, words.tel(ticket.phone)))
    if ticket.call_at:
        facts.append(Fact("Дзвонити", _said(ticket.call_at, "call", found, me)))
    if found.call is not None:
        at = words.moment(found.call.due_at, now)
        facts.append(Fact("Дзвінок", at, f"/workplace/desk/calls#call-{found.call.id}"))
    about = topic_title(ticket.topic, knowledge, now)
    if about:
        facts.append(Fact("Тема", about))
    facts += [
        Fact(word[:1].upper() + word[1:], _said(value, f"told-{place}", found, me))
        for place, (word, value) in enumerate(ticket.told)
    ]
    facts.append(Fact("Канал", words.channel(head.ref.channel)))
    facts.append(Fact("Кличе людину з", words.moment(ticket.created_at, now)))
    if ticket.status == "waiting":
        facts.append(Fact("Чекає", words.span(now - ticket.created_at)))
    if ticket.promised_at and ticket.answered_at is None and ticket.status != "resolved":
        facts.append(Fact("Обіцяно до", words.moment(ticket.promised_at, now)))
    if ticket.assigned_name:
        facts.append(Fact("Спеціаліст" if ticket.status == "resolved" else "Веде", ticket.assigned_name))
    if ticket.summary:
        facts.append(Fact("Підсумок", _said(ticket.summary, "summary", found, me)))
    if ticket.rating in words.RATINGS:
        facts.append(Fact("Чи допомогла", words.RATINGS[ticket.rating]))
    files = sum(len(line.reply.attachments) for line in found.lines if line.author.kind is AuthorKind.CITIZEN)
    if files:
        facts.append(Fact("Надіслано", plural(files, "файл")))
    return Packet(
        alarm=ticket.danger is not None,
        reason=reason,
        question=_said(ticket.question, "question", found, me),
        hint="У базі цього немає." if ticket.reason == "unknown" else None,
        facts=facts,
        told=_told(found.lines, knowledge, now),
        past=[
            Past(
                f"№ {words.unbroken(it.number)}, {words.moment(it.created_at, now)}",
                _said(it.question, f"asked-{it.id}", found, me),
                _said(it.summary, f"past-{it.id}", found, me) if it.summary else None,
                it.assigned_name,
                words.RATINGS.get(it.rating or ""),
            )
            for it in found.past
            if it.id != ticket.id
        ],
    )


def _told(read: Sequence[Line], knowledge: Knowledge, now: datetime) -> list[str]:
    """Topics the bot has already answered about, each once, in order."""
    topics = dict.fromkeys(line.topic for line in read if line.author.kind is AuthorKind.BOT and line.topic)
    titles = (topic_title(topic, knowledge, now) for topic in topics)
    return [title for title in titles if title]
