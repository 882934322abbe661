"""Looking after what is kept: the folder, the files, the signing secret."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from bots.app.faults import StartFault
from bots.app.settings import Settings


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
