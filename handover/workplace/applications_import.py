"""Files of applications on the page: given, looked through first, imported, with what is wrong in them as a file."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import tempfile
from collections.abc import Coroutine
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission
from handover.applications import importing, imports
from handover.applications.importing import Imported
from handover.applications.imports import Import, Stage, UnknownImport
from handover.applications.reading import BadFile
from handover.audit import Action
from handover.calendars.hours import KYIV
from handover.workplace import register_failures
from handover.workplace.applications_page import PAGE
from handover.workplace.applications_view import coming
from handover.workplace.guard import Guard, Stopped, is_htmx
from handover.workplace.house import WorkplaceHouse
from handover.workplace.report_files import STARTS_A_FORMULA
from handover.workplace.uploading import NoFile, TooLarge, read_upload

IMPORT = f"{PAGE}/import"
LARGEST = 50_000_000
"""Bytes of a file."""

log = logging.getLogger(__name__)


class Importer:
    """Works on files in the background of this process, one task a file."""

    def __init__(self, house: WorkplaceHouse) -> None:
        self._house = house
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, me: Account, one: Import, *, dry_run: bool) -> None:
        """Begin with a file that was entered into its stage."""
        task = asyncio.create_task(self._guarded(self._work(me, one, dry_run=dry_run)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as fault:
            # Its words may hold what stands in the file. The row falls silent, and the page says so.
            log.error("an import of applications failed: %s", type(fault).__name__)

    async def _work(self, me: Account, one: Import, *, dry_run: bool) -> None:
        house = self._house
        running: Stage = "looking" if dry_run else "importing"

        async def told(so_far: Imported) -> bool:
            async with house.database.write() as db:
                return await imports.told(db, one.id, so_far, running, house.clock())

        with tempfile.NamedTemporaryFile(prefix="applications-") as file:
            await asyncio.to_thread(file.write, await house.store.get(one.content_hash))
            file.flush()
            today = house.clock().astimezone(KYIV).date()
            try:
                done = await importing.run(
                    house.database,
                    me.community,
                    Path(file.name),
                    today,
                    house.clock,
                    dry_run=dry_run,
                    told=told,
                )
            except BadFile as fault:
                async with house.database.write() as db:
                    await imports.refuse(db, one.id, str(fault), house.clock())
                await house.store.drop(one.content_hash)
                return
        stage: Stage = "cancelled" if done.stopped else "looked" if dry_run else "done"
        async with house.database.write() as db:
            await imports.told(db, one.id, done, stage, house.clock())
            if not dry_run:
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=Action.APPLICATIONS_IMPORTED,
                    subject=None,
                    now=house.clock(),
                    facts={"file": one.file_name[:80], "rows": done.passed},
                )
        if stage != "looked":
            await house.store.drop(one.content_hash)


def add_applications_import(router: APIRouter, guard: Guard) -> None:
    """/workplace/applications/import: the form, a file with its part, begin, stop, and errors.csv."""
    house, pages = guard.house, guard.pages
    importer = Importer(house)

    async def of(me: Account, import_id: str) -> Import:
        async with house.database.read() as db:
            try:
                return await imports.find(db, me.community, import_id)
            except UnknownImport:
                raise Stopped(register_failures.no_import(IMPORT)) from None

    def address(one: Import) -> str:
        return f"{IMPORT}/{one.id}"

    @router.get(IMPORT)
    async def form(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.IMPORTS)
        now = house.clock()
        async with house.database.read() as db:
            late = await imports.latest(db, visitor.account.community)
        return guard.page(
            visitor,
            "applications_import.html",
            "applications",
            one=None,
            late=[coming(one, now) for one in late],
        )

    @router.post(IMPORT)
    async def give(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.IMPORTS)
        me, now = visitor.account, house.clock()
        try:
            upload = await read_upload(request, visitor.session, LARGEST)
        except TooLarge:
            raise Stopped(register_failures.large_import(LARGEST, IMPORT)) from None
        except NoFile:
            raise Stopped(register_failures.no_import_file(IMPORT)) from None
        content_hash = await house.store.keep(upload.content)
        async with house.database.write() as db:
            one = await imports.begin(db, me, upload.name or "файл", content_hash, now)
        importer.start(me, one, dry_run=True)
        return RedirectResponse(address(one), status_code=303)

    @router.get(f"{IMPORT}/{{import_id}}")
    async def looked(request: Request, import_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.IMPORTS)
        one = coming(await of(visitor.account, import_id), house.clock())
        if is_htmx(request):
            csrf = visitor.session.csrf_token
            return HTMLResponse(pages.render("applications_import_part.html", one=one, csrf=csrf))
        return guard.page(visitor, "applications_import.html", "applications", one=one, late=[])

    @router.post(f"{IMPORT}/{{import_id}}/begin")
    async def begin(request: Request, import_id: str) -> Response:
        visitor, _ = await guard.acting(request, Permission.IMPORTS)
        me, now = visitor.account, house.clock()
        one = await of(me, import_id)
        dry_run = one.stage == "looking"
        if one.stage == "looked" or one.broken_off(now):
            if not await house.store.has(one.content_hash):
                raise Stopped(register_failures.no_import(IMPORT))
            async with house.database.write() as db:
                entered = await imports.enter(db, one, "looking" if dry_run else "importing", now)
            if entered:
                importer.start(me, one, dry_run=dry_run)
        return RedirectResponse(address(one), status_code=303)

    @router.post(f"{IMPORT}/{{import_id}}/stop")
    async def stop(request: Request, import_id: str) -> Response:
        visitor, _ = await guard.acting(request, Permission.IMPORTS)
        one, now = await of(visitor.account, import_id), house.clock()
        async with house.database.write() as db:
            if one.goes_on(now):
                await imports.ask_to_stop(db, one.id)
            elif one.stage not in ("done", "refused", "cancelled"):
                await imports.enter(db, one, "cancelled", now)
        return RedirectResponse(address(one), status_code=303)

    @router.get(f"{IMPORT}/{{import_id}}/errors.csv")
    async def errors(request: Request, import_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.IMPORTS)
        one = await of(visitor.account, import_id)
        return Response(
            _faults(one),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="pomylky.csv"'},
        )


def _faults(one: Import) -> bytes:
    """What is wrong, for Excel in Ukrainian."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerow(("Рядок", "Колонка", "Що не так", "Як виправити"))
    for fault in one.faults:
        cells = (str(fault.line), fault.column, fault.why, fault.mend)
        writer.writerow([f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell for cell in cells])
    return table.getvalue().encode("utf-8-sig")
