"""The screen of an office's hall: numbers called, how long one waits, announcements. No sign-in, nobody's data."""
