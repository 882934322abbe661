"""What the engine wants to know of visits and to have done: free times, one's own visits, and the deeds.

A deed is done in the transaction of the turn that tells of it; asked for again by the same turn, it is the same deed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.turn import (
    BookVisit,
    ChangeVisit,
    DeedView,
    FreeTimes,
    MoveVisit,
    TimesView,
    VisitDeed,
    VisitsView,
    VisitView,
    WaitForTime,
)
from bots.turns.runtime import Runtime
from conversations.inbox import Claimed
from conversations.messages import AuthorKind
from handover.appointments import booking, reminders, slots, visits, waiting_list
from handover.appointments.booking import Refusal, Wish
from handover.appointments.visits import Visit
from knowledge_base.answers import HALL, Knowledge, Office


async def own(db: AsyncConnection, claimed: Claimed, knowledge: Knowledge, now: datetime) -> VisitsView:
    """The visits of a conversation that are yet to be, cancelled ones too."""
    found = await visits.of_conversation(db, claimed.id, now, ("booked", "cancelled"))
    late = await visits.usual_delay(db, claimed.ref.community, now)
    full = sum(one.state == "booked" for one in found) >= booking.OPEN_AT_MOST
    return VisitsView(tuple(_view(one, knowledge, now) for one in found), full, late)


async def free(
    db: AsyncConnection, claimed: Claimed, knowledge: Knowledge, wanted: FreeTimes, now: datetime
) -> TimesView:
    """The free times that were asked for; none of an office that takes no bookings."""
    zone = ZoneInfo(knowledge.community.timezone)
    office = _office(knowledge, wanted.office)
    ahead = office.visits.days_ahead if office is not None and office.visits is not None else 0
    till = now.astimezone(zone).date() + timedelta(days=ahead)
    if office is None:
        return TimesView(wanted, (), till)
    found = await slots.free(db, claimed.ref.community, office, wanted.receivers, wanted.matter, now, zone)
    return TimesView(wanted, tuple((one.starts_at, one.receiver) for one in found), till)


async def do(
    db: AsyncConnection, claimed: Claimed, knowledge: Knowledge, deed: VisitDeed, now: datetime
) -> DeedView:
    """Do what the turn wants done; what came of it."""
    done = await _done(db, claimed, knowledge, deed, now)
    if isinstance(done, Refusal):
        return DeedView(deed, refusal=done.value)
    return DeedView(deed, visit=_view(done, knowledge, now))


async def _done(
    db: AsyncConnection, claimed: Claimed, knowledge: Knowledge, deed: VisitDeed, now: datetime
) -> Visit | Refusal:
    zone = ZoneInfo(knowledge.community.timezone)
    if isinstance(deed, BookVisit):
        office = _office(knowledge, deed.office)
        if office is None:
            return Refusal.NOT_OPEN
        wish = Wish(
            community=claimed.ref.community,
            office=office,
            receivers=deed.receivers,
            matter=deed.matter,
            starts_at=deed.starts_at.astimezone(UTC),
            name=deed.name,
            conversation_id=claimed.id,
            phone=deed.phone,
            for_other=deed.for_other,
        )
        if deed.waiting is not None:
            return await waiting_list.accept(db, deed.waiting, wish, now, zone)
        return await booking.book(db, wish, now, zone)
    visit = await visits.numbered(db, claimed.id, deed.number)
    if visit is None:
        return Refusal.GONE
    if isinstance(deed, MoveVisit):
        office = _office(knowledge, visit.office)
        if office is None:
            return Refusal.NOT_OPEN
        return await booking.move(
            db, visit, office, deed.receivers, deed.starts_at.astimezone(UTC), now, zone
        )
    return await _change(db, visit, knowledge, deed, now)


async def _change(
    db: AsyncConnection, visit: Visit, knowledge: Knowledge, deed: ChangeVisit, now: datetime
) -> Visit | Refusal:
    match deed.what:
        case "cancel":
            return await booking.cancel(db, visit, now)
        case "confirm":
            return await booking.confirm(db, visit, now)
        case "priority":
            if deed.ground not in {one.id for one in knowledge.visit_grounds}:
                return Refusal.GONE
            return await booking.set_priority(db, visit, deed.ground)


async def wait(db: AsyncConnection, claimed: Claimed, effect: WaitForTime, now: datetime) -> None:
    """Put the person on the waiting list."""
    receiver = effect.receivers[0] if len(effect.receivers) == 1 else HALL
    days = (effect.from_day, effect.till_day)
    await waiting_list.join(
        db, claimed.ref.community, claimed.id, effect.office, receiver, effect.matter, days, now
    )


async def tend(runtime: Runtime, community: str) -> int:
    """Remind of visits that are near, and offer times that are free to those who wait; returns how many were told."""
    now = runtime.clock()
    mind = runtime.minds[community]
    zone = ZoneInfo(mind.knowledge.community.timezone)

    def reaches(channel: str, heard_at: datetime | None) -> bool:
        known = runtime.channels.get(channel)
        if known is None:
            return False
        closes_at = known.capabilities.closes_at(heard_at, AuthorKind.BOT)
        return closes_at is None or now < closes_at

    async with runtime.database.write() as db:
        told = await reminders.tell_due(db, community, now, zone, reaches)
    async with runtime.database.write() as db:
        knowledge = (await runtime.hours.over(db, mind, now)).knowledge
        offices = {one.id: one for one in knowledge.offices()}
        return told + await waiting_list.offer(db, community, offices, now, zone, reaches)


def _office(knowledge: Knowledge, office_id: str) -> Office | None:
    return next((one for one in knowledge.offices() if one.id == office_id), None)


def _view(visit: Visit, knowledge: Knowledge, now: datetime) -> VisitView:
    assert visit.starts_at is not None
    assert visit.ends_at is not None
    return VisitView(
        number=visit.number,
        office=visit.office,
        receiver=visit.receiver,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        room=visit.room,
        matter=visit.matter,
        hall=visit.hall,
        name=visit.name,
        for_other=visit.for_other,
        state=visit.state,
        sequence=visit.sequence,
        confirmed=visit.confirmed_at is not None,
        priority=visit.priority,
        uid=visit.id,
        reminded_at=reminders.next_reminder(visit.starts_at, now, ZoneInfo(knowledge.community.timezone)),
    )
