"""How busy an office is, in words: who waits now, how long it usually takes at this hour, when it is freer."""

from __future__ import annotations

import re

from bots.dialogue import opening
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import BusyView
from knowledge_base.answers import Office
from knowledge_base.language import weekday_name_when

_ASKS = re.compile(
    r"\b(?:велик\w+|довг\w+|длинн\w+|больш\w+|яка|какая|чи є|є|есть)\s+(?:там\s+|у вас\s+)?(?:черг\w+|очеред\w+)\b"
    r"|\b(?:черг\w+|очеред\w+)\s+(?:там\s+|у вас\s+|зараз\s+|сейчас\s+)?(?:велик\w+|довг\w+|больш\w+|є|есть)\b"
    r"|\b(?:скільки|скіки|сколько)\s+(?:людей|народу|люду)\b.*\b(?:черг\w+|очеред\w+|там|зараз|сейчас|стоїть)\b"
    r"|\b(?:багато|много)\s+(?:людей|народу)\b"
    r"|\b(?:коли|когда)\b.*\b(?:менше|меньше|мало|найменше)\s+(?:людей|народу|люду|черг\w+|очеред\w+)\b"
    r"|\b(?:коли|когда)\b.*\b(?:вільніше|свободнее|посвободнее)\b",
    re.IGNORECASE,
)


def asks(words: str) -> bool:
    """«а черга велика?», «скільки людей у черзі», «коли менше людей»."""
    return bool(_ASKS.search(words))


def answer(scene: Scene, office: Office) -> str:
    """What is known of it; where nothing is, that, and the phone."""
    known = " ".join(filter(None, (now(scene, office), freer(scene, office))))
    return known or say("office-busy-unknown", phone=office.phone)


def now(scene: Scene, office: Office) -> str | None:
    """«Зараз у черзі 4 людини, зазвичай о цій годині чекають приблизно 20 хвилин.» None when shut or not known."""
    busy = _of(scene, office)
    if busy is None or opening.open_until(office, scene.local_now) is None:
        return None
    if busy.in_chat:
        return _in_chat(busy)
    usual = busy.usual_minutes
    if busy.waiting is None:
        return say("office-busy-usual", minutes=usual) if usual else None
    if busy.waiting == 0:
        return say("office-busy-nobody")
    if busy.wait_minutes:
        return say("office-busy-now-wait", count=busy.waiting, minutes=busy.wait_minutes)
    if usual:
        return say("office-busy-now-usual", count=busy.waiting, minutes=usual)
    return say("office-busy-now", count=busy.waiting)


def freer(scene: Scene, office: Office) -> str | None:
    """«Вільніше: у середу зранку.»"""
    busy = _of(scene, office)
    if busy is None or busy.quiet is None:
        return None
    day = weekday_name_when(busy.quiet.weekday)
    return say("office-busy-freer", day=day, part=busy.quiet.part)


def _in_chat(busy: BusyView) -> str | None:
    if busy.waiting is None:
        return None
    if busy.wait_minutes:
        return say("office-busy-chat-wait", count=busy.waiting, minutes=busy.wait_minutes)
    return say("office-busy-chat", count=busy.waiting) if busy.waiting else None


def _of(scene: Scene, office: Office) -> BusyView | None:
    return (scene.view.busy or {}).get(office.id)
