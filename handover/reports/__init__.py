"""Figures about the reception's work, counted from the log and held against it."""
