"""A question that sounds like a follow-up but names another topic is about that topic."""

from __future__ import annotations

import pytest

from bots.dialogue.engine import respond
from bots.dialogue.turn import Heard, QueueView, State, Step, Turn, View
from conversations.messages import IncomingMessage, MessageKind
from knowledge_base.understanding.meaning import Command, Danger, Facet, Meaning, Ranked, Verdict

from .fake_knowledge import FakeKnowledge
from .stage import NOON, REF


@pytest.mark.parametrize(
    ("words", "confidence", "topic"),
    [
        ("мені відмовили в субсидії", 0.75, "housing-subsidy"),
        ("мені відмовили в субсидії", 0.2, "birth-benefit"),
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
        goes_on=words.endswith("ній"),
    )
    message = IncomingMessage(ref=REF, event_key="1", kind=MessageKind.TEXT, text=words, sent_at=NOON)
    state = State(greeted=True, topic="birth-benefit", facet=Facet.AMOUNT, last_at=NOON)
    turn = respond(state, Heard(message, meaning), FakeKnowledge(), View(), NOON)
    assert isinstance(turn, Turn)
    assert (turn.topic, turn.facet) == (topic, Facet.REFUSAL)


def _turn(words: str, state: State, view: View | None = None, **read: object) -> Turn:
    message = IncomingMessage(ref=REF, event_key="1", kind=MessageKind.TEXT, text=words, sent_at=NOON)
    meaning = Meaning(masked=words, verdict=Verdict.UNSURE, **read)  # type: ignore[arg-type]  # fields of a reading
    turn = respond(state, Heard(message, meaning), FakeKnowledge(), view or View(), NOON)
    assert isinstance(turn, Turn)
    return turn


def _about(topic: str, **more: object) -> State:
    return State(greeted=True, topic=topic, facet=Facet.AMOUNT, last_at=NOON, past=(topic,), **more)  # type: ignore[arg-type]  # fields of a state


LIKELY = (Ranked("housing-subsidy", 0.7), Ranked("birth-benefit", 0.05))


def test_another_case_of_the_same_matter_stays_with_it() -> None:
    """«а якщо…» is about what is spoken of, however likely another topic sounds."""
    state = _about("birth-benefit")
    stays = _turn("а якщо хата чужа", state, ranked=LIKELY, supposes=True, goes_on=True, asks=False)
    assert (stays.topic, stays.facet) == ("birth-benefit", Facet.AMOUNT)


def test_what_is_far_likelier_takes_the_place() -> None:
    words = "щось платять за світло і газ, як доходи зовсім маленькі?"
    leaves = _turn(words, _about("birth-benefit"), ranked=LIKELY, facet=Facet.ELIGIBILITY)
    assert leaves.topic == "housing-subsidy"


def test_what_was_spoken_of_before_is_found_again() -> None:
    """«а з тими грошима?» goes back to the topic before the last."""
    state = _about("birth-benefit")
    state = State(**{**state.__dict__, "past": ("birth-benefit", "housing-subsidy")})
    back = _turn("а з тими грошима?", state, ranked=(Ranked("housing-subsidy", 0.2),), points_back=True)
    assert back.topic == "housing-subsidy"


def test_not_this_one_opens_the_other_that_was_near() -> None:
    """«ні, я про іншу»: of the topics that could have been meant, the other one, with what was asked of it."""
    state = _about("birth-benefit", near=("birth-benefit", "housing-subsidy"))
    other = _turn("ні, я про іншу", state, ranked=(Ranked("idp-registration", 0.3),), facet=None, asks=False)
    assert (other.topic, other.facet) == ("housing-subsidy", Facet.AMOUNT)


def test_a_slip_of_the_tongue_is_no_new_question() -> None:
    again = _turn(
        "ой, два роки, описалась", _about("birth-benefit"), ranked=LIKELY[::-1], facet=None, asks=False
    )
    assert (again.kind.value, again.topic, again.facet) == ("answer", "birth-benefit", Facet.AMOUNT)


def test_words_that_only_tell_do_not_leave_a_danger() -> None:
    """«поліцію не хочу, він дізнається» goes on about the danger, whatever it sounds like; a question may leave."""
    state = State(greeted=True, danger=Danger.VIOLENCE, last_at=NOON)
    words, likely = "поліцію не хочу, він дізнається", (Ranked("housing-subsidy", 0.7),)
    stays = _turn(words, state, ranked=likely, facet=Facet.OVERVIEW, asks=False)
    assert stays.kind.value == "danger"
    leaves = _turn("які документи на субсидію", state, ranked=likely, facet=Facet.DOCUMENTS)
    assert (leaves.kind.value, leaves.topic) != ("danger", None)
    assert leaves.state.danger is None


def test_thanks_beside_a_danger_do_not_end_it() -> None:
    stays = _turn("дякую, боюсь іти додому", State(greeted=True, danger=Danger.VIOLENCE, last_at=NOON))
    assert (stays.kind.value, stays.state.danger) == ("danger", Danger.VIOLENCE)


def test_a_number_beside_thanks_is_heard() -> None:
    """Where a phone is asked for, «дякую, 067…» gives it."""
    state = State(greeted=True, step=Step("callback", "phone"), last_at=NOON)
    heard = _turn("дякую, 0671234567", state)
    assert (heard.kind.value, heard.state.step and heard.state.step.facts.get("phone")) == (
        "handoff",
        "+380671234567",
    )


def test_a_call_for_a_person_does_not_silence_a_guess_of_danger() -> None:
    """At night nobody comes: the numbers are said all the same."""
    guessed = {"danger": Danger.VIOLENCE, "danger_guessed": True, "command": Command.PERSON}
    night = View(queue=QueueView(number="26-0001", ahead=0, open_now=False, promised_at=NOON, opens_at=NOON))
    turn = _turn("він прийде вночі, покличте людину", State(greeted=True, last_at=NOON), night, **guessed)
    assert turn.kind.value == "danger"
