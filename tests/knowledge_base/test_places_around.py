"""A community's villages, districts and streets, and where its mobile office stops: read, checked, counted."""

from __future__ import annotations

from datetime import date, time

import pytest

from knowledge_base.answers import Interval, StopDays
from tests.knowledge_base.tiny_base import TinyBase

LOCALITIES = """\
town: {name: "Місто", kind: town, location: [49.5, 31.5]}
lypivka: {name: "Липівка", kind: village, location: [49.6, 31.6], also: ["Липовка"]}
sadova: {name: "Садова", kind: street, location: [49.51, 31.51], within: town}
"""
MOBILE = """\
lypivka:
  locality: lypivka
  place: "біля клубу"
  hours: ["10:00-12:00", "13:00-15:00"]
  every: [{weekday: thu, of_month: [1, 3]}]
  dates: [2026-12-25, 2026-11-30]
  cancelled_on: [2026-12-17]
  takes: "заяви на субсидію"
  phone: "111"
"""


def written(tiny: TinyBase, localities: str = LOCALITIES, mobile: str = MOBILE) -> None:
    tiny.write("communities/sample/localities.yaml", localities)
    tiny.write("communities/sample/mobile.yaml", mobile)


def test_places_are_read_with_all_their_names(tiny: TinyBase) -> None:
    written(tiny)
    assert tiny.errors() == []
    town, village, street = tiny.library().localities
    assert (town.name, town.within) == ("Місто", None)
    assert (village.names, village.latitude, village.longitude) == (("Липівка", "Липовка"), 49.6, 31.6)
    assert (street.kind, street.within, street.within_id) == ("street", "Місто", "town")


def test_a_stop_comes_by_its_rule_and_dates_and_not_when_it_is_off(tiny: TinyBase) -> None:
    tiny.write("communities/sample/calendar.yaml", "closed_on: [2026-12-03, 2026-12-25]\n")
    written(tiny)
    (stop,) = tiny.library().mobile_stops
    december = [date(2026, 12, day) for day in range(1, 32)]
    # The first Thursday is a holiday, the third is cancelled; a date of its own comes even on a holiday.
    assert [day.day for day in december if stop.planned(day)] == [3, 17, 25]
    assert [day.day for day in december if stop.comes(day)] == [25]
    assert stop.comes(date(2026, 11, 30))
    assert [one.opens for one in stop.hours] == [time(10), time(13)]
    assert stop.locality.name == "Липівка"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (StopDays(1), [1, 8, 15, 22, 29]),
        (StopDays(1, frozenset({1})), [1]),
        (StopDays(3, frozenset({2, 5})), [10, 31]),
        (StopDays(0, frozenset({5})), []),
    ],
)
def test_weekdays_of_a_month(rule: StopDays, days: list[int]) -> None:
    assert [day for day in range(1, 32) if rule.hold(date(2026, 12, day))] == days


FAULTS = [
    ("localities", "[49.6, 31.6]", "[31.6, 49.6]", "lypivka.location", "спершу широта"),
    ("localities", "within: town", "within: twon", "sadova.within", "можливо, «town»"),
    ("localities", "within: town", "within: lypivka, within: town", "sadova", ""),
    ("localities", "kind: village", "kind: village, within: town", "lypivka.within", "лише вулиці й райони"),
    ("localities", "kind: village", "kind: hamlet", "lypivka.kind", ""),
    ("localities", 'name: "Липівка", kind: village', 'name: "місто", kind: town', "lypivka.name", "уже є"),
    ("mobile", "locality: lypivka", "locality: lypivca", "lypivka.locality", "можливо, «lypivka»"),
    ("mobile", "10:00-12:00", "10:00-14:00", "lypivka.hours", "не йдуть"),
    ("mobile", "of_month: [1, 3]", "of_month: [0, 3]", "lypivka.every.0.of_month", "від 1 до 5"),
    ("mobile", "[2026-12-17]", "[2026-12-18]", "lypivka.cancelled_on.0", "і так не приїздить"),
    ("mobile", "[2026-12-25, 2026-11-30]", "[2026-11-30, 2026-11-30]", "lypivka.dates.1", "уже є"),
    ("mobile", "weekday: thu", "weekday: thursday", "lypivka.every.0.weekday", ""),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "words"), FAULTS)
def test_what_cannot_be_is_refused_with_its_place(
    tiny: TinyBase, file: str, old: str, new: str, field: str, words: str
) -> None:
    texts = {"localities": LOCALITIES, "mobile": MOBILE}
    assert texts[file].count(old) == 1
    written(tiny, **{**texts, file: texts[file].replace(old, new)})
    found = [one for one in tiny.errors() if one.file == f"communities/sample/{file}.yaml"]
    assert found
    assert found[0].field.startswith(field)
    assert words in found[0].message


def test_a_stop_without_days_and_an_id_too_long_for_a_button_are_refused(tiny: TinyBase) -> None:
    name = "x" * 29
    written(
        tiny,
        LOCALITIES + f'{name}: {{name: "Довге", kind: village, location: [49.5, 31.5]}}\n',
        MOBILE.replace("  every: [{weekday: thu, of_month: [1, 3]}]\n", "")
        .replace("  dates: [2026-12-25, 2026-11-30]\n", "")
        .replace("  cancelled_on: [2026-12-17]\n", ""),
    )
    assert [(one.field, one.message[:20]) for one in tiny.errors()] == [
        (name, f"назва «{name}» задовга"[:20]),
        ("lypivka", "напишіть, коли приїздить"[:20]),
    ]


def test_a_matter_has_the_office_it_is_sent_to_and_its_branches_that_serve_the_same(tiny: TinyBase) -> None:
    branches = (
        'door: {name: "Пункт", phone: "112", serves: [pfu_office], branch_of: second_pfu, hours: {}}\n'
        'desk: {name: "Стіл", phone: "113", serves: [], branch_of: second_pfu, hours: {}}\n'
    )
    tiny.change("offices", "second_pfu:", f"{branches}second_pfu:")
    # The overlay sends to the second; the first serves it too, and nobody is sent there.
    found = [one.id for one in tiny.library().offices_for("baby-grant")]
    assert found == ["second_pfu", "door", "cnap"]


def test_hours_are_the_same_on_every_day_of_a_stop(tiny: TinyBase) -> None:
    written(tiny)
    (stop,) = tiny.library().mobile_stops
    assert stop.hours[0] == Interval(0, time(10), time(12))
