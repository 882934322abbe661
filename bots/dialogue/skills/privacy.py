"""A card number or a code in a message: masked already, the person is warned, the question is answered."""

from __future__ import annotations

from bots.dialogue import buttons
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Outcome
from conversations.messages import Reply
from knowledge_base.understanding.meaning import Verdict

CARD = "card"
RECEIPT = "receipt"
"""The code of an application: asked for here, and hidden without a warning."""


def warning(scene: Scene) -> str | None:
    """What is said before anything else when a secret was masked."""
    if scene.meaning.secret in (None, RECEIPT):
        return None
    return say("secret-card" if scene.meaning.secret == CARD else "secret-code")


def nothing_else(scene: Scene) -> bool:
    """Whether the message holds a secret and nothing that can be answered."""
    meaning = scene.meaning
    asks = meaning.verdict in (Verdict.SURE, Verdict.UNSURE) and bool(meaning.ranked)
    goes_on = meaning.verdict is not Verdict.NOT_OURS or scene.open_topic is not None
    understood = asks or (goes_on and (meaning.facet or meaning.follow_up)) or meaning.command
    return meaning.secret not in (None, RECEIPT) and not understood


def ask_again(scene: Scene) -> Outcome:
    """The question without the secret, please. Not a failed try."""
    reply = Reply(text=say("secret-ask"), choices=buttons.row())
    return scene.turn(Kind.CLARIFY, reply, state=scene.state, topic=scene.open_topic)
