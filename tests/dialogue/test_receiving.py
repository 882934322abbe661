"""Who receives people and when, days unlike others, hidden addresses, places by pages, pinned notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bots.dialogue import places, receiving
from bots.dialogue.texts.style import TEXT_LIMIT
from bots.dialogue.turn import Kind, State, Turn
from knowledge_base.answers import Absence, DayHours, Interval, Notice, Office, Receiver

from .fake_knowledge import BRANCH, RECEPTION, FakeKnowledge
from .stage import NOON, Stage

SATURDAY = date(2026, 11, 28)
HEAD = Receiver(
    "head",
    "Начальник управління",
    (Interval(0, time(14), time(17)),),
    "у понеділок з 14:00 до 17:00",
    room="12",
)
SPECIALIST = Receiver(
    "subsidies",
    "Спеціаліст із плати за комунальні",
    (Interval(2, time(9), time(12)), Interval(4, time(15), time(18))),
    "у середу з 9:00 до 12:00, у п’ятницю з 15:00 до 18:00",
    serves=frozenset({"housing-subsidy"}),
)
STAFFED = replace(
    RECEPTION,
    receivers=(HEAD, SPECIALIST),
    open_on=(
        DayHours(SATURDAY, (Interval(5, time(9), time(13)),)),
        DayHours(date(2026, 11, 27), (Interval(4, time(9), time(17)),), "shortened"),
    ),
    closed_on=frozenset({date(2026, 12, 25)}),
)
HIDDEN = Office(
    "shelter", "Кризова кімната", "адресу скажуть телефоном", "0 800 000 009", (), "цілодобово",
    frozenset({"shelter"}), address_hidden=True,
)  # fmt: skip
WATER = Notice("water", "Завтра води не буде.", 3)
GRANT = Notice("grant", "Заяви на виплату беремо до п’ятниці.", 5, entries=frozenset({"birth-benefit"}))
SHUT = Notice(
    "shut", "Відділення завтра зачинено.", 4, offices=frozenset({"branch"}), link="https://example.org/shut"
)


def stage(**changes: object) -> Stage:
    knowledge = FakeKnowledge(places=(STAFFED, BRANCH, HIDDEN), **changes)  # type: ignore[arg-type]  # parts of the fake
    return Stage(knowledge=knowledge, state=State(greeted=True))


def said(turn: Turn) -> str:
    return "\n---\n".join(reply.text for reply in turn.replies).replace("\u00a0", " ")


# ---- who receives


def test_a_position_is_asked_for() -> None:
    turn = stage().line("коли приймає начальник")
    assert turn.kind is Kind.OFFICES
    assert "Начальник управління, кабінет 12: у понеділок з 14:00 до 17:00." in said(turn)
    assert "вул. Зразкова, 1" in said(turn)
    assert "Спеціаліст" not in said(turn)


def test_a_matter_is_asked_for_on_a_day_and_then_on_another() -> None:
    open_stage = stage()
    turn = open_stage.line("хто приймає з субсидії у середу")
    assert said(turn).startswith("У середу приймають так.")
    assert "Спеціаліст із плати за комунальні: з 9:00 до 12:00." in said(turn)
    assert turn.topic == "housing-subsidy"
    turn = open_stage.line("а в понеділок?")
    assert said(turn).startswith("У понеділок прийому немає. Ось інші дні.")
    assert "у середу з 9:00 до 12:00, у п’ятницю з 15:00 до 18:00" in said(turn)


def test_a_position_receives_only_while_the_office_is_open() -> None:
    """The office closes an hour earlier on Friday the 27th."""
    turn = stage().line("хто приймає з субсидії у п'ятницю")
    assert said(turn).startswith("У п’ятницю, 27 листопада, приймають так.")
    assert "з 15:00 до 17:00" in said(turn)


@pytest.mark.parametrize("words", ["хто приймає рішення", "хто приймає заяву на субсидію"])
def test_who_decides_is_another_question(words: str) -> None:
    assert "Начальник управління" not in said(stage().line(words))


def test_where_nobody_is_named_nothing_changes() -> None:
    plain = Stage(state=State(greeted=True))
    assert "приймають" not in said(plain.line("коли приймає начальник")).lower()


def test_the_card_has_those_who_receive_and_a_button_for_them() -> None:
    open_stage = stage()
    turn = open_stage.line("[press:o:reception]")
    assert "Приймають:\nНачальник управління, кабінет 12" in said(turn)
    assert turn.replies[-1].choices[0].label == "Хто приймає"
    turn = open_stage.line("[button:Хто приймає]")
    assert "Спеціаліст із плати за комунальні" in said(turn)


def test_a_card_with_many_positions_stays_within_one_message() -> None:
    many = tuple(replace(SPECIALIST, id=str(number)) for number in range(20))
    crowded = replace(STAFFED, receivers=many)
    for line in ("[press:o:reception]", "[press:w:reception]", "хто приймає з субсидії"):
        turn = Stage(knowledge=FakeKnowledge(places=(crowded,)), state=State(greeted=True)).line(line)
        assert len(turn.replies[-1].text) <= TEXT_LIMIT
        assert "0 800 000 001" in said(turn)


def test_an_unknown_office_of_a_button_is_a_stale_button() -> None:
    assert stage().line("[press:w:nowhere]").replies


# ---- days unlike others


def test_a_saturday_that_is_worked_is_said_with_its_day() -> None:
    open_stage = stage()
    open_stage.line("[press:o:reception]")
    turn = open_stage.line("а в суботу працюєте")
    assert said(turn).startswith(
        "У суботу, 28 листопада, відчинено з 9:00 до 13:00. Зазвичай у суботу зачинено."
    )


def test_a_date_with_its_weekday_is_one_day() -> None:
    open_stage = stage()
    open_stage.line("[press:o:reception]")
    turn = open_stage.line("у суботу 28 листопада відчинено?")
    assert said(turn).startswith("У суботу, 28 листопада, відчинено з 9:00 до 13:00.\n")


def test_a_shortened_day_says_what_is_usual() -> None:
    open_stage = stage()
    open_stage.line("[press:o:reception]")
    turn = open_stage.line("а в п'ятницю")
    assert said(turn).startswith(
        "У п’ятницю, 27 листопада, відчинено з 9:00 до 17:00. Зазвичай відчинено з 9:00 до 18:00."
    )


def test_the_card_and_the_holidays_name_the_days_to_come() -> None:
    open_stage = stage()
    card = said(open_stage.line("[press:o:reception]"))
    assert (
        "Незабаром інакше: у п’ятницю, 27 листопада, з 9:00 до 17:00; у суботу, 28 листопада, з 9:00 до 13:00."
        in card
    )
    assert "25 грудня" not in card
    assert "Неробочі дні: 25 грудня. Незабаром інакше:" in said(open_stage.line("а на свята"))


# ---- places


def test_a_hidden_address_is_told_on_the_phone_and_stands_on_no_button() -> None:
    turn = stage().line("[press:o:shelter]")
    assert said(turn).startswith("Кризова кімната: адресу скажуть телефоном")
    assert "openstreetmap" not in said(turn)
    assert places.labels([STAFFED, HIDDEN])["shelter"] == "Кризова кімната"


def test_an_office_is_found_by_its_name_whatever_is_open() -> None:
    open_stage = stage()
    open_stage.line("субсидія")
    assert said(open_stage.line("де кризова кімната")).startswith("Кризова кімната:")


def test_many_places_come_by_pages() -> None:
    many = tuple(
        replace(BRANCH, id=f"branch-{number}", address=f"вул. Довга, {number}") for number in range(15)
    )
    open_stage = Stage(knowledge=FakeKnowledge(places=(RECEPTION, *many)), state=State(greeted=True))
    seen: list[str] = []
    turn = open_stage.line("[press:m:offices]")
    for _ in range(3):
        labels = {choice.id: choice.label for choice in turn.replies[-1].choices}
        assert len(labels) <= 12
        seen += [
            name
            for name in labels
            if name.startswith("o:") and not name.startswith(("o:more", "o:near", "o:where"))
        ]
        turn = open_stage.line("[button:Ще адреси]")
    assert sorted(seen) == sorted(["o:reception", *(f"o:branch-{number}" for number in range(15))])
    assert {choice.id for choice in turn.replies[-1].choices} >= {"o:reception"}


# ---- notices


def test_notices_stand_above_the_menu_once_a_day() -> None:
    open_stage = stage(pinned=(GRANT, SHUT, WATER))
    first = said(open_stage.line("меню"))
    assert first.startswith("Важливо. Заяви на виплату")
    assert "Докладніше:\nhttps://example.org/shut" in first
    assert "води" not in first
    assert said(open_stage.line("меню")).startswith("Важливо. Завтра води не буде.")
    assert "Важливо" not in said(open_stage.line("меню"))
    open_stage.now += timedelta(days=1)
    assert "Важливо" in said(open_stage.line("меню"))


def test_a_notice_comes_before_the_answer_it_is_about_and_no_other() -> None:
    open_stage = stage(pinned=(GRANT,))
    assert "Важливо" not in said(open_stage.line("субсидія"))
    turn = open_stage.line("виплата при народженні дитини")
    assert said(turn).startswith("Важливо. Заяви на виплату беремо до п’ятниці.\n---\n")
    assert "Важливо" not in said(open_stage.line("а документи"))


def test_a_notice_of_an_office_comes_where_its_address_is_shown() -> None:
    assert said(stage(pinned=(SHUT,)).line("[press:o:branch]")).startswith("Важливо. Відділення")
    assert "Важливо" not in said(stage(pinned=(SHUT,)).line("[press:o:shelter]"))


def test_the_first_greeting_carries_a_notice_and_danger_never() -> None:
    new = Stage(knowledge=FakeKnowledge(pinned=(WATER,)))
    assert "Важливо. Завтра води не буде." in said(new.line("привіт"))
    assert "Важливо" not in said(stage(pinned=(WATER, GRANT)).line("мене б'є чоловік"))


def test_notices_never_make_a_message_too_long() -> None:
    long = tuple(replace(WATER, id=str(number), text="Завтра води не буде. " * 9) for number in range(5))
    open_stage = Stage(knowledge=FakeKnowledge(pinned=long))
    for line in ("меню", "меню", "привіт"):
        assert all(len(reply.text) <= TEXT_LIMIT for reply in open_stage.line(line).replies)


def test_the_days_of_a_moment_in_another_zone_are_the_communitys() -> None:
    """At 23:30 in London it is the next day in Kyiv already: a notice seen this morning may come again."""
    open_stage = stage(pinned=(WATER,))
    open_stage.now = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    assert "Важливо" in said(open_stage.line("меню"))
    open_stage.now = datetime.fromisoformat("2026-11-24T22:30:00+00:00")
    assert "Важливо" in said(open_stage.line("меню"))
    assert open_stage.now > NOON


# ---- absences


@pytest.mark.parametrize(
    ("absences", "left"),
    [
        ([], [(9, 17)]),
        ([(0, 0)], []),
        ([(9, 17)], []),
        ([(0, 12)], [(12, 17)]),
        ([(14, 0)], [(9, 14)]),
        ([(11, 13)], [(9, 11), (13, 17)]),
        ([(11, 13), (15, 16)], [(9, 11), (13, 15), (16, 17)]),
        ([(6, 9), (17, 20)], [(9, 17)]),
    ],
)
def test_an_absence_takes_its_hours_from_those_of_a_position(
    absences: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    day = date(2026, 11, 24)
    away = tuple(Absence(day, time(begins), time(ends)) for begins, ends in absences)
    other_day = Absence(date(2026, 11, 25))
    receiver = Receiver("one", "Спеціаліст", (Interval(1, time(9), time(17)),), "", away=(*away, other_day))
    seat = receiving.Seat(RECEPTION, receiver)
    found = receiving.hours_on(seat, day)
    assert [(one.opens.hour, one.closes.hour) for one in found] == left
