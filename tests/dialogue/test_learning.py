"""What is left for the editor: a question in vain, what was taken from the topics offered, and that none was right."""

from __future__ import annotations

from bots.dialogue.engine import respond
from bots.dialogue.turn import Heard, NoteUnanswered, State, Turn, View
from conversations.messages import IncomingMessage, MessageKind
from knowledge_base.understanding.meaning import Meaning, Ranked, SmallTalk, Verdict

from .fake_knowledge import FakeKnowledge
from .stage import NOON, REF

QUESTION = "щось про гроші на дитину і світло"
OFFERED = ("housing-subsidy", "birth-benefit", "office-info")


def said(state: State, words: str, meaning: Meaning | None = None, *, press: str | None = None) -> Turn:
    kind = MessageKind.TEXT if press is None else MessageKind.PRESS
    message = IncomingMessage(ref=REF, event_key="1", kind=kind, text=words, choice_id=press, sent_at=NOON)
    turn = respond(state, Heard(message, meaning), FakeKnowledge(), View(), NOON)
    assert isinstance(turn, Turn)
    return turn


def notes(turn: Turn) -> list[NoteUnanswered]:
    return [effect for effect in turn.effects if isinstance(effect, NoteUnanswered)]


def offered() -> Turn:
    ranked = tuple(Ranked(topic, 0.4 - place / 10) for place, topic in enumerate(OFFERED))
    meaning = Meaning(masked=QUESTION, ranked=ranked, verdict=Verdict.UNSURE)
    return said(State(greeted=True, last_at=NOON), QUESTION, meaning)


def test_a_menu_by_itself_teaches_nothing() -> None:
    assert notes(offered()) == []


def test_a_press_is_a_label_of_the_question() -> None:
    menu = offered()
    door = next(choice for choice in menu.state.offered if choice.id.startswith("a:birth-benefit"))
    (note,) = notes(said(menu.state, "", press=door.id))
    assert (note.question, note.reason, note.chosen) == (QUESTION, "menu", "birth-benefit")
    assert set(note.ranked) <= set(OFFERED)


def test_a_number_chooses_as_a_press_does() -> None:
    (note,) = notes(said(offered().state, "1", Meaning(masked="1")))
    assert (note.question, note.reason, note.chosen) == (QUESTION, "menu", OFFERED[0])


def test_none_of_them_is_kept_too() -> None:
    for turn in (
        said(offered().state, "", press="c:other"),
        said(offered().state, "ні", Meaning(masked="ні", small_talk=SmallTalk.NO)),
    ):
        (note,) = notes(turn)
        assert (note.question, note.reason, note.chosen) == (QUESTION, "menu_missed", None)


def test_another_question_after_a_menu_labels_nothing() -> None:
    ranked = (Ranked("funeral-benefit", 0.95), *(Ranked(topic, 0.01) for topic in OFFERED))
    other = Meaning(masked="помер тато", ranked=ranked, verdict=Verdict.SURE)
    assert notes(said(offered().state, "помер тато", other)) == []


def test_words_that_name_an_offered_topic_are_the_readers_guess_not_a_label() -> None:
    ranked = (Ranked("birth-benefit", 0.95), Ranked("office-info", 0.01))
    named = Meaning(masked="скільки за народження", ranked=ranked, verdict=Verdict.SURE)
    turn = said(offered().state, "скільки за народження", named)
    assert (turn.topic, notes(turn)) == ("birth-benefit", [])


def test_yes_to_the_only_one_offered_is_a_label() -> None:
    meaning = Meaning(masked=QUESTION, ranked=(Ranked("birth-benefit", 0.4),), verdict=Verdict.UNSURE)
    menu = said(State(greeted=True, last_at=NOON), QUESTION, meaning)
    (note,) = notes(said(menu.state, "так", Meaning(masked="так", small_talk=SmallTalk.YES)))
    assert (note.reason, note.chosen) == ("menu", "birth-benefit")


def test_a_question_in_vain_is_kept_with_what_came_nearest() -> None:
    ranked = tuple(Ranked(topic, 0.02) for topic in OFFERED)
    meaning = Meaning(masked="йцу кен гшщ", ranked=ranked, verdict=Verdict.UNKNOWN)
    (note,) = notes(said(State(greeted=True, last_at=NOON), "йцу кен гшщ", meaning))
    assert (note.reason, note.chosen, note.ranked[0]) == ("unknown", None, OFFERED[0])
