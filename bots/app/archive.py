"""`pryimalnia backup` and `restore`: the database and the files people sent, in one archive for either database."""

from __future__ import annotations

from pathlib import Path

from bots.app import house, keeping
from bots.app.faults import StartFault
from bots.app.settings import Settings
from conversations import backup as backups
from conversations.attachments import FolderStore
from conversations.backup import BackupFault, Manifest


async def backup(settings: Settings, file: Path) -> str:
    """Write a backup; it may run while the reception is open. Raises StartFault."""
    async with house.database(settings) as database:
        try:
            manifest = await backups.backup(database, _store(settings), file)
        except (BackupFault, OSError) as fault:
            raise StartFault(f"the backup could not be written: {fault}") from None
    return f"{file}: {_contents(manifest)}"


async def restore(settings: Settings, file: Path) -> str:
    """Put a backup into an empty reception. Raises StartFault."""
    async with house.database(settings) as database:
        try:
            manifest = await backups.restore(database, _store(settings), file)
        except (BackupFault, OSError) as fault:
            raise StartFault(f"the backup could not be restored: {fault}") from None
    return f"restored {_contents(manifest)}"


def _store(settings: Settings) -> FolderStore:
    return FolderStore(keeping.files_folder(settings), settings.file_limit_megabytes * house.MEGABYTE)


def _contents(manifest: Manifest) -> str:
    text = f"{manifest.rows} rows, {len(manifest.files)} files, revision {manifest.revision}"
    return f"{text}; {len(manifest.missing)} files were missing" if manifest.missing else text
