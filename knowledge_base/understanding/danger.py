"""Hears danger in every text: recall before precision, with idioms ("вбити час") taken out first.

Patterns hear what is said in so many words; a learned ear, kept to a stated rate of false alarms, hears the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.understanding.cues import CueModel, cues
from knowledge_base.understanding.lexicon import LexiconError, lines, section
from knowledge_base.understanding.meaning import Danger
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.phrases import PhraseBook

_PRECEDENCE = (Danger.SUICIDE, Danger.CHILD, Danger.VIOLENCE, Danger.EVACUATION, Danger.HUNGER)
# No pattern holds this word, so nothing can be found across a blanked idiom's own words.
_BLANK = "0"


_CLASS = re.compile(r"\$(\w+)")


def _patterns(key: str) -> list[str]:
    """The patterns of a section with their word classes (`$hit`) written out."""
    classes = section("danger", "classes")

    def written_out(found: re.Match[str]) -> str:
        if found[1] not in classes:
            raise LexiconError(f"danger.yaml: {key}: no class {found[0]}")
        return "|".join(classes[found[1]])

    return [_CLASS.sub(written_out, text) for text in lines("danger", key)]


CALM = "calm"
# A bare word («дитина», «чоловік») or a few numbers («двоє, 4 і 7») say nothing yet; what is said in so few words
# the patterns hold.
_FEWEST_WORDS = 4
# A cry for help is short: a long text is heard in pieces that overlap.
_WINDOW, _STEP = 20, 10


def cues_of_windows(normalise: Normaliser, spelled: Sequence[str]) -> list[dict[str, float]]:
    """The cues of every piece of a text; at least one."""
    words = [normalise.right(word) for word in spelled]
    starts = range(0, max(len(words) - _WINDOW, 0) + _STEP, _STEP) if len(words) > _WINDOW else range(1)
    return [cues([(words[start : start + _WINDOW], 1.0)]) for start in starts]


@dataclass(frozen=True)
class LearnedEar:
    """`model`: of the kinds of danger and `CALM`. `threshold`: the chance of danger from which it is heard."""

    model: CueModel
    threshold: float

    def hear(self, normalise: Normaliser, spelled: Sequence[str]) -> Danger | None:
        """The likeliest danger of the most alarming piece, None where all are calm enough."""
        if sum(not word.isdigit() for word in spelled) < _FEWEST_WORDS:
            return None
        calm = self.model.classes.index(CALM)
        chances = (self.model.probabilities(found) for found in cues_of_windows(normalise, spelled) if found)
        worst = min(chances, key=lambda row: float(row[calm]), default=None)
        if worst is None or 1 - worst[calm] < self.threshold:
            return None
        kinds = np.where(np.arange(len(worst)) == calm, 0.0, worst)
        return Danger(self.model.classes[int(kinds.argmax())])


class DangerEar:
    """Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser, learned: LearnedEar) -> None:
        self._normalise = normalise
        self._learned = learned
        # A guard must not reach further than its words: "эвакуировали" is over, "эвакуироваться" is not.
        self._harmless = PhraseBook(
            [(text, None) for text in _patterns("harmless")], normalise, forgiving=False
        )
        self._danger = PhraseBook(
            [(text, kind) for kind in _PRECEDENCE for text in _patterns(kind.value)], normalise
        )

        self._partner = PhraseBook([(text, None) for text in _patterns("partner")], normalise)

    def hear(self, spelled: Sequence[str]) -> Danger | None:
        """The gravest danger in a text, given as words of `spell`; None when none is heard."""
        return self.listen(spelled)[0]

    def listen(self, spelled: Sequence[str]) -> tuple[Danger | None, bool]:
        """The same, and whether it is only guessed: said in no pattern's words, heard by the learned ear."""
        idioms = self._harmless.find(spelled)
        words = list(spelled)
        for idiom in idioms:
            words[idiom.start : idiom.end] = [_BLANK] * (idiom.end - idiom.start)
        # What is left around an idiom is a torso, and the learned ear would guess at it.
        said = self._by_patterns(words)
        guessed = None if said or idioms else self._learned.hear(self._normalise, words)
        return said or guessed, guessed is not None

    def _by_patterns(self, spelled: Sequence[str]) -> Danger | None:
        heard = {found.says for found in self._danger.find(spelled)}
        if (
            Danger.SUICIDE not in heard
            and {Danger.CHILD, Danger.VIOLENCE} <= heard
            and self._partner.find(spelled)
        ):
            # A parent who is beaten needs the shelter's number, which helps the child too.
            return Danger.VIOLENCE
        return next((kind for kind in _PRECEDENCE if kind in heard), None)
