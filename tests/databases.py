"""Databases for tests: a PostgreSQL whose databases are emptied and lent again, and where SQLite's files lie."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg

ROOM = 2**29
"""Bytes that must be free in memory before databases are put there."""


def in_a_thread(work: Callable[[], Coroutine[object, object, object]]) -> None:
    """Run to the end on a loop of its own: fixtures are asked for inside and outside of running loops."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


SCHEMA = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
    SELECT concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull, atthasdef) AS line
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT version_num FROM alembic_version
    UNION ALL SELECT oldest_program FROM schema_compatibility
) AS lines
"""
EMPTY = """
DO $$
DECLARE one text;
BEGIN
    -- Without looking at who refers to whom: everything goes.
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT format('%I', tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'schema_compatibility')
    LOOP
        EXECUTE 'DELETE FROM ' || one;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences;
END $$
"""
GROWN = 2**22
"""Bytes by which a database may have grown and still be emptied: a fresh copy is cheaper to read."""


@dataclass
class PostgresServer:
    """A running server with a migrated template database, and databases that earlier tests have left empty."""

    host: str
    schema: str = ""
    emptied: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={quote(self.host, safe='')}"

    def run(self, statement: str) -> None:
        async def execute() -> None:
            async with self._connected("postgres") as connection:
                await connection.execute(statement)

        in_a_thread(execute)

    def schema_of(self, database: str) -> str:
        """A digest of everything in a migrated database but its rows."""
        found = ""

        async def look() -> None:
            nonlocal found
            async with self._connected(database) as connection:
                found = await connection.fetchval(SCHEMA)

        in_a_thread(look)
        return found

    def new(self, template: str) -> str:
        """The name of a fresh copy."""
        name = f"test_{uuid.uuid4().hex}"
        # Copying files is twenty times quicker than the default way where nothing is flushed to the disk.
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def take_back(self, name: str) -> None:
        """Empty a copy of the migrated database, far quicker than making one; where its schema has changed, drop it."""
        kept = False

        async def empty() -> None:
            nonlocal kept
            async with self._connected("postgres") as connection:
                # Whatever a test has left open is thrown out, as dropping would.
                await connection.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", name
                )
                size, fresh = await connection.fetchrow(
                    "SELECT pg_database_size($1), pg_database_size('migrated')", name
                )
            if size > fresh + GROWN:
                return
            # One that can't even be looked at is dropped as well.
            with contextlib.suppress(asyncpg.PostgresError):
                async with self._connected(name) as connection:
                    if await connection.fetchval(SCHEMA) == self.schema:
                        await connection.execute(EMPTY)
                        kept = True

        in_a_thread(empty)
        if kept:
            self.emptied.append(name)
        else:
            self.drop(name)

    @contextlib.asynccontextmanager
    async def _connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(host=self.host, user="postgres", database=database)
        try:
            yield connection
        finally:
            await connection.close()


def memory_folder() -> Path | None:
    """A folder that lives in memory with room enough, where this machine has one: no commit there waits for a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM:
        return None
    return memory
