"""Where a specialist is (on shift, away, off), handing all of one's conversations over, and declining an offer."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.ownership import StaleEpoch
from handover import audit, happenings
from handover.accounts import accounts
from handover.accounts.accounts import Account, UnknownAccount
from handover.accounts.permissions import Permission, allows
from handover.assignment import offering, presence, teams
from handover.assignment.presence import Shift
from handover.assignment.teams import Team, UnknownTeam
from handover.audit import Action
from handover.tickets import leading
from handover.tickets.lists import all_mine
from handover.workplace import failures
from handover.workplace.guard import Guard, Stopped, is_htmx, safe_back
from handover.workplace.reading import admitted

PAGE = "/workplace/shift"
LONGEST_NOTE = 300
_THINK = "think"


def add_shift(router: APIRouter, guard: Guard) -> None:
    """/workplace/shift, /workplace/shift/hand-over, and /workplace/conversations/{id}/pass."""
    house = guard.house

    @router.get(PAGE)
    async def show(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        me = visitor.account
        async with house.database.read() as db:
            led = await all_mine(db, me.community, me.id)
            known = await teams.all_of(db, me.community)
            colleagues = [
                person
                for person in await accounts.colleagues(db, me.community)
                if person.id != me.id and allows(person.role, Permission.CONSULT)
            ]
            standing = await presence.all_of(db, me.community)
        there = {
            account for account, it in standing.items() if it.is_there(house.policy.silent, house.clock())
        }
        return guard.page(
            visitor,
            "shift.html",
            "shift",
            led=len(led),
            teams=known,
            colleagues=colleagues,
            there=there,
            handed_over=request.query_params.get("handed-over", "") == "yes",
        )

    @router.post(PAGE)
    async def say(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        shift: Shift | None = next((one for one in get_args(Shift) if one == form.get("shift")), None)
        if shift is not None:
            async with house.database.write() as db:
                if await presence.say(db, me, shift, now):
                    await audit.record(
                        db,
                        community=me.community,
                        account_id=me.id,
                        action=Action.SHIFT_CHANGED,
                        subject=me.id,
                        now=now,
                        facts={"shift": shift},
                    )
            await house.signals.publish(f"queue:{me.community}")
        back = safe_back(request.headers.get("referer", "").removeprefix(_origin(request)))
        return RedirectResponse(back, status_code=303)

    @router.post(f"{PAGE}/hand-over")
    async def hand_over(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        note, to = form.get("note", "").strip()[:LONGEST_NOTE], form.get("to", "")
        passed = []
        try:
            async with house.database.write() as db:
                receiver = await _receiver(db, me, to)
                for ticket in await all_mine(db, me.community, me.id):
                    if isinstance(receiver, Team):
                        await leading.transfer_to_team(
                            db, me.community, ticket.id, me, receiver.id, receiver.name, now, reason=note
                        )
                    else:
                        await leading.transfer(db, me.community, ticket.id, me, receiver, now, reason=note)
                    passed.append(ticket.conversation_id)
                    await audit.record(
                        db,
                        community=me.community,
                        account_id=me.id,
                        action=Action.SHIFT_HANDED_OVER,
                        subject=ticket.conversation_id,
                        now=now,
                        facts={"ticket": ticket.number, "to": receiver.id},
                    )
                await happenings.happened(db, me.community, passed, now)
        except (UnknownAccount, UnknownTeam, leading.WrongReceiver) as wrong:
            raise Stopped(failures.wrong_receiver(PAGE)) from wrong
        except (StaleEpoch, leading.NotYours) as moved:
            raise Stopped(failures.moved_on(PAGE)) from moved
        topics = [f"conversation:{one}" for one in passed]
        await house.signals.publish(f"queue:{me.community}", *topics, _THINK)
        return RedirectResponse(f"{PAGE}?handed-over=yes", status_code=303)

    @router.post("/workplace/conversations/{conversation_id}/pass")
    async def pass_by(request: Request, conversation_id: str) -> Response:
        visitor, _ = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        async with house.database.write() as db:
            ticket = await admitted(db, me, conversation_id)
            if await offering.pass_by(db, ticket, me.id):
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=Action.OFFER_PASSED,
                    subject=conversation_id,
                    now=now,
                    facts={"ticket": ticket.number},
                )
        await house.signals.publish(f"queue:{me.community}")
        return (
            Response(status_code=204) if is_htmx(request) else RedirectResponse("/workplace", status_code=303)
        )


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _receiver(db: AsyncConnection, me: Account, to: str) -> Account | Team:
    """Whom a form names. Raises UnknownAccount, UnknownTeam, WrongReceiver."""
    if to.startswith("team:"):
        return await teams.find(db, me.community, to.removeprefix("team:"))
    person = await accounts.find(db, to)
    if person.id == me.id:
        raise leading.WrongReceiver(to)
    return person
