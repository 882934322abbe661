"""The workplace where much is kept: `python -m benchmarks.workplace [--only queue,reports,streams] [options]`.

Exit code 1 where a part found something wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from benchmarks.options import some_of
from benchmarks.workplace import pages, reports, streams

PARTS: dict[str, Callable[[Sequence[str]], int]] = {
    "queue": pages.main,
    "reports": reports.main,
    "streams": streams.main,
}


def main() -> int:
    """Run the parts one after the other; what is not an option of ours is theirs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workplace", description=__doc__)
    parser.add_argument("--only", type=some_of(tuple(PARTS)), default=list(PARTS))
    asked, theirs = parser.parse_known_args()
    if theirs and len(asked.only) > 1:
        parser.error("options of a part go with --only of that part")
    return max(PARTS[part](theirs) for part in asked.only)


if __name__ == "__main__":
    sys.exit(main())
