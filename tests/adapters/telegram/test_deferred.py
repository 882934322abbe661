"""aiogram's models: none is built by the start, and each builds itself, with the types it is made of, when used."""

from __future__ import annotations

import subprocess
import sys

from tests.commands import ROOT

# Another test of this process may have loaded aiogram as it comes.
STARTED = """
import adapters.telegram.channel
from aiogram.types import Game, Update

built = [one.__name__ for one in (Game, Update) if one.__pydantic_complete__]
assert not built, built
photo = {"file_id": "1", "file_unique_id": "2", "width": 3, "height": 4}
game = Game.model_validate({"title": "a", "description": "b", "photo": [photo]})
assert type(game.photo[0]).__name__ == "PhotoSize"
assert Game.model_validate(game.model_dump()) == game
assert Game.__pydantic_complete__
"""


def test_a_start_builds_nothing_and_the_first_use_does() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
