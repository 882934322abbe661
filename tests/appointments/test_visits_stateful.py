"""Whatever is booked, moved, cancelled, walked in or set away: nothing overlaps, and time is taken by visits alone."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select

from conversations.database import Database
from handover.appointments import absences, booking, numbers, slots, visits
from handover.appointments.booking import CHANGES_A_DAY, OPEN_AT_MOST, Refusal
from handover.appointments.slots import UNIT
from handover.appointments.tables import appointment_units, appointments
from handover.appointments.visits import Visit
from knowledge_base.answers import HALL
from tests.appointments.offices import COMMUNITY, KYIV, NOW, OFFICE, PENSION, SUBSIDY, at, wish
from tests.conversations.words import begun

PEOPLE = 3
RECEIVERS = {HALL: None, "subsidies": SUBSIDY, "pensions": PENSION}
DAYS = (24, 25, 26, 30)
"""Few days and times, so that people are often in each other's way."""
times = st.builds(at, st.sampled_from(DAYS), st.integers(9, 11), st.sampled_from((0, 20, 30, 40)))


class Visits(RuleBasedStateMachine):
    """A small office with three people, a desk and a clock that goes on."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "visits.db"
        shutil.copyfile(self.template, path)
        self.runner = asyncio.Runner()
        self.database = Database(f"sqlite+aiosqlite:///{path}")
        self.now = NOW
        self.people: list[str] = []
        self.absent: list[tuple[str, datetime, datetime]] = []

    @initialize()
    def people_come(self) -> None:
        addresses = [f"person-{number}" for number in range(PEOPLE)]
        self.people = self.runner.run(begun(self.database, NOW, *addresses))

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    @rule(
        person=st.integers(0, PEOPLE - 1),
        receiver=st.sampled_from(sorted(RECEIVERS)),
        starts_at=times,
        longer=st.booleans(),
    )
    def book(self, person: int, receiver: str, starts_at: datetime, longer: bool) -> None:
        matter = "debt" if longer and receiver == "subsidies" else RECEIVERS[receiver]

        async def do() -> None:
            async with self.database.write() as db:
                free = await slots.free(db, COMMUNITY, OFFICE, (receiver,), matter, self.now, KYIV)
                open_before = len(await visits.of_conversation(db, self.people[person], self.now))
                wanted = wish(
                    starts_at,
                    receiver,
                    matter=matter,
                    conversation_id=self.people[person],
                    name=f"{starts_at} {receiver}",
                )
                made = await booking.book(db, wanted, self.now, KYIV)
                open_after = len(await visits.of_conversation(db, self.people[person], self.now))
            there = starts_at in {one.starts_at for one in free}
            if isinstance(made, Visit):
                assert there or open_after == open_before, "booked what was not free"
                assert (
                    self._away(receiver, made.starts_at, made.ends_at) is False or open_after == open_before
                )
            elif there:
                assert made in (Refusal.TOO_MANY, Refusal.TOO_OFTEN)
                assert made is Refusal.TOO_OFTEN or open_before >= OPEN_AT_MOST

        self.runner.run(do())

    @rule(pick=st.integers(0, 9), starts_at=times, desk=st.booleans())
    def move(self, pick: int, starts_at: datetime, desk: bool) -> None:
        async def do() -> None:
            async with self.database.write() as db:
                coming = await visits.find(db, appointments.c.state == "booked")
                if not coming:
                    return
                visit = coming[pick % len(coming)]
                by = "account" if desk else None
                moved = await booking.move(
                    db, visit, OFFICE, (visit.receiver,), starts_at, self.now, KYIV, by
                )
                now_kept = await visits.get(db, COMMUNITY, visit.id)
            if isinstance(moved, Refusal):
                assert now_kept == visit
            else:
                assert (moved.number, moved.starts_at) == (visit.number, starts_at)

        self.runner.run(do())

    @rule(pick=st.integers(0, 9))
    def cancel(self, pick: int) -> None:
        async def do() -> None:
            async with self.database.write() as db:
                known = await visits.find(db, appointments.c.kind == "booked")
                if known:
                    await booking.cancel(db, known[pick % len(known)], self.now)

        self.runner.run(do())

    @rule(
        receiver=st.sampled_from(("subsidies", "pensions")),
        day=st.sampled_from(DAYS),
        hour=st.integers(9, 11),
    )
    def set_away(self, receiver: str, day: int, hour: int) -> None:
        async def do() -> None:
            async with self.database.write() as db:
                minutes = (hour * 60, hour * 60 + 60)
                await absences.put(
                    db,
                    COMMUNITY,
                    "main",
                    receiver,
                    date(2026, 11, day),
                    minutes,
                    "",
                    "account",
                    self.now,
                    KYIV,
                )

        self.runner.run(do())
        self.absent.append((receiver, at(day, hour), at(day, hour) + timedelta(hours=1)))

    @rule()
    def walk_in(self) -> None:
        async def do() -> None:
            today = self.now.astimezone(KYIV).date()
            async with self.database.write() as db:
                number = await numbers.next_number(db, COMMUNITY)
                hall = await numbers.next_hall_number(db, COMMUNITY, "main", today, "З")
                await db.execute(
                    insert(appointments).values(
                        id=f"walk-{number}",
                        community_id=COMMUNITY,
                        number=number,
                        office="main",
                        receiver=HALL,
                        kind="walk_in",
                        state="arrived",
                        day=today.isoformat(),
                        hall_letter="З",
                        hall_number=hall,
                        name="",
                        sequence=0,
                        created_at=self.now,
                    )
                )

        self.runner.run(do())

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_overlaps_and_units_are_those_of_visits(self) -> None:
        async def look() -> None:
            async with self.database.read() as db:
                known = await visits.find(db, appointments.c.kind == "booked")
                rows = (await db.execute(select(appointment_units))).mappings().all()
            booked = [visit for visit in known if visit.state == "booked"]
            expected = Counter(
                (visit.id, visit.receiver, visit.place, visit.starts_at + UNIT * number)
                for visit in booked
                if visit.starts_at and visit.ends_at
                for number in range((visit.ends_at - visit.starts_at) // UNIT)
            )
            assert (
                Counter((row["held_by"], row["receiver"], row["place"], row["at"]) for row in rows)
                == expected
            )
            assert (
                max(
                    Counter((receiver, place, unit) for _, receiver, place, unit in expected).values(),
                    default=1,
                )
                == 1
            )
            assert all(0 < (visit.place or 0) <= slots.places_of(OFFICE, visit.receiver) for visit in booked)

        self.runner.run(look())

    @invariant()
    def limits_are_kept(self) -> None:
        async def look() -> None:
            async with self.database.read() as db:
                for person in self.people:
                    coming = await visits.of_conversation(db, person, self.now)
                    assert len(coming) <= OPEN_AT_MOST

        self.runner.run(look())

    @invariant()
    def numbers_are_nobody_elses(self) -> None:
        async def look() -> None:
            async with self.database.read() as db:
                known = await visits.find(db)
            assert len({visit.number for visit in known}) == len(known)
            assert len({(visit.day, visit.hall) for visit in known}) == len(known)

        self.runner.run(look())

    def _away(self, receiver: str, begins: datetime | None, ends: datetime | None) -> bool:
        return any(
            one == receiver and begins is not None and ends is not None and begins < until and since < ends
            for one, since, until in self.absent
        )


def test_visits_stay_whole(migrated_sqlite: Path) -> None:
    assert CHANGES_A_DAY > OPEN_AT_MOST

    class Here(Visits):
        template = migrated_sqlite

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
