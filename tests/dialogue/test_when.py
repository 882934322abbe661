"""Days and times as people write them, in Ukrainian and Russian, with slips; what can't be, is told apart."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.dialogue.when import EVENING, NIGHT, NOON, When, read

TUESDAY = date(2026, 11, 24)
WED, THU, FRI = (date(2026, 11, day) for day in (25, 26, 27))
AFTER_DINNER = (NOON + 30, NIGHT)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("запишіть на середу після обіду щодо субсидії", When((WED,), AFTER_DINNER)),
        ("завтра о 10", When((WED,), at=time(10))),
        ("на 14:30", When(at=time(14, 30))),
        ("на завтра на 16.00", When((WED,), at=time(16))),
        ("27.11 о 9:20", When((FRI,), at=time(9, 20))),
        ("26 числа зранку", When((THU,), (0, NOON))),
        ("2 грудня о 14", When((date(2026, 12, 2),), at=time(14))),
        ("о пів на третю", When(at=time(14, 30))),
        ("о десятій годині", When(at=time(10))),
        ("у п'ятницю об 11", When((FRI,), at=time(11))),
        ("в четверг после обеда", When((THU,), AFTER_DINNER)),
        ("в среду в 3 часа дня", When((WED,), at=time(15))),
        ("завтра в 9 утра", When((WED,), at=time(9))),
        ("серду ввечері", When((WED,), (EVENING, NIGHT))),
        ("на наступний вівторок", When((date(2026, 12, 1),))),
        ("на вівторок", When((TUESDAY, date(2026, 12, 1)))),
        ("через 3 дні", When((FRI,))),
        ("через тиждень", When((date(2026, 12, 1),))),
        ("після 14", When(part=(14 * 60, NIGHT))),
        ("до 11", When(part=(0, 11 * 60))),
        ("якнайшвидше", When(soon=True)),
        ("ой а на годинку пізніше можна", When(shift=60)),
        ("на пів години раніше", When(shift=-30)),
        ("на 20 хвилин пізніше", When(shift=20)),
        ("раніше можна?", When(shift=-1)),
        ("на годинку пізніше", When(shift=60)),
        ("можна годинкою раніше", When(shift=-60)),
        ("на 2 години пізніше", When(shift=120)),
        ("на час позже", When(shift=60)),
        ("можна раніше, о 9 годині", When(at=time(9))),
        ("перенесіть на пізніший час", When(shift=1)),
        ("31 лютого", When(impossible="31 лютого")),
        ("на 30.02", When(impossible="30.02")),
        ("20 листопада", When(past=date(2026, 11, 20))),
        ("мені 62 роки", When()),
        ("2 дитини", When()),
        ("Галина", When()),
    ],
)
def test_words_are_read(words: str, expected: When) -> None:
    assert read(words, TUESDAY) == expected


@pytest.mark.parametrize(
    ("words", "at"),
    [("10", time(10)), ("1140", time(11, 40)), ("9 20", time(9, 20)), ("3", time(15)), ("9.", time(9))],
)
def test_a_bare_number_is_a_time_only_where_one_is_asked_for(words: str, at: time) -> None:
    assert read(words, TUESDAY, bare=True).at == at
    assert read(words, TUESDAY).at is None


@given(st.text(max_size=60), st.booleans())
def test_nothing_anybody_writes_is_too_much(words: str, bare: bool) -> None:
    said = read(words, TUESDAY, bare=bare)
    assert said.part is None or said.part[0] < said.part[1]


@given(st.from_regex(r"\A(на|о|до|після|через) \d{1,4}([./: ]\d{1,4}){0,2}( [а-яіїє]{2,8})?\Z"))
def test_no_figures_are_too_much(words: str) -> None:
    read(words, TUESDAY, bare=True)
