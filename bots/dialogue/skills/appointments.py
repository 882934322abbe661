"""A visit to an office, in taps or in one sentence: what the words and buttons about it mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bots.dialogue import buttons, moments, places, receiving, visiting, when, whose
from bots.dialogue.overview import ENTRY
from bots.dialogue.scene import Scene
from bots.dialogue.skills import booking, callback, my_visits, offices, visit_shown
from bots.dialogue.skills.booking import NOT_NAMED
from bots.dialogue.texts import say
from bots.dialogue.turn import EraseStored, Kind, Outcome, Step, Turn, WaitForTime
from bots.dialogue.typed import number
from bots.dialogue.visiting import DAY, MATTER, NAME, OFFICE, OPEN, TIME, Plan
from conversations.messages import Reply
from knowledge_base.answers import HALL
from knowledge_base.language import day_and_month
from knowledge_base.understanding.meaning import Facet, SmallTalk, Verdict

SKILL = visit_shown.SKILL
LONGEST_REQUEST, LONGEST_ANSWER = 24, 12
NAME_WORDS, NAME_LIMIT = 4, 60
_BOOK = re.compile(
    r"\bзапиш\w*|\bзапис\w* (?:мене|меня|нас|на|до)\b(?= (?:прийом|при[её]м|візит|визит|начальни|спеціаліст))"
    r"|\bзабронюва\w*|\b(?:талон|черг|очеред)\w*\b.*\bна (?:прийом|при[её]м)\b|^\W*запис\W*$"
    r"|\bзапис\w* на (?:прийом|при[её]м|візит|визит)\b"
    r"|\b(?:хочу|треба|можна|потрібно|нужно|можно|прийти|потрапити|попасти|попасть) на (?:прийом|при[её]м)\b",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"\b(?:записат|записува|записыва)\w*", re.IGNORECASE)
"""«Записатися» is said of schools and of benefits too."""
_TO_US = re.compile(
    r"\b(?:прийом|при[её]м|до вас|к вам|спеціаліст|специалист|начальни|керівни|психолог)\w*", re.IGNORECASE
)
_ALONE = 8
"""Words among which «записатися» alone asks for a booking, where no benefit is meant."""
_NOT_A_VISIT = re.compile(
    r"\b(?:сад(?:ок|очок|ик|ка)|школ\w*|лікар\w*|врач\w*|нотаріус\w*|курс\w*|гурт\w*|клас\w*|класс\w*|поліклінік\w*|больниц\w*)\b"
    r"|\bзапиш\w* (?:мій|моя|мою|собі|себе|номер|телефон|адрес\w*|ім)\b|\bдо запис\w*|\bзаписан\w*",
    re.IGNORECASE,
)
_TO_SOMEBODY = re.compile(r"\b(?:до|к)\b", re.IGNORECASE)
_NAME_BEGINS = re.compile(
    r"^\s*(?:(?:[^\W\d_]+\s+)?(?:звати|звуть|зовут)|ім’я|імя|пишіть|запишіть|я)\s+", re.IGNORECASE
)
_NAME = re.compile(r"[^\W\d_]+(?:[’'`-][^\W\d_]+)*\.?", re.IGNORECASE)
_SIGNS = re.compile(r"[\d\s()+.,:;-]+")


def ask(scene: Scene) -> Outcome:
    """«Запис на прийом» of the menu."""
    return booking.go(scene, Plan(matter=_spoken_of(scene)))


def asked(scene: Scene) -> Outcome | None:
    """A wish to come, in words, with whatever is told beside it: «запишіть на середу після обіду щодо субсидії»."""
    words = scene.words
    if len(words.split()) > LONGEST_REQUEST:
        return None
    if heard := my_visits.asked(scene):
        return heard
    said = when.read(words, scene.today)
    if _books(scene):
        return booking.go(scene, _planned(scene), said)
    waiting = scene.state.booking
    if waiting is None or said.says_nothing or scene.meaning.facet is not None:
        return None
    # «На 14:30», after a question in the middle was answered.
    return (
        booking.go(scene, visiting.plan_of(waiting.facts), said)
        if len(words.split()) <= LONGEST_ANSWER
        else None
    )


def _books(scene: Scene) -> bool:
    """Whether the words ask for a booking."""
    words = scene.words
    if _NOT_A_VISIT.search(words):
        return False
    if _BOOK.search(words):
        return True
    if not _PERHAPS.search(words):
        return False
    if _TO_US.search(words) or not when.read(words, scene.today).says_nothing:
        return True
    # «Патронатна сім’я, куди йти записуватись» asks where one becomes one.
    asks_where = scene.meaning.facet is Facet.WHERE
    return scene.meaning.verdict is not Verdict.SURE and not asks_where and len(words.split()) <= _ALONE


def _planned(scene: Scene) -> Plan:
    """What the words tell of the matter, the place and whose visit it is."""
    words = scene.words
    matter = _matter(scene)
    plan = Plan(matter=matter, for_other=whose.books_for_kin(words.lower()))
    known = visiting.bookable(scene)
    seats = receiving.of_position(words, receiving.seats(known))
    fitting = [seat for seat in seats if matter is None or matter in seat.receiver.serves]
    if fitting or (seats and _TO_SOMEBODY.search(words)):
        seat = (fitting or seats)[0]
        return replace(plan, office=seat.office.id, receivers=(seat.receiver.id,))
    here = places.named(words, visiting.offices_for(scene, matter) if matter else known)
    return replace(plan, office=here.id) if here else plan


def _matter(scene: Scene) -> str | None:
    """The entry the words name, else the one that is spoken of."""
    top = next(iter(scene.meaning.ranked), None)
    named = top is not None and (scene.meaning.verdict is Verdict.SURE or scene.likely == top.topic)
    matter = scene.known(top.topic) if named and top is not None else None
    return matter if matter not in (None, ENTRY, offices.TOPIC) else _spoken_of(scene)


def _spoken_of(scene: Scene) -> str | None:
    """The open topic, where one can be booked about it."""
    topic = scene.open_topic
    if topic is None or topic in (ENTRY, offices.TOPIC) or not visiting.offices_for(scene, topic):
        return None
    return topic


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`v:…`; the ids stand in `buttons.py`. A booking that is not remembered any more begins anew."""
    plan = _open_plan(scene)
    match list(words):
        case ["new"]:
            return ask(scene)
        case ["go"]:
            return booking.go(scene, plan)
        case ["drop"]:
            return _dropped(scene)
        case ["r", office_id, receiver]:
            return booking.go(scene, replace(plan, office=office_id, receivers=(receiver,)))
        case ["o", office_id]:
            return booking.go(
                scene, replace(plan, office=office_id, receivers=() if plan.matter else (HALL,))
            )
        case ["any"]:
            office = visiting.office_of(scene, plan.office)
            return booking.go(scene, replace(plan, receivers=office.takers(plan.matter) if office else ()))
        case ["days"]:
            return booking.go(scene, replace(plan, days=(), part=None, at=None, starts_at=None, waiting=None))
        case ["d", digits] if (day := _day(digits)) is not None:
            return booking.go(scene, replace(plan, days=(day,), starts_at=None, waiting=None))
        case ["t", digits] if (at := _moment(scene, digits)) is not None:
            return booking.go(scene, replace(plan, starts_at=at, waiting=None))
        case ["n", "none"]:
            return _with_name(scene, plan, NOT_NAMED)
        case ["w"]:
            return _wait(scene, plan)
        case _:
            return my_visits.press(scene, words)


def hear(scene: Scene, step: Step) -> Outcome | None:
    """An answer in words to what is asked; a question about something else is answered first."""
    if step.name not in OPEN:
        return None if _books(scene) else my_visits.hear(scene, step)
    plan, words = visiting.plan_of(step.facts), scene.words
    if len(words.split()) > LONGEST_ANSWER or _asks_else(scene, step):
        return None
    if elsewhere := my_visits.asked(scene):
        return elsewhere
    said = when.read(words, scene.today, bare=step.name in (DAY, TIME))
    if step.name == NAME and (name := _name_in(scene)) is not None and not said.days:
        return _with_name(scene, plan, name)
    if step.name == MATTER:
        told = _planned(scene)
        if told.matter or told.office:
            other = plan.for_other or told.for_other
            found = replace(plan, matter=told.matter, office=told.office, receivers=told.receivers)
            return booking.go(scene, replace(found, for_other=other), said)
    if not said.says_nothing:
        return booking.go(scene, plan, said)
    if step.name == OFFICE and plan.matter:
        here = places.named(words, visiting.offices_for(scene, plan.matter))
        return booking.go(scene, replace(plan, office=here.id), said) if here else None
    return _not_heard(scene, plan)


def _not_heard(scene: Scene, plan: Plan) -> Outcome | None:
    """Words that answer nothing and ask nothing: the question again, once."""
    meaning = scene.meaning
    elsewhere = meaning.command is not None or meaning.small_talk in (
        SmallTalk.THANKS,
        SmallTalk.GOODBYE,
        SmallTalk.ABUSE,
    )
    if scene.state.misunderstood or elsewhere or meaning.verdict is not Verdict.UNKNOWN:
        return None
    again = booking.go(scene, plan)
    if not isinstance(again, Turn) or not again.replies:
        return again
    *before, last = again.replies
    reply = last.model_copy(update={"text": f"{say('visit-not-heard')} {last.text}"})
    return replace(again, replies=(*before, reply), state=replace(again.state, misunderstood=1))


def hear_clock(scene: Scene) -> Outcome | None:
    """«10», «1140», «25» where a time or a day is asked for; a number of a button that is offered stays that."""
    step, words = scene.state.step, scene.words
    if step is None or step.skill != SKILL or step.name not in (DAY, TIME) or not _SIGNS.fullmatch(words):
        return None
    chosen = number(words)
    plan = visiting.plan_of(step.facts)
    if step.name == DAY:
        if chosen is None or chosen <= len(scene.state.offered):
            return None
        said = when.read(f"{chosen} числа", scene.today)
        return booking.go(scene, plan, said) if said.days else None
    said = when.read(words, scene.today, bare=True)
    if said.at is None:
        return None
    offered = {choice.label.split(":")[0] for choice in scene.state.offered}
    if chosen is not None and chosen <= len(scene.state.offered) and str(chosen) not in offered:
        return None
    return booking.go(scene, plan, said)


def _asks_else(scene: Scene, step: Step) -> bool:
    """Whether the words are about something else than what is asked here."""
    meaning = scene.meaning
    if step.name == MATTER:
        return meaning.asks and meaning.facet is not None
    named = meaning.verdict is Verdict.SURE and meaning.asks
    return named or meaning.facet is not None or (step.name == NAME and "?" in scene.words)


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again."""
    if step.name in OPEN:
        return booking.go(scene, visiting.plan_of(step.facts))
    return my_visits.repeat(scene, step)


def keep(scene: Scene, turn: Turn) -> Turn:
    """A booking that another question has interrupted waits, and the answer offers the way back."""
    step = scene.state.step
    waiting = step if step is not None and step.skill == SKILL and step.name in OPEN else scene.state.booking
    if waiting is None or not turn.replies:
        return turn
    mine = turn.kind is Kind.APPOINTMENT and turn.state.step is not None and turn.state.step.skill == SKILL
    erased = any(isinstance(effect, EraseStored) and effect.scope == "all" for effect in turn.effects)
    if mine or erased or turn.kind in (Kind.DANGER, Kind.MENU) or turn.state.danger is not None:
        return replace(turn, state=replace(turn.state, booking=None))
    state = replace(turn.state, booking=waiting)
    last = turn.replies[-1]
    led_back = any(choice.id == "i:go" for choice in last.choices)
    if turn.kind not in RETURNS or led_back:
        return replace(turn, state=state)
    text = f"{last.text}\n\n{say('visit-return')}"
    reply = last.model_copy(
        update={"text": text, "choices": (buttons.button("v:go", "visit-go"), *last.choices)}
    )
    if last.card is not None:
        note = "\n".join(filter(None, [last.card.note, say("visit-return")]))
        reply = reply.model_copy(update={"card": last.card.model_copy(update={"note": note})})
    return replace(turn, state=state, replies=(*turn.replies[:-1], reply))


RETURNS = frozenset({Kind.ANSWER, Kind.CHECKLIST, Kind.OFFICES, Kind.REFERRAL, Kind.SMALLTALK})
"""Turns after which the way back is offered."""


def _with_name(scene: Scene, plan: Plan, name: str) -> Outcome:
    phone = callback.phone_in(scene) if scene.event.text else None
    return booking.go(scene, replace(plan, name=name, phone=phone or plan.phone))


def _name_in(scene: Scene) -> str | None:
    """The name in an answer: a few words of letters, without «мене звати» and without the phone beside it."""
    text = scene.words
    if "?" in text or scene.meaning.small_talk in (SmallTalk.YES, SmallTalk.NO):
        return None
    text = _NAME_BEGINS.sub("", callback.without_phone(text)).strip(" .,!")
    found = text.split()
    if not 0 < len(found) <= NAME_WORDS or len(text) > NAME_LIMIT:
        return None
    return text if all(_NAME.fullmatch(word.strip(",")) for word in found) else None


def _wait(scene: Scene, plan: Plan) -> Outcome:
    """«Сповістити, якщо звільниться»."""
    office = visiting.office_of(scene, plan.office)
    if office is None or office.visits is None or not plan.receivers or not booking.may_write(scene):
        return booking.go(scene, plan)
    last = scene.today + timedelta(days=office.visits.days_ahead)
    first, till = (min(plan.days), max(plan.days)) if plan.days else (scene.today, last)
    effect = WaitForTime(office.id, plan.receivers, plan.matter, first, till)
    days = moments.day_when(scene, first) if first == till else say("visit-till", day=day_and_month(till))
    reply = Reply(
        text=say("visit-waits", days=days),
        choices=(buttons.button("v:unwait", "visit-unwait"), *buttons.row()),
    )
    state = replace(scene.settled, step=Step(SKILL, "waiting", {}), booking=None)
    return scene.turn(Kind.APPOINTMENT, reply, state=state, effects=[effect], topic=scene.open_topic)


def _dropped(scene: Scene) -> Outcome:
    state = replace(scene.settled, booking=None, step=Step(SKILL, "dropped", {}))
    reply = Reply(text=say("visit-dropped"), choices=buttons.row())
    return scene.turn(Kind.APPOINTMENT, reply, state=state, topic=scene.open_topic)


def _open_plan(scene: Scene) -> Plan:
    """What is remembered of the booking that goes on, or of the one that waits."""
    for step in (scene.state.step, scene.state.booking):
        if step is not None and step.skill == SKILL and step.name in OPEN:
            return visiting.plan_of(step.facts)
    return Plan()


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return None


def _moment(scene: Scene, digits: str) -> datetime | None:
    try:
        wall = datetime.strptime(digits, "%Y%m%d%H%M")
    except ValueError:
        return None
    return wall.replace(tzinfo=scene.local_now.tzinfo).astimezone(UTC)
