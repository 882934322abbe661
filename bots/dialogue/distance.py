"""How far it is: the way over the ground as the crow flies, and an honest guess of how long one goes."""

from __future__ import annotations

import math

EARTH_RADIUS_M = 6_371_000
ROUNDABOUT = 1.3
"""How much longer streets are than the straight line: about a third in towns; the rest of a guess is rounded up."""
WALK_KM_H = 4.0
"""An unhurried step: most who ask are older, come with children or with a stick."""
DRIVE_KM_H = 35.0
"""Village roads and the streets of a small town, by car or bus, without waiting for the bus."""
WALKED_KM = 3.0
"""Further than this hardly anybody walks to an office."""
ROUND_TO = 5
HOUR = 60


def metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great-circle distance between two points in degrees (haversine), within half a percent."""
    north, south = math.radians(latitude), math.radians(other_latitude)
    east = math.radians(longitude - other_longitude)
    chord = math.sin((north - south) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def walks(straight: float) -> bool:
    """Whether so many metres are walked rather than driven."""
    return straight <= WALKED_KM * 1000


def minutes(straight: float) -> int | None:
    """About how long one goes, rounded up to five minutes; None where it is over an hour and no guess would hold."""
    speed = WALK_KM_H if walks(straight) else DRIVE_KM_H
    exact = straight / 1000 * ROUNDABOUT / speed * HOUR
    rounded = max(ROUND_TO, math.ceil(exact / ROUND_TO) * ROUND_TO)
    return rounded if rounded <= HOUR else None
