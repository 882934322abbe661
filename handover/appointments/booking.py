"""Books, moves, cancels and confirms visits; no time is ever given twice. Connection first.

Everything that gives or takes time goes through `hold_calendar` first: those who book in a community come one after
another, so that limits are kept and nobody waits in a circle. The key of `appointment_units` would refuse the same time
even without it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.appointments import slots, units, visits
from handover.appointments.numbers import COUNTER, letter_of, next_hall_number, next_number
from handover.appointments.tables import appointment_units, appointments
from handover.appointments.visits import CITIZEN, Visit
from handover.tables import counters
from knowledge_base.answers import Office

OPEN_AT_MOST = 2
"""Visits to come that a conversation or a phone may have: one's own and one for somebody close. More is hoarding."""

CHANGES_A_DAY = 5
"""Moves and cancellations of a conversation in a day: enough to find one's time, too few to sweep a day's times."""


class Refusal(StrEnum):
    """Why a time was not given."""

    TAKEN = "taken"
    NOT_OPEN = "not_open"
    """Nobody receives then: closed, away, past, too soon or too far."""
    TOO_MANY = "too_many"
    TOO_OFTEN = "too_often"
    GONE = "gone"
    """The visit is not to be any more: it was, or is cancelled."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to book: one of these receivers of the office at this moment (UTC).

    `booked_by` is the account at the phone or the desk; then no conversation is needed, and no time ahead.
    `over_limit`: a senior specialist lets this person have more visits to come than others.
    """

    community: str
    office: Office
    receivers: tuple[str, ...]
    matter: str | None
    starts_at: datetime
    name: str
    conversation_id: str | None = None
    phone: str | None = None
    for_other: bool = False
    booked_by: str | None = None
    priority: str | None = None
    over_limit: bool = False


@dataclass(frozen=True)
class _Seat:
    receiver: str
    place: int
    ends_at: datetime


async def hold_calendar(db: AsyncConnection, community: str) -> None:
    """Whoever books in this community after us waits until our transaction is over."""
    statement = upsert(db, counters).values(community_id=community, name=COUNTER, value=0)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[counters.c.community_id, counters.c.name], set_={"value": counters.c.value}
        )
    )


async def book(db: AsyncConnection, wish: Wish, now: datetime, zone: ZoneInfo) -> Visit | Refusal:
    """Book a visit. The same wish of the same conversation again gives the visit it has already."""
    if already := await _booked_already(db, wish):
        return already
    if await _is_full(db, wish):
        # Whoever comes too late is told so without waiting for those who book.
        return Refusal.TAKEN
    await hold_calendar(db, wish.community)
    open_now = await _open_count(db, wish.community, wish.conversation_id, wish.phone, now)
    if open_now >= OPEN_AT_MOST and not wish.over_limit:
        return Refusal.TOO_MANY
    if wish.booked_by is None and await _changed_today(db, wish.conversation_id, now, zone) >= CHANGES_A_DAY:
        return Refusal.TOO_OFTEN
    visit_id = uuid.uuid4().hex
    seat = await _seat(db, wish, visit_id, now, zone)
    if isinstance(seat, Refusal):
        return seat
    day = wish.starts_at.astimezone(zone).date()
    letter = letter_of(wish.office, seat.receiver)
    position = wish.office.receiver(seat.receiver)
    made = await db.execute(
        insert(appointments)
        .values(
            id=visit_id,
            community_id=wish.community,
            number=await next_number(db, wish.community),
            office=wish.office.id,
            receiver=seat.receiver,
            room=position.room if position else None,
            place=seat.place,
            matter=wish.matter,
            kind="booked",
            state="booked",
            day=day.isoformat(),
            starts_at=wish.starts_at,
            ends_at=seat.ends_at,
            hall_letter=letter,
            hall_number=await next_hall_number(db, wish.community, wish.office.id, day, letter),
            conversation_id=wish.conversation_id,
            name=wish.name,
            phone=wish.phone,
            for_other=wish.for_other,
            booked_by=wish.booked_by,
            priority=wish.priority,
            sequence=0,
            created_at=now,
        )
        .returning(appointments)
    )
    return visits.visit_of(made.mappings().one())


async def move(
    db: AsyncConnection,
    visit: Visit,
    office: Office,
    receivers: Sequence[str],
    starts_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    by: str | None = None,
) -> Visit | Refusal:
    """Give a visit another time; its old one is free at once. `by` is the account at the desk, None for the person.

    Moved to where it stands, it stays as it is. Where the new time can't be had, the old one stays.
    """
    await hold_calendar(db, visit.community)
    current = await visits.get(db, visit.community, visit.id)
    if current is None or current.state != "booked" or current.starts_at is None or current.starts_at <= now:
        return Refusal.GONE
    if current.starts_at == starts_at and current.receiver in receivers:
        return current
    if by is None and await _changed_today(db, current.conversation_id, now, zone) >= CHANGES_A_DAY:
        return Refusal.TOO_OFTEN
    wish = Wish(visit.community, office, tuple(receivers), visit.matter, starts_at, visit.name, booked_by=by)
    # Its own time counts as free: «на пів години пізніше» may overlap with it.
    kept = await units.of(db, visit.id)
    await units.let_go(db, visit.id)
    seat = await _seat(db, wish, visit.id, now, zone)
    if isinstance(seat, Refusal):
        await db.execute(insert(appointment_units), kept)
        return seat
    day = starts_at.astimezone(zone).date()
    letter, number = current.hall_letter, current.hall_number
    if day != current.day or letter != letter_of(office, seat.receiver):
        letter = letter_of(office, seat.receiver)
        number = await next_hall_number(db, visit.community, office.id, day, letter)
    position = office.receiver(seat.receiver)
    moved = await db.execute(
        update(appointments)
        .where(appointments.c.id == visit.id)
        .values(
            office=office.id,
            receiver=seat.receiver,
            room=position.room if position else None,
            place=seat.place,
            day=day.isoformat(),
            starts_at=starts_at,
            ends_at=seat.ends_at,
            hall_letter=letter,
            hall_number=number,
            sequence=appointments.c.sequence + 1,
            moved_at=now,
            confirmed_at=None,
            reminded_day_at=None,
            reminded_hours_at=None,
        )
        .returning(appointments)
    )
    return visits.visit_of(moved.mappings().one())


async def cancel(db: AsyncConnection, visit: Visit, now: datetime, by: str | None = None) -> Visit | Refusal:
    """Cancel a visit that is yet to be; its time is free at once. `by` is the account at the desk.

    Cancelled twice it stays cancelled. The person can always cancel: a time that nobody comes to helps nobody.
    """
    await hold_calendar(db, visit.community)
    cancelled = await db.execute(
        update(appointments)
        .where(appointments.c.id == visit.id, appointments.c.state == "booked")
        .values(
            state="cancelled",
            cancelled_at=now,
            cancelled_by=by or CITIZEN,
            sequence=appointments.c.sequence + 1,
        )
        .returning(appointments)
    )
    row = cancelled.mappings().first()
    if row is None:
        current = await visits.get(db, visit.community, visit.id)
        return current if current is not None and current.state == "cancelled" else Refusal.GONE
    await units.let_go(db, visit.id)
    return visits.visit_of(row)


async def confirm(db: AsyncConnection, visit: Visit, now: datetime) -> Visit | Refusal:
    """The person says that they come."""
    confirmed = await db.execute(
        update(appointments)
        .where(appointments.c.id == visit.id, appointments.c.state == "booked")
        .values(confirmed_at=func.coalesce(appointments.c.confirmed_at, now))
        .returning(appointments)
    )
    row = confirmed.mappings().first()
    return Refusal.GONE if row is None else visits.visit_of(row)


async def set_priority(db: AsyncConnection, visit: Visit, ground: str | None) -> Visit | Refusal:
    """Mark on what ground of the law the person goes first; None takes the mark away."""
    marked = await db.execute(
        update(appointments)
        .where(appointments.c.id == visit.id, appointments.c.state.in_(("booked", "arrived")))
        .values(priority=ground)
        .returning(appointments)
    )
    row = marked.mappings().first()
    return Refusal.GONE if row is None else visits.visit_of(row)


async def erase(db: AsyncConnection, conversation_id: str, now: datetime) -> None:
    """A person is forgotten: visits to come are cancelled and free, those that were bear no name any more."""
    to_come = select(appointments.c.id).where(
        appointments.c.conversation_id == conversation_id, appointments.c.state == "booked"
    )
    await db.execute(delete(appointment_units).where(appointment_units.c.held_by.in_(to_come)))
    await db.execute(
        update(appointments)
        .where(appointments.c.conversation_id == conversation_id, appointments.c.state == "booked")
        .values(state="cancelled", cancelled_at=now, cancelled_by=CITIZEN)
    )
    await db.execute(
        update(appointments)
        .where(appointments.c.conversation_id == conversation_id)
        .values(name="", phone=None, priority=None)
    )


async def _booked_already(db: AsyncConnection, wish: Wish) -> Visit | None:
    if wish.conversation_id is None:
        return None
    found = await visits.find(
        db,
        appointments.c.conversation_id == wish.conversation_id,
        appointments.c.state == "booked",
        appointments.c.office == wish.office.id,
        appointments.c.starts_at == wish.starts_at,
        appointments.c.name == wish.name,
        appointments.c.for_other == wish.for_other,
    )
    return found[0] if found else None


async def _is_full(db: AsyncConnection, wish: Wish) -> bool:
    """Whether all places of all receivers are taken when the visit would begin."""
    rows = await db.execute(
        select(appointment_units.c.receiver, func.count().label("taken"))
        .where(
            appointment_units.c.community_id == wish.community,
            appointment_units.c.office == wish.office.id,
            appointment_units.c.receiver.in_(wish.receivers),
            appointment_units.c.at == wish.starts_at,
        )
        .group_by(appointment_units.c.receiver)
    )
    taken = {row.receiver: row.taken for row in rows}
    return all(
        0 < slots.places_of(wish.office, receiver) <= taken.get(receiver, 0) for receiver in wish.receivers
    )


async def _open_count(
    db: AsyncConnection, community: str, conversation_id: str | None, phone: str | None, now: datetime
) -> int:
    whose: list[ColumnElement[bool]] = []
    if conversation_id is not None:
        whose.append(appointments.c.conversation_id == conversation_id)
    if phone is not None:
        whose.append(appointments.c.phone == phone)
    if not whose:
        return 0
    count = await db.scalar(
        select(func.count())
        .select_from(appointments)
        .where(
            appointments.c.community_id == community,
            or_(*whose),
            appointments.c.state == "booked",
            appointments.c.ends_at > now,
        )
    )
    return count or 0


async def _changed_today(
    db: AsyncConnection, conversation_id: str | None, now: datetime, zone: ZoneInfo
) -> int:
    """Moves and cancellations of the person since midnight; a visit moved today counts with all its moves."""
    if conversation_id is None:
        return 0
    midnight = slots.moment(now.astimezone(zone).date(), 0, zone)
    count = await db.scalar(
        select(func.coalesce(func.sum(appointments.c.sequence), 0)).where(
            appointments.c.conversation_id == conversation_id,
            or_(
                appointments.c.moved_at >= midnight,
                (appointments.c.cancelled_at >= midnight) & (appointments.c.cancelled_by == CITIZEN),
            ),
        )
    )
    return int(count or 0)


async def _seat(
    db: AsyncConnection, wish: Wish, holder: str, now: datetime, zone: ZoneInfo
) -> _Seat | Refusal:
    """Take the time for `holder` with the first receiver and place that are free then."""
    refusal = Refusal.NOT_OPEN
    rules = wish.office.visits
    if rules is None:
        return refusal
    ahead = timedelta(0) if wish.booked_by else timedelta(minutes=rules.lead_minutes)
    day = wish.starts_at.astimezone(zone).date()
    last = now.astimezone(zone).date() + timedelta(days=rules.days_ahead)
    if wish.starts_at < now + ahead or day > last:
        return refusal
    gone = await slots.absences(db, wish.community, wish.office.id, day, day)
    for receiver in wish.receivers:
        away = [one.minutes for one in gone if one.receiver == receiver]
        known = {
            slots.moment(day, begins, zone): slots.moment(day, ends, zone)
            for begins, ends in slots.starts(wish.office, receiver, day, wish.matter, away)
        }
        if (ends_at := known.get(wish.starts_at)) is None:
            continue
        refusal = Refusal.TAKEN
        for place in range(1, slots.places_of(wish.office, receiver) + 1):
            slot = slots.Slot(receiver, wish.starts_at, ends_at)
            if await units.take(db, wish.community, wish.office.id, slot, place, holder):
                return _Seat(receiver, place, ends_at)
    return refusal
