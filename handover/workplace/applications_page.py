"""The page of applications: one by its number, read on the record, and a new code for its receipt, shown once."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.applications import codes, register, syncing
from handover.applications.register import REGISTER, UnknownNumber
from handover.audit import Action
from handover.workplace import register_failures
from handover.workplace.applications_view import Shown, shown, source_line
from handover.workplace.guard import Guard, Stopped
from handover.workplace.pressing import first_press
from knowledge_base.understanding.receipts import canonical, grouped

PAGE = "/workplace/applications"


def add_applications(router: APIRouter, guard: Guard) -> None:
    """GET /workplace/applications, and POST /workplace/applications/code."""
    house = guard.house

    async def found(me: Account, typed: str) -> Shown | None:
        """The application of a number, its reading recorded; None where there is none."""
        number, now = canonical(typed), house.clock()
        if number is None:
            return None
        async with house.database.write() as db:
            try:
                one = await register.find(db, me.community, number)
            except UnknownNumber:
                return None
            steps = await register.history(db, me.community, number)
            await audit.record_reading(
                db,
                community=me.community,
                account_id=me.id,
                subject=f"№ {one.record.shown}"[:80],
                now=now,
                action=Action.APPLICATION_READ,
            )
        return shown(one, steps, title(me, one.record.matter), now)

    def title(me: Account, matter: str) -> str:
        knowledge = house.knowledge(me.community)
        known = knowledge.resolve(matter)
        return knowledge.card(known, house.clock()).title if known else matter

    @router.get(PAGE)
    async def applications(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.APPLICATIONS)
        me, typed = visitor.account, request.query_params.get("number", "").strip()[:80]
        one = await found(me, typed) if typed else None
        async with house.database.read() as db:
            state = await syncing.state(db, me.community, REGISTER)
        return guard.page(
            visitor,
            "applications.html",
            "applications",
            typed=typed,
            one=one,
            source=source_line(state, house.clock()),
            imports=allows(me.role, Permission.IMPORTS),
        )

    @router.post(f"{PAGE}/code")
    async def code(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.APPLICATIONS)
        me, now = visitor.account, house.clock()
        number = canonical(form.get("number", ""))
        async with house.database.write() as db:
            try:
                if number is None:
                    raise UnknownNumber
                if not await first_press(db, form.get("key", ""), me.id, ("application code", number), now):
                    raise Stopped(register_failures.code_shown(f"{PAGE}?number={number}"))
                issued = await codes.issue(db, me.community, number, house.secret, now)
                one = await register.find(db, me.community, number)
            except UnknownNumber:
                raise Stopped(register_failures.no_application(PAGE)) from None
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.APPLICATION_CODE,
                subject=f"№ {one.record.shown}"[:80],
                now=now,
            )
        knowledge = house.knowledge(me.community)
        return guard.page(
            visitor,
            "application_code.html",
            "applications",
            number=one.record.shown,
            title=title(me, one.record.matter),
            code=grouped(issued),
            community=knowledge.community,
        )
