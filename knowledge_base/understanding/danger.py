"""Hears danger in every text: recall before precision, with idioms ("вбити час") taken out first.

Patterns hear what is said in so many words; a learned ear, kept to a stated rate of false alarms, hears the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


Chances = NDArray[np.float64]
"""(kinds,) in the order of a learned ear's classes, summing to 1."""


@dataclass(frozen=True)
class LearnedEar:
    """`model`: of the kinds of danger and `CALM`. `threshold`: the chance of danger from which it is heard."""

    model: CueModel
    threshold: float

    def chances(self, normalise: Normaliser, spelled: Sequence[str]) -> Chances | None:
        """Those of the most alarming piece; None where too little is said to guess at."""
        if sum(not word.isdigit() for word in spelled) < _FEWEST_WORDS:
            return None
        pieces = (self.model.probabilities(found) for found in cues_of_windows(normalise, spelled) if found)
        return max(pieces, key=self.alarm, default=None)

    def alarm(self, chances: Chances) -> float:
        """The chance that it is danger of any kind."""
        return 1.0 - float(chances[self.model.classes.index(CALM)])

    def kind(self, chances: Chances) -> Danger:
        """The likeliest kind of danger."""
        calm = self.model.classes.index(CALM)
        return Danger(
            self.model.classes[int(np.where(np.arange(len(chances)) == calm, -1.0, chances).argmax())]
        )


@dataclass(frozen=True)
class Listened:
    """What was heard in a text. `said`: in so many words. `chances`: what the learned ear gives each kind."""

    said: Danger | None
    chances: Chances | None


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
        listened = self.listen(spelled)
        return listened.said or self.guess(listened.chances)

    def listen(self, spelled: Sequence[str]) -> Listened:
        """What is said in so many words, and how likely each kind is where nothing is."""
        idioms = self._harmless.find(spelled)
        words = list(spelled)
        for idiom in idioms:
            words[idiom.start : idiom.end] = [_BLANK] * (idiom.end - idiom.start)
        said = self._by_patterns(words)
        # What is left around an idiom is a torso, and the learned ear would guess at it.
        guessed_at = said is None and not idioms
        return Listened(said, self._learned.chances(self._normalise, words) if guessed_at else None)

    def guess(self, chances: Chances | None) -> Danger | None:
        """The kind of danger that the words alone make likely enough."""
        return self._likely(chances, self._learned.threshold)

    def guess_by_both(self, chances: Chances | None, meant: Chances, threshold: float) -> Danger | None:
        """The kind that words and meaning make likely on average; `threshold` is fitted for that average."""
        return self._likely(None if chances is None else (chances + meant) / 2, threshold)

    def _likely(self, chances: Chances | None, threshold: float) -> Danger | None:
        if chances is None or self._learned.alarm(chances) < threshold:
            return None
        return self._learned.kind(chances)

    def alarm(self, chances: Chances | None) -> float:
        """The chance that it is danger of any kind, 0 where nothing can be guessed."""
        return 0.0 if chances is None else self._learned.alarm(chances)

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
