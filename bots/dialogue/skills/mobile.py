"""The mobile office: when it comes to a village, where it stands, what it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bots.dialogue import buttons, cards, distance, localities, moments, whereabouts
from bots.dialogue.office_screens import turn
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Outcome, Spot, Step
from conversations.messages import Choice, Reply
from knowledge_base.answers import Locality, MobileStop
from knowledge_base.language import day_and_month
from knowledge_base.understanding.meaning import Verdict

SKILL = "mobile"
VILLAGE = "village"
AHEAD_DAYS = 70
"""How far ahead dates are told: further ones would be changed before they come."""
NEXT_SHOWN = 3
OFF_SHOWN = 2
LONGEST_ANSWER = 5
STOPS_SHOWN = 7
_NAMED = re.compile(
    r"\b(?:мобільн|мобильн|пересувн|передвижн|виїзн|выездн)\w*\s+(?:\w+\s+)?"
    r"(?:офіс\w*|офис\w*|цнап\w*|центр\w*|соцзахист\w*|прийом\w*|при[её]м\w*|пункт\w*|груп\w*|кабінет\w*)",
    re.IGNORECASE,
)
_CREW = re.compile(
    r"\b(?:мобільн|мобильн|виїзн|выездн)\w*\s+(?:соціальн\w+\s+|социальн\w+\s+)?бригад\w*", re.IGNORECASE
)
_WHEN = re.compile(
    r"\b(?:коли|когда|графік\w*|график\w*|розклад\w*|расписани\w*|приїд\w+|приїзд\w*|приїжд\w+|приед\w+|приезж\w+|буде|будет)\b",
    re.IGNORECASE,
)
_COMES = re.compile(
    r"\b(?:коли|когда)\b.*\b(?:приїд\w+|приїзд\w+|приїжд\w+|приед\w+|приезж\w+)\b", re.IGNORECASE
)


def asked(scene: Scene) -> Outcome | None:
    """«коли приїде мобільний офіс у Липівку», «мобільна бригада коли»; None for anything else."""
    words = scene.words
    when = bool(_WHEN.search(words))
    named = bool(_NAMED.search(words)) or (when and bool(_CREW.search(words)))
    mention = whereabouts.read(words, scene.knowledge.localities)
    coming = bool(_COMES.search(words)) and bool(mention.found) and scene.meaning.verdict is not Verdict.SURE
    going_on = _open(scene) and mention.bare
    if not (named or coming or going_on):
        return None
    if mention.found:
        return _at_places(scene, mention.found)
    return _all(scene)


def hear(scene: Scene, step: Step) -> Outcome | None:
    """The village, where it was asked for."""
    mention = whereabouts.read(scene.words, scene.knowledge.localities, asked=True)
    fits = step.name == VILLAGE and mention.bare and len(scene.words.split()) <= LONGEST_ANSWER
    return _at_places(scene, mention.found) if fits else None


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`o:mob`, `o:mob:<stop>`."""
    if not words:
        return _all(scene)
    stop = next((one for one in scene.knowledge.mobile_stops if [one.id] == list(words)), None)
    return _one(scene, stop) if stop else None


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The list, or the stop that was shown."""
    return press(scene, [str(step.facts["stop"])] if "stop" in step.facts else [])


def near(scene: Scene) -> MobileStop | None:
    """The stop in the village the person named as theirs."""
    here = localities.of_spot(scene)
    return _stop_in(scene, here) if here is not None else None


def beside(scene: Scene, stop: MobileStop) -> str:
    """One line of it beside the offices: when it comes next."""
    days = _next(scene, stop)
    if not days:
        return say("mobile-beside-unknown", phone=stop.phone)
    return say("mobile-beside", day=_when(scene, days[0]), times=moments.hours(stop.hours))


def door(stop: MobileStop) -> Choice | None:
    """A button that tells all of a stop."""
    return buttons.named(f"o:mob:{stop.id}", say("button-mobile"))


def _open(scene: Scene) -> bool:
    step = scene.state.step
    return step is not None and step.skill == SKILL


def _stop_in(scene: Scene, here: Locality) -> MobileStop | None:
    inside = {here.id, here.within_id}
    return next((one for one in scene.knowledge.mobile_stops if one.locality.id in inside), None)


def _at_places(scene: Scene, found: Sequence[Locality]) -> Outcome:
    """The stop of the place; where it has none, that, and the stops by their distance."""
    stops = {stop.id if stop else None: stop for here in found for stop in [_stop_in(scene, here)]}
    if len(stops) > 1:
        return _all(scene)
    if stop := next(iter(stops.values())):
        return _one(scene, stop)
    return _all(scene, near=found[0], head=say("mobile-not-here", village=localities.name(found[0])))


def _one(scene: Scene, stop: MobileStop) -> Outcome:
    days = _next(scene, stop)
    village = localities.name(stop.locality)
    times = moments.hours(stop.hours)
    if days:
        head = say("mobile-next", village=village, day=_when(scene, days[0]), times=times)
    else:
        head = say("mobile-none-planned", village=village)
    later = ", ".join(map(day_and_month, days[1:NEXT_SHOWN]))
    off = ", ".join(map(day_and_month, _off(scene, stop)[:OFF_SHOWN]))
    lines = [
        say("mobile-place", place=stop.place),
        say("mobile-later", days=later) if later else None,
        say("mobile-off", days=off) if off else None,
        say("mobile-takes", takes=stop.takes.rstrip(".")),
        say("office-phone", phone=stop.phone),
    ]
    text = cards.fit(head, [line for line in lines if line], [])
    doors = [
        buttons.named(f"o:from:{stop.locality.id}", say("button-nearest-offices")),
        buttons.named("o:mob", say("button-mobile-all")) if len(scene.knowledge.mobile_stops) > 1 else None,
    ]
    reply = Reply(text=text, choices=(*buttons.own(*doors), *buttons.row()))
    here = stop.locality
    spot = Spot(here.latitude, here.longitude, scene.now, here.id)
    there = replace(scene, state=replace(scene.state, spot=spot))
    return turn(there, reply, keep_topic=True, step=Step(SKILL, "stop", {"stop": stop.id}))


def _all(scene: Scene, near: Locality | None = None, head: str | None = None) -> Outcome:
    """Where it comes and when next, the soonest first, or the nearest to a place."""
    stops = list(scene.knowledge.mobile_stops)
    if not stops:
        reply = Reply(
            text=say("mobile-nowhere", phone=scene.phone), choices=(buttons.offices(), *buttons.row())
        )
        return turn(scene, reply, keep_topic=True)
    days = {stop.id: next(iter(_next(scene, stop)), date.max) for stop in stops}
    if near is None:
        stops.sort(key=lambda stop: days[stop.id])
    else:
        stops.sort(key=lambda stop: _between(stop.locality, near))
    lines = [_line(scene, stop, days[stop.id]) for stop in stops[:STOPS_SHOWN]]
    text = cards.fit(head or say("mobile-all"), lines, [])
    doors = [
        buttons.named(f"o:mob:{stop.id}", localities.label(stop.locality)) for stop in stops[:STOPS_SHOWN]
    ]
    offices = buttons.named(f"o:from:{near.id}", say("button-nearest-offices")) if near else None
    reply = Reply(text=text, choices=(*buttons.own(*doors, offices), *buttons.row()))
    return turn(scene, reply, keep_topic=True, step=Step(SKILL, VILLAGE, {}))


def _line(scene: Scene, stop: MobileStop, day: date) -> str:
    village = localities.name(stop.locality)
    if day == date.max:
        return say("mobile-line-unknown", village=village, phone=stop.phone)
    return say("mobile-line", village=village, day=_when(scene, day), times=moments.hours(stop.hours))


def _between(one: Locality, other: Locality) -> float:
    return distance.metres(one.latitude, one.longitude, other.latitude, other.longitude)


def _next(scene: Scene, stop: MobileStop) -> list[date]:
    """The days it comes, from now on: today until it leaves."""
    ends = max(interval.closes for interval in stop.hours)
    first = scene.today
    if scene.local_now >= datetime.combine(first, ends, scene.local_now.tzinfo):
        first += timedelta(days=1)
    return [day for day in _days(first) if stop.comes(day)]


def _off(scene: Scene, stop: MobileStop) -> list[date]:
    """The days it would have come and does not."""
    return [day for day in _days(scene.today) if stop.planned(day) and not stop.comes(day)]


def _days(first: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(AHEAD_DAYS)]


def _when(scene: Scene, day: date) -> str:
    """`у четвер, 3 грудня`, with its comma: the hours follow."""
    return f"{moments.day_when(scene, day)},"
