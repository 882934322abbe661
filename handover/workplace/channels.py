"""The administrator's page of channels, and the switch that leaves a channel to people."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from conversations.switches import set_people_only
from handover import audit
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.workplace import failures
from handover.workplace.channels_view import cards
from handover.workplace.guard import Guard, Stopped
from handover.workplace.pressing import first_press
from handover.workplace.vendor_words import mended


def add_channels(router: APIRouter, guard: Guard) -> None:
    """/workplace/channels and its two forms: connect, people-only."""
    house = guard.house

    @router.get("/workplace/channels")
    async def channels(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CHANNELS)
        me = visitor.account
        reports = await house.reports(me.community)
        shown = cards(reports, request.query_params.get("changed"), house.clock())
        return guard.page(visitor, "channels.html", "channels", cards=shown)

    @router.post("/workplace/channels/connect")
    async def connect(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CHANNELS)
        me, name = visitor.account, form.get("channel", "")
        if house.capabilities(name) is None:
            raise Stopped(failures.unknown_channel())
        fault = await house.connect(name)
        if fault is not None:
            raise Stopped(failures.not_connected(mended(fault)))
        async with house.database.write() as db:
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.CHANNEL_CONNECTED,
                subject=name,
                now=house.clock(),
            )
        return RedirectResponse(f"/workplace/channels?changed={name}", status_code=303)

    @router.post("/workplace/channels/people-only")
    async def leave_to_people(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CHANNELS)
        me, now = visitor.account, house.clock()
        name, on = form.get("channel", ""), form.get("on") == "yes"
        if house.capabilities(name) is None:
            raise Stopped(failures.unknown_channel())
        async with house.database.write() as db:
            about = ("people-only", me.community, name, str(on))
            if await first_press(db, form.get("key", ""), me.id, about, now):
                await set_people_only(db, me.community, name, on, now)
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=Action.CHANNEL_SWITCHED,
                    subject=name,
                    now=now,
                    facts={"people_only": "on" if on else "off"},
                )
        return RedirectResponse(f"/workplace/channels?changed={name}", status_code=303)
