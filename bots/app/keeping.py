"""Looking after what is kept: the folder, the files, the signing secret."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

from bots.app.faults import StartFault
from bots.app.settings import Settings
from handover.retention import Policy


def prepare_folder(settings: Settings) -> None:
    """Make the folder and prove that it can be written. Raises StartFault."""
    folder = settings.folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StartFault(
            f"folder {folder} can't be written ({error.strerror}); give rights to it or set PRYIMALNIA_FOLDER"
        ) from None


def files_folder(settings: Settings) -> Path:
    """Where files people send are kept."""
    return settings.folder.resolve() / "files"


def signing_secret(settings: Settings) -> bytes:
    """The secret that signs links: the one that was set, else one made at first start and kept in the folder."""
    if settings.secret:
        return settings.secret.encode()
    path = settings.folder.resolve() / "secret"
    if not path.exists():
        _write_once(path, secrets.token_hex(32).encode())
    return path.read_bytes()


def _write_once(path: Path, content: bytes) -> None:
    """Whole or not at all, and never over another process's file: several may start at the same moment."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def policy(settings: Settings) -> Policy:
    """The policy that is set."""

    def kept(days: int) -> timedelta | None:
        return timedelta(days=days) if days else None

    return Policy(
        words=kept(settings.keep_words_days),
        files=kept(settings.keep_files_days),
        questions=kept(settings.keep_questions_days),
        payloads=kept(settings.keep_payloads_days),
        events=kept(settings.keep_events_days),
        rejected=kept(settings.keep_rejected_days),
        unreadable=kept(settings.keep_unreadable_days),
        sessions=kept(settings.keep_sessions_days),
        readings=kept(settings.keep_readings_days),
        actions=kept(settings.keep_actions_days),
    )
