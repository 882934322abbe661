"""A number for whoever came without a time: one press on a letter, the number large, and a slip to print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.accounts.permissions import Permission, allows
from handover.appointments import hall, slots, visits
from handover.appointments.letters import letter, letters, receiving
from handover.appointments.numbers import letter_of
from handover.appointments.visits import UnknownVisit, Visit
from handover.appointments.waiting import queue, waits
from handover.audit import Action
from handover.workplace import failures, hall_place, visit_failures
from handover.workplace.desk_view import ranked
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.pressing import first_press
from handover.workplace.queue_view import topic_title
from handover.workplace.visit_times import office_now
from handover.workplace.visits import PAGE as DAY
from handover.workplace.visits import recorded, today_of
from knowledge_base.answers import HALL, Knowledge, Office
from knowledge_base.language import clock, day_and_month, number, plural

PAGE = "/workplace/visits/walk-in"
LONGEST_NAME, LONGEST_WORDS = 80, 300
SHOWN_HITS = 6
LONG_WAIT = 100
"""From so many minutes on a wait is told in half hours."""

SHOWN_PAPER = "paper_shown"
"""The ground of a priority where the base names none: a specialist has seen a paper that gives it."""


@dataclass(frozen=True)
class LetterButton:
    """A letter to press: what it stands for, and how long a newcomer would wait."""

    sign: str
    name: str
    wait: str


@dataclass(frozen=True)
class Hit:
    """A matter found by words, and the letter it is called under."""

    entry: str
    title: str
    sign: str


@dataclass(frozen=True)
class Given:
    """A number that was given: how many are before it, and how long that takes by what today shows."""

    id: str
    ticket: str
    about: str
    name: str
    before: str
    wait: str
    priority: bool
    office: Office
    room: str
    made: str


def grounds(knowledge: Knowledge) -> dict[str, str]:
    """On what grounds people go first, by id, as the desk chooses among them."""
    return {one.id: one.label for one in knowledge.visit_grounds} or {SHOWN_PAPER: "документ показано"}


def ground_of(knowledge: Knowledge, form: Form) -> str | None:
    """The ground of the form; None where none, or one the base does not know, is chosen."""
    chosen = form.get("priority", "")
    return chosen if chosen in grounds(knowledge) else None


def wait_words(minutes: int) -> str:
    """`одразу`, `приблизно 35 хв`, long waits in half hours: `приблизно 2,5 год`, `понад 4 год`."""
    if minutes < LONG_WAIT:
        return f"приблизно {minutes}\u00a0хв" if minutes else "одразу"
    halves = math.ceil(minutes / 30)
    return f"приблизно {number(Decimal(halves) / 2)}\u00a0год" if halves <= 8 else "понад 4\u00a0год"


def given(visit: Visit, found: Sequence[Visit], office: Office, knowledge: Knowledge, now: datetime) -> Given:
    """What a visit's number means at this moment, in words."""
    zone = ZoneInfo(knowledge.community.timezone)
    same = [one for one in queue(found, now) if one.hall_letter == visit.hall_letter]
    place = next((at for at, one in enumerate(same) if one.id == visit.id), 0)
    after = {one.id for one in same[place:]}
    before = [one for one in found if one.id not in after]
    (wait,) = waits(before, now, [visit.hall_letter or ""])
    position = office.receiver(visit.receiver)
    local = visit.created_at.astimezone(zone)
    return Given(
        id=visit.id,
        ticket=visit.hall,
        about=topic_title(visit.matter, knowledge, now) or letter(office, visit.hall_letter or "").name,
        name=visit.name,
        before=f"перед вами {plural(place, 'людина')}" if place else "перед вами нікого",
        wait=wait_words(wait.minutes),
        priority=visit.priority is not None,
        office=office,
        room=(position.room or "") if position else "",
        made=f"{day_and_month(local.date())}, {clock(local.time())}",
    )


def add_walk_in(router: APIRouter, guard: Guard) -> None:
    """/workplace/visits/walk-in and a visit's /slip."""
    house, pages = guard.house, guard.pages

    async def page(
        request: Request, visitor: Visitor, form: Form, shown: Given | None = None, wrong: str = ""
    ) -> HTMLResponse:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        place = hall_place.kept(knowledge, request.cookies.get(hall_place.COOKIE))
        words = form.get("look_for", "").strip()[:LONGEST_WORDS]
        today = today_of(knowledge, now)
        async with house.database.read() as db:
            found = await visits.of_day(db, me.community, place.office.id, today)
            gone = await slots.absences(db, me.community, place.office.id, today, today)
            open_now = await office_now(db, knowledge, place.office, now)
        received = receiving(open_now, today, gone)
        answer = guard.page(
            visitor,
            "walk_in.html",
            "visits",
            office=place.office,
            letters=_buttons(place.office, found, received, now),
            hits=await hits(knowledge, place.office, me.community, words, now) if words else None,
            grounds=grounds(knowledge),
            form=form,
            given=shown,
            wrong=wrong,
            tab="walk-in",
            stops=allows(me.role, Permission.CALENDARS),
        )
        answer.status_code = 422 if wrong else 200
        return answer

    async def hits(
        knowledge: Knowledge, office: Office, community: str, words: str, now: datetime
    ) -> list[Hit]:
        meaning = await house.read(community, words)
        return [
            Hit(entry, knowledge.card(entry, now).title, letter_of(office, _taker(office, entry)))
            for entry in ranked(knowledge, meaning, words, now)[:SHOWN_HITS]
        ]

    @router.get(PAGE)
    async def choose(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        shown = None
        if asked := request.query_params.get("given"):
            async with house.database.read() as db:
                shown = await _given(db, me.community, asked, now)
        return await page(request, visitor, {}, shown)

    async def _given(db: AsyncConnection, community: str, visit_id: str, now: datetime) -> Given:
        knowledge = house.knowledge(community)
        try:
            visit = await visits.by_id(db, community, visit_id)
        except UnknownVisit:
            raise Stopped(visit_failures.unknown_visit(PAGE)) from None
        if not visit.hall:
            raise Stopped(visit_failures.unknown_visit(PAGE))
        found = await visits.of_day(db, community, visit.office, visit.day)
        offices = {one.id: one for one in hall_place.offices_of(knowledge)}
        office = offices.get(visit.office, knowledge.community.reception)
        return given(visit, found, office, knowledge, now)

    @router.post(PAGE)
    async def give(request: Request) -> Response:
        """Give a number: of a letter, or of a matter that was found; a search keeps what was typed."""
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        place = hall_place.kept(knowledge, request.cookies.get(hall_place.COOKIE))
        what, _, about = form.get("press", "").partition(":")
        name = form.get("name", "").strip()
        if len(name) > LONGEST_NAME:
            return await page(request, visitor, form, wrong="Ім’я задовге: вистачить одного слова.")
        if what not in ("letter", "matter"):
            return await page(request, visitor, form)
        matter = knowledge.resolve(about) if what == "matter" else None
        if what == "matter" and matter is None:
            return await page(request, visitor, form, wrong="Такого питання в базі вже немає.")
        receiver = _taker(place.office, matter) if matter else _receiver(place.office, about)
        if receiver is None:
            return await page(request, visitor, form, wrong="Такої літери в цьому офісі немає.")
        async with house.database.write() as db:
            if not await first_press(db, form.get("key", ""), me.id, ("walk-in", about), now):
                raise Stopped(failures.moved_on(PAGE))
            made = await hall.walk_in(
                db,
                me.community,
                place.office.id,
                today_of(knowledge, now),
                letter_of(place.office, receiver),
                now,
                matter=matter,
                name=name,
                priority=ground_of(knowledge, form),
                receiver=receiver,
                by=me.id,
            )
            await recorded(db, me, Action.VISIT_TICKET, made, now)
        await house.signals.publish(f"queue:{me.community}")
        return RedirectResponse(f"{PAGE}?given={made.id}", status_code=303)

    @router.get(f"{DAY}/{{visit_id}}/slip")
    async def slip(request: Request, visit_id: str) -> Response:
        """The number on paper: nothing of the person is on it."""
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        async with house.database.read() as db:
            shown = await _given(db, me.community, visit_id, now)
        community = house.knowledge(me.community).community
        return HTMLResponse(pages.render("slip.html", given=shown, community=community))


def _buttons(
    office: Office, found: Sequence[Visit], received: frozenset[str], now: datetime
) -> list[LetterButton]:
    known = letters(office)
    counted = {one.letter: one for one in waits(found, now, [one.sign for one in known])}
    return [
        LetterButton(
            one.sign,
            one.name,
            wait_words(counted[one.sign].minutes) if one.sign in received else "сьогодні не приймає",
        )
        for one in known
    ]


def _taker(office: Office, entry: str) -> str:
    """Who of the office is there for a matter; the hall where nobody is by name."""
    return next((one.id for one in office.receivers if entry in one.serves), HALL)


def _receiver(office: Office, sign: str) -> str | None:
    """Whose letter this is; None for one the office does not have."""
    return next((one.receiver for one in letters(office) if one.sign == sign), None)
