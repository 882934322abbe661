"""The supervisor's page of what goes on now; it renews itself when the queue changes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from handover.accounts.permissions import Permission
from handover.calendars import calendars
from handover.reports import board, periods
from handover.reports.figures import Sifted
from handover.reports.report import report
from handover.reports.visits import FOR_A_PAGE, catch_up
from handover.workplace import board_view
from handover.workplace.board_view import BoardPage
from handover.workplace.guard import Guard, Visitor
from handover.workplace.report_words import titles

ADDRESS = "/workplace/board"


def add_board(router: APIRouter, guard: Guard) -> None:
    """/workplace/board and its /part."""
    house, pages = guard.house, guard.pages

    async def shown(visitor: Visitor) -> BoardPage:
        community, now = visitor.account.community, house.clock()
        knowledge = house.knowledge(community)
        office, zone = knowledge.community.reception, ZoneInfo(knowledge.community.timezone)
        today = periods.chosen({"period": "today"}, now, zone)
        whole = await catch_up(house.database, community, zone, FOR_A_PAGE)
        async with house.database.read() as db:
            stands = await board.stands(db, community, now)
            queue = await board.waiting(db, community)
            desks = await board.desks(db, community, house.policy, today.start)
            counted = await report(db, community, office, today, Sifted())
            calendar = await calendars.current(db, community, office, now)
        silent = house.policy.silent
        return board_view.page(
            stands, queue, desks, silent, counted, calendar, titles(knowledge, now), whole=whole
        )

    @router.get(ADDRESS)
    async def whole(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.REPORTS)
        return guard.page(visitor, "board.html", "board", board=await shown(visitor))

    @router.get(f"{ADDRESS}/part")
    async def part(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.REPORTS)
        return HTMLResponse(pages.render("board_part.html", board=await shown(visitor)))
