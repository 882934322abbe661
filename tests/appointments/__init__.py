"""Tests of visits: bookings under races, reminders, the waiting list, the calendar file."""
