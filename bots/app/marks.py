"""When a job of the house last went well: an empty file a job in the folder, whose time is the answer.

Jobs are commands and processes of their own, also ones that a timer of the machine starts, so memory would not do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from bots.app.settings import Settings

Job = Literal["retention", "backup", "restore-check"]

JOBS: tuple[Job, ...] = get_args(Job)


def mark(settings: Settings, job: Job) -> None:
    """Say that a job has just gone well."""
    path = _path(settings, job)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def marked_at(settings: Settings, job: Job) -> float:
    """The Unix time of the last success, 0 where there was none."""
    try:
        return _path(settings, job).stat().st_mtime
    except OSError:
        return 0.0


def _path(settings: Settings, job: Job) -> Path:
    return settings.folder.resolve() / "done" / job
