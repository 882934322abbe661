"""Where to go: offices, their hours, what is open now or on a day, entrance, phone, how busy it is there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bots.dialogue import busyness, buttons, office_words, opening, places
from bots.dialogue.office_screens import (
    SKILL,
    TOPIC,
    answered_with,
    door,
    in_full,
    of_id,
    ordered,
    several,
    shown,
    turn,
)
from bots.dialogue.scene import Scene
from bots.dialogue.turn import Outcome, Step
from knowledge_base.understanding.meaning import Facet

__all__ = [
    "SKILL",
    "TOPIC",
    "door",
    "listed",
    "meant",
    "meant_by_a_word",
    "press",
    "repeat",
    "show",
    "shown",
    "turn",
]

# A question about a day or an entrance is short; a story that names a day is a story.
LONGEST_QUESTION = 8
LONGEST_NAME = 6
ABOUT_A_PLACE = frozenset({None, Facet.WHERE, Facet.HOW})
_MENU_WORDS = re.compile(
    r"(?:ваш[аіи]?\s+)?(?:адрес[аиуы]?|годин[аи]|графік|график|розклад|режим|час[ыи]|телефони?|контакти?|контакты)"
    r"(?:\s+(?:роботи|работы|прийому|приема|приёма|і|й|та|и|години|телефони?))*",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[^\w\s’']+")


def show(scene: Scene) -> Outcome:
    """What was asked about places: a day, the entrance, one place, or a few of them with their hours."""
    known = ordered(scene)
    named = places.named_in_full(scene.words, known) or places.named(scene.words, known)
    focus = named or shown(scene) or answered_with(scene, known)
    if first := office_words.answer(scene, focus or known[0], known, one_place=focus is not None):
        return turn(scene, in_full(scene, focus or known[0], first), office=focus, keep_topic=True)
    inside = TOPIC in (scene.open_topic, scene.state.topic) and bool(scene.words)
    if len(known) == 1 or named or inside:
        office = focus or known[0]
        return turn(scene, in_full(scene, office), office=office)
    return turn(scene, several(scene, known, None))


def listed(scene: Scene, page: int = 0) -> Outcome:
    """All places, as the menu shows them: a page of them at a time, and on the first what is nearest."""
    known = scene.knowledge
    nearer = buttons.button("o:where", "nearer") if known.localities and page == 0 else None
    return turn(scene, several(scene, ordered(scene), None, page=page, doors=[nearer]))


def meant_by_a_word(scene: Scene) -> bool:
    """«адреси», «години», «графік»: a word of the menu and nothing else."""
    return bool(_MENU_WORDS.fullmatch(" ".join(_SIGNS.sub(" ", scene.words).split())))


def meant(scene: Scene) -> bool:
    """Whether a short question is about a place by its name, a day, an entrance or its queue, whatever is open."""
    words = scene.words
    if len(words.split()) > LONGEST_QUESTION:
        return False
    by_name = len(words.split()) <= LONGEST_NAME and scene.meaning.facet in ABOUT_A_PLACE
    if by_name and places.named_in_full(words, scene.knowledge.offices()):
        return True
    inside = shown(scene) is not None or TOPIC in (scene.open_topic, scene.state.topic)
    day = bool(opening.asked_days(words, scene.today)) or opening.asks_holidays(words)
    if inside and (day or office_words.asks_entrance(words)):
        return True
    here = inside or places.named(words, scene.knowledge.offices()) is not None
    if here and busyness.asks(words) and not scene.ticket_waits:
        return True
    going_on = scene.open_topic is not None or scene.meaning.follow_up
    return going_on and day and opening.asks_open(words)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`o:<office>`; `o:near` where the press shared no place; `o:more:<page>`."""
    match list(words):
        case ["near"]:
            return listed(scene)
        case ["more", page] if page.isascii() and page.isdigit():
            return listed(scene, int(page))
    office = of_id(scene, ":".join(words)) if words else None
    return turn(scene, in_full(scene, office), office=office) if office else None


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same place again."""
    office = of_id(scene, step.facts.get("office"))
    return turn(scene, in_full(scene, office), office=office) if office else None
