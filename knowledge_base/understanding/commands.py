"""Typed labels, global commands and small talk, read from the words of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from rapidfuzz import fuzz, process

from knowledge_base.understanding.lexicon import LexiconError, lines, word_list
from knowledge_base.understanding.meaning import Command, SmallTalk
from knowledge_base.understanding.normalise import Normaliser, spell
from knowledge_base.understanding.phrases import PhraseBook

LABEL_LIKENESS = 90.0
"""Percent of likeness (rapidfuzz ratio) from which a typed text is the label of a button."""

_SHORTEST_FUZZY_LABEL = 5
_LABELS_KEPT = 4_096
# Characters; a button holds at most twenty, courtesy and typing mistakes are allowed for.
_LONGEST_LABEL = 100
# A command said within a longer story is part of the story.
_LONGEST_COMMAND = 12
_LONGEST_REMARK = 8
# Longer texts, courtesy and all, are neither.
_LONGEST_WHOLE = 40
_LETTER = re.compile(r"[^\W\d_]")
_VOWEL = re.compile(r"[аеиоуюя]")
_MASHED = re.compile(r"[бвгджзйклмнпрстфхцчшщ]{4}")
_LONG_CLUSTER = re.compile(r"тв|стр|взгл|вспл|йськ")
"""Words that really have four consonants in a row: «агентство», «монстр»."""
_KEYBOARD_ROW = re.compile(r"йцукен|фыва|фива|фіва|ячсм|qwert|asdf|zxcv|ждло|олдж|укен", re.IGNORECASE)

Named = TypeVar("Named", bound=StrEnum)


class Courtesy:
    """Words of courtesy, taken off a text wherever they stand. Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser) -> None:
        self._book = PhraseBook(
            [(text, None) for text in lines("words", "courtesy")], normalise, forgiving=False
        )

    def without(self, spelled: Sequence[str]) -> list[str]:
        """The words that are left; empty when all was courtesy."""
        # A phrase is reported once a message, so look again until none is left ("дякую, дякую").
        words = list(spelled)
        while found := self._book.find(words):
            gone = {place for phrase in found for place in range(phrase.start, phrase.end)}
            words = [word for place, word in enumerate(words) if place not in gone]
        return words


def _read(
    section: str, name: type[Named], normalise: Normaliser
) -> tuple[dict[str, Named], PhraseBook[Named]]:
    kept = word_list("commands").get(section)
    if not isinstance(kept, dict):
        raise LexiconError(f"commands.yaml: {section}: a mapping is expected")
    whole: dict[str, Named] = {}
    anywhere: list[tuple[str, Named]] = []
    for key, ways in kept.items():
        try:
            said = name(key)
        except ValueError as error:
            raise LexiconError(f"commands.yaml: {section}: unknown name {key!r} (quote yes, no)") from error
        for text in ways.get("whole", ()):
            whole.setdefault(normalise(text), said)
        anywhere.extend((text, said) for text in ways.get("anywhere", ()))
    return whole, PhraseBook(anywhere, normalise)


class CommandReader:
    """Immutable, thread-safe."""

    def __init__(self, normalise: Normaliser) -> None:
        self._normalise = normalise
        self._courtesy = Courtesy(normalise)
        self._commands, self._commands_within = _read("commands", Command, normalise)
        self._remarks, self._remarks_within = _read("small_talk", SmallTalk, normalise)
        emoji = word_list("commands").get("emoji")
        if not isinstance(emoji, dict):
            raise LexiconError("commands.yaml: emoji: a mapping is expected")
        self._emoji = {sign: SmallTalk(name) for name, signs in emoji.items() for sign in signs}

    def command(self, spelled: Sequence[str]) -> Command | None:
        """The global command a text is, None where it is none."""
        return self._one_of(spelled, self._commands, self._commands_within, _LONGEST_COMMAND)

    def small_talk(self, text: str, spelled: Sequence[str]) -> SmallTalk | None:
        """What a text without a matter of its own is. A greeting before a question is not small talk."""
        if not spelled:
            return self._without_words(text)
        found = self._one_of(spelled, self._remarks, self._remarks_within, _LONGEST_REMARK)
        if found is None and len(spelled) <= _LONGEST_WHOLE and not self._courtesy.without(spelled):
            return SmallTalk.GREETING
        return found or (SmallTalk.GIBBERISH if _is_gibberish(text, spelled) else None)

    def matter(self, spelled: Sequence[str]) -> list[str]:
        """The words of the matter, courtesy taken off; all of them when nothing else is left."""
        return self._courtesy.without(spelled) or list(spelled)

    def _one_of(
        self,
        spelled: Sequence[str],
        whole: Mapping[str, Named],
        within: PhraseBook[Named],
        longest: int,
    ) -> Named | None:
        if len(spelled) > _LONGEST_WHOLE:
            return None
        right = self._normalise.right
        for words in (spelled, self._courtesy.without(spelled)):
            if said := whole.get(" ".join(right(word) for word in words)):
                return said
            if words and len(words) <= longest and (found := within.find(words)):
                return found[0].says
        return None

    def _without_words(self, text: str) -> SmallTalk | None:
        for sign in text:
            if sign in self._emoji:
                return self._emoji[sign]
        seen = any(unicodedata.category(sign)[0] in "LNPS" for sign in text)
        return SmallTalk.GIBBERISH if seen else None


def _is_gibberish(text: str, spelled: Sequence[str]) -> bool:
    letters = [word for word in spelled if not word.isdigit()]
    if not letters:
        return True
    if len(letters) > 2 or any(len(word) < 4 for word in letters):
        return bool(len(letters) == 1 and len(letters[0]) == 1 and len(_LETTER.findall(text)) > 3)
    if any(_MASHED.search(word) and not _LONG_CLUSTER.search(word) for word in letters):
        return True
    return any(not _VOWEL.search(word) for word in letters) or bool(_KEYBOARD_ROW.search(text))


@lru_cache(maxsize=_LABELS_KEPT)
def _spelled_label(label: str) -> str:
    return " ".join(spell(label))


def typed_label(text: str, labels: Mapping[str, str]) -> str | None:
    """The id of the button whose label was typed, None where none is near enough.

    `labels`: id -> label as it was shown. Two labels equally near are nobody's.
    """
    typed = " ".join(spell(text)) if len(text) <= _LONGEST_LABEL else ""
    if not typed:
        return None
    shown = {name: _spelled_label(label) for name, label in labels.items()}
    exact = [name for name, label in shown.items() if label == typed]
    if exact:
        return exact[0] if len(exact) == 1 else None
    if len(typed) < _SHORTEST_FUZZY_LABEL:
        return None
    near = process.extract(typed, shown, scorer=fuzz.ratio, score_cutoff=LABEL_LIKENESS, limit=2)
    if not near or (len(near) == 2 and near[0][1] == near[1][1]):
        return None
    return str(near[0][2])
