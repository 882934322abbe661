"""Whose fault a failure is: the database's, then the same again is right, or that of what was asked."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from benchmarks.faults.servers import limit_files
from conversations.database import Database, is_away


async def fault_of(database: Database, *statements: str) -> BaseException:
    try:
        async with database.write() as db:
            for statement in statements:
                await db.execute(text(statement))
    except (SQLAlchemyError, OSError) as fault:
        return fault
    pytest.fail("nothing was raised")


async def test_a_statement_that_is_wrong_is_not_the_databases_fault(database: Database) -> None:
    assert not is_away(await fault_of(database, "SELECT nothing FROM nowhere_at_all WHERE"))
    made = "INSERT INTO login_attempts (login, failures, last_at) VALUES ('anna', 0, '2026-11-24 08:30:00')"
    assert not is_away(await fault_of(database, made, made))


async def test_a_value_the_driver_refuses_is_not_the_databases_fault(postgres_url) -> None:
    database = Database(postgres_url())
    async with database.read() as db:
        with pytest.raises(SQLAlchemyError) as caught:
            await db.execute(text("SELECT CAST(:word AS text)"), {"word": "\ud800"})
    await database.close()
    assert not is_away(caught.value)


async def test_a_connection_that_is_cut_is(postgres_url) -> None:
    database = Database(postgres_url())
    assert is_away(await fault_of(database, "SELECT pg_terminate_backend(pg_backend_pid())"))
    await database.close()


async def test_a_file_that_may_not_grow_is(postgres_url) -> None:
    database = Database(postgres_url())
    # A temporary table: nothing of it goes to the log that all share.
    async with database.write() as db:
        await db.execute(text("CREATE TEMPORARY TABLE full_disk (words text)"))
        server = (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        limit_files(server, 100_000)
        try:
            with pytest.raises(DBAPIError) as caught:
                await db.execute(
                    text("INSERT INTO full_disk SELECT repeat('x', 1000) FROM generate_series(1, 50000)")
                )
        finally:
            limit_files(server, None)
        await db.rollback()
    await database.close()
    assert is_away(caught.value)


async def test_a_deadlock_is(postgres_url) -> None:
    database = Database(postgres_url())

    async def lock(first: int, then: int, mine: asyncio.Event, other: asyncio.Event) -> None:
        async with database.write() as db:
            await db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": first})
            mine.set()
            await other.wait()
            await db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": then})

    one, two = asyncio.Event(), asyncio.Event()
    outcomes = await asyncio.gather(lock(1, 2, one, two), lock(2, 1, two, one), return_exceptions=True)
    await database.close()
    (fault,) = [outcome for outcome in outcomes if outcome is not None]
    assert is_away(fault)


async def test_a_file_somebody_else_is_writing_is(sqlite_url) -> None:
    path = sqlite_url()
    database = Database(path)
    async with database.write() as db:
        await db.execute(text("PRAGMA busy_timeout = 1"))
    other = Database(path)
    async with other.write():
        assert is_away(await fault_of(database, "SELECT 1"))
    await other.close()
    await database.close()


async def test_a_database_that_cannot_be_reached_is() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    assert is_away(await fault_of(database, "SELECT 1"))
    await database.close()
