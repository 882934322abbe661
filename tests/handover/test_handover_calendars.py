"""Working time: breaks, week-ends, closed days and both changes of the clock."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.calendars.hours import (
    NoWorkingTime,
    add_working_minutes,
    closing,
    is_open,
    next_opening,
    promise,
    working_minutes,
)
from knowledge_base.answers import Interval
from tests.handover.handover_world import KYIV, kyiv, office

RECEPTION = office()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (kyiv(2026, 11, 24, 7, 59), False),
        (kyiv(2026, 11, 24, 8, 0), True),
        (kyiv(2026, 11, 24, 11, 59), True),
        (kyiv(2026, 11, 24, 12, 0), False),
        (kyiv(2026, 11, 24, 13, 0), True),
        (kyiv(2026, 11, 24, 17, 15), False),
        (kyiv(2026, 11, 28, 10, 0), False),
    ],
)
def test_open_within_hours_and_closed_in_the_break(at, expected):
    assert is_open(RECEPTION, at) is expected


def test_a_closed_day_is_closed_and_passed_over():
    reception = office(closed_on=frozenset({date(2026, 11, 25)}))
    assert not is_open(reception, kyiv(2026, 11, 25, 10))
    assert next_opening(reception, kyiv(2026, 11, 24, 18)) == kyiv(2026, 11, 26, 8)


def test_the_next_opening_is_after_the_break_the_night_or_the_week_end():
    assert next_opening(RECEPTION, kyiv(2026, 11, 24, 12, 30)) == kyiv(2026, 11, 24, 13)
    assert next_opening(RECEPTION, kyiv(2026, 11, 24, 20)) == kyiv(2026, 11, 25, 8)
    assert next_opening(RECEPTION, kyiv(2026, 11, 27, 18)) == kyiv(2026, 11, 30, 8)
    assert next_opening(RECEPTION, kyiv(2026, 11, 24, 9)) == kyiv(2026, 11, 24, 13)


def test_closing_of_the_stretch_that_runs():
    assert closing(RECEPTION, kyiv(2026, 11, 24, 9)) == kyiv(2026, 11, 24, 12)
    assert closing(RECEPTION, kyiv(2026, 11, 24, 12, 10)) is None


@pytest.mark.parametrize(
    ("at", "minutes", "expected"),
    [
        (kyiv(2026, 11, 24, 9, 0), 60, kyiv(2026, 11, 24, 10, 0)),
        (kyiv(2026, 11, 24, 11, 30), 60, kyiv(2026, 11, 24, 13, 30)),
        (kyiv(2026, 11, 24, 11, 0), 60, kyiv(2026, 11, 24, 12, 0)),
        (kyiv(2026, 11, 24, 12, 20), 30, kyiv(2026, 11, 24, 13, 30)),
        (kyiv(2026, 11, 24, 23, 0), 60, kyiv(2026, 11, 25, 9, 0)),
        (kyiv(2026, 11, 27, 17, 0), 60, kyiv(2026, 11, 30, 8, 45)),
        # The clock goes back in the night to 25 October and forward in the night to 29 March.
        (kyiv(2026, 10, 23, 17, 0), 60, kyiv(2026, 10, 26, 8, 45)),
        (kyiv(2026, 3, 27, 17, 0), 60, kyiv(2026, 3, 30, 8, 45)),
    ],
)
def test_working_minutes_jump_over_what_is_not_working_time(at, minutes, expected):
    assert add_working_minutes(RECEPTION, at, minutes) == expected
    assert working_minutes(RECEPTION, at, expected) == minutes


def test_a_night_with_a_repeated_hour_is_an_hour_longer():
    night = office(hours=[Interval(6, time(0), time(8))])
    sunday = kyiv(2026, 10, 25, 0)
    assert add_working_minutes(night, sunday, 9 * 60) == kyiv(2026, 10, 25, 8)


def test_an_interval_may_run_over_midnight():
    duty = office(hours=[Interval(1, time(20), time(6))])
    assert is_open(duty, kyiv(2026, 11, 25, 3))
    assert not is_open(duty, kyiv(2026, 11, 25, 7))
    assert add_working_minutes(duty, kyiv(2026, 11, 24, 23), 120) == kyiv(2026, 11, 25, 1)


def test_a_promise_is_a_round_time_that_stays_inside_working_hours():
    assert promise(RECEPTION, kyiv(2026, 11, 24, 9, 2), 60) == kyiv(2026, 11, 24, 10, 5)
    assert promise(RECEPTION, kyiv(2026, 11, 24, 9, 0), 60) == kyiv(2026, 11, 24, 10, 0)
    odd = office(hours=[Interval(weekday, time(8), time(16, 58)) for weekday in range(5)])
    assert promise(odd, kyiv(2026, 11, 24, 15, 57), 60) == kyiv(2026, 11, 24, 16, 57)


def test_an_office_that_never_opens_has_no_working_time():
    never = office(hours=[])
    assert not is_open(never, kyiv(2026, 11, 24, 10))
    assert next_opening(never, kyiv(2026, 11, 24, 10)) is None
    with pytest.raises(NoWorkingTime):
        promise(never, kyiv(2026, 11, 24, 10), 60)


@given(
    at=st.datetimes(
        min_value=kyiv(2026, 1, 1, 0).replace(tzinfo=None),
        max_value=kyiv(2027, 12, 1, 0).replace(tzinfo=None),
        timezones=st.just(KYIV),
    ),
    minutes=st.integers(min_value=0, max_value=3000),
)
def test_counting_there_and_back_agrees_at_any_moment(at, minutes):
    start = at.replace(second=0, microsecond=0)
    end = add_working_minutes(RECEPTION, start, minutes)
    assert working_minutes(RECEPTION, start, end) == minutes
    assert promise(RECEPTION, start, minutes) - end < timedelta(minutes=5)
