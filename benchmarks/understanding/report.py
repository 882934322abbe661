"""What is printed, a Markdown table, and the same as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.understanding.figures import Figures
from benchmarks.understanding.processes import Contender

FORMAT = 1

COLUMNS = (
    "matcher", "spelling", "top-1", "top-3", "in/out AUC", "out of scope answered", "p50 ms", "p95 ms", "learning s",
    "MB learning", "MB answering",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One matcher. `figures`: medians of the runs, or None where it is `missing`, which says why.

    `top1_by_lang`: language -> (messages, share right), of the last run.
    """

    contender: Contender
    version: str | None
    figures: Figures | None
    top1_by_lang: Mapping[str, tuple[int, float]]
    missing: str | None = None


@dataclass(frozen=True)
class Machine:
    """What times depend on. `load`: of the last minute before the start. `others`: share of the cores that
    processes outside of the benchmark took meanwhile."""

    cores: int
    load: float
    others: float
    python: str
    node: str | None


@dataclass(frozen=True)
class Conditions:
    """What was learned from and asked, how often."""

    messages: str
    inside: int
    outside: int
    left_out: int
    topics: int
    rows: int
    rows_not_ours: int
    base_version: str
    runs: int


def table(lines: Sequence[Line]) -> Iterator[str]:
    """The rows of the Markdown table."""
    yield _row(COLUMNS)
    yield _row(["---"] * 2 + ["---:"] * (len(COLUMNS) - 2))
    for line in lines:
        named = " ".join([line.contender.title, *([line.version] if line.version else [])])
        if line.figures is None:
            yield _row(
                [named, line.contender.spelling, f"missing: {line.missing}", *[""] * (len(COLUMNS) - 3)]
            )
        else:
            yield _row([named, line.contender.spelling, *_cells(line.figures)])


def head(machine: Machine, conditions: Conditions) -> Iterator[str]:
    """What stands above the table."""
    node = f", Node {machine.node}" if machine.node else ""
    yield (
        f"{machine.cores} cores, load {machine.load:.1f} before the start, others took {machine.others:.0%} meanwhile, "
        f"Python {machine.python}{node}"
    )
    yield (
        f"learned from: {conditions.topics} topics, {conditions.rows} texts, {conditions.rows_not_ours} of them not "
        f"ours, base {conditions.base_version}"
    )
    yield (
        f"asked: {conditions.messages}, {conditions.inside} messages in scope, {conditions.outside} out of scope, "
        f"{conditions.left_out} left out; medians of {conditions.runs} runs"
    )


def as_json(machine: Machine, conditions: Conditions, lines: Sequence[Line]) -> dict[str, Any]:
    """The object that is written to the file."""
    return {
        "format": FORMAT,
        "machine": asdict(machine),
        "conditions": asdict(conditions),
        "matchers": [
            {
                "name": line.contender.name,
                "package": line.contender.package,
                "version": line.version,
                "spelling": line.contender.spelling,
                "missing": line.missing,
                "figures": None if line.figures is None else asdict(line.figures),
                "top1_by_lang": {
                    lang: {"messages": count, "top1": share}
                    for lang, (count, share) in line.top1_by_lang.items()
                },
            }
            for line in lines
        ],
    }


def _cells(one: Figures) -> list[str]:
    shares = (one.top1, one.top3, one.auc, one.wrongly_answered)
    times = (one.p50_ms, one.p95_ms)
    return [
        *("-" if share is None else f"{share:.3f}" for share in shares),
        *(f"{time:.2f}" for time in times),
        f"{one.learning_seconds:.1f}",
        f"{one.learning_megabytes:.0f}",
        f"{one.answering_megabytes:.0f}",
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
