"""Working time: breaks, week-ends, own days, pauses and both changes of the clock."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.calendars.hours import (
    Calendar,
    NoWorkingTime,
    Pause,
    add_working_minutes,
    closing,
    is_open,
    moved,
    next_opening,
    openings,
    promise,
    working_from,
    working_minutes,
)
from handover.calendars.own import BadHours, OwnHours, laid_over, read_hours, write_hours
from knowledge_base.answers import Interval
from tests.handover.handover_world import KYIV, kyiv, office

RECEPTION = Calendar(office())


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
    reception = Calendar(office(closed_on=frozenset({date(2026, 11, 25)})))
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
    night = Calendar(office(hours=[Interval(6, time(0), time(8))]))
    sunday = kyiv(2026, 10, 25, 0)
    assert add_working_minutes(night, sunday, 9 * 60) == kyiv(2026, 10, 25, 8)


def test_an_interval_may_run_over_midnight():
    duty = Calendar(office(hours=[Interval(1, time(20), time(6))]))
    assert is_open(duty, kyiv(2026, 11, 25, 3))
    assert not is_open(duty, kyiv(2026, 11, 25, 7))
    assert add_working_minutes(duty, kyiv(2026, 11, 24, 23), 120) == kyiv(2026, 11, 25, 1)


def test_a_promise_is_a_round_time_that_stays_inside_working_hours():
    assert promise(RECEPTION, kyiv(2026, 11, 24, 9, 2), 60) == kyiv(2026, 11, 24, 10, 5)
    assert promise(RECEPTION, kyiv(2026, 11, 24, 9, 0), 60) == kyiv(2026, 11, 24, 10, 0)
    odd = Calendar(office(hours=[Interval(weekday, time(8), time(16, 58)) for weekday in range(5)]))
    assert promise(odd, kyiv(2026, 11, 24, 15, 57), 60) == kyiv(2026, 11, 24, 16, 57)


def test_an_office_that_never_opens_has_no_working_time():
    never = Calendar(office(hours=[]))
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


ALARM = Pause(kyiv(2026, 11, 24, 10), kyiv(2026, 11, 24, 13, 30), "alarm")


def test_a_pause_stops_the_clock_and_work_goes_on_after_it():
    stopped = Calendar(office(), (ALARM,))
    assert not is_open(stopped, kyiv(2026, 11, 24, 10))
    assert stopped.pause_at(kyiv(2026, 11, 24, 10)) is ALARM
    assert stopped.pause_at(kyiv(2026, 11, 24, 12, 30)) is None, "nobody would work in the break anyway"
    assert closing(stopped, kyiv(2026, 11, 24, 9)) == kyiv(2026, 11, 24, 10)
    assert next_opening(stopped, kyiv(2026, 11, 24, 9)) == kyiv(2026, 11, 24, 13, 30)
    assert promise(stopped, kyiv(2026, 11, 24, 9, 30), 60) == kyiv(2026, 11, 24, 14)
    assert working_minutes(stopped, kyiv(2026, 11, 24, 8), kyiv(2026, 11, 24, 14)) == 150
    assert working_from(stopped, kyiv(2026, 11, 24, 11)) == kyiv(2026, 11, 24, 13, 30)


def test_what_was_promised_keeps_the_time_that_is_left_of_it():
    plain, stopped = RECEPTION, Calendar(office(), (ALARM,))
    since, promised = ALARM.begins, kyiv(2026, 11, 24, 10, 40)
    later = moved(plain, stopped, since, promised)
    assert later == kyiv(2026, 11, 24, 14, 10)
    short = Calendar(office(), (Pause(since, kyiv(2026, 11, 24, 10, 15), "alarm"),))
    assert moved(stopped, short, since, later) == kyiv(2026, 11, 24, 10, 55)
    assert moved(plain, stopped, since, kyiv(2026, 11, 24, 9)) == kyiv(2026, 11, 24, 9)


def test_own_hours_take_the_place_of_the_bases_in_figures_and_in_words():
    own = [
        OwnHours("fri", read_hours("9:00–12:00, 12:30–16")),
        OwnHours("2026-11-25", (), "свято"),
        OwnHours("2026-11-28", read_hours("10-14"), "за понеділок"),
    ]
    ours = laid_over(office(closed_on=frozenset({date(2026, 11, 28)})), own)
    assert ours.hours_text.replace("\u00a0", " ") == (
        "з понеділка до четверга з 8:00 до 12:00 і з 13:00 до 17:15, "
        "у п’ятницю з 9:00 до 12:00 і з 12:30 до 16:00"
    )
    calendar = Calendar(ours)
    assert next_opening(calendar, kyiv(2026, 11, 24, 18)) == kyiv(2026, 11, 26, 8)
    assert is_open(calendar, kyiv(2026, 11, 28, 13, 59))
    assert not is_open(calendar, kyiv(2026, 11, 27, 12, 15))
    assert laid_over(office(), []) == office()


@pytest.mark.parametrize(
    "text", ["", "9", "12-9", "9-13, 12-14", "9-25", "9:60-10", "зранку", "9-24, 10-11", "1-2," * 7]
)
def test_words_that_are_no_hours_are_refused(text):
    with pytest.raises(BadHours):
        read_hours(text)


def test_hours_are_written_as_they_are_read():
    for text in ("9:00–12:30, 13:15–18:00", "0:00–24:00", "20:00–24:00"):
        assert write_hours(read_hours(text)) == text


HALF_HOURS = st.integers(min_value=0, max_value=47).map(lambda half: time(half // 2, 30 * (half % 2)))
OWN = st.lists(
    st.builds(
        lambda place, opens, closes: OwnHours(place, ((opens, closes),) if opens < closes else ()),
        st.sampled_from(["mon", "wed", "fri", "sat", *(f"2026-11-{day}" for day in range(20, 31))]),
        HALF_HOURS,
        HALF_HOURS,
    ),
    max_size=4,
    unique_by=lambda one: one.place,
)
MOMENTS = st.integers(min_value=0, max_value=14 * 24 * 60).map(
    lambda minutes: kyiv(2026, 11, 18, 0) + timedelta(minutes=minutes)
)
PAUSES = st.lists(
    st.builds(
        lambda begins, minutes: Pause(begins, begins + timedelta(minutes=minutes), "alarm"),
        MOMENTS,
        st.integers(min_value=1, max_value=600),
    ),
    max_size=4,
)


@given(own=OWN, pauses=PAUSES, at=MOMENTS, minutes=st.integers(1, 1500), more=st.integers(0, 300))
def test_no_promise_falls_outside_working_time_and_a_longer_one_is_never_earlier(
    own, pauses, at, minutes, more
):
    calendar = Calendar(laid_over(office(), own), tuple(pauses))
    promised = promise(calendar, at, minutes)
    inside = [one for one in openings(calendar, at) if one[0] < promised <= one[1]]
    assert len(inside) == 1, "promised in closed time or in a pause"
    assert working_minutes(calendar, at, promised) >= minutes
    assert promise(calendar, at, minutes + more) >= promised
    assert promise(calendar, at + timedelta(minutes=more), minutes) >= promised
    # Before it is rounded: near the end of a stretch the exact minute stands, elsewhere one up to five minutes later.
    without, exact = Calendar(calendar.office), add_working_minutes(calendar, at, minutes)
    assert add_working_minutes(without, at, minutes) <= exact, "a pause never hurries anybody"


@given(pauses=PAUSES, at=MOMENTS, first=st.integers(1, 900), more=st.integers(0, 300))
def test_moved_promises_keep_their_order_and_stay_in_working_time(pauses, at, first, more):
    before, after = RECEPTION, Calendar(office(), tuple(pauses))
    soon, late = (promise(before, at, minutes) for minutes in (first, first + more))
    one, other = moved(before, after, at, soon), moved(before, after, at, late)
    assert one <= other
    assert any(opens < one <= closes for opens, closes in openings(after, at))
