"""Migrations: from every older revision, empty or filled, nothing is lost; the version before can go on meanwhile."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect

from conversations import inbox, outbox, transcript
from conversations.database import SCRIPTS, Database, SchemaFault, migrate, revision
from tests.conversations.words import BOT, answer, wrote


def settings_of(scripts: Path) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(scripts))
    return settings


def revisions(scripts: Path = SCRIPTS) -> list[Script]:
    """The oldest first."""
    return list(ScriptDirectory.from_config(settings_of(scripts)).walk_revisions())[::-1]


ALL = [script.revision for script in revisions()]
ROWS = 3
MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


# Rows of whatever tables there are, out of the schema alone.


def allowed(connection: Connection, table: Table) -> dict[str, list[str]]:
    """The values that CHECK constraints name, by column."""
    found: dict[str, list[str]] = {}
    for check in inspect(connection).get_check_constraints(table.name):
        for column in table.columns:
            if re.search(rf"\b{column.name}\b", check["sqltext"]):
                found[column.name] = re.findall(r"'([^']*)'", check["sqltext"])
    return found


def value(column: sa.Column[Any], number: int) -> Any:
    """A value that no other row has."""
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.DateTime):
        moment = MOMENT + timedelta(seconds=number)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, sa.Integer):
        return number
    if isinstance(kind, sa.LargeBinary):
        return bytes([number, 0, 255])
    if isinstance(kind, sa.JSON):
        return {"слово": number, "порожньо": None}
    assert isinstance(kind, sa.String), f"{column} has a type that this test does not know: {kind}"
    return f"{column.name} «{number}» 🌻"[: kind.length]


def made(connection: Connection, tables: Iterable[Table], first: int) -> dict[str, list[dict[str, Any]]]:
    """Insert rows into every table, full ones and one with nothing that may be left out; returns what was given."""
    given: dict[str, list[dict[str, Any]]] = {}
    for table in tables:
        choices = allowed(connection, table)
        rows = []
        for number in range(first, first + ROWS):
            bare = number == first + ROWS - 1
            row = {}
            for column in table.columns:
                foreign = next(iter(column.foreign_keys), None)
                if bare and column.nullable:
                    continue
                if foreign is not None:
                    row[column.name] = given[foreign.column.table.name][number - first][foreign.column.name]
                elif column.name in choices:
                    row[column.name] = choices[column.name][number % len(choices[column.name])]
                else:
                    row[column.name] = value(column, number)
            connection.execute(table.insert().values(row))
            rows.append(row)
        given[table.name] = rows
    return given


def reflected(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    own = {"alembic_version", "schema_compatibility"}
    return [table for table in metadata.sorted_tables if table.name not in own]


def contents(connection: Connection, tables: Iterable[Table]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, as these tables see them."""
    return {
        table.name: [
            tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
        ]
        for table in tables
    }


def upgraded(connection: Connection, target: str) -> None:
    settings = settings_of(SCRIPTS)
    settings.attributes["connection"] = connection
    command.upgrade(settings, target)


@pytest.mark.parametrize("start", ALL)
async def test_a_filled_database_of_any_older_revision_loses_nothing_on_its_way(
    new_database_url: Callable[..., str], start: str
) -> None:
    database = Database(url := new_database_url(migrated=False))

    def fill(connection: Connection) -> dict[str, Any]:
        upgraded(connection, start)
        tables = reflected(connection)
        made(connection, tables, 1)
        kept = contents(connection, tables)
        assert tables
        assert all(len(rows) == ROWS for rows in kept.values())
        for target in ALL[ALL.index(start) + 1 :]:
            upgraded(connection, target)
            assert contents(connection, tables) == kept
        return {table.name: (table, kept[table.name]) for table in tables}

    async with database.write() as db:
        filled = await db.run_sync(fill)
    assert await migrate(url) == ALL[-1]
    async with database.read() as db:
        tables = [table for table, _ in filled.values()]
        assert await db.run_sync(contents, tables) == {name: rows for name, (_, rows) in filled.items()}
    await database.close()


async def test_an_empty_database_goes_step_by_step_too(new_database_url: Callable[..., str]) -> None:
    database = Database(url := new_database_url(migrated=False))
    for target in ALL:
        async with database.write() as db:
            await db.run_sync(upgraded, target)
            assert await revision(db) == target
    assert await migrate(url) == ALL[-1]
    async with database.read() as db:
        step_by_step = await db.run_sync(lambda c: {t.name: sorted(t.c.keys()) for t in reflected(c)})
    await database.close()
    at_once = Database(second := new_database_url(migrated=False))
    await migrate(second)
    async with at_once.read() as db:
        assert await db.run_sync(lambda c: {t.name: sorted(t.c.keys()) for t in reflected(c)}) == step_by_step
    await at_once.close()


@pytest.mark.parametrize(("before", "after"), list(pairwise(ALL)))
async def test_what_the_version_before_writes_it_can_still_write(
    new_database_url: Callable[..., str], before: str, after: str
) -> None:
    database = Database(new_database_url(migrated=False))

    def go_on(connection: Connection) -> None:
        upgraded(connection, before)
        old = reflected(connection)
        made(connection, old, 1)
        upgraded(connection, after)
        made(connection, old, 1 + ROWS)
        assert all(len(rows) == 2 * ROWS for rows in contents(connection, old).values())
        for table in old:
            everything = {column.name: column for column in table.columns}
            connection.execute(table.update().values(everything))

    async with database.write() as db:
        await db.run_sync(go_on)
    await database.close()


# The rules of the README, on the SQL that a revision comes to.

_NAME = r'"?(\w+)"?'
_TAKES_AWAY = re.compile(r"\b(DROP|RENAME)\b|^(TRUNCATE|DELETE)\b|ALTER COLUMN \S+ (SET NOT NULL|TYPE)")
_NEW_TABLE = re.compile(rf"^CREATE TABLE {_NAME}")
_OBLIGATORY = re.compile(r"\bADD COLUMN\b(?!.*\bDEFAULT\b).*\bNOT NULL\b")
_CONSTRAINT = re.compile(rf"^ALTER TABLE {_NAME} ADD .*\b(CONSTRAINT|UNIQUE|CHECK|PRIMARY KEY|REFERENCES)\b")
_UNIQUE = re.compile(rf"^CREATE UNIQUE INDEX \S+ ON {_NAME}")


def sql_of(module: ModuleType | SimpleNamespace) -> list[str]:
    """The statements of a revision's upgrade on PostgreSQL."""
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written}
    )
    with Operations.context(context):
        module.upgrade()
    return [" ".join(statement.split()) for statement in written.getvalue().split(";") if statement.strip()]


def contractions(statements: Iterable[str]) -> Iterator[str]:
    """The statements that a program which knows nothing of them may stumble over."""
    new: set[str] = set()
    for statement in statements:
        if table := _NEW_TABLE.search(statement):
            new.add(table.group(1))
        on_old = [found.group(1) for rule in (_CONSTRAINT, _UNIQUE) if (found := rule.search(statement))]
        if (
            _TAKES_AWAY.search(re.sub(r"'[^']*'", "''", statement))
            or _OBLIGATORY.search(statement)
            or any(table not in new for table in on_old)
        ):
            yield statement


def broken_rule(script: Script | SimpleNamespace, earlier: Iterable[str]) -> str | None:
    """What a revision does against the rules; None where it keeps them."""
    found = list(contractions(sql_of(script.module)))
    declared = getattr(script.module, "contract", False)
    if found and not declared:
        return f"{script.revision} takes away without contract = True: {found}"
    if declared and getattr(script.module, "unused_since", None) not in set(earlier):
        return f"{script.revision} does not say since which earlier revision it is unused"
    return None


def test_every_revision_expands_or_says_that_it_contracts() -> None:
    for place, script in enumerate(revisions()):
        assert broken_rule(script, ALL[:place]) is None


def _made_and_constrained() -> None:
    op.create_table("fresh", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Text))
    op.create_unique_constraint("uq", "fresh", ["a"])
    op.create_index("ux", "fresh", ["a"], unique=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda: op.drop_table("outbox"),
        lambda: op.drop_column("outbox", "billing"),
        lambda: op.drop_index("ix_outbox_due"),
        lambda: op.drop_constraint("ck_outbox_state", "outbox"),
        lambda: op.rename_table("outbox", "sent"),
        lambda: op.alter_column("outbox", "billing", new_column_name="price"),
        lambda: op.alter_column("outbox", "billing", type_=sa.Text),
        lambda: op.alter_column("outbox", "billing", nullable=False),
        lambda: op.alter_column("outbox", "epoch", nullable=True),
        lambda: op.add_column("outbox", sa.Column("price", sa.Integer, nullable=False)),
        lambda: op.create_check_constraint("few", "outbox", "attempts < 9"),
        lambda: op.create_unique_constraint("once", "outbox", ["billing"]),
        lambda: op.create_foreign_key("whose", "outbox", "messages", ["id"], ["position"]),
        lambda: op.create_index("once", "outbox", ["billing"], unique=True),
        lambda: op.execute("ALTER TABLE outbox ALTER COLUMN billing TYPE text"),
        lambda: op.execute("DELETE FROM outbox"),
    ],
)
def test_what_takes_away_must_say_so(change: Callable[[], None]) -> None:
    silent = SimpleNamespace(revision="0009", module=SimpleNamespace(upgrade=change))
    assert "without contract = True" in (broken_rule(silent, ["0007", "0008"]) or "")
    unsure = SimpleNamespace(
        revision="0009", module=SimpleNamespace(upgrade=change, contract=True, unused_since="0009")
    )
    assert "since which earlier" in (broken_rule(unsure, ["0007", "0008"]) or "")
    told = SimpleNamespace(
        revision="0009", module=SimpleNamespace(upgrade=change, contract=True, unused_since="0008")
    )
    assert broken_rule(told, ["0007", "0008"]) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda: op.add_column("outbox", sa.Column("price", sa.Integer, nullable=True)),
        lambda: op.add_column("outbox", sa.Column("price", sa.Integer, nullable=False, server_default="0")),
        lambda: op.create_index("ix", "outbox", ["billing"]),
        lambda: op.execute("UPDATE outbox SET billing = 'DROP' WHERE billing IS NULL"),
        _made_and_constrained,
    ],
)
def test_what_only_adds_needs_no_word(change: Callable[[], None]) -> None:
    added = SimpleNamespace(revision="0009", module=SimpleNamespace(upgrade=change))
    assert broken_rule(added, ["0008"]) is None


# A rolling upgrade: the next version's revisions are ours and more.

EXPANDING = """
    op.add_column("outbox", sa.Column("price", sa.Integer, nullable=True))
    op.create_table("prices", sa.Column("id", sa.Integer, primary_key=True))
"""
CONTRACTING = """
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("billing")
"""


def next_version(folder: Path, *bodies: tuple[str, str]) -> Path:
    """The migrations of a later version: ours and one revision a body, with its declarations."""
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    last = ALL[-1]
    for number, (declared, body) in enumerate(bodies, 1):
        following = f"next{number}"
        (folder / "versions" / f"{following}.py").write_text(
            f'"""A later revision."""\nimport sqlalchemy as sa\nfrom alembic import op\n'
            f"revision = {following!r}\ndown_revision = {last!r}\nbranch_labels = None\ndepends_on = None\n"
            f"{declared}\ndef upgrade() -> None:\n{body}"
        )
        last = following
    return folder


async def test_a_process_of_the_version_before_starts_and_works_on_the_expanded_schema(
    database: Database, database_url: str, tmp_path: Path, now: datetime
) -> None:
    later = next_version(tmp_path / "later", ("", EXPANDING))
    assert await migrate(database_url, later) == "next1"
    assert await migrate(database_url) == "next1", "our own version starts, and leaves the schema as it is"
    async with database.write() as db:
        await inbox.accept(db, [wrote("a")], now)
        (claimed,) = await inbox.claim(db, "w", now)
        await transcript.say(db, claimed.id, BOT, answer(), now, epoch=0, payloads=[{"text": "ось"}])
        (due,) = await outbox.claim_due(db, "w", now)
    assert due.payload == {"text": "ось"}
    assert await migrate(database_url, later) == "next1"


async def test_a_contraction_says_which_version_may_still_run(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    declared = f"contract = True\nunused_since = {ALL[-1]!r}"
    contracted = next_version(tmp_path / "contracted", (declared, CONTRACTING), ("", "    pass\n"))
    assert await migrate(database_url, contracted) == "next2"
    assert await migrate(database_url) == "next2", "we no longer use it, as the revision says"

    further = next_version(
        tmp_path / "further",
        (declared, CONTRACTING),
        ("", "    pass\n"),
        ("contract = True\nunused_since = 'next2'", '    op.drop_index("ix_outbox_sent", "outbox")\n'),
    )
    assert await migrate(database_url, further) == "next3"
    assert await migrate(database_url, contracted) == "next3"
    with pytest.raises(
        SchemaFault, match="next3 is unknown here; it needs revision next2 or a later one"
    ) as no:
        await migrate(database_url)
    assert "\n" not in str(no.value)
