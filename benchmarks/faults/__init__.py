"""The fault bench: real processes under load while something is broken on purpose; counts what went in and came out."""
