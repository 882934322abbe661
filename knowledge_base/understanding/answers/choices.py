"""Answers to a question with options: a label typed, a word of it, a word for the same person or thing, a number.

Words that fit several options equally leave all of these; «не» takes an option away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options
from knowledge_base.understanding.answers.heard import Heard
from knowledge_base.understanding.answers.replies import is_about
from knowledge_base.understanding.answers.tokens import Kind, Token, words_of
from knowledge_base.understanding.answers.vocabulary import CARDINALS, ORDINALS
from knowledge_base.understanding.answers.words import (
    FILLERS,
    KIN_WORDS,
    NEITHER,
    NO_WORDS,
    NONE_WORDS,
    NOT,
    asked_about,
    echoes,
    folded,
)
from knowledge_base.understanding.normalise import spell

LABEL_LIKENESS = 88.0
"""Percent of likeness (rapidfuzz ratio) from which a typed text is a label."""
_SHORTEST_TYPED = 4
_LIKE_WORD, _SHORTEST_PREFIX, _SHORTEST_WORD = 70.0, 4, 3
_MOST_WORDS, _MOST_STRANGERS = 12, 2
_KNOWN_CHOICES = 1_000
_PREPOSITIONS = folded("в у на з із за по до со с во")
_NUMBERED = folded("номер варіант вариант пункт відповідь ответ під перше перший")
_LAST_ONE = folded("останній останнє остання последний последнее последняя")
_OTHER = folded("інше інший інша другое другой другая інші інших іншого іншої")
_SAME: tuple[frozenset[str], ...] = (
    folded("мати мама мамою матір матері мать мамка матуся мамочка матерью матірю мами"),
    folded("батько тато татко папа отець отец батя батьком татом папою отцом батька тата папка"),
    folded(
        "опікун опікунка опікуна опікуном опекун опекунша опекуном опекуна опікунша піклувальник "
        "піклувальниця попечитель опіка опеку опека опікунство"
    ),
    folded("усиновлювач усиновитель усыновитель усиновлювачка удочерила усиновила"),
    folded("орендуємо орендую оренда орендоване орендованому аренда арендуем арендую аренде знімаємо "
           "знімаю знімаєм снимаем снимаю съемная сьомна съёмная найм наймаємо наймаю квартирую"),
    folded("впо переселенець переселенка переселенці переселенцы переселенец переселенська"),
    folded("прописані прописаний прописана прописка прописке зареєстровані зареєстрований зареєстрована "
           "зарегистрированы зарегистрирован регистрация реєстрація прописаны прописан"),
    folded("сплачено сплатили сплатив сплатила заплатили заплатив заплатила оплатили оплатив погасили "
           "погашено уплачено оплачено віддали уплатили оплатила погасив"),
    folded("кордоном кордон закордон закордоном заграницей заграница границей границею польщі польща "
           "польше німеччина німеччині германии чехії чехии італії европе європі"),
    folded("окупованого окупація окупації окупованої окупований окупованій оккупация оккупации "
           "оккупированной оккупирована оккупированного"),
    folded("бої боїв бойові обстріли обстрілів обстрілюють обстреливают обстрелы стріляють стреляют бомблять бомбят"),
    folded("громадянство громадянин громадянка гражданство гражданин гражданка українець українка украинец украинка"),
    folded("суд суді судимося суде судимся"),
    folded("сирота сироти сирот сироту сиротой"),
)  # fmt: skip
"""Words that stand for one another in labels and answers."""
_FIRST_BY_STEM = 3
"""From this group on a word is known by its first five letters; «мати» and «матеріал» are not one."""
_KIN = folded(
    "бабуся баба бабушка бабця бабусею бабушкой дід дідусь дед дедушка дідом тітка тьотя тетя тіткою "
    "дядько дядя дядьком сестра сестрою сестрой брат братом свекруха теща родич родичка родственник "
    "родственница хрещена крестная"
)
_STEM = 5
_STEMS = tuple(
    frozenset(word[:_STEM] for word in same if len(word) > _STEM and kind >= _FIRST_BY_STEM)
    for kind, same in enumerate(_SAME)
)
_ROLES = _SAME[0] | _SAME[1] | _SAME[2]
_NONE_IDS, _OTHER_IDS = ("none", "nothing", "no"), ("other",)


@dataclass(frozen=True)
class _Option:
    """`words` tell the option from others; `persons` it names by the way («дитини») only confirm it."""

    id: str
    label: str
    words: tuple[str, ...]
    persons: tuple[str, ...]
    kinds: frozenset[int]
    denies: bool


@lru_cache(maxsize=_KNOWN_CHOICES)
def _read(labels: tuple[tuple[str, str], ...]) -> tuple[_Option, ...]:
    return tuple(_option(name, spell(label)) for name, label in labels)


def _option(name: str, words: Sequence[str]) -> _Option:
    telling = [word for word in words if len(word) >= _SHORTEST_WORD and word not in FILLERS]
    persons = [word for word in telling if word in KIN_WORDS]
    if len(persons) == len(telling):
        persons = []
    kinds = frozenset(kind for kind, same in enumerate(_SAME) if not same.isdisjoint(words))
    denies = name in _NONE_IDS or words[:1] in (["ни"], ["ничого"])
    main = tuple(word for word in telling if word not in persons)
    return _Option(name, " ".join(words), main, tuple(persons), kinds, denies)


def _known(fact: Fact) -> tuple[_Option, ...]:
    return _read(tuple((name, text.uk) for name, text in (fact.options or {}).items()))


def hear_choice(tokens: Sequence[Token], fact: Fact) -> Heard | None:
    """The options meant, None where none is."""
    known = _known(fact)
    words = words_of(tokens)
    if not known or len(words) > _MOST_WORDS:
        return None
    # A label as it stands first: «Хтось один» is no number.
    meant = (
        _exactly(words, known)
        or _by_number(tokens, known, asked_about(fact.ask.uk))
        or _typed(words, known)
        or _by_words(words, known)
    )
    meant = meant or _by_kin(words, known) or _none_of_these(words, known)
    if not meant or not _is_about(words, known, fact):
        return None
    return Heard(Options(frozenset(meant)), approximate=len(meant) > 1)


def _is_about(words: Sequence[str], known: Sequence[_Option], fact: Fact) -> bool:
    asked = asked_about(fact.ask.uk, fact.label.uk, *(option.label for option in known))
    others = [word for word in words if word not in _KIN and not any(_fits(word, option) for option in known)]
    return is_about(others, asked, most=_MOST_STRANGERS)


def _by_number(tokens: Sequence[Token], known: Sequence[_Option], asked: frozenset[str]) -> set[str]:
    places: set[int] = set()
    for token in tokens:
        number = _place(token, len(known))
        if number is None:
            beside = token.text in _NUMBERED or token.text in FILLERS or echoes(token.text, asked)
            if token.kind is Kind.WORD and not beside:
                return set()
        elif not 1 <= number <= len(known):
            return set()
        else:
            places.add(number)
    return {known[place - 1].id for place in places}


def _place(token: Token, last: int) -> int | None:
    if token.number is not None:
        return int(token.number) if token.number == int(token.number) else 0
    if token.text in _LAST_ONE:
        return last
    return CARDINALS.get(token.text, ORDINALS.get(token.text))


def _exactly(words: Sequence[str], known: Sequence[_Option]) -> set[str]:
    typed = " ".join(words)
    return {option.id for option in known if option.label == typed}


def _typed(words: Sequence[str], known: Sequence[_Option]) -> set[str]:
    """A label with a slip of the finger."""
    typed = " ".join(words)
    if len(typed) < _SHORTEST_TYPED:
        return set()
    likeness = {option.id: fuzz.ratio(typed, option.label, score_cutoff=LABEL_LIKENESS) for option in known}
    best = max(likeness.values())
    return {name for name, like in likeness.items() if like == best} if best else set()


def _by_words(words: Sequence[str], known: Sequence[_Option]) -> set[str]:
    scores = {option.id: 0 for option in known}
    denied: set[str] = set()
    for option in known:
        for place, word in enumerate(words):
            if not _fits(word, option):
                continue
            if _is_denied(words, place):
                denied.add(option.id)
            else:
                scores[option.id] += 1
        if scores[option.id]:
            scores[option.id] += sum(any(_alike(word, person) for person in option.persons) for word in words)
    best = max((score for name, score in scores.items() if name not in denied), default=0)
    if best and len(set(scores.values())) > 1:
        return {name for name, score in scores.items() if score == best and name not in denied}
    return {option.id for option in known} - denied if denied else set()


def _is_denied(words: Sequence[str], place: int) -> bool:
    while place and words[place - 1] in _PREPOSITIONS:
        place -= 1
    return place > 0 and (words[place - 1] == NOT or words[place - 1] in NEITHER)


@lru_cache(maxsize=20_000)
def _alike(word: str, label_word: str) -> bool:
    if word == label_word:
        return True
    if (
        min(len(word), len(label_word)) < _SHORTEST_PREFIX
        or word[:_SHORTEST_PREFIX] != label_word[:_SHORTEST_PREFIX]
    ):
        return False
    return fuzz.ratio(word, label_word) >= _LIKE_WORD


def _fits(word: str, option: _Option) -> bool:
    if any(_alike(word, label_word) for label_word in option.words):
        return True
    if word in _OTHER and option.id in _OTHER_IDS:
        return True
    return any(word in _SAME[kind] or word[:_STEM] in _STEMS[kind] for kind in option.kinds)


def types_label(words: Sequence[str], fact: Fact) -> bool:
    """Whether a label was typed as it stands: then it is an answer, even if it looks like a question."""
    return bool(_exactly(words, _known(fact)))


def _by_kin(words: Sequence[str], known: Sequence[_Option]) -> set[str]:
    """A relative who is none of the roles named: the option for others."""
    of_roles = any(not _ROLES.isdisjoint(option.words) for option in known)
    if not of_roles or _KIN.isdisjoint(words):
        return set()
    return {option.id for option in known if option.id in _OTHER_IDS}


def _none_of_these(words: Sequence[str], known: Sequence[_Option]) -> set[str]:
    denies = words[0] in NO_WORDS or not NONE_WORDS.isdisjoint(words) if words else False
    return {option.id for option in known if option.denies} if denies else set()
