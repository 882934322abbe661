"""A call back, when writing is hard: a phone, a time, a task in the queue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons
from bots.dialogue.cards import clip
from bots.dialogue.scene import Scene
from bots.dialogue.skills import handoff
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Lookup, OpenTicket, Outcome, Step
from conversations.messages import Reply
from knowledge_base.understanding.meaning import SmallTalk, Verdict

SKILL = "callback"
TIME_LIMIT = 60
ORDERED = "ordered"
"""The step after a call was ordered: another time may still be named."""
NEW_TIME_WORDS = 6
TIMES = {"any": "any-time", "morning": "before-noon", "evening": "after-noon"}
_PHONE = re.compile(r"(?<!\d)(?:\+?\s*3?8)?[\s(.-]*(0\d{2})[\s).-]*(\d{3})[\s.-]*(\d{2})[\s.-]*(\d{2})(?!\d)")
_NO_CALL = re.compile(
    r"(?:ні|нє|нет)\b|не (?:треба|надо|нужно|дзвон\w*|звон\w*)|скасу|отмен|передума", re.IGNORECASE
)
_WHEN = re.compile(
    r"\b(?:(?:завтра|післязавтра|послезавтра|сьогодні|сегодня|ранком|вранці|зранку|утром|увечері|ввечері|вечером|в обід"
    r"|(?:після|до|по|після|перед|после) (?:обід\w*|обед\w*|робот\w*|работ\w*|\d{1,2}\b)"
    r"|(?:у|в|на|з|о|об|після|до|к) (?:понеділ\w*|понедел\w*|вівтор\w*|вторник\w*|серед\w*|сред\w*|четвер\w*"
    r"|п['’]?ятниц\w*|пятниц\w*|субот\w*|суббот\w*|\d{1,2}(?:[:.]\d{2})?"
    r"|(?:перш|друг|трет|четверт|п['’]?ят|шост|сьом|восьм|дев['’]?ят|десят|одинадцят|дванадцят)(?:ій|ої|у|ом|ой|ую))"
    r"(?: годин\w*| час\w*| ранку| вечора| утра| вечера)?"
    r")[\s,]*)+",
    re.IGNORECASE,
)
"""When to call, as it is said in one breath with the wish: «завтра після обіду»."""
_PHONE_SIGNS = re.compile(r"[\d\s()+.,-]+")


def ask(scene: Scene) -> Outcome:
    """The person wants a call; a number in the same message is taken at once."""
    when = when_in(scene)
    if number := phone_in(scene):
        return _call(scene, number, when) if when else with_phone(scene, number)
    return _ask_phone(scene, "call-phone", when)


def when_in(scene: Scene) -> str | None:
    """The time that the words name, without the number: «завтра після обіду»."""
    found = _WHEN.search(_PHONE.sub(" ", scene.event.text[:TIME_LIMIT]))
    return found[0].strip(" ,") if found else None


def phone_in(scene: Scene) -> str | None:
    """A Ukrainian number in the message as `0 67 123 45 67` is dialled: `+380671234567`."""
    text = scene.event.phone or scene.event.text[:TIME_LIMIT]
    found = _PHONE.search(text)
    return "+38" + "".join(found.groups()) if found else None


def without_phone(words: str) -> str:
    """The words without the number in them."""
    return _PHONE.sub(" ", words)


def bare_phone(scene: Scene) -> str | None:
    """The number, when the message holds nothing else."""
    if scene.event.phone or _PHONE_SIGNS.fullmatch(scene.event.text.strip() or "-"):
        return phone_in(scene)
    return None


def with_phone(scene: Scene, phone: str) -> Outcome:
    """The number is known: when to call."""
    choices = [buttons.button(f"p:{name}", text) for name, text in TIMES.items()]
    state = replace(scene.settled, step=Step(SKILL, "time", {"phone": phone}))
    reply = Reply(text=say("call-time"), choices=(*choices, buttons.menu()))
    return scene.turn(Kind.HANDOFF, reply, state=state, topic=scene.open_topic)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`p:any|morning|evening`; without a number yet it is asked for, also where `p:share` shared nothing."""
    if list(words) == ["share"]:
        return ask(scene)
    if len(words) != 1 or words[0] not in TIMES:
        return None
    step = scene.state.step
    phone = step.facts.get("phone") if step is not None and step.skill == SKILL else None
    if not isinstance(phone, str):
        return ask(scene)
    when = say("call-any") if words[0] == "any" else say(f"button-{TIMES[words[0]]}").lower()
    return _call(scene, phone, when)


def hear(scene: Scene, step: Step) -> Outcome | None:
    """A number, then a time in any words. A question the base knows is answered instead."""
    when = when_in(scene)
    if step.name == ORDERED:
        phone = step.facts.get("phone")
        if when is None or not isinstance(phone, str) or len(scene.words.split()) > NEW_TIME_WORDS:
            return None
        return _call(scene, phone, when)
    if _changed_mind(scene) and not when:
        reply = Reply(text=say("call-cancelled"), choices=buttons.row())
        return scene.turn(Kind.HANDOFF, reply, topic=scene.open_topic)
    if step.name == "phone":
        when = when or _kept_time(step)
        if number := phone_in(scene):
            return _call(scene, number, when) if when else with_phone(scene, number)
        asks_else = scene.meaning.verdict is Verdict.SURE or scene.meaning.follow_up
        again = "call-phone-again" if any(map(str.isdigit, scene.words)) else "call-phone"
        return None if asks_else else _ask_phone(scene, again, when)
    phone = step.facts.get("phone")
    if not isinstance(phone, str) or scene.meaning.follow_up or not scene.words:
        return None
    return _call(scene, phone, clip(" ".join(scene.words.split()), TIME_LIMIT))


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again; None where nothing is asked any more."""
    if step.name == ORDERED:
        return None
    phone = step.facts.get("phone")
    if isinstance(phone, str):
        return with_phone(scene, phone)
    return _ask_phone(scene, "call-phone", _kept_time(step))


def _kept_time(step: Step) -> str | None:
    """The time that was named before the number was asked for."""
    when = step.facts.get("when")
    return when if isinstance(when, str) else None


def _changed_mind(scene: Scene) -> bool:
    """«ні, не дзвоніть», whatever is asked."""
    return scene.meaning.small_talk is SmallTalk.NO or bool(_NO_CALL.match(scene.words))


def _ask_phone(scene: Scene, text_id: str, when: str | None = None) -> Outcome:
    state = replace(scene.settled, step=Step(SKILL, "phone", {"when": when} if when else {}))
    reply = Reply(text=say(text_id), choices=(buttons.share_phone(), *buttons.row()))
    return scene.turn(Kind.HANDOFF, reply, state=state, topic=scene.open_topic)


def _call(scene: Scene, phone: str, when: str) -> Outcome:
    queue = scene.view.queue
    if queue is None:
        return Lookup.QUEUE
    waiting = scene.view.ticket
    number = waiting.number if waiting else queue.number
    if queue.open_now or queue.pause:
        line = say("call-day", number=number)
    else:
        line = say("call-night", hours=handoff.hours(scene), number=number)
    ticket = OpenTicket(
        number=number,
        reason="call_back",
        question=say("call-question"),
        promised_at=queue.promised_at,
        topic=scene.open_topic,
        phone=phone,
        call_at=when,
    )
    reply = Reply(
        text=say("call-done", phone=_grouped(phone), when=when.rstrip("."), queue=line),
        choices=handoff.waiting_choices(),
    )
    state = replace(scene.settled, step=Step(SKILL, ORDERED, {"phone": phone}))
    return scene.turn(Kind.HANDOFF, reply, effects=[ticket], state=state, topic=scene.open_topic)


def _grouped(phone: str) -> str:
    """`0 67 123 45 67`-like groups, as numbers are read aloud."""
    digits = phone.removeprefix("+38")
    return f"{digits[:3]} {digits[3:6]} {digits[6:8]} {digits[8:]}"
