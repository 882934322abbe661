"""The menu: life situations, the entries that belong to each, and the doors that work now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons
from bots.dialogue.overview import ENTRY
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Outcome
from conversations.messages import Choice, Reply
from knowledge_base.answers import LifeEvent
from knowledge_base.understanding.meaning import Facet

PAGE = 8


def show(scene: Scene) -> Outcome:
    """The main menu. It leaves the topic and the danger card, never the quiet that follows danger."""
    reply = Reply(text=say("menu", phone=scene.phone), choices=main_choices())
    state = replace(scene.settled, topic=None, facet=None, danger=None)
    return scene.turn(Kind.MENU, reply, state=state)


def main_choices() -> tuple[Choice, ...]:
    """Everything a person can do here, besides asking in words."""
    return (
        buttons.rights_to_all(),
        buttons.life(),
        buttons.visit(),
        buttons.offices(),
        buttons.button("m:data", "my-data"),
        buttons.button("m:call", "call"),
        buttons.person(),
    )


def life(scene: Scene, page: int = 0) -> Outcome:
    """The life situations."""
    reply = Reply(text=say("life"), choices=_situations(scene, page))
    return scene.turn(Kind.MENU, reply, state=replace(scene.settled, topic=None, facet=None, danger=None))


def rights(scene: Scene) -> Outcome:
    """«На що я маю право?»: the life situations as the way in."""
    reply = Reply(text=say("life-rights"), choices=_situations(scene, 0))
    state = replace(scene.settled, topic=None, facet=None)
    return scene.turn(Kind.MENU, reply, state=state, topic=ENTRY, facet=Facet.OVERVIEW)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`m:life`, `m:life:<event>`, `m:more:<page>`; the other global words are the engine's."""
    match list(words):
        case ["life"]:
            return life(scene)
        case ["more", page] if page.isascii() and page.isdigit():
            return life(scene, int(page))
        case ["life", event_id]:
            return _event(scene, event_id)
        case _:
            return None


def _known_events(scene: Scene) -> list[LifeEvent]:
    return [event for event in scene.knowledge.life_events if any(map(scene.known, event.entries))]


def _situations(scene: Scene, page: int) -> tuple[Choice, ...]:
    events = _known_events(scene)
    pages = max(1, -(-len(events) // PAGE))
    here = page % pages
    shown = events[here * PAGE : (here + 1) * PAGE]
    more = buttons.button(f"m:more:{(here + 1) % pages}", "more") if pages > 1 else None
    doors = [buttons.named(f"m:life:{event.id}", event.label) for event in shown]
    return (*buttons.own(*doors, more), *buttons.row())


def _event(scene: Scene, event_id: str) -> Outcome | None:
    event = next((event for event in scene.knowledge.life_events if event.id == event_id), None)
    if event is None:
        return None
    cards = [card for entry in event.entries if (card := scene.card(entry))]
    if cards:
        text = say("life-event", event=event.label)
        choices = (
            *buttons.own(_everything(scene, event), *map(buttons.entry, cards)),
            buttons.life(),
            *buttons.row(),
        )
    else:
        text = say("life-empty", phone=scene.phone)
        choices = (buttons.life(), *buttons.row())
    return scene.turn(
        Kind.MENU, Reply(text=text, choices=choices), state=replace(scene.settled, topic=None, facet=None)
    )


def _everything(scene: Scene, event: LifeEvent) -> Choice | None:
    """One interview over all of a situation, where more than one of its entries can be assessed."""
    assessed = scene.knowledge.screener(scene.now, (event.id,)).entries if scene.card(ENTRY) else ()
    return buttons.named(f"s:life:{event.id}", say("button-check-all")) if len(assessed) > 1 else None
