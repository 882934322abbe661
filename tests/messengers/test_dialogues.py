"""The same golden dialogues in every messenger: what a citizen reads is what the script says, whatever the vendor."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversations.database import Database
from tests.dialogue.invented_register import written
from tests.messengers.dialogues import Dialogue, play, playable
from tests.messengers.stage import VENDORS, behind
from tests.turns.world import COMMUNITY

DIALOGUES = list(playable())


def test_most_dialogues_can_be_played() -> None:
    assert len(DIALOGUES) >= 50


@pytest.mark.parametrize("name", VENDORS)
async def test_every_dialogue_reads_the_same(name: str, sqlite_url: object, tmp_path: Path) -> None:
    database = Database(sqlite_url())  # type: ignore[operator]  # the fixture makes databases
    try:
        await written(database, COMMUNITY)
        async with behind(name, database, tmp_path) as place:
            performances = await play(DIALOGUES, place)
    finally:
        await database.close()
    failed = [f"{_title(one.dialogue)}: {one.fault}" for one in performances if one.fault]
    assert not failed, "\n".join(failed)
    assert [len(one.played) for one in performances] == [len(dialogue.turns) for dialogue in DIALOGUES]


def _title(dialogue: Dialogue) -> str:
    return f"{dialogue.file}: {dialogue.title}"
