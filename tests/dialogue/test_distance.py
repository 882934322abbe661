"""Distances over the ground against another formula, and guesses that never promise too little."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bots.dialogue import distance

latitudes, longitudes = st.floats(-89, 89), st.floats(-180, 180)


def by_vectors(north: float, east: float, other_north: float, other_east: float) -> float:
    """The angle between two unit vectors, by atan2, times the radius."""

    def vector(latitude: float, longitude: float) -> tuple[float, float, float]:
        up, round_ = math.radians(latitude), math.radians(longitude)
        return math.cos(up) * math.cos(round_), math.cos(up) * math.sin(round_), math.sin(up)

    one, two = vector(north, east), vector(other_north, other_east)
    cross = (
        one[1] * two[2] - one[2] * two[1],
        one[2] * two[0] - one[0] * two[2],
        one[0] * two[1] - one[1] * two[0],
    )
    dot = sum(left * right for left, right in zip(one, two, strict=True))
    return distance.EARTH_RADIUS_M * math.atan2(math.hypot(*cross), dot)


@given(latitudes, longitudes, latitudes, longitudes)
def test_it_is_the_great_circle(north: float, east: float, other_north: float, other_east: float) -> None:
    exact = by_vectors(north, east, other_north, other_east)
    # At the very other side of the earth the haversine loses digits; nobody's office is there.
    assume(exact < 19_000_000)
    assert distance.metres(north, east, other_north, other_east) == pytest.approx(exact, rel=1e-6, abs=0.01)


@given(latitudes, longitudes, latitudes, longitudes)
def test_there_is_as_far_as_back(north: float, east: float, other_north: float, other_east: float) -> None:
    there = distance.metres(north, east, other_north, other_east)
    assert there == pytest.approx(distance.metres(other_north, other_east, north, east), abs=0.01)
    assert distance.metres(north, east, north, east) == 0


def test_known_cities() -> None:
    """Kyiv to Lviv is 468 km in a straight line."""
    assert distance.metres(50.4501, 30.5234, 49.8397, 24.0297) == pytest.approx(468_000, rel=0.005)


@given(st.floats(0, 200_000))
def test_a_guess_is_rounded_up_to_five_minutes_and_never_above_an_hour(straight: float) -> None:
    guess = distance.minutes(straight)
    if guess is None:
        assert straight > 20_000 or not distance.walks(straight)
        return
    speed = distance.WALK_KM_H if distance.walks(straight) else distance.DRIVE_KM_H
    exact = straight / 1000 * distance.ROUNDABOUT / speed * 60
    assert guess % 5 == 0
    assert exact - 1e-9 <= guess <= max(5, exact + 5)
    assert 5 <= guess <= 60
