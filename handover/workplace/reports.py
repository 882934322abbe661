"""The head's reports: the page, what it is held against, what the bot did not know, and the files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from handover import audit
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.calendars import calendars
from handover.reports import checking, figures, periods, unanswered
from handover.reports import visits as visiting
from handover.reports.figures import Sifted
from handover.reports.periods import BadPeriod, Period
from handover.reports.report import Report, report
from handover.reports.worked import Worked
from handover.workplace import failures, report_files, reports_view
from handover.workplace.guard import Guard, Stopped, Visitor
from handover.workplace.hall_report import hall_line
from handover.workplace.report_files import Sheet
from handover.workplace.report_words import Title, places, titles
from knowledge_base.answers import Knowledge
from knowledge_base.understanding.reader import Words

ADDRESS = "/workplace/reports"
_LONGEST_NAME = 80
NARROWS = ("channel", "topic", "office")
"""What a query narrows a report to, in the order of `Sifted`."""

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """Which report is wanted, by whom, over which base."""

    visitor: Visitor
    period: Period
    sifted: Sifted
    knowledge: Knowledge
    title: Title
    place: Title

    @property
    def community(self) -> str:
        return self.visitor.account.community


@cache
def _words() -> Words:
    return Words.from_content()


def add_reports(router: APIRouter, guard: Guard) -> None:
    """/workplace/reports, its /check, /unanswered, /recount and files."""
    house, pages = guard.house, guard.pages

    def asked(visitor: Visitor, query: Mapping[str, str]) -> Asked:
        """Raises Stopped where the dates are no period."""
        knowledge, now = house.knowledge(visitor.account.community), house.clock()
        try:
            period = periods.chosen(query, now, ZoneInfo(knowledge.community.timezone))
        except BadPeriod as bad:
            raise Stopped(failures.bad_period(bad.why, ADDRESS)) from bad
        sifted = Sifted(*(query.get(name, "")[:_LONGEST_NAME] or None for name in NARROWS))
        return Asked(visitor, period, sifted, knowledge, titles(knowledge, now), places(knowledge))

    async def wanted(request: Request) -> Asked:
        visitor = await guard.visitor(request, Permission.REPORTS)
        return asked(visitor, request.query_params)

    async def counted(what: Asked) -> Report:
        async with house.database.read() as db:
            return await report(
                db, what.community, what.knowledge.community.reception, what.period, what.sifted
            )

    async def in_vain(what: Asked) -> unanswered.InVain:
        async with house.database.read() as db:
            questions = await unanswered.asked_in_vain(db, what.community, what.period, what.sifted)
        return await asyncio.to_thread(unanswered.in_groups, questions, _words())

    @router.get(ADDRESS)
    async def reports(request: Request) -> Response:
        what = await wanted(request)
        whole = await visiting.catch_up(house.database, what.community, what.period.zone, visiting.FOR_A_PAGE)
        shown = reports_view.page(await counted(what), what.title, what.place)
        return guard.page(what.visitor, "reports.html", "reports", report=shown, whole=whole)

    @router.get(f"{ADDRESS}/check")
    async def check(request: Request) -> Response:
        what = await wanted(request)
        async with house.database.read() as db:
            held = await checking.check(db, what.community, what.period, what.sifted.channel)
            hall = await hall_line(db, what.community, what.period)
        line = reports_view.check_line(held, what.period)
        query = reports_view.query_of(what.period, what.sifted)
        csrf = what.visitor.session.csrf_token
        return HTMLResponse(pages.render("reports_check.html", check=line, hall=hall, query=query, csrf=csrf))

    @router.get(f"{ADDRESS}/unanswered")
    async def not_known(request: Request) -> Response:
        what = await wanted(request)
        said, rows = reports_view.in_vain_rows(await in_vain(what), what.title)
        return HTMLResponse(pages.render("reports_unanswered.html", said=said, rows=rows))

    @router.post(f"{ADDRESS}/recount")
    async def recount(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.REPORTS)
        query = form.get("query", "")
        what = asked(visitor, dict(parse_qsl(query)))
        period = what.period
        await visiting.recount(house.database, what.community, period.zone, period.start, period.end)
        await recorded(what, Action.RECOUNTED, {})
        query = reports_view.query_of(period, what.sifted)
        return RedirectResponse(f"{ADDRESS}?{query}", status_code=303)

    async def recorded(what: Asked, action: Action, facts: Mapping[str, str]) -> None:
        period = what.period
        async with house.database.write() as db:
            await audit.record(
                db,
                community=what.community,
                account_id=what.visitor.account.id,
                action=action,
                subject=None,
                now=period.now,
                facts={"from": period.first.isoformat(), "to": period.last.isoformat(), **facts},
            )

    async def sheets(what: Asked, part: str) -> list[Sheet]:
        """The tables of a file: `figures`, `consultations`, `visits`, or `report` for all of them."""
        found: list[Sheet] = []
        # A file goes further than the page: it waits until everything is counted.
        await visiting.catch_up(house.database, what.community, what.period.zone)
        whole = await counted(what)
        period = what.period
        within = (what.community, period.start, period.end, what.sifted)
        if part in ("figures", "report"):
            found += report_files.figures(whole, await in_vain(what), what.title, what.place)
        if part in ("consultations", "report"):
            async with house.database.read() as db:
                opened = await figures.consultations(db, *within)
                office = what.knowledge.community.reception
                calendar = await calendars.reaching_back(db, what.community, office, period.start)
            worked = Worked(calendar, period.start, period.now, period.zone)
            found.append(report_files.consultations(opened, worked, whole, what.title, what.place))
        if part in ("visits", "report"):
            async with house.database.read() as db:
                rows = await figures.visit_rows(db, *within)
            found.append(report_files.visits(rows, what.title, what.place))
        return found

    def as_file(what: Asked, content: bytes, media_type: str, name: str) -> Response:
        period = what.period
        named = f"{name}-{period.first.isoformat()}-{period.last.isoformat()}"
        ending = "xlsx" if media_type == _EXCEL else "csv"
        return Response(
            content,
            media_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="{named}.{ending}"'},
        )

    @router.get(f"{ADDRESS}/report.xlsx")
    async def workbook(request: Request) -> Response:
        what = await wanted(request)
        content = await asyncio.to_thread(report_files.as_excel, await sheets(what, "report"))
        await recorded(what, Action.EXPORTED, {"file": "report.xlsx"})
        return as_file(what, content, _EXCEL, "zvit")

    @router.get(f"{ADDRESS}/{{part}}.csv")
    async def table(request: Request, part: str) -> Response:
        what = await wanted(request)
        if part not in _TABLES:
            raise Stopped(failures.unknown())
        content = await asyncio.to_thread(report_files.as_csv, await sheets(what, part))
        await recorded(what, Action.EXPORTED, {"file": f"{part}.csv"})
        return as_file(what, content, _CSV, _TABLES[part])


_TABLES = {"figures": "pokaznyky", "consultations": "konsultatsii", "visits": "rozmovy"}
