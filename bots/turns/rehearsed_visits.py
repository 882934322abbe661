"""Visits of one conversation in memory: the same times and rules as in the house, without a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bots.dialogue.turn import (
    BookVisit,
    ChangeVisit,
    DeedView,
    FreeTimes,
    MoveVisit,
    TimesView,
    View,
    VisitDeed,
    VisitsView,
    VisitView,
)
from handover.appointments import reminders, slots
from handover.appointments.booking import OPEN_AT_MOST
from handover.appointments.numbers import letter_of
from handover.appointments.slots import Slot
from knowledge_base.answers import Knowledge, Office


@dataclass
class RehearsedVisits:
    """The visits that were booked here, and the beginnings (UTC) of times that are `taken` by others."""

    visits: list[VisitView] = field(default_factory=list)
    taken: set[datetime] = field(default_factory=set)
    full_days: set[date] = field(default_factory=set)

    def own(self, view: View) -> View:
        """The view with the visits of this conversation."""
        return replace(view, visits=VisitsView(tuple(self.visits), self._is_full()))

    def free(self, view: View, wanted: FreeTimes, knowledge: Knowledge, now: datetime) -> View:
        """The view with the free times that were asked for."""
        zone = ZoneInfo(knowledge.community.timezone)
        office = _office(knowledge, wanted.office)
        ahead = office.visits.days_ahead if office and office.visits else 0
        till = now.astimezone(zone).date() + timedelta(days=ahead)
        times = (
            sorted((one.starts_at, one.receiver) for one in self._slots(office, wanted, now, zone))
            if office
            else ()
        )
        return replace(view, times=TimesView(wanted, tuple(times), till))

    def do(self, view: View, deed: VisitDeed, knowledge: Knowledge, now: datetime) -> View:
        """The view after a deed."""
        return replace(view, deed=self._done(deed, knowledge, now))

    def _slots(self, office: Office, wanted: FreeTimes, now: datetime, zone: ZoneInfo) -> Iterator[Slot]:
        if office.visits is None:
            return
        today, earliest = now.astimezone(zone).date(), now + timedelta(minutes=office.visits.lead_minutes)
        for receiver in wanted.receivers:
            for ahead in range(office.visits.days_ahead + 1):
                day = today + timedelta(days=ahead)
                for begins, ends in slots.starts(office, receiver, day, wanted.matter):
                    slot = Slot(receiver, slots.moment(day, begins, zone), slots.moment(day, ends, zone))
                    busy = slot.starts_at in self.taken or day in self.full_days
                    if slot.starts_at >= earliest and not busy and self._has_place(office, slot):
                        yield slot

    def _has_place(self, office: Office, slot: Slot) -> bool:
        there = sum(
            one.state == "booked"
            and (one.office, one.receiver) == (office.id, slot.receiver)
            and one.starts_at < slot.ends_at
            and slot.starts_at < one.ends_at
            for one in self.visits
        )
        return there < slots.places_of(office, slot.receiver)

    def _done(self, deed: VisitDeed, knowledge: Knowledge, now: datetime) -> DeedView:
        if isinstance(deed, BookVisit):
            return self._book(deed, knowledge, now)
        index = next((place for place, one in enumerate(self.visits) if one.number == deed.number), None)
        if index is None or self.visits[index].state != "booked":
            return DeedView(deed, refusal="gone")
        visit = self.visits[index]
        match deed:
            case MoveVisit():
                return self._move(index, deed, knowledge, now)
            case ChangeVisit(what="cancel"):
                visit = replace(visit, state="cancelled", sequence=visit.sequence + 1)
            case ChangeVisit(what="confirm"):
                visit = replace(visit, confirmed=True)
            case _:
                visit = replace(visit, priority=deed.ground)
        self.visits[index] = visit
        return DeedView(deed, visit=visit)

    def _is_full(self) -> bool:
        return sum(one.state == "booked" for one in self.visits) >= OPEN_AT_MOST

    def _book(self, deed: BookVisit, knowledge: Knowledge, now: datetime) -> DeedView:
        if self._is_full():
            return DeedView(deed, refusal="too_many")
        office = _office(knowledge, deed.office)
        wanted = FreeTimes(deed.office, deed.receivers, deed.matter)
        slot = self._slot(office, wanted, deed.starts_at, knowledge, now)
        if slot is None or office is None:
            return DeedView(deed, refusal="taken")
        position = office.receiver(slot.receiver)
        number = len(self.visits) + 1
        visit = VisitView(
            number=number,
            office=office.id,
            receiver=slot.receiver,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            room=position.room if position else None,
            matter=deed.matter,
            hall=f"{letter_of(office, slot.receiver)} {number}",
            name=deed.name,
            for_other=deed.for_other,
            uid=f"rehearsed{number}",
        )
        visit = replace(visit, reminded_at=_reminded_at(visit, knowledge, now))
        self.visits.append(visit)
        return DeedView(deed, visit=visit)

    def _move(self, index: int, deed: MoveVisit, knowledge: Knowledge, now: datetime) -> DeedView:
        visit = self.visits[index]
        office = _office(knowledge, visit.office)
        wanted = FreeTimes(visit.office, deed.receivers, visit.matter)
        self.visits[index] = replace(visit, state="cancelled")
        slot = self._slot(office, wanted, deed.starts_at, knowledge, now)
        self.visits[index] = visit
        if slot is None:
            return DeedView(deed, refusal="taken")
        moved = replace(
            visit,
            receiver=slot.receiver,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            sequence=visit.sequence + 1,
        )
        self.visits[index] = replace(moved, reminded_at=_reminded_at(moved, knowledge, now))
        return DeedView(deed, visit=self.visits[index])

    def _slot(
        self, office: Office | None, wanted: FreeTimes, at: datetime, knowledge: Knowledge, now: datetime
    ) -> Slot | None:
        if office is None:
            return None
        zone = ZoneInfo(knowledge.community.timezone)
        found = self._slots(office, wanted, now, zone)
        return next((one for one in found if one.starts_at == at.astimezone(UTC)), None)


def _reminded_at(visit: VisitView, knowledge: Knowledge, now: datetime) -> datetime | None:
    zone = ZoneInfo(knowledge.community.timezone)
    return reminders.next_reminder(visit.starts_at, now, zone)


def _office(knowledge: Knowledge, office_id: str) -> Office | None:
    return next((one for one in knowledge.offices() if one.id == office_id), None)
