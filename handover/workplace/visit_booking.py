"""Booking at the desk, for whoever rings: the matter, the office, the day, the time, then a name and a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.appointments import booking, visits
from handover.appointments.booking import Refusal, Wish
from handover.appointments.visits import UnknownVisit, Visit
from handover.audit import Action
from handover.calls import callers, filing
from handover.calls.filing import BadPhone
from handover.workplace import visit_failures
from handover.workplace.desk_view import ranked
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.house import WorkplaceHouse
from handover.workplace.pressing import first_press
from handover.workplace.queue_view import topic_title
from handover.workplace.visit_failures import REFUSALS
from handover.workplace.visit_times import (
    DayChoice,
    Time,
    days,
    free_times,
    moment_of,
    office_now,
    takers,
    times,
)
from handover.workplace.visits import recorded
from handover.workplace.walk_in import ground_of, grounds
from knowledge_base.answers import Knowledge, Office
from knowledge_base.language import clock_when, near_day

PAGE = "/workplace/visits/book"
LONGEST_NAME, LONGEST_WORDS, LONGEST_REASON = 80, 300, 200
SHOWN_HITS = 8
OTHER = "other"
"""In an address: a matter that no entry is of."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose at a step: where it leads, and its words."""

    href: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Steps:
    """What is chosen so far, with the way back to each step, and what is to be chosen now."""

    chosen: Sequence[Choice]
    asks: str
    choices: Sequence[Choice]
    matter: str | None
    office: Office | None
    receivers: tuple[str, ...]
    days: Sequence[DayChoice]
    day: str
    times: Sequence[Time]
    here: Mapping[str, str]


def address(**chosen: str) -> str:
    """The page with this chosen already; nothing of a person is ever in it."""
    return f"{PAGE}?{urlencode({name: value for name, value in chosen.items() if value})}"


async def steps(
    db: AsyncConnection, house: WorkplaceHouse, community: str, query: Mapping[str, str], words: str
) -> Steps:
    """The booking as far as it is chosen; a step with one choice is taken by itself. Raises Stopped (404)."""
    knowledge, now = house.knowledge(community), house.clock()
    zone = ZoneInfo(knowledge.community.timezone)
    empty = Steps((), "matter", (), None, None, (), (), "", (), {})
    asked = query.get("matter", "")
    if not asked:
        return replace(empty, choices=await _matters(house, knowledge, community, words, now))
    matter = knowledge.resolve(asked) if asked != OTHER else None
    if matter is None and asked != OTHER:
        raise Stopped(visit_failures.unknown_matter(PAGE))
    title = topic_title(matter, knowledge, now) or "Інше питання"
    chosen = [Choice(PAGE, title)]
    offices = takers(knowledge, matter)
    office = next((one for one in offices if one.id == query.get("office")), None)
    if office is None and len(offices) == 1:
        office = offices[0]
    if office is None:
        choices = [Choice(address(matter=asked, office=one.id), one.name, one.address) for one in offices]
        return replace(empty, chosen=chosen, asks="office", choices=choices, matter=matter)
    chosen.append(Choice(address(matter=asked), office.name, office.address))
    own = office.takers(matter)
    one_of = query.get("receiver", "")
    receivers = (one_of,) if one_of in own and one_of else own
    found = await free_times(
        db, knowledge, await office_now(db, knowledge, office, now), receivers, matter, now
    )
    known = days(found, zone)
    day = next((one.day for one in known if one.day == query.get("day")), known[0].day if known else "")
    here = {"matter": asked, "office": office.id, "receiver": one_of if one_of in own else ""}
    return Steps(
        chosen=chosen,
        asks="time",
        choices=_positions(office, own, here) if len(own) > 1 else (),
        matter=matter,
        office=office,
        receivers=receivers,
        days=known,
        day=day,
        times=times(found, day, zone),
        here=here,
    )


async def _matters(
    house: WorkplaceHouse, knowledge: Knowledge, community: str, words: str, now: datetime
) -> list[Choice]:
    if not words:
        return []
    meaning = await house.read(community, words)
    found = ranked(knowledge, meaning, words, now)[:SHOWN_HITS]
    return [
        Choice(address(matter=entry), knowledge.card(entry, now).title, _where(knowledge, entry))
        for entry in found
    ]


def _where(knowledge: Knowledge, entry: str) -> str:
    return ", ".join(one.name for one in takers(knowledge, entry)) or "запису немає"


def _positions(office: Office, own: Sequence[str], here: Mapping[str, str]) -> list[Choice]:
    named = [Choice(address(**{**here, "receiver": ""}), "Будь-хто")]
    for one in own:
        position = office.receiver(one)
        if position is not None:
            named.append(Choice(address(**{**here, "receiver": one}), position.short or position.position))
    return named


def when_words(visit: Visit, knowledge: Knowledge, now: datetime) -> str:
    """`завтра, 25 листопада, о 10:40`."""
    zone = ZoneInfo(knowledge.community.timezone)
    assert visit.starts_at is not None
    local = visit.starts_at.astimezone(zone)
    return f"{near_day(local.date(), now.astimezone(zone).date())}, {clock_when(local.time())}"


def add_visit_booking(router: APIRouter, guard: Guard) -> None:
    """/workplace/visits/book"""
    house = guard.house

    async def page(
        visitor: Visitor,
        query: Mapping[str, str],
        *,
        words: str = "",
        form: Form | None = None,
        wrong: str = "",
        booked: str | None = None,
    ) -> HTMLResponse:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        done: Visit | None = None
        async with house.database.read() as db:
            shown = await steps(db, house, me.community, query, words)
            caller = await callers.on_the_line(db, me, now)
            if booked:
                try:
                    done = await visits.by_id(db, me.community, booked)
                except UnknownVisit:
                    raise Stopped(visit_failures.unknown_visit(PAGE)) from None
        answer = guard.page(
            visitor,
            "visit_book.html",
            "visits",
            steps=shown,
            words=words,
            form=form if form is not None else {"name": caller.name, "phone": caller.phone},
            on_the_line=caller.id is not None,
            wrong=wrong,
            done=done,
            when=when_words(done, knowledge, now) if done is not None and done.starts_at else "",
            grounds=grounds(knowledge),
            may_allow=allows(me.role, Permission.LEAD),
            other=address(matter=OTHER),
            address=address,
            tab="book",
            stops=allows(me.role, Permission.CALENDARS),
        )
        answer.status_code = 422 if wrong else 200
        return answer

    @router.get(PAGE)
    async def choose(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        query = dict(request.query_params)
        return await page(visitor, query, booked=query.get("booked"))

    @router.post(PAGE)
    async def book(request: Request) -> Response:
        """A search for the matter, or the booking itself. What a caller says never stands in an address."""
        visitor, form = await guard.acting(request, Permission.CONSULT)
        words = form.get("look_for", "").strip()[:LONGEST_WORDS]
        if form.get("press") == "search" and words:
            return await page(visitor, {}, words=words)
        query = {name: form.get(name, "") for name in ("matter", "office", "receiver", "day")}
        if not query["matter"]:
            return await page(visitor, {}, wrong="Напишіть, з якого питання записати.")
        me, now = visitor.account, house.clock()
        async with house.database.read() as db:
            shown = await steps(db, house, me.community, query, "")
        wish = _wish(me, shown, form, ground_of(house.knowledge(me.community), form))
        if isinstance(wish, str):
            return await page(visitor, query, form=form, wrong=wish)
        reason = form.get("reason", "").strip()[:LONGEST_REASON]
        if wish.over_limit and not allows(me.role, Permission.LEAD):
            return await page(visitor, query, form=form, wrong=REFUSALS[Refusal.TOO_MANY])
        if wish.over_limit and not reason:
            return await page(visitor, query, form=form, wrong="Напишіть, чому дозволено понад межу.")
        made: Visit | Refusal = Refusal.GONE
        async with house.database.write() as db:
            if not await first_press(db, form.get("key", ""), me.id, ("visits", "book"), now):
                return RedirectResponse(PAGE, status_code=303)
            made = await _booked(db, me, wish, reason, now)
        if isinstance(made, Refusal):
            return await page(visitor, query, form=form, wrong=REFUSALS[made])
        await house.signals.publish(f"queue:{me.community}")
        return RedirectResponse(f"{PAGE}?booked={made.id}", status_code=303)

    async def _booked(
        db: AsyncConnection, me: Account, wish: Wish, reason: str, now: datetime
    ) -> Visit | Refusal:
        knowledge = house.knowledge(me.community)
        zone = ZoneInfo(knowledge.community.timezone)
        open_hours = replace(wish, office=await office_now(db, knowledge, wish.office, now))
        made = await booking.book(db, open_hours, now, zone)
        if isinstance(made, Refusal):
            return made
        await recorded(db, me, Action.VISIT_BOOKED, made, now)
        if wish.over_limit:
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.VISIT_ALLOWED,
                subject=made.id,
                now=now,
                facts={"reason": reason},
            )
        caller = await callers.on_the_line(db, me, now)
        if caller.id is not None:
            # The talk that goes on has the booking in its summary.
            told = f"Запис № {made.number}: {when_words(made, knowledge, now)}."
            await callers.keep(db, me, replace(caller, summary=f"{caller.summary} {told}".strip()))
        return made


def _wish(me: Account, shown: Steps, form: Form, ground: str | None) -> Wish | str:
    """What is booked, or what is still missing, in words."""
    starts_at = moment_of(form.get("starts_at", ""))
    name = form.get("name", "").strip()
    try:
        phone = filing.phone_of(form.get("phone", ""))
    except BadPhone:
        return "Перевірте номер телефону: у ньому лише цифри."
    if shown.office is None:
        return "Виберіть офіс."
    if starts_at is None:
        return "Виберіть час."
    if not name or len(name) > LONGEST_NAME:
        return "Напишіть ім’я, прізвище не обов’язкове."
    if phone is None:
        return "Запишіть номер телефону: інакше про зміни нікому сказати."
    return Wish(
        community=me.community,
        office=shown.office,
        receivers=shown.receivers,
        matter=shown.matter,
        starts_at=starts_at,
        name=name,
        phone=phone,
        for_other="for_other" in form,
        booked_by=me.id,
        priority=ground,
        over_limit="over_limit" in form,
    )
