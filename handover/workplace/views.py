"""Saving a list with its filters under a name, and removing it."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from handover.accounts.permissions import Permission
from handover.assignment import teams, views
from handover.tickets.lists import LISTS, Filters, List
from handover.workplace import failures
from handover.workplace.guard import Guard, Stopped
from handover.workplace.pressing import first_press


def add_views(router: APIRouter, guard: Guard) -> None:
    """/workplace/views and /workplace/views/forget."""
    house = guard.house

    @router.post("/workplace/views")
    async def save(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ)
        me, now = visitor.account, house.clock()
        name, team_id = form.get("name", "").strip()[: views.LONGEST_NAME], form.get("team", "")
        which: List | None = next((one for one in LISTS if one == form.get("view")), None)
        if not name or which is None:
            raise Stopped(failures.no_name("/workplace"))
        filters = Filters.read({**form, "search": ""})
        async with house.database.write() as db:
            mine = {team.id for team in await teams.of_account(db, me.community, me.id)}
            shared = team_id if team_id in mine else None
            about = ("view", name, which, shared or "", urlencode(filters.set()))
            if await first_press(db, form.get("key", ""), me.id, about, now):
                try:
                    await views.save(db, me.community, me.id, name, which, filters, shared, now)
                except views.TooMany as full:
                    raise Stopped(failures.too_many_views()) from full
        address = urlencode({"view": which, **filters.set()})
        return RedirectResponse(f"/workplace?{address}", status_code=303)

    @router.post("/workplace/views/forget")
    async def forget(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ)
        me = visitor.account
        async with house.database.write() as db:
            await views.forget(db, me.community, me.id, form.get("id", ""))
        return RedirectResponse("/workplace", status_code=303)
