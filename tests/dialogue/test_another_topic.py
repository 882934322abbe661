"""A question that sounds like a follow-up but names another topic is about that topic."""

from __future__ import annotations

import pytest

from bots.dialogue.engine import respond
from bots.dialogue.turn import Heard, State, Turn, View
from conversations.messages import IncomingMessage, MessageKind
from knowledge_base.understanding.meaning import Facet, Meaning, Ranked, Verdict

from .fake_knowledge import FakeKnowledge
from .stage import NOON, REF


@pytest.mark.parametrize(
    ("words", "confidence", "topic"),
    [
        ("мені відмовили в субсидії", 0.75, "housing-subsidy"),
        ("мені відмовили в субсидії", 0.4, "birth-benefit"),
        ("мені відмовили в ній", 0.75, "birth-benefit"),
    ],
    ids=["named and likely", "named but unlikely", "likely but not named"],
)
def test_a_named_topic_wins_over_the_open_one(words: str, confidence: float, topic: str) -> None:
    meaning = Meaning(
        masked=words,
        ranked=(Ranked("housing-subsidy", confidence), Ranked("birth-benefit", 0.1)),
        verdict=Verdict.UNSURE,
        facet=Facet.REFUSAL,
        follow_up=True,
    )
    message = IncomingMessage(ref=REF, event_key="1", kind=MessageKind.TEXT, text=words, sent_at=NOON)
    state = State(greeted=True, topic="birth-benefit", facet=Facet.AMOUNT, last_at=NOON)
    turn = respond(state, Heard(message, meaning), FakeKnowledge(), View(), NOON)
    assert isinstance(turn, Turn)
    assert (turn.topic, turn.facet) == (topic, Facet.REFUSAL)
