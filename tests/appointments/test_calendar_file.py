"""The calendar file, read back: one uid, a sequence that grows, the office's own zone, a cancellation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from icalendar import Calendar

from bots.dialogue.sheet import CalendarEntry
from bots.printing.calendar_file import render
from conversations.attachments import recognise
from conversations.messages import AttachmentKind
from tests.appointments.offices import NOW, at

ENTRY = CalendarEntry(
    file_name="Запис 1",
    uid="0123abc",
    sequence=0,
    starts_at=at(25, 9, 20),
    ends_at=at(25, 9, 40),
    timezone="Europe/Kyiv",
    title="Прийом: Управління соцзахисту",
    place="вул. Липова, 12, кабінет 4",
    notes="Запис № 1.\nВізьміть: заява; паспорт, копія.",
    made_at=NOW,
)


def read(entry: CalendarEntry) -> Calendar:
    return Calendar.from_ical(render(entry))


def test_the_file_says_when_and_where() -> None:
    calendar = read(ENTRY)
    (event,) = calendar.events
    assert calendar["METHOD"] == "PUBLISH"
    assert event.start == ENTRY.starts_at
    assert event.end - event.start == timedelta(minutes=20)
    assert event.start.tzinfo is not None
    assert event.start.isoformat() == "2026-11-25T09:20:00+02:00"
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (ENTRY.title, ENTRY.place)
    assert str(event["DESCRIPTION"]) == ENTRY.notes
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Kyiv"]
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(hours=2)


def test_a_moved_visit_is_the_same_event_later() -> None:
    moved = replace(ENTRY, sequence=1, starts_at=at(26, 11), ends_at=at(26, 11, 20))
    (before,), (after,) = read(ENTRY).events, read(moved).events
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert after.start == at(26, 11)


def test_a_cancelled_visit_takes_itself_out() -> None:
    calendar = read(replace(ENTRY, sequence=2, cancelled=True))
    (event,) = calendar.events
    assert (calendar["METHOD"], event["STATUS"], int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 2)
    assert event["UID"] == read(ENTRY).events[0]["UID"]


def test_in_summer_the_wall_clock_is_the_offices() -> None:
    summer = replace(
        ENTRY,
        starts_at=ENTRY.starts_at.replace(year=2027, month=7),
        ends_at=ENTRY.ends_at.replace(year=2027, month=7),
    )
    assert read(summer).events[0].start.isoformat() == "2027-07-25T10:20:00+03:00"


def test_equal_visits_give_equal_files_that_the_store_knows() -> None:
    assert render(ENTRY) == render(ENTRY)
    assert recognise(render(ENTRY)) == (AttachmentKind.DOCUMENT, "text/calendar")
