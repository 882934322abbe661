"""When a receiver does not receive: set and let go at the desk; whoever is booked then is told by one press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from handover import audit
from handover.accounts.permissions import Permission
from handover.appointments import absences, slots, telling
from handover.appointments.slots import MIDNIGHT, Absence, Minutes
from handover.appointments.stops import Stopped as StoppedVisit
from handover.appointments.stops import stopped
from handover.audit import Action
from handover.workplace import hall_place, visit_failures, words
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.pressing import first_press
from handover.workplace.visit_booking import when_words
from handover.workplace.visits import today_of
from handover.workplace.visits_view import NAMELESS, day_title
from knowledge_base.answers import HALL, Knowledge, Office
from knowledge_base.language import clock_range

PAGE = "/workplace/visits/absences"
EVERYBODY = "*"
"""In the form: everybody who receives in the office."""

HALL_NAME = "Загальний прийом"
DAYS_AHEAD = 60
LONGEST_REASON = 200


@dataclass(frozen=True)
class AbsenceRow:
    """An absence in the list; `receiver`, `day` and `from_minute` are what it is dropped by."""

    receiver: str
    day: str
    from_minute: int
    title: str
    who: str
    reason: str


@dataclass(frozen=True)
class StopRow:
    """A visit where nobody receives; `told`: when its person was told, `phone` where we have to ring."""

    id: str
    when: str
    name: str
    number: int
    told: str
    phone: str


def receiver_name(office: Office, receiver: str) -> str:
    """A receiver as the desk knows them."""
    position = office.receiver(receiver)
    return position.position if position is not None else HALL_NAME


def names_of(office: Office) -> dict[str, str]:
    """Everybody one can be booked to in the office, by id."""
    named = {one.id: one.position for one in office.receivers}
    if office.visits is not None and office.visits.hall:
        named[HALL] = HALL_NAME
    return named


def add_absences(router: APIRouter, guard: Guard) -> None:
    """/workplace/visits/absences, its /drop and /tell."""
    house = guard.house

    def office_of(knowledge: Knowledge, asked: str | None, request: Request) -> Office:
        offices = {one.id: one for one in hall_place.offices_of(knowledge)}
        place = hall_place.kept(knowledge, request.cookies.get(hall_place.COOKIE))
        return offices.get(asked or "", place.office)

    async def page(
        visitor: Visitor,
        office: Office,
        *,
        form: Form | None = None,
        wrong: str = "",
        told: int | None = None,
    ) -> HTMLResponse:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        zone = ZoneInfo(knowledge.community.timezone)
        today = today_of(knowledge, now)
        until = today + timedelta(days=DAYS_AHEAD)
        async with house.database.read() as db:
            gone = await slots.absences(db, me.community, office.id, today, until)
            inside = await stopped(db, me.community, office.id, today, until, zone)
        answer = guard.page(
            visitor,
            "absences.html",
            "visits",
            office=office,
            offices=hall_place.offices_of(knowledge),
            receivers=names_of(office),
            everybody=EVERYBODY,
            gone=[absence_row(office, one, today) for one in gone],
            inside=[stop_row(one, knowledge, now) for one in inside],
            untold=sum(one.told_at is None and one.visit.conversation_id is not None for one in inside),
            today=today.isoformat(),
            last=until.isoformat(),
            form=form or {},
            wrong=wrong,
            told=told,
            tab="absences",
            stops=True,
        )
        answer.status_code = 422 if wrong else 200
        return answer

    @router.get(PAGE)
    async def listed(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CALENDARS)
        knowledge = house.knowledge(visitor.account.community)
        asked = request.query_params
        told = asked.get("told", "")
        office = office_of(knowledge, asked.get("office"), request)
        return await page(visitor, office, told=int(told) if told.isdecimal() and len(told) < 6 else None)

    @router.post(PAGE)
    async def put(request: Request) -> Response:
        """A receiver, or everybody, is away; the visits inside are shown next."""
        visitor, form = await guard.acting(request, Permission.CALENDARS)
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        zone = ZoneInfo(knowledge.community.timezone)
        office = office_of(knowledge, form.get("office"), request)
        known = names_of(office)
        receiver, reason = form.get("receiver", ""), form.get("reason", "").strip()
        away = list(known) if receiver == EVERYBODY else [receiver]
        day, minutes = _day(form.get("day", "")), _minutes(form)
        today = today_of(knowledge, now)
        if any(one not in known for one in away):
            return await page(visitor, office, form=form, wrong="Виберіть, хто не приймає.")
        if day is None or not today <= day <= today + timedelta(days=DAYS_AHEAD):
            return await page(
                visitor, office, form=form, wrong="Виберіть день від сьогодні, у межах двох місяців."
            )
        if minutes is None:
            return await page(visitor, office, form=form, wrong="Час напишіть так: з 9:00 до 12:30.")
        if not reason or len(reason) > LONGEST_REASON:
            return await page(visitor, office, form=form, wrong="Коротко напишіть причину, її бачать колеги.")
        async with house.database.write() as db:
            for one in away:
                await absences.put(db, me.community, office.id, one, day, minutes, reason, me.id, now, zone)
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.ABSENCE_SET,
                subject=office.id,
                now=now,
                facts={"receiver": ", ".join(known[one] for one in away), "day": day.isoformat()},
            )
        await house.signals.publish(f"queue:{me.community}")
        return RedirectResponse(f"{PAGE}?office={office.id}", status_code=303)

    @router.post(f"{PAGE}/drop")
    async def drop(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CALENDARS)
        me, now = visitor.account, house.clock()
        office = office_of(house.knowledge(me.community), form.get("office"), request)
        day, minute = _day(form.get("day", "")), form.get("from_minute", "")
        if day is None or not minute.isdecimal():
            raise Stopped(visit_failures.unknown_day(PAGE))
        receiver = form.get("receiver", "")
        async with house.database.write() as db:
            if await absences.drop(db, me.community, office.id, receiver, day, int(minute)):
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=Action.ABSENCE_DROPPED,
                    subject=office.id,
                    now=now,
                    facts={"receiver": receiver_name(office, receiver), "day": day.isoformat()},
                )
        return RedirectResponse(f"{PAGE}?office={office.id}", status_code=303)

    @router.post(f"{PAGE}/tell")
    async def tell(request: Request) -> Response:
        """Everybody who is booked then and was not told yet is told, and offered another time."""
        visitor, form = await guard.acting(request, Permission.CALENDARS)
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        zone = ZoneInfo(knowledge.community.timezone)
        office = office_of(knowledge, form.get("office"), request)
        today = today_of(knowledge, now)
        told: Sequence[object] = ()
        async with house.database.write() as db:
            if await first_press(db, form.get("key", ""), me.id, ("absences", "tell"), now):
                inside = await stopped(
                    db, me.community, office.id, today, today + timedelta(days=DAYS_AHEAD), zone
                )
                due = [one.visit for one in inside if one.told_at is None]
                told = await telling.tell(db, "visit_stopped", due, now)
                for visit in due:
                    if visit.conversation_id is not None:
                        await audit.record(
                            db,
                            community=me.community,
                            account_id=me.id,
                            action=Action.VISIT_TOLD,
                            subject=visit.id,
                            now=now,
                            facts={"number": visit.number},
                        )
        await house.signals.publish("think")
        return RedirectResponse(f"{PAGE}?office={office.id}&told={len(told)}", status_code=303)


def absence_row(office: Office, one: Absence, today: date) -> AbsenceRow:
    return AbsenceRow(
        one.receiver,
        one.day.isoformat(),
        one.minutes[0],
        f"{day_title(one.day, today)}, {hours_words(one.minutes)}",
        receiver_name(office, one.receiver),
        one.reason,
    )


def hours_words(minutes: Minutes) -> str:
    """`увесь день`, `з 9:00 до 12:30`."""
    begins, ends = minutes
    if (begins, ends) == absences.WHOLE_DAY:
        return "увесь день"
    return clock_range(time(*divmod(begins, 60)), time(*divmod(ends % MIDNIGHT, 60)))


def stop_row(one: StoppedVisit, knowledge: Knowledge, now: datetime) -> StopRow:
    visit = one.visit
    told = f"повідомлено {words.moment(one.told_at, now)}" if one.told_at is not None else ""
    reached = visit.conversation_id is not None
    return StopRow(
        id=visit.id,
        when=when_words(visit, knowledge, now),
        name=visit.name or NAMELESS,
        number=visit.number,
        told=told or ("ще не повідомлено" if reached else "записано телефоном: подзвоніть"),
        phone="" if reached else visit.phone or "",
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _minutes(form: Form) -> Minutes | None:
    """The hours of the form, the whole day where none are given; None where they are no stretch of a day."""
    since, until = form.get("since", ""), form.get("until", "")
    if not since and not until:
        return absences.WHOLE_DAY
    try:
        begins, ends = time.fromisoformat(since), time.fromisoformat(until)
    except ValueError:
        return None
    minutes = (begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute)
    return minutes if minutes[0] < minutes[1] else None
