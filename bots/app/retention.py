"""`pryimalnia retention`: the policy of the settings, what is older than it allows, and its removal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from bots.app import house, keeping, marks
from bots.app.settings import Settings
from conversations.attachments import FolderStore
from conversations.clock import utc_now
from handover.retention import retain, survey


@dataclass(frozen=True)
class Line:
    """One kind: `days` allowed (None: for ever), rows `older` before, `removed` with their `files`, `left` after."""

    kind: str
    days: int | None
    older: int
    removed: int
    files: int
    left: int


async def run(settings: Settings, *, dry_run: bool, as_json: bool) -> str:
    """Apply the policy to the end, or only look. What is printed. Raises StartFault."""
    now = utc_now()
    lines = await apply(settings, now, dry_run=dry_run)
    if not dry_run:
        marks.mark(settings, "retention")
    if as_json:
        return json.dumps(
            {"at": now.isoformat(), "dry_run": dry_run, "kinds": [asdict(one) for one in lines]}
        )
    return "\n".join(_table(lines))


async def apply(settings: Settings, now: datetime, *, dry_run: bool) -> list[Line]:
    """The same, a line a kind. Raises StartFault."""
    store = FolderStore(keeping.files_folder(settings), settings.file_limit_megabytes * house.MEGABYTE)
    wanted = keeping.policy(settings)
    async with house.database(settings) as database:
        before = await survey(database, store, wanted, now)
        rows: dict[str, int] = {}
        files: dict[str, int] = {}
        while not dry_run and (taken := await retain(database, store, wanted, settings.community, now)):
            for one in taken:
                rows[one.kind] = rows.get(one.kind, 0) + one.rows
                files[one.kind] = files.get(one.kind, 0) + one.files
        after = {one.kind: one.count for one in await survey(database, store, wanted, now)}
    return [
        Line(
            kind=one.kind,
            days=None if one.kept is None else one.kept.days,
            older=one.count,
            removed=rows.get(one.kind, 0),
            files=files.get(one.kind, 0),
            left=after[one.kind],
        )
        for one in before
    ]


def _table(lines: list[Line]) -> Iterator[str]:
    yield f"{'kind':<18}{'days':>8}{'older':>9}{'removed':>9}{'files':>7}{'left':>7}"
    for one in lines:
        days = "for ever" if one.days is None else str(one.days)
        yield f"{one.kind:<18}{days:>8}{one.older:>9}{one.removed:>9}{one.files:>7}{one.left:>7}"
