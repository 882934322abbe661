"""The screener benchmark: its people fit the base, two end as the hand list says, its JSON keeps its form."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from benchmarks.screener import report
from benchmarks.screener.people import FILE, Person, UnreadablePeople, read_people
from benchmarks.screener.playing import Play, Player
from bots.turns.minds import Mind
from knowledge_base.rules.comparing import Truth

from ..dialogue import reader
from ..dialogue.real_knowledge import real_knowledge


class Reading:
    """Reads words as the dialogue tests do: numbers and days need no trained model."""

    def read(self, texts):
        return [reader.read(text) for text in texts]


@cache
def people() -> dict[str, Person]:
    _, everybody = read_people(real_knowledge().dictionary.facts)
    return {person.id: person for person in everybody}


def play(name: str) -> Play:
    day, _ = read_people(real_knowledge().dictionary.facts)
    now = datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Europe/Kyiv"))
    return Player(Mind(real_knowledge(), Reading()), people()[name], now).play()


@pytest.mark.parametrize("name", ["displaced_mother", "young_couple"])
def test_it_ends_as_the_hand_list_says(name: str) -> None:
    played = play(name)
    assert (list(played.differences()), played.misheard) == ([], ())
    known = {one.entry for one in played.stands().every}
    assert Truth.YES in {outcome for entry, outcome in played.person.expected.items() if entry in known}


def test_every_answer_decides_more_or_as_much() -> None:
    played = play("young_couple")
    stands = [report.decided(played.stands(number)) for number in range(1, len(played.asked) + 1)]
    assert stands == sorted(stands)


def test_ten_people_of_all_situations() -> None:
    events = {event.id for event in real_knowledge().life_events if event.asked}
    assert len(people()) == 10
    assert {one for person in people().values() for one in person.situations} == events
    assert {person.whose for person in people().values()} == {"self", "kin"}


def test_what_does_not_fit_the_base_is_refused(tmp_path) -> None:
    spoilt = tmp_path / "people.yaml"
    spoilt.write_text(
        FILE.read_text(encoding="utf-8").replace("household.size: 6", "household.size: 600"), encoding="utf-8"
    )
    with pytest.raises(UnreadablePeople, match=r"large_family: .*household\.size"):
        read_people(real_knowledge().dictionary.facts, spoilt)


def test_the_json_keeps_its_form() -> None:
    played = play("young_couple")
    written = json.loads(json.dumps(report.as_json([report.Played(played, played)])))
    (one,) = written["people"]
    types = {key: type(value).__name__ for key, value in one.items()}
    assert types == {
        "id": "str",
        "entries": "int",
        "decided": "dict",
        "sure": "list",
        "judged": "int",
        "right": "int",
        "differences": "list",
        "questions": "int",
        "delicate": "int",
        "not_heard": "list",
        "milliseconds": "dict",
        "asked": "list",
    }
    assert list(one["decided"]) == ["5", "10", "15", "end"]
    assert list(one["milliseconds"]) == ["median", "worst", "cold"]
    assert {key: type(value).__name__ for key, value in one["asked"][0].items()} == {
        "facts": "list",
        "answer": "str",
        "decided": "int",
    }


def test_the_table_has_a_row_a_person() -> None:
    played = play("young_couple")
    head, rule, row, empty, goal = report.table([report.Played(played, played)])
    assert head.count("|") == rule.count("|") == row.count("|")
    assert (row.split("|")[1].strip(), empty) == ("young_couple", "")
    assert goal.startswith("At 15 answers ")
