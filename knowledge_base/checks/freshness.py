"""What has grown old, or will before long, as of a day: sources not read again, reviews due, figures that run out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge_base.checks.texts import texts_in
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.grammar import Parameter as ParameterName
from knowledge_base.rules.grammar import parse_formula, parts
from knowledge_base.rules.parameters import open_value
from knowledge_base.rules.placeholders import HOLE, PlaceholderError, read_placeholder
from knowledge_base.rules.problems import Path, Place, Problem
from knowledge_base.rules.schema import LOOKED_AFTER, Entry, Fact, Parameter, Schedule

REREAD_AFTER = timedelta(days=180)
AHEAD = timedelta(days=60)
"""How long before its horizon a figure is spoken of."""

Kind = Literal["source", "review", "parameter"]


@dataclass(frozen=True)
class Overdue:
    """One thing an owner has to look at: of which entry, what (an act, the entry, a parameter), since when.

    `due` is the day it was to be looked at; a parameter's may still be to come.
    """

    owner: str
    entry: str
    kind: Kind
    name: str
    due: date
    path: Path

    def message(self, on: date) -> str:
        """In words, for the editor."""
        match self.kind:
            case "source":
                return f"{self.owner}: «{self.name}» не перечитано з {self.due - REREAD_AFTER}"
            case "review":
                return f"{self.owner}: перегляд був до {self.due}"
            case "parameter":
                verb = "відомо лише до" if self.due < on else "скоро кінець: відомо до"
                return f"{self.owner}: «{self.name}» {verb} {self.due}"


def overdue(
    entries: Mapping[str, Entry], facts: Mapping[str, Fact], parameters: Mapping[str, Parameter], on: date
) -> list[Overdue]:
    """What is due of the entries that are looked after, by owner, entry and day."""
    dictionary = Dictionary(facts)
    several = [entry for entry in entries.values() if entry.status in LOOKED_AFTER]
    found = [one for entry in several for one in _of(entry, dictionary, parameters, on)]
    return sorted(found, key=lambda one: (one.owner, one.entry, one.due, one.kind, one.name))


def check_freshness(found: list[Overdue], places: Mapping[str, Place], on: date) -> Iterator[Problem]:
    """A reminder of each thing that is due; `places` are those of the entries."""
    for one in found:
        yield places[one.entry].at(*one.path).problem(one.message(on), blocking=False)


def parameters_of(rules: Rules) -> frozenset[str]:
    """Every parameter an entry stands on, in rules, in schedules and in texts."""
    shown = (figures_in(text.uk) for _, text in texts_in(rules.entry))
    return ruling_parameters(rules).union(*shown)


def ruling_parameters(rules: Rules) -> frozenset[str]:
    """The parameters its rules and schedules look at."""
    return rules.used_parameters | _scheduled(rules.entry)


def figures_in(text: str) -> frozenset[str]:
    """The parameters whose figures stand in a text."""
    found: set[str] = set()
    for inside in HOLE.findall(text):
        try:
            hole = read_placeholder(inside)
        except PlaceholderError:
            continue
        if hole.kind in ("parameter", "count"):
            found.add(hole.name)
    return frozenset(found)


def _of(
    entry: Entry, dictionary: Dictionary, parameters: Mapping[str, Parameter], on: date
) -> Iterator[Overdue]:
    for number, source in enumerate(entry.sources):
        due = source.checked_on + REREAD_AFTER if source.checked_on else None
        if due is not None and due < on:
            yield Overdue(entry.owner, entry.id, "source", source.id, due, ("sources", number, "checked_on"))
    if entry.review_by < on:
        yield Overdue(entry.owner, entry.id, "review", entry.id, entry.review_by, ("review_by",))
    for name in parameters_of(Rules(entry, dictionary, parameters)):
        horizon = open_value(parameters[name]).known_through
        if horizon is not None and horizon <= on + AHEAD:
            yield Overdue(entry.owner, entry.id, "parameter", name, horizon, ())


def _scheduled(entry: Entry) -> frozenset[str]:
    lines = [
        line
        for variant in entry.variants
        if variant.amount is not None and isinstance(paid := variant.amount.paid, Schedule)
        for line in (paid.once, paid.then_monthly, paid.months)
    ]
    inside = (part for line in lines for part in parts(parse_formula(line)))
    return frozenset(part.name for part in inside if isinstance(part, ParameterName))
