"""The queue as its template shows it: tabs, the danger strip, groups of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.drafts import preview
from conversations.messages import AttachmentKind, AuthorKind
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.assignment import teams, views
from handover.assignment.views import SavedView
from handover.calendars import calendars
from handover.calendars.hours import KYIV, Calendar, is_open, next_opening, stretches
from handover.calls import calls
from handover.calls.calls import Call
from handover.composing import drafts, mentions, viewers
from handover.composing.viewers import Viewer
from handover.tickets import lists
from handover.tickets.lists import EVERYTHING, Counts, Filters, List, Listed, Reader
from handover.tickets.tickets import Ticket
from handover.tickets.wording import clock, danger_word, day_and_clock
from handover.workplace import words
from handover.workplace.company import writer
from handover.workplace.masking import masked
from handover.workplace.pause_view import PauseView, pause_view
from handover.workplace.vendor_words import why_not_sent
from knowledge_base.answers import Knowledge

SOON = timedelta(minutes=30)

_ORDER: Mapping[List, str] = {
    "waiting": "Спершу небезпека, далі за обіцянкою",
    "mine": "Спершу небезпека, далі за обіцянкою",
    "team": "Усе, що ведуть колеги й ви",
    "all": "Усе відкрите",
    "snoozed": "За часом, коли нагадати",
    "resolved": "Спершу закриті щойно",
    "mentioned": "Спершу найновіші",
    "found": "Спершу найновіші",
}
_TEAMS = "Усе, що мають ваші команди"
_WORDS: Mapping[List, str] = {
    "waiting": "Чекають",
    "mine": "Мої",
    "team": "Команда",
    "all": "Усі",
    "snoozed": "Відкладені",
    "resolved": "Закриті",
    "mentioned": "Вас згадали",
}
IN_SIGHT: tuple[List, ...] = ("waiting", "mine", "team")
"""Lists that always stand above the queue; the others are a press away."""

LANGUAGE_WORDS = {"uk": "українська", "ru": "російська", "en": "англійська"}

_FILES = {
    AttachmentKind.PHOTO: "Фото",
    AttachmentKind.VOICE: "Голосове",
    AttachmentKind.VIDEO: "Відео",
    AttachmentKind.DOCUMENT: "Документ",
}


@dataclass(frozen=True)
class Asked:
    """Which list is asked for, narrowed to what, from where on. `rows`: so many at once, for a list grown longer."""

    view: List
    filters: Filters = EVERYTHING
    after: str | None = None
    rows: int = lists.SHOWN

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """Out of an address; what is not known is left out. A search looks everywhere."""
        filters = Filters.read(given)
        view = given.get("view")
        known: List = view if view in _WORDS else "waiting"  # type: ignore[assignment]  # a key of _WORDS
        rows = given.get("rows", "")
        return cls(
            "found" if filters.search else known,
            filters,
            given.get("after"),
            min(max(int(rows), lists.SHOWN), MOST)
            if rows.isascii() and rows.isdigit() and len(rows) < 6
            else lists.SHOWN,
        )

    @property
    def query(self) -> str:
        """The list and its filters as an address has them."""
        return urlencode({"view": "waiting" if self.view == "found" else self.view, **self.filters.set()})


MOST = 1000
"""Rows that are renewed at once; a longer list is read page by page."""


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
    draft: bool = False
    writer: str | None = None
    named: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Tab:
    """`count` is None where nobody counts. `view`: a list, or nothing for a view somebody saved."""

    word: str
    count: int | None
    query: str
    current: bool
    view: str = ""
    saved: str = ""


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
class Offer:
    """A consultation that this person is asked to take."""

    conversation: str
    name: str
    about: str
    until: str


@dataclass(frozen=True)
class Narrowed:
    """A filter that is on: its words, and the address without it."""

    text: str
    href: str


@dataclass(frozen=True)
class QueuePane:
    view: List
    query: str
    search: str
    hours: str
    pause: PauseView
    tabs: Sequence[Tab]
    more: Sequence[Tab]
    more_word: str
    urgent: Urgent | None
    offer: Offer | None
    named: int
    may_take: bool
    order: str
    narrowed: Sequence[Narrowed]
    groups: Sequence[Group]
    empty: Empty
    further: str | None


async def queue_pane(
    db: AsyncConnection, account: Account, asked: Asked, knowledge: Knowledge, now: datetime
) -> QueuePane:
    """Everything the left pane shows: fourteen queries, whatever the length of the queue."""
    mine = await teams.of_account(db, account.community, account.id)
    reader = Reader(account.id, [team.id for team in mine])
    page = await lists.page(
        db, account.community, asked.view, reader, asked.filters, after=asked.after, limit=asked.rows
    )
    counted = await lists.counts(db, account.community, reader)
    danger = await lists.urgent(db, account.community)
    offer = await lists.offered(db, account.community, account.id)
    saved = await views.of(db, account.community, reader)
    tabs = _tabs(counted, asked)
    more = [*tabs[len(IN_SIGHT) :], *_saved(saved, asked)]
    shown = [one.ticket.conversation_id for one in page.rows]
    begun = await drafts.begun(db, account.community, account.id, shown)
    named = await mentions.unread(db, account.community, account.id, shown)
    present = await viewers.of(db, account.community, shown, account.id, now)
    promised = await calls.of_tickets(db, [one.ticket.id for one in page.rows])
    calendar = await calendars.current(db, account.community, knowledge.community.reception, now)
    further = {"after": page.further} if page.further else {}
    return QueuePane(
        view=asked.view,
        query=asked.query,
        search=asked.filters.search,
        hours=_hours(calendar, now),
        pause=await pause_view(db, account, now),
        tabs=tabs[: len(IN_SIGHT)],
        more=more,
        more_word=next((tab.word for tab in more if tab.current), ""),
        urgent=_urgent(danger, now),
        offer=_offer(offer, knowledge, now),
        named=0 if asked.view == "mentioned" else counted.mentioned,
        may_take=allows(account.role, Permission.CONSULT),
        order=_TEAMS if asked.view == "team" and reader.teams else _ORDER[asked.view],
        narrowed=_narrowed(asked, knowledge, now),
        groups=_written_in(_groups(page.rows, promised, asked.view, knowledge, now), begun, present, named),
        empty=_empty(asked, counted),
        further=f"{asked.query}&{urlencode(further)}" if further else None,
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


def _tabs(counted: Counts, asked: Asked) -> list[Tab]:
    plain = not asked.filters.set()
    numbers: Mapping[str, int] = asdict(counted)
    return [
        Tab(word, numbers.get(view), urlencode({"view": view}), plain and view == asked.view, view)
        for view, word in _WORDS.items()
    ]


def _saved(saved: Sequence[SavedView], asked: Asked) -> list[Tab]:
    queries = [(one, Asked(one.list, one.filters).query) for one in saved]
    return [
        Tab(one.name, None, query, query == asked.query, saved=one.id if one.own else "")
        for one, query in queries
    ]


def _urgent(found: Listed | None, now: datetime) -> Urgent | None:
    if found is None:
        return None
    ticket = found.ticket
    return Urgent(
        conversation=ticket.conversation_id,
        state=(
            f"чекає {words.span(now - ticket.created_at)}"
            if ticket.status == "waiting"
            else f"веде {ticket.assigned_name}"
        ),
        waits=ticket.status == "waiting",
        channel=words.channel(found.channel),
        question=preview(ticket.question),
    )


def _offer(found: Listed | None, knowledge: Knowledge, now: datetime) -> Offer | None:
    if found is None or found.ticket.offered_until is None or found.ticket.offered_until <= now:
        return None
    ticket = found.ticket
    return Offer(
        conversation=ticket.conversation_id,
        name=words.person(found.author_name, found.channel, ticket.number),
        about=topic_title(ticket.topic, knowledge, now) or words.REASONS.get(ticket.reason, ""),
        until=clock(found.ticket.offered_until),
    )


def _narrowed(asked: Asked, knowledge: Knowledge, now: datetime) -> list[Narrowed]:
    """The filters that are on, in words; each can be taken off."""
    offices = {office.id: office.name for office in knowledge.offices()}

    def said(name: str, value: str) -> str:
        match name:
            case "topic":
                return topic_title(value, knowledge, now) or value
            case "channel":
                return words.channel(value)
            case "office":
                return offices.get(value, value)
            case "language":
                return LANGUAGE_WORDS.get(value, value)
        return f"Пошук: {value}"

    return [
        Narrowed(said(name, value), Asked(asked.view, replace(asked.filters, **{name: ""})).query)
        for name, value in asked.filters.set().items()
    ]


def _groups(
    rows: Sequence[Listed], promised: Mapping[str, Call], view: List, knowledge: Knowledge, now: datetime
) -> list[Group]:
    shown = [(one, row(one, promised.get(one.ticket.id), view, knowledge, now)) for one in rows]
    if not shown:
        return []
    if view != "mine":
        return [Group("", [it for _, it in shown])]
    theirs = [it for one, it in shown if one.citizen_spoke_last]
    ours = [it for one, it in shown if not one.citizen_spoke_last]
    groups = [Group("Чекають на вас", theirs), Group("Чекаємо на людину", ours)]
    return [group for group in groups if group.rows]


def _written_in(
    groups: Sequence[Group],
    begun: Collection[str],
    present: Mapping[str, Sequence[Viewer]],
    named: Collection[str],
) -> list[Group]:
    """The rows with what is written in them: a draft of one's own, a colleague at work, one's own name in a note."""
    return [
        Group(
            group.title,
            [
                replace(
                    row,
                    draft=row.conversation in begun,
                    writer=writer(present.get(row.conversation, ())),
                    named=row.conversation in named,
                )
                for row in group.rows
            ],
        )
        for group in groups
    ]


def row(one: Listed, call: Call | None, view: List, knowledge: Knowledge, now: datetime) -> Row:
    """One line of the list."""
    ticket = one.ticket
    channel = words.channel(one.channel)
    about = topic_title(ticket.topic, knowledge, now) or words.REASONS.get(ticket.reason, "")
    led = view not in ("waiting", "mine") and ticket.assigned_name
    icon, said = _preview(one)
    parts = (channel, about, ticket.assigned_name if led else "")
    return Row(
        conversation=ticket.conversation_id,
        name=masked(words.person(one.author_name, one.channel, ticket.number)),
        channel=channel,
        channel_icon=one.channel if one.channel in words.CHANNELS else "web",
        unread=one.unread,
        when=words.ago(one.said_at or ticket.created_at, now),
        preview=said,
        icon=icon,
        about=" · ".join(part for part in parts if part),
        mark=unreached_chip(ticket),
        chip=_state_chip(ticket, view)
        or call_chip(call, now)
        or promise_chip(ticket, now, short=True)
        or _danger_chip(ticket),
    )


def _state_chip(ticket: Ticket, view: List) -> Chip | None:
    """What keeps a ticket out of the lists of work, where others are shown beside it."""
    if ticket.snoozed_until is not None:
        return Chip(
            "plain", day_and_clock(ticket.snoozed_until), "moon", ticket.snooze_reason or "Відкладено"
        )
    return Chip("plain", "закрито", "check") if view in lists.NEWEST and ticket.status == "resolved" else None


def _preview(one: Listed) -> tuple[str | None, str]:
    ticket = one.ticket
    if one.said_by is None or (one.said_by == AuthorKind.BOT.value and ticket.question):
        return None, preview(masked(ticket.question))
    if one.said_file:
        return "clip", _FILES[AttachmentKind(one.said_file)]
    return (None if one.citizen_spoke_last else "reply"), _masked_preview(one.said)


def _masked_preview(said: str) -> str:
    """A number that the end of a preview has cut would not be known for one: its rest goes with it."""
    cut, _, rest = said.rpartition(" ")
    whole = not (rest.endswith("…") and any(sign.isdigit() for sign in rest))
    return masked(said if whole else f"{cut} …")


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


def _empty(asked: Asked, counted: Counts) -> Empty:
    if asked.after:
        return Empty("Далі нічого немає", "Список закінчився.", "До початку", f"/workplace?{asked.query}")
    if asked.view == "found":
        return Empty(
            "Нічого не знайдено", "Шукаємо за ім’ям і номером консультації.", "До черги", "/workplace"
        )
    if asked.filters.set():
        return Empty(
            "За фільтром нічого", "Інші розмови на місці.", "Без фільтра", f"/workplace?view={asked.view}"
        )
    match asked.view:
        case "waiting":
            if counted.mine:
                return Empty("Ніхто не чекає", "Усіх узято.", f"Мої {counted.mine}", "/workplace?view=mine")
            return Empty("Ніхто не чекає", "Коли хтось покличе людину, розмова з’явиться тут сама.")
        case "snoozed":
            return Empty(
                "Відкладених немає", "Відкласти розмову, яку ви ведете, можна кнопкою або клавішею S."
            )
        case "mentioned":
            return Empty(
                "Вас ще не згадували", "Коли колега напише у нотатці @ і ваше ім’я, розмова буде тут."
            )
        case "resolved":
            return Empty("Закритих немає", "Закриту консультацію можна буде знову відкрити звідси.")
    if counted.waiting:
        title = "У вас розмов немає" if asked.view == "mine" else "Розмов ніхто не веде"
        return Empty(title, "Можна взяти з черги.", f"Чекають {counted.waiting}", "/workplace?view=waiting")
    return Empty("Розмов немає", "Коли хтось покличе людину, розмова з’явиться в черзі.")
