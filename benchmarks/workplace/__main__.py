"""`python -m benchmarks.workplace [--only reports] [--conversations 100,100000]`: parts of the workplace under much."""

from __future__ import annotations

import argparse

from benchmarks.options import count, some_of
from benchmarks.workplace import reports

PARTS = {"reports": reports.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workplace", description=__doc__)
    parser.add_argument("--only", type=some_of(tuple(PARTS)), default=list(PARTS))
    parser.add_argument(
        "--conversations",
        type=lambda given: [count(one) for one in given.split(",")],
        default=[100, 100_000],
    )
    parser.add_argument("--repetitions", type=count, default=7)
    asked = parser.parse_args()
    for part in asked.only:
        PARTS[part](asked.conversations, asked.repetitions)


if __name__ == "__main__":
    main()
