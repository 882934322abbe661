"""What the engine says for the messengers' sake: a link into a topic, windows that close, channels of people only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bots.dialogue import welcome
from bots.dialogue.turn import Kind, OpenTicket, QueueView, Turn, View
from conversations.messages import AttachmentKind, MessageKind, RemoteFile
from tests.dialogue.fake_knowledge import FakeKnowledge
from tests.dialogue.stage import NOON, Stage, heard, message


def said(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


def labels(turn: Turn) -> list[str]:
    return [choice.label for reply in turn.replies for choice in reply.choices]


# ---- opening the chat


def test_the_start_button_is_the_greeting_each_time() -> None:
    stage = Stage()
    first = stage.play(heard(message(kind=MessageKind.START)))
    again = stage.play(heard(message(kind=MessageKind.START)))
    assert said(first) == said(again)
    assert "Це Приймальня, бот" in said(first)


@pytest.mark.parametrize("link", ["topic-housing-subsidy", "topic-subsidy"])
def test_a_link_to_a_topic_opens_its_answer(link: str) -> None:
    turn = Stage().play(heard(message(kind=MessageKind.START, start=link)))
    assert (turn.kind, turn.topic) == (Kind.ANSWER, "housing-subsidy")
    assert "Це Приймальня, бот" in said(turn)


@pytest.mark.parametrize("link", ["topic-", "topic-unknown", "poster-3", "topic", "-", ""])
def test_any_other_link_is_the_greeting(link: str) -> None:
    turn = Stage().play(heard(message(kind=MessageKind.START, start=link)))
    assert turn.kind is Kind.SMALLTALK


def test_a_welcome_by_a_link_has_the_topics_button_first() -> None:
    knowledge = FakeKnowledge()
    plain, linked = welcome(knowledge, NOON), welcome(knowledge, NOON, "topic-housing-subsidy")
    assert linked.choices[0].id == "a:housing-subsidy:o"
    assert linked.choices[1:] == plain.choices
    assert welcome(knowledge, NOON, "topic-nothing") == plain


# ---- a window that closes before anybody can answer


NIGHT = QueueView("26-0007", 0, False, NOON + timedelta(hours=40))


def test_a_promise_beyond_the_window_asks_for_a_phone() -> None:
    stage = Stage(view=View(closes_at=NOON + timedelta(hours=24)), queue=NIGHT)
    turn = stage.line("оператор")
    assert "Месенджер дає нам писати лише до" in said(turn)
    assert any(isinstance(effect, OpenTicket) for effect in turn.effects)
    assert "Коли вам зручно говорити?" in said(stage.line("067 123 45 67"))
    done = stage.line("після обіду")
    (ticket,) = [effect for effect in done.effects if isinstance(effect, OpenTicket)]
    assert ticket.phone == "+380671234567"


@pytest.mark.parametrize("hours", [None, 48])
def test_a_promise_within_the_window_asks_for_none(hours: int | None) -> None:
    closes_at = None if hours is None else NOON + timedelta(hours=hours)
    turn = Stage(view=View(closes_at=closes_at), queue=NIGHT).line("оператор")
    assert "Месенджер" not in said(turn)


def test_whoever_goes_on_asking_is_not_held_to_the_phone() -> None:
    stage = Stage(view=View(closes_at=NOON + timedelta(hours=24)), queue=NIGHT)
    stage.line("оператор")
    assert stage.line("субсидія").kind is Kind.ANSWER


# ---- people only


def people() -> Stage:
    return Stage(view=View(people_only=True))


def test_a_first_word_is_answered_by_who_answers_here() -> None:
    turn = people().play(heard(message(kind=MessageKind.START, start="topic-housing-subsidy")))
    assert "Тут відповідають люди" in said(turn)
    assert labels(turn) == []


def test_a_question_goes_to_a_person_at_once_and_more_is_added() -> None:
    stage = people()
    turn = stage.line("субсидія")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert ticket.question == "субсидія"
    assert turn.kind is Kind.HANDOFF
    more = stage.line("і ще про борг")
    assert (more.kind, more.effects) == (Kind.HANDOFF, ())
    assert "Додано" in said(more)


@pytest.mark.parametrize(
    "sent",
    [
        message(kind=MessageKind.PHOTO, remote_files=(RemoteFile(kind=AttachmentKind.PHOTO, handle="1"),)),
        message(kind=MessageKind.PRESS, choice_id="a:housing-subsidy:a"),
        message(kind=MessageKind.STICKER),
        message("   "),
    ],
)
def test_whatever_is_sent_goes_to_a_person(sent: object) -> None:
    turn = people().play(heard(sent))  # type: ignore[arg-type]  # a message each
    assert any(isinstance(effect, OpenTicket) for effect in turn.effects)


def test_danger_is_heard_first() -> None:
    assert people().line("чоловік побив мене").kind is Kind.DANGER


def test_thanks_call_nobody_and_ones_own_data_stay_within_reach() -> None:
    stage = people()
    assert stage.line("дякую").effects == ()
    assert "зберігаємо" in said(stage.line("мої дані")).lower()
    stage.line("субсидія")
    cancelled = stage.line("[press:h:cancel]")
    assert "людину не кличу" in said(cancelled)


def test_files_at_the_vendor_count_as_sent() -> None:
    video = RemoteFile(kind=AttachmentKind.VIDEO, handle="1")
    by_handle = Stage().play(heard(message(kind=MessageKind.OTHER, remote_files=(video,))))
    assert said(by_handle) == said(Stage().line("[video]"))


def test_a_pressed_list_renews_itself_and_a_typed_one_does_not() -> None:
    stage = Stage()
    first = stage.line("які документи на субсидію")
    assert not any(reply.renews for reply in first.replies)
    pressed = stage.line("[press:k:housing-subsidy:all]")
    assert [reply.renews for reply in pressed.replies] == [True]
    again = stage.line("[press:k:housing-subsidy:again]")
    assert [reply.renews for reply in again.replies] == [True]
    typed = stage.line("1")
    assert not any(reply.renews for reply in typed.replies)
