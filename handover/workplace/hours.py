"""The page of hours and pauses, and the pause's own buttons, which stand beside the queue too."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from handover import audit
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.calendars import calendars, pauses
from handover.calendars.hours import KYIV
from handover.calendars.own import WEEKDAYS, BadHours, OwnHours
from handover.calendars.pauses import KINDS, LASTS_HOURS
from handover.tickets import pausing
from handover.workplace import failures
from handover.workplace.guard import Form, Guard, Stopped, Visitor, is_htmx
from handover.workplace.hours_view import DAYS_AHEAD, DayForm, hours_typed, office_hours, pause_rows
from handover.workplace.pause_view import pause_view
from handover.workplace.pressing import first_press
from knowledge_base.answers import Office

PAGE = "/workplace/hours"
LONGEST_REASON = 200


def add_hours(router: APIRouter, guard: Guard) -> None:
    """/workplace/hours with its week and days, and /workplace/pause: begin, end, notice."""
    house = guard.house

    def office_of(community: str, asked: str | None) -> Office:
        """The office that is asked for, the reception where none is. Raises Stopped (404)."""
        knowledge = house.knowledge(community)
        reception = knowledge.community.reception
        offices = {office.id: office for office in (reception, *knowledge.offices())}
        found = offices.get(asked or reception.id)
        if found is None:
            raise Stopped(failures.unknown_office(PAGE))
        return found

    async def page(
        visitor: Visitor,
        office: Office,
        *,
        saved: bool = False,
        typed: Form | None = None,
        form: DayForm | None = None,
    ) -> HTMLResponse:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        async with house.database.read() as db:
            own = await calendars.own_hours(db, me.community, now, office.id)
            recent = await pauses.recent(db, me.community)
            pause = await pause_view(db, me, now)
        reception = knowledge.community.reception
        others = [one for one in knowledge.offices() if one.id != reception.id and one.hours]
        shown = guard.page(
            visitor,
            "hours.html",
            "hours",
            shown=office_hours(office, own, now, typed=typed, form=form),
            offices=[reception, *others],
            saved=saved,
            pause=pause,
            lasts=LASTS_HOURS,
            recent=pause_rows(recent, now),
            today=now.astimezone(KYIV).date().isoformat(),
        )
        if typed is not None or form is not None:
            shown.status_code = 422
        return shown

    async def keep(visitor: Visitor, office: Office, own: list[OwnHours], gone: list[str]) -> Response:
        """Keep hours, let others go, record it; everybody's queue says how long we receive."""
        me, now = visitor.account, house.clock()
        async with house.database.write() as db:
            await calendars.put(db, me.community, office.id, own, now)
            await calendars.drop(db, me.community, office.id, gone)
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.HOURS_CHANGED,
                subject=office.id,
                now=now,
                facts={"set": ", ".join(one.place for one in own), "dropped": ", ".join(gone)},
            )
        await house.signals.publish(f"queue:{me.community}")
        return RedirectResponse(f"{PAGE}?office={office.id}&saved=1", status_code=303)

    @router.get(PAGE)
    async def hours(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CALENDARS)
        office = office_of(visitor.account.community, request.query_params.get("office"))
        return await page(visitor, office, saved="saved" in request.query_params)

    @router.post(f"{PAGE}/week")
    async def week(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CALENDARS)
        office = office_of(visitor.account.community, form.get("office"))
        try:
            read = {place: hours_typed(form.get(place, "")) for place in WEEKDAYS}
        except BadHours:
            return await page(visitor, office, typed=form)
        own = [OwnHours(place, hours) for place, hours in read.items() if hours is not None]
        return await keep(visitor, office, own, [place for place, hours in read.items() if hours is None])

    @router.post(f"{PAGE}/day")
    async def day(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CALENDARS)
        office = office_of(visitor.account.community, form.get("office"))
        filled = DayForm(form.get("day", ""), form.get("hours", ""), form.get("reason", "").strip())
        today = house.clock().astimezone(KYIV).date()
        try:
            chosen = date.fromisoformat(filled.day)
            worked = hours_typed(filled.hours) or ()
        except BadHours:
            return await page(visitor, office, form=_wrong(filled, "Години напишіть так: 9:00–13:00."))
        except ValueError:
            return await page(visitor, office, form=_wrong(filled, "Виберіть день."))
        if not today <= chosen <= today + timedelta(days=DAYS_AHEAD):
            return await page(
                visitor, office, form=_wrong(filled, "Виберіть день від сьогодні, у межах року.")
            )
        if len(filled.reason) > LONGEST_REASON:
            return await page(visitor, office, form=_wrong(filled, "Причина задовга."))
        return await keep(visitor, office, [OwnHours(chosen.isoformat(), worked, filled.reason)], [])

    @router.post(f"{PAGE}/day/drop")
    async def drop_day(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CALENDARS)
        office = office_of(visitor.account.community, form.get("office"))
        return await keep(visitor, office, [], [form.get("day", "")])

    async def after(request: Request, visitor: Visitor, *wakes: str) -> Response:
        await house.signals.publish(f"queue:{visitor.account.community}", *wakes)
        if is_htmx(request):
            return Response(status_code=204)
        back = PAGE if request.headers.get("referer", "").partition("?")[0].endswith(PAGE) else "/workplace"
        return RedirectResponse(back, status_code=303)

    @router.post("/workplace/pause/begin")
    async def begin(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.PAUSE)
        me, now = visitor.account, house.clock()
        kind, reason, lasts = form.get("kind", ""), form.get("reason", "").strip(), form.get("lasts", "")
        if kind not in KINDS or lasts not in map(str, LASTS_HOURS) or len(reason) > LONGEST_REASON:
            raise Stopped(failures.wrong_pause())
        async with house.database.write() as db:
            if await first_press(db, form.get("key", ""), me.id, ("pause", kind), now):
                await pausing.begin(
                    db,
                    me.community,
                    house.knowledge(me.community).community.reception,
                    kind,
                    reason,
                    timedelta(hours=int(lasts)),
                    me,
                    now,
                )
        return await after(request, visitor, "think")

    @router.post("/workplace/pause/end")
    async def end(request: Request) -> Response:
        visitor, _ = await guard.acting(request, Permission.PAUSE)
        me, now = visitor.account, house.clock()
        async with house.database.write() as db:
            await pausing.end(db, me.community, house.knowledge(me.community).community.reception, me, now)
        return await after(request, visitor)

    @router.post("/workplace/pause/notice")
    async def notice(request: Request) -> Response:
        visitor, _ = await guard.acting(request, Permission.CALENDARS)
        async with house.database.write() as db:
            await pauses.notice(db, visitor.account.community, house.clock())
        return await after(request, visitor)


def _wrong(filled: DayForm, fault: str) -> DayForm:
    return DayForm(filled.day, filled.hours, filled.reason, fault)
