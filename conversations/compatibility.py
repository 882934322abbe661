"""Which versions of the program may run on a schema that is newer than they are: what a rolling upgrade stands on.

While processes are replaced one by one, some of the old version still run, and may start again, on the schema of the
new one. That is right as long as the new schema only adds. A revision that takes something away declares `contract`
and `unused_since` (conversations/migrations/README.md), and the database then says so itself: its one row
of `schema_compatibility` names the oldest revision whose program may still run here.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic.script import Script
from sqlalchemy import Column, Connection, MetaData, String, Table, delete, insert, inspect, select

# Kept beside Alembic's own table and not among those of the house: it describes this schema, and no backup carries it.
schema_compatibility = Table(
    "schema_compatibility", MetaData(), Column("oldest_program", String(32), primary_key=True)
)


def oldest_program(scripts: Iterable[Script]) -> str:
    """The oldest revision whose program can run on the schema these revisions build; `scripts` newest first."""
    oldest = ""
    for script in scripts:
        oldest = script.revision
        if getattr(script.module, "contract", False):
            return str(script.module.unused_since)
    return oldest


def write_oldest_program(connection: Connection, oldest: str) -> None:
    """Let the database say which program may still run on it."""
    if read_oldest_program(connection) == oldest:
        return
    schema_compatibility.create(connection, checkfirst=True)
    connection.execute(delete(schema_compatibility))
    connection.execute(insert(schema_compatibility).values(oldest_program=oldest))


def read_oldest_program(connection: Connection) -> str | None:
    """What the database says; None where it says nothing."""
    if not inspect(connection).has_table(schema_compatibility.name):
        return None
    return connection.execute(select(schema_compatibility.c.oldest_program)).scalar_one_or_none()
