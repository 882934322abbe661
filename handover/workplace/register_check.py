"""A register asked instead of a paper: one form in the packet, who is asked about is passed on and not kept."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from handover import happenings
from handover.accounts.permissions import Permission
from handover.outside import SourceAway
from handover.registers import checks
from handover.registers.checks import LONGEST_REASON
from handover.workplace import register_failures
from handover.workplace.deeds import page
from handover.workplace.guard import Guard, Stopped
from handover.workplace.reading import admitted

LONGEST_SUBJECT = 80


def add_register_check(router: APIRouter, guard: Guard) -> None:
    """POST /workplace/conversations/{id}/register"""
    house = guard.house

    @router.post("/workplace/conversations/{conversation_id}/register")
    async def check(request: Request, conversation_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, back, paper = visitor.account, page(conversation_id), form.get("paper", "")
        async with house.database.read() as db:
            await admitted(db, me, conversation_id)
        known = house.registers.registers if house.registers is not None else ()
        register = next((one for one in known if paper in one.documents), None)
        if house.registers is None or register is None:
            raise Stopped(register_failures.no_register(back))
        reason = " ".join(form.get("reason", "").split())
        if not reason or len(reason) > LONGEST_REASON:
            raise Stopped(register_failures.no_check_reason(back))
        subject = register.named(form.get("subject", "")[:LONGEST_SUBJECT])
        if subject is None:
            raise Stopped(register_failures.wrong_subject(register.subject, back))
        try:
            answer = await house.registers.check(register, subject)
        except SourceAway:
            raise Stopped(register_failures.register_away(register.title, back)) from None
        now = house.clock()
        async with house.database.write() as db:
            await admitted(db, me, conversation_id)
            await checks.keep(db, me, conversation_id, paper, register, answer, reason, now)
            await happenings.happened(db, me.community, [conversation_id], now)
        await house.signals.publish(f"queue:{me.community}", f"conversation:{conversation_id}")
        return RedirectResponse(back, status_code=303)
