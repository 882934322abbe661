"""`pryimalnia backup`, `restore` and `restore-check`: database and files in one archive for either database."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from bots.app import house, keeping, marks
from bots.app.faults import BadInput, StartFault
from bots.app.settings import Settings
from conversations import backup as backups
from conversations.attachments import FolderStore
from conversations.backup import BackupFault, Comparison, Manifest


async def backup(settings: Settings, file: Path) -> str:
    """Write a backup; it may run while the reception is open. Raises StartFault."""
    async with house.database(settings) as database:
        try:
            manifest = await backups.backup(database, _store(settings), file)
        except (BackupFault, OSError) as fault:
            raise StartFault(f"the backup could not be written: {fault}") from None
    marks.mark(settings, "backup")
    return f"{file}: {_contents(manifest)}"


async def restore(settings: Settings, file: Path) -> str:
    """Put a backup into an empty reception. Raises StartFault."""
    async with house.database(settings) as database:
        try:
            manifest = await backups.restore(database, _store(settings), file)
        except (BackupFault, OSError) as fault:
            raise StartFault(f"the backup could not be restored: {fault}") from None
    return f"restored {_contents(manifest)}"


async def restore_check(file: Path, into: str | None) -> Comparison:
    """A drill: restore aside, read it again, compare. Raises StartFault, BadInput.

    Into a fresh SQLite file that is removed afterwards, or into the empty database `into`, where the rows stay. The
    reception's own database and files are not touched.
    """
    with tempfile.TemporaryDirectory(prefix="restore-check-") as folder:
        try:
            settings = Settings.model_validate({"folder": folder, "database_url": into or ""})
        except ValidationError as fault:
            words = fault.errors(include_input=False, include_url=False)[0]["msg"]
            raise BadInput(f"--into {words.removeprefix('Value error, ')}") from None
        await restore(settings, file)
        async with house.database(settings) as database:
            try:
                return await backups.compare(database, _store(settings), file)
            except (BackupFault, OSError) as fault:
                raise StartFault(f"the restored backup could not be compared: {fault}") from None


def table_of(found: Comparison) -> Iterator[str]:
    """What a drill found, for a person."""
    width = max(len(one.name) for one in found.tables)
    yield f"{'table':<{width}}  {'rows':>9}  {'restored':>9}  sha256 of the backup  of the restored"
    for one in found.tables:
        yield (
            f"{one.name:<{width}}  {one.rows:>9}  {one.rows_restored:>9}  {one.sha256[:16]:<20}"
            f"  {one.sha256_restored[:16]}{'' if one.same else '  DIFFERS'}"
        )
    files = found.manifest.files
    yield (
        f"files: {len(files)} in the backup, {len(files) - len(found.damaged)} restored whole, "
        f"{len(found.manifest.missing)} were missing when it was made"
    )
    for content_hash in found.damaged:
        yield f"file {content_hash} DIFFERS"
    yield f"revision {found.manifest.revision}: " + (
        "everything is the same" if found.same else "NOT the same"
    )


def json_of(found: Comparison) -> str:
    """The same as one JSON object, for programs. Fields may be added, never renamed."""
    return json.dumps(
        {
            "revision": found.manifest.revision,
            "same": found.same,
            "rows": found.manifest.rows,
            "tables": [{**asdict(one), "same": one.same} for one in found.tables],
            "files": {
                "listed": len(found.manifest.files),
                "restored": len(found.manifest.files) - len(found.damaged),
                "missing": found.manifest.missing,
                "damaged": found.damaged,
            },
        },
        ensure_ascii=False,
    )


def _store(settings: Settings) -> FolderStore:
    return FolderStore(keeping.files_folder(settings), settings.file_limit_megabytes * house.MEGABYTE)


def _contents(manifest: Manifest) -> str:
    text = f"{manifest.rows} rows, {len(manifest.files)} files, revision {manifest.revision}"
    return f"{text}; {len(manifest.missing)} files were missing" if manifest.missing else text
