"""What an office's screen shows at a moment: numbers, waits, announcements. No names, no matters, no phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments import slots, visits
from handover.appointments.letters import letter, letters, receiving
from handover.appointments.slots import Absence
from handover.appointments.visits import Visit
from handover.appointments.waiting import waits
from handover.calendars import calendars
from handover.calendars.hours import Calendar, is_open, next_opening, stretches
from handover.public_board.announcements import PAGES_AT_MOST, Announcement, announcements
from knowledge_base.answers import Knowledge, Office
from knowledge_base.language import clock, clock_when, day_and_month, near_day

State = Literal["normal", "alarm", "closed"]

CALLS = 4
"""Numbers on the screen: the newest large, three before it."""

WAITS = 6
"""Lines of waits that fit."""

BEFORE_OPENING = timedelta(minutes=30)
"""People gather in the hall before it opens: the screen is there for them."""

TITLE_AT_MOST = 34
WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "нд")
NO_ROOM = "кабінет"

_PAUSES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "alarm": (
        "Повітряна тривога",
        (
            "Прийом зупинено. Ідіть до укриття.",
            "Ваш номер збережено: після відбою продовжимо з того самого місця.",
        ),
    ),
    "power": (
        "Немає світла",
        ("Прийом зупинено.", "Ваш номер збережено: коли світло буде, продовжимо з того самого місця."),
    ),
}
_OTHER_PAUSE = (
    "Прийом зупинено",
    ("Спитайте працівника, коли продовжимо.", "Ваш номер збережено: продовжимо з того самого місця."),
)


@dataclass(frozen=True)
class Call:
    """A number that is called, `place` and `room` («кабінет», «3»), and when for the last time."""

    number: str
    place: str
    room: str
    called_at: datetime


@dataclass(frozen=True)
class LetterWait:
    """How long a newcomer waits for this letter, in minutes, 0 for at once; `people` are before them."""

    letter: str
    name: str
    people: int
    minutes: int


@dataclass(frozen=True)
class Message:
    """The words of a page that stands instead of the numbers."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Screen:
    """Everything on the screen; `at` is the moment it is of, in the office's own time."""

    office: str
    at: datetime
    state: State
    calls: Sequence[Call]
    waits: Sequence[LetterWait]
    announcements: Sequence[Announcement]
    message: Message | None

    def as_json(self, version: str) -> dict[str, Any]:
        """The answer of `/board/{office}/state`; `version` is that of the page that can show it."""
        offset = self.at.utcoffset() or timedelta()
        return {
            "version": version,
            "office": self.office,
            "at": self.at.isoformat(timespec="milliseconds"),
            "offset_minutes": int(offset.total_seconds() // 60),
            "day": day_line(self.at.date()),
            "clock": clock(self.at.time()),
            "state": self.state,
            "calls": [
                {
                    "number": call.number,
                    "place": call.place,
                    "room": call.room,
                    "called_at": call.called_at.isoformat(timespec="seconds"),
                }
                for call in self.calls
            ],
            "waits": [
                {"letter": one.letter, "name": one.name, "people": one.people, "minutes": one.minutes}
                for one in self.waits
            ],
            "announcements": [
                {"title": page.title, "lines": list(page.lines)} for page in self.announcements
            ],
            "message": None
            if self.message is None
            else {"title": self.message.title, "lines": list(self.message.lines)},
        }


def known_office(knowledge: Knowledge, office: str) -> Office | None:
    """The office whose hall has a screen. One whose address is told on the phone only has none."""
    offices = (knowledge.community.reception, *knowledge.offices())
    found = next((one for one in offices if one.id == office), None)
    return None if found is None or found.address_hidden else found


async def screen(db: AsyncConnection, knowledge: Knowledge, office: Office, now: datetime) -> Screen:
    """What the screen of this office shows now; four queries."""
    community = knowledge.community
    zone = ZoneInfo(community.timezone)
    local = now.astimezone(zone)
    calendar = await calendars.current(db, community.id, office, now)
    today = await visits.of_day(db, community.id, office.id, local.date())
    gone = await slots.absences(db, community.id, office.id, local.date(), local.date())
    pause = calendar.pause_at(now)
    state: State = "normal"
    message: Message | None = None
    if pause is not None:
        state, message = "alarm", Message(*_PAUSES.get(pause.kind, _OTHER_PAUSE))
    elif _is_over(calendar, today, now, zone):
        state, message = "closed", _closed(calendar, now, zone)
    pages = announcements(knowledge, office.id, now)
    if state == "normal" and (pages_break := _break(calendar, now, zone)) is not None:
        pages.insert(0, pages_break)
    return Screen(
        office=title(office),
        at=local,
        state=state,
        calls=() if state == "alarm" else calls(today, zone),
        waits=() if state != "normal" else letter_waits(calendar.office, today, gone, now, zone),
        announcements=pages[:PAGES_AT_MOST],
        message=message,
    )


def calls(today: Sequence[Visit], zone: ZoneInfo) -> list[Call]:
    """Whoever is called and still in the room, the newest call first."""
    called = [visit for visit in today if visit.state == "called" and visit.hall]
    called.sort(key=lambda visit: (visit.last_called_at or visit.created_at, visit.number), reverse=True)
    return [_call(visit, zone) for visit in called[:CALLS]]


def _call(visit: Visit, zone: ZoneInfo) -> Call:
    place, _, room = (visit.called_room or "").rpartition(" ")
    return Call(
        visit.hall, place or NO_ROOM, room, (visit.last_called_at or visit.created_at).astimezone(zone)
    )


def letter_waits(
    office: Office, today: Sequence[Visit], gone: Sequence[Absence], now: datetime, zone: ZoneInfo
) -> list[LetterWait]:
    """The letters anybody comes with today, in their order; where nobody does, those that are received today."""
    active = {visit.hall_letter for visit in today if visit.state != "cancelled"}
    shown = frozenset(one.sign for one in letters(office) if one.sign in active)
    shown = shown or receiving(office, now.astimezone(zone).date(), gone)
    signs = [one.sign for one in letters(office) if one.sign in shown][:WAITS]
    return [
        LetterWait(wait.letter, letter(office, wait.letter).name, wait.people, wait.minutes)
        for wait in waits(today, now, signs)
    ]


def title(office: Office) -> str:
    """The office and its street; its name alone where both do not fit."""
    parts = office.address.split(", ")
    street = ", ".join(part for part in parts if not part.startswith(("м.\u00a0", "м. ", "с. ", "смт ")))
    whole = f"{office.name}, {street}"
    return whole if street and len(whole) <= TITLE_AT_MOST else office.name


def day_line(today: date) -> str:
    """`вт, 24 листопада`."""
    return f"{WEEKDAYS[today.weekday()]}, {day_and_month(today)}"


def _is_over(calendar: Calendar, today: Sequence[Visit], now: datetime, zone: ZoneInfo) -> bool:
    """Whether nobody is received today any more, or yet; who waits or is called is seen to the end."""
    if any(visit.state in ("arrived", "called") for visit in today):
        return False
    planned = stretches(calendar.office, now.astimezone(zone).date(), zone)
    return not planned or now < planned[0][0] - BEFORE_OPENING or now >= planned[-1][1]


def _closed(calendar: Calendar, now: datetime, zone: ZoneInfo) -> Message:
    opens = next_opening(calendar, now, zone)
    if opens is None:
        return Message("Зачинено", ())
    local = opens.astimezone(zone)
    near = near_day(local.date(), now.astimezone(zone).date())
    return Message("Зачинено", (f"Відчинимо {near}, {clock_when(local.time())}.",))


def _break(calendar: Calendar, now: datetime, zone: ZoneInfo) -> Announcement | None:
    """The break that goes on now, told until when."""
    planned = stretches(calendar.office, now.astimezone(zone).date(), zone)
    if is_open(calendar, now, zone) or not planned or now < planned[0][0]:
        return None
    goes_on = next((opens for opens, _ in planned if opens > now), None)
    if goes_on is None:
        return None
    return Announcement("Перерва", (f"Перерва до {clock(goes_on.astimezone(zone).time())}",))
