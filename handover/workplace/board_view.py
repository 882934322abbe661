"""The page of what goes on now, as its template shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handover.calendars.hours import Calendar, working_minutes
from handover.reports.board import Desk, Now, Waiting
from handover.reports.report import Report
from handover.tickets.wording import clock, danger_word
from handover.workplace import words
from handover.workplace.queue_view import Chip
from handover.workplace.report_words import NOT_SAID, Title, channel, minutes, share
from handover.workplace.reports_view import Figure, Item
from handover.workplace.words import REASONS, unbroken
from knowledge_base.language import number


@dataclass(frozen=True)
class DeskRow:
    """A specialist's row of the table."""

    name: str
    position: str
    there: bool
    presence: str
    holds: str
    snoozed: str
    unanswered: str
    oldest: str
    resolved: str
    answered: str


@dataclass(frozen=True)
class BoardPage:
    """`at` is the moment everything here is of. `further`: how many wait whom the list does not show. `whole`: whether
    everything said until now is counted in today's figures.
    """

    at: str
    whole: bool
    now: tuple[Figure, ...]
    today: tuple[Figure, ...]
    waiting: tuple[Item, ...]
    further: int
    room: str
    desks: tuple[DeskRow, ...]


def page(
    now: Now,
    queue: Sequence[Waiting],
    desks: Sequence[Desk],
    silent: timedelta,
    today: Report,
    calendar: Calendar,
    title: Title,
    *,
    whole: bool,
) -> BoardPage:
    """Everything of one moment, that of today's report. Whose page was not heard of for `silent` is not there."""
    at, zone = today.period.now, today.period.zone
    there = {desk.account_id for desk in desks if desk.standing and desk.standing.is_there(silent, at)}
    return BoardPage(
        at=clock(at, zone),
        whole=whole,
        now=_now(now, calendar, at),
        today=_today(today),
        waiting=tuple(_waiting(one, title, at) for one in queue),
        further=now.waiting - len(queue),
        room=_room([desk for desk in desks if desk.account_id in there]),
        desks=tuple(
            DeskRow(
                desk.name,
                desk.position,
                desk.account_id in there,
                NOT_SAID if desk.standing is None else words.presence(desk.standing, silent, at),
                f"{number(desk.holds)} з {number(desk.capacity)}",
                f"відкладено {number(desk.snoozed)}" if desk.snoozed else "",
                number(desk.unanswered) if desk.unanswered else NOT_SAID,
                NOT_SAID if desk.oldest_since is None else words.since(desk.oldest_since, at, zone),
                number(desk.resolved),
                NOT_SAID if desk.answered_last is None else words.moment(desk.answered_last, at, zone),
            )
            # Who is there comes first.
            for desk in sorted(desks, key=lambda one: one.account_id not in there)
        ),
    )


def _room(there: Sequence[Desk]) -> str:
    """How many are there, and how many conversations more they can take."""
    if not there:
        return "На зміні нікого"
    left = sum(max(desk.capacity - desk.holds, 0) for desk in there)
    more = f"є місце ще для {number(left)}" if left else "вільного місця немає"
    return f"На зміні {number(len(there))}, {more}"


def _now(now: Now, calendar: Calendar, at: datetime) -> tuple[Figure, ...]:
    longest = None if now.longest_since is None else working_minutes(calendar, now.longest_since, at)
    since = "ніхто не чекає" if now.longest_since is None else words.since(now.longest_since, at)
    return (
        Figure("Чекають", number(now.waiting), "", f"ведуть {number(now.taken)}"),
        Figure("Найдовше чекає", minutes(longest), "", f"робочого часу, {since}" if now.waiting else since),
        Figure(
            "Небезпека",
            number(now.danger),
            "",
            "без відповіді людини" if now.danger else "усім відповіли",
            bad=now.danger > 0,
        ),
        Figure(
            "Прострочено",
            number(now.overdue),
            "",
            "обіцяний час минув, відповіді немає" if now.overdue else "усі обіцянки виконано",
            bad=now.overdue > 0,
        ),
    )


def _today(today: Report) -> tuple[Figure, ...]:
    visited, done = today.visited.total, today.consulted
    return (
        Figure("Розмови сьогодні", number(visited.total), "", f"телефоном {number(visited.phone)}"),
        Figure("Бот закрив сам", share(visited.share), "", "письмових"),
        Figure("Чекали на людину", minutes(done.first_answer.middle), "", f"покликали {number(done.opened)}"),
        Figure("Закрито", number(done.resolved), "", "із покликаних сьогодні"),
    )


def _waiting(one: Waiting, title: Title, at: datetime) -> Item:
    if one.danger is not None:
        chip = Chip("late", danger_word(one.danger), "alert")
    elif one.promised_at is not None and one.promised_at < at:
        chip = Chip("late", "прострочено", "clock")
    elif one.promised_at is not None:
        chip = Chip("plain", f"до {words.moment(one.promised_at, at)}", "clock")
    else:
        chip = Chip("empty", "", None)
    reason = REASONS.get(one.reason, "")
    about = f"{reason} · {title(one.topic)}" if one.topic else reason
    return Item(
        f"№ {unbroken(one.number)}",
        f"/workplace/conversations/{one.conversation_id}",
        about,
        f"{channel(one.channel)}, чекає {words.since(one.since, at)}",
        chip,
    )
