"""«На що я маю право?»: for whom, which situations in life are theirs, then one interview over everything.

The interview itself is `inquiry`'s; here are its beginning and the screens of what it comes to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons, inquiry
from bots.dialogue.overview import ENTRY, Overview
from bots.dialogue.scene import Scene
from bots.dialogue.skills import menu
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Outcome, Step, Turn
from bots.dialogue.whose import turn_to, whose_in
from conversations.messages import Reply
from knowledge_base.answers import EntryCard, LifeEvent
from knowledge_base.rules.facts import Contradiction
from knowledge_base.understanding.answers import hear_ticks
from knowledge_base.understanding.meaning import Facet

SKILL = "screener"
WHOSE, SITUATIONS = "whose", "situations"

_NONE = re.compile(r"(?:ні|нет)?[\s,]*(?:нічого|ничего|ніщо|жодн\w+)(?: з цього| из этого)?")
_ON = re.compile(r"(?:далі|дальше|все|всё|готово|досить|хватит)")


def begin(scene: Scene) -> Outcome:
    """For whom? Where the base has no such entry, the life situations are the way in."""
    card = scene.card(ENTRY)
    if card is None:
        return menu.rights(scene)
    choices = (buttons.button("s:self", "for-myself"), buttons.button("s:kin", "for-kin"), *buttons.row())
    return _turn(scene, card, WHOSE, Reply(text=say("screener-whose"), choices=choices))


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """Every `s:…`; see `buttons`."""
    card = scene.card(ENTRY)
    if card is None:
        return menu.rights(scene)
    match list(words):
        case [("self" | "kin") as whose]:
            return _situations(_of(scene, whose), card, ())
        case ["on", event] if event in {one.id for one in _asked(scene)}:
            chosen = {*_chosen(scene), event}
            return _situations(scene, card, _in_order(scene, chosen), renews=True)
        case ["anew"]:
            return _situations(scene, card, (), renews=True)
        case ["go"]:
            return _interview(scene, card, _chosen(scene))
        case ["life", event] if event in {one.id for one in scene.knowledge.life_events}:
            return _over(scene, card, (event,))
        case [("more" | "no") as which, page] if page.isascii() and page.isdigit():
            return _screen(scene, card, which, int(page))
    return None


def hear(scene: Scene, step: Step) -> Outcome | None:
    """«для мами»; numbers of the situations, «нічого», «далі»."""
    card = scene.card(ENTRY)
    if card is None:
        return None
    words = scene.words.lower().strip(" .!")
    if step.name == WHOSE:
        whose = whose_in(words, asked=True)
        return _situations(_of(scene, whose), card, ()) if whose else None
    events = _asked(scene)
    numbers = hear_ticks(scene.words, len(events))
    if numbers:
        chosen = {events[number - 1].id for number in numbers} | set(_chosen(scene))
        return _interview(scene, card, _in_order(scene, chosen))
    if _NONE.fullmatch(words):
        return _interview(scene, card, ())
    return _interview(scene, card, _chosen(scene)) if _ON.fullmatch(words) else None


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The open question again."""
    card = scene.card(ENTRY)
    if card is None or step.name == WHOSE:
        return begin(scene)
    return _situations(scene, card, _chosen(scene))


def back(scene: Scene, step: Step) -> Outcome:
    """From the situations to whose they are; from there to the menu."""
    return menu.show(scene) if step.name == WHOSE else begin(scene)


def _of(scene: Scene, whose: str) -> Scene:
    return replace(scene, state=turn_to(scene.state, "kin" if whose == "kin" else "self"))


def _situations(scene: Scene, card: EntryCard, chosen: Sequence[str], *, renews: bool = False) -> Turn:
    """Which situations are theirs: pressed one by one, or written as numbers."""
    events = _asked(scene)
    lines = [
        say("screener-situation", number=str(number), text=event.asked or "")
        for number, event in enumerate(events, 1)
    ]
    mine = [event.label for event in events if event.id in chosen]
    told = [say("screener-chosen", list=", ".join(mine))] if mine else []
    text = "\n".join([say("screener-situations"), *lines, *told])
    doors = [buttons.named(f"s:on:{event.id}", event.label) for event in events if event.id not in chosen]
    onward = buttons.button("s:go", "go-further" if chosen else "none-of-these")
    anew = buttons.button("s:anew", "choose-anew") if chosen else None
    reply = Reply(text=text, choices=(*buttons.own(onward, *doors, anew), *buttons.row()), renews=renews)
    return _turn(scene, card, SITUATIONS, reply, list(chosen))


def _turn(scene: Scene, card: EntryCard, name: str, reply: Reply, chosen: Sequence[str] = ()) -> Turn:
    state = replace(
        scene.settled,
        topic=card.id,
        facet=Facet.OVERVIEW,
        paused=None,
        step=Step(SKILL, name, {"chosen": list(chosen)}),
    )
    kind = Kind.MENU if name == WHOSE else Kind.INTERVIEW
    return scene.turn(kind, reply, state=state, topic=card.id, facet=Facet.OVERVIEW)


def _interview(scene: Scene, card: EntryCard, chosen: Sequence[str]) -> Outcome | None:
    """Over what concerns everybody and what concerns the chosen situations."""
    events = scene.knowledge.life_events
    everybody = [event.id for event in events if event.asked is None and event.under is None]
    under = [event.id for event in events if event.under in chosen]
    return _over(scene, card, (*chosen, *under, *everybody))


def _over(scene: Scene, card: EntryCard, situations: Sequence[str]) -> Outcome | None:
    scene = replace(scene, state=replace(scene.state, situations=tuple(situations)))
    talk = inquiry.talk_of(scene, card, {"skipped": [], "asked": []})
    return inquiry.begin(talk, [say("screener-start")]) if talk is not None else None


def _screen(scene: Scene, card: EntryCard, which: str, page: int) -> Outcome | None:
    """Another screen of the result, of what was told up to now."""
    talk = inquiry.open_talk(scene, card)
    if not isinstance(talk, inquiry.ScreenerTalk):
        return None
    try:
        overview: Overview = talk.overview()
    except Contradiction as fault:
        return inquiry.differs(talk, fault)
    reply = overview.refused(page) if which == "no" else overview.page(page)
    return talk.having(question=None).turn(inquiry.DONE, reply, kind=Kind.ANSWER)


def _asked(scene: Scene) -> list[LifeEvent]:
    return [event for event in scene.knowledge.life_events if event.asked]


def _chosen(scene: Scene) -> tuple[str, ...]:
    step = scene.state.step
    kept = step.facts.get("chosen", ()) if step is not None and step.skill == SKILL else ()
    return _in_order(scene, set(kept))


def _in_order(scene: Scene, chosen: set[str]) -> tuple[str, ...]:
    return tuple(event.id for event in _asked(scene) if event.id in chosen)
