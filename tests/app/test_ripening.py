"""The understanding ripens beside the reception: what fails there is told, and stops nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from bots.app import knowledge
from bots.app.ripening import ripening
from bots.app.settings import Settings
from bots.turns.minds import Minds


async def test_a_fault_neither_stops_the_reception_nor_its_closing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Settings) -> bool:
        raise OSError("the disk is gone")

    monkeypatch.setattr(knowledge, "is_whole", broken)
    with caplog.at_level(logging.ERROR, logger="bots.app.ripening"):
        async with ripening(Settings(), Minds({})):
            await _until(lambda: bool(caplog.records))
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_what_is_whole_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Settings] = []
    monkeypatch.setattr(knowledge, "is_whole", lambda settings: asked.append(settings) or True)
    monkeypatch.setattr(knowledge, "ready", lambda _: pytest.fail("nothing has to be loaded anew"))
    async with ripening(Settings(), Minds({})):
        await _until(lambda: bool(asked))


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # what happens in a thread sets no event of ours
            await asyncio.sleep(0.01)
