"""The channel before the emulator, with one person who has opened the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.telegram_stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The stage on which `olena` may be written to."""
    async with staged() as opened:
        await opened.vendor.open_chat("olena")
        yield opened
