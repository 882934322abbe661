"""The knowledge of one community, ready to be said: `Knowledge` over one compiled base.

Everything is read from the snapshot; the only thing that changes an answer is the day it is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from knowledge_base import language, places
from knowledge_base.answers import (
    Community,
    DocumentLine,
    DocumentList,
    Door,
    EntryCard,
    Hotline,
    LifeEvent,
    Locality,
    MobileStop,
    Notice,
    Office,
    SourceLine,
    VisitGround,
)
from knowledge_base.assessor import Assessor
from knowledge_base.rendering import Rendered, Renderer, Unsayable
from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.base import Case, Priority
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.community import has_rules, view_of
from knowledge_base.rules.explanation import Explanation, Receipt, Say, explain, receipt
from knowledge_base.rules.facts import Known, read_known
from knowledge_base.rules.placeholders import HOLE
from knowledge_base.rules.schema import ANSWERABLE, Entry, Reference, Text
from knowledge_base.rules.screening import Screened
from knowledge_base.rules.values import Value
from knowledge_base.screener import Screener
from knowledge_base.snapshot import Snapshot
from knowledge_base.understanding.meaning import Danger, Facet

SAID_KEPT = 4096
"""Rendered cards and texts kept: every entry and facet of a full base for some days."""

LONGEST_DOUBT = 160
LOSS = "loss"
"""The life situation of whoever has lost somebody."""
DOUBT = "Джерела тут розходяться. Уточніть у спеціаліста."
UNCONFIRMED = {Facet.AMOUNT: "Суму на", Facet.DEADLINE: "Строки на"}
"""What of a facet is not confirmed for the year; of others the rules."""


def is_evaluated(entry: Entry, cases: Sequence[Case]) -> bool:
    """Whether an outcome may be computed: it may be answered, it has rules, and cases vouch for them."""
    return entry.status in ANSWERABLE and has_rules(entry, cases)


@dataclass(frozen=True)
class TopicPhrasings:
    """How people ask for an entry. `not_this`: phrases that mean another entry, with its id.

    `told`: what the entry says of itself, without its figures.
    """

    topic: str
    group: str
    label: str
    title: str
    phrasings: tuple[str, ...]
    not_this: tuple[tuple[str, str], ...]
    told: tuple[str, ...] = ()


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
        self._offices = {
            name: places.office(name, one, self._view.calendar, self._served)
            for name, one in self._view.offices.items()
        }
        self._localities = {
            name: places.locality(name, one, self._view.localities)
            for name, one in self._view.localities.items()
        }
        self._mobile = tuple(
            places.mobile_stop(name, one, self._localities[one.locality], self._view.calendar)
            for name, one in self._view.mobile.items()
        )
        self._life_events = self._gather_life_events()
        cases = snapshot.base.cases | snapshot.base.communities[community].cases
        self._evaluated = frozenset(
            name for name, entry in self._entries.items() if is_evaluated(entry, cases.get(name, ()))
        )
        self._dictionary = Dictionary(self._view.facts)
        self._remember_what_is_said()

    def _remember_what_is_said(self) -> None:
        """A base never changes, so what it says on one day is rendered once."""
        self._card_on = lru_cache(SAID_KEPT)(self._make_card)
        self._facet_text_on = lru_cache(SAID_KEPT)(self._make_facet_text)
        self._assessor_on = lru_cache(SAID_KEPT)(self._make_assessor)
        self._rules_of = cache(self._make_rules)
        self._screened_on = lru_cache(SAID_KEPT)(self._make_screened)
        self._screener_on = lru_cache(SAID_KEPT)(self._make_screener)

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

    @property
    def names(self) -> tuple[str, ...]:
        """Every id and alias an entry may be called by."""
        return tuple(self._names)

    def card_label(self, entry_id: str) -> str:
        """What stands on the button of an entry, which people also type. Raises KeyError."""
        return self._entries[entry_id].label.uk

    def card(self, entry_id: str, now: datetime) -> EntryCard:
        """The card on the community's own day. Raises KeyError for an entry that cannot be answered."""
        return self._card_on(entry_id, self.today(now))

    def _make_card(self, entry_id: str, today: date) -> EntryCard:
        entry = self._entries[entry_id]
        renderer = Renderer(self._view, today)
        headline, amount = _say(renderer, entry.short, entry), _say(renderer, entry.card.amount, entry)
        fresh = amount if amount and amount.stale_since is None else None
        last = amount if amount and amount.stale_since else None
        unconfirmed = last is not None or bool(headline and headline.stale_since)
        return EntryCard(
            id=entry.id,
            group=entry.group,
            kind=entry.kind,
            label=entry.label.uk,
            title=entry.title.uk,
            official=entry.official.uk if entry.official else None,
            headline=_headline(headline, entry, today, alone=last is None),
            who=_line(_say(renderer, entry.card.who, entry)),
            amount=fresh.text if fresh else None,
            when=_line(_say(renderer, entry.card.when, entry)),
            where=_line(_say(renderer, entry.card.where, entry)),
            documents=self._documents(entry, renderer),
            source=self._source(entry),
            facets=self._facets(entry),
            overdue=today > entry.review_by,
            stale_year=today.year if unconfirmed else None,
            doubt=self._doubt(entry, renderer),
            last_amount=_last_known(last) if last else None,
            status=entry.status,
            evaluated=entry_id in self._evaluated,
            short_id=entry.short_id,
            doors=self._doors(entry, renderer),
            of_loss=entry.life_events[:1] == (LOSS,),
        )

    def assessor(self, entry_id: str, now: datetime) -> Assessor | None:
        return self._assessor_on(entry_id, self.today(now)) if entry_id in self._evaluated else None

    def _make_assessor(self, entry_id: str, today: date) -> Assessor:
        return Assessor(self.rules(entry_id), self._view, today)

    def screener(self, now: datetime, situations: Collection[str] | None = None) -> Screener:
        """What may be asked for anew in these life situations, in the order of the base; without them, all of it.

        What concerns everybody counts where it is the first situation an entry names: a veteran's discount on
        bills is asked about for the sake of the veteran, not of the bills.
        """
        return self._screener_on(self.today(now), None if situations is None else frozenset(situations))

    def _make_screener(self, today: date, situations: frozenset[str] | None) -> Screener:
        entries = {
            name: (self._assessor_on(name, today), self._screened_on(name, today))
            for name, entry in self._entries.items()
            if name in self._evaluated and entry.screened and entry.status == "published"
            if situations is None or self._concerns(entry, situations)
        }
        chosen = situations or frozenset()
        events = [event for name, event in self._view.life_events.items() if name in chosen]
        raised = [name for event in events for name in event.raises]
        return Screener(entries, self._view, today, raised=raised, supposed=self._supposed(chosen, today))

    def _supposed(self, situations: frozenset[str], today: date) -> Mapping[str, Value]:
        """What follows of the situations that were asked about and not chosen.

        They were asked about where what concerns everybody is among the situations: a single one is a door of its own.
        """
        events = self._view.life_events
        if not all(name in situations for name in events if not self._is_asked(name)):
            return {}
        others = [event for name, event in events.items() if event.asked and name not in situations]
        given = {fact: value for event in others for fact, value in event.otherwise.items()}
        return read_known(given, self._view.facts, today).facts

    def _make_screened(self, entry_id: str, today: date) -> Screened:
        return Screened(self.rules(entry_id), today)

    def _concerns(self, entry: Entry, situations: Collection[str]) -> bool:
        first = entry.life_events[:1]
        return any(
            name in situations and ((name,) == first or self._is_asked(name)) for name in entry.life_events
        )

    def _is_asked(self, situation: str) -> bool:
        event = self._view.life_events[situation]
        return event.asked is not None or event.under is not None

    def facet_text(self, entry_id: str, facet: Facet, now: datetime) -> str | None:
        return self._facet_text_on(entry_id, facet, self.today(now))

    def _make_facet_text(self, entry_id: str, facet: Facet, today: date) -> str | None:
        entry = self._entries[entry_id]
        written = entry.answers.get(facet.value)
        rendered = _say(Renderer(self._view, today), written, entry)
        if rendered is None or rendered.stale_since is None:
            return rendered.text if rendered else None
        return _unconfirmed(UNCONFIRMED.get(facet, "Правила на"), rendered, today)

    @property
    def dictionary(self) -> Dictionary:
        """All facts anybody may be asked about."""
        return self._dictionary

    def today(self, now: datetime) -> date:
        """The community's own day."""
        return now.astimezone(self._zone).date()

    def evaluated(self, entry_id: str) -> bool:
        """Whether the entry has rules an outcome can be computed from."""
        return entry_id in self._evaluated

    def rules(self, entry_id: str) -> Rules:
        """The rules of an entry as this community sees them. Raises KeyError for one that is not evaluated."""
        return self._rules_of(entry_id)

    def _make_rules(self, entry_id: str) -> Rules:
        if entry_id not in self._evaluated:
            raise KeyError(entry_id)
        entry = self._view.as_here(self._entries[entry_id])
        return Rules(entry, self._dictionary, self._view.parameters)

    def assess(self, entry_id: str, known: Known, now: datetime) -> Assessment:
        """What an entry comes to on the community's own day.

        Raises KeyError for an entry that is not evaluated, Contradiction where told facts exclude each other.
        """
        return self.rules(entry_id).assess(known, self.today(now))

    def explain(self, found: Assessment, stated_by: Mapping[str, str] | None = None) -> Explanation:
        """Why an assessment came out so, in words of its day; `stated_by` tells who stated a fact."""
        rules = self.rules(found.entry)
        return explain(found, rules, self._view.sources, self._sayer(rules.entry, found.on), stated_by)

    def receipt(self, found: Assessment, known: Known, stated_by: Mapping[str, str] | None = None) -> Receipt:
        """What an assessment of these facts stood on, to be kept with the answer."""
        rules = self.rules(found.entry)
        return receipt(found, rules, known, self._version, self._sayer(rules.entry, found.on), stated_by)

    def _sayer(self, entry: Entry, today: date) -> Say:
        renderer = Renderer(self._view, today)
        return lambda text: _line(_say(renderer, Text(uk=text), entry))

    def offices(self, serves: str | None = None) -> tuple[Office, ...]:
        return tuple(office for office in self._offices.values() if serves is None or serves in office.serves)

    def offices_for(self, entry_id: str) -> tuple[Office, ...]:
        doors = self._entries[entry_id].where
        found: dict[str, None] = {}
        for where in [one for one in doors if one.when is None] or doors:
            sent = self._view.office_serving(where.channel, entry_id)
            if sent is not None:
                found.setdefault(sent)
                found |= {
                    name: None
                    for name in self._view.offices_of(where.channel)
                    if self._view.offices[name].branch_of == sent
                }
        return tuple(self._offices[name] for name in found)

    @property
    def localities(self) -> tuple[Locality, ...]:
        return tuple(self._localities.values())

    @property
    def mobile_stops(self) -> tuple[MobileStop, ...]:
        return self._mobile

    def with_offices(self, offices: Iterable[Office]) -> Library:
        """Everything but offices is the very same; what is said of them is rendered anew."""
        changed = copy(self)
        changed._offices = self._offices | {office.id: office for office in offices}
        changed._remember_what_is_said()
        return changed

    def _served(self, matter: str) -> Iterator[str]:
        """The entries a position receives people about: those of a group, or one by its id."""
        return (name for name, entry in self._entries.items() if matter in (name, entry.group))

    def notices(self, now: datetime) -> tuple[Notice, ...]:
        """One whose figures are not known on the day is left out."""
        local = now.astimezone(self._zone)
        renderer = Renderer(self._view, local.date())
        said = [
            places.notice(name, written, text)
            for name, written in self._view.notices.items()
            if places.in_force(written, local) and (text := _line(_say(renderer, written.text)))
        ]
        return tuple(sorted(said, key=lambda notice: -notice.weight))

    @property
    def visit_grounds(self) -> tuple[VisitGround, ...]:
        return tuple(
            VisitGround(name, written.label, written.who.uk, self._source_of(written))
            for name, written in self._view.priorities.items()
        )

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

    def wordings(self, entry_id: str) -> tuple[str, ...]:
        return self._entries[entry_id].phrasings.every()

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
                told=tuple(HOLE.sub("…", text.uk) for text in (entry.short, *entry.answers.values())),
            )
            for name, entry in self._entries.items()
        )

    def _documents(self, entry: Entry, renderer: Renderer) -> DocumentList | None:
        """Without facts a paper with a condition is possible, and says in which case it is needed."""
        if entry.documents is None:
            return None
        sure: list[DocumentLine] = []
        possible: list[DocumentLine] = []
        for item in self._view.papers(entry):
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
                register_check=paper.register_check,
            )
            (sure if item.when is None else possible).append(line)
        source = self._source_of_papers(entry)
        return DocumentList(tuple(sure), tuple(possible), entry.documents.closed_list, source)

    def _doors(self, entry: Entry, renderer: Renderer) -> tuple[Door, ...]:
        doors: list[Door] = []
        for where in entry.where:
            if where.when is not None:
                continue
            name = self._view.office_serving(where.channel, entry.id) if where.local == "fill" else None
            office = self._offices[name] if name else None
            words = _line(_say(renderer, where.text, entry)) or (office.name if office else None)
            if words:
                doors.append(Door(words, office, where.channel))
        return tuple(doors)

    def _source(self, entry: Entry) -> SourceLine | None:
        """The first act named, with the oldest day any act was checked: as fresh as the least fresh."""
        days = [reference.checked_on for reference in entry.sources if reference.checked_on]
        return self._named(entry.sources[0], min(days)) if days else None

    def _source_of_papers(self, entry: Entry) -> SourceLine | None:
        """The act that the list of papers stands on, with the day that very act was checked."""
        named = entry.documents.src if entry.documents else None
        found = next((reference for reference in entry.sources if reference.id == named), None)
        return self._named(found, found.checked_on) if found and found.checked_on else None

    def _source_of(self, written: Priority) -> SourceLine:
        act = self._view.sources[written.source]
        text = f"{act.title.uk}, {written.pin}" if written.pin else act.title.uk
        return SourceLine(text, act.url, written.checked_on)

    def _named(self, reference: Reference, checked_on: date) -> SourceLine:
        act = self._view.sources[reference.id]
        text = f"{act.title.uk}, {reference.pin}" if reference.pin else act.title.uk
        return SourceLine(text, act.url, checked_on)

    def _doubt(self, entry: Entry, renderer: Renderer) -> str | None:
        if entry.confidence != "low":
            return None
        said = [text for doubt in entry.doubts if (text := _line(_say(renderer, doubt, entry)))]
        # The main one; a card has no room for a second, nor for a long one.
        return next((text for text in said if len(text) <= LONGEST_DOUBT), DOUBT) if said else None

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
                asked = event.asked.uk if event.asked else None
                gathered.append(LifeEvent(name, event.label.uk, entries, asked, event.under))
        return tuple(gathered)


def _say(renderer: Renderer, text: Text | None, entry: Entry | None = None) -> Rendered | None:
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


def _last_known(rendered: Rendered) -> str:
    """The same for a line that is not shown as it is: the day comes first, so that no cut parts it from the sum."""
    since = f"станом на {language.day(rendered.stale_since)}: " if rendered.stale_since else ""
    return since + rendered.text


def _unconfirmed(subject: str, rendered: Rendered, today: date) -> str:
    """A text past its horizon: that it is not confirmed, then what was known and when; `subject` ends in «на»."""
    since = language.day(rendered.stale_since or today)
    return (
        f"{subject} {today.year} рік ще не підтверджено.\nОсь що відомо станом на {since}:\n{rendered.text}"
    )


def _headline(rendered: Rendered | None, entry: Entry, today: date, *, alone: bool) -> str:
    """The first line of the card; a figure that is not confirmed never stands in it.

    `alone`: no other line says what was known before, so that lines after the first do.
    """
    if rendered is None:
        return entry.title.uk
    if rendered.stale_since is None:
        return rendered.text
    subject = f"{entry.label.uk}: {'суму на' if rendered.stale_money else 'на'}"
    told = _unconfirmed(subject, rendered, today)
    return told if alone else told.split("\n", 1)[0]
