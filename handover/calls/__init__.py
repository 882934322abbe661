"""The phone: a caller on the line and what is filed of the talk, and calls that were promised."""
