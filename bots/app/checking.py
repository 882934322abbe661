"""The checks an editor runs before publishing: all of them, the mutants of an entry, the cases at its limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import typer

from bots.app.assessing import read_day
from bots.app.faults import BadInput, StartFault
from bots.app.knowledge import folder
from bots.app.settings import Settings
from knowledge_base import checks, snapshot
from knowledge_base.checks.boundaries import Boundary, boundaries
from knowledge_base.checks.boundary_cases import generate
from knowledge_base.checks.crossing import check_crossing
from knowledge_base.checks.freshness import check_freshness, overdue
from knowledge_base.checks.mutants import score
from knowledge_base.checks.promises import check_promises
from knowledge_base.checks.ruled import Ruled, place_of, ruled_entries
from knowledge_base.checks.sampling import Samples
from knowledge_base.checks.style import check_style
from knowledge_base.checks.walk import walk_entry
from knowledge_base.rules.base import Base
from knowledge_base.rules.community import CommunityView, view_of
from knowledge_base.rules.problems import Problem, nearest
from knowledge_base.rules.reading import NATIONAL, Reading, read_content
from knowledge_base.rules.schema import UNFINISHED


def check(settings: Settings, *, full: bool = False, on: str | None = None) -> int:
    """Print every problem of the content and a closing count; returns the exit code.

    With `full`, where there is nothing to mend, also two lines an evaluated entry: in how many ways its interview
    may end, the most facts asked on one of them, how many of its mutants its cases notice; and how many of its
    limits they hold. What is wrong with it follows them, then what is wrong between entries, what is due as of the
    day `on`, and what is hard to read. Raises BadInput for a day that is none.
    """
    reading = read_content(settings.content)
    problems = checks.check_reading(reading)
    for problem in problems:
        typer.echo(str(problem))
    if full and not any(problem.blocking for problem in problems):
        problems += _full(reading, settings, day_of(settings, reading.base, on))
    blocking = sum(problem.blocking for problem in problems)
    typer.echo(f"{len(problems)} found, {blocking} to mend before the base can be built")
    return 1 if blocking else 0


def mutants(settings: Settings, entry_id: str | None, *, as_json: bool) -> Iterator[str]:
    """How many wrong versions of each evaluated entry its cases notice, and which they do not. Raises BadInput."""
    for one in _chosen(settings, entry_id).values():
        found = score(one.rules, one.cases)
        if as_json:
            survivors = [{"path": each.path, "change": each.change} for each in found.survivors]
            row = {"id": found.entry, "killed": found.killed, "total": found.total, "survivors": survivors}
            yield json.dumps(row, ensure_ascii=False)
            continue
        yield f"{found.entry:<34} {found.killed}/{found.total}"
        yield from (f"  {each.path}: {each.change}" for each in found.survivors)


def limits(settings: Settings, entry_id: str, *, all_sides: bool) -> Iterator[str]:
    """Cases for the sides of an entry's limits that none holds, or for every side, as YAML. Raises BadInput."""
    for name, one in _chosen(settings, entry_id).items():
        found = boundaries(one.rules, one.cases)
        yield f"# {name}, меж: {_held(found)}. Так виходить зараз: звірте із законом, перш ніж вставляти."
        for case in generate(one.rules, one.cases, found, all_sides=all_sides):
            if isinstance(case, Boundary):
                yield f"# не складено, допишіть самі: {case}"
            else:
                yield from case.lines()


def day_of(settings: Settings, base: Base, on: str | None) -> date:
    """The day meant by `--on`, else today in the community. Raises BadInput."""
    if on is None:
        return datetime.now(ZoneInfo(view(settings, base).head.timezone)).date()
    return read_day(on)


def view(settings: Settings, base: Base) -> CommunityView:
    """The base as the community sees it. Raises StartFault where the base does not have it."""
    try:
        return view_of(base, settings.community)
    except KeyError:
        known = ", ".join(sorted(base.communities))
        raise StartFault(
            f"community {settings.community!r} is not in the knowledge base; "
            f"set PRYIMALNIA_COMMUNITY to one of: {known}"
        ) from None


def whole_base(settings: Settings) -> Reading:
    """The content as it is now, not as it was built. Raises StartFault where something is to be mended."""
    reading = read_content(settings.content)
    if snapshot.is_built(settings.content, folder(settings)):
        return reading
    fault = next((problem for problem in checks.check_reading(reading) if problem.blocking), None)
    if fault is not None:
        raise StartFault(
            f"the knowledge base has faults; first: {fault}. `pryimalnia knowledge check` shows all"
        )
    return reading


def _chosen(settings: Settings, entry_id: str | None) -> dict[str, Ruled]:
    """The community's evaluated entries and those that wait for publishing, or one of them. Raises BadInput."""
    base = whole_base(settings).base
    entries = view(settings, base).entries
    ruled = ruled_entries(base, settings.community)
    if entry_id is None:
        return ruled
    names = {alias: name for name, entry in entries.items() for alias in (name, *entry.aliases)}
    name = names.get(entry_id)
    if name is None:
        raise BadInput(f"немає картки «{entry_id}»{nearest(entry_id, names)}; усі показує knowledge list")
    if name not in ruled:
        unfinished = entries[name].status == UNFINISHED
        reason = "це чернетка" if unfinished else "вона не має правил, які обчислюють"
        raise BadInput(f"картку «{name}» не перевірити: {reason}; оберіть іншу: knowledge list --json")
    return {name: ruled[name]}


# ---- everything


def _full(reading: Reading, settings: Settings, on: date) -> list[Problem]:
    """Prints what the slow checks find as it is found, and returns it."""
    found: list[Problem] = []
    for name, one in ruled_entries(reading.base, settings.community).items():
        found += _entry(name, one, reading, settings.community)
    seen = view(settings, reading.base)
    places = {name: place_of(reading, settings.community, name) for name in seen.entries}
    found += _told(check_crossing({name: (entry, places[name]) for name, entry in seen.entries.items()}))
    due = overdue(seen.entries, seen.facts, seen.parameters, on)
    found += _told(check_freshness(due, places, on))
    for name, entry in seen.entries.items():
        found += _told(check_style(entry, places[name]))
    for name, fact in seen.facts.items():
        found += _told(check_style(fact, reading.place(NATIONAL, "facts", name)))
    for name, paper in seen.documents.items():
        found += _told(check_style(paper, reading.place(NATIONAL, "documents", name)))
    return found


def _entry(name: str, one: Ruled, reading: Reading, community: str) -> list[Problem]:
    walked = walk_entry(one.rules, one.cases)
    scored = score(one.rules, one.cases)
    leaves = f"{walked.leaves}{'+' if walked.cut else ''} leaves"
    typer.echo(
        f"{name:<34} {leaves:>14}  longest {walked.longest:>2}  mutants {scored.killed}/{scored.total}"
    )
    found = boundaries(one.rules, one.cases)
    typer.echo(f"  меж: {_held(found)}")
    for limit in found:
        if not limit.whole:
            typer.echo(f"    {limit}")
    return _told(check_promises(Samples(one), place_of(reading, community, name)))


def _held(found: list[Boundary]) -> str:
    return f"{sum(limit.whole for limit in found)} з {len(found)}"


def _told(problems: Iterator[Problem]) -> list[Problem]:
    """The problems, each printed as soon as it is known."""
    found = []
    for problem in problems:
        typer.echo(str(problem))
        found.append(problem)
    return found
