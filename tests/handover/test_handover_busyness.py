"""How busy a hall is, now and usually, on both databases: only what was kept there is told."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from conversations.database import Database
from handover.appointments import busyness
from handover.appointments.busyness import Now, Quiet
from handover.appointments.tables import appointments
from tests.handover.handover_world import COMMUNITY, KYIV, kyiv

TUESDAY_NOON = kyiv(2026, 11, 24, 12, 30)
_numbers = itertools.count(1)


def visit(arrived: datetime, called: datetime | None = None, **more: Any) -> dict[str, Any]:
    """A walk-in to `main`; without `called` still waiting."""
    number = next(_numbers)
    return {
        "id": f"{number:032x}",
        "community_id": COMMUNITY,
        "number": number,
        "office": "main",
        "receiver": "",
        "kind": "walk_in",
        "state": "called" if called else "arrived",
        "day": arrived.astimezone(KYIV).date().isoformat(),
        "name": "Людина",
        "for_other": False,
        "sequence": 0,
        "created_at": arrived,
        "arrived_at": arrived,
        "called_at": called,
        **more,
    }


async def put(database: Database, *visits: dict[str, Any]) -> None:
    async with database.write() as db:
        for one in visits:
            await db.execute(insert(appointments).values(**one))


async def now(database: Database, moment: datetime = TUESDAY_NOON) -> dict[str, Now]:
    async with database.read() as db:
        return await busyness.now(db, COMMUNITY, ["main", "branch"], KYIV, moment)


async def usual(database: Database, moment: datetime = TUESDAY_NOON) -> dict[str, busyness.Usual]:
    async with database.read() as db:
        return await busyness.usual(db, COMMUNITY, ["main", "branch"], KYIV, moment)


async def test_nothing_is_known_of_a_hall_that_keeps_no_visits(database: Database) -> None:
    assert await now(database) == {}
    assert await usual(database) == {}


async def test_those_who_wait_are_counted_and_their_wait_by_the_pace_of_the_last_hour(
    database: Database,
) -> None:
    before = TUESDAY_NOON - timedelta(minutes=50)
    called = [visit(before, TUESDAY_NOON - timedelta(minutes=10 * n)) for n in range(1, 5)]
    waiting = [visit(TUESDAY_NOON - timedelta(minutes=n)) for n in range(3)]
    await put(database, *called, *waiting)
    # Four an hour, three wait: the next is called in 45 minutes.
    assert await now(database) == {"main": Now(3, 45)}


async def test_who_came_hours_ago_or_yesterday_or_will_come_does_not_wait(database: Database) -> None:
    await put(
        database,
        visit(TUESDAY_NOON - timedelta(hours=4, minutes=1)),
        visit(TUESDAY_NOON - timedelta(days=1)),
        visit(TUESDAY_NOON + timedelta(minutes=1)),
        visit(TUESDAY_NOON - timedelta(minutes=5), community_id="other"),
        visit(TUESDAY_NOON - timedelta(minutes=5), office="unknown"),
    )
    assert await now(database) == {"main": Now(0)}


async def test_an_empty_hall_is_empty_only_where_somebody_came_today(database: Database) -> None:
    await put(database, visit(kyiv(2026, 11, 24, 9), kyiv(2026, 11, 24, 9, 5), state="done"))
    assert await now(database) == {"main": Now(0)}


async def test_too_few_calls_tell_no_pace(database: Database) -> None:
    await put(
        database,
        visit(TUESDAY_NOON - timedelta(minutes=9)),
        *(visit(TUESDAY_NOON - timedelta(minutes=30), TUESDAY_NOON - timedelta(minutes=5)) for _ in range(2)),
    )
    assert await now(database) == {"main": Now(1, None)}


def week(
    hour: int, minutes: int, *, weekday: int = 1, count: int = busyness.ENOUGH, **more: Any
) -> list[dict[str, Any]]:
    """So many visits of the last weeks at an hour of a weekday, each waiting so long."""
    found = []
    for back in range(1, count + 1):
        day = datetime(2026, 11, 24, hour, tzinfo=KYIV) - timedelta(weeks=back, days=1 - weekday)
        found.append(visit(day.astimezone(UTC), (day + timedelta(minutes=minutes)).astimezone(UTC), **more))
    return found


async def test_the_usual_wait_is_the_median_of_the_hour(database: Database) -> None:
    await put(database, *week(12, 20), *week(12, 20), *week(12, 90, count=3), *week(9, 5, count=4))
    found = (await usual(database))["main"]
    assert found.at(TUESDAY_NOON.astimezone(KYIV)) == 20
    assert found.at(kyiv(2026, 11, 24, 9).astimezone(KYIV)) is None
    assert found.at(kyiv(2026, 11, 25, 12).astimezone(KYIV)) is None


async def test_a_change_of_the_clock_moves_no_hour(database: Database) -> None:
    """The clock went back on 25 October: nine in the morning stays nine in the morning."""
    await put(database, *week(9, 10, count=6))
    assert (await usual(database))["main"].by_hour == {(1, 9): 10}


async def test_booked_times_and_older_weeks_tell_nothing_of_a_walk_in(database: Database) -> None:
    old = [
        visit(TUESDAY_NOON - timedelta(weeks=9), TUESDAY_NOON - timedelta(weeks=9, minutes=-30))
        for _ in range(9)
    ]
    await put(database, *week(12, 1, kind="booked"), *old)
    assert await usual(database) == {}


async def test_the_freest_part_of_the_week_is_told_where_it_is_worth_it(database: Database) -> None:
    await put(database, *week(9, 40), *week(15, 30), *week(10, 8, weekday=2))
    assert (await usual(database))["main"].quiet == Quiet(2, "morning")


async def test_parts_alike_are_not_told_apart(database: Database) -> None:
    await put(database, *week(9, 20), *week(15, 18), *week(10, 19, weekday=2))
    assert (await usual(database))["main"].quiet is None


@pytest.mark.parametrize("count", [0, 1])
async def test_one_known_part_is_freer_than_nothing(database: Database, count: int) -> None:
    await put(database, *(one for _ in range(count) for one in week(9, 5)))
    found = await usual(database)
    assert all(one.quiet is None for one in found.values())
