"""Plays ten people before the screener and says how soon it decides: `make bench-screener`."""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.screener import report
from benchmarks.screener.people import read_people
from benchmarks.screener.playing import Player
from bots.app import knowledge
from bots.app.settings import load
from knowledge_base.library import Library

HOUR = time(10, 0)


def main() -> None:
    """Print the table and the differences; write everything as JSON."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        mind = knowledge.ready(load({"PRYIMALNIA_FOLDER": folder}, Path(folder) / ".env"))
    library = mind.knowledge
    assert isinstance(library, Library)
    today, people = read_people(library.dictionary.facts)
    now = datetime.combine(today, HOUR, ZoneInfo(library.community.timezone))
    chosen = [person for person in people if person.id in options.only or not options.only]
    played = []
    for person in chosen:
        first = Player(mind, person, now)
        played.append(report.Played(first.play(), Player(mind, person, now).play()))
        if options.transcripts:
            options.transcripts.mkdir(parents=True, exist_ok=True)
            lines = "\n".join(f"{who}  {text}" for who, text in first.transcript)
            (options.transcripts / f"{person.id}.txt").write_text(lines, encoding="utf-8")
    print("\n".join([*report.table(played), "", *report.differences(played)]))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(
        json.dumps(report.as_json(played), ensure_ascii=False, indent=1), encoding="utf-8"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.screener", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="PERSON", help="only these people, by id")
    parser.add_argument("--json", type=Path, default=Path("var/screener.json"), metavar="FILE")
    parser.add_argument("--transcripts", type=Path, metavar="FOLDER", help="write every conversation down")
    return parser.parse_args()


if __name__ == "__main__":
    main()
