"""A week of an office by receiver: how much of each day is taken, and who is away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from handover.accounts.permissions import Permission, allows
from handover.appointments import slots, visits
from handover.appointments.slots import Absence
from handover.appointments.tables import appointments
from handover.workplace import hall_place
from handover.workplace.absences import hours_words, names_of
from handover.workplace.guard import Guard
from handover.workplace.visit_times import WEEKDAYS, office_now
from handover.workplace.visits import day_of, today_of
from knowledge_base.answers import Office
from knowledge_base.language import day_and_month

PAGE = "/workplace/visits/week"
WEEK = 7


@dataclass(frozen=True)
class Cell:
    """A receiver's day: how many times are taken of how many; `gone` says when they are away."""

    day: str
    taken: int
    whole: int
    gone: str


@dataclass(frozen=True)
class WeekPage:
    """The week that begins on this Monday."""

    office: Office
    days: Sequence[tuple[str, str, bool]]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    before: str
    after: str
    title: str


def week_page(
    office: Office, monday: date, today: date, taken: Counter[tuple[str, date]], gone: Sequence[Absence]
) -> WeekPage:
    """The table: a receiver a row, a day a column; days on which nobody receives are left out at the week's end."""
    days = [monday + timedelta(days=ahead) for ahead in range(WEEK)]
    rows = [
        (name, [_cell(office, receiver, day, taken, gone) for day in days])
        for receiver, name in names_of(office).items()
    ]
    worked = [
        at for at in range(WEEK) if at < 5 or any(cells[at].whole or cells[at].taken for _, cells in rows)
    ]
    return WeekPage(
        office=office,
        days=[
            (days[at].isoformat(), f"{WEEKDAYS[at]}, {day_and_month(days[at])}", days[at] == today)
            for at in worked
        ],
        rows=[(name, [cells[at] for at in worked]) for name, cells in rows],
        before=(monday - timedelta(days=WEEK)).isoformat(),
        after=(monday + timedelta(days=WEEK)).isoformat(),
        title=f"{day_and_month(days[0])} – {day_and_month(days[-1])}",
    )


def _cell(
    office: Office, receiver: str, day: date, taken: Counter[tuple[str, date]], gone: Sequence[Absence]
) -> Cell:
    away = [one for one in gone if (one.receiver, one.day) == (receiver, day)]
    minutes = [one.minutes for one in away]
    whole = 0
    if office.visits is not None:
        times = sum(1 for _ in slots.starts(office, receiver, day, None, minutes))
        whole = times * slots.places_of(office, receiver)
    return Cell(day.isoformat(), taken[receiver, day], whole, "; ".join(hours_words(one) for one in minutes))


def add_visit_week(router: APIRouter, guard: Guard) -> None:
    """/workplace/visits/week"""
    house = guard.house

    @router.get(PAGE)
    async def week(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        place = hall_place.kept(knowledge, request.cookies.get(hall_place.COOKIE))
        today = today_of(knowledge, now)
        asked = day_of(request.query_params.get("day"), today)
        monday = asked - timedelta(days=asked.weekday())
        sunday = monday + timedelta(days=WEEK - 1)
        async with house.database.read() as db:
            office = await office_now(db, knowledge, place.office, now)
            gone = await slots.absences(db, me.community, office.id, monday, sunday)
            found = await visits.find(
                db,
                appointments.c.community_id == me.community,
                appointments.c.office == office.id,
                appointments.c.kind == "booked",
                appointments.c.state != "cancelled",
                appointments.c.day >= monday.isoformat(),
                appointments.c.day <= sunday.isoformat(),
            )
        taken = Counter((one.receiver, one.day) for one in found)
        return guard.page(
            visitor,
            "visit_week.html",
            "visits",
            week=week_page(office, monday, today, taken, gone),
            tab="week",
            stops=allows(me.role, Permission.CALENDARS),
        )
