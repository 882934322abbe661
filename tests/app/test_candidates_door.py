"""`pryimalnia knowledge candidates`: its JSON, and that nobody's name or number is in it."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from bots.app import house
from bots.app.settings import Settings
from conversations.clock import utc_now
from handover.tickets import tickets
from tests.app.conftest import Run

FIELDS = {"size": int, "reasons": dict, "proposed": str, "chosen": int, "examples": list, "last_at": str}


async def _kept(settings: Settings) -> None:
    async with house.database(settings) as database, database.write() as db:
        await tickets.note_unanswered(
            db,
            [
                tickets.Unanswered(
                    settings.community, None, text, ("eyasla",), utc_now(), "menu", "municipal-nanny"
                )
                for text in ("чи платять за няню", "чи платять за няню?")
            ],
        )


def test_groups_are_objects(run: Run, built_knowledge: Path, tmp_path: Path) -> None:
    shutil.copytree(built_knowledge, tmp_path / "knowledge")
    asyncio.run(_kept(Settings(folder=tmp_path)))
    done = run("knowledge", "candidates", "--json", PRYIMALNIA_FOLDER=str(tmp_path))
    assert done.returncode == 0, done.stderr
    (group,) = map(json.loads, done.stdout.splitlines())
    assert {key: type(value) for key, value in group.items()} == FIELDS
    assert (group["size"], group["proposed"], group["chosen"]) == (2, "municipal-nanny", 2)
    assert group["reasons"] == {"menu": 2}
    told = run("knowledge", "candidates", PRYIMALNIA_FOLDER=str(tmp_path)).stdout
    assert "municipal-nanny" in told


def test_nothing_kept_is_said(run: Run, tmp_path: Path) -> None:
    done = run("knowledge", "candidates", "--days", "7", PRYIMALNIA_FOLDER=str(tmp_path / "empty"))
    assert done.stdout.strip() == "nothing was asked in vain in 7 days"
    assert run("knowledge", "candidates", "--json", PRYIMALNIA_FOLDER=str(tmp_path / "empty")).stdout == ""
