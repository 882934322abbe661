"""A dry run of a day over the whole base: what each card says beside another day, and which cases lose a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from knowledge_base.answers import EntryCard
from knowledge_base.checks.freshness import Overdue, figures_in, overdue, parameters_of
from knowledge_base.checks.lapsing import unvouched
from knowledge_base.checks.ruled import Ruled, ruled_entries
from knowledge_base.checks.texts import texts_in
from knowledge_base.library import Library
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Base
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.community import view_of
from knowledge_base.rules.facts import Contradiction, ImpossibleFacts, read_known
from knowledge_base.rules.schema import ANSWERABLE, UNFINISHED, Entry, Parameter
from knowledge_base.snapshot import Snapshot

NOON = time(12)


@dataclass(frozen=True)
class CaseShift:
    """What is told in a case, on the day, where figures that lapse before it stand behind what comes out.

    `held` is the outcome if the last values held on, `outcome` that of the base as it is: another where no value is
    there at all. `withheld`: the sum is not said.
    """

    name: str
    held: str
    outcome: str
    stale: tuple[str, ...]
    withheld: bool


@dataclass(frozen=True)
class Rehearsed:
    """One entry on both days. `lapsed`: its parameters without a vouched value that day; `already`: before it too.

    `texts`: fields whose figures lapse in between. `due`: its sources and reviews overdue that day.
    """

    id: str
    status: str
    before: EntryCard
    after: EntryCard
    lapsed: tuple[str, ...]
    already: tuple[str, ...]
    texts: tuple[str, ...]
    due: tuple[Overdue, ...]
    cases: tuple[CaseShift, ...]


def rehearse(base: Base, community: str, today: date, day: date) -> Iterator[Rehearsed]:
    """Every entry but drafts, as if what waits for publishing were published. Raises KeyError for no community."""
    published = _as_if_published(base)
    view = view_of(published, community)
    library = Library(Snapshot("rehearsal", published), community)
    zone = ZoneInfo(view.head.timezone)
    now, then = (datetime.combine(one, NOON, zone) for one in (today, day))
    ruled = ruled_entries(published, community)
    dictionary = Dictionary(view.facts)
    due = overdue(view.entries, view.facts, view.parameters, day)
    statuses = {name: entry.status for name, entry in view_of(base, community).entries.items()}
    for name in library.entry_ids:
        stands_on = parameters_of(Rules(view.entries[name], dictionary, view.parameters))
        lapsed = sorted(one for one in stands_on if unvouched(view.parameters[one], day))
        already = tuple(one for one in lapsed if unvouched(view.parameters[one], today))
        new = frozenset(lapsed) - frozenset(already)
        yield Rehearsed(
            id=name,
            status=statuses[name],
            before=library.card(name, now),
            after=library.card(name, then),
            lapsed=tuple(lapsed),
            already=already,
            texts=tuple(_texts(view.entries[name], new)),
            due=tuple(one for one in due if one.entry == name and one.kind != "parameter" and one.due < day),
            cases=tuple(_cases(ruled[name], new, day)) if name in ruled else (),
        )


def _as_if_published(base: Base) -> Base:
    def published(entries: dict[str, Entry]) -> dict[str, Entry]:
        waiting = {
            name: entry.model_copy(update={"status": "published"})
            for name, entry in entries.items()
            if entry.status != UNFINISHED and entry.status not in ANSWERABLE
        }
        return entries | waiting

    communities = {
        code: own.model_copy(update={"entries": published(own.entries)})
        for code, own in base.communities.items()
    }
    return base.model_copy(update={"entries": published(base.entries), "communities": communities})


def _texts(entry: Entry, lapsed: frozenset[str]) -> Iterator[str]:
    for path, text in texts_in(entry):
        if figures_in(text.uk) & lapsed:
            yield ".".join(map(str, path))


def _cases(one: Ruled, lapsed: frozenset[str], day: date) -> Iterator[CaseShift]:
    rules = one.rules
    parameters = {name: _held_on(parameter) for name, parameter in rules.parameters.items()}
    holding = Rules(rules.entry, rules.dictionary, parameters)
    for case in one.cases:
        if case.as_of > day:
            continue
        try:
            known = read_known(case.given, rules.dictionary.facts, day)
            held, found = holding.assess(known, day), rules.assess(known, day)
        except (ImpossibleFacts, Contradiction):
            continue
        if lapsed & set(found.stale) or held.outcome is not found.outcome:
            withheld = held.amount is not None and bool(found.stale)
            yield CaseShift(case.name, held.outcome.value, found.outcome.value, found.stale, withheld)


def _held_on(parameter: Parameter) -> Parameter:
    """The parameter as if its first value had always held and its last one held for ever."""
    several = sorted(parameter.values, key=lambda period: period.from_)
    several[-1] = several[-1].model_copy(update={"to": None})
    several[0] = several[0].model_copy(update={"from_": date.min})
    vouched = (period.model_copy(update={"known_through": None}) for period in several)
    return parameter.model_copy(update={"values": tuple(vouched)})
