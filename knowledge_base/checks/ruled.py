"""The entries whose outcome can be worked out, in one community: those answered from and those that wait for it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Base, Case
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.community import has_rules, view_of
from knowledge_base.rules.problems import Place
from knowledge_base.rules.reading import NATIONAL, Reading
from knowledge_base.rules.schema import UNFINISHED


@dataclass(frozen=True)
class Ruled:
    """The rules of an entry with the cases beside it."""

    rules: Rules
    cases: tuple[Case, ...]


def ruled_entries(base: Base, community: str) -> dict[str, Ruled]:
    """By id, every entry with rules and cases but drafts. Raises KeyError for an unknown community."""
    view = view_of(base, community)
    cases = base.cases | base.communities[community].cases
    dictionary = Dictionary(view.facts)
    return {
        name: Ruled(Rules(view.as_here(entry), dictionary, view.parameters), cases[name])
        for name, entry in sorted(view.entries.items())
        if entry.status != UNFINISHED and has_rules(entry, cases.get(name, ()))
    }


def place_of(reading: Reading, community: str, entry: str) -> Place:
    """Where an entry of the community or of the national base stands."""
    own = entry in reading.base.communities[community].entries
    return reading.place(community if own else NATIONAL, "entries", entry)
