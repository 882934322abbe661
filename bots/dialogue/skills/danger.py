"""Danger: the hotline card at once, a person first in the queue; afterwards we never write first.

Button ids: d:threat d:safe d:read d:own (violence), d:near d:alone (suicide), d:evacuate d:left (evacuation),
d:kids d:adults (hunger), d:harm (a child), d:erase (the conversation).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bots.dialogue import buttons, moments
from bots.dialogue.cards import clip
from bots.dialogue.codes import confirmation_code
from bots.dialogue.scene import Scene, Setting
from bots.dialogue.skills import handoff
from bots.dialogue.skills.my_data import forgotten
from bots.dialogue.texts import arguments_of, say
from bots.dialogue.texts.style import TEXT_LIMIT
from bots.dialogue.turn import (
    Effect,
    EraseStored,
    Kind,
    Lookup,
    OpenTicket,
    Outcome,
    QueueView,
    RaiseDanger,
    Turn,
)
from conversations.messages import Choice, Reply
from knowledge_base.understanding.meaning import Danger, Facet, Verdict

NUMBER_LIMIT = 110
# «він читає», «ніхто не читає»: an answer to whether somebody may read the phone.
_READS = re.compile(r"\bчита\w*|\bперевіря\w*|\bпроверя\w*", re.IGNORECASE)
_READS_NOT = re.compile(r"\bне\s+(?:чита|перевіря|проверя)", re.IGNORECASE)
# How the base joins several numbers of one line.
ALTERNATIVE = " або "
# A line is a text, or alternatives of which the first with all its numbers known is said.
Line = tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """The words of one kind of danger. `topic` is the entry of the catalogue it belongs to."""

    topic: str
    opening: str
    lines: tuple[Line, ...]
    question: str | None
    choices: tuple[str, ...]

    @property
    def numbers(self) -> tuple[Line, ...]:
        """The lines that hold a number to ring."""
        return tuple(line for line in self.lines if any(arguments_of(text) for text in line))


SCRIPTS = {
    Danger.VIOLENCE: Script(
        topic="domestic-violence-help",
        opening="danger-open",
        lines=(("danger-violence-now",), ("danger-violence-lines", "danger-violence-line")),
        question=None,
        choices=("threat", "safe", "erase-talk"),
    ),
    Danger.SUICIDE: Script(
        topic="psychological-help",
        opening="danger-open",
        lines=(
            ("danger-suicide-now",),
            ("danger-suicide-lines", "danger-suicide-line"),
            ("danger-suicide-ambulance",),
        ),
        question="danger-suicide-ask",
        choices=("near", "alone"),
    ),
    Danger.EVACUATION: Script(
        topic="evacuation",
        opening="danger-evacuation-open",
        lines=(("danger-evacuation-lines", "danger-evacuation-line"),),
        question="danger-evacuation-ask",
        choices=("evacuate", "left"),
    ),
    Danger.HUNGER: Script(
        topic="in-kind-aid",
        opening="danger-hunger-open",
        lines=(("danger-hunger-now", "danger-hunger-line"),),
        question="danger-hunger-ask",
        choices=("kids", "adults"),
    ),
    Danger.CHILD: Script(
        topic="crisis-intervention",
        opening="danger-open",
        lines=(("danger-child-now",), ("danger-child-service",), ("danger-child-lines", "danger-child-line")),
        question=None,
        choices=("harm",),
    ),
}
# Entries that are asked about out of danger: a question about them inside danger stays inside.
NEAR_DANGER = frozenset(script.topic for script in SCRIPTS.values()) | {
    "shelter-homeless",
    "idp-temporary-housing",
    "humanitarian-aid",
    "referral-police-court",
}
# button -> which danger it speaks of, the next buttons, whether a person must know at once
ANSWERS: dict[str, tuple[Danger, tuple[str, ...], bool]] = {
    "threat": (Danger.VIOLENCE, ("safe", "erase-talk"), True),
    "safe": (Danger.VIOLENCE, ("read", "own"), False),
    "read": (Danger.VIOLENCE, ("erase-talk",), False),
    "own": (Danger.VIOLENCE, ("threat", "erase-talk"), False),
    "near": (Danger.SUICIDE, (), False),
    "alone": (Danger.SUICIDE, (), True),
    "evacuate": (Danger.EVACUATION, ("left",), True),
    "left": (Danger.EVACUATION, (), False),
    "kids": (Danger.HUNGER, (), True),
    "adults": (Danger.HUNGER, (), False),
    "harm": (Danger.CHILD, (), True),
}
IDS = {"erase-talk": "d:erase"}


def card(scene: Scene, danger: Danger) -> Outcome:
    """The hotline card and a person out of turn; from now on we never write first. Asks for the queue."""
    queue = scene.view.queue
    if queue is None:
        return Lookup.QUEUE
    script = SCRIPTS[danger]
    closing = [_human(scene, queue), *([say(script.question)] if script.question else [])]
    text = _text(scene, danger, say(script.opening), script.lines, " ".join(closing))
    return _turn(scene, danger, text, script.choices, effects=_call(scene, danger, queue))


def card_by_a_person(scene: Setting, danger: Danger) -> Turn:
    """The card a specialist sends with one click: the person is here already."""
    script = SCRIPTS[danger]
    text = _text(scene, danger, say(script.opening), script.lines, say("human-here"))
    return _turn(scene, danger, text, ())


def raised_while_owned(scene: Setting, danger: Danger) -> Turn:
    """A specialist owns the conversation: nothing is said, everybody on duty is alerted."""
    state = replace(scene.state, danger=danger, quiet=True)
    topic = SCRIPTS[danger].topic
    return scene.turn(Kind.DANGER, state=state, topic=topic, effects=[RaiseDanger(danger)])


def says_who_reads(scene: Scene) -> bool:
    """Whether the words answer if somebody else reads this phone."""
    asked = any(choice.id == "d:read" for choice in scene.state.offered)
    return asked and _READS.search(scene.words) is not None


def follow(scene: Scene, danger: Danger) -> Outcome:
    """More words from somebody in danger: never a benefit card, never a menu, always the numbers."""
    if says_who_reads(scene):
        answered = press(scene, ["own" if _READS_NOT.search(scene.words) else "read"])
        if answered is not None:
            return answered
    facet = scene.meaning.facet
    shelter: tuple[Line, ...] = ()
    if facet is Facet.WHERE and danger in (Danger.VIOLENCE, Danger.CHILD):
        shelter = (("danger-violence-where",),)
    elif danger is Danger.VIOLENCE:
        shelter = (("danger-again-choice",),)
    lines = (*shelter, *SCRIPTS[danger].numbers)
    waiting = say("danger-again-waiting") if scene.ticket_waits else ""
    text = _text(scene, danger, say("danger-again"), lines, waiting)
    return _turn(scene, danger, text, SCRIPTS[danger].choices, facet=facet)


def leaves(scene: Scene) -> bool:
    """Whether the message is clearly about something else than the danger."""
    meaning = scene.meaning
    if not meaning.ranked:
        return False
    sure = meaning.verdict is Verdict.SURE and not meaning.follow_up
    # «які документи на субсидію» where the guess of danger was wrong: more likely than not is enough to go on.
    asks = meaning.facet is not None and meaning.asks and scene.likely is not None
    if not (sure or asks):
        return False
    top = meaning.ranked[0].topic
    return top not in NEAR_DANGER and scene.known(top) not in (NEAR_DANGER | {None})


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`d:…`, also long after the card."""
    if list(words) == ["erase"]:
        code = confirmation_code(scene)
        danger = scene.state.danger or Danger.VIOLENCE
        effects = [EraseStored("all", code)]
        reply = Reply(text=say("danger-erased", code=code))
        # Greeted, so that the next answer does not bring the greeting back onto a phone somebody may read.
        state = replace(forgotten(scene), quiet=True, greeted=True)
        return scene.turn(Kind.DANGER, reply, state=state, topic=SCRIPTS[danger].topic, effects=effects)
    if len(words) != 1 or words[0] not in ANSWERS:
        return None
    danger, choices, alarming = ANSWERS[words[0]]
    effects_now: list[Effect] = []
    if alarming:
        if scene.ticket_waits:
            effects_now = [RaiseDanger(danger)]
        elif scene.view.queue is None:
            return Lookup.QUEUE
        else:
            effects_now = _call(scene, danger, scene.view.queue)
    return _turn(scene, danger, _answer(scene, danger, words[0]), choices, effects=effects_now)


def _answer(scene: Scene, danger: Danger, pressed: str) -> str:
    text_id = f"danger-{pressed}"
    numbers = _numbers(scene, danger)
    if not arguments_of(text_id) <= numbers.keys():
        text_id = "danger-alone"
    said = say(text_id, **{name: numbers[name] for name in arguments_of(text_id)})
    if pressed in {"read", "own", "safe", "left"}:
        return said
    lines = SCRIPTS[danger].numbers
    if arguments_of(text_id):
        lines = tuple(line for line in lines if not arguments_of(line[0]) <= arguments_of(text_id))
    return _text(scene, danger, said, lines, "")


def _call(scene: Scene, danger: Danger, queue: QueueView) -> list[Effect]:
    if scene.ticket_waits:
        return [RaiseDanger(danger)]
    return [
        OpenTicket(
            number=queue.number,
            reason="danger",
            question=scene.question or say("handoff-question-none"),
            promised_at=queue.promised_at,
            topic=SCRIPTS[danger].topic,
            danger=danger,
        )
    ]


def _human(scene: Setting, queue: QueueView) -> str:
    if queue.open_now:
        return say("human-day")
    if queue.pause:
        return say("human-pause", pause=handoff.paused(queue.pause))
    return say("human-night", when=moments.opens(scene, queue.opens_at or queue.promised_at))


def _numbers(scene: Setting, danger: Danger) -> dict[str, str]:
    """One number a line: in danger nobody should have to choose among many."""
    known = scene.knowledge.danger_numbers(danger)
    return {name: clip(value.split(ALTERNATIVE)[0], NUMBER_LIMIT) for name, value in known.items() if value}


def _text(scene: Setting, danger: Danger, opening: str, lines: Sequence[Line], closing: str) -> str:
    """Opening, the lines whose numbers are known, closing. With no number known, ours."""
    numbers = _numbers(scene, danger)
    said: list[str] = []
    rung = False
    for line in lines:
        text_id = next((text for text in line if arguments_of(text) <= numbers.keys()), None)
        if text_id is not None:
            needed = arguments_of(text_id)
            rung = rung or bool(needed)
            said.append(say(text_id, **{name: numbers[name] for name in needed}))
    if not rung and any(arguments_of(text) for line in lines for text in line):
        said.append(say("danger-phone", phone=scene.phone))
    return clip("\n\n".join(part for part in (opening, "\n".join(said), closing) if part), TEXT_LIMIT)


def _turn(
    scene: Setting,
    danger: Danger,
    text: str,
    choices: Sequence[str],
    *,
    facet: Facet | None = None,
    effects: Sequence[Effect] = (),
) -> Turn:
    state = replace(scene.settled, danger=danger, quiet=True, facet=facet)
    topic = SCRIPTS[danger].topic
    reply = Reply(text=text, choices=tuple(_choice(name) for name in choices))
    return scene.turn(Kind.DANGER, reply, state=state, topic=topic, facet=facet, effects=effects)


def _choice(name: str) -> Choice:
    return buttons.button(IDS.get(name, f"d:{name}"), name)
