"""The day of visits at the desk: who came, who is called, who is next; one visit with its packet; the desk's place."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.appointments import hall, visits
from handover.appointments.hall import NotNow
from handover.appointments.numbers import letter_of
from handover.appointments.visits import UnknownVisit, Visit
from handover.appointments.waiting import Desk
from handover.audit import Action
from handover.tickets import tickets
from handover.workplace import hall_place, visit_failures
from handover.workplace.guard import Form, Guard, Stopped, Visitor, is_htmx
from handover.workplace.hall_place import HallPlace
from handover.workplace.pressing import first_press
from handover.workplace.visit_view import visit_page
from handover.workplace.visits_view import day_page
from knowledge_base.answers import Knowledge

PAGE = "/workplace/visits"


@dataclass(frozen=True)
class Press:
    """What is done about which visit: by whom, from which room, and when."""

    db: AsyncConnection
    me: Account
    visit: str
    place: HallPlace
    knowledge: Knowledge
    now: datetime


async def _arrive(press: Press) -> Visit:
    visit = await visits.by_id(press.db, press.me.community, press.visit)
    offices = {one.id: one for one in hall_place.offices_of(press.knowledge)}
    letter = letter_of(offices.get(visit.office, press.place.office), visit.receiver)
    return await hall.arrive(press.db, press.me.community, press.visit, letter, press.now)


async def _call(press: Press) -> Visit:
    if not press.place.room:
        raise Stopped(visit_failures.no_room(PAGE))
    return await hall.call(
        press.db, press.me.community, press.visit, press.place.room, press.me.id, press.now
    )


async def _call_again(press: Press) -> Visit:
    return await hall.call_again(press.db, press.me.community, press.visit, press.now)


async def _done(press: Press) -> Visit:
    return await hall.done(press.db, press.me.community, press.visit, press.now)


async def _no_show(press: Press) -> Visit:
    return await hall.no_show(press.db, press.me.community, press.visit, press.now)


async def _back(press: Press) -> Visit:
    return await hall.back(press.db, press.me.community, press.visit, press.now)


DEEDS: Mapping[str, tuple[Action, Callable[[Press], Awaitable[Visit]]]] = {
    "arrive": (Action.VISIT_CAME, _arrive),
    "call": (Action.VISIT_CALLED, _call),
    "call-again": (Action.VISIT_CALLED, _call_again),
    "done": (Action.VISIT_DONE, _done),
    "no-show": (Action.VISIT_MISSED, _no_show),
    "back": (Action.VISIT_RETURNED, _back),
}
"""What may be done about a visit in the hall, and how it stands in the audit log."""


async def recorded(db: AsyncConnection, me: Account, action: Action, visit: Visit, now: datetime) -> None:
    """The deed in the audit log: the visit by its id, and its numbers; never a name."""
    await audit.record(
        db,
        community=me.community,
        account_id=me.id,
        action=action,
        subject=visit.id,
        now=now,
        facts={"number": visit.number, "ticket": visit.hall, "room": visit.called_room or ""},
    )


def today_of(knowledge: Knowledge, now: datetime) -> date:
    """The office's own date."""
    return now.astimezone(ZoneInfo(knowledge.community.timezone)).date()


def day_of(asked: str | None, today: date) -> date:
    """The day that is asked for, today where none is. Raises Stopped (422)."""
    if not asked:
        return today
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise Stopped(visit_failures.unknown_day(PAGE)) from None


def add_visits(router: APIRouter, guard: Guard) -> None:
    """/workplace/visits, its /part, /place and /next; one visit and what is done about it."""
    house, pages = guard.house, guard.pages

    def place_of(request: Request, visitor: Visitor) -> HallPlace:
        return hall_place.kept(
            house.knowledge(visitor.account.community), request.cookies.get(hall_place.COOKIE)
        )

    async def shown(visitor: Visitor, place: HallPlace, asked: str | None) -> dict[str, Any]:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        day = day_of(asked, today_of(knowledge, now))
        async with house.database.read() as db:
            found = await visits.of_day(db, me.community, place.office.id, day)
            newcomers = await visits.newcomers(db, found)
        page = day_page(place, found, newcomers, day, knowledge, now)
        # Waits are shown in minutes: a new one changes the page as any visit does.
        seen = (
            found,
            newcomers,
            place.office.id,
            place.room,
            sorted(place.letters),
            now.replace(second=0, microsecond=0),
        )
        return {
            "day": page,
            "version": hashlib.sha256(repr(seen).encode()).hexdigest()[:16],
            "offices": hall_place.offices_of(knowledge),
            "tab": "today",
            "stops": allows(me.role, Permission.CALENDARS),
        }

    async def answer(request: Request, visitor: Visitor, place: HallPlace) -> Response:
        """What a press comes to: htmx gets the renewed part, a browser without scripts the page."""
        await house.signals.publish(f"queue:{visitor.account.community}", "think")
        if not is_htmx(request):
            return RedirectResponse(PAGE, status_code=303)
        values = await shown(visitor, place, None)
        return HTMLResponse(pages.render("visits_part.html", csrf=visitor.session.csrf_token, **values))

    @router.get(PAGE)
    async def whole(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        values = await shown(visitor, place_of(request, visitor), request.query_params.get("day"))
        return guard.page(visitor, "visits.html", "visits", **values)

    @router.get(f"{PAGE}/part")
    async def part(request: Request) -> Response:
        """The part as it stands; nothing (204) where it is still what the page has."""
        visitor = await guard.visitor(request, Permission.CONSULT)
        values = await shown(visitor, place_of(request, visitor), request.query_params.get("day"))
        if values["version"] == request.query_params.get("seen"):
            return Response(status_code=204)
        return HTMLResponse(pages.render("visits_part.html", csrf=visitor.session.csrf_token, **values))

    @router.post(f"{PAGE}/place")
    async def place(request: Request) -> Response:
        """Where this desk stands, from now on."""
        visitor, form = await guard.acting(request, Permission.CONSULT)
        signs = [name.removeprefix("letter-") for name in form if name.startswith("letter-")]
        response = RedirectResponse(PAGE, status_code=303)
        knowledge = house.knowledge(visitor.account.community)
        hall_place.keep(response, house, hall_place.chosen(knowledge, form, signs))
        return response

    @router.post(f"{PAGE}/next")
    async def call_next(request: Request) -> Response:
        """Whoever is here is done, and the next one is called: one press a visit."""
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now, where = visitor.account, house.clock(), place_of(request, visitor)
        if not where.room:
            raise Stopped(visit_failures.no_room(PAGE))
        async with house.database.write() as db:
            if await first_press(db, form.get("key", ""), me.id, ("visits", "next"), now):
                await _next(db, me, where, form, now)
        return await answer(request, visitor, where)

    async def _next(db: AsyncConnection, me: Account, where: HallPlace, form: Form, now: datetime) -> None:
        if finished := form.get("finish"):
            try:
                visit = await hall.done(db, me.community, finished, now)
            except (NotNow, UnknownVisit):
                # A colleague has finished it already: what is asked for is the next one.
                pass
            else:
                await recorded(db, me, Action.VISIT_DONE, visit, now)
        today = today_of(house.knowledge(me.community), now)
        called = await hall.call_next(
            db, me.community, where.office.id, today, Desk(where.letters), where.room, me.id, now
        )
        if called is not None:
            await recorded(db, me, Action.VISIT_CALLED, called, now)

    @router.get(f"{PAGE}/{{visit_id}}")
    async def one(request: Request, visit_id: str) -> Response:
        """A visit with what is known of its matter; looking is recorded."""
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        try:
            async with house.database.read() as db:
                visit = await visits.by_id(db, me.community, visit_id)
                chat = visit.conversation_id
                memory = None if chat is None else await transcript.memory(db, chat)
                ticket = None if chat is None else await tickets.latest_of(db, me.community, chat)
        except UnknownVisit:
            raise Stopped(visit_failures.unknown_visit(PAGE)) from None
        async with house.database.write() as db:
            await audit.record_reading(
                db,
                community=me.community,
                account_id=me.id,
                subject=visit.id,
                now=now,
                action=Action.VISIT_READ,
            )
        matter = await house.matter(me.community, memory, visit.matter)
        return guard.page(
            visitor,
            "visit.html",
            "visits",
            visit=visit_page(visit, matter, ticket, knowledge, now),
            tab="",
            stops=allows(me.role, Permission.CALENDARS),
        )

    @router.post(f"{PAGE}/{{visit_id}}/{{deed}}")
    async def act(request: Request, visit_id: str, deed: str) -> Response:
        """Check, do, record; then the day as it stands."""
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now, where = visitor.account, house.clock(), place_of(request, visitor)
        if deed not in DEEDS:
            raise Stopped(visit_failures.unknown_visit(PAGE))
        action, do = DEEDS[deed]
        try:
            async with house.database.write() as db:
                knowledge = house.knowledge(me.community)
                if (await visits.by_id(db, me.community, visit_id)).day != today_of(knowledge, now):
                    raise Stopped(visit_failures.another_day(PAGE))
                if await first_press(db, form.get("key", ""), me.id, (deed, visit_id), now):
                    press = Press(db, me, visit_id, where, knowledge, now)
                    await recorded(db, me, action, await do(press), now)
        except UnknownVisit:
            raise Stopped(visit_failures.unknown_visit(PAGE)) from None
        except NotNow as lost:
            await house.signals.publish(f"queue:{me.community}")
            raise Stopped(visit_failures.moved_on(lost.visit, PAGE)) from lost
        return await answer(request, visitor, where)
