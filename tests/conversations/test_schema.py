"""The schema: migrations build exactly what the tables say, on both databases, and refuse what they don't know."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, Connection, bindparam, select, text
from sqlalchemy.exc import DBAPIError

import conversations.tables
import handover.appointments.tables  # registers on the same metadata
import handover.tables  # noqa: F401  # registers on the same metadata
from conversations.compatibility import schema_compatibility
from conversations.database import Database, SchemaFault, UtcDateTime, metadata, migrate, revision


def differences(connection: Connection) -> list[Any]:
    def of_the_house(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return (kind, name) != ("table", schema_compatibility.name)

    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_object": of_the_house}
    )
    return list(compare_metadata(context, metadata))


async def test_migrations_build_what_the_tables_say(database: Database) -> None:
    async with database.read() as db:
        assert await db.run_sync(differences) == []


async def test_several_processes_may_migrate_at_once(new_database_url: Callable[..., str]) -> None:
    url = new_database_url(migrated=False)
    reached = await asyncio.gather(*(migrate(url) for _ in range(4)))
    assert len(set(reached)) == 1
    database = Database(url)
    async with database.read() as db:
        assert await revision(db) == reached[0]
    await database.close()


async def test_a_database_of_a_newer_version_is_refused(database: Database, database_url: str) -> None:
    async with database.write() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
        await db.execute(text("UPDATE schema_compatibility SET oldest_program = 'not-so-far'"))
    with pytest.raises(SchemaFault, match="from-the-future is unknown here; it needs revision not-so-far"):
        await migrate(database_url)


async def test_a_database_that_does_not_say_what_may_run_on_it_is_refused_too(
    database: Database, database_url: str
) -> None:
    async with database.write() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = 'from-elsewhere'"))
        await db.execute(text("DROP TABLE schema_compatibility"))
    with pytest.raises(SchemaFault, match=r"from-elsewhere is unknown here\)"):
        await migrate(database_url)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("mysql+aiomysql://host/name", "mysql"),
        ("not an address", "can't be read"),
        ("sqlite+aiosqlite://", "needs a file"),
        ("sqlite+aiosqlite:////nowhere/at/all.sqlite", "unable to open"),
    ],
)
async def test_an_unusable_address_is_one_clear_line(url: str, named: str) -> None:
    with pytest.raises(SchemaFault, match=named) as refusal:
        await migrate(url)
    assert "\n" not in str(refusal.value)


async def test_a_server_that_is_away_is_an_os_error() -> None:
    with pytest.raises(OSError, match=r"."):
        await migrate("postgresql+asyncpg://postgres@127.0.0.1:1/nothing")


async def test_what_is_read_may_not_be_changed(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.read() as db:
            await db.execute(text("DELETE FROM conversations"))


async def test_an_exception_takes_everything_back(database: Database, now: datetime) -> None:
    keys = conversations.tables.inbound_keys

    async def fail() -> None:
        async with database.write() as db:
            await db.execute(
                keys.insert().values(community_id="c", channel="web", bot="b", event_key="k", seen_at=now)
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as db:
        assert (await db.execute(select(keys))).all() == []


async def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    kyiv = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))
    async with database.read() as db:
        back = await db.scalar(select(bindparam("moment", kyiv, type_=UtcDateTime)))
    assert back == datetime(2026, 7, 1, 9, 0, 0, 123456, tzinfo=UTC)
    assert back.tzinfo is UTC


async def test_any_json_value_comes_back_as_it_was(database: Database) -> None:
    usual: dict[str, Any] = {"слово": "Їжак 🦔\n", "число": 2**63, "дріб": 0.1, "ніщо": [None, True, {}]}
    for value, back in ((usual, usual), ({"велике": 10**30}, {"велике": 1e30})):
        async with database.read() as db:
            assert await db.scalar(select(bindparam("value", value, type_=JSON))) == back


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="without a zone"):
        async with database.read() as db:
            await db.scalar(select(bindparam("moment", datetime(2026, 7, 1), type_=UtcDateTime)))


async def test_a_fresh_file_that_another_process_holds_is_waited_for(tmp_path: Path) -> None:
    """SQLite fails at once, whatever the time-out, where the journal's mode is to change and somebody writes."""
    file = tmp_path / "fresh.sqlite3"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    migrating = asyncio.create_task(migrate(f"sqlite+aiosqlite:///{file}"))
    # Until the migration has opened the file and met the lock.
    done, _ = await asyncio.wait({migrating}, timeout=1)
    assert not done
    holder.execute("ROLLBACK")
    holder.close()
    assert await migrating
