"""Offices as messages: a few of them, one in full, one on the map; and the turn that shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bots.dialogue import busyness, buttons, cards, maps, office_words, places, receiving
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_LIMIT, TEXT_TARGET
from bots.dialogue.turn import Kind, Lookup, Outcome, Spot, Step
from conversations.messages import Choice, Reply
from knowledge_base.answers import Office
from knowledge_base.understanding.meaning import Facet

SKILL = "offices"
TOPIC = "office-info"
SHOWN = 3
PAGE = 7


def turn(
    scene: Scene,
    reply: Reply,
    *,
    office: Office | None = None,
    keep_topic: bool = False,
    who: Sequence[str] = (),
    step: Step | None = None,
) -> Outcome:
    """The turn; first it looks how busy the offices are.

    `office` is what a next question is about, `who` its positions; `step` waits instead.
    `keep_topic`: the benefit stays.
    """
    if scene.view.busy is None:
        return Lookup.BUSY
    topic = (scene.open_topic if keep_topic else None) or TOPIC
    if step is None and office is not None:
        step = Step(SKILL, "shown", {"office": office.id, **({"who": list(who)} if who else {})})
    state = replace(scene.settled, topic=topic, facet=Facet.WHERE, step=step)
    return scene.turn(Kind.OFFICES, reply, state=state, topic=topic, facet=Facet.WHERE)


def of_id(scene: Scene, office_id: object) -> Office | None:
    """The office of an id."""
    return next((office for office in scene.knowledge.offices() if office.id == office_id), None)


def shown(scene: Scene) -> Office | None:
    """The place that was shown last."""
    step = scene.state.step
    return of_id(scene, step.facts.get("office")) if step is not None and step.skill == SKILL else None


def answered_with(scene: Scene, known: Sequence[Office]) -> Office | None:
    """The place the answer about the open topic sends to, where it names exactly one."""
    topic = scene.open_topic
    text = scene.knowledge.facet_text(topic, Facet.WHERE, scene.now) if topic and topic != TOPIC else None
    here = [office for office in known if text and not office.address_hidden and office.address in text]
    return here[0] if len(here) == 1 else None


def ordered(scene: Scene, near: Spot | None = None) -> list[Office]:
    """Every office: the reception first, or the nearest."""
    reception = scene.knowledge.community.reception
    known = list(scene.knowledge.offices()) or [reception]
    if near is None:
        return sorted(known, key=lambda office: office.id != reception.id)
    return nearest(known, near)


def nearest(known: Sequence[Office], near: Spot | None) -> list[Office]:
    """The offices by their distance; as they are where nobody knows from where."""
    return (
        list(known) if near is None else sorted(known, key=lambda office: office_words.metres(office, near))
    )


def door(scene: Scene, office: Office) -> Choice | None:
    """A button with the street: in a community everybody knows the town."""
    return buttons.named(f"o:{office.id}", places.labels(ordered(scene))[office.id])


def several(
    scene: Scene,
    known: Sequence[Office],
    near: Spot | None,
    first: str | None = None,
    *,
    page: int = 0,
    last: str | None = None,
    doors: Sequence[Choice | None] = (),
) -> Reply:
    """A few places, each with as much as one message holds: with hours, else with what is open now.

    A page has a button for each of its places; the last page is followed by the first. `first` and `last` stand before
    and after them, `doors` before their buttons.
    """
    before = [one for one in doors if one is not None]
    pages = 1 if len(known) + len(before) <= buttons.OWN_BUTTONS else -(-len(known) // PAGE)
    here = known if pages == 1 else known[page % pages * PAGE : (page % pages + 1) * PAGE]
    fitting = ""
    for in_short, count in WAYS_TO_FIT:
        texts = [_lines(scene, office, near, in_short) for office in here[:count]]
        more = ", ".join(office.name for office in here[count:])
        others = say("office-others", places=more) if more else None
        fitting = "\n\n".join(part for part in (first, *texts, last, others) if part)
        if len(fitting) <= TEXT_TARGET:
            break
    own = [*before, *(door(scene, office) for office in here)]
    if pages > 1:
        own.append(buttons.button(f"o:more:{(page + 1) % pages}", "more-offices"))
    place = (buttons.share_place(),) if near is None and len(known) > 1 else ()
    choices = (*place, *buttons.own(*own), *buttons.row())
    return Reply(text=cards.clip(fitting, TEXT_TARGET), choices=choices)


InShort = Callable[[Scene, Office], list[str | None]]


def _lines(scene: Scene, office: Office, near: Spot | None, in_short: InShort) -> str:
    name = say("office-name", name=office.name, address=office.address)
    return "\n".join(
        line for line in (name, office_words.way(office, near), *in_short(scene, office)) if line
    )


def _phone(office: Office) -> str:
    return say("office-phone", phone=office.phone)


def _with_all(scene: Scene, office: Office) -> list[str | None]:
    hours, opened = office_words.hours_line(office), office_words.open_line(scene, office)
    return [hours, f"{opened} {_phone(office)}", busyness.now(scene, office)]


def _with_hours_and_opening(scene: Scene, office: Office) -> list[str | None]:
    return [office_words.hours_line(office), f"{office_words.open_line(scene, office)} {_phone(office)}"]


def _with_hours(scene: Scene, office: Office) -> list[str | None]:
    return [office_words.hours_line(office), f"{office_words.open_word(scene, office)} {_phone(office)}"]


def _with_opening(scene: Scene, office: Office) -> list[str | None]:
    return [office_words.open_line(scene, office), _phone(office)]


def _with_phone(_: Scene, office: Office) -> list[str | None]:
    return [_phone(office)]


# Hours matter more than how many places stand in one message; the buttons open the others.
WAYS_TO_FIT: tuple[tuple[InShort, int], ...] = (
    (_with_all, SHOWN),
    (_with_hours_and_opening, SHOWN),
    (_with_hours, SHOWN),
    (_with_all, SHOWN - 1),
    (_with_hours_and_opening, SHOWN - 1),
    (_with_hours, SHOWN - 1),
    (_with_opening, SHOWN),
    (_with_opening, SHOWN - 1),
    (_with_phone, SHOWN),
)


def in_full(scene: Scene, office: Office, first: str | None = None) -> Reply:
    """One place; `first` answers what was asked about it. Of those who receive as many as there is room for."""
    name = say("office-name", name=office.name, address=office.address)
    received = [] if first else [receiving.line(one) for one in office.receivers]
    text = ""
    for count in range(len(received), -1, -1):
        text = cards.fit(first or name, _facts(scene, office, name, first, received[:count]), [], TEXT_LIMIT)
        if len(text) <= TEXT_TARGET and (not received[:count] or received[count - 1] in text):
            break
    who = buttons.button(f"w:{office.id}", "receivers") if office.receivers else None
    doors = [door(scene, other) for other in ordered(scene) if other.id != office.id]
    return Reply(text=text, choices=(*buttons.own(who, way_there(office), *doors), *buttons.row()))


def way_there(office: Office) -> Choice | None:
    """A button that shows the place on the map and the way to it."""
    return buttons.named(f"o:map:{office.id}", say("button-way-there")) if maps.address(office) else None


def on_the_map(scene: Scene, office: Office) -> Reply:
    """The place on the map, the way there, and what helps to find the door."""
    route = maps.route(office, scene.spot)
    lines = [
        office_words.way(office, scene.spot),
        office.note,
        office_words.entrance(office),
        f"{say('office-route')}\n{route}" if route else None,
    ]
    text = cards.fit(
        say("office-name", name=office.name, address=office.address), [line for line in lines if line], []
    )
    choices = (*buttons.own(door(scene, office)), *buttons.row())
    return Reply(text=text, choices=choices, pin=maps.pin(office))


def _facts(scene: Scene, office: Office, name: str, first: str | None, received: Sequence[str]) -> list[str]:
    """What is known of a place, line by line."""
    place = maps.address(office)
    lines = [
        name if first else None,
        None if first else office_words.way(office, scene.spot),
        None if first else office_words.open_line(scene, office),
        None if first else busyness.now(scene, office),
        None if first else busyness.freer(scene, office),
        office_words.hours_line(office),
        None if first else office_words.unusual(scene, office),
        office_words.entrance(office),
        say("office-phone", phone=office.phone),
        office.note,
        *([say("receivers-here"), *received] if received else []),
        f"{say('office-map')}\n{place}" if place else None,
    ]
    return [line for line in lines if line]
