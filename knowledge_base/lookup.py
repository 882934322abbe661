"""Finds entries by the words a specialist types: whole words or their beginnings, whatever their endings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from knowledge_base.answers import EntryCard, Knowledge
from knowledge_base.understanding.normalise import spell

FOUND = 8
"""Entries shown at once: more would be read by nobody."""

_ENDING = 2
"""Letters by which the forms of a longer word differ."""
_SHORT = 4
"""Words up to this long are sought as they are."""

_IN_NAME, _ON_BUTTON, _IN_WORDINGS, _IN_CARD = 8, 6, 3, 1


def look_up(knowledge: Knowledge, words: str, now: datetime) -> list[EntryCard]:
    """At most `FOUND` entries that hold every one of these words, the nearest first; none for no words."""
    sought = [_stem(word) for word in spell(words)]
    if not sought:
        return []
    cards = [knowledge.card(entry_id, now) for entry_id in knowledge.entry_ids]
    weighed = [(_weight(knowledge, card, sought), card) for card in cards]
    found = sorted((one for one in weighed if one[0]), key=lambda one: (-one[0], one[1].title))
    return [card for _, card in found[:FOUND]]


def _stem(word: str) -> str:
    return word if len(word) <= _SHORT else word[: max(_SHORT, len(word) - _ENDING)]


def _weight(knowledge: Knowledge, card: EntryCard, sought: Sequence[str]) -> int:
    """How near an entry is; 0 where one of the words is nowhere in it."""
    places = (
        (_IN_NAME, (card.title,)),
        (_ON_BUTTON, (card.label, card.official or "")),
        (_IN_WORDINGS, knowledge.wordings(card.id)),
        (_IN_CARD, (card.headline, card.who or "")),
    )
    spelled = [(weight, _words(texts)) for weight, texts in places]
    weights = [
        max((weight for weight, words in spelled if any(word.startswith(stem) for word in words)), default=0)
        for stem in sought
    ]
    return sum(weights) if all(weights) else 0


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in spell(text)}
