"""Where to go: offices, their hours, what is open now or on a day, entrance, phone, the way; the nearest first."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bots.dialogue import buttons, cards, moments, opening, places, receiving
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_LIMIT, TEXT_TARGET
from bots.dialogue.turn import Kind, Outcome, Step
from conversations.messages import Choice, Location, Reply
from knowledge_base.answers import Office
from knowledge_base.language import clock, day_and_month, weekday_when
from knowledge_base.understanding.meaning import Facet

SKILL = "offices"
TOPIC = "office-info"
SHOWN = 3
PAGE = 7
UNUSUAL_WITHIN = 14
"""Days ahead whose unusual hours stand in a place's card."""
UNUSUAL_DAYS = 3
ROUND_THE_CLOCK = "цілодобово"
# A question about a day or an entrance is short; a story that names a day is a story.
LONGEST_QUESTION = 8
LONGEST_NAME = 6
ABOUT_A_PLACE = frozenset({None, Facet.WHERE, Facet.HOW})
EARTH_RADIUS_M = 6_371_000
_MENU_WORDS = re.compile(
    r"(?:ваш[аіи]?\s+)?(?:адрес[аиуы]?|годин[аи]|графік|график|розклад|режим|час[ыи]|телефони?|контакти?|контакты)"
    r"(?:\s+(?:роботи|работы|прийому|приема|приёма|і|й|та|и|години|телефони?))*",
    re.IGNORECASE,
)
_NEARER = re.compile(
    r"\b(?:най)?ближч\w*|\b(?:по)?ближе\b|\bближайш\w*|\bнедалеко\b|\bпоруч\b|\bрядом\b", re.IGNORECASE
)
_WHEELS = re.compile(
    r"коляс\w*|візоч\w*|візк\w*|пандус\w*|\bсход[иіы]\w*|ступен\w*|\bліфт\w*|\bлифт\w*", re.IGNORECASE
)
_SIGNS = re.compile(r"[^\w\s’']+")


def show(scene: Scene, near: Location | None = None) -> Outcome:
    """What was asked about places: a day, the entrance, one place, or a few of them with their hours."""
    known = _ordered(scene, near)
    if not known:
        reply = Reply(text=say("office-none", phone=scene.phone), choices=buttons.row())
        return turn(scene, reply)
    if near is not None:
        return turn(scene, _list(scene, known, near), office=known[0], keep_topic=True)
    named = places.named_in_full(scene.words, known) or places.named(scene.words, known)
    focus = named or shown(scene) or _answered_with(scene, known)
    if first := _first_words(scene, focus or known[0], known, one_place=focus is not None):
        return turn(scene, _in_full(scene, focus or known[0], first), office=focus, keep_topic=True)
    if _NEARER.search(scene.words) and named is None:
        return turn(scene, _list(scene, known, None, say("office-nearer")), keep_topic=True)
    inside = TOPIC in (scene.open_topic, scene.state.topic) and bool(scene.words)
    if len(known) == 1 or named or inside:
        office = focus or known[0]
        return turn(scene, _in_full(scene, office), office=office)
    return turn(scene, _list(scene, known, None))


def listed(scene: Scene, page: int = 0) -> Outcome:
    """All places, as the menu shows them: a page of them at a time."""
    known = _ordered(scene, None)
    return turn(scene, _list(scene, known, None, page=page)) if known else show(scene)


def meant_by_a_word(scene: Scene) -> bool:
    """«адреси», «години», «графік»: a word of the menu and nothing else."""
    return bool(_MENU_WORDS.fullmatch(" ".join(_SIGNS.sub(" ", scene.words).split())))


def meant(scene: Scene) -> bool:
    """Whether a short question is about a place by its name, a day, an entrance or a nearer place, whatever is open."""
    words = scene.words
    if len(words.split()) > LONGEST_QUESTION:
        return False
    by_name = len(words.split()) <= LONGEST_NAME and scene.meaning.facet in ABOUT_A_PLACE
    if by_name and places.named_in_full(words, scene.knowledge.offices()):
        return True
    inside = shown(scene) is not None or TOPIC in (scene.open_topic, scene.state.topic)
    day = bool(opening.asked_days(words, scene.today)) or opening.asks_holidays(words)
    if inside and (day or _WHEELS.search(words)):
        return True
    going_on = scene.open_topic is not None or scene.meaning.follow_up
    return going_on and bool((day and opening.asks_open(words)) or _NEARER.search(words))


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`o:<office>`; `o:near` where the press shared no place; `o:more:<page>`."""
    match list(words):
        case ["near"]:
            return listed(scene)
        case ["more", page] if page.isascii() and page.isdigit():
            return listed(scene, int(page))
    office = _office(scene, ":".join(words)) if words else None
    return turn(scene, _in_full(scene, office), office=office) if office else None


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same place again."""
    office = _office(scene, step.facts.get("office"))
    return turn(scene, _in_full(scene, office), office=office) if office else None


def turn(
    scene: Scene,
    reply: Reply,
    *,
    office: Office | None = None,
    keep_topic: bool = False,
    who: Sequence[str] = (),
) -> Outcome:
    """The turn. `office` is what a next question is about, `who` its positions; `keep_topic`: the benefit stays."""
    topic = (scene.open_topic if keep_topic else None) or TOPIC
    facts = {"office": office.id, **({"who": list(who)} if who else {})} if office else {}
    step = Step(SKILL, "shown", facts) if office else None
    state = replace(scene.settled, topic=topic, facet=Facet.WHERE, step=step)
    return scene.turn(Kind.OFFICES, reply, state=state, topic=topic, facet=Facet.WHERE)


def _office(scene: Scene, office_id: object) -> Office | None:
    return next((office for office in scene.knowledge.offices() if office.id == office_id), None)


def shown(scene: Scene) -> Office | None:
    """The place that was shown last."""
    step = scene.state.step
    return _office(scene, step.facts.get("office")) if step is not None and step.skill == SKILL else None


def _answered_with(scene: Scene, known: Sequence[Office]) -> Office | None:
    """The place the answer about the open topic sends to, where it names exactly one."""
    topic = scene.open_topic
    text = scene.knowledge.facet_text(topic, Facet.WHERE, scene.now) if topic and topic != TOPIC else None
    here = [office for office in known if text and not office.address_hidden and office.address in text]
    return here[0] if len(here) == 1 else None


def _ordered(scene: Scene, near: Location | None) -> list[Office]:
    reception = scene.knowledge.community.reception
    known = list(scene.knowledge.offices()) or [reception]
    if near is None:
        return sorted(known, key=lambda office: office.id != reception.id)
    return sorted(known, key=lambda office: _metres(office, near))


def _metres(office: Office, near: Location) -> float:
    """The way over the ground as the crow flies; an office without a point is the farthest."""
    if office.latitude is None or office.longitude is None:
        return math.inf
    north, south = math.radians(office.latitude), math.radians(near.latitude)
    east = math.radians(office.longitude - near.longitude)
    chord = math.sin((north - south) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def _distance(office: Office, near: Location | None) -> str | None:
    if near is None or math.isinf(metres := _metres(office, near)):
        return None
    if metres < 1000:
        return say("office-distance-metres", metres=max(50, round(metres / 50) * 50))
    return say("office-distance-kilometres", kilometres=f"{metres / 1000:.1f}".replace(".", ","))


def _first_words(scene: Scene, office: Office, known: Sequence[Office], *, one_place: bool) -> str | None:
    """The answer to what was asked about a place: a day, holidays, the entrance; None for anything else."""
    days = opening.asked_days(scene.words, scene.today)
    if opening.asks_holidays(scene.words) and not any(day.exact for day in days):
        return _holidays(scene, office)
    if days:
        said = " ".join(_on_day(scene, office, day) for day in days)
        others = _open_elsewhere(office, known, days[0]) if len(days) == 1 else None
        return f"{said}\n{others}" if others else said
    if _WHEELS.search(scene.words):
        if office.step_free is None:
            return say("office-entrance-unknown", phone=office.phone)
        return say("office-entrance-free" if office.step_free else "office-entrance-steps")
    if opening.asks_open(scene.words) and (one_place or opening.asks_now(scene.words)):
        return _open_line(scene, office)
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


def _unusual(scene: Scene, office: Office) -> str | None:
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


def _open_line(scene: Scene, office: Office) -> str:
    if office.hours_text == ROUND_THE_CLOCK and not office.closed_on:
        return say("office-always")
    if closes := opening.open_until(office, scene.local_now):
        return say("office-open", clock=clock(closes.time()))
    if opens := opening.opens_next(office, scene.local_now):
        return say("office-closed-until", when=moments.opens(scene, opens))
    return say("office-closed")


def _open_word(scene: Scene, office: Office) -> str:
    """The same without the next opening, where the hours stand beside it."""
    is_open = opening.open_until(office, scene.local_now) is not None
    return _open_line(scene, office) if is_open else say("office-closed")


def _list(
    scene: Scene, known: Sequence[Office], near: Location | None, first: str | None = None, *, page: int = 0
) -> Reply:
    """A few places, each with as much as one message holds: with hours, else with what is open now.

    A page has a button for each of its places; the last page is followed by the first.
    """
    pages = 1 if len(known) <= buttons.OWN_BUTTONS else -(-len(known) // PAGE)
    here = known if pages == 1 else known[page % pages * PAGE : (page % pages + 1) * PAGE]
    fitting = ""
    for in_short, count in WAYS_TO_FIT:
        texts = [_lines(scene, office, near, in_short) for office in here[:count]]
        more = ", ".join(office.name for office in here[count:])
        others = say("office-others", places=more) if more else None
        fitting = "\n\n".join(part for part in (first, *texts, others) if part)
        if len(fitting) <= TEXT_TARGET:
            break
    doors = [door(scene, office) for office in here]
    if pages > 1:
        doors.append(buttons.button(f"o:more:{(page + 1) % pages}", "more-offices"))
    place = (buttons.share_place(),) if near is None and len(known) > 1 else ()
    choices = (*place, *buttons.own(*doors), *buttons.row())
    return Reply(text=cards.clip(fitting, TEXT_TARGET), choices=choices)


InShort = Callable[[Scene, Office], list[str | None]]


def _lines(scene: Scene, office: Office, near: Location | None, in_short: InShort) -> str:
    name = say("office-name", name=office.name, address=office.address)
    return "\n".join(line for line in (name, _distance(office, near), *in_short(scene, office)) if line)


def _hours(office: Office) -> str | None:
    hours = office.hours_text.rstrip(".")
    return say("office-hours", hours=hours) if hours and hours != ROUND_THE_CLOCK else None


def _with_hours_and_opening(scene: Scene, office: Office) -> list[str | None]:
    return [_hours(office), f"{_open_line(scene, office)} {say('office-phone', phone=office.phone)}"]


def _with_hours(scene: Scene, office: Office) -> list[str | None]:
    return [_hours(office), f"{_open_word(scene, office)} {say('office-phone', phone=office.phone)}"]


def _with_opening(scene: Scene, office: Office) -> list[str | None]:
    return [_open_line(scene, office), say("office-phone", phone=office.phone)]


def _with_phone(_: Scene, office: Office) -> list[str | None]:
    return [say("office-phone", phone=office.phone)]


# Hours matter more than how many places stand in one message; the buttons open the others.
WAYS_TO_FIT: tuple[tuple[InShort, int], ...] = (
    (_with_hours_and_opening, SHOWN),
    (_with_hours, SHOWN),
    (_with_hours_and_opening, SHOWN - 1),
    (_with_hours, SHOWN - 1),
    (_with_opening, SHOWN),
    (_with_phone, SHOWN),
)


def _in_full(scene: Scene, office: Office, first: str | None = None) -> Reply:
    """One place; `first` answers what was asked about it. Of those who receive as many as there is room for."""
    name = say("office-name", name=office.name, address=office.address)
    received = [] if first else [receiving.line(one) for one in office.receivers]
    text = ""
    for count in range(len(received), -1, -1):
        text = cards.fit(first or name, _facts(scene, office, name, first, received[:count]), [], TEXT_LIMIT)
        if len(text) <= TEXT_TARGET and (not received[:count] or received[count - 1] in text):
            break
    who = buttons.button(f"w:{office.id}", "receivers") if office.receivers else None
    doors = [door(scene, other) for other in _ordered(scene, None) if other.id != office.id]
    return Reply(text=text, choices=(*buttons.own(who, *doors), *buttons.row()))


def _facts(scene: Scene, office: Office, name: str, first: str | None, received: Sequence[str]) -> list[str]:
    """What is known of a place, line by line."""
    entrance = {True: say("office-step-free"), False: say("office-steps"), None: None}[office.step_free]
    point = office.latitude is not None and office.longitude is not None
    lines = [
        name if first else None,
        None if first else _open_line(scene, office),
        _hours(office),
        None if first else _unusual(scene, office),
        entrance,
        say("office-phone", phone=office.phone),
        office.note,
        *([say("receivers-here"), *received] if received else []),
        f"{say('office-map')}\n{_map(office)}" if point else None,
    ]
    return [line for line in lines if line]


def door(scene: Scene, office: Office) -> Choice | None:
    """A button with the street: in a community everybody knows the town."""
    return buttons.named(f"o:{office.id}", places.labels(_ordered(scene, None))[office.id])


def _map(office: Office) -> str:
    return f"https://www.openstreetmap.org/?mlat={office.latitude}&mlon={office.longitude}&zoom=17"
