"""What can stop the benchmark, as one line with what to do."""

from __future__ import annotations


class BenchFault(Exception):
    """Something the benchmark needs is not there or has ended. The message is one line."""
