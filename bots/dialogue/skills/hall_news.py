"""What the hall and the desk tell of a visit: your number is called; nobody will receive then, choose another time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.dialogue import buttons, visiting
from bots.dialogue.scene import Setting
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Turn
from conversations.messages import Choice, Reply

LONGEST_ROOM = 40


def called(setting: Setting, facts: Mapping[str, Any]) -> Turn | None:
    """The number is called to a room; None for facts that tell of none, after danger and after «стоп»."""
    ticket, room = facts.get("ticket"), facts.get("room")
    if not isinstance(ticket, str) or not isinstance(room, str) or not ticket or not room or _quiet(setting):
        return None
    return _told(setting, say("desk-called", hall=ticket, room=room[:LONGEST_ROOM]))


def stopped(setting: Setting, facts: Mapping[str, Any]) -> Turn | None:
    """Nobody receives at the time of a visit; None for facts that tell of none, and after danger or «стоп».

    The visit stands until another time is chosen.
    """
    visit = visiting.visit_of(facts.get("visit"))
    if visit is None or _quiet(setting):
        return None
    text = say("desk-stopped", when=visiting.when(setting, visit.starts_at), number=str(visit.number))
    return _told(
        setting,
        text,
        buttons.named(f"v:mv:{visit.number}", say("button-visit-again")),
        buttons.named(f"v:x:{visit.number}", say("button-visit-cancel")),
    )


def _quiet(setting: Setting) -> bool:
    return setting.state.quiet or setting.state.danger is not None


def _told(setting: Setting, text: str, *choices: Choice | None) -> Turn:
    reply = Reply(text=text, choices=(*buttons.own(*choices), *buttons.row()))
    return setting.turn(Kind.APPOINTMENT, reply, state=setting.state, topic=setting.open_topic)
