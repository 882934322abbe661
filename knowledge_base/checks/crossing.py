"""What two entries say of each other: links that lead one way only, and phrases that sound like both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge_base.rules.problems import Path, Place, Problem
from knowledge_base.rules.schema import Entry
from knowledge_base.understanding.lexicon import section
from knowledge_base.understanding.normalise import Normaliser

ALIKE = 90.0
"""Of a hundred: phrases this much alike, letter by letter once in one spelling, are hard to tell apart."""
SHORTEST = 8
"""Letters a phrase has to have for likeness to mean anything."""

Placed = Mapping[str, tuple[Entry, Place]]


@dataclass(frozen=True)
class Phrase:
    """How people ask for an entry: as written, in the one spelling, its words in order, and where it stands."""

    entry: str
    text: str
    spelled: str
    words: tuple[str, ...]
    path: Path


def check_crossing(entries: Placed) -> Iterator[Problem]:
    """Reminders about pairs of entries, each at the entry that has to change, naming the other."""
    yield from _one_way(entries)
    phrases = list(_phrases(entries))
    yield from _mistaken(entries, phrases)
    yield from _alike(entries, phrases)


def _one_way(entries: Placed) -> Iterator[Problem]:
    """An exclusion that only one of the two declares: the other entry does not send back."""
    for name, (entry, place) in entries.items():
        known = [(number, other) for number, (_, other) in enumerate(entry.not_this.uk) if other in entries]
        told: set[str] = set()
        for number, other in known:
            if other not in told and name not in _leads_to(entries[other][0]):
                here = place.at("not_this", "uk", number)
                yield here.problem(f"«{other}» не каже у відповідь, що це не «{name}»", blocking=False)
            told.add(other)
        for number, gap in enumerate(entry.not_modelled):
            if gap.see is not None and gap.see in entries and name not in _leads_to(entries[gap.see][0]):
                here = place.at("not_modelled", number, "see")
                yield here.problem(f"«{gap.see}» не веде назад до «{name}»", blocking=False)


def _leads_to(entry: Entry) -> set[str]:
    return {other for _, other in entry.not_this.uk} | {gap.see for gap in entry.not_modelled if gap.see}


def _phrases(entries: Placed) -> Iterator[Phrase]:
    normaliser = Normaliser(section("words", "same"))
    for name, (entry, _) in entries.items():
        for kind in ("uk", "mixed", "situations"):
            for number, text in enumerate(getattr(entry.phrasings, kind)):
                words = tuple(normaliser.words(text))
                yield Phrase(name, text, " ".join(words), words, ("phrasings", kind, number))


def _mistaken(entries: Placed, phrases: list[Phrase]) -> Iterator[Problem]:
    """A phrase that means another entry, and yet is a phrasing of an entry it does not mean."""
    normaliser = Normaliser(section("words", "same"))
    owners: dict[str, set[str]] = {}
    for phrase in phrases:
        owners.setdefault(phrase.spelled, set()).add(phrase.entry)
    for entry, place in entries.values():
        for number, (text, other) in enumerate(entry.not_this.uk):
            for wrong in sorted(owners.get(normaliser(text), set()) - {other}):
                here = place.at("not_this", "uk", number)
                yield here.problem(f"«{text}» — це «{other}», а стоїть у фразах «{wrong}»", blocking=False)


def _alike(entries: Placed, phrases: list[Phrase]) -> Iterator[Problem]:
    """Phrases of two entries that differ in a letter or in the order of words."""
    by_words: dict[tuple[str, ...], list[int]] = {}
    for number, phrase in enumerate(phrases):
        by_words.setdefault(tuple(sorted(phrase.words)), []).append(number)
    pairs = {(one, other) for same in by_words.values() for one in same for other in same if one < other}
    spelled = [phrase.spelled for phrase in phrases]
    likeness = process.cdist(spelled, spelled, scorer=fuzz.ratio, score_cutoff=ALIKE)
    pairs |= {(int(one), int(other)) for one, other in zip(*likeness.nonzero(), strict=True) if one < other}
    for one, other in sorted(pairs):
        first, second = phrases[one], phrases[other]
        if first.entry != second.entry and min(len(first.spelled), len(second.spelled)) >= SHORTEST:
            here = entries[second.entry][1].at(*second.path)
            message = f"«{second.text}» майже те саме, що «{first.text}» у «{first.entry}»"
            yield here.problem(message, blocking=False)
