"""The visits one has: listed, moved, cancelled, confirmed; «на годинку пізніше», «не прийду», «а черга велика?»."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bots.dialogue import buttons, cards, visiting, when
from bots.dialogue.scene import Scene
from bots.dialogue.skills import booking, nearest, visit_shown
from bots.dialogue.skills.visit_shown import ABOUT_ONE, CANCEL, REMINDED, SHOWN, SKILL
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_TARGET
from bots.dialogue.turn import (
    ChangeVisit,
    FreeTimes,
    Kind,
    Lookup,
    Outcome,
    Step,
    Turn,
    VisitView,
    WaitNoLonger,
)
from bots.dialogue.visiting import Plan
from conversations.messages import Reply
from knowledge_base.understanding.meaning import SmallTalk

LIST = "list"
LONGEST = 14
_MINE = re.compile(
    r"\b(?:мої|мій|мои|мой|моя|наші) (?:запис\w*|візит\w*)"
    r"|\b(?:коли|на коли|когда|на когда|де|куди)\b.*\bзаписан\w*"
    r"|\bчи (?:я )?записан\w*|\bперевірити (?:мій )?запис\b|\bколи (?:мій|у мене) (?:запис|прийом)\b",
    re.IGNORECASE,
)
_VISIT = re.compile(r"\b(?:запис\w*|візит\w*|визит\w*|прийом\w*|при[её]м\w*)\b", re.IGNORECASE)
_MOVE = re.compile(
    r"\b(?:перенес\w*|перенос\w*|перезапи\w*|(?:змінити|поміняти|изменить|поменять) (?:час|день|дату|время|дату))\b",
    re.IGNORECASE,
)
_CANCEL = re.compile(
    r"\b(?:скасу\w*|скасов\w*|відмін\w*|отмен\w*|видал\w* запис)\b|\bне (?:прийду|прийдемо|приду|зможу|смогу|буду)\b",
    re.IGNORECASE,
)
_COMES = re.compile(r"^\W*(?:так|да|прийду|приду|буду|прийдемо|звісно|обов’язково)\b", re.IGNORECASE)
_YES = re.compile(r"\W*(?:так|да|ага|угу)\b", re.IGNORECASE)
_NO = re.compile(r"\W*(?:ні|нє|нет|лиши\w*|залиш\w*)\b", re.IGNORECASE)
_KEEP = re.compile(
    r"\b(?:не|нащо|навіщо|зачем) (?:(?:треба|надо|нужно|потрібно|хочу) )?(?:скас|відмін|отмен)\w*",
    re.IGNORECASE,
)
_QUEUE = re.compile(
    r"\b(?:черг\w*|очеред\w*)\b|\b(?:довго|долго|скільки|сколько)\b.*\b(?:чека\w*|жда\w*)\b", re.IGNORECASE
)


def asked(scene: Scene) -> Outcome | None:
    """«мої записи», «скасуйте запис», «перенесіть прийом на четвер»; and what follows a visit that is spoken of."""
    words = scene.words
    if len(words.split()) > LONGEST:
        return None
    if _VISIT.search(words) and (_CANCEL.search(words) or _MOVE.search(words)):
        return _about(scene, None)
    return show(scene) if _MINE.search(words) else None


def hear(scene: Scene, step: Step) -> Outcome | None:
    """Words about the visit that is spoken of: «на годинку пізніше», «не прийду», «прийду, а черга велика?»."""
    words, number = scene.words, step.facts.get("number")
    if len(words.split()) > LONGEST or step.name not in ABOUT_ONE or not isinstance(number, int):
        return None
    if step.name == CANCEL:
        talk = scene.meaning.small_talk
        if talk is SmallTalk.NO or _NO.match(words) or _KEEP.search(words):
            return _kept(scene, number)
        yes = talk is SmallTalk.YES or _YES.match(words) or _CANCEL.search(words)
        return _changed(scene, number, "cancel") if yes else None
    if _CANCEL.search(words) or _MOVE.search(words):
        return _about(scene, number)
    queue = bool(_QUEUE.search(words))
    said = when.read(words, scene.today)
    # «Прийду на годину пізніше» is no plain yes.
    if step.name == REMINDED and _COMES.search(words) and said.shift is None:
        return _changed(scene, number, "confirm", queue=queue)
    if queue:
        return _no_queue(scene, number)
    if not said.says_nothing and scene.meaning.facet is None:
        return _move(scene, number, said)
    return None


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`v:mine`, `v:unwait`, `v:take:<offer>`, `v:pass:<offer>`, and `v:<what>:<number of a visit>`."""
    match list(words):
        case ["mine"]:
            return show(scene)
        case ["unwait" | "pass", *_]:
            return _waits_no_more(scene)
        case ["take", offer]:
            return _taken_up(scene, offer)
        case [what, digits] if digits.isascii() and digits.isdigit() and len(digits) <= 9:
            return _pressed(scene, what, int(digits))
        case ["law", digits, ground] if digits.isascii() and digits.isdigit() and len(digits) <= 9:
            return _changed(scene, int(digits), "priority", ground=ground)
        case _:
            return None


def _pressed(scene: Scene, what: str, number: int) -> Outcome | None:
    match what:
        case "mv":
            return _move(scene, number, when.When())
        case "x":
            return _with(scene, number, _ask_cancel)
        case "xy":
            return _changed(scene, number, "cancel")
        case "ok":
            return _changed(scene, number, "confirm")
        case "keep":
            return _kept(scene, number)
        case "cal":
            return _with(scene, number, visit_shown.calendar)
        case "way":
            return _with(scene, number, _way)
        case "law":
            return _with(scene, number, _ask_law)
        case _:
            return None


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The visit again."""
    number = step.facts.get("number")
    if step.name in ABOUT_ONE and isinstance(number, int):
        return _with(
            scene, number, lambda here, visit: visit_shown.shown(here, visit, visit_shown.told(here, visit))
        )
    return show(scene) if step.name == LIST else None


def show(scene: Scene) -> Outcome:
    """The visits to come."""
    view = scene.view.visits
    if view is None:
        return Lookup.VISITS
    coming = [visit for visit in view.visits if visit.state == "booked"]
    if not coming:
        reply = Reply(
            text=say("visit-mine-none"), choices=(buttons.button("v:new", "visit-new"), *buttons.row())
        )
        state = replace(scene.settled, step=Step(SKILL, LIST, {}))
        return scene.turn(Kind.APPOINTMENT, reply, state=state, topic=scene.open_topic)
    if len(coming) == 1:
        return visit_shown.shown(scene, coming[0], visit_shown.told(scene, coming[0]))
    lines = "\n".join(visit_shown.line(scene, visit) for visit in coming)
    doors = [
        buttons.named(f"v:mv:{one.number}", say("visit-move-label", number=str(one.number))) for one in coming
    ]
    off = [
        buttons.named(f"v:x:{one.number}", say("visit-cancel-label", number=str(one.number)))
        for one in coming
    ]
    reply = Reply(
        text=say("visit-mine-list", list=lines), choices=(*buttons.own(*doors[:4], *off[:4]), *buttons.row())
    )
    state = replace(scene.settled, step=Step(SKILL, LIST, {}))
    return scene.turn(Kind.APPOINTMENT, reply, state=state, topic=scene.open_topic)


def _taken_up(scene: Scene, offer: str) -> Outcome:
    """The person takes the time that was offered; the name is still asked."""
    step = scene.state.step
    plan = visiting.plan_of(step.facts) if step is not None and step.skill == SKILL else Plan()
    office = visiting.office_of(scene, plan.office)
    if plan.waiting != offer or office is None or plan.starts_at is None:
        return booking.go(scene, Plan())
    return booking.chosen(scene, plan, office)


def _waits_no_more(scene: Scene) -> Outcome:
    reply = Reply(
        text=say("visit-waits-no-more"), choices=(buttons.button("v:new", "visit-new"), *buttons.row())
    )
    return scene.turn(Kind.APPOINTMENT, reply, effects=[WaitNoLonger()], topic=scene.open_topic)


def _with(scene: Scene, number: int, then: Callable[[Scene, VisitView], Outcome]) -> Outcome:
    """What is to be said of one visit of this conversation; of a foreign or past one, that there is none."""
    view = scene.view.visits
    if view is None:
        return Lookup.VISITS
    visit = view.numbered(number)
    return then(scene, visit) if visit is not None else visit_shown.gone(scene)


def _about(scene: Scene, number: int | None) -> Outcome:
    """Cancel or move the visit that is meant: the one spoken of, else the only one, else they are listed."""
    view = scene.view.visits
    if view is None:
        return Lookup.VISITS
    coming = [visit for visit in view.visits if visit.state == "booked"]
    meant = view.numbered(number) if number is not None else coming[0] if len(coming) == 1 else None
    if meant is None or meant.state != "booked":
        return show(scene)
    said = when.read(scene.words, scene.today)
    if _CANCEL.search(scene.words) and not _MOVE.search(scene.words):
        return _ask_cancel(scene, meant)
    return _move(scene, meant.number, said)


def _move(scene: Scene, number: int, said: when.When) -> Outcome:
    """Another time for a visit: the one that was said, else the same questions as at the booking."""
    view = scene.view.visits
    if view is None:
        return Lookup.VISITS
    visit = view.numbered(number)
    if visit is None or visit.state != "booked":
        return visit_shown.gone(scene)
    office = visiting.office_of(scene, visit.office)
    if office is None or office.visits is None:
        return visit_shown.gone(scene)
    takers = office.takers(visit.matter)
    plan = Plan(
        matter=visit.matter,
        office=visit.office,
        receivers=takers if visit.receiver in takers else (visit.receiver,),
        name=visit.name or None,
        for_other=visit.for_other,
        number=number,
    )
    local = scene.local(visit.starts_at)
    if said.days:
        return booking.go(scene, plan, replace(said, shift=None))
    if said.shift is None:
        if said.at is not None:
            said = replace(said, days=(local.date(),))
        return booking.go(scene, plan, said)
    wanted = FreeTimes(office.id, plan.receivers, plan.matter)
    times = scene.view.times
    if times is None or times.asked != wanted:
        return wanted
    if abs(said.shift) == 1:
        fitting = [at for at, _ in times.times if (at > visit.starts_at) == (said.shift > 0)]
        near = sorted(dict.fromkeys(fitting), key=lambda at: abs(at - visit.starts_at))
        return booking.others(scene, plan, near)
    target = visit.starts_at + timedelta(minutes=said.shift)
    return booking.go(scene, replace(plan, starts_at=target))


def _changed(
    scene: Scene,
    number: int,
    what: Literal["cancel", "confirm", "priority"],
    *,
    ground: str | None = None,
    queue: bool = False,
) -> Outcome:
    """Cancel, confirm or mark; the house does it first, and then it is said."""
    wanted = ChangeVisit(number, what, ground)
    done = scene.view.deed
    if done is None or done.asked != wanted:
        return wanted
    visit = done.visit
    if visit is None:
        return visit_shown.gone(scene)
    if what == "cancel":
        return _cancelled(scene, visit)
    if what == "priority":
        return visit_shown.shown(scene, visit, say("visit-law-marked"))
    if queue:
        return _no_queue(scene, number)
    return visit_shown.shown(scene, visit, say("visit-confirmed", when=visiting.when(scene, visit.starts_at)))


def _cancelled(scene: Scene, visit: VisitView) -> Turn:
    text = say("visit-cancelled", number=str(visit.number))
    own = buttons.own(
        buttons.button("v:new", "visit-again"),
        buttons.named(f"v:cal:{visit.number}", say("button-visit-uncalendar"))
        if scene.view.carries_files
        else None,
    )
    reply = Reply(text=text, choices=(*own, *buttons.row()))
    return scene.turn(Kind.APPOINTMENT, reply, topic=scene.open_topic)


def _ask_cancel(scene: Scene, visit: VisitView) -> Outcome:
    if visit.state != "booked":
        return visit_shown.gone(scene)
    text = say("visit-cancel", number=str(visit.number), when=visiting.when(scene, visit.starts_at))
    own = buttons.own(
        buttons.named(f"v:xy:{visit.number}", say("button-visit-cancel-yes")),
        buttons.named(f"v:keep:{visit.number}", say("button-visit-leave")),
        buttons.named(f"v:mv:{visit.number}", say("button-visit-move")),
    )
    return visit_shown.on(scene, CANCEL, visit, Reply(text=text, choices=(*own, *buttons.row())))


def _kept(scene: Scene, number: int) -> Outcome:
    return _with(
        scene, number, lambda here, visit: visit_shown.shown(here, visit, visit_shown.told(here, visit))
    )


def _no_queue(scene: Scene, number: int) -> Outcome:
    """«А черга велика?»: whoever has booked is received at their time."""
    view = scene.view.visits
    if view is None:
        return Lookup.VISITS
    visit = view.numbered(number)
    if visit is None:
        return visit_shown.gone(scene)
    late = view.delay_minutes
    text = say("visit-no-queue") if late is None else say("visit-no-queue-delay", minutes=late)
    return visit_shown.shown(scene, visit, text)


def _ask_law(scene: Scene, visit: VisitView) -> Outcome:
    """Whether the law lets the person go first; nobody has to say."""
    grounds = scene.knowledge.visit_grounds
    doors = [buttons.named(f"v:law:{visit.number}:{one.id}", one.label) for one in grounds]
    lines = "\n".join(say("visit-law-line", who=one.who) for one in grounds)
    keep = buttons.named(f"v:keep:{visit.number}", say("button-visit-not-me"))
    text = cards.fit(say("visit-law"), [lines], [say("visit-law-papers")], TEXT_TARGET)
    reply = Reply(text=text, choices=(*buttons.own(*doors[:8], keep), *buttons.row()))
    return visit_shown.on(scene, SHOWN, visit, reply)


def _way(scene: Scene, visit: VisitView) -> Outcome:
    office = visiting.office_of(scene, visit.office)
    found = nearest.press(scene, ["map", office.id]) if office else None
    return found or visit_shown.gone(scene)
