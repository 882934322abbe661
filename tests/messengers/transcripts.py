"""Prints golden dialogues as citizens see them in each messenger: `python -m tests.messengers.transcripts [TITLE …]`.

Without titles, one of each kind; with `all`, every dialogue that can be played.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from conversations.database import Database, migrate
from tests.messengers.dialogues import Dialogue, Played, play, playable
from tests.messengers.stage import VENDORS, behind

USUAL = ("Перелік із номерами", "Передумали про дзвінок", "Із візочком", "Насильство вночі")


async def print_all(name: str, dialogues: Sequence[Dialogue], folder: Path) -> None:
    """Play the dialogues in one messenger and print what the screen shows."""
    url = f"sqlite+aiosqlite:///{folder / 'transcripts.sqlite'}"
    await migrate(url)
    database = Database(url)
    async with behind(name, database, folder) as place:
        for performance in await play(dialogues, place):
            print(f"\n## {name}: {performance.dialogue.title}\n")
            for turn in performance.played:
                _print(turn)
            if performance.fault:
                print(f"Not as the script says: {performance.fault}")
    await database.close()


def _print(turn: Played) -> None:
    print(f"> {turn.said}\n")
    for shown in turn.shown:
        edited = " (на місці попереднього)" if shown.edited else ""
        print(f"{shown.sender or 'бот'}{edited}:\n{shown.text}")
        if shown.buttons:
            print(" ".join(f"[{label}]" for label in shown.buttons))
        print()


def main() -> None:
    """Every messenger after another."""
    wanted = sys.argv[1:] or USUAL
    dialogues = [one for one in playable() if "all" in wanted or one.title in wanted]
    for name in VENDORS:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(print_all(name, dialogues, Path(folder)))


if __name__ == "__main__":
    main()
