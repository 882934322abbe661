"""The house before the emulator, and the emulator alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.viber_stage import House, connected_house
from tests.contract.case_viber import PERSON, TOKEN
from tests.emulators.viber import ViberServer


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A connected house."""
    async with connected_house() as connected:
        yield connected


@pytest.fixture
async def viber() -> AsyncIterator[ViberServer]:
    """The emulator with a person who has written, and no bot."""
    server = ViberServer(TOKEN)
    await server.start()
    try:
        await server.write(PERSON, "так")
        yield server
    finally:
        await server.stop()
