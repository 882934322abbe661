"""`pryimalnia evaluate`: what the reception would do with each message, each as a conversation's first."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
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
from knowledge_base.understanding.evaluate import Row, summary

NOT_TOPICS = frozenset({"out-of-scope", "handoff", "danger"})


def evaluate(settings: Settings, file: Path, *, known_only: bool) -> None:
    """Print a JSON object a message, and the summary to standard error."""
    mind = knowledge.ready(settings, whole=True)
    rows: list[Row] = []
    for asked in _messages(file):
        if known_only and not _about_known(mind, asked):
            continue
        answered, seconds = _one(mind, asked)
        typer.echo(json.dumps(answered, ensure_ascii=False))
        rows.append(Row(asked=asked, answered=answered, seconds=seconds))
    typer.echo(summary(rows), err=True)
    sys.stdout.flush()


def _one(mind: Mind, asked: dict[str, Any]) -> tuple[dict[str, Any], float]:
    rehearsal = Rehearsal(mind, utc_now)
    start = time.perf_counter()
    turn = rehearsal.say(text_message(mind.knowledge.community.id, asked["text"], key=str(asked["id"])))
    seconds = time.perf_counter() - start
    meaning = mind.understanding.read([asked["text"]])[0]
    return evaluation_json(str(asked["id"]), turn, meaning), seconds


def _messages(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                asked = json.loads(line)
                _ = asked["id"], asked["text"]
            except (json.JSONDecodeError, KeyError, TypeError):
                raise StartFault(
                    f"{file}:{number}: a JSON object with id and text is needed on each line"
                ) from None
            yield asked


def _about_known(mind: Mind, asked: dict[str, Any]) -> bool:
    label = asked.get("label")
    return label in NOT_TOPICS or (isinstance(label, str) and mind.knowledge.resolve(label) is not None)
