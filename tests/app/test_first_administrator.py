"""The administrator of the first start: made once, also when several processes start at one moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.app.accounts import first_administrator
from bots.app.settings import Settings
from conversations.database import Database
from handover.accounts import accounts


async def test_one_of_the_processes_that_start_together_makes_it(
    new_database_url: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database_url()
    settings = Settings(folder=tmp_path)
    looks = 0
    any_exist = accounts.any_exist

    async def none_yet(db: AsyncConnection) -> bool:
        """Each of the two looks before the other has written."""
        nonlocal looks
        looks += 1
        return False if looks <= 4 else await any_exist(db)

    monkeypatch.setattr(accounts, "any_exist", none_yet)
    databases = [Database(url), Database(url)]
    try:
        told = await asyncio.gather(*(first_administrator(one, settings) for one in databases))
        assert sum(password is not None for password in told) == 1
        async with databases[0].read() as db:
            assert await any_exist(db)
    finally:
        for one in databases:
            await one.close()
