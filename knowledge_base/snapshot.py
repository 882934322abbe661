"""The compiled base: one JSON file under a folder named by its version, with a pointer swapped atomically.

    <target>/<version>/snapshot.json      <target>/CURRENT  (the version being served)

The version is a hash of the content files and of the format, so a start only hashes and loads. A base with
any blocking problem is refused and whatever was current keeps serving.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from knowledge_base.checks import CONTENT, check_reading
from knowledge_base.rules.base import Base
from knowledge_base.rules.problems import Problem
from knowledge_base.rules.reading import content_files, read_content

FORMAT = 1  # raise it when a snapshot written before can no longer be read
KEPT = 3
POINTER = "CURRENT"
FILE = "snapshot.json"


class RefusedBase(Exception):
    """The content is not whole: `problems` name file, line and field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{first} (усього помилок: {len(problems)})")
        self.problems = tuple(problems)


class NoSnapshot(Exception):
    """Nothing has been compiled under this folder yet, or what is there cannot be read."""


@dataclass(frozen=True)
class Snapshot:
    """One compiled base with its version."""

    version: str
    base: Base


def version_of(content: Path = CONTENT) -> str:
    """Sixteen hexadecimal digits over the names and bytes of every content file, and the format."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    for path in content_files(content):
        body = path.read_bytes()
        digest.update(f"\n{path.relative_to(content).as_posix()} {len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()[:16]


def build(content: Path, target: Path) -> str:
    """Compiles the content, makes it current, returns its version. RefusedBase: nothing has changed."""
    version = version_of(content)
    reading = read_content(content)
    blocking = [problem for problem in check_reading(reading) if problem.blocking]
    if blocking:
        raise RefusedBase(blocking)
    target.mkdir(parents=True, exist_ok=True)
    _store(target, version, reading.base.model_dump_json(by_alias=True, exclude_defaults=True))
    _point(target, version)
    _forget_old(target, version)
    return version


def current(target: Path) -> Snapshot:
    """The base that is being served. Raises NoSnapshot."""
    try:
        version = (target / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoSnapshot(f"у {target} немає зібраної бази") from None
    return load(target / version)


def load(folder: Path) -> Snapshot:
    """The base compiled into a folder named by its version. Raises NoSnapshot."""
    try:
        return Snapshot(folder.name, Base.model_validate_json((folder / FILE).read_bytes()))
    except FileNotFoundError:
        raise NoSnapshot(f"у {folder.parent} немає зібраної бази {folder.name}") from None
    except ValidationError:
        raise NoSnapshot(f"зібрану базу в {folder.parent} не прочитати: зберіть її знову") from None


def before(content: Path, target: Path) -> Snapshot:
    """The base that was last compiled from another content; this very one where none is kept. Raises NoSnapshot."""
    folders = sorted(
        (path.parent for path in target.glob(f"*/{FILE}")),
        key=lambda folder: (folder / FILE).stat().st_mtime_ns,
        reverse=True,
    )
    version = version_of(content)
    other = next((folder for folder in folders if folder.name != version), None)
    return current(target) if other is None else load(other)


def ready(content: Path, target: Path) -> Snapshot:
    """The base of this very content: loaded when current already, else compiled. Raises RefusedBase."""
    if is_built(content, target):
        with contextlib.suppress(NoSnapshot):
            return current(target)
    build(content, target)
    return current(target)


def is_built(content: Path, target: Path) -> bool:
    """Whether the base being served is of this very content, which therefore has nothing to mend."""
    try:
        return (target / POINTER).read_text(encoding="utf-8").strip() == version_of(content)
    except FileNotFoundError:
        return False


def _store(target: Path, version: str, text: str) -> None:
    """Writes beside and renames: a half-written snapshot can never stand under its final name."""
    folder = target / version
    folder.mkdir(exist_ok=True)
    _write_whole(folder / FILE, text)


def _point(target: Path, version: str) -> None:
    _write_whole(target / POINTER, version + "\n")


def _write_whole(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _forget_old(target: Path, version: str) -> None:
    """Keeps the current snapshot and the latest others, to have something to go back to."""
    others = [path.parent for path in target.glob(f"*/{FILE}") if path.parent.name != version]
    others.sort(key=lambda folder: (folder / FILE).stat().st_mtime_ns, reverse=True)
    for folder in others[KEPT - 1 :]:
        shutil.rmtree(folder)
