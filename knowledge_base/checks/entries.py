"""Checks of entries as a whole: what publishing demands, names and phrases claimed once, cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from knowledge_base.checks.facts import value_fault
from knowledge_base.checks.rules import condition_ids
from knowledge_base.checks.texts import LABEL_LIMIT, TextChecks, texts_in
from knowledge_base.language import typographic
from knowledge_base.rules.base import Case
from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import LONGEST_ON_BUTTON, Entry, Fact


def check_entry(
    entry: Entry, place: Place, texts: TextChecks, acts: set[str], life_events: set[str], entries: set[str]
) -> Iterator[Problem]:
    """One entry beside the registries."""
    if entry.status == "published" and not entry.sources:
        yield place.at("sources").problem("published без жодного джерела")
    for number, reference in enumerate(entry.sources):
        here = place.at("sources", number)
        if reference.id not in acts:
            yield here.at("id").problem(f"невідоме джерело «{reference.id}»{nearest(reference.id, acts)}")
        if entry.status == "published" and reference.checked_on is None:
            yield here.at("checked_on").problem("published вимагає дати перевірки кожного джерела")
    for number, event in enumerate(entry.life_events):
        if event not in life_events:
            message = f"невідома життєва ситуація «{event}»{nearest(event, life_events)}"
            yield place.at("life_events", number).problem(message)
    for number, (_, other) in enumerate(entry.not_this.uk):
        if other not in entries:
            here = place.at("not_this", "uk", number)
            yield here.problem(f"картки «{other}» ще немає{nearest(other, entries)}", blocking=False)
    if entry.confidence == "low" and not entry.doubts:
        yield place.at("confidence").problem("low: напишіть у doubts, у чому розходяться джерела")
    if len(entry.id) > LONGEST_ON_BUTTON and entry.short_id is None:
        message = (
            f"{len(entry.id)} знаків, на кнопки вміщується {LONGEST_ON_BUTTON}: "
            f"додайте в aliases коротку назву, вона стане на кнопки"
        )
        yield place.at("id").problem(message)
    if "overview" not in entry.answers:
        yield place.at("answers").problem("бракує overview")
    yield from _check_texts(entry, place, texts)


def _check_texts(entry: Entry, place: Place, texts: TextChecks) -> Iterator[Problem]:
    for path, text in texts_in(entry):
        yield from texts.check(text, place.at(*path), entry)
    if len(entry.label.uk) > LABEL_LIMIT:
        yield place.at("label", "uk").problem(
            f"{len(entry.label.uk)} знаків, на кнопці вміщується {LABEL_LIMIT}"
        )
    for name in ("who", "amount", "when", "where"):
        line = getattr(entry.card, name)
        if line is not None and "\n" in line.uk:
            yield place.at("card", name, "uk").problem("рядок картки має бути один")
    yield from texts.check_first_sentence(entry.short, place.at("short"), entry)
    for facet, text in entry.answers.items():
        yield from texts.check_first_sentence(text, place.at("answers", facet), entry)


def check_claims(
    entries: Mapping[str, tuple[Entry, Place]], earlier: Mapping[str, tuple[Entry, Place]] | None = None
) -> Iterator[Problem]:
    """No id, alias, button label or phrase may belong to two entries, nor to one of `earlier`."""
    claimed: dict[tuple[str, str], str] = {
        (sort, text): name
        for name, (entry, place) in (earlier or {}).items()
        for sort, text, _ in _claims(entry, place)
    }
    for name, (entry, place) in entries.items():
        for sort, text, here in _claims(entry, place):
            owner = claimed.get((sort, text))
            if owner is not None:
                yield here.problem(f"{sort} «{text}» вже є в картці «{owner}»")
            claimed[(sort, text)] = name


def _claims(entry: Entry, place: Place) -> Iterator[tuple[str, str, Place]]:
    yield "назва", entry.id, place.at("id")
    yield "кнопка", entry.label.uk.lower(), place.at("label", "uk")
    for number, alias in enumerate(entry.aliases):
        yield "назва", alias, place.at("aliases", number)
    phrasings = entry.phrasings
    for kind, phrases in (
        ("uk", phrasings.uk),
        ("mixed", phrasings.mixed),
        ("situations", phrasings.situations),
    ):
        for number, phrase in enumerate(phrases):
            words = " ".join(typographic(phrase).lower().split())
            yield "фраза", words, place.at("phrasings", kind, number)


def check_cases(
    cases: tuple[Case, ...],
    entry: Entry,
    place: Place,
    facts: Mapping[str, Fact],
    parameters: set[str],
) -> Iterator[Problem]:
    """Cases beside an entry: known facts with answers they can have, and names the entry has."""
    known = {
        "because": condition_ids(entry.eligible),
        "need": set(facts),
        "never_asks": set(facts),
        "stale": parameters,
        "documents": {item.doc for item in entry.documents.items} if entry.documents else set(),
        "deadlines": {deadline.id for deadline in entry.deadlines},
    }
    known["possible_documents"] = known["documents"]
    for number, case in enumerate(cases):
        here = place.at(number)
        for name, value in case.given.items():
            if name not in facts:
                yield here.at("given", name).problem(f"невідомий факт «{name}»{nearest(name, facts)}")
            elif fault := _given_fault(facts[name], value):
                yield here.at("given", name).problem(fault)
        for field, names in known.items():
            for written in getattr(case.expect, field) or ():
                if written not in names:
                    message = f"невідоме «{written}»{nearest(written, names)}"
                    yield here.at("expect", field).problem(message)
        variants = {variant.id for variant in entry.variants}
        if case.expect.variant and case.expect.variant not in variants:
            message = f"немає варіанта «{case.expect.variant}»{nearest(case.expect.variant, variants)}"
            yield here.at("expect", "variant").problem(message)


def _given_fault(fact: Fact, value: object) -> str | None:
    """A case may give a value, a set of options, or a range `[low, high]`."""
    if not isinstance(value, tuple):
        return value_fault(fact, value)
    if fact.type in ("number", "money", "date") and len(value) != 2:
        return "проміжок пишіть як [від, до]"
    return next((fault for one in value if (fault := value_fault(fact, one))), None)
