"""A small simulated morning: everybody ends in an outcome, and the report says what the log says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.morning.__main__ import DAY, main
from benchmarks.morning.day import Size, morning_of, play

SIZE = Size(contacts=24, calls=3, visits=14, specialists=5, rooms=2)


@pytest.mark.parametrize("seed", [1])
async def test_everybody_of_a_morning_ends_in_an_outcome(
    built_knowledge: Path, sqlite_url: Callable[..., str], tmp_path: Path, seed: int
) -> None:
    shutil.copytree(built_knowledge, tmp_path / "knowledge")
    begins, _ = morning_of(DAY)
    morning = await play(tmp_path, sqlite_url(), SIZE, seed, begins, begins + timedelta(minutes=40))
    found = morning.outcomes
    assert found.faults == []
    assert sum(found.contacts.values()) == SIZE.contacts
    assert found.contacts["consultation"] >= SIZE.calls
    assert found.hall.served + found.hall.no_shows >= SIZE.visits
    assert found.check.agrees


def test_an_option_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--databases", "oracle"])
    assert stopped.value.code == 2
    assert "'oracle' is none of sqlite, postgresql" in capsys.readouterr().err
