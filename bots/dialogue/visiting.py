"""What a booking needs to know on its way: the plan as it grows, who takes a matter, times as they are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from bots.dialogue import moments, places
from bots.dialogue.scene import Setting
from bots.dialogue.skills import referral
from bots.dialogue.texts import say
from bots.dialogue.turn import VisitView
from knowledge_base.answers import HALL, Office
from knowledge_base.language import MONTHS, clock_when
from knowledge_base.understanding.meaning import Facet

MATTER, OFFICE, WHO, DAY, TIME, NAME = "matter", "office", "who", "day", "time", "name"
OPEN = frozenset({MATTER, OFFICE, WHO, DAY, TIME, NAME})
"""Steps at which a booking waits for an answer."""
DEPARTMENT = "department"
SHORT_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "нд")


@dataclass(frozen=True)
class Plan:
    """A booking as far as it is known. `part` are minutes of a day; `starts_at` (UTC) the time that was chosen.

    `number` is the visit that is being moved; `waiting` the offer that is being taken up.
    """

    matter: str | None = None
    office: str | None = None
    receivers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    part: tuple[int, int] | None = None
    at: time | None = None
    starts_at: datetime | None = None
    name: str | None = None
    phone: str | None = None
    for_other: bool = False
    number: int | None = None
    waiting: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The plan as JSON values; what is not known is left out."""
        known = {
            "matter": self.matter,
            "office": self.office,
            "receivers": list(self.receivers) or None,
            "days": [day.isoformat() for day in self.days] or None,
            "part": list(self.part) if self.part else None,
            "at": self.at.isoformat("minutes") if self.at else None,
            "starts_at": self.starts_at.isoformat() if self.starts_at else None,
            "name": self.name,
            "phone": self.phone,
            "for_other": self.for_other or None,
            "number": self.number,
            "waiting": self.waiting,
        }
        return {name: value for name, value in known.items() if value is not None}


def plan_of(facts: Mapping[str, Any]) -> Plan:
    """The plan that was remembered; what can't be read is left out."""
    number = facts.get("number")
    return Plan(
        matter=_text(facts, "matter"),
        office=_text(facts, "office"),
        receivers=tuple(one for one in _list(facts, "receivers") if isinstance(one, str)),
        days=tuple(day for one in _list(facts, "days") if (day := _day(one)) is not None),
        part=_part(facts.get("part")),
        at=_time(facts.get("at")),
        starts_at=moment_of(facts.get("starts_at")),
        name=_text(facts, "name"),
        phone=_text(facts, "phone"),
        for_other=facts.get("for_other") is True,
        number=number if isinstance(number, int) and not isinstance(number, bool) else None,
        waiting=_text(facts, "waiting"),
    )


def moment_of(value: object) -> datetime | None:
    """A moment as JSON carries it; None for what is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def visit_of(facts: object) -> VisitView | None:
    """A visit as an event of the house carries it; None for what is none."""
    if not isinstance(facts, Mapping):
        return None
    starts_at, ends_at = moment_of(facts.get("starts_at")), moment_of(facts.get("ends_at"))
    number, office = facts.get("number"), facts.get("office")
    if starts_at is None or ends_at is None or not isinstance(number, int) or not isinstance(office, str):
        return None
    return VisitView(
        number=number,
        office=office,
        receiver=_text(facts, "receiver") or HALL,
        starts_at=starts_at,
        ends_at=ends_at,
        room=_text(facts, "room"),
        matter=_text(facts, "matter"),
        hall=_text(facts, "hall") or "",
        for_other=facts.get("for_other") is True,
        state=_text(facts, "state") or "booked",
    )


def bookable(setting: Setting) -> list[Office]:
    """The offices that take bookings, the reception first."""
    reception = setting.knowledge.community.reception.id
    known = [one for one in setting.knowledge.offices() if one.visits and not one.address_hidden]
    return sorted(known, key=lambda office: office.id != reception)


def office_of(setting: Setting, office_id: str | None) -> Office | None:
    """The office of this id, whether it takes bookings or not."""
    return next((one for one in setting.knowledge.offices() if one.id == office_id), None)


def offices_for(setting: Setting, matter: str) -> list[Office]:
    """Where one can be booked about an entry: where somebody is there for it, else where its answer sends to.

    None where that place takes no bookings.
    """
    known = bookable(setting)
    card = setting.card(matter)
    if own := [one for one in known if any(matter in seat.serves for seat in one.receivers)]:
        return own
    if card is None or referral.is_referral(card):
        return []
    told = setting.knowledge.facet_text(matter, Facet.WHERE, setting.now) or card.where or ""
    sent = [one for one in setting.knowledge.offices() if not one.address_hidden and one.address in told]
    if sent:
        return [one for one in sent if one.visits and one.visits.hall]
    return [one for one in known if DEPARTMENT in one.serves and one.visits and one.visits.hall]


def sent_to(setting: Setting, matter: str) -> Office | None:
    """The place that the answer about an entry sends to, where it names one."""
    told = setting.knowledge.facet_text(matter, Facet.WHERE, setting.now) or ""
    return next(
        (one for one in setting.knowledge.offices() if not one.address_hidden and one.address in told), None
    )


def when(setting: Setting, starts_at: datetime) -> str:
    """`завтра, 25 листопада, о 10:00`, `у середу, 2 грудня, об 11:40`."""
    local = setting.local(starts_at)
    day = moments.day_when(setting, local.date())
    return f"{day}{',' if ',' in day else ''} {clock_when(local.time())}"


def day_begun(setting: Setting, day: date) -> str:
    """`Сьогодні`, `У середу, 2 грудня,`: a day as a sentence begins."""
    said = moments.begun(moments.day_when(setting, day))
    return f"{said}," if "," in said else said


def where(office: Office, receiver: str, room: str | None = None) -> str:
    """`вул. Липова, 12, кабінет 4`."""
    position = office.receiver(receiver)
    room = room or (position.room if position else None)
    return say("visit-room", address=office.address, room=room) if room else office.address


def day_label(day: date, today: date) -> str:
    """`завтра`, `ср, 25 листопада`: a day on a button."""
    if day == today:
        return say("visit-today")
    return f"{SHORT_WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]}"


def spread(times: Sequence[datetime], count: int) -> list[datetime]:
    """As many of these times, from the first to the last of them, evenly."""
    if len(times) <= count:
        return list(times)
    step = (len(times) - 1) / (count - 1)
    return [times[round(step * number)] for number in range(count)]


def nearest(times: Sequence[datetime], wanted: datetime, count: int) -> list[datetime]:
    """The times next to the one that was wanted, in order."""
    near = sorted(times, key=lambda one: (abs(one - wanted), one))[:count]
    return sorted(near)


def labels(offices: Sequence[Office]) -> dict[str, str]:
    """A button's label for each office."""
    return places.labels(offices)


def _text(facts: Mapping[str, Any], name: str) -> str | None:
    value = facts.get(name)
    return value if isinstance(value, str) and value else None


def _list(facts: Mapping[str, Any], name: str) -> list[Any]:
    value = facts.get(name)
    return value if isinstance(value, list) else []


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _time(value: object) -> time | None:
    try:
        return time.fromisoformat(value).replace(tzinfo=None) if isinstance(value, str) else None
    except ValueError:
        return None


def _part(value: object) -> tuple[int, int] | None:
    match value:
        case [int(begins), int(ends)]:
            return begins, ends
        case _:
            return None
