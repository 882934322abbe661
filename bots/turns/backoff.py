"""How long to wait before trying a vendor again."""

from __future__ import annotations

import random
from datetime import timedelta

from conversations.outbox import FURTHEST_BY_OURSELVES

FIRST = timedelta(seconds=2)
LONGEST = FURTHEST_BY_OURSELVES


def backoff(attempts: int) -> timedelta:
    """Doubling from two seconds to five minutes, with a random part so that many do not come at once."""
    doubled: timedelta = FIRST * (1 << min(attempts, 10))
    return min(doubled, LONGEST) * random.uniform(0.5, 1.0)  # noqa: S311  # spreads retries, guards nothing
