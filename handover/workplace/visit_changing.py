"""Moving and cancelling a visit at the desk, each with a reason; whoever wrote to us is told in their channel."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.appointments import booking, telling, visits
from handover.appointments.booking import Refusal
from handover.appointments.slots import Slot
from handover.appointments.visits import UnknownVisit, Visit
from handover.audit import Action
from handover.workplace import visit_failures
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.hall_place import offices_of
from handover.workplace.pressing import first_press
from handover.workplace.visit_booking import when_words
from handover.workplace.visit_failures import REFUSALS
from handover.workplace.visit_times import days, free_times, moment_of, office_now, times
from handover.workplace.visits import PAGE as DAY
from knowledge_base.answers import Knowledge, Office

REASONS: Mapping[str, str] = {
    "asked": "людина попросила",
    "away": "спеціаліст не приймає",
    "closed": "офіс тоді зачинено",
    "mistake": "записано помилково",
}
"""Why a visit is moved or cancelled, for the audit log."""


def add_visit_changing(router: APIRouter, guard: Guard) -> None:
    """A visit's /move and /cancel."""
    house = guard.house

    async def found(db: AsyncConnection, me: Account, visit_id: str) -> Visit:
        """A visit that is yet to be. Raises Stopped."""
        try:
            visit = await visits.by_id(db, me.community, visit_id)
        except UnknownVisit:
            raise Stopped(visit_failures.unknown_visit(DAY)) from None
        if visit.state != "booked" or visit.starts_at is None:
            raise Stopped(visit_failures.moved_on(visit, f"{DAY}/{visit.id}"))
        return visit

    async def free(
        db: AsyncConnection, knowledge: Knowledge, visit: Visit
    ) -> tuple[Office | None, tuple[str, ...], list[Slot]]:
        """The visit's office, who there may receive it, and their free times."""
        office = next((one for one in offices_of(knowledge) if one.id == visit.office), None)
        if office is None:
            return None, (), []
        now = house.clock()
        receivers = office.takers(visit.matter) or (visit.receiver,)
        open_now = await office_now(db, knowledge, office, now)
        return (
            open_now,
            receivers,
            await free_times(db, knowledge, open_now, receivers, visit.matter, now),
        )

    async def page(
        visitor: Visitor,
        visit_id: str,
        deed: str,
        *,
        day: str = "",
        form: Form | None = None,
        wrong: str = "",
    ) -> HTMLResponse:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        zone = ZoneInfo(knowledge.community.timezone)
        async with house.database.read() as db:
            visit = await found(db, me, visit_id)
            slots = (await free(db, knowledge, visit))[2] if deed == "move" else []
        known = days(slots, zone)
        chosen = next((one.day for one in known if one.day == day), known[0].day if known else "")
        answer = guard.page(
            visitor,
            "visit_change.html",
            "visits",
            visit=visit,
            when=when_words(visit, knowledge, now),
            deed=deed,
            days=known,
            day=chosen,
            times=times(slots, chosen, zone),
            reasons=REASONS,
            form=form or {},
            wrong=wrong,
            tab="",
            stops=allows(me.role, Permission.CALENDARS),
        )
        answer.status_code = 422 if wrong else 200
        return answer

    async def kept(db: AsyncConnection, me: Account, action: Action, visit: Visit, reason: str) -> None:
        now = house.clock()
        await audit.record(
            db,
            community=me.community,
            account_id=me.id,
            action=action,
            subject=visit.id,
            now=now,
            facts={"number": visit.number, "reason": REASONS[reason]},
        )
        news: telling.News = "visit_moved" if action is Action.VISIT_MOVED else "visit_cancelled"
        await telling.tell(db, news, [visit], now)

    @router.get(f"{DAY}/{{visit_id}}/move")
    async def choose_time(request: Request, visit_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        return await page(visitor, visit_id, "move", day=request.query_params.get("day", ""))

    @router.get(f"{DAY}/{{visit_id}}/cancel")
    async def choose_reason(request: Request, visit_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        return await page(visitor, visit_id, "cancel")

    @router.post(f"{DAY}/{{visit_id}}/move")
    async def move(request: Request, visit_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        starts_at, reason = moment_of(form.get("starts_at", "")), form.get("reason", "")
        day = form.get("day", "")
        if starts_at is None or reason not in REASONS:
            wrong = "Виберіть час і причину."
            return await page(visitor, visit_id, "move", day=day, form=form, wrong=wrong)
        knowledge = house.knowledge(me.community)
        zone = ZoneInfo(knowledge.community.timezone)
        moved: Visit | Refusal = Refusal.NOT_OPEN
        async with house.database.write() as db:
            visit = await found(db, me, visit_id)
            if not await first_press(db, form.get("key", ""), me.id, ("move", visit_id), now):
                return RedirectResponse(f"{DAY}/{visit_id}", status_code=303)
            office, receivers, _ = await free(db, knowledge, visit)
            if office is not None:
                moved = await booking.move(db, visit, office, receivers, starts_at, now, zone, me.id)
            # The time it stands at already is no news to anybody.
            if isinstance(moved, Visit) and moved.sequence != visit.sequence:
                await kept(db, me, Action.VISIT_MOVED, moved, reason)
        if isinstance(moved, Refusal):
            return await page(visitor, visit_id, "move", day=day, form=form, wrong=REFUSALS[moved])
        await house.signals.publish(f"queue:{me.community}", "think")
        return RedirectResponse(f"{DAY}/{visit_id}", status_code=303)

    @router.post(f"{DAY}/{{visit_id}}/cancel")
    async def cancel(request: Request, visit_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        reason = form.get("reason", "")
        if reason not in REASONS:
            return await page(visitor, visit_id, "cancel", form=form, wrong="Виберіть причину.")
        async with house.database.write() as db:
            await booking.hold_calendar(db, me.community)
            visit = await found(db, me, visit_id)
            cancelled = await booking.cancel(db, visit, now, me.id)
            if isinstance(cancelled, Visit):
                await kept(db, me, Action.VISIT_CANCELLED, cancelled, reason)
        if isinstance(cancelled, Refusal):
            raise Stopped(visit_failures.refused(cancelled, DAY))
        await house.signals.publish(f"queue:{me.community}", "think")
        return RedirectResponse(f"{DAY}/{visit_id}", status_code=303)
