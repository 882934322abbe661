"""What an interview leaves for the specialist who goes on: the facts that were told, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bots.dialogue import inquiry, memory
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from knowledge_base.answers import EntryCard
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction


def packet(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What was told about the open matter and what it came to, for the specialist who goes on."""
    card = scene.card(scene.open_topic) if scene.open_topic else None
    talk = inquiry.talk_of(scene, card, _kept(scene, card)) if card is not None else None
    if card is None or talk is None:
        return ()
    only_said = set(memory.unconfirmed(talk.state, talk.assessor, scene.now))
    told = [
        (talk.assessor.fact(name).label, say("packet-said", list=told) if name in only_said else told)
        for name in talk.assessor.facts
        if (told := inquiry.told_value(talk, name)) is not None
    ]
    if not told:
        return ()
    whose = [(say("packet-whose"), say("packet-kin"))] if talk.state.whose == "kin" else []
    return (*whose, *told, (say("packet-outcome"), _outcome_in_words(talk)))


def _outcome_in_words(talk: inquiry.Talk) -> str:
    try:
        if isinstance(talk, inquiry.ScreenerTalk):
            return talk.overview().in_words()
        assert isinstance(talk, inquiry.EntryTalk)
        return _of_one(talk, talk.assessor.assess(talk.known))
    except Contradiction:
        return say("packet-differs")


def _of_one(talk: inquiry.EntryTalk, found: Assessment) -> str:
    match found.outcome:
        case Truth.YES:
            return say("packet-yes")
        case Truth.NO:
            return say("packet-no", reason="; ".join(talk.assessor.refusals(found)))
        case Truth.SPECIALIST:
            return say("packet-specialist", reason="; ".join(talk.assessor.refusals(found)))
    return "; ".join(_open_in_words(talk, found))


def _open_in_words(talk: inquiry.Talk, found: Assessment) -> Iterator[str]:
    """`бракує: …`, `не знає: …`, `не хоче казати: …`."""
    because = talk.facts.get("skipped_because", {})
    why = {name: because.get(name) if name in talk.skipped else None for name in found.need}
    for text_id, reason in PACKET_NEEDS:
        labels = [talk.assessor.fact(name).label for name in found.need if why[name] == reason]
        if labels:
            yield say(text_id, list=", ".join(labels))


PACKET_NEEDS = (
    ("packet-unknown", None),
    ("packet-not-known", inquiry.NOT_KNOWN),
    ("packet-not-told", inquiry.REFUSED),
)


def _kept(scene: Scene, card: EntryCard) -> dict[str, Any]:
    """What the interview of an entry remembers, open or paused."""
    for step in (scene.state.step, scene.state.paused):
        if step is not None and step.skill == inquiry.SKILL and step.facts.get("entry") == card.id:
            return dict(step.facts)
    return {}
