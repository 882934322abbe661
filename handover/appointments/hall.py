"""What happens to a visit in the hall: came, called, called again, done, did not come, back to the queue; walk-ins.

Every step is one statement that asks for the state it starts from: of two desks that press at once one succeeds, and
the other hears NotNow. Connection first.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import inbox
from conversations.messages import InternalEvent
from handover.appointments.numbers import next_hall_number, next_number
from handover.appointments.tables import appointments
from handover.appointments.visits import State, Visit, by_id, of_day, visit_of
from handover.appointments.waiting import Desk, queue
from knowledge_base.answers import HALL

CALLED = "visit_called"
"""The event that tells a person in a channel that they are called."""


class NotNow(Exception):
    """The visit is in another state than the step starts from: a colleague was quicker, or the page is old."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit.state)
        self.visit = visit


async def walk_in(
    db: AsyncConnection,
    community: str,
    office: str,
    day: date,
    letter: str,
    now: datetime,
    *,
    matter: str | None = None,
    name: str = "",
    priority: str | None = None,
    receiver: str = HALL,
    by: str | None = None,
) -> Visit:
    """A visit of whoever came without a time; they wait from now on under a number of the day."""
    made = await db.execute(
        insert(appointments)
        .values(
            id=uuid.uuid4().hex,
            community_id=community,
            number=await next_number(db, community),
            office=office,
            receiver=receiver,
            matter=matter,
            kind="walk_in",
            state="arrived",
            day=day.isoformat(),
            hall_letter=letter,
            hall_number=await next_hall_number(db, community, office, day, letter),
            name=name,
            for_other=False,
            booked_by=by,
            priority=priority,
            sequence=0,
            created_at=now,
            arrived_at=now,
        )
        .returning(appointments)
    )
    return visit_of(made.mappings().one())


async def arrive(db: AsyncConnection, community: str, visit_id: str, letter: str, now: datetime) -> Visit:
    """The booked person came, on time or after they were given up. Raises UnknownVisit, NotNow.

    They get a number of `letter` where they have none yet.
    """
    visit = await _step(
        db, community, visit_id, ("booked", "no_show"), state="arrived", arrived_at=now, done_at=None
    )
    if visit.hall_letter is not None:
        return visit
    given = await db.execute(
        update(appointments)
        .where(appointments.c.id == visit.id)
        .values(
            hall_letter=letter,
            hall_number=await next_hall_number(db, community, visit.office, visit.day, letter),
        )
        .returning(appointments)
    )
    return visit_of(given.mappings().one())


async def call(
    db: AsyncConnection, community: str, visit_id: str, room: str, by: str, now: datetime
) -> Visit:
    """Call this one to a room. Raises UnknownVisit, NotNow."""
    visit = await _step(
        db,
        community,
        visit_id,
        ("arrived",),
        state="called",
        called_at=now,
        recalled_at=None,
        called_room=room,
        called_by=by,
    )
    await _tell(db, visit, now)
    return visit


async def call_next(
    db: AsyncConnection,
    community: str,
    office: str,
    day: date,
    desk: Desk,
    room: str,
    by: str,
    now: datetime,
) -> Visit | None:
    """Call whoever is next for this desk; None where nobody waits. Two desks never call the same person."""
    for visit in queue(await of_day(db, community, office, day), now):
        if not desk.calls(visit):
            continue
        try:
            return await call(db, community, visit.id, room, by, now)
        except NotNow:
            continue
    return None


async def call_again(db: AsyncConnection, community: str, visit_id: str, now: datetime) -> Visit:
    """Call the same person once more; the screen shows them first. Raises UnknownVisit, NotNow."""
    visit = await _step(db, community, visit_id, ("called",), recalled_at=now)
    await _tell(db, visit, now)
    return visit


async def done(db: AsyncConnection, community: str, visit_id: str, now: datetime) -> Visit:
    """The visit is over. Raises UnknownVisit, NotNow."""
    return await _step(db, community, visit_id, ("called",), state="done", done_at=now)


async def no_show(db: AsyncConnection, community: str, visit_id: str, now: datetime) -> Visit:
    """They did not come: to the office, or into the room when called. Raises UnknownVisit, NotNow."""
    return await _step(db, community, visit_id, ("booked", "arrived", "called"), state="no_show", done_at=now)


async def back(db: AsyncConnection, community: str, visit_id: str, now: datetime) -> Visit:
    """Called by mistake, or given up too early: they wait again at the place they had. Raises UnknownVisit, NotNow."""
    visit = await by_id(db, community, visit_id)
    return await _step(
        db,
        community,
        visit_id,
        ("called", "done", "no_show"),
        state="arrived",
        arrived_at=visit.arrived_at or now,
        called_at=None,
        recalled_at=None,
        called_room=None,
        called_by=None,
        done_at=None,
    )


async def _step(
    db: AsyncConnection, community: str, visit_id: str, begins: tuple[State, ...], **values: Any
) -> Visit:
    changed = await db.execute(
        update(appointments)
        .where(
            appointments.c.community_id == community,
            appointments.c.id == visit_id,
            appointments.c.state.in_(begins),
        )
        .values(values)
        .returning(appointments)
    )
    row = changed.mappings().first()
    if row is None:
        raise NotNow(await by_id(db, community, visit_id))
    return visit_of(row)


async def _tell(db: AsyncConnection, visit: Visit, now: datetime) -> None:
    """Whoever wrote to us hears the call in their own channel too."""
    if visit.conversation_id is not None:
        facts = {"ticket": visit.hall, "room": visit.called_room or ""}
        await inbox.tell(db, visit.conversation_id, InternalEvent(name=CALLED, facts=facts, at=now))
