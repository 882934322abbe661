"""Gathers the figures of the report: entry by entry, what expires, the size of the base and its pace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import process_time

from knowledge_base.checks.boundaries import boundaries
from knowledge_base.checks.freshness import parameters_of
from knowledge_base.checks.interviews import interviews
from knowledge_base.checks.mutants import score
from knowledge_base.checks.population import Person, people
from knowledge_base.checks.ruled import Ruled, ruled_entries
from knowledge_base.checks.style import readability
from knowledge_base.checks.walk import walk_entry
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Base, Case
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.community import CommunityView, view_of
from knowledge_base.rules.parameters import open_value
from knowledge_base.rules.schema import LOOKED_AFTER, Entry

INTERVIEWED = 30
"""Invented people each interview is held with."""


@dataclass(frozen=True)
class Evaluated:
    """What the checks of an entry with rules came to; `ways_cut`: there are more ways than were walked."""

    ways: int
    ways_cut: bool
    longest_way: int
    mutants_killed: int
    mutants: int
    limits_held: int
    limits: int
    questions_mean: float
    questions_longest: int


@dataclass(frozen=True)
class EntryFigures:
    """One entry; counts unless said otherwise. `evaluated` is None where no outcome is worked out."""

    id: str
    title: str
    group: str
    status: str
    owner: str
    confidence: str
    doubts: tuple[str, ...]
    cases: int
    phrasings: int
    golden: int
    sources: int
    missing_pins: int
    review_by: date
    second_reading: date | None
    corrections: int | None
    words_mean: float
    words_longest: int
    evaluated: Evaluated | None


@dataclass(frozen=True)
class Expiring:
    """A parameter with the last day it is vouched for and the entries that use it."""

    parameter: str
    title: str
    known_through: date
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """All of the report.

    `load_ms`: processor time to read the compiled base; `assess_ms`: to assess every entry for one person.
    """

    version: str
    community: str
    on: date
    entries: tuple[EntryFigures, ...]
    expiring: tuple[Expiring, ...]
    size: Mapping[str, int]
    interviewed: int
    load_ms: float
    assess_ms: float


def gather(
    base: Base, version: str, community: str, golden: Path, on: date, tell: Callable[[str], None]
) -> Figures:
    """The figures of a base without faults; `tell` hears of each entry before it is looked at."""
    view = view_of(base, community)
    cases = base.cases | base.communities[community].cases
    ruled = ruled_entries(base, community)
    asked = tuple(people(Dictionary(view.facts), on, INTERVIEWED))
    messages = _golden(golden)
    entries = []
    for name, entry in sorted(view.entries.items(), key=lambda pair: (pair[1].group, pair[0])):
        tell(name)
        evaluated = _evaluated(ruled[name], asked) if name in ruled else None
        entries.append(_entry(entry, cases.get(name, ()), messages[name], evaluated))
    compiled = base.model_dump_json(by_alias=True, exclude_defaults=True)
    size = {
        "entries": len(view.entries),
        "evaluated": len(ruled),
        "facts": len(view.facts),
        "parameters": len(view.parameters),
        "documents": len(view.documents),
        "sources": len(view.sources),
        "cases": sum(len(cases.get(name, ())) for name in view.entries),
        "phrasings": sum(one.phrasings for one in entries),
        "golden": sum(messages.values()),
        "bytes": len(compiled.encode()),
    }
    return Figures(
        version=version,
        community=community,
        on=on,
        entries=tuple(entries),
        expiring=tuple(_expiring(view)),
        size=size,
        interviewed=len(asked),
        load_ms=_milliseconds(lambda: Base.model_validate_json(compiled)),
        assess_ms=_pace(ruled, asked),
    )


def _entry(entry: Entry, cases: tuple[Case, ...], golden: int, evaluated: Evaluated | None) -> EntryFigures:
    read = readability(entry)
    second = entry.second_reading
    return EntryFigures(
        id=entry.id,
        title=entry.title.uk,
        group=entry.group,
        status=entry.status,
        owner=entry.owner,
        confidence=entry.confidence,
        doubts=tuple(doubt.uk for doubt in entry.doubts),
        cases=len(cases),
        phrasings=len(entry.phrasings.every()),
        golden=golden,
        sources=len(entry.sources),
        missing_pins=sum(source.pin is None for source in entry.sources),
        review_by=entry.review_by,
        second_reading=second.day if second else None,
        corrections=second.corrections if second else None,
        words_mean=round(read.mean, 1),
        words_longest=read.longest,
        evaluated=evaluated,
    )


def _evaluated(one: Ruled, asked: tuple[Person, ...]) -> Evaluated:
    walked = walk_entry(one.rules, one.cases)
    scored = score(one.rules, one.cases)
    limits = boundaries(one.rules, one.cases)
    held = interviews(one.rules, asked)
    return Evaluated(
        ways=walked.leaves,
        ways_cut=walked.cut,
        longest_way=walked.longest,
        mutants_killed=scored.killed,
        mutants=scored.total,
        limits_held=sum(limit.whole for limit in limits),
        limits=len(limits),
        questions_mean=round(held.mean, 1),
        questions_longest=held.longest,
    )


def _expiring(view: CommunityView) -> list[Expiring]:
    """The parameters that entries use, the soonest to run out first."""
    dictionary = Dictionary(view.facts)
    users: dict[str, list[str]] = {}
    for name, entry in sorted(view.entries.items()):
        if entry.status in LOOKED_AFTER:
            for parameter in parameters_of(Rules(entry, dictionary, view.parameters)):
                users.setdefault(parameter, []).append(name)
    found = [
        Expiring(name, view.parameters[name].title.uk, horizon, tuple(entries))
        for name, entries in users.items()
        if (horizon := open_value(view.parameters[name]).known_through) is not None
    ]
    return sorted(found, key=lambda one: (one.known_through, one.parameter))


def _golden(folder: Path) -> Counter[str]:
    """How many golden messages ask for each entry."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                counts[json.loads(line)["label"]] += 1
    return counts


def _pace(ruled: Mapping[str, Ruled], asked: tuple[Person, ...]) -> float:
    """Milliseconds to assess every entry for one person, on average."""

    def everything() -> None:
        for person in asked:
            for one in ruled.values():
                one.rules.assess(person.known, person.on)

    return round(_milliseconds(everything) / max(1, len(asked)), 1)


def _milliseconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return round((process_time() - start) * 1000, 1)
