"""What is wrong with the content and where: file, line, field, and a message an editor can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

Path = tuple[str | int, ...]

CLOSE_ENOUGH = 60.0  # below this a suggestion misleads more than it helps


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `blocking` is False for a note: the base may be built, an editor has to look."""

    file: str
    line: int
    field: str
    message: str
    blocking: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


@dataclass(frozen=True)
class SourceFile:
    """One YAML file as it was read: its plain value and the line of every field, from 1."""

    name: str
    value: object
    lines: dict[Path, int] = field(repr=False)

    def line(self, path: Path) -> int:
        """The line of a field, or of the nearest field around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(frozen=True)
class Place:
    """A field of a file. Checks walk down with `at` and report from where they stand."""

    file: SourceFile
    path: Path = ()

    def at(self, *parts: str | int) -> Place:
        return replace(self, path=self.path + parts)

    @property
    def value(self) -> object:
        """What the file has at this field; None where it has nothing."""
        value = self.file.value
        for part in self.path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def problem(self, message: str, *, blocking: bool = True) -> Problem:
        dotted = ".".join(str(part) for part in self.path) or "файл"
        return Problem(self.file.name, self.file.line(self.path), dotted, message, blocking)


def nearest(name: str, known: Iterable[str]) -> str:
    """`: можливо, «…»` with the closest known name, or nothing when none is close."""
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return f": можливо, «{found[0]}»" if found else ""
