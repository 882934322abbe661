"""The checks an editor runs before the base may be built: form, names, figures in prose, rules, overlays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path as FilePath

from knowledge_base.checks.cases import awaited
from knowledge_base.checks.cases import differences as run
from knowledge_base.checks.entries import check_cases, check_claims, check_entry
from knowledge_base.checks.facts import check_facts, value_fault
from knowledge_base.checks.lapsing import too_long
from knowledge_base.checks.localities import check_localities, check_mobile
from knowledge_base.checks.notices import check_notices
from knowledge_base.checks.offices import check_matters, check_offices, check_priorities
from knowledge_base.checks.overlays import check_added, check_filled, check_names, check_overlay
from knowledge_base.checks.rules import RuleChecks
from knowledge_base.checks.terms import TermChecks
from knowledge_base.checks.texts import LABEL_LIMIT, TICK_LIMIT, TextChecks, texts_in
from knowledge_base.checks.unused import Placed, check_unused
from knowledge_base.checks.walk import faults as faults_of_walk
from knowledge_base.checks.walk import walk_entry
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Case, CommunityBase
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.community import CommunityView, view_of
from knowledge_base.rules.kinds import Scope
from knowledge_base.rules.parameters import faults
from knowledge_base.rules.problems import Path, Place, Problem, nearest
from knowledge_base.rules.reading import NATIONAL, Reading, read_content
from knowledge_base.rules.schema import Entry, Fact, LifeEvent, Parameter, Text

CONTENT = FilePath(__file__).parents[1] / "content"


def check(content: FilePath = CONTENT) -> list[Problem]:
    """Everything that is wrong with a content folder, in the order of files and lines. Does not raise."""
    return check_reading(read_content(content))


def check_reading(reading: Reading) -> list[Problem]:
    """The same for a folder already read: problems of form together with those of meaning."""
    found = dict.fromkeys([*reading.problems, *_BaseChecks(reading).problems()])
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.field))


class _BaseChecks:
    """Walks the whole base once; each owner is `national` or a community."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._base = reading.base
        self._views = {code: view_of(reading.base, code) for code in reading.base.communities}
        self._runnable = False
        self._ruled: list[Placed] = []
        self._added_wrongly: set[str] = set()

    def problems(self) -> Iterator[Problem]:
        """What is to be mended; of a base without faults also what nothing uses."""
        found = list(self._faults())
        yield from found
        if not any(one.blocking for one in [*self._reading.problems, *found]):
            places = {(kind, name): place for (_, kind, name), place in self._reading.places.items()}
            yield from check_unused(self._base, self._dictionary, self._ruled, places)

    def _faults(self) -> Iterator[Problem]:
        base, reading = self._base, self._reading
        if not base.communities:
            yield Problem("communities", 1, "файл", "немає жодної громади")
        places = {name: reading.place(NATIONAL, "facts", name) for name in base.facts}
        faults_of_facts = check_facts(base.facts, places)
        yield from faults_of_facts
        dated = [base.parameters, *(own.parameters for own in base.communities.values())]
        self._runnable = not (
            faults_of_facts
            or any(one.blocking for one in reading.problems)
            or any(any(faults(parameter)) for several in dated for parameter in several.values())
        )
        for code in base.communities:
            added = list(self._added(code))
            yield from added
            if added:
                self._added_wrongly.add(code)
        yield from self._parameters(NATIONAL, base.parameters)
        yield from self._registry_texts()
        yield from self._entries(NATIONAL, base.entries, list(self._views.values()))
        for code, own in base.communities.items():
            yield from self._parameters(code, own.parameters)
            yield from self._entries(code, own.entries, [self._views[code]])
            yield from self._community(code, own)

    def _added(self, code: str) -> Iterator[Problem]:
        """The papers a community adds: before the cases, which run with them."""
        view, base = self._views[code], self._base
        units = {name: parameter.unit for name, parameter in view.parameters.items()}
        overlay = self._reading.place(code, "overlay", code)
        return check_added(view, base.communities[code], overlay, Scope(base.facts, units))

    def _community(self, code: str, own: CommunityBase) -> Iterator[Problem]:
        """What the community lays over the national base, and its places."""
        reading, base, view = self._reading, self._base, self._views[code]
        overlay, place_of = reading.place(code, "overlay", code), partial(reading.place, code)
        yield from check_overlay(base, own, overlay, reading.names("entries", NATIONAL))
        yield from check_names(base, own, place_of)
        yield from check_filled(view, overlay)
        yield from check_offices(own, view.entries, place_of)
        yield from check_matters(view, place_of)
        yield from check_priorities(view, place_of)
        yield from check_localities(own, place_of)
        yield from check_mobile(own, place_of)
        yield from check_notices(view, TextChecks([view], base.names_with_figures), place_of)

    def _parameters(self, owner: str, parameters: dict[str, Parameter]) -> Iterator[Problem]:
        acts = self._reading.names("sources", NATIONAL, owner)
        for name, parameter in parameters.items():
            for path, message in faults(parameter):
                yield self._in_parameter(owner, name, path).problem(message)
            for number, message in too_long(parameter):
                place = self._in_parameter(owner, name, ("values", number, "known_through"))
                yield place.problem(message, blocking=False)
            for number, period in enumerate(parameter.values):
                if period.source not in acts:
                    here = self._in_parameter(owner, name, ("values", number, "source"))
                    yield here.problem(f"невідоме джерело «{period.source}»{nearest(period.source, acts)}")

    def _in_parameter(self, owner: str, name: str, path: Path) -> Place:
        """A field of a parameter, which another file may have continued."""
        match path:
            case ("values", int(number), *rest):
                return self._reading.value_place(owner, name, number).at(*rest)
        return self._reading.place(owner, "parameters", name).at(*path)

    def _registry_texts(self) -> Iterator[Problem]:
        """Questions, papers and life events are read by people too; acts and hotlines may hold figures."""
        base, views = self._base, list(self._views.values())
        texts = TextChecks(views, base.names_with_figures)
        for registry in ("facts", "documents", "life_events"):
            for name, item in getattr(base, registry).items():
                place = self._reading.place(NATIONAL, registry, name)
                for path, text in texts_in(item):
                    yield from texts.check(_without_limit(item, text), place.at(*path))
        for name, event in base.life_events.items():
            place = self._reading.place(NATIONAL, "life_events", name).at("label")
            yield from texts.check_length(event.label, place, LABEL_LIMIT, "на кнопці")
            yield from self._situation(name, event)
        for name, fact in base.facts.items():
            place = self._reading.place(NATIONAL, "facts", name)
            for option, label in (fact.options or {}).items():
                yield from texts.check_length(label, place.at("options", option), LABEL_LIMIT, "на кнопці")
            if fact.tick is not None:
                tick = _without_limit(fact, fact.tick)
                yield from texts.check_length(tick, place.at("tick"), TICK_LIMIT, "у рядку списку")
            if fact.rare is not None:
                line = place.at("rare", "line")
                yield from texts.check_length(fact.rare.line, line, TICK_LIMIT, "у рядку списку")

    def _situation(self, name: str, event: LifeEvent) -> Iterator[Problem]:
        """What a life situation raises, and what follows where it is nobody's, are facts and answers of the base."""
        place, facts = self._reading.place(NATIONAL, "life_events", name), self._base.facts
        for number, fact in enumerate(event.raises):
            if fact not in facts:
                yield place.at("raises", number).problem(f"невідомий факт «{fact}»{nearest(fact, facts)}")
        for fact, answer in event.otherwise.items():
            here = place.at("otherwise", fact)
            if fact not in facts:
                yield here.problem(f"невідомий факт «{fact}»{nearest(fact, facts)}")
            elif fault := value_fault(facts[fact], answer):
                yield here.problem(fault)

    def _entries(
        self, owner: str, entries: dict[str, Entry], views: list[CommunityView]
    ) -> Iterator[Problem]:
        reading, base = self._reading, self._base
        owners = (NATIONAL, owner)
        acts = reading.names("sources", *owners)
        names = reading.names("entries", *owners)
        units = dict(base.parameters)
        if owner != NATIONAL:
            units |= base.communities[owner].parameters
        texts = TextChecks(views, base.names_with_figures)
        cases = base.cases if owner == NATIONAL else base.communities[owner].cases
        sound: set[str] = set()
        for name, entry in entries.items():
            place = reading.place(owner, "entries", name)
            scope = Scope(base.facts, {key: parameter.unit for key, parameter in units.items()})
            events = reading.names("life_events", NATIONAL)
            yield from check_entry(entry, place, texts, acts, events, names)
            papers = reading.names("documents", NATIONAL)
            wrong = list(RuleChecks(entry, place, scope, papers, national=owner == NATIONAL).problems())
            yield from wrong
            if not wrong:
                sound.add(name)
                yield from TermChecks(entry, place, base.facts, units).problems()
        for name, several in cases.items():
            place = reading.place(owner, "cases", name)
            if name in entries:
                misspelt = list(check_cases(several, entries[name], place, base.facts, set(units)))
                yield from misspelt
                if misspelt:
                    sound.discard(name)
                elif self._runnable and name in sound:
                    yield from self._run_cases(several, entries[name], place, views)
            elif name not in names:
                yield place.problem("немає картки, до якої належать ці випадки")
        for name in sound if self._runnable else ():
            rules = Rules(entries[name], self._dictionary, units)
            place = reading.place(owner, "entries", name)
            self._ruled.append(Placed(rules, place))
            yield from faults_of_walk(walk_entry(rules, cases.get(name, ())), rules, place)
        placed = {name: (entry, reading.place(owner, "entries", name)) for name, entry in entries.items()}
        if owner == NATIONAL:
            yield from check_claims(placed)
        else:
            seen = {
                name: (entry, reading.place(NATIONAL, "entries", name))
                for name, entry in views[0].entries.items()
                if name not in entries
            }
            yield from check_claims(placed, seen)

    @cached_property
    def _dictionary(self) -> Dictionary:
        return Dictionary(self._base.facts)

    def _run_cases(
        self, cases: tuple[Case, ...], entry: Entry, place: Place, views: list[CommunityView]
    ) -> Iterator[Problem]:
        """What the cases beside an entry expect and do not get, in every community that has the entry."""
        for view in views:
            if entry.id not in view.entries:
                continue
            here_too = view.head.id not in self._added_wrongly
            rules = Rules(view.as_here(entry) if here_too else entry, self._dictionary, view.parameters)
            added = view.added(entry.id)
            for number, case in enumerate(cases):
                different = list(run(rules, case, added))
                lacked = awaited(self._before(entry, view), case) if different else ()
                if lacked:
                    message = f"чекав на {', '.join(lacked)}; значення вже є: перепишіть, що виходить"
                    here = place.at(number, "expect")
                    yield here.problem(f"{view.head.id}, «{case.name}»: {message}", blocking=False)
                    continue
                for field, message in different:
                    here = place.at(number, "expect", field)
                    yield here.problem(f"{view.head.id}, «{case.name}»: {message}")

    def _before(self, entry: Entry, view: CommunityView) -> Rules:
        """The rules as they were before files continued parameters, where the community has no value of its own."""
        continued = {
            name: earlier
            for name, earlier in self._reading.continued.items()
            if view.parameters[name] is self._base.parameters[name]
        }
        return Rules(entry, self._dictionary, {**view.parameters, **continued})


def _without_limit(item: object, text: Text) -> Text:
    """A line to tick shows the limit of the rule: the one placeholder that the engine fills itself."""
    limited = isinstance(item, Fact) and item.type in ("number", "money") and text is item.tick
    return Text(uk=text.uk.replace("{limit}", "")) if limited else text
