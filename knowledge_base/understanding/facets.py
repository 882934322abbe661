"""Which of the nine facets a text asks about, and whether it goes on with the topic spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_base.understanding.cues import CueModel, cues
from knowledge_base.understanding.lexicon import LexiconError, lines, word_list
from knowledge_base.understanding.meaning import Facet
from knowledge_base.understanding.normalise import LONGEST, Normaliser, spell
from knowledge_base.understanding.phrases import PhraseBook

# The longest text that can be a bare follow-up ("а якщо хата ще на покійному чоловікові записана").
_FOLLOW_UP_WORDS = 14
_SENTENCE = re.compile(r"[^.?!\n;]+[.?!\n;]*")
NO_FACET = "none"
ASKED_WITHOUT_A_WORD = frozenset({Facet.DOCUMENTS, Facet.AMOUNT, Facet.HOW})
"""What is asked by naming it: «документи», «розмір виплати», «хочу оформити». Phrases of others tell as often."""
# A sentence that only tells weighs less than one that asks or ends the message.
_TOLD = 0.5
_QUESTION, _PHRASE = 0.5, 0.3


class FacetReader:
    """Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser, model: CueModel | None) -> None:
        """`model`: of facets and `NO_FACET`; without one (it is being trained) phrases alone decide."""
        self._normalise = normalise
        self._model = model
        self._facets = PhraseBook(_weighted_patterns(), normalise)
        self._listed = [Facet(name) for name in _facet_section()]
        self._follow_up = PhraseBook([(text, None) for text in lines("facets", "follow_up")], normalise)
        self._question_words = frozenset(
            word for text in lines("facets", "question_words") for word in spell(text)
        )
        self._asking = frozenset(normalise.right(word) for word in self._question_words)
        self._supposes = PhraseBook([(text, None) for text in lines("facets", "supposes")], normalise)
        self._points_back = PhraseBook([(text, None) for text in lines("facets", "points_back")], normalise)

    def facet(self, text: str) -> Facet | None:
        """The facet asked about or told of, None where there is none."""
        if self._model is None:
            return self.by_phrases(text)
        found = self.cues(text)
        if not found:
            return None
        name = self._model.classes[int(self._model.probabilities(found).argmax())]
        return None if name == NO_FACET else Facet(name)

    def cues(self, text: str) -> dict[str, float]:
        """What the model decides by: the cues of the sentences and the facet that the phrases name."""
        right = self._normalise.right
        told = _sentences(text)
        if not told:
            return {}
        sentences = [(raw, [right(word) for word in spelled]) for raw, spelled in told]
        last = len(sentences) - 1
        found = cues(
            [
                (words, 1.0 if place == last or "?" in raw else _TOLD)
                for place, (raw, words) in enumerate(sentences)
            ]
        )
        if any("?" in raw for raw, _ in sentences):
            found["?"] = _QUESTION
        named = self._by_phrases(told)
        found[f"phrase:{named.value if named else NO_FACET}"] = _PHRASE
        return found

    def by_phrases(self, text: str) -> Facet | None:
        """The facet that the listed phrases name. A tie goes to the one listed first."""
        sentences = _sentences(text)
        return self._by_phrases(sentences) if sentences else None

    def _by_phrases(self, sentences: Sequence[tuple[str, Sequence[str]]]) -> Facet | None:
        # A story asks in one of its sentences: those with a question mark outweigh the telling ones.
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

    def asks(self, text: str, spelled: Sequence[str]) -> bool:
        """True for a text that asks: by its sign, by a word that asks, or by a phrase of a facet."""
        if "?" in text or not self._question_words.isdisjoint(spelled):
            return True
        return self.by_phrases(text) in ASKED_WITHOUT_A_WORD

    def has_a_question_word(self, words: Sequence[str]) -> bool:
        """True where one of these normalised words asks ("яка", "чи")."""
        return not self._asking.isdisjoint(words)

    def goes_on(self, spelled: Sequence[str]) -> bool:
        """True for a text that leans on what was said before ("а якщо…", "для мами")."""
        return 0 < len(spelled) <= _FOLLOW_UP_WORDS and bool(self._follow_up.find(spelled))

    def supposes(self, spelled: Sequence[str]) -> bool:
        """True for a text that begins with another case of the matter ("а якщо хата на чоловікові")."""
        return 0 < len(spelled) <= _FOLLOW_UP_WORDS and bool(self._supposes.find(spelled))

    def points_back(self, spelled: Sequence[str]) -> bool:
        """True for a text that points at something spoken of earlier ("а з тими грошима?")."""
        return 0 < len(spelled) <= _FOLLOW_UP_WORDS and bool(self._points_back.find(spelled))


def _sentences(text: str) -> list[tuple[str, list[str]]]:
    """Each sentence as it stands and as spelled words; those without words are left out."""
    found = ((match[0], spell(match[0])) for match in _SENTENCE.finditer(text[:LONGEST]))
    return [(raw, spelled) for raw, spelled in found if spelled]


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
