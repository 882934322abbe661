"""Compares the content as it is now with a base from before, over invented people: what would become of whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bots.app.checking import day_of, view, whole_base
from bots.app.faults import BadInput, StartFault
from bots.app.knowledge import folder
from bots.app.settings import Settings
from knowledge_base import snapshot
from knowledge_base.checks.impact import Impact, Moved, bearing, impacts
from knowledge_base.checks.population import people as invented
from knowledge_base.checks.ruled import ruled_entries
from knowledge_base.language import number
from knowledge_base.rules.base import Base
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.reading import read_content

IN_WORDS = {"yes": "так", "no": "ні", "unknown": "невідомо", "specialist": "вирішує людина"}


def impact(
    settings: Settings, against: str | None, *, people: int, on: str | None, as_json: bool
) -> Iterator[str]:
    """A block of lines, or an object, an entry that is not as it was. Raises BadInput and StartFault."""
    base = whole_base(settings).base
    facts = view(settings, base).facts
    name, earlier = _earlier(settings, against)
    if settings.community not in earlier.communities:
        raise BadInput(f"--against: у базі {name} немає громади «{settings.community}»")
    now = ruled_entries(base, settings.community)
    before = ruled_entries(earlier, settings.community)
    asked = Dictionary(facts).reaching(bearing(before, now) & facts.keys())
    population = invented(asked, day_of(settings, base, on), people)
    found = 0
    for one in impacts(before, now, population):
        found += 1
        yield from [json.dumps(_object(one), ensure_ascii=False)] if as_json else _lines(one)
    if not as_json:
        yield f"карток {len(now)}, змінилося {found}; проти {name}, вигаданих людей {people}"


def _earlier(settings: Settings, against: str | None) -> tuple[str, Base]:
    """The base to compare with and what to call it."""
    built = folder(settings)
    try:
        if against is None:
            found = snapshot.before(settings.content, built)
            return found.version, found.base
        path = Path(against)
        if (path / "national").is_dir():
            return against, _content(path)
        if (path / snapshot.POINTER).is_file():
            return against, snapshot.current(path).base
        place = path if path.is_dir() else path.parent if path.is_file() else built / against
        return place.name, snapshot.load(place).base
    except snapshot.NoSnapshot as fault:
        if against is None:
            raise StartFault(f"{fault}; вкажіть --against або зберіть: knowledge build") from None
        raise BadInput(f"--against: {fault}") from None


def _content(path: Path) -> Base:
    reading = read_content(path)
    fault = next((problem for problem in reading.problems if problem.blocking), None)
    if fault is not None:
        raise BadInput(f"--against: {fault}")
    return reading.base


def _lines(one: Impact) -> Iterator[str]:
    if one.kind != "changed":
        yield f"{one.entry}: {'тепер обчислюється' if one.kind == 'added' else 'більше не обчислюється'}"
        return
    if not (one.shifts or one.more or one.less):
        yield f"{one.entry}: правила інші, для {one.people} людей нічого не змінилося"
    for shift in one.shifts:
        before, after = IN_WORDS[shift.before], IN_WORDS[shift.after]
        yield f"{one.entry}: {shift.people} з {one.people}: було {before}, стане {after}"
    for moved, word in ((one.more, "більша"), (one.less, "менша")):
        if moved is not None:
            by = number(moved.mean)
            yield f"{one.entry}: {moved.people} з {one.people}: сума {word}, у середньому на {by}"


def _object(one: Impact) -> dict[str, object]:
    return {
        "id": one.entry,
        "kind": one.kind,
        "people": one.people,
        "outcomes": [
            {"before": shift.before, "after": shift.after, "people": shift.people} for shift in one.shifts
        ],
        "more": _moved(one.more),
        "less": _moved(one.less),
    }


def _moved(moved: Moved | None) -> dict[str, object] | None:
    return None if moved is None else {"people": moved.people, "mean": float(moved.mean)}
