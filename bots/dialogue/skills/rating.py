"""The rating of a consultation: one tap, then one sentence if wanted. Never offered after danger or a death."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

from bots.dialogue import buttons, cards
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Outcome, RateTicket, Step
from conversations.messages import Choice, Reply
from knowledge_base.understanding.meaning import Verdict

SKILL = "rating"
COMMENT_LIMIT = 500
VALUES = ("yes", "partly", "no")
_SAFE_NUMBER = re.compile(r"[A-Za-z0-9_.\-]{1,30}")
Value = Literal["yes", "partly", "no"]


def offered(number: str) -> tuple[Choice, ...]:
    """The button that starts the rating of a consultation, where its number fits on a button."""
    return (buttons.button(f"r:ask:{number}", "rate"),) if _SAFE_NUMBER.fullmatch(number) else ()


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`r:ask|more|skip|yes|partly|no:<number>`."""
    if len(words) != 2 or not _SAFE_NUMBER.fullmatch(words[1]):
        return None
    what, number = words
    if what == "ask":
        return _ask(scene, number)
    if what == "more":
        return scene.turn(Kind.SMALLTALK, Reply(text=say("other-topic"), choices=buttons.row()))
    if what == "skip":
        return scene.turn(Kind.SMALLTALK, Reply(text=say("rating-skipped"), choices=buttons.row()))
    if what in VALUES:
        return _ask_comment(scene, number, [RateTicket(number, cast("Value", what))])
    return None


def hear(scene: Scene, step: Step) -> Outcome | None:
    """The sentence about what to do better. A question the base knows is answered instead."""
    number = step.facts.get("number")
    asks = scene.meaning.verdict is Verdict.SURE or scene.meaning.follow_up
    if step.name != "comment" or not isinstance(number, str) or asks or not scene.words:
        return None
    effect = RateTicket(number, comment=cards.clip(scene.words, COMMENT_LIMIT))
    return scene.turn(Kind.SMALLTALK, Reply(text=say("rating-done"), choices=buttons.row()), effects=[effect])


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again."""
    number = step.facts.get("number")
    if not isinstance(number, str) or not _SAFE_NUMBER.fullmatch(number):
        return None
    return _ask_comment(scene, number, []) if step.name == "comment" else _ask(scene, number)


def _ask(scene: Scene, number: str) -> Outcome:
    choices = [buttons.button(f"r:{value}:{number}", value) for value in VALUES]
    state = replace(scene.settled, step=Step(SKILL, "value", {"number": number}))
    return scene.turn(Kind.SMALLTALK, Reply(text=say("rating-ask"), choices=tuple(choices)), state=state)


def _ask_comment(scene: Scene, number: str, effects: list[RateTicket]) -> Outcome:
    state = replace(scene.settled, step=Step(SKILL, "comment", {"number": number}))
    skip = buttons.button(f"r:skip:{number}", "skip")
    return scene.turn(
        Kind.SMALLTALK, Reply(text=say("rating-comment"), choices=(skip,)), state=state, effects=effects
    )
