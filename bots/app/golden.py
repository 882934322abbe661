"""The gate of the golden messages: few wrong answers, and nobody served worse than in the report somebody accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import typer

from bots.app import knowledge
from bots.app.evaluation import answers, read_messages, told
from bots.app.faults import StartFault
from bots.app.settings import Settings
from bots.turns.minds import Mind
from conversations.clock import utc_now
from knowledge_base.understanding.evaluate import CLARIFY, MENU, Change, Row, changes, counted, summary

FOLDER = "golden"
REPORTS = "reports"
MOST_WRONG = 0.02
"""Of all golden messages, the share that may be answered directly and wrongly."""
EDGE = 0.01
"""A right topic of a menu this close to the first that is not in it may be gone on another machine."""


@dataclass(frozen=True)
class Judged:
    """What the golden messages came to. `faults`: why the state may not be published; empty where it may."""

    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
    faults: tuple[str, ...]


def run(settings: Settings, word: str | None) -> int:
    """Print the summary, what changed and every fault; with a word keep the report. Returns the exit code."""
    mind = knowledge.ready(settings, whole=True)
    judged = judge(settings, mind)
    typer.echo(summary(judged.rows))
    typer.echo(f"\n{told(judged.changes, len(judged.rows))}")
    if word is not None:
        typer.echo(f"\n{accept(settings, judged.rows, word, utc_now().date())} is what later states hold to")
        return 0
    for fault in judged.faults:
        typer.echo(f"\n{fault}")
    return 1 if judged.faults else 0


def golden_messages(content: Path, community: str) -> list[dict[str, Any]]:
    """The golden messages of the whole base and of the community. Raises StartFault for a bad line."""
    folders = (content / FOLDER, content / "communities" / community / FOLDER)
    return [
        asked
        for folder in folders
        for path in sorted(folder.glob("*.jsonl"))
        for asked in read_messages(path)
    ]


def judge(settings: Settings, mind: Mind) -> Judged:
    """The golden messages as this mind answers them, beside the accepted report. Raises StartFault."""
    asked = golden_messages(settings.content, settings.community)
    rows = tuple(Row(one, answered, seconds) for one, answered, seconds in answers(mind, asked))
    accepted = _accepted(report_of(settings), {str(one["id"]): one for one in asked})
    if accepted is None:
        fault = (
            f"{report_of(settings)} does not exist; `pryimalnia knowledge golden --accept WHO:WHY` writes it"
        )
        return Judged(rows, (), (fault,))
    changed = tuple(changes(accepted, rows))
    return Judged(rows, changed, tuple(_faults(rows, changed)))


def _faults(rows: Sequence[Row], changed: Sequence[Change]) -> Iterator[str]:
    wrong, of = counted(rows)["wrong_direct"]
    if wrong > MOST_WRONG * of:
        yield f"{wrong} of {of} golden messages are answered directly and wrongly, more than {MOST_WRONG:.0%}"
    broken = [one for one in changed if one.effect == "broken"]
    if broken:
        yield (
            f"{len(broken)} golden messages were served and are no more; mend it, or say why it is right: "
            "`pryimalnia knowledge golden --accept WHO:WHY`"
        )


def accept(settings: Settings, rows: Sequence[Row], word: str, on: date) -> Path:
    """Write what came as the report to hold to, with who said so and why. Raises StartFault for an empty word."""
    who, _, why = (part.strip() for part in word.partition(":"))
    if not who or not why:
        raise StartFault(
            "--accept needs who says so and why, for example: --accept 'Olena: the topic was split'"
        )
    path = report_of(settings)
    head = {"accepted_by": who, "because": why, "on": on.isoformat(), "mode": knowledge.mode(settings)}
    lines = [head, *(_line(row) for row in rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def report_of(settings: Settings) -> Path:
    """Where the report of this mode of reading is kept: beside the golden messages."""
    return settings.content / FOLDER / REPORTS / f"{knowledge.mode(settings)}.jsonl"


def _line(row: Row) -> dict[str, object]:
    answered = row.answered
    ranked = answered["ranked"][: MENU + 1 if row.decision == CLARIFY else 1]
    return {"id": str(row.asked["id"]), "decision": row.decision, "ranked": ranked}


def _accepted(path: Path, asked: Mapping[str, Mapping[str, Any]]) -> list[Row] | None:
    """The rows of the accepted report whose messages are still there and do not stand on an edge."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    rows = [Row(asked[one["id"]], one, 0.0) for one in map(json.loads, lines[1:]) if one["id"] in asked]
    return [row for row in rows if not _on_an_edge(row)]


def _on_an_edge(row: Row) -> bool:
    ranked = row.answered["ranked"]
    if row.decision != CLARIFY or len(ranked) <= MENU:
        return False
    right = [float(one["confidence"]) for one in ranked[:MENU] if one["id"] in row.accepted]
    return bool(right) and max(right) - float(ranked[MENU]["confidence"]) < EDGE
