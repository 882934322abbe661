"""The database of the house: one metadata, one way to write, one way to read, and bringing the schema up to date.

`sqlite+aiosqlite:///path` or `postgresql+asyncpg://...`; everything above behaves the same on both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, DateTime, Dialect, MetaData, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import await_only

from conversations.compatibility import oldest_program, read_oldest_program, write_oldest_program

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the house registers here, whichever package owns it."""

BUSY_TIMEOUT = 20_000
"""Milliseconds one process waits for another one's writing transaction on SQLite."""

READERS = 8
"""Connections kept for reading; on PostgreSQL for reading and writing together."""

WAL_ATTEMPTS = 100
WAL_PAUSE = 0.05
"""Seconds between attempts."""

MIGRATION_LOCK = 0x5072796D
"""The PostgreSQL advisory lock that lets only one of several starting processes migrate."""


def _dump_json(value: Any) -> str:
    """JSON in UTF-8: half the bytes for Cyrillic that escaped characters would take."""
    try:
        return orjson.dumps(value).decode()
    except (
        TypeError
    ):  # a whole number of more than 64 bits, a key that is no text: rare, and stored all the same
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# What a statement carries are citizens' words: both engines hide parameters from their errors, and the driver, which
# writes every statement with its parameters at DEBUG, is kept above that.
logging.getLogger("aiosqlite").setLevel(logging.INFO)

SCRIPTS = Path(__file__).parent / "migrations"
"""The revisions of this version."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases. A naive one is refused with ValueError, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone can't be stored")
        in_utc = value.astimezone(UTC)
        # SQLite keeps text without a zone; all of it is UTC, so it also sorts as text.
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  # the parameters are SQLAlchemy's
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SchemaFault(Exception):
    """The database can't be opened or brought to this version. One line that names the thing, never a password."""


class Database:
    """The doors to one database. Close it when done."""

    def __init__(self, url: str) -> None:
        address = _address(url)
        self.dialect: Literal["sqlite", "postgresql"]
        if address.get_backend_name() == "sqlite":
            self.dialect = "sqlite"
            # SQLite has one writer at a time: one connection makes writers of this process queue fairly in memory
            # instead of polling for the lock, and readers can't be turned into writers by mistake.
            self._writer = _sqlite_engine(address, "BEGIN IMMEDIATE", connections=1)
            self._reader = _sqlite_engine(address, "BEGIN", connections=READERS, read_only=True)
        else:
            self.dialect = "postgresql"
            self._writer = create_async_engine(
                address,
                pool_size=READERS,
                max_overflow=READERS,
                json_serializer=_dump_json,
                json_deserializer=orjson.loads,
                hide_parameters=True,
            )
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """One transaction: committed on exit, rolled back when an exception leaves it.

        Never open one inside another: on SQLite the inner one would wait for the outer one.
        """
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """One look at one moment: every query inside sees the same state, and writing is an error."""
        async with self._reader.connect() as connection:
            yield connection

    async def settle(self) -> None:
        """On SQLite, write what the log of changes holds into the file and empty the log, as far as no reader needs it.

        Until then the log still has the pages as they were before. On PostgreSQL VACUUM does that by itself.
        """
        if self.dialect != "sqlite":
            return
        async with self._writer.connect() as connection:
            # Past SQLAlchemy, which would begin a transaction, in which this can't be done.
            opened: Any = (await connection.get_raw_connection()).driver_connection
            await (await opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def close(self) -> None:
        """Give every connection back."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def upsert(db: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in this connection's dialect."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)


_AWAY_STATES = {"08", "40", "53", "55", "57", "58"}
"""PostgreSQL's classes of SQLSTATE: connection, deadlock, resources, object in use, operator's stop, system error."""

_STORAGE = {"md.c", "smgr.c", "fd.c", "bufmgr.c", "localbuf.c", "buffile.c", "xlog.c", "dsm_impl.c"}
"""PostgreSQL's own files that read and write its files: a limit of a file's size they report as an internal error."""

_AWAY_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


def is_away(fault: BaseException) -> bool:
    """Whether the database is at fault and not what was asked of it: away, restarting, full, or too busy.

    The same again, a little later, is right then.
    """
    if isinstance(fault, DBAPIError):
        state = getattr(fault.orig, "sqlstate", None) or ""
        code = getattr(fault.orig, "sqlite_errorcode", None) or 0
        told_by = getattr(getattr(fault.orig, "__cause__", None), "server_source_filename", None)
        if state == "XX000" and told_by in _STORAGE:
            return True
        return fault.connection_invalidated or state[:2] in _AWAY_STATES or code & 0xFF in _AWAY_CODES
    return isinstance(fault, (OSError, NoFreeConnection))


async def migrate(url: str, scripts: Path = SCRIPTS) -> str:
    """Bring the schema to this version in one transaction and return the revision. Raises SchemaFault, OSError.

    Several processes may call this at the same moment: one migrates, the others wait and find nothing to do. A newer
    schema that this version can still run on is left as it is.
    """
    database = Database(url)
    try:
        if database.dialect == "sqlite":
            await asyncio.to_thread(_probe, make_url(url).database or "")
        async with database.write() as db:
            if database.dialect == "postgresql":
                await db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            await db.run_sync(_upgrade, scripts)
            return await revision(db)
    except CommandError as fault:
        raise SchemaFault(
            f"the database's schema is not of this version ({fault}); use the version that made it, or a newer one"
        ) from None
    except DBAPIError as fault:
        reason = str(fault.orig).splitlines()[0]
        raise SchemaFault(f"the database can't be used: {reason}") from None
    finally:
        await database.close()


async def revision(db: AsyncConnection) -> str:
    """The schema's revision in this database; empty when it was never migrated."""
    return await db.run_sync(
        lambda connection: MigrationContext.configure(connection).get_current_revision() or ""
    )


def _upgrade(connection: Connection, scripts: Path) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(scripts).replace("%", "%%"))
    known = list(ScriptDirectory.from_config(settings).walk_revisions())
    revisions = {script.revision for script in known}
    present = set(MigrationContext.configure(connection).get_current_heads())
    if present - revisions:
        oldest = read_oldest_program(connection)
        if oldest in revisions:
            return
        needed = f"; it needs revision {oldest} or a later one" if oldest else ""
        raise CommandError(f"its revision {', '.join(sorted(present - revisions))} is unknown here{needed}")
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    write_oldest_program(connection, oldest_program(known))


def _probe(path: str) -> None:
    """See that the file can be used before the pool tries: its thread would outlive a failure to open."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as fault:
        raise SchemaFault(f"the database file {path} can't be used: {fault}") from None


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise SchemaFault("the database's address can't be read as a URL") from None
    if address.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise SchemaFault(
            f"databases of kind {address.drivername} are not known; "
            "use sqlite+aiosqlite:///path or postgresql+asyncpg://..."
        )
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise SchemaFault("an SQLite database needs a file: sqlite+aiosqlite:///path")
    return address


def _use_wal(cursor: Any) -> None:
    """Changing the mode of a fresh file needs it alone, and SQLite does not wait for that as it does for other locks:
    several processes that start at once on a new file have to take turns."""
    for attempt in range(1, WAL_ATTEMPTS + 1):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == WAL_ATTEMPTS:
                raise
            await_only(asyncio.sleep(WAL_PAUSE))
        else:
            return


def _sqlite_engine(address: URL, begin: str, *, connections: int, read_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        address,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        json_serializer=_dump_json,
        json_deserializer=orjson.loads,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by its own rules; `begin` below does it by ours.
        opened: Any = connection
        opened.isolation_level = None
        cursor = opened.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        _use_wal(cursor)
        cursor.execute("PRAGMA foreign_keys = ON")
        # In WAL mode NORMAL survives a killed process but may lose the last commits when the power fails. A webhook
        # was answered 200 after such a commit, so nobody would send it again: FULL, one fsync a commit.
        cursor.execute("PRAGMA synchronous = FULL")
        # What is erased must not stay readable in the file's free space.
        cursor.execute("PRAGMA secure_delete = ON")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        # A deferred transaction that later writes can fail with "database is locked" however long the time-out.
        connection.exec_driver_sql(begin)

    return engine
