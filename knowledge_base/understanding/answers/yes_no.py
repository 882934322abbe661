"""Answers to a question for yes or no: «так», «та ні», «нема», 👍, or the question's own verb said back.

What is said against itself («так, не живе») is no answer; where the first word is a plain yes or no and a longer
explanation follows, it counts and is read back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import options
from knowledge_base.understanding.answers.heard import Heard
from knowledge_base.understanding.answers.replies import NOT_HAD, is_about
from knowledge_base.understanding.answers.tokens import Kind, Token, words_of
from knowledge_base.understanding.answers.vocabulary import MEASURES
from knowledge_base.understanding.answers.words import (
    FILLERS,
    HAD_WORDS,
    HAVE_WORDS,
    NO_WORDS,
    NONE_WORDS,
    NOT,
    YES_WORDS,
    asked_about,
    asking,
    fold,
    folded,
)
from knowledge_base.understanding.normalise import spell

_YES_SIGNS, _NO_SIGNS = frozenset("👍👌✅☑✔🆗💯➕+"), frozenset("👎❌🙅✖➖-")
_OPENING = folded(
    "ну та ой а то вже уже ще еще пока поки і й взагалі вообще мабуть напевно наверное здається кажется "
    "вроді вроде ніби наче скоріше скорее думаю добрий день доброго дня"
)
_HEDGES = folded("мабуть напевно наверное здається кажется вроді вроде ніби наче скоріше скорее думаю може")
_BUT = folded("але но однак")
_CONCERNS = folded("стосується касається касается стосуються відноситься")
_ENGLISH_NO = fold("no")
_VERB = re.compile(
    r"(?:ти|ав|яв|ив|ув|ла|ли|ло|є|ють|уть|ить|ять|ємо|имо|емо|єте|ете|ите|ться|вся|лася|лась|лися|лись"
    r"|ане|ене|ані|ені|ано|ено|ана|ена|живе)$"
)
_NOUNS = "житло село діло число світло тепло діти люди сестри рахуйте виплати роботи освіти мати"
_NO_VERBS = frozenset(_NOUNS.split())
"""Words that only end like verbs, and the verb of «не рахуйте», which asks nothing."""
_SAME_VERBS = {
    "отриму": "получ палуч", "куп": "покуп купл", "поверн": "вернул верну", "жив": "прожива",
    "зруйнов": "разруш розруш розбит разбит розбом разбом згор сгор",
    "їзд": "езд", "прац": "работа", "пода": "подав",
}  # fmt: skip
_PAST = re.compile(r"(?:ав|яв|ив|ув|ла|ли|ло|був)$")
_SHORTEST_ROOT = 3
_MOST_WORDS, _MOST_STRANGERS, _EXPLAINED, _MOST_AFTER_NOT = 12, 2, 3, 3
_PLAIN = FILLERS | HAVE_WORDS | HAD_WORDS
_DENIABLE = HAVE_WORDS | HAD_WORDS | NOT_HAD
_MEASURING = frozenset(MEASURES)
_KNOWN_QUESTIONS = 2_000


@dataclass(frozen=True)
class _Question:
    """`roots`: how its verbs begin. `denied`: words it denies itself. `of_having`: it asks whether there is something.

    `of_past`: it asks of something past.
    """

    roots: tuple[str, ...]
    denied: frozenset[str]
    of_having: bool
    of_past: bool


@lru_cache(maxsize=_KNOWN_QUESTIONS)
def _question(text: str) -> _Question:
    words = re.findall(r"[а-яіїєґ'’ʼ]+", asking(text).lower())
    roots = {fold(_VERB.sub("", word)) for word in words if _VERB.search(word) and word not in _NO_VERBS}
    roots |= {"жив"} if "живе" in words else set()
    for root, others in _SAME_VERBS.items():
        if any(known.startswith(fold(root)) for known in roots):
            roots |= folded(others)
    spelled = spell(asking(text))
    return _Question(
        tuple(root for root in roots if len(root) >= _SHORTEST_ROOT),
        frozenset(following for word, following in pairwise(spelled) if word == NOT),
        not HAVE_WORDS.isdisjoint(spelled),
        any(_PAST.search(word) and word not in _NO_VERBS for word in words),
    )


def hear_yes_no(tokens: Sequence[Token], fact: Fact) -> Heard | None:
    """Yes or no, None where the words are about something else."""
    words = words_of(tokens)
    if not words:
        return _by_signs(tokens)
    if words == [_ENGLISH_NO]:
        return _heard(answer=False)
    question = _question(fact.ask.uk)
    hedged = not _HEDGES.isdisjoint(words)
    place = next((place for place, word in enumerate(words) if word not in _OPENING), None)
    if place is None:
        return None
    lead, rest = words[place], words[place + 1 :]
    if lead == NOT and rest:
        if len(rest) <= _MOST_AFTER_NOT and all(word in FILLERS for word in rest):
            return _heard(answer=False, hedged=hedged)  # «не зі мною»
    elif lead in YES_WORDS or lead in NO_WORDS:
        return _led(tokens, lead, rest, question, hedged=hedged)
    found_yes, found_no = _evidence(words, question)
    if found_yes == found_no or len(words) > _MOST_WORDS or not _BUT.isdisjoint(words):
        return None
    of_others = [word for word in words if not word.startswith(question.roots)]
    most = _MOST_STRANGERS if len(of_others) < len(words) else 1
    if not is_about(of_others, asked_about(fact.ask.uk, fact.label.uk), _MEASURING, most=most):
        return None
    return _heard(answer=found_yes, hedged=hedged)


def _led(
    tokens: Sequence[Token], lead: str, rest: Sequence[str], question: _Question, *, hedged: bool
) -> Heard | None:
    """An answer that begins with a plain yes or no."""
    answer = lead in YES_WORDS
    if answer and rest and rest[0] in NO_WORDS and not _comma_after(tokens, lead):
        return _heard(answer=False, hedged=hedged)  # «да нет»
    found_yes, found_no = _evidence(rest, question)
    if not (found_no if answer else found_yes):
        return _heard(answer=answer, hedged=hedged or not _BUT.isdisjoint(rest))
    return _heard(answer=answer, hedged=True) if len(rest) >= _EXPLAINED else None


def _heard(*, answer: bool, hedged: bool = False) -> Heard:
    return Heard(options(answer), approximate=hedged)


def _by_signs(tokens: Sequence[Token]) -> Heard | None:
    signs = {token.text for token in tokens}
    yes, no = not signs.isdisjoint(_YES_SIGNS), not signs.isdisjoint(_NO_SIGNS)
    if yes == no or any(token.kind is not Kind.SIGN for token in tokens):
        return None
    return _heard(answer=yes)


def _comma_after(tokens: Sequence[Token], lead: str) -> bool:
    place = next(place for place, token in enumerate(tokens) if token.text == lead)
    return place + 1 < len(tokens) and tokens[place + 1].kind is Kind.SIGN


def _evidence(words: Sequence[str], question: _Question) -> tuple[bool, bool]:
    """Whether something in the words says yes, and whether something says no."""
    yes = no = False
    plain = all(word in _PLAIN for word in words)
    for place, word in enumerate(words):
        denied = place > 0 and words[place - 1] == NOT
        of_question = word.startswith(question.roots) or word in _CONCERNS
        if word in NONE_WORDS or (word in NO_WORDS and word != NOT):
            no = True
        elif word in question.denied:
            yes, no = yes or denied, no or not denied
        elif denied:
            no = no or of_question or word in _DENIABLE
        elif (
            of_question
            or (word in HAVE_WORDS and (plain or question.of_having))
            or (word in HAD_WORDS and plain and question.of_past)
        ):
            yes = True
    return yes, no
