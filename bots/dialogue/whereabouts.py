"""Which place of the community words name: «я з Липівки», «вул. Мостова 15», with slips, in any case, in Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from knowledge_base.answers import Locality

ALIKE = 80
"""Percent of likeness (rapidfuzz ratio of stems) from which a word that must be a place is that place."""
SAME = 100
FUZZY_FROM = 5
"""Letters of a stem from which a slip is forgiven: of shorter ones too many are alike."""
SHORT_WORD = 3
SHORTEST_ALTERNATING = 4
LIKE_A_STEM = 5
"""Letters by which words of a matter's name are compared: their endings are of every kind."""
LONGEST_NAME = 3
NAMES_KEPT = 10_000
"""Words of a name."""
BARE_BESIDE = 1
"""Words beside a bare name that it may still stand with: «Мостова 15», «ну Липівка»."""
_TOKEN = re.compile(r"[^\W\d_]+(?:[’'ʼ-][^\W\d_]+)*|\d+[а-яіїєґ]?", re.IGNORECASE)
_OF_MANY = re.compile(r"(?<=\w{3})(?:ив|ов|ев)$")
"""«з Вербів»; «Зразків» keeps it."""
_LAST = frozenset({"цк", "зг", "сх"})
_BEFORE_LAST = frozenset({"ои", "ио", "еи", "ие"})
_FOLDED = str.maketrans({"ы": "и", "і": "и", "ї": "и", "э": "е", "ё": "е", "є": "е", "ґ": "г"})
_SILENT = re.compile(r"[ьъ’'ʼ]")
_DOUBLED = re.compile(r"(.)\1")
_ENDING = re.compile(
    r"(?<=\w{3})(?:иею|ого|ому|ею|ию|ия|ие|ими|ами|ями|ий|ии|ои|ою|ей|ой|ая|ое|ую|им|их|ом|ем|ах|ях|у|ю|а|я|о|е|и|й)$"
)
_STREET = frozenset(
    {"вул", "вулиця", "вулиці", "вулицею", "ул", "улица", "улице", "улицы", "просп", "проспект", "пров"}
)
_STREET |= frozenset({"провулок", "провулку", "площа", "площі", "пл", "площадь", "площади", "бульвар", "бул"})
_VILLAGE = frozenset(
    {"село", "села", "селі", "селу", "селе", "смт", "селище", "селищі", "деревня", "деревни"}
)
_VILLAGE |= frozenset({"деревне", "хутір", "хуторі", "хутора", "поселок", "поселке"})
_DISTRICT = frozenset(
    {"район", "району", "районі", "районе", "района", "мікрорайон", "мікрорайоні", "масив", "масиві"}
)
_LIVES = re.compile(
    r"\b(?:живу|живемо|живем|жив[её]м|мешкаю|мешкаємо|проживаю|проживаємо|прописан\w*)\b"
    r"|\b(?:я|ми|мы|сам|сама)\s+(?:з|із|зі|с|из|со)\b",
    re.IGNORECASE,
)
_BEFORE_A_PLACE = frozenset(
    {"у", "в", "на", "з", "із", "зі", "с", "из", "со", "біля", "коло", "возле", "около", "до", "від"}
)
_AFTER_A_PLACE = frozenset({"", "куди", "куда", "ближче", "ближе", "найближче"})
"""What may follow the name of a district: «у центрі надання послуг», «в центр, де дають адвоката» are none."""
_ANNOUNCING = _STREET | _VILLAGE | _DISTRICT
_BIG = re.compile(r"[А-ЯІЇЄҐ]")


@dataclass(frozen=True)
class Mention:
    """What was said of where one lives. `found` is one place, several that bear the name, or none.

    `unknown` is a name that is nobody's here. `told`: it was said as one's own place («живу в», «я з», «вул.»).
    `bare`: hardly anything else was said.
    """

    found: tuple[Locality, ...] = ()
    unknown: str | None = None
    told: bool = False
    bare: bool = False


@dataclass(frozen=True)
class _Hit:
    locality: Locality
    likeness: float
    start: int
    end: int


def read(words: str, known: Sequence[Locality], *, asked: bool = False) -> Mention:
    """The places of `known` that words name. `asked`: where one lives was just asked, so a slip is more likely."""
    tokens = _TOKEN.findall(words)
    lower = [token.lower() for token in tokens]
    cue = _cue(lower)
    lives = bool(_LIVES.search(words))
    hits = [
        hit
        for hit in _hits(lower, known, slips=asked or lives or cue is not None)
        if hit.likeness >= SAME or asked or lives or (cue and cue[1] <= hit.start <= cue[1] + 1)
    ]
    hits = [hit for hit in hits if asked or _may_be(hit, tokens, cue, lives=lives)]
    best = _best(hits)
    covered = {place for hit in best for place in range(hit.start, hit.end)}
    rest = [
        word
        for place, word in enumerate(lower)
        if place not in covered and not word[0].isdigit() and word not in _BESIDE_A_NAME
    ]
    found = tuple({hit.locality.id: hit.locality for hit in best}.values())
    told = bool(found) and (lives or cue is not None)
    return Mention(
        found=found,
        unknown=None if found else _unknown(tokens, lower, cue, asked=asked, lives=lives),
        told=told,
        bare=bool(found) and len(rest) <= (BARE_BESIDE if asked else 0),
    )


_BESIDE_A_NAME = (
    _STREET
    | _VILLAGE
    | _DISTRICT
    | _BEFORE_A_PLACE
    | frozenset({"я", "ми", "мы", "буд", "дом", "живу", "м", "с"})
)


def within(name: str, text: str) -> bool:
    """Whether a text holds the words of a name, in whatever case."""
    stems = {_stem(word) for word in _TOKEN.findall(text.lower())}
    return all(_stem(word) in stems for word in _TOKEN.findall(name.lower()))


def said_of(name: str, text: str) -> float:
    """Which part of the longer words of a name a text holds, in whatever case: 0 to 1."""
    said = {_stem(word)[:LIKE_A_STEM] for word in _TOKEN.findall(text.lower())}
    own = [_stem(word)[:LIKE_A_STEM] for word in _TOKEN.findall(name.lower()) if len(word) >= SHORT_WORD]
    return sum(word in said for word in own) / len(own) if own else 0.0


def _cue(lower: Sequence[str]) -> tuple[str, int] | None:
    """What kind of place is announced, and the word right after: `вул.` Мостова."""
    for place, word in enumerate(lower[:-1]):
        for kind, announcing in (("street", _STREET), ("village", _VILLAGE), ("district", _DISTRICT)):
            if word in announcing:
                return kind, place + 1
    return None


def _hits(lower: Sequence[str], known: Sequence[Locality], *, slips: bool) -> Iterator[_Hit]:
    """Where a place's name may stand among the words; `slips`: also where it is only like it."""
    stems = [(stem := _stem(word), _OF_MANY.sub("", stem)) for word in lower]
    # A case changes the end of a name, never its first letter.
    firsts = {stem[:1] for stem, _ in stems}
    for locality in known:
        for name in locality.names:
            parts = _parts(name)
            if not parts or len(parts) > LONGEST_NAME or not (slips or parts[0][:1] in firsts):
                continue
            for start in range(len(stems) - len(parts) + 1):
                likeness = min(
                    _likeness(said, part, slips=slips)
                    for said, part in zip(stems[start : start + len(parts)], parts, strict=True)
                )
                if likeness >= ALIKE:
                    yield _Hit(locality, likeness, start, start + len(parts))


@lru_cache(maxsize=NAMES_KEPT)
def _parts(name: str) -> tuple[str, ...]:
    """The stems of a name, which the base asks for again with every message."""
    return tuple(_stem(part) for part in _TOKEN.findall(name.lower()))


def _likeness(said: tuple[str, str], name: str, *, slips: bool) -> float:
    """Percent of likeness of a stem of what was said, also without the ending of many, to a stem of a name."""
    stem, _ = said
    if name in said or _alternates(stem, name):
        return SAME
    if not slips or min(len(stem), len(name)) < FUZZY_FROM:
        return 0.0
    return min(fuzz.ratio(stem, name, score_cutoff=ALIKE), SAME - 1)


def _alternates(said: str, name: str) -> bool:
    """Whether two stems of a word differ by what a case changes: Липівка, у Липівці; Зразків, зі Зразкова."""
    if len(said) != len(name) or len(name) < SHORTEST_ALTERNATING:
        return False
    differ = [place for place in range(len(name)) if said[place] != name[place]]
    if len(differ) != 1:
        return False
    pair = said[differ[0]] + name[differ[0]]
    last = len(name) - 1
    return (differ[0] == last and pair in _LAST) or (differ[0] == last - 1 and pair in _BEFORE_LAST)


def _may_be(hit: _Hit, tokens: Sequence[str], cue: tuple[str, int] | None, *, lives: bool) -> bool:
    """Whether a word that is also an ordinary one («Садова», «Центр», «Мирне») is said as the name of a place."""
    kind = hit.locality.kind
    before = tokens[hit.start - 1].lower() if hit.start else ""
    after = tokens[hit.end].lower() if hit.end < len(tokens) else ""
    if cue is not None and hit.start == cue[1]:
        return (kind == cue[0]) or (cue[0] == "village" and kind == "town")
    placed = before in _BEFORE_A_PLACE
    alone = hit.end - hit.start == len(tokens)
    if kind == "street":
        return after[:1].isdigit() or (lives and before == "на")
    if kind == "district":
        return hit.likeness >= SAME and (alone or (placed and (lives or after in _AFTER_A_PLACE)))
    if hit.likeness < SAME:
        return placed
    return placed or alone or before in _ANNOUNCING or bool(_BIG.match(tokens[hit.start]))


def _best(hits: Sequence[_Hit]) -> list[_Hit]:
    """The likeliest of each word's places; a street of the village that is named too, else the village."""
    most: dict[int, float] = {}
    for hit in hits:
        most[hit.start] = max(most.get(hit.start, 0.0), hit.likeness)
    likely = [hit for hit in hits if hit.likeness == most[hit.start]]
    around = [hit for hit in likely if hit.locality.kind in ("town", "village")]
    inner = [hit for hit in likely if hit.locality.kind not in ("town", "village")]
    inside = [hit for hit in inner if hit.locality.within_id in {one.locality.id for one in around}]
    return inside or around or inner


def _unknown(
    tokens: Sequence[str], lower: Sequence[str], cue: tuple[str, int] | None, *, asked: bool, lives: bool
) -> str | None:
    """The name of a place nobody knows here: what stands where a name must, written as one."""
    if cue is not None:
        return tokens[cue[1]]
    for place, token in enumerate(tokens[1:], 1):
        if lives and lower[place - 1] in _BEFORE_A_PLACE and _BIG.match(token):
            return token
    if asked and 0 < len(tokens) <= LONGEST_NAME:
        return next((token for token in tokens if _BIG.match(token)), tokens[-1])
    return None


def _stem(word: str) -> str:
    """The word as all its cases and both languages' spellings share it, as far as that goes."""
    folded = _DOUBLED.sub(r"\1", _SILENT.sub("", word.lower().translate(_FOLDED)))
    return _ENDING.sub("", folded)
