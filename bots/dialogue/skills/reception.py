"""Who receives people: a position or a matter is asked for, on a day or at all; the answer is where and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons, cards, moments, opening, places, receiving
from bots.dialogue.receiving import Seat
from bots.dialogue.scene import Scene
from bots.dialogue.skills import offices
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_TARGET
from bots.dialogue.turn import Outcome
from conversations.messages import Reply
from knowledge_base.language import weekday_when
from knowledge_base.understanding.meaning import Verdict

LONGEST_QUESTION = 10
SHOWN = 5
LONGEST_ASIDE = 5
PERHAPS, PERHAPS_FROM = 3, 0.15
"""How many of the likely entries are looked at for one that somebody receives about, and how likely they are."""
# Not «прийомна дитина», «приемная семья», which are about foster families.
_RECEIVES = r"прийма\w*|принима\w*|прийом(?!н)\w*|при[её]м(?!н)\w*"
_WHO = re.compile(
    rf"\b(?:хто|кто|до кого|к кому|у кого)\b.*\b(?:{_RECEIVES}|йти|піти|идти|пойти|записат\w*|звернут\w*|обратит\w*)"
    rf"|\b(?:який|какой|яком[уі]|каком|які[йм])\b.*\b(?:кабінет\w*|кабинет\w*|спеціаліст\w*|специалист\w*)",
    re.IGNORECASE,
)
# «Хто приймає рішення», «хто приймає заяви» is another question.
_TAKES = re.compile(r"\b(?:рішен|решен|заяв|докум|участ)\w*", re.IGNORECASE)
# «Скільки коштує прийом» asks for a price.
_PRICE = re.compile(
    r"\b(?:скільки|скіки|скіко|сколько|почім|почем)\b.*\b(?:кошту|сто[иї]т|бер[еу]|плат)\w*", re.IGNORECASE
)
_WHEN = re.compile(rf"\b(?:{_RECEIVES}|на місці|на месте|буває|бывает)\b", re.IGNORECASE)


def ask(scene: Scene) -> Outcome | None:
    """«Коли приймає начальник», «хто приймає з субсидій у середу»; None where nobody is named for it."""
    words = scene.words
    if len(words.split()) > LONGEST_QUESTION or _TAKES.search(words) or _PRICE.search(words):
        return None
    everybody = receiving.seats(scene.knowledge.offices())
    if again := _another_day(scene, everybody):
        return again
    if not (_WHO.search(words) or _WHEN.search(words)):
        return None
    here = places.named(words, scene.knowledge.offices())
    near = [seat for seat in everybody if here is None or seat.office.id == here.id]
    if asked := receiving.of_position(words, near) or receiving.of_position(words, everybody):
        return _answer(scene, asked)
    if here is None or not near:
        matters = _matters(scene)
        for matter in matters:
            if asked := receiving.of_matter(matter, everybody):
                return _answer(replace(scene, state=replace(scene.state, topic=matter)), asked)
        if matters and matters[0] in _likely(scene):
            # Nobody here receives about it: its own card says where to go.
            return None
    return _all_of(scene, near if here else None)


def _all_of(scene: Scene, near: Sequence[Seat] | None) -> Outcome | None:
    """«Хто приймає сьогодні»: all of the office that is named or shown; not where a matter is open."""
    if not _WHO.search(scene.words):
        return None
    if near is None:
        shown = offices.shown(scene)
        if shown is None and scene.open_topic not in (None, offices.TOPIC):
            return None
        near = receiving.seats([shown or scene.knowledge.community.reception])
    return _answer(scene, near) if near else None


def _another_day(scene: Scene, everybody: Sequence[Seat]) -> Outcome | None:
    """«А в п’ятницю?» after an answer about who receives."""
    step, words = scene.state.step, scene.words
    if step is None or step.skill != offices.SKILL or len(words.split()) > LONGEST_ASIDE:
        return None
    told = step.facts.get("who")
    asked = [seat for seat in everybody if isinstance(told, list) and seat.key in told]
    about_doors = opening.asks_open(words) and not _WHEN.search(words)
    if not asked or about_doors or not opening.asked_days(words, scene.today):
        return None
    return None if receiving.of_position(words, everybody) else _answer(scene, asked)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`w:<office>`: everybody who receives there."""
    office = next((one for one in scene.knowledge.offices() if [one.id] == list(words)), None)
    asked = receiving.seats([office]) if office else []
    return _answer(scene, asked) if asked else None


def _matters(scene: Scene) -> list[str]:
    """The entries that may be asked about: named beyond doubt, else the open one, else named perhaps."""
    likely = _likely(scene)
    perhaps = [one.topic for one in scene.meaning.ranked[:PERHAPS] if one.confidence > PERHAPS_FROM]
    found = likely or [scene.open_topic, *map(scene.known, perhaps)]
    return [matter for matter in found if matter and matter != offices.TOPIC]


def _likely(scene: Scene) -> list[str | None]:
    """The entry that the message names beyond doubt, or more likely than not."""
    sure = scene.meaning.verdict is Verdict.SURE
    return [scene.known(one.topic) for one in scene.meaning.ranked[:1] if sure or scene.likely]


def _answer(scene: Scene, asked: Sequence[Seat]) -> Outcome:
    first, lines = _on_a_day(scene, asked) or (
        say("receivers"),
        [receiving.line(one.receiver) for one in asked],
    )
    here = list({seat.office.id: seat.office for seat in asked}.values())
    text = [first]
    for office in here:
        own = [said for seat, said in zip(asked, lines, strict=True) if seat.office.id == office.id and said]
        if own:
            text.append(
                "\n".join((say("office-name", name=office.name, address=office.address), *own[:SHOWN]))
            )
    phone = say("office-phone", phone=here[0].phone)
    doors = [offices.door(scene, office) for office in here]
    reply = Reply(
        text=cards.fit("\n\n".join(text), [], [phone], TEXT_TARGET),
        choices=(*buttons.own(*doors), *buttons.row()),
    )
    return offices.turn(scene, reply, office=here[0], keep_topic=True, who=[seat.key for seat in asked])


def _on_a_day(scene: Scene, asked: Sequence[Seat]) -> tuple[str, list[str | None]] | None:
    """What to say first about the day asked for, and a line for each seat; None where no day is asked for."""
    days = opening.asked_days(scene.words, scene.today)
    if not days:
        return None
    day = days[0].day
    then: list[str | None] = [
        receiving.line_on(seat, day) if receiving.hours_on(seat, day) else None for seat in asked
    ]
    exact = days[0].exact or any(seat.office.hours_on(day) != seat.office.usual_hours(day) for seat in asked)
    when = moments.begun(moments.day_when(scene, day) if exact else weekday_when(day))
    comma = "," if "," in when else ""
    if any(then):
        return say("receivers-day", day=f"{when}{comma}"), then
    return say("receivers-not-then", day=f"{when}{comma}"), [receiving.line(seat.receiver) for seat in asked]
