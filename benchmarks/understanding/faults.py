"""What can stop the benchmark, or one matcher of it, as one line with what to do."""

from __future__ import annotations


class BenchFault(Exception):
    """Something the benchmark was given is wrong, or nothing can be measured. The message is one line."""


class Missing(Exception):
    """A matcher can't be measured here. The message says what it lacks."""
