"""Danger is heard in every way of writing; idioms are not danger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge_base.understanding.danger import DangerEar
from knowledge_base.understanding.meaning import Danger
from knowledge_base.understanding.normalise import spell
from tests.understanding.conftest import GOLDEN, golden, invented

Hear = Callable[[str], Danger | None]


@pytest.fixture
def hear(ear: DangerEar) -> Hear:
    return lambda text: ear.hear(spell(text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("мене б'є чоловік", Danger.VIOLENCE),
        ("муж избил, боюсь идти домой", Danger.VIOLENCE),
        ("cholovik byv mene, ya boyus", Danger.VIOLENCE),
        ("син кидається на мене з ножем", Danger.VIOLENCE),
        ("він не випускає мене з дому", Danger.VIOLENCE),
        ("зґвалтували", Danger.VIOLENCE),
        ("не хочу жити", Danger.SUICIDE),
        ("НЕ ХОЧУ БОЛЬШЕ ЖИТЬ", Danger.SUICIDE),
        ("ya ne hochu zhyty", Danger.SUICIDE),
        ("думаю накласти на себе руки", Danger.SUICIDE),
        ("наглоталась таблеток", Danger.SUICIDE),
        ("нас обстрілюють, вивезіть нас", Danger.EVACUATION),
        ("потрібна евакуація для лежачої мами", Danger.EVACUATION),
        ("нужна эвакуацыя из села", Danger.EVACUATION),
        ("третій день нічого не їли", Danger.HUNGER),
        ("нечем кормить детей, дома нет еды", Danger.HUNGER),
        ("сусід б'є дитину", Danger.CHILD),
        ("мене б'є тато, мені 12", Danger.CHILD),
        ("дети одни дома без присмотра", Danger.CHILD),
    ],
)
def test_danger_is_heard(hear: Hear, text: str, kind: Danger) -> None:
    assert hear(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "як вбити час у черзі",
        "ці черги мене вбивають",
        "цены на газ просто убивают",
        "помираю зі сміху",
        "ваша відповідь мене вбила",
        "холодно в квартирі, батареї холодні",
        "після евакуації стали на облік",
        "мене евакуювали торік, де взяти довідку",
        "виплата за вбитого на війні сина",
        "чоловік помер, що робити з субсидією",
        "урізали субсидію",
        "платіжка б'є по кишені",
        "сплю як убитий",
        "отец был военным, какая пенсия",
        "у дитини гарний апетит",
        "не хочу жити з свекрухою, чи є житло",
    ],
)
def test_idioms_and_everyday_words_are_calm(hear: Hear, text: str) -> None:
    assert hear(text) is None


def test_an_idiom_does_not_hide_danger(hear: Hear) -> None:
    assert hear("хотіла вбити час, а чоловік б'є мене") is Danger.VIOLENCE


def test_danger_in_the_middle_of_a_long_text_is_heard(hear: Hear) -> None:
    assert (
        hear("розкажіть про субсидію " * 150 + "мене б'є чоловік " + "і ще про довідку " * 150)
        is Danger.VIOLENCE
    )


def test_invented_danger_is_all_heard(hear: Hear) -> None:
    assert [text for text in invented("danger.txt") if hear(text) is None] == []


def test_invented_calm_that_sounds_like_danger_raises_few_alarms(hear: Hear) -> None:
    calm = invented("calm.txt")
    alarms = [text for text in calm if hear(text)]
    assert len(alarms) <= 0.05 * len(calm), alarms


def test_golden_danger_is_all_heard(hear: Hear) -> None:
    missed = [row["text"] for row in golden(GOLDEN / "danger.jsonl") if hear(row["text"]) is None]
    assert missed == []


def test_golden_calm_is_left_alone(hear: Hear) -> None:
    rows = [row for path in GOLDEN.glob("*.jsonl") if path.stem != "danger" for row in golden(path)]
    calm = [row for row in rows if row["label"] != "danger" and "danger" not in row.get("also", ())]
    alarms = [row["text"] for row in calm if hear(row["text"])]
    assert len(alarms) <= 0.01 * len(calm), alarms


def test_danger_never_seen_is_mostly_heard(hear: Hear) -> None:
    unseen = invented("unseen_danger.txt")
    missed = [text for text in unseen if hear(text) is None]
    assert len(missed) <= 0.20 * len(unseen), missed


def test_calm_never_seen_raises_few_alarms(hear: Hear) -> None:
    unseen = invented("unseen_calm.txt")
    alarms = [text for text in unseen if hear(text)]
    assert len(alarms) <= 0.08 * len(unseen), alarms


NUMBERS = ("двоє, 4 і 7", "між 10 і 12", "між 10 і 14 тисяч", "2, 9 і 17", "2500, в мороз і 3", "4 і 7 років")


@pytest.mark.parametrize("text", NUMBERS)
def test_a_few_numbers_say_nothing(hear: Hear, text: str) -> None:
    assert hear(text) is None
