"""A morning in the hall: three hundred people, twenty desks at once; each comes to one thing, and the log agrees."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta

from sqlalchemy import select, update

from handover.accounts.permissions import Role
from handover.appointments import hall, visits
from handover.appointments.checking import check
from handover.appointments.figures import figures
from handover.appointments.hall import NotNow
from handover.appointments.tables import appointments
from handover.appointments.waiting import Desk
from handover.audit import Action
from handover.tables import audit
from handover.workplace.visits import recorded
from tests.handover.handover_world import COMMUNITY, TUESDAY, account
from tests.handover.test_handover_hall import DAY, OFFICE, booked, came
from tests.handover.test_handover_visits import text

BOOKED, WALK_INS, DESKS = 150, 150, 20
LETTERS = "СВДПАК"


async def test_three_hundred_people_and_twenty_desks_come_to_one_outcome_each(reception):
    database, chance = reception.database, random.Random(20261124)
    people = [await account(database, f"desk-{number}", name=f"Стіл {number}") for number in range(DESKS)]
    ids = []
    async with database.write() as db:
        for number in range(BOOKED):
            at = TUESDAY + timedelta(minutes=number % 60)
            ids.append(await booked(db, at, f"Б{number}", LETTERS[number % 6], 1000 + number))
        for _ in range(WALK_INS):
            visit = await came(db, chance.choice(LETTERS))
            await recorded(db, people[0], Action.VISIT_TICKET, visit, TUESDAY)
        # Some cancelled before the morning, by themselves.
        for one in ids[:10]:
            await db.execute(update(appointments).where(appointments.c.id == one).values(state="cancelled"))

    async def press(me, action, step, *about):
        """One press of a desk, as the pages do it: the deed and its line in the log, or neither."""
        try:
            async with database.write() as db:
                visit = await step(db, COMMUNITY, *about)
                if visit is not None:
                    await recorded(db, me, action, visit, TUESDAY)
                return visit
        except NotNow:
            return None

    async def doorkeeper():
        for one in ids[10:140]:
            await press(people[0], Action.VISIT_CAME, hall.arrive, one, "К", TUESDAY + timedelta(minutes=5))

    outcomes = {
        "done": (Action.VISIT_DONE, hall.done),
        "missed": (Action.VISIT_MISSED, hall.no_show),
        "back": (Action.VISIT_RETURNED, hall.back),
    }

    async def desk(number):
        me, room, now = people[number], f"кабінет {number}", TUESDAY
        letters = frozenset(chance.sample(LETTERS, 2)) if number % 2 else frozenset()
        idle = 0
        while idle < 3:
            now += timedelta(minutes=chance.randint(3, 12))
            whom = (OFFICE, DAY, Desk(letters), room, me.id, now)
            called = await press(me, Action.VISIT_CALLED, hall.call_next, *whom)
            if called is None:
                idle += 1
                await asyncio.sleep(0.02)
                continue
            action, step = outcomes[chance.choices(("done", "missed", "back"), (85, 10, 5))[0]]
            after = now + timedelta(minutes=chance.randint(2, 20))
            assert await press(me, action, step, called.id, after) is not None

    await asyncio.gather(doorkeeper(), *(desk(number) for number in range(DESKS)))
    # A desk that calls everybody takes whoever is left; the ten that never came are given up.
    await desk(0)
    for one in ids[140:]:
        await press(people[0], Action.VISIT_MISSED, hall.no_show, one, TUESDAY)

    async with database.read() as db:
        found = await visits.of_day(db, COMMUNITY, OFFICE, DAY)
        day = await figures(db, COMMUNITY, DAY, DAY, OFFICE)
        held = await check(db, COMMUNITY, DAY, DAY)
        calls = (
            await db.execute(
                select(audit.c.subject, audit.c.facts)
                .where(audit.c.action == "visit_called")
                .order_by(audit.c.id)
            )
        ).all()
    states = Counter(one.state for one in found)
    assert set(states) == {"done", "no_show", "cancelled"}
    assert sum(states.values()) == BOOKED + WALK_INS
    assert (day.booked, day.walk_ins, day.served, day.no_shows) == (
        BOOKED,
        WALK_INS,
        states["done"],
        states["no_show"],
    )
    assert day.agrees
    assert (held.total, held.differing) == (300, 0)
    # Whoever was received was received where the log says they were called last.
    rooms = {one.id: one.called_room for one in found if one.state == "done"}
    last = {row.subject: row.facts["room"] for row in calls}
    assert {one: last[one] for one in rooms} == rooms


async def test_the_reports_say_what_the_hall_did_and_where_the_log_says_otherwise(reception, now):
    head = await reception.signed_in("head", Role.HEAD)
    async with reception.database.write() as db:
        visit = await came(db, now=now)
        await recorded(db, head.account, Action.VISIT_TICKET, visit, now)
        await hall.call(db, COMMUNITY, visit.id, "кабінет 3", "iryna", now + timedelta(minutes=7))
    page = "/workplace/reports/check?period=today"
    assert "Прийом: 1 людина, прийнято 0" in (await text(head, page)).replace("\u00a0", " ")
    assert "Не сходиться з журналом: 1." in await text(head, page)
    async with reception.database.write() as db:
        await recorded(db, head.account, Action.VISIT_CALLED, visit, now)
    page = (await text(head, page)).replace("\u00a0", " ")
    assert "чекали 7 хв, найдовше 7 хв. Звірено з журналом." in page
