"""The knowledge of one community, ready to be said: `Knowledge` over one compiled base.

Everything is read from the snapshot; the only thing that changes an answer is the day it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from knowledge_base import language, places
from knowledge_base.answers import (
    Community,
    DocumentLine,
    DocumentList,
    EntryCard,
    Hotline,
    LifeEvent,
    Office,
    SourceLine,
)
from knowledge_base.rendering import Rendered, Renderer, Unsayable
from knowledge_base.rules.community import view_of
from knowledge_base.rules.schema import Entry, Text
from knowledge_base.snapshot import Snapshot
from knowledge_base.understanding.meaning import Danger, Facet

SAID_KEPT = 4096
"""Rendered cards and texts kept: every entry and facet of a full base for some days."""

ANSWERABLE = frozenset({"published", "suspended", "closed"})


@dataclass(frozen=True)
class TopicPhrasings:
    """How people ask for an entry. `not_this`: phrases that mean another entry, with its id."""

    topic: str
    group: str
    label: str
    title: str
    phrasings: tuple[str, ...]
    not_this: tuple[tuple[str, str], ...]


class Library:
    """Implements `knowledge_base.answers.Knowledge`."""

    def __init__(self, snapshot: Snapshot, community: str) -> None:
        """Raises KeyError for a community the base does not have."""
        self._version = snapshot.version
        self._view = view_of(snapshot.base, community)
        self._zone = ZoneInfo(self._view.head.timezone)
        self._entries = {
            name: entry for name, entry in self._view.entries.items() if entry.status in ANSWERABLE
        }
        self._names = {alias: name for name, entry in self._entries.items() for alias in entry.aliases}
        self._names |= {name: name for name in self._entries}
        self._offices = {name: places.office(name, one) for name, one in self._view.offices.items()}
        self._life_events = self._gather_life_events()
        # A base never changes, so what it says on one day is rendered once.
        self._card_on = lru_cache(SAID_KEPT)(self._make_card)
        self._facet_text_on = lru_cache(SAID_KEPT)(self._make_facet_text)

    @property
    def version(self) -> str:
        return self._version

    @property
    def community(self) -> Community:
        head = self._view.head
        return Community(
            head.id, head.name, head.timezone, self._offices[head.reception], head.retention_days
        )

    @property
    def entry_ids(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def resolve(self, entry_id: str) -> str | None:
        return self._names.get(entry_id)

    def card_label(self, entry_id: str) -> str:
        """What stands on the button of an entry, which people also type. Raises KeyError."""
        return self._entries[entry_id].label.uk

    def card(self, entry_id: str, now: datetime) -> EntryCard:
        """The card on the community's own day. Raises KeyError for an entry that cannot be answered."""
        return self._card_on(entry_id, self._day(now))

    def _make_card(self, entry_id: str, today: date) -> EntryCard:
        entry = self._entries[entry_id]
        renderer = Renderer(self._view, today)
        headline, amount = _say(renderer, entry.short, entry), _say(renderer, entry.card.amount, entry)
        stale_since = [one.stale_since for one in (headline, amount) if one and one.stale_since]
        stale = bool(amount and amount.stale_since)
        return EntryCard(
            id=entry.id,
            group=entry.group,
            kind=entry.kind,
            label=entry.label.uk,
            title=entry.title.uk,
            official=entry.official.uk if entry.official else None,
            headline=_headline(headline, entry, today),
            who=_line(_say(renderer, entry.card.who, entry)),
            amount=amount.text if amount and not stale else None,
            when=_line(_say(renderer, entry.card.when, entry)),
            where=_line(_say(renderer, entry.card.where, entry)),
            documents=self._documents(entry, renderer),
            source=self._source(entry),
            facets=self._facets(entry),
            overdue=today > entry.review_by,
            stale_year=today.year if stale_since else None,
            doubt=self._doubt(entry, renderer),
            last_amount=_line(amount) if stale else None,
            status=entry.status,
        )

    def facet_text(self, entry_id: str, facet: Facet, now: datetime) -> str | None:
        return self._facet_text_on(entry_id, facet, self._day(now))

    def _make_facet_text(self, entry_id: str, facet: Facet, today: date) -> str | None:
        entry = self._entries[entry_id]
        written = entry.answers.get(facet.value)
        rendered = _say(Renderer(self._view, today), written, entry)
        if rendered is None or rendered.stale_since is None:
            return rendered.text if rendered else None
        subject = "Суму" if facet is Facet.AMOUNT else "Правила"
        return (
            f"{subject} на {today.year} рік ще не підтверджено.\n"
            f"Ось що відомо станом на {language.day(rendered.stale_since)}:\n{rendered.text}"
        )

    def offices(self, serves: str | None = None) -> tuple[Office, ...]:
        return tuple(office for office in self._offices.values() if serves is None or serves in office.serves)

    def hotline(self, hotline_id: str) -> Hotline | None:
        found = self._view.hotlines.get(hotline_id)
        return places.hotline(hotline_id, found) if found else None

    def danger_numbers(self, danger: Danger) -> Mapping[str, str]:
        """By role, or by id where a hotline has none: numbers, with the name and address of a local place."""
        return {
            found.role or name: places.where_to_turn(found)
            for name, found in self._view.hotlines.items()
            if danger.value in found.danger
        }

    @property
    def life_events(self) -> tuple[LifeEvent, ...]:
        return self._life_events

    def twins(self, entry_id: str) -> tuple[str, ...]:
        others = dict.fromkeys(self.resolve(other) for _, other in self._entries[entry_id].not_this.uk)
        return tuple(other for other in others if other is not None and other != entry_id)

    def phrasings(self) -> tuple[TopicPhrasings, ...]:
        """How people ask for every entry that may be answered, for the trainer of the understanding."""
        return tuple(
            TopicPhrasings(
                topic=name,
                group=entry.group,
                label=entry.label.uk,
                title=entry.title.uk,
                phrasings=entry.phrasings.every(),
                not_this=entry.not_this.uk,
            )
            for name, entry in self._entries.items()
        )

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()

    def _documents(self, entry: Entry, renderer: Renderer) -> DocumentList | None:
        """Without facts a paper with a condition is possible, and says in which case it is needed."""
        if entry.documents is None:
            return None
        own = [line.add.documents for line in self._view.overlay.entries if line.entry == entry.id]
        items = [*entry.documents.items, *(item for added in own for item in added)]
        sure: list[DocumentLine] = []
        possible: list[DocumentLine] = []
        for item in items:
            paper = self._view.documents[item.doc]
            note = _line(_say(renderer, paper.note, entry))
            if item.copies and item.copies > 1:
                copies = language.plural(item.copies, "примірник")
                note = f"{note}, {copies}" if note else copies
            line = DocumentLine(
                id=item.doc,
                name=_line(_say(renderer, paper.name, entry)) or item.doc,
                note=note,
                where_to_get=_line(_say(renderer, paper.where_to_get, entry)),
                condition=_line(_say(renderer, item.when_text, entry)),
            )
            (sure if item.when is None else possible).append(line)
        return DocumentList(tuple(sure), tuple(possible), entry.documents.closed_list)

    def _source(self, entry: Entry) -> SourceLine | None:
        """The first act named, with the oldest day any act was checked: as fresh as the least fresh."""
        days = [reference.checked_on for reference in entry.sources if reference.checked_on]
        if not days:
            return None
        main = entry.sources[0]
        act = self._view.sources[main.id]
        text = f"{act.title.uk}, {main.pin}" if main.pin else act.title.uk
        return SourceLine(text, act.url, min(days))

    def _doubt(self, entry: Entry, renderer: Renderer) -> str | None:
        if entry.confidence != "low":
            return None
        said = (_line(_say(renderer, doubt, entry)) for doubt in entry.doubts)
        return " ".join(text for text in said if text) or None

    @staticmethod
    def _facets(entry: Entry) -> frozenset[Facet]:
        written = {Facet(name) for name in entry.answers}
        return frozenset(written | ({Facet.DOCUMENTS} if entry.documents else set()))

    def _gather_life_events(self) -> tuple[LifeEvent, ...]:
        """Entries that name the situation first stand first; a situation without entries is left out."""
        gathered = []
        for name, event in sorted(self._view.life_events.items(), key=lambda pair: pair[1].order):
            ranks = {
                entry.id: entry.life_events.index(name)
                for entry in self._entries.values()
                if name in entry.life_events
            }
            if ranks:
                entries = tuple(sorted(ranks, key=lambda one: (ranks[one], one)))
                gathered.append(LifeEvent(name, event.label.uk, entries))
        return tuple(gathered)


def _say(renderer: Renderer, text: Text | None, entry: Entry) -> Rendered | None:
    """A text with its figures; None when there is none or a figure has no value on that day."""
    if text is None:
        return None
    try:
        return renderer.render(text.uk, entry)
    except Unsayable:
        return None


def _line(rendered: Rendered | None) -> str | None:
    """A line of text; one whose figures are past their horizon says of which day they are."""
    if rendered is None or rendered.stale_since is None:
        return rendered.text if rendered else None
    return f"{rendered.text} (станом на {language.day(rendered.stale_since)})"


def _headline(rendered: Rendered | None, entry: Entry, today: date) -> str:
    """The first line of the card; a figure that is not confirmed never stands in it."""
    if rendered is None:
        return entry.title.uk
    if rendered.stale_since is None:
        return rendered.text
    return f"{entry.label.uk}: суму на {today.year} рік ще не підтверджено."
