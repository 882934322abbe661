"""Which of the nine facets a text asks about, and whether it goes on with the topic spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_base.understanding.lexicon import LexiconError, lines, word_list
from knowledge_base.understanding.meaning import Facet
from knowledge_base.understanding.normalise import LONGEST, Normaliser, spell
from knowledge_base.understanding.phrases import PhraseBook

# The longest text that can be a bare follow-up ("а якщо хата ще на покійному чоловікові записана").
_FOLLOW_UP_WORDS = 14
_SENTENCE = re.compile(r"[^.?!\n;]+[.?!\n;]*")


class FacetReader:
    """Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser) -> None:
        self._facets = PhraseBook(_weighted_patterns(), normalise)
        self._listed = [Facet(name) for name in _facet_section()]
        self._follow_up = PhraseBook([(text, None) for text in lines("facets", "follow_up")], normalise)

    def facet(self, text: str) -> Facet | None:
        """The facet asked about, None where the words ask for none. A tie goes to the one listed first.

        A story asks in one of its sentences: those that end in a question mark outweigh the telling ones.
        """
        sentences = [(match[0], spell(match[0])) for match in _SENTENCE.finditer(text[:LONGEST])]
        sentences = [(raw, spelled) for raw, spelled in sentences if spelled]
        if not sentences:
            return None
        asked = [spelled for raw, spelled in sentences if "?" in raw]
        return (
            self._heaviest(asked)
            or (Facet.ELIGIBILITY if asked and len(sentences) > 1 else None)
            or self._heaviest([sentences[-1][1]])
            or self._heaviest([spelled for _, spelled in sentences])
        )

    def _heaviest(self, sentences: Sequence[Sequence[str]]) -> Facet | None:
        weights: dict[Facet, float] = {}
        for spelled in sentences:
            for found in self._facets.find(spelled):
                facet, weight = found.says
                # The strongest phrase decides; the others only break ties between facets.
                best = weights.get(facet, 0.0)
                weights[facet] = max(best, weight) + 0.1 * min(best, weight)
        return max((f for f in self._listed if f in weights), key=lambda f: weights[f], default=None)

    def goes_on(self, spelled: Sequence[str]) -> bool:
        """True for a text that leans on what was said before ("а якщо…", "для мами")."""
        return 0 < len(spelled) <= _FOLLOW_UP_WORDS and bool(self._follow_up.find(spelled))


def _facet_section() -> dict[str, dict[str, list[str]]]:
    found = word_list("facets").get("facets")
    if not isinstance(found, dict) or set(found) != {facet.value for facet in Facet}:
        raise LexiconError("facets.yaml: facets: exactly the nine facets are expected")
    return found


def _weighted_patterns() -> list[tuple[str, tuple[Facet, float]]]:
    patterns: list[tuple[str, tuple[Facet, float]]] = []
    for name, groups in _facet_section().items():
        for weight, texts in groups.items():
            try:
                patterns.extend((text, (Facet(name), float(weight))) for text in texts)
            except (TypeError, ValueError) as error:
                raise LexiconError(
                    f"facets.yaml: {name}.{weight}: a weight and its phrases are expected"
                ) from error
    return patterns
