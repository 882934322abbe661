"""The queue as its template shows it: tabs, the danger strip, groups of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from conversations.messages import AttachmentKind, AuthorKind
from conversations.transcript import Head
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.calendars import calendars
from handover.calendars.hours import KYIV, Calendar, is_open, next_opening, stretches
from handover.calls import calls
from handover.calls.calls import Call
from handover.tickets import queue
from handover.tickets.queue import Counts, List
from handover.tickets.tickets import Ticket
from handover.tickets.wording import clock, danger_word
from handover.workplace import words
from handover.workplace.pause_view import PauseView, pause_view
from handover.workplace.vendor_words import why_not_sent
from knowledge_base.answers import Knowledge

SOON = timedelta(minutes=30)
_PREVIEW = 120

_ORDER = {
    "waiting": "Спершу небезпека, далі хто довше чекає",
    "mine": "Спершу небезпека, далі хто довше чекає",
    "team": "Усе, що ведуть колеги й ви",
}
_FILES = {
    AttachmentKind.PHOTO: "Фото",
    AttachmentKind.VOICE: "Голосове",
    AttachmentKind.VIDEO: "Відео",
    AttachmentKind.DOCUMENT: "Документ",
}


@dataclass(frozen=True)
class Chip:
    """A small mark: `kind` is soon, late, bad, plain or empty."""

    kind: str
    text: str
    icon: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Row:
    conversation: str
    name: str
    channel: str
    channel_icon: str
    unread: int
    when: str
    preview: str
    icon: str | None
    about: str
    mark: Chip | None
    chip: Chip | None


@dataclass(frozen=True)
class Group:
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Tab:
    view: List
    word: str
    count: int


@dataclass(frozen=True)
class Urgent:
    conversation: str
    state: str
    waits: bool
    channel: str
    question: str


@dataclass(frozen=True)
class Empty:
    title: str
    text: str
    action: str = ""
    href: str = ""


@dataclass(frozen=True)
class QueuePane:
    view: List
    hours: str
    pause: PauseView
    tabs: Sequence[Tab]
    urgent: Urgent | None
    may_take: bool
    order: str
    groups: Sequence[Group]
    empty: Empty
    further: str | None


def known_view(asked: str | None, fallback: List = "waiting") -> List:
    """A list's name out of an address; anything else is the fallback."""
    return asked if asked in ("waiting", "mine", "team") else fallback  # type: ignore[return-value]  # narrowed by the tuple


async def queue_pane(
    db: AsyncConnection, account: Account, view: List, knowledge: Knowledge, now: datetime
) -> QueuePane:
    """Everything the left pane shows: a fixed number of queries, whatever the length of the queue."""
    calendar = await calendars.current(db, account.community, knowledge.community.reception, now)
    listed = await queue.listed(db, account.community, view, account.id)
    counted = await queue.counts(db, account.community, account.id)
    danger = await queue.urgent(db, account.community)
    wanted = [*listed, *([danger] if danger else [])]
    heads = await transcript.heads(db, [ticket.conversation_id for ticket in wanted])
    promised = await calls.of_tickets(db, [ticket.id for ticket in listed])
    hidden = getattr(counted, view) - len(listed)
    return QueuePane(
        view=view,
        hours=_hours(calendar, now),
        pause=await pause_view(db, account, now),
        tabs=_tabs(counted),
        urgent=_urgent(danger, heads, now),
        may_take=allows(account.role, Permission.CONSULT),
        order=_ORDER[view],
        groups=_groups(listed, heads, promised, view, knowledge, now),
        empty=_empty(view, counted),
        further=f"Ще {hidden}: відкриються, коли черга просунеться" if hidden > 0 else None,
    )


def _hours(calendar: Calendar, now: datetime) -> str:
    if is_open(calendar, now):
        today = now.astimezone(KYIV).date()
        ends = [closes for _, closes in stretches(calendar.office, today)]
        return f"приймаємо до {clock(max(ends))}" if ends else "приймаємо"
    pause = calendar.pause_at(now)
    if pause is not None:
        return f"{words.PAUSES[pause.kind]}, пауза"
    opens = next_opening(calendar, now)
    return f"зачинено до {words.moment(opens, now)}" if opens is not None else "зачинено"


def _tabs(counted: Counts) -> list[Tab]:
    return [
        Tab("waiting", "Чекають", counted.waiting),
        Tab("mine", "Мої", counted.mine),
        Tab("team", "Команда", counted.team),
    ]


def _urgent(ticket: Ticket | None, heads: Mapping[str, Head], now: datetime) -> Urgent | None:
    if ticket is None:
        return None
    head = heads.get(ticket.conversation_id)
    return Urgent(
        conversation=ticket.conversation_id,
        state=(
            f"чекає {words.span(now - ticket.created_at)}"
            if ticket.status == "waiting"
            else f"веде {ticket.assigned_name}"
        ),
        waits=ticket.status == "waiting",
        channel=words.channel(head.ref.channel) if head else "Розмова",
        question=_short(ticket.question),
    )


def _groups(
    listed: Sequence[Ticket],
    heads: Mapping[str, Head],
    promised: Mapping[str, Call],
    view: List,
    knowledge: Knowledge,
    now: datetime,
) -> list[Group]:
    rows = [
        (ticket, row(ticket, heads[ticket.conversation_id], promised.get(ticket.id), view, knowledge, now))
        for ticket in listed
        if ticket.conversation_id in heads
    ]
    if not rows:
        return []
    if view != "mine":
        return [Group("", [shown for _, shown in rows])]
    theirs = [shown for ticket, shown in rows if _citizen_spoke_last(heads[ticket.conversation_id])]
    ours = [shown for ticket, shown in rows if not _citizen_spoke_last(heads[ticket.conversation_id])]
    groups = [Group("Чекають на вас", theirs), Group("Чекаємо на людину", ours)]
    return [group for group in groups if group.rows]


def row(
    ticket: Ticket, head: Head, call: Call | None, view: List, knowledge: Knowledge, now: datetime
) -> Row:
    """One line of the list."""
    channel = words.channel(head.ref.channel)
    about = topic_title(ticket.topic, knowledge, now) or words.REASONS.get(ticket.reason, "")
    leads = f" · {ticket.assigned_name}" if view == "team" and ticket.assigned_name else ""
    icon, preview = _preview(head, ticket)
    return Row(
        conversation=ticket.conversation_id,
        name=words.person(head.author_name, head.ref.channel, ticket.number),
        channel=channel,
        channel_icon=head.ref.channel if head.ref.channel in words.CHANNELS else "web",
        unread=head.unread,
        when=words.ago(head.last.at if head.last else ticket.created_at, now),
        preview=preview,
        icon=icon,
        about=f"{channel} · {about}{leads}" if about else f"{channel}{leads}",
        mark=unreached_chip(ticket),
        chip=call_chip(call, now) or promise_chip(ticket, now, short=True) or _danger_chip(ticket),
    )


def _preview(head: Head, ticket: Ticket) -> tuple[str | None, str]:
    if head.last is None:
        return None, _short(ticket.question)
    if head.last.author.kind is AuthorKind.BOT and ticket.question:
        return None, _short(ticket.question)
    said = head.last.reply
    if said.attachments:
        return "clip", _FILES[said.attachments[0].kind]
    return (None if _citizen_spoke_last(head) else "reply"), _short(said.text)


def _citizen_spoke_last(head: Head) -> bool:
    return head.last is None or head.last.author.kind is AuthorKind.CITIZEN


def _danger_chip(ticket: Ticket) -> Chip | None:
    return Chip("bad", danger_word(ticket.danger), "alert") if ticket.danger else None


def unreached_chip(ticket: Ticket) -> Chip | None:
    """The mark of a consultation whose person our words do not reach; the title says why."""
    if not ticket.unreached or ticket.status == "resolved":
        return None
    why = why_not_sent(ticket.unreached)
    return Chip("bad", "Не доходить", "cross", f"{why[:1].upper()}{why[1:]}")


def promise_chip(ticket: Ticket, now: datetime, *, short: bool) -> Chip | None:
    """The clock of our promise.

    None while there is time, outlined near the end, filled when late or answered no more.
    """
    if ticket.status == "resolved" or ticket.promised_at is None or ticket.answered_at is not None:
        return None
    left = ticket.promised_at - now
    if left < timedelta():
        return Chip("late", f"прострочено {words.span(-left)}", "clock")
    if short:
        return Chip("soon", words.span(left), "clock", "обіцяно відповісти") if left <= SOON else None
    until = words.moment(ticket.promised_at, now)
    if left <= SOON:
        return Chip("soon", f"обіцяно до {until}, лишилося {words.span(left)}", "clock")
    return Chip("", f"обіцяно до {until}", "clock")


def call_chip(call: Call | None, now: datetime) -> Chip | None:
    """The time of a promised call: a deadline of its own, in place of the promise of an answer."""
    if call is None:
        return None
    left = call.due_at - now
    if left < timedelta():
        return Chip("late", f"дзвінок прострочено {words.span(-left)}", "phone", "обіцяно подзвонити")
    soon = "soon" if left <= SOON else ""
    return Chip(soon, f"дзвінок {words.moment(call.due_at, now)}", "phone", "обіцяно подзвонити")


def topic_title(topic: str | None, knowledge: Knowledge, now: datetime) -> str | None:
    """A topic as people call it; None where nothing is open or the base no longer has it."""
    known = knowledge.resolve(topic) if topic else None
    return knowledge.card(known, now).title if known else None


def _empty(view: List, counted: Counts) -> Empty:
    if view == "waiting":
        if counted.mine:
            return Empty("Ніхто не чекає", "Усіх узято.", f"Мої {counted.mine}", "/workplace?view=mine")
        return Empty("Ніхто не чекає", "Коли хтось покличе людину, розмова з’явиться тут сама.")
    if counted.waiting:
        title = "У вас розмов немає" if view == "mine" else "Розмов ніхто не веде"
        return Empty(title, "Можна взяти з черги.", f"Чекають {counted.waiting}", "/workplace?view=waiting")
    return Empty("Розмов немає", "Коли хтось покличе людину, розмова з’явиться в черзі.")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _PREVIEW else f"{line[: _PREVIEW - 1]}…"
