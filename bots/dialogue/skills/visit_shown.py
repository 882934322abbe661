"""How a visit is shown: that it is booked or moved, what the house tells of it, its file for a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots.dialogue import buttons, cards, moments, visiting
from bots.dialogue.scene import Scene, Setting
from bots.dialogue.sheet import CalendarEntry
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Step, Turn, VisitView
from bots.dialogue.visiting import OPEN, Plan
from conversations.messages import Choice, Reply
from knowledge_base.language import clock, clock_when

SKILL = "visits"
SHOWN, CANCEL, REMINDED, OFFERED = "shown", "cancel", "reminded", "offered"
ABOUT_ONE = frozenset({SHOWN, CANCEL, REMINDED})
"""Steps at which one visit is spoken of."""
PAPERS_NAMED = 4


def booked(scene: Scene, visit: VisitView) -> Turn:
    """The word that a visit is booked, with what to bring and when we remind."""
    lines = [
        say(
            "visit-booked",
            number=str(visit.number),
            when=moments.begun(visiting.when(scene, visit.starts_at)),
            place=_place(scene, visit),
        )
    ]
    if papers := _papers(scene, visit):
        lines.append(papers)
    if visit.hall:
        lines.append(say("visit-hall", hall=visit.hall))
    lines.append(_reminder(scene, visit))
    law = (
        buttons.named(f"v:law:{visit.number}", say("button-visit-law"))
        if scene.knowledge.visit_grounds
        else None
    )
    return shown(scene, visit, "\n".join(line for line in lines if line), law)


def moved(scene: Scene, visit: VisitView) -> Turn:
    """The word that a visit has another time."""
    lines = [
        say(
            "visit-moved",
            when=visiting.when(scene, visit.starts_at),
            number=str(visit.number),
            place=_place(scene, visit),
        )
    ]
    if visit.hall:
        lines.append(say("visit-hall", hall=visit.hall))
    lines.append(_reminder(scene, visit))
    return shown(scene, visit, "\n".join(line for line in lines if line))


def reminded(setting: Setting, facts: Mapping[str, Any]) -> Turn | None:
    """A reminder; None for facts that are none. After danger or «стоп» nobody is written to first."""
    visit = visiting.visit_of(facts.get("visit"))
    if visit is None or setting.state.quiet or setting.state.danger is not None:
        return None
    text = say(
        "visit-reminder",
        when=moments.begun(visiting.when(setting, visit.starts_at)),
        place=_place(setting, visit),
        other="yes" if visit.for_other else "no",
    )
    if visit.hall:
        text = f"{text} {say('visit-hall', hall=visit.hall)}"
    return _of_house(setting, REMINDED, visit, f"{text}\n{say('visit-coming')}")


def changed_by_office(setting: Setting, facts: Mapping[str, Any], *, cancelled: bool) -> Turn | None:
    """The office has moved or cancelled a visit; None for facts that tell of none, and after «стоп» or danger."""
    visit = visiting.visit_of(facts.get("visit"))
    if visit is None or setting.state.quiet or setting.state.danger is not None:
        return None
    text_id = "visit-cancelled-by-office" if cancelled else "visit-moved-by-office"
    text = say(
        text_id,
        when=visiting.when(setting, visit.starts_at),
        place=_place(setting, visit),
        number=str(visit.number),
    )
    if not cancelled:
        return _of_house(setting, REMINDED, visit, f"{text}\n{say('visit-coming')}")
    reply = Reply(text=text, choices=(buttons.button("v:new", "visit-again"), *buttons.row()))
    return setting.turn(Kind.APPOINTMENT, reply, state=setting.state, topic=setting.open_topic)


def offered(setting: Setting, facts: Mapping[str, Any]) -> Turn | None:
    """A time has become free and is held a while; None for facts that are none, and after «стоп» or danger."""
    starts_at, until = visiting.moment_of(facts.get("starts_at")), visiting.moment_of(facts.get("until"))
    offer, office_id, receiver = facts.get("waiting"), facts.get("office"), facts.get("receiver")
    office = visiting.office_of(setting, office_id) if isinstance(office_id, str) else None
    if starts_at is None or until is None or office is None or not isinstance(receiver, str):
        return None
    if not isinstance(offer, str) or setting.state.quiet or setting.state.danger is not None:
        return None
    matter = facts.get("matter")
    plan = Plan(
        matter=matter if isinstance(matter, str) else None,
        office=office.id,
        receivers=(receiver,),
        starts_at=starts_at,
        waiting=offer,
    )
    text = say(
        "visit-freed",
        when=visiting.when(setting, starts_at),
        place=visiting.where(office, receiver),
        until=clock(setting.local(until).time()),
    )
    take = buttons.named(f"v:take:{offer}", say("button-visit-take"))
    leave = buttons.named(f"v:pass:{offer}", say("button-visit-pass"))
    reply = Reply(text=text, choices=(*buttons.own(take, leave), *buttons.row()))
    state = replace(setting.settled, step=Step(SKILL, OFFERED, plan.facts))
    return setting.turn(Kind.APPOINTMENT, reply, state=state, topic=setting.open_topic)


def calendar(scene: Scene, visit: VisitView) -> Turn:
    """The file for the person's own calendar; where no file can be sent, the day and time to write down."""
    told = say("visit-to-write-down", when=visiting.when(scene, visit.starts_at), place=_place(scene, visit))
    if not scene.view.carries_files:
        return shown(scene, visit, told)
    cancelled = visit.state == "cancelled"
    office = visiting.office_of(scene, visit.office)
    text = say("visit-uncalendar" if cancelled else "visit-calendar")
    turn = on(
        scene, SHOWN, visit, Reply(text=text, choices=_choices(visit) if not cancelled else buttons.row())
    )
    papers = _papers(scene, visit)
    notes = [
        say("visit-note", number=str(visit.number)),
        papers,
        say("office-phone", phone=office.phone if office else scene.phone),
    ]
    return replace(
        turn,
        sheet=CalendarEntry(
            file_name=say("visit-file", number=str(visit.number)),
            uid=visit.uid or f"{scene.knowledge.community.id}-{visit.number}",
            sequence=visit.sequence,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            timezone=scene.knowledge.community.timezone,
            title=say("visit-title", name=office.name if office else ""),
            place=_place(scene, visit),
            notes="\n".join(note for note in notes if note),
            made_at=scene.now.replace(microsecond=0),
            cancelled=cancelled,
        ),
    )


def told(setting: Setting, visit: VisitView) -> str:
    return say(
        "visit-told",
        number=str(visit.number),
        when=visiting.when(setting, visit.starts_at),
        place=_place(setting, visit),
    )


def line(setting: Setting, visit: VisitView) -> str:
    return say(
        "visit-line",
        number=str(visit.number),
        when=visiting.when(setting, visit.starts_at),
        place=_place(setting, visit),
    )


def _place(setting: Setting, visit: VisitView) -> str:
    office = visiting.office_of(setting, visit.office)
    return visiting.where(office, visit.receiver, visit.room) if office else say("visit-office-unknown")


def _papers(setting: Setting, visit: VisitView) -> str | None:
    """`Візьміть: заяву…`: the first papers of the matter's list, as they are called there."""
    card = setting.card(visit.matter) if visit.matter else None
    if card is None or card.documents is None or not card.documents.sure:
        return None
    named = [cards.inside(paper.name) for paper in card.documents.sure[:PAPERS_NAMED]]
    more = len(card.documents.sure) - len(named)
    text = say("visit-bring", list=", ".join(named))
    return f"{text} {say('visit-bring-more', count=more)}" if more else text


def _reminder(scene: Scene, visit: VisitView) -> str:
    """When we remind, or that we can't here."""
    at = visit.reminded_at
    if at is None or scene.state.quiet:
        return ""
    if scene.view.writes_until is not None and at > scene.view.writes_until:
        return say("visit-no-reminder")
    local = scene.local(at)
    if local.date() < scene.local(visit.starts_at).date():
        return say("visit-remind-before", clock=clock_when(local.time()))
    return say("visit-remind-today", clock=clock_when(local.time()))


def _choices(visit: VisitView) -> tuple[Choice, ...]:
    number = visit.number
    return (
        *buttons.own(
            buttons.named(f"v:cal:{number}", say("button-visit-calendar")),
            buttons.named(f"v:way:{number}", say("button-visit-way")),
            buttons.named(f"v:mv:{number}", say("button-visit-move")),
            buttons.named(f"v:x:{number}", say("button-visit-cancel")),
        ),
        *buttons.row(),
    )


def shown(scene: Scene, visit: VisitView, text: str, also: Choice | None = None) -> Turn:
    choices = _choices(visit)
    if also is not None:
        choices = (*choices[:4], also, *choices[4:])
    return on(scene, SHOWN, visit, Reply(text=text, choices=choices))


def on(scene: Scene, name: str, visit: VisitView, reply: Reply) -> Turn:
    topic = (scene.known(visit.matter) if visit.matter else None) or scene.open_topic
    step = Step(SKILL, name, {"number": visit.number})
    state = replace(scene.settled, step=step, booking=None, topic=topic)
    return scene.turn(Kind.APPOINTMENT, reply, state=state, topic=topic)


def _of_house(setting: Setting, name: str, visit: VisitView, text: str) -> Turn:
    """What the house tells of a visit, with the answers; an open question of ours gives way."""
    number = visit.number
    own = buttons.own(
        buttons.named(f"v:ok:{number}", say("button-visit-come")),
        buttons.named(f"v:mv:{number}", say("button-visit-move")),
        buttons.named(f"v:x:{number}", say("button-visit-cancel")),
    )
    state = setting.state
    if state.step is None or state.step.skill == SKILL:
        # A booking in the middle waits; it is not forgotten.
        asked = state.step is not None and state.step.name in OPEN
        waiting = state.step if asked else state.booking
        state = replace(setting.settled, step=Step(SKILL, name, {"number": number}), booking=waiting)
    reply = Reply(text=text, choices=(*own, *buttons.row()))
    return setting.turn(Kind.APPOINTMENT, reply, state=state, topic=setting.open_topic)


def gone(scene: Scene) -> Turn:
    reply = Reply(
        text=say("visit-gone", phone=scene.phone),
        choices=(
            *buttons.own(buttons.button("v:mine", "visit-mine"), buttons.button("v:new", "visit-new")),
            *buttons.row(),
        ),
    )
    return scene.turn(Kind.APPOINTMENT, reply, topic=scene.open_topic)
