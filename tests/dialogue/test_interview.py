"""The interview over the project's own base: whatever is pressed or said, it goes on; what was told goes along."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from bots.dialogue.state import dump_state, load_state
from bots.dialogue.texts.style import LABEL_LIMIT, TEXT_LIMIT
from bots.dialogue.turn import Heard, Kind, OpenTicket, State, Turn
from knowledge_base.understanding.meaning import Danger

from .real_knowledge import real_knowledge
from .stage import Stage, meaning, message

EVALUATED = [name for name in real_knowledge().entry_ids if real_knowledge().evaluated(name)]
WORDS = (
    "не знаю",
    "досить",
    "назад",
    "навіщо це?",
    "нічого з цього",
    "двоє, 4 і 7",
    "десь 12 тисяч",
    "між 10 і 14",
    "так",
    "ні",
    "1 3",
    "не двоє, а троє",
    "ой, ні",
    "у березні 2020",
    "а які документи?",
    "абракадабра",
    "меню",
    "40",
    "31 лютого",
    "більше",
)


def stage() -> Stage:
    return Stage(knowledge=real_knowledge(), state=State(greeted=True))


def begun(entry: str) -> Stage:
    opened = stage()
    opened.line(f"[press:i:{entry}]")
    return opened


def well_formed(turn: Turn) -> None:
    assert turn.replies
    for reply in turn.replies:
        assert 0 < len(reply.text) <= TEXT_LIMIT
        assert all(len(choice.label) <= LABEL_LIMIT and len(choice.id) <= 40 for choice in reply.choices)
    if turn.kind in (Kind.INTERVIEW, Kind.ANSWER, Kind.CHECKLIST):
        assert "m:person" in [choice.id for choice in turn.replies[-1].choices]


def test_twelve_entries_are_evaluated() -> None:
    assert {
        "birth-benefit",
        "eyasla",
        "infant-care-benefit",
        "large-family-certificate",
        "large-family-benefit",
        "child-disability-benefit",
        "low-income-benefit",
        "housing-subsidy",
        "idp-living-allowance",
        "combatant-status",
        "veteran-annual-payment",
        "funeral-benefit",
    } <= set(EVALUATED)


@pytest.mark.parametrize("entry", EVALUATED)
def test_the_first_button_each_time_comes_to_a_result(entry: str) -> None:
    talk = begun(entry)
    assert talk.last is not None
    for _ in range(30):
        well_formed(talk.last)
        if talk.last.kind is Kind.ANSWER:
            break
        choices = [choice for choice in talk.last.replies[-1].choices if choice.id.startswith("i:")]
        talk.line(f"[press:{choices[0].id}]")
    assert talk.last.kind is Kind.ANSWER
    assert talk.last.topic == entry


@pytest.mark.parametrize("entry", EVALUATED)
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_said_or_pressed_it_goes_on_and_survives_storage(entry: str, seed: int) -> None:
    chance = random.Random(f"{entry} {seed}")
    talk = begun(entry)
    for _ in range(25):
        assert talk.last is not None
        offered = [
            choice.id for choice in talk.last.replies[-1].choices if choice.id[:2] in ("i:", "m:", "k:")
        ]
        if offered and chance.random() < 0.6:
            talk.line(f"[press:{chance.choice(offered)}]")
        else:
            talk.line(chance.choice(WORDS))
        talk.now += timedelta(minutes=chance.choice((0, 1, 90)))
        well_formed(talk.last)
        assert load_state(dump_state(talk.state)) == talk.state


@pytest.mark.parametrize("entry", EVALUATED)
def test_every_button_of_an_interview_means_something(entry: str) -> None:
    talk = begun(entry)
    for _ in range(12):
        assert talk.last is not None
        choices = [choice for choice in talk.last.replies[-1].choices if choice.id.startswith("i:")]
        for choice in choices:
            tried = stage()
            tried.state, tried.last = talk.state, talk.last
            turn = tried.line(f"[press:{choice.id}]")
            assert turn.topic == entry, choice.id
            assert turn.kind in (Kind.INTERVIEW, Kind.ANSWER), choice.id
        idk = [choice for choice in choices if choice.id.endswith((":idk", ":skip"))]
        if not idk:
            break
        talk.line(f"[press:{idk[0].id}]")


def test_a_specialist_gets_what_was_told() -> None:
    talk = begun("birth-benefit")
    talk.line("мама")
    talk.line("так")
    turn = talk.line("[press:m:person]")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert ticket.topic == "birth-benefit"
    told = dict(ticket.told)
    assert told["хто подає заяву"] == "мати"
    assert told["дитина живе з тим, хто подає заяву"] == "так"
    assert told["перевірка права"].startswith("бракує: ")


def test_a_specialist_sees_what_is_not_known_apart_from_what_was_not_asked() -> None:
    talk = begun("birth-benefit")
    talk.line("мама")
    talk.line("не знаю")
    turn = talk.line("[press:m:person]")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    outcome = dict(ticket.told)["перевірка права"]
    missing, not_known = outcome.split("; ")
    assert missing.startswith("бракує: ")
    assert "дитина живе" not in missing
    assert not_known == "не знає: дитина живе з тим, хто подає заяву"


def test_a_specialist_sees_what_one_would_not_tell() -> None:
    talk = begun("funeral-benefit")
    for words in ("пенсія", "так", "[button:Не хочу казати]"):
        talk.line(words)
    turn = talk.line("[press:m:person]")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert dict(ticket.told)["перевірка права"] == "не хоче казати: оплата похорону державою чи закладом"


def test_answers_that_exclude_each_other_are_asked_about_kindly() -> None:
    talk = begun("child-disability-benefit")
    for words in ("4 роки", "мама", "громадянка", "ні", "[button:Погоджуюсь]", "ні"):
        talk.line(words)
    assert talk.last is not None
    assert talk.last.kind is Kind.ANSWER
    talk.state.told["child.disability_subgroup_a"] = talk.state.told["child.has_disability"].__class__(
        ("yes",), "citizen", talk.now
    )
    turn = talk.line("[press:i:child-disability-benefit:more]")
    assert turn.kind is Kind.INTERVIEW
    assert turn.replies[-1].text.startswith("Щось не сходиться. Що правильно?")
    assert [choice.label for choice in turn.replies[-1].choices[:2]] == ["Перше", "Друге"]
    turn = talk.line("друге")
    assert "Щось не сходиться" not in turn.replies[-1].text
    assert ("child.has_disability" in talk.state.told) != ("child.disability_subgroup_a" in talk.state.told)


def test_ages_alone_are_birth_dates() -> None:
    talk = begun("large-family-benefit")
    for _ in range(6):
        assert talk.last is not None
        if "Коли народилася дитина?" in talk.last.replies[-1].text:
            break
        talk.line("так")
    turn = talk.line("2, 9 і 17")
    assert turn.replies[-1].text.startswith("Записано трьох дітей.")
    assert len(talk.state.children) == 3


def test_a_guess_of_danger_gives_way_to_an_answer_and_its_words_do_not() -> None:
    talk = begun("birth-benefit")
    guessed = meaning("у чоловіка все добре, він батько", danger=Danger.VIOLENCE, danger_guessed=True)
    event = message("у чоловіка все добре, він батько")
    assert talk.play(Heard(event, guessed)).kind is Kind.INTERVIEW
    said = meaning("батько мене побив", danger=Danger.VIOLENCE)
    assert talk.play(Heard(message("батько мене побив"), said)).kind is Kind.DANGER


def test_what_was_told_is_named_among_ones_data_and_erased_with_it() -> None:
    talk = begun("birth-benefit")
    talk.line("мама")
    turn = talk.line("мої дані")
    assert "1 відповідь на питання бота" in turn.replies[-1].text
    talk.line("[button:Стерти все]")
    assert (talk.state.told, talk.state.children, talk.state.papers) == ({}, (), {})
    assert (talk.state.step, talk.state.paused, talk.state.consents) == (None, None, ())


def test_a_date_of_something_else_is_not_taken_for_a_birth() -> None:
    talk = begun("birth-benefit")
    talk.line("мама")
    talk.line("десь у березні")
    assert "child.birth_date" not in talk.state.told
    talk.line("народилась у березні")
    assert "child.birth_date" in talk.state.told
