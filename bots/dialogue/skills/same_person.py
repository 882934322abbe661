"""One person in two chats: asked in both whether they are, shown nothing of the other before both say yes.

The question stands beside whatever goes on: what was being asked is still asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bots.dialogue import buttons
from bots.dialogue.scene import Scene, Setting
from bots.dialogue.texts import say
from bots.dialogue.turn import AnswerSamePerson, Kind, Lookup, Outcome, Turn
from conversations.messages import Choice, Reply

_ID = re.compile(r"[0-9a-f]{32}")
_CODE = re.compile(r"\d{4,8}")


def asked(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """The question. Somebody else may read along after danger: then it is not put."""
    question, code = facts.get("question"), facts.get("code")
    hidden = setting.state.quiet or setting.state.danger is not None
    if hidden or not isinstance(question, str) or not isinstance(code, str):
        return _turn(setting)
    if not _ID.fullmatch(question) or not _CODE.fullmatch(code):
        return _turn(setting)
    choices = (buttons.button(f"u:yes:{question}", "same-yes"), buttons.button(f"u:no:{question}", "same-no"))
    return _turn(setting, Reply(text=say("same-person-ask", code=code), choices=choices))


def confirmed(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """The other chat has said yes too, after this one."""
    question = facts.get("question")
    if setting.state.quiet or not isinstance(question, str) or not _ID.fullmatch(question):
        return _turn(setting)
    return _turn(setting, _joined(question))


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`u:yes|no:<question>`; also while a specialist leads the conversation."""
    match list(words):
        case [("yes" | "no") as word, question] if _ID.fullmatch(question):
            seen = scene.view.same_person
            if seen is None:
                return Lookup.SAME_PERSON
            state = seen.state if seen.question == question else "over"
            return _yes(scene, question, state, seen.code) if word == "yes" else _no(scene, question, state)
        case _:
            return None


def meant_while_owned(choices: Sequence[Choice]) -> list[Choice]:
    """Of the offered buttons those that mean something while a specialist leads."""
    return [choice for choice in choices if choice.id.startswith("u:")]


def _yes(scene: Scene, question: str, state: str, code: str) -> Turn:
    match state:
        case "open":
            reply = Reply(text=say("same-person-half", code=code))
        case "other":
            reply = _joined(question)
        case "waits":
            return _turn(scene, Reply(text=say("same-person-half", code=code)))
        case "joined":
            return _turn(scene, _joined(question))
        case _:
            return _turn(scene, Reply(text=say("same-person-over")))
    return _turn(scene, reply, AnswerSamePerson(question, yes=True))


def _no(scene: Scene, question: str, state: str) -> Turn:
    if state == "over":
        return _turn(scene, Reply(text=say("same-person-over")))
    text = say("same-person-parted" if state == "joined" else "same-person-no")
    return _turn(scene, Reply(text=text), AnswerSamePerson(question, yes=False))


def _joined(question: str) -> Reply:
    part = buttons.button(f"u:no:{question}", "same-part")
    return Reply(text=say("same-person-joined"), choices=(part,))


def _turn(setting: Setting, reply: Reply | None = None, effect: AnswerSamePerson | None = None) -> Turn:
    replies = () if reply is None else (reply,)
    effects = () if effect is None else (effect,)
    return setting.turn(
        Kind.HANDOFF, *replies, state=setting.state, topic=setting.open_topic, effects=effects
    )
