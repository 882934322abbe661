"""Whose matter it is: the writer's own or somebody close's. What was told of one is never taken for the other."""

from __future__ import annotations

import re
from dataclasses import replace

from bots.dialogue.turn import Aside, State, Whose

_LEAD = r"(?:(?:ні|нет),? )?(?:це |это )?"
_FOR = r"(?:для|за|про|на) "
_SELF = r"(?:себе|себя|мене|меня)"
_ANY_OF_MINE = r"(?:(?:мо[єїею]\w*|сво[єїею]\w*|рідн\w+|інш\w+|друг\w+|близьк\w+) )?"
_SOMEBODY = (
    r"(?:мам\w*|матер\w*|мат[иь]|тат\w*|батьк\w*|пап\w*|бабус\w*|бабц\w*|бабушк\w*|баб[иуі]|дід\w*|дедушк\w*"
    r"|син\w*|сын\w*|доньк\w*|доц\w*|дочк\w*|дочер\w*|чоловік\w*|муж\w*|дружин\w*|жен[ауые]|жінк\w*|брат\w*"
    r"|сестр\w*|свекр\w*|тещ\w*|тест\w*|тітк\w*|дядьк\w*|внук\w*|онук\w*|сусід\w*|сосед\w*|подруг\w*|друг\w*"
    r"|людин\w*|человек\w*|родич\w*|рідн\w+)"
)
_SAYS_SELF = re.compile(f"{_LEAD}{_FOR}{_SELF}")
_SAYS_KIN = re.compile(f"{_LEAD}{_FOR}{_ANY_OF_MINE}{_SOMEBODY}")
_BOOKS_FOR_KIN = re.compile(
    rf"\b(?:запиш\w*|запис\w*|записат\w*) (?:будь ласка |пожалуйста )?(?:на при[йеё]м |на прийом )?"
    rf"{_ANY_OF_MINE}(?!друг\w*){_SOMEBODY}\b|\b(?:для|за) {_ANY_OF_MINE}(?!друг\w*){_SOMEBODY}\b"
)
_NAMES_SELF = re.compile(r"(?:собі|себе|мені|мне|сам|сама|я|моє)")
_NAMES_KIN = re.compile(f"{_ANY_OF_MINE}{_SOMEBODY}")


def whose_in(words: str, *, asked: bool = False) -> Whose | None:
    """Whose, where the words say only that: «для мами», «за себе»; where it was `asked`, also «мамі», «собі».

    `words` are in small letters.
    """
    if _SAYS_SELF.fullmatch(words) or (asked and _NAMES_SELF.fullmatch(words)):
        return "self"
    return "kin" if _SAYS_KIN.fullmatch(words) or (asked and _NAMES_KIN.fullmatch(words)) else None


def books_for_kin(words: str) -> bool:
    """Whether somebody is booked for another: «запишіть маму», «запис для батька». `words` are in small letters."""
    return bool(_BOOKS_FOR_KIN.search(words.replace(",", "")))


def turn_to(state: State, whose: Whose) -> State:
    """The state in which facts are of this person; what was told of the other is put aside."""
    if state.whose == whose:
        return state
    aside = Aside(state.told, state.children, state.papers, state.situations)
    other = state.aside
    return replace(
        state,
        whose=whose,
        told=other.told,
        children=other.children,
        papers=other.papers,
        situations=other.situations,
        aside=aside,
    )
