"""`pryimalnia applications`: a file into the register, and a receipt's code, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bots.app import house, keeping
from bots.app.faults import BadInput, StartFault
from bots.app.settings import Settings
from conversations.clock import utc_now
from handover import audit
from handover.applications import codes, importing
from handover.applications.importing import Imported
from handover.applications.reading import BadFile
from handover.applications.register import UnknownNumber
from handover.audit import Action
from knowledge_base.language import noun_form, number
from knowledge_base.understanding.receipts import canonical, grouped

SHOWN = 20
"""Faults that are printed for a person; a program gets those that are kept."""


async def import_file(settings: Settings, file: Path, *, dry_run: bool, as_json: bool) -> tuple[str, bool]:
    """Import a file; what to print, and whether every row was right. Raises BadInput for a file that is none."""
    async with house.database(settings) as database:
        today = utc_now().astimezone(ZoneInfo("Europe/Kyiv")).date()
        try:
            done = await importing.run(database, settings.community, file, today, utc_now, dry_run=dry_run)
        except BadFile as fault:
            raise BadInput(f"{file.name}: {fault}") from None
        if not dry_run:
            async with database.write() as db:
                await audit.record(
                    db,
                    community=settings.community,
                    account_id=None,
                    action=Action.APPLICATIONS_IMPORTED,
                    subject=None,
                    now=utc_now(),
                    facts={"rows": done.passed, "by": "server"},
                )
    return (_json(done, dry_run) if as_json else _words(done, dry_run)), not done.wrong


async def issue_code(settings: Settings, typed: str) -> str:
    """A new code for an application; printed once. Raises StartFault where there is none of this number."""
    number_ = canonical(typed)
    async with house.database(settings) as database:
        now = utc_now()
        async with database.write() as db:
            try:
                if number_ is None:
                    raise UnknownNumber
                code = await codes.issue(
                    db, settings.community, number_, keeping.signing_secret(settings), now
                )
            except UnknownNumber:
                raise StartFault(f"no application has the number {typed!r}; import it first") from None
            await audit.record(
                db,
                community=settings.community,
                account_id=None,
                action=Action.APPLICATION_CODE,
                subject=number_,
                now=now,
                facts={"by": "server"},
            )
    return grouped(code)


def _json(done: Imported, dry_run: bool) -> str:
    told = {
        "dry_run": dry_run,
        "rows": done.passed,
        **asdict(done.counts),
        "wrong": done.wrong,
        "faults": [asdict(one) for one in done.faults],
    }
    return orjson.dumps(told).decode()


def _words(done: Imported, dry_run: bool) -> str:
    of = done.counts
    head = "Буде" if dry_run else "Є"
    lines = [
        f"{head}: нових {number(of.new)}, змінених {number(of.changed)}, таких самих {number(of.same)}; "
        f"з помилками {number(done.wrong)} {noun_form(done.wrong, 'рядок')}"
    ]
    lines += [f"рядок {one.line}, {one.column}: {one.why}; {one.mend}" for one in done.faults[:SHOWN]]
    if len(done.faults) > SHOWN:
        lines.append(f"… і ще {number(len(done.faults) - SHOWN)}; усі показує --json")
    return "\n".join(lines)
