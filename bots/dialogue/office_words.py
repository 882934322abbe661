"""What is said of an office, line by line: how far it is, whether it is open, on which days, how busy, how to enter."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta

from bots.dialogue import busyness, distance, moments, opening, places
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Spot
from knowledge_base.answers import Office
from knowledge_base.language import clock, day_and_month, weekday_when

UNUSUAL_WITHIN = 14
"""Days ahead whose unusual hours stand in a place's card."""
UNUSUAL_DAYS = 3
ROUND_THE_CLOCK = "цілодобово"
_WHEELS = re.compile(
    r"коляс\w*|візоч\w*|візк\w*|пандус\w*|\bсход[иіы]\w*|ступен\w*|\bліфт\w*|\bлифт\w*", re.IGNORECASE
)


def asks_entrance(words: str) -> bool:
    """«а з коляскою заїду?», «чи є пандус»."""
    return bool(_WHEELS.search(words))


def metres(office: Office, spot: Spot) -> float:
    """The way over the ground as the crow flies; an office without a point is the farthest."""
    if office.latitude is None or office.longitude is None:
        return math.inf
    return distance.metres(office.latitude, office.longitude, spot.latitude, spot.longitude)


def way(office: Office, spot: Spot | None) -> str | None:
    """`1,1 км від вас, пішки орієнтовно 25 хвилин`."""
    straight = far(office, spot)
    if spot is None or straight is None:
        return None
    guess = distance.minutes(metres(office, spot))
    if guess is None:
        return straight
    walks = distance.walks(metres(office, spot))
    return f"{straight}{say('office-walk' if walks else 'office-drive', minutes=guess)}"


def far(office: Office, spot: Spot | None) -> str | None:
    """`1,1 км від вас`."""
    if spot is None or math.isinf(straight := metres(office, spot)):
        return None
    if straight < 1000:
        return say("office-distance-metres", metres=max(50, round(straight / 50) * 50))
    return say("office-distance-kilometres", kilometres=f"{straight / 1000:.1f}".replace(".", ","))


def answer(scene: Scene, office: Office, known: Sequence[Office], *, one_place: bool) -> str | None:
    """The answer to what was asked about a place: a day, holidays, the entrance, its queue; None for anything else."""
    days = opening.asked_days(scene.words, scene.today)
    if opening.asks_holidays(scene.words) and not any(day.exact for day in days):
        return _holidays(scene, office)
    if days:
        said = " ".join(_on_day(scene, office, day) for day in days)
        others = _open_elsewhere(office, known, days[0]) if len(days) == 1 else None
        return f"{said}\n{others}" if others else said
    if asks_entrance(scene.words):
        if office.step_free is None:
            return say("office-entrance-unknown", phone=office.phone)
        return say("office-entrance-free" if office.step_free else "office-entrance-steps")
    if busyness.asks(scene.words):
        return busyness.answer(scene, office)
    if opening.asks_open(scene.words) and (one_place or opening.asks_now(scene.words)):
        return open_line(scene, office)
    return None


def _holidays(scene: Scene, office: Office) -> str:
    """The days to come that are not as their weekday: closed ones, then those worked otherwise."""
    closed = sorted(day for day in office.closed_on if day >= scene.today)
    worked = sorted(special.day for special in office.open_on if special.day >= scene.today)
    if not closed and not worked:
        return say("office-holidays-unknown", phone=office.phone)
    said = [say("office-holidays", days=", ".join(map(day_and_month, closed)))] if closed else []
    if worked:
        days = "; ".join(_unusual_day(scene, office, day) for day in worked[:UNUSUAL_DAYS])
        said.append(say("office-unusual", days=days))
    return " ".join([*said, say("office-holidays-more")])


def unusual(scene: Scene, office: Office) -> str | None:
    """The nearest days that are not as their weekday, for the card."""
    last = scene.today + timedelta(days=UNUSUAL_WITHIN)
    days = {*office.closed_on, *(special.day for special in office.open_on)}
    near = [
        day
        for day in sorted(days)
        if scene.today <= day <= last and office.hours_on(day) != office.usual_hours(day)
    ]
    if not near:
        return None
    return say(
        "office-unusual", days="; ".join(_unusual_day(scene, office, day) for day in near[:UNUSUAL_DAYS])
    )


def _unusual_day(scene: Scene, office: Office, day: date) -> str:
    """`у суботу, 28 листопада, з 9:00 до 13:00`, `25 грудня зачинено`."""
    when, hours = moments.day_when(scene, day), office.hours_on(day)
    comma = "," if "," in when else ""
    return f"{when}{comma} {moments.hours(hours) if hours else say('office-unusual-closed')}"


def _on_day(scene: Scene, office: Office, asked: opening.AskedDay) -> str:
    usual, hours = office.usual_hours(asked.day), office.hours_on(asked.day)
    unusual = usual != hours
    exact = asked.exact or unusual
    day = moments.begun(moments.day_when(scene, asked.day) if exact else weekday_when(asked.day))
    comma = "," if "," in day else ""
    if hours:
        said = say("office-day-open", day=f"{day}{comma}", hours=moments.hours(hours))
    else:
        said = say("office-day-closed", day=f"{day}{comma}")
    if not unusual or asked.exact:
        return said
    if not usual:
        return f"{said} {say('office-day-usual-closed', day=weekday_when(asked.day))}"
    return f"{said} {say('office-day-usual', hours=moments.hours(usual))}"


def _open_elsewhere(office: Office, known: Sequence[Office], asked: opening.AskedDay) -> str | None:
    """Where a door is open on a day this one is closed: the first such place."""
    if office.hours_on(asked.day):
        return None
    for other in known:
        if other.id != office.id and (hours := other.hours_on(asked.day)):
            return say(
                "office-day-elsewhere",
                name=other.name,
                address=places.street(other),
                hours=moments.hours(hours),
            )
    return None


def open_line(scene: Scene, office: Office) -> str:
    if office.hours_text == ROUND_THE_CLOCK and not office.closed_on:
        return say("office-always")
    if closes := opening.open_until(office, scene.local_now):
        return say("office-open", clock=clock(closes.time()))
    if opens := opening.opens_next(office, scene.local_now):
        return say("office-closed-until", when=moments.opens(scene, opens))
    return say("office-closed")


def open_word(scene: Scene, office: Office) -> str:
    """The same without the next opening, where the hours stand beside it."""
    is_open = opening.open_until(office, scene.local_now) is not None
    return open_line(scene, office) if is_open else say("office-closed")


def hours_line(office: Office) -> str | None:
    """The hours of the week; None where they are said otherwise."""
    hours = office.hours_text.rstrip(".")
    return say("office-hours", hours=hours) if hours and hours != ROUND_THE_CLOCK else None


def entrance(office: Office) -> str | None:
    """Whether there are steps, where that is known."""
    return {True: say("office-step-free"), False: say("office-steps"), None: None}[office.step_free]
