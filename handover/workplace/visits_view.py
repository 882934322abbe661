"""A day of visits as its page shows it: who is called, who is next, who waits, who is booked, what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handover.appointments.figures import HallFigures, counted
from handover.appointments.letters import Letter, letters
from handover.appointments.visits import Visit
from handover.appointments.waiting import Desk, queue
from handover.workplace.hall_place import HallPlace
from handover.workplace.queue_view import Chip, topic_title
from handover.workplace.report_words import NOT_SAID
from handover.workplace.reports_view import Figure
from handover.workplace.visit_failures import STATES
from knowledge_base.answers import Knowledge, Office
from knowledge_base.language import clock, near_day, number, weekday_when

NAMELESS = "Без імені"
PRIORITY = "без черги"


@dataclass(frozen=True)
class Deed:
    """A button of a visit: its address, its word; `main` is the one filled button of a row."""

    name: str
    word: str
    main: bool = False


CALL = Deed("call", "Викликати")
ARRIVE = Deed("arrive", "Прийшли", main=True)
AGAIN = Deed("call-again", "Ще раз")
DONE = Deed("done", "Завершити")
NO_SHOW = Deed("no-show", "Не прийшли")
BACK = Deed("back", "Повернути в чергу")


@dataclass(frozen=True)
class VisitRow:
    """A visit in a list. `ticket` is its number of the hall, `since` how long it is as it is."""

    id: str
    ticket: str
    when: str
    name: str
    about: str
    since: str
    state: str
    chips: Sequence[Chip]
    deeds: Sequence[Deed]
    next: bool = False


@dataclass(frozen=True)
class DayPage:
    """A day's page. `mine` are called to this desk's room, `others` to other rooms; `next` is whom it calls next."""

    office: Office
    room: str
    letters: Sequence[Letter]
    calls: frozenset[str]
    day: date
    title: str
    today: bool
    before: date
    after: date
    mine: Sequence[VisitRow]
    others: Sequence[VisitRow]
    waiting: Sequence[VisitRow]
    booked: Sequence[VisitRow]
    over: Sequence[VisitRow]
    next: VisitRow | None
    figures: Sequence[Figure]


def day_page(
    place: HallPlace,
    found: Sequence[Visit],
    newcomers: frozenset[str],
    day: date,
    knowledge: Knowledge,
    now: datetime,
) -> DayPage:
    """Everything of an office's day at this moment; `newcomers` are ids of those who come for the first time."""
    zone = ZoneInfo(knowledge.community.timezone)
    today = now.astimezone(zone).date()
    words = _Words(knowledge, now, zone, live=day == today, newcomers=newcomers, room=place.room)
    desk = Desk(place.letters)
    waiting = queue(found, now)
    first = next((visit for visit in waiting if desk.calls(visit)), None)
    called = sorted(
        (visit for visit in found if visit.state == "called"),
        key=lambda one: one.last_called_at or one.created_at,
        reverse=True,
    )
    # Whoever is for other desks waits below whoever this desk calls.
    waiting.sort(key=lambda one: not desk.calls(one))
    return DayPage(
        office=place.office,
        room=place.room,
        letters=letters(place.office),
        calls=place.letters,
        day=day,
        title=day_title(day, today),
        today=day == today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        mine=[words.row(visit) for visit in called if place.room and visit.called_room == place.room],
        others=[words.row(visit) for visit in called if not place.room or visit.called_room != place.room],
        waiting=[words.row(visit, first) for visit in waiting],
        booked=[words.row(visit) for visit in found if visit.state == "booked"],
        over=[words.row(visit) for visit in found if visit.state in ("done", "no_show", "cancelled")],
        next=None if first is None else words.row(first, first),
        figures=day_figures(counted(found)),
    )


def day_title(day: date, today: date) -> str:
    """`Сьогодні`, `Завтра, 25 листопада`, `У середу, 2 грудня`."""
    near = near_day(day, today)
    if (day - today).days in (0, 1):
        return near[:1].upper() + near[1:]
    return f"{weekday_when(day).capitalize()}, {near}"


def day_figures(counts: HallFigures) -> list[Figure]:
    """The day in figures."""
    middle = NOT_SAID if counts.middle_wait is None else f"{number(counts.middle_wait)}\u00a0хв"
    longest = "" if counts.longest_wait is None else f"найдовше {number(counts.longest_wait)}\u00a0хв"
    return [
        Figure("Чекають", number(counts.waiting), "", f"викликано {number(counts.called)}"),
        Figure("Прийнято", number(counts.served), "", f"із {number(counts.total)}"),
        Figure("Чекали", middle, "", longest or "ще нікого не викликали"),
        Figure("Не прийшли", number(counts.no_shows), "", f"скасовано {number(counts.cancelled)}"),
    ]


def visit_row(visit: Visit, knowledge: Knowledge, now: datetime) -> VisitRow:
    """One visit in the same words, with what may be done about it now."""
    zone = ZoneInfo(knowledge.community.timezone)
    live = visit.day == now.astimezone(zone).date()
    return _Words(knowledge, now, zone, live=live, room=visit.called_room).row(visit)


@dataclass(frozen=True)
class _Words:
    knowledge: Knowledge
    now: datetime
    zone: ZoneInfo
    live: bool
    newcomers: frozenset[str] = frozenset()
    room: str | None = None

    def row(self, visit: Visit, first: Visit | None = None) -> VisitRow:
        return VisitRow(
            id=visit.id,
            ticket=visit.hall,
            when=self.clock(visit.starts_at) if visit.starts_at else "",
            name=visit.name or NAMELESS,
            about=topic_title(visit.matter, self.knowledge, self.now) or "",
            since=self._since(visit),
            state=STATES[visit.state],
            chips=tuple(self._chips(visit)),
            deeds=tuple(self._deeds(visit)) if self.live else (),
            next=first is not None and first.id == visit.id,
        )

    def clock(self, at: datetime) -> str:
        return clock(at.astimezone(self.zone).time())

    def _since(self, visit: Visit) -> str:
        match visit.state:
            case "arrived" if visit.arrived_at:
                return f"чекає {self._minutes(visit.arrived_at)}"
            case "called" if visit.last_called_at:
                return f"{visit.called_room}, {self._minutes(visit.last_called_at)}"
            case "booked" if visit.starts_at and self.live and self.now > visit.starts_at:
                return f"запізнення {self._minutes(visit.starts_at)}"
            case "done" | "no_show" if visit.done_at:
                return f"{STATES[visit.state]} о {self.clock(visit.done_at)}"
            case "cancelled":
                return STATES["cancelled"]
        return ""

    def _minutes(self, since: datetime) -> str:
        return f"{max(int((self.now - since).total_seconds() // 60), 0)}\u00a0хв"

    def _chips(self, visit: Visit) -> Iterator[Chip]:
        if visit.priority:
            yield Chip("soon", PRIORITY, "up", "За законом цю людину приймають без черги")
        if visit.for_other:
            yield Chip("plain", "за рідних", "person")
        if visit.id in self.newcomers:
            yield Chip("plain", "уперше", "plus")
        if visit.moved_at:
            yield Chip("plain", "перенесено", "calendar")
        if visit.confirmed_at and visit.state == "booked":
            yield Chip("plain", "прийде", "check")

    def _deeds(self, visit: Visit) -> Iterator[Deed]:
        match visit.state:
            case "booked":
                yield ARRIVE
                if visit.starts_at and self.now >= visit.starts_at:
                    yield NO_SHOW
            case "arrived":
                yield from (CALL, NO_SHOW)
            case "called" if visit.called_room == self.room:
                yield from (DONE, AGAIN, NO_SHOW, BACK)
            case "called":
                yield from (DONE, BACK)
            case "done" | "no_show":
                yield BACK
