"""A visit as an iCalendar file (RFC 5545): its uid stays, its sequence grows, a cancelled one takes itself out again.

Equal entries give equal bytes: nothing here looks at a clock.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress

from bots.dialogue.sheet import CalendarEntry

MEDIA_TYPE = "text/calendar"
ENDING = ".ics"
PRODUCT = "-//Pryimalnia//visits//UK"
REMIND_BEFORE = timedelta(hours=2)
UID_DOMAIN = "pryimalnia"


def render(entry: CalendarEntry) -> bytes:
    """The file: METHOD PUBLISH, or CANCEL for a visit that is not to be."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    zone = ZoneInfo(entry.timezone)
    event = Event()
    event.add("uid", f"{entry.uid}@{UID_DOMAIN}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.made_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.notes)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    # A cancellation has to name whose event it is.
    event["organizer"] = vCalAddress("invalid:nomail")
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -REMIND_BEFORE)
        event.add_component(alarm)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written
