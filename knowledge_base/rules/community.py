"""The base as one community sees it: its own entries, sums, hotlines and offices over the national part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.rules.base import (
    Base,
    Calendar,
    Case,
    CommunityHead,
    Locality,
    MobileStop,
    Notice,
    Office,
    Overlay,
    Priority,
)
from knowledge_base.rules.schema import (
    Act,
    Document,
    DocumentItem,
    Entry,
    Fact,
    Hotline,
    LifeEvent,
    Parameter,
)


@dataclass(frozen=True)
class CommunityView:
    """Everything of one community under its ids. Hidden entries are left out."""

    head: CommunityHead
    overlay: Overlay
    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    documents: Mapping[str, Document]
    sources: Mapping[str, Act]
    life_events: Mapping[str, LifeEvent]
    hotlines: Mapping[str, Hotline]
    calendar: Calendar
    offices: Mapping[str, Office]
    localities: Mapping[str, Locality]
    mobile: Mapping[str, MobileStop]
    notices: Mapping[str, Notice]
    priorities: Mapping[str, Priority]
    entries: Mapping[str, Entry]

    def office_serving(self, matter: str, entry_id: str | None = None) -> str | None:
        """The office for a matter: the one the overlay names for the entry, else the first serving it."""
        for line in self.overlay.entries:
            if line.entry == entry_id and f"where.{matter}" in line.fill:
                return line.fill[f"where.{matter}"].office
        return next(iter(self.offices_of(matter)), None)

    def offices_of(self, matter: str) -> list[str]:
        """The offices for a matter, the branches of others last."""
        serving = [name for name, office in self.offices.items() if matter in office.serves]
        return sorted(serving, key=lambda name: self.offices[name].branch_of is not None)

    def papers(self, entry: Entry) -> tuple[DocumentItem, ...]:
        """The entry's papers and those that the community adds to an open list."""
        own = [line.add.documents for line in self.overlay.entries if line.entry == entry.id]
        return (
            *(entry.documents.items if entry.documents else ()),
            *(item for added in own for item in added),
        )

    def added(self, entry_id: str) -> frozenset[str]:
        """The papers the community asks for beyond an entry's list."""
        lines = (line for line in self.overlay.entries if line.entry == entry_id)
        return frozenset(item.doc for line in lines for item in line.add.documents)

    def as_here(self, entry: Entry) -> Entry:
        """The entry with the papers asked for in this community."""
        if entry.documents is None:
            return entry
        papers = entry.documents.model_copy(update={"items": self.papers(entry)})
        return entry.model_copy(update={"documents": papers})


def has_rules(entry: Entry, cases: Sequence[Case]) -> bool:
    """Whether an outcome can be worked out: there are rules, and cases vouch for them."""
    return entry.eligible is not None and bool(entry.variants or entry.documents) and bool(cases)


def view_of(base: Base, code: str) -> CommunityView:
    """Lays a community over the national base. Raises KeyError for a community the base does not have."""
    own = base.communities[code]
    hidden = {line.entry for line in own.overlay.entries if line.hide}
    national = {name: entry for name, entry in base.entries.items() if name not in hidden}
    return CommunityView(
        head=own.head,
        overlay=own.overlay,
        facts=base.facts,
        parameters=base.parameters | own.parameters,
        documents=base.documents,
        sources=base.sources | own.sources,
        life_events=base.life_events,
        hotlines=base.hotlines | own.hotlines,
        calendar=own.calendar,
        offices=own.offices,
        localities=own.localities,
        mobile=own.mobile,
        notices=own.notices,
        priorities=own.priorities,
        entries=national | own.entries,
    )
