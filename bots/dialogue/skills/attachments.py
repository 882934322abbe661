"""What isn't words: voice, photos, files, stickers, places, contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons
from bots.dialogue.codes import confirmation_code
from bots.dialogue.scene import Scene
from bots.dialogue.skills import callback, documents, handoff, nearest
from bots.dialogue.texts import say
from bots.dialogue.turn import EraseStored, Kind, Outcome, State, Step
from conversations.messages import AttachmentKind, Choice, MessageKind, Reply
from knowledge_base.understanding.meaning import Facet, Verdict

SKILL = "attachments"
LONGEST_ANSWER = 5
_TAKEN_ANEW = re.compile(
    r"\b(?:темн|розмит|размыт|нечітк|нечетк|перезн|перезні|перефот|переснят|пересня|видно|читабельн|крив\w* вийш)",
    re.IGNORECASE,
)
_PASS_ON = re.compile(r"\b(?:передай|передати|передать|людин|спеціаліст|специалист)", re.IGNORECASE)
WORDLESS = frozenset(MessageKind) - {MessageKind.TEXT, MessageKind.PRESS, MessageKind.START}


def receive(scene: Scene) -> Outcome:
    """One thing a person sent that is not words."""
    event = scene.event
    kinds = {file.kind for file in event.attachments} | {file.kind for file in event.remote_files}
    if event.kind is MessageKind.LOCATION and event.location is not None:
        return nearest.at_point(scene, event.location)
    if event.kind is MessageKind.CONTACT and (phone := callback.phone_in(scene)):
        return callback.with_phone(scene, phone)
    if event.kind is MessageKind.VOICE or AttachmentKind.VOICE in kinds:
        return _asked(scene, "voice")
    if event.kind is MessageKind.PHOTO or AttachmentKind.PHOTO in kinds:
        return _asked(scene, "photo")
    if AttachmentKind.VIDEO in kinds:
        return _asked(scene, "video")
    if event.kind is MessageKind.DOCUMENT or kinds:
        return _asked(scene, "document")
    if event.kind is MessageKind.STICKER:
        return scene.turn(
            Kind.SMALLTALK, Reply(text=say("sticker"), choices=buttons.row()), state=scene.state
        )
    reply = Reply(text=say("not-readable", phone=scene.phone), choices=buttons.row())
    return scene.turn(Kind.CLARIFY, reply, state=scene.state, topic=scene.open_topic)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`f:person`, `f:write`, `f:erase`."""
    match list(words):
        case ["person"]:
            return _to_a_person(scene)
        case ["write"]:
            reply = Reply(text=say("voice-write"), choices=buttons.row())
            return _turn(scene, reply, scene.settled)
        case ["erase"]:
            code = confirmation_code(scene)
            reply = Reply(text=say("file-erased", code=code), choices=buttons.row())
            return _turn(scene, reply, _list_again(scene), effects=[EraseStored("files", code)])
        case _:
            return None


def hear(scene: Scene, step: Step) -> Outcome | None:
    """«передай людині»: the button in other words; «темне, перезняти?». Anything else is not about the file."""
    if step.name == "photo" and scene.meaning.verdict is not Verdict.SURE and _TAKEN_ANEW.search(scene.words):
        return _turn(scene, Reply(text=say("photo-anew"), choices=_choices(scene, step.name)), scene.state)
    if len(scene.words.split()) > LONGEST_ANSWER or not _PASS_ON.search(scene.words):
        return None
    return press(scene, ["person"])


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question about the same file."""
    return _asked(scene, step.name) if step.name in {"voice", "photo", "video", "document"} else None


def _asked(scene: Scene, sent: str) -> Outcome:
    facts = {"list": list_facts} if (list_facts := _open_list(scene)) else {}
    state = replace(scene.state, step=Step(SKILL, sent, facts))
    return _turn(scene, Reply(text=say(sent), choices=_choices(scene, sent)), state)


def _choices(scene: Scene, sent: str) -> tuple[Choice, ...]:
    if sent == "voice":
        return buttons.button("f:person", "pass-voice"), buttons.button("f:write", "will-write")
    shown = (buttons.button("f:person", "show-person"), buttons.button("f:erase", "erase"))
    top = (
        scene.meaning.ranked[0].topic
        if scene.meaning.verdict is Verdict.SURE and scene.meaning.ranked
        else None
    )
    card = scene.card(top) if top else None
    return buttons.own(*shown, buttons.entry(card, scene.meaning.facet) if card else None)


def _to_a_person(scene: Scene) -> Outcome:
    if scene.ticket_waits:
        reply = Reply(text=say("file-added"), choices=handoff.waiting_choices())
        return scene.turn(Kind.HANDOFF, reply, topic=scene.open_topic)
    return handoff.call(scene, "file", say("file-question"))


def _turn(scene: Scene, reply: Reply, state: State, effects: Sequence[EraseStored] = ()) -> Outcome:
    """Inside an open document list a file belongs to the list; elsewhere, and with a voice, what to do is asked."""
    step = state.step
    if _open_list(scene) and not (step is not None and step.skill == SKILL and step.name == "voice"):
        return scene.turn(
            Kind.CHECKLIST, reply, state=state, topic=scene.open_topic, facet=Facet.DOCUMENTS, effects=effects
        )
    return scene.turn(Kind.CLARIFY, reply, state=state, topic=scene.open_topic, effects=effects)


def _open_list(scene: Scene) -> dict[str, object] | None:
    """The facts of the document list that was open when the file came."""
    step = scene.state.step
    if step is None:
        return None
    if step.skill == documents.SKILL:
        return dict(step.facts)
    kept = step.facts.get("list") if step.skill == SKILL else None
    return kept if isinstance(kept, dict) else None


def _list_again(scene: Scene) -> State:
    """The document list goes on after its file has been dealt with."""
    facts = _open_list(scene)
    return replace(scene.settled, step=Step(documents.SKILL, "have", facts) if facts else None)
