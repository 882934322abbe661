"""How long a turn takes in memory: a button press, a free-text question, beside rapidfuzz over the same phrasings."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rapidfuzz import fuzz, process

from bots.app import knowledge
from bots.app.conversation import reference, text_message
from bots.app.settings import load
from bots.dialogue.turn import State
from bots.turns.rehearsal import Rehearsal
from conversations.messages import IncomingMessage, MessageKind
from knowledge_base.checks import CONTENT
from knowledge_base.library import Library

ROUNDS = 7
NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def main() -> None:
    """Print a table of medians in milliseconds a message."""
    with tempfile.TemporaryDirectory() as folder:
        mind = knowledge.ready(load({"PRYIMALNIA_FOLDER": folder}, Path(folder) / ".env"))
    library = mind.knowledge
    assert isinstance(library, Library)
    texts = _golden()
    phrasings = [text for topic in library.phrasings() for text in topic.phrasings]
    community = library.community.id

    def rehearse(events: list[IncomingMessage]) -> None:
        rehearsal = Rehearsal(mind, lambda: NOON, state=State(greeted=True))
        for event in events:
            rehearsal.say(event)

    presses = [
        IncomingMessage(
            ref=reference(community),
            event_key=str(number),
            kind=MessageKind.PRESS,
            choice_id=choice,
            sent_at=NOON,
        )
        for number, choice in enumerate(["m:menu", "m:life", "m:offices", "m:back"] * (len(texts) // 4))
    ]
    questions = [text_message(community, text, key=str(number)) for number, text in enumerate(texts)]
    rows = {
        "a button press": _milliseconds(lambda: rehearse(presses), len(presses)),
        "a free-text question, read and answered": _milliseconds(lambda: rehearse(questions), len(questions)),
        "the reading of it alone": _milliseconds(lambda: mind.understanding.read(texts), len(texts)),
        "peer: rapidfuzz token_set over the same phrasings": _milliseconds(
            lambda: [process.extractOne(text, phrasings, scorer=fuzz.token_set_ratio) for text in texts],
            len(texts),
        ),
    }
    peer = rows["peer: rapidfuzz token_set over the same phrasings"]
    print(f"{len(texts)} golden messages, {len(phrasings)} phrasings, median of {ROUNDS} rounds")
    for name, value in rows.items():
        print(f"{name:<52} {value:7.3f} ms   {value / peer:5.2f} x peer")


def _golden() -> list[str]:
    return [
        json.loads(line)["text"]
        for path in sorted((CONTENT / "golden").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def _milliseconds(work: Callable[[], object], messages: int) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000 / messages)
    return median(times)


if __name__ == "__main__":
    main()
