"""Visits to the offices: booked times, walk-ins, reminders and who waits for an earlier time."""
