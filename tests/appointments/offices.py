"""An invented office that takes bookings, and short ways to say when and what."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from handover.appointments.booking import Wish
from knowledge_base.answers import HALL, Interval, Office, Receiver, VisitRules

COMMUNITY = "sample"
KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # Tuesday, 10:30 in Kyiv
SUBSIDY, PENSION = "housing-subsidy", "pension"
WORKDAYS = tuple(
    Interval(day, *hours) for day in range(5) for hours in ((time(9), time(12)), (time(13), time(17)))
)
OFFICE = Office(
    id="main",
    name="Управління",
    address="вул. Липова, 12",
    phone="0 800 000 001",
    hours=WORKDAYS,
    hours_text="у будні",
    serves=frozenset({"department"}),
    closed_on=frozenset({date(2026, 11, 27)}),
    receivers=(
        Receiver(
            id="subsidies",
            position="Спеціаліст із субсидій",
            hours=(Interval(2, time(9), time(12)), Interval(3, time(11), time(14))),
            hours_text="у середу",
            room="6",
            serves=frozenset({SUBSIDY, "debt"}),
            minutes=20,
            longer=(("debt", 40),),
            letter="С",
        ),
        Receiver(
            id="pensions",
            position="Спеціаліст із пенсій",
            hours=(Interval(2, time(9), time(10)),),
            hours_text="у середу",
            serves=frozenset({PENSION}),
            minutes=30,
            at_once=2,
        ),
    ),
    visits=VisitRules(minutes=20, days_ahead=14, lead_minutes=60, hall=2, letter="З"),
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 by the clock of Kyiv, as UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=KYIV).astimezone(UTC)


def wish(starts_at: datetime, receiver: str = HALL, **more: Any) -> Wish:
    """A wish to come; of the desk unless a conversation is named."""
    given: dict[str, Any] = {"matter": None, "name": "Галина", **more}
    return Wish(COMMUNITY, OFFICE, (receiver,), starts_at=starts_at, **given)
