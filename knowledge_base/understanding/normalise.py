"""One spelling for every way a citizen may type a word: scripts, two languages, surzhyk, doubled letters.

The result holds only lower-case Cyrillic letters of one folded alphabet, digits and single spaces. It is for
matching, never for showing. `normalise` is total (any string, never raises) and idempotent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

LONGEST = 10_000
"""Characters read of one message: more than any channel sends."""

_LATIN_LOOKALIKES = str.maketrans("ABCEHIKMOPTXYaceiopxyk", "АВСЕНІКМОРТХУасеіорхук")

_LATIN_CLUSTERS = {
    "shch": "щ", "sch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц", "tz": "ц",
    "ph": "ф", "ck": "к", "dzh": "дж",
    "ya": "я", "ja": "я", "ia": "я", "yu": "ю", "ju": "ю", "iu": "ю",
    "yo": "е", "jo": "е", "ye": "е", "je": "е", "ie": "е", "yi": "и", "ji": "и",
    "a": "а", "b": "б", "c": "ц", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "г", "i": "и", "j": "и",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т",
    "u": "у", "v": "в", "w": "в", "x": "х", "y": "и", "z": "з", "4": "ч", "6": "ш",
}  # fmt: skip
_CLUSTER = re.compile("|".join(sorted(_LATIN_CLUSTERS, key=len, reverse=True)))
# "4omu", "po4emu", "6apka": digits stand for letters only inside a Latin word or before its first vowel.
_LATIN_WORD = re.compile(r"(?:(?<![0-9])[46](?=[aeiouy]))?[a-z]+(?:[46][a-z]+)*")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[а-яіїєґё]", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.|t\.me/)\S+", re.IGNORECASE)
_LETTERS_AND_DIGITS = re.compile(r"[а-яіїєґё]+|[0-9]+")
_DOUBLED = re.compile(r"([а-яіїєґё])\1+")

_FOLDED = str.maketrans(
    {
        "і": "и", "ї": "и", "ы": "и", "й": "и", "є": "е", "э": "е", "ё": "е", "ґ": "г", "щ": "ш",
        "ь": None, "ъ": None,
    }
)  # fmt: skip
# After folding `йо` is `ё`, `ия` of "субсидія" is the `ia` of "subsidia", `тс` is the `ц` of "платиця".
_JOINED = {"ио": "е", "ия": "я", "ию": "ю", "ие": "е", "тс": "ц"}
_JOINABLE = re.compile("|".join(_JOINED))
_SOFT_O = re.compile("ьо")

# Apostrophes and the stress mark join a word; a soft hyphen and zero-width signs are nothing at all.
_DROPPED = dict.fromkeys(map(ord, "\0'’ʼ`´‘ʹ′＇\u0301\u0300\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def _from_latin(word: re.Match[str]) -> str:
    return _CLUSTER.sub(lambda cluster: _LATIN_CLUSTERS[cluster[0]], word[0])


@lru_cache(maxsize=50_000)
def fold_word(word: str) -> str:
    """A lower-case Cyrillic word in the one spelling; repeated until nothing changes, hence idempotent."""
    while True:
        folded = _SOFT_O.sub("е", word).translate(_FOLDED)
        folded = _JOINABLE.sub(lambda pair: _JOINED[pair[0]], _DOUBLED.sub(r"\1", folded))
        if folded == word:
            return word
        word = folded


def _one_script(word: re.Match[str]) -> str:
    mixed = _LATIN.search(word[0]) and _CYRILLIC.search(word[0])
    return word[0].translate(_LATIN_LOOKALIKES) if mixed else word[0]


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_DROPPED)).translate(_DROPPED)
    if text.isascii():
        return text.lower()
    if _LATIN.search(text):
        text = _ANY_WORD.sub(_one_script, text)
    return unicodedata.normalize("NFC", text.lower()).translate(_DROPPED)


def without_links(text: str) -> str:
    """The text with web addresses taken out."""
    return _LINK.sub(" ", text)


def in_one_script(text: str) -> str:
    """The text in small letters, Latin words as they sound in Cyrillic; otherwise as it was written."""
    return _LATIN_WORD.sub(_from_latin, _plain(without_links(text[:LONGEST])))


def spell(text: str) -> list[str]:
    """Words and numbers of a text in the one spelling, before surzhyk words are replaced."""
    words = (w if w[0].isdigit() else fold_word(w) for w in _LETTERS_AND_DIGITS.findall(in_one_script(text)))
    return [word for word in words if word]


class Normaliser:
    """Brings texts to the one spelling, with a list of surzhyk words.

    `same`: word as it should be -> other ways to write it; both in human spelling.
    """

    def __init__(self, same: Mapping[str, list[str]]) -> None:
        pairs: dict[str, str] = {}
        for word, others in same.items():
            right = " ".join(spell(word))
            pairs.update((" ".join(spell(other)), right) for other in others)
        self._same = {other: right for other, right in pairs.items() if other != right}
        chained = sorted(set(self._same) & set(self._same.values()))
        if chained:
            raise ValueError(f"words with two right spellings: {', '.join(chained)}")

    def right(self, word: str) -> str:
        """The word that a spelled word stands for."""
        return self._same.get(word, word)

    def words(self, text: str) -> list[str]:
        """The normalised words of a text."""
        same = self._same
        return [same.get(word, word) for word in spell(text)]

    def __call__(self, text: str) -> str:
        """The normalised text: words joined by single spaces."""
        return " ".join(self.words(text))
