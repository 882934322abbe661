"""The JSON other programs read: a turn of `chat --json`, a row of `evaluate`. Fields may be added, never renamed."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from bots.dialogue.turn import Effect, Kind, Turn
from knowledge_base.understanding.meaning import Meaning

_DECISIONS = {
    Kind.CLARIFY: "clarify",
    Kind.HANDOFF: "handoff",
    Kind.REFERRAL: "referral",
    Kind.DANGER: "danger",
    Kind.SMALLTALK: "smalltalk",
}
"""Every other kind is an answer."""


@dataclass(frozen=True)
class PrintedFile:
    """A file that goes with the last reply of a turn."""

    name: str
    media_type: str
    content: bytes


def turn_json(message: str, turn: Turn, file: PrintedFile | None = None) -> dict[str, Any]:
    """One object of `chat --json`; `file` goes with the last reply."""
    return {
        "message": message,
        "kind": turn.kind.value,
        "topic": turn.topic,
        "facet": turn.facet.value if turn.facet else None,
        "replies": [
            {
                "text": reply.text,
                "choices": [{"id": choice.id, "label": choice.label} for choice in reply.choices],
                "files": [_file_json(file)] if file and reply is turn.replies[-1] else [],
            }
            for reply in turn.replies
        ],
        "effects": [effect_json(effect) for effect in turn.effects],
    }


def _file_json(file: PrintedFile) -> dict[str, Any]:
    return {"name": file.name, "media_type": file.media_type, "size": len(file.content)}


def effect_json(effect: Effect) -> dict[str, Any]:
    """An effect with its kind in snake case: OpenTicket is `open_ticket`."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(effect).__name__).lower()
    fields = {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in asdict(effect).items()
    }
    return {"kind": kind, **fields}


def evaluation_json(row_id: str, turn: Turn, meaning: Meaning) -> dict[str, Any]:
    """One object of `evaluate`: `ranked` begins with what the reception answered about.

    `facet` is the one that was answered; where none is, as in a menu or to a person, the one that was asked.
    """
    ranked = [{"id": one.topic, "confidence": round(one.confidence, 4)} for one in meaning.ranked]
    if turn.topic and decision_of(turn) in {"answer", "referral"}:
        said = [one for one in ranked if one["id"] == turn.topic]
        rest = [one for one in ranked if one["id"] != turn.topic]
        ranked = [*(said or [{"id": turn.topic, "confidence": 1.0}]), *rest]
    asked = turn.facet or meaning.facet
    return {
        "id": row_id,
        "decision": decision_of(turn),
        "ranked": ranked,
        "facet": asked.value if asked else None,
    }


def decision_of(turn: Turn) -> str:
    """What the reception did with a message, in the six words of `evaluate`."""
    return _DECISIONS.get(turn.kind, "answer")
