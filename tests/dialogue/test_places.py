"""Places: labels that can be read, the place a question names, the days it names, and the week in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bots.dialogue import opening, places, welcome
from bots.dialogue.opening import AskedDay
from bots.dialogue.turn import State
from knowledge_base.answers import Interval, Office
from knowledge_base.places import hours_in_words

from .fake_knowledge import BRANCH, RECEPTION, FakeKnowledge
from .stage import NOON, Stage

TODAY = date(2026, 11, 24)  # Tuesday
DAY = ((time(9), time(12, 30)), (time(13, 15), time(18)))
SHORT = ((time(9), time(13)),)


def office(office_id: str, address: str, name: str = "Відділення") -> Office:
    return replace(RECEPTION, id=office_id, name=name, address=address)


def test_a_label_is_the_street_and_a_long_one_keeps_its_number() -> None:
    offices = [
        office("a", "м. Зразків, вул. Липова, 12"),
        office("b", "с. Озерне, вул. Героїв Небесної Сотні, 115"),
        office("c", "м. Зразків, вул. Гетьманська, 12"),
        office("d", "м. Зразків, вул. Липова, 12", "ЦНАП"),
        office("e", "м. Зразків, вул. Липова, 12", "ЦНАП"),
    ]
    given = places.labels(offices)
    assert given == {
        "a": "вул. Липова, 12",
        "b": "Небесної Сотні, 115",
        "c": "вул. Гетьманська, 12",
        "d": "Липова, 12",
        "e": "ЦНАП",
    }


def test_labels_are_never_alike_too_long_or_cut() -> None:
    offices = [office(str(number), "м. Зразків, вул. Дев’ятнадцятисантиметрова, 1") for number in range(12)]
    given = list(places.labels(offices).values())
    assert len(set(given)) == len(given)
    assert all(0 < len(label) <= 20 and "…" not in label for label in given)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("а на Озерній що", "branch"),
        ("вулиця зразкова де це", "reception"),
        ("цнап де", "cnap"),
        ("де ви", None),
        ("", None),
    ],
)
def test_a_place_is_named_by_its_street_or_what_it_serves(words: str, found: str | None) -> None:
    cnap = replace(office("cnap", "вул. Садова, 4", "Центр послуг"), serves=frozenset({"cnap"}))
    named = places.named(words, [RECEPTION, BRANCH, cnap])
    assert (named.id if named else None) == found


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("а в суботу працюєте", [AskedDay(date(2026, 11, 28), exact=False)]),
        ("в пятницу и п'ятницю", [AskedDay(date(2026, 11, 27), exact=False)]),
        ("у вівторок", [AskedDay(TODAY, exact=False)]),
        ("сегодня открыто", [AskedDay(TODAY, exact=True)]),
        ("післязавтра", [AskedDay(date(2026, 11, 26), exact=True)]),
        ("1 січня", [AskedDay(date(2027, 1, 1), exact=True)]),
        ("25 декабря", [AskedDay(date(2026, 12, 25), exact=True)]),
        ("31 лютого", []),
        ("0 лютого", []),
        (
            "на вихідних",
            [AskedDay(date(2026, 11, 28), exact=False), AskedDay(date(2026, 11, 29), exact=False)],
        ),
        ("серед людей", []),
        ("понеділок", [AskedDay(date(2026, 11, 30), exact=False)]),
    ],
)
def test_days_of_a_question(words: str, days: list[AskedDay]) -> None:
    assert list(opening.asked_days(words, TODAY)) == days


def test_open_now_next_and_on_a_day() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    tuesday = datetime(2026, 11, 24, 12, tzinfo=kyiv)
    assert opening.open_until(RECEPTION, tuesday) == datetime(2026, 11, 24, 18, tzinfo=kyiv)
    assert opening.open_until(BRANCH, tuesday) is None
    assert opening.opens_next(BRANCH, tuesday) == datetime(2026, 12, 5, 9, tzinfo=kyiv)
    assert opening.opens_next(replace(BRANCH, hours=()), tuesday) is None
    assert BRANCH.hours_on(date(2026, 11, 28)) == ()
    assert BRANCH.usual_hours(date(2026, 11, 28)) == (Interval(5, time(9), time(14)),)


def test_a_day_is_the_communitys_day() -> None:
    """At 23:30 in London it is tomorrow already in Kyiv."""
    stage = Stage(state=State(greeted=True), now=datetime.fromisoformat("2026-11-27T22:30:00+00:00"))
    stage.line("адреса на Озерній")
    (reply,) = stage.line("а сьогодні?").replies
    assert reply.text.startswith("Сьогодні зачинено.")
    assert "у суботу" in reply.text


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (
            [DAY] * 4 + [SHORT, (), ()],
            "з понеділка до четверга з 9:00 до 12:30 і з 13:15 до 18:00, у п’ятницю з 9:00 до 13:00",
        ),
        ([(), SHORT, (), SHORT, (), (), ()], "у вівторок з 9:00 до 13:00, у четвер з 9:00 до 13:00"),
        ([()] * 5 + [SHORT] * 2, "у суботу й неділю з 9:00 до 13:00"),
        ([SHORT] * 7, "щодня з 9:00 до 13:00"),
        ([()] * 7, ""),
    ],
)
def test_a_week_in_words(week: list[tuple[tuple[time, time], ...]], words: str) -> None:
    assert hours_in_words(week).replace("\u00a0", " ") == words


def test_the_welcome_is_the_greeting() -> None:
    knowledge = FakeKnowledge()
    (greeting,) = Stage(knowledge=knowledge).line("привіт").replies
    assert welcome(knowledge, NOON) == greeting
    first = Stage(knowledge=knowledge).line("субсидія")
    assert len(first.replies) == 2
    assert first.replies[0].text.startswith("Добрий день! Це Приймальня")


def test_a_shared_point_is_forgotten_after_half_a_day_and_a_village_is_not() -> None:
    stage = Stage(state=State(greeted=True))
    stage.line("[location:49.0,32.001]")
    assert "від вас" in stage.line("[press:o:reception]").replies[-1].text
    stage.now += timedelta(hours=12, seconds=1)
    assert "від вас" not in stage.line("[press:o:reception]").replies[-1].text
    stage.line("я з Вербів")
    stage.now += timedelta(days=30)
    assert "від вас" in stage.line("[press:o:reception]").replies[-1].text


def test_who_erases_everything_is_not_known_to_live_anywhere() -> None:
    stage = Stage(state=State(greeted=True))
    stage.line("я з Вербів")
    assert stage.state.spot is not None
    stage.line("мої дані")
    stage.line("[button:Стерти все]")
    assert stage.state.spot is None


def test_a_button_of_a_place_or_a_stop_that_is_gone_is_no_fault() -> None:
    for choice in ("o:from:gone", "o:mob:gone", "o:map:gone", "o:for:gone", "o:mob:a:b", "o:map"):
        assert Stage(state=State(greeted=True)).line(f"[press:{choice}]").replies


def test_a_community_without_places_and_stops_still_tells_where_to_go() -> None:
    bare = FakeKnowledge(localities=(), mobile_stops=())
    stage = Stage(knowledge=bare, state=State(greeted=True))
    assert stage.line("куди ближче").replies[-1].text.startswith("Бот не бачить, де ви. Виберіть адресу:")
    assert stage.line("коли мобільний офіс").replies[-1].text.startswith("Мобільного офісу в громаді немає.")
    labels = [one.label for one in stage.line("[press:m:offices]").replies[-1].choices]
    assert "Що ближче до мене" not in labels
