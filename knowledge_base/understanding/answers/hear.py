"""The door: what a citizen's free words answer to the question of a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import exactly, hull
from knowledge_base.understanding.answers.choices import hear_choice, types_label
from knowledge_base.understanding.answers.days import hear_day
from knowledge_base.understanding.answers.heard import (
    DONT_KNOW,
    REFUSED,
    VAGUE,
    Heard,
    allows_zero,
    heard_number,
)
from knowledge_base.understanding.answers.money import hear_money
from knowledge_base.understanding.answers.numbers import hear_number
from knowledge_base.understanding.answers.replies import (
    asks,
    begins_unknowing,
    is_command,
    is_vague,
    is_vague_time,
    knows_not,
    refuses,
    says_none,
    there_is_no,
)
from knowledge_base.understanding.answers.tokens import Token, with_days, with_sums, words_of
from knowledge_base.understanding.answers.words import NONE_WORDS, asked_about
from knowledge_base.understanding.answers.yes_no import hear_yes_no

_NOUGHT = Decimal(0)


def hear(
    text: str,
    fact: Fact,
    today: date,
    *,
    minimum_wage: Decimal | None = None,
    latest: date | None = None,
) -> Heard | None:
    """What the words say of the fact. None: they do not answer it (a question, a command, another matter).

    `today` is the day it was said; `minimum_wage`, hryvnias a month, gives «дві мінімалки» a value; `latest` is the
    last day a date may be (today, for what has happened). Any text is understood or None, nothing is raised.
    """
    tokens = with_days(text) if fact.type == "date" else with_sums(text)
    words = words_of(tokens)
    if not tokens or is_command(tokens):
        return None
    if fact.type == "choice" and types_label(words, fact):
        return hear_choice(tokens, fact)
    if asks(tokens) and not refuses(words):
        return DONT_KNOW if begins_unknowing(words) else None
    match fact.type:
        case "bool":
            return _unsaid(words) or hear_yes_no(tokens, fact)
        case "choice":
            return _unsaid(words) or hear_choice(tokens, fact)
        case "date":
            return (
                hear_day(tokens, fact, today, latest)
                or _unsaid(words)
                or (VAGUE if is_vague_time(words) else None)
            )
        case "money":
            return _amount(hear_money(tokens, fact, minimum_wage), tokens, fact)
    return _amount(hear_number(tokens, fact, today), tokens, fact)


def _unsaid(words: Sequence[str]) -> Heard | None:
    if knows_not(words):
        return DONT_KNOW
    return REFUSED if refuses(words) else None


def _amount(heard: Heard | None, tokens: Sequence[Token], fact: Fact) -> Heard | None:
    """The number heard, or what is said in place of one."""
    words = words_of(tokens)
    if heard is not None:
        none_said = not NONE_WORDS.isdisjoint(words) and heard.value is not None and allows_zero(fact)
        return _or_none(heard, words, fact) if none_said else heard
    if unsaid := _unsaid(words):
        return unsaid
    asked = asked_about(fact.ask.uk, fact.label.uk)
    if allows_zero(fact) and says_none(words, asked):
        return heard_number(exactly(_NOUGHT), fact, approximate=False)
    return VAGUE if is_vague(words, asked, money=fact.type == "money") else None


def _or_none(heard: Heard, words: Sequence[str], fact: Fact) -> Heard:
    """A number beside «нема»: nought if that is said of what was asked for, maybe nought if it comes first."""
    if there_is_no(words, asked_about(fact.ask.uk, fact.label.uk)):
        return heard_number(exactly(_NOUGHT), fact, approximate=True)
    both = hull([exactly(_NOUGHT), heard.value]) if heard.value and words[0] in NONE_WORDS else None
    return replace(heard, value=both, approximate=True) if both else heard
