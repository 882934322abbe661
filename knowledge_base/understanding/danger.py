"""Hears danger in every text: recall before precision, with idioms ("вбити час") taken out first."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


class DangerEar:
    """Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser) -> None:
        # A guard must not reach further than its words: "эвакуировали" is over, "эвакуироваться" is not.
        self._harmless = PhraseBook(
            [(text, None) for text in _patterns("harmless")], normalise, forgiving=False
        )
        self._danger = PhraseBook(
            [(text, kind) for kind in _PRECEDENCE for text in _patterns(kind.value)], normalise
        )

    def hear(self, spelled: Sequence[str]) -> Danger | None:
        """The gravest danger in a text, given as words of `spell`; None when none is heard."""
        heard = {found.says for found in self._danger.find(spelled)}
        if not heard:
            return None
        idioms = self._harmless.find(spelled)
        if idioms:
            words = list(spelled)
            for idiom in idioms:
                words[idiom.start : idiom.end] = [_BLANK] * (idiom.end - idiom.start)
            heard = {found.says for found in self._danger.find(words)}
        return next((kind for kind in _PRECEDENCE if kind in heard), None)
