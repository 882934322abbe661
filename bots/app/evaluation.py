"""`pryimalnia evaluate`: what the reception would do with each message, each as a conversation's first."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from bots.app import knowledge
from bots.app.conversation import text_message
from bots.app.doors import evaluation_json
from bots.app.faults import StartFault
from bots.app.settings import Settings
from bots.turns.minds import Mind
from bots.turns.rehearsal import Rehearsal
from conversations.clock import utc_now
from knowledge_base.understanding.evaluate import Change, Row, changes, summary

_OF_ANSWERS = ("id", "decision", "ranked")
NOT_TOPICS = frozenset({"out-of-scope", "handoff", "danger"})


def evaluate(settings: Settings, file: Path, *, known_only: bool, compare: Path | None = None) -> None:
    """Print a JSON object a message, and to standard error the summary and what changed since `compare`.

    Raises StartFault for a line that cannot be read.
    """
    earlier = (
        None if compare is None else {str(one["id"]): one for one in read_messages(compare, _OF_ANSWERS)}
    )
    mind = knowledge.ready(settings, whole=True)
    wanted = (asked for asked in read_messages(file) if not known_only or _about_known(mind, asked))
    rows: list[Row] = []
    for asked, answered, seconds in answers(mind, wanted):
        typer.echo(json.dumps(answered, ensure_ascii=False))
        rows.append(Row(asked, answered, seconds))
    typer.echo(summary(rows), err=True)
    if earlier is not None:
        before = [
            Row(row.asked, earlier[str(row.asked["id"])], 0.0)
            for row in rows
            if str(row.asked["id"]) in earlier
        ]
        typer.echo(f"\n{told(changes(before, rows), len(before))}", err=True)
    sys.stdout.flush()


def told(changed: Sequence[Change], of: int) -> str:
    """How many answers changed, and each of them."""
    counts = Counter(one.effect for one in changed)
    head = f"changed: {len(changed)} of {of}, mended {counts['mended']}, broken {counts['broken']}"
    return "\n".join([head, *(f"  {one}" for one in changed)])


def answers(
    mind: Mind, messages: Iterable[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any], float]]:
    """Each message with what the reception would do and how many seconds it took."""
    for asked in messages:
        yield asked, *_one(mind, asked)


def _one(mind: Mind, asked: dict[str, Any]) -> tuple[dict[str, Any], float]:
    rehearsal = Rehearsal(mind, utc_now)
    start = time.perf_counter()
    turn = rehearsal.say(text_message(mind.knowledge.community.id, asked["text"], key=str(asked["id"])))
    seconds = time.perf_counter() - start
    meaning = mind.understanding.read([asked["text"]])[0]
    return evaluation_json(str(asked["id"]), turn, meaning), seconds


def read_messages(file: Path, needed: Sequence[str] = ("id", "text")) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines. Raises StartFault for a line that is none or lacks what is needed."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                asked = json.loads(line)
                _ = [asked[name] for name in needed]
            except (json.JSONDecodeError, KeyError, TypeError):
                raise StartFault(
                    f"{file}:{number}: a JSON object with {', '.join(needed)} is needed on each line"
                ) from None
            yield asked


def _about_known(mind: Mind, asked: dict[str, Any]) -> bool:
    label = asked.get("label")
    return label in NOT_TOPICS or (isinstance(label, str) and mind.knowledge.resolve(label) is not None)
