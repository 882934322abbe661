"""The restore drill: what a backup says of itself is what comes out of it, from either database into either."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from conversations import inbox
from conversations.attachments import FolderStore
from conversations.backup import backup
from conversations.database import Database, metadata
from tests.app.conftest import Run
from tests.conversations.test_backup import changed, filled
from tests.conversations.words import wrote

KEYS = ("B", "a2", "_", "я", "Ї", "ґ", "-1", "🌻")
"""Keys that languages and bytes order differently."""


@pytest.fixture
def made(request: pytest.FixtureRequest, tmp_path: Path, now: datetime) -> Callable[[str], Path]:
    """Make a backup of a filled reception on one kind of database."""

    def make(kind: str) -> Path:
        url = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")()
        path = tmp_path / "backup.tar.gz"

        async def work() -> None:
            database = Database(url)
            store = FolderStore(tmp_path / "files", 1000)
            await filled(database, store, now)
            async with database.write() as db:
                await inbox.accept(db, [wrote(key) for key in KEYS], now)
            await backup(database, store, path)
            await database.close()

        asyncio.run(work())
        return path

    return make


def put_right(path: Path, table: str, change: Callable[[bytes], bytes], **values: Any) -> None:
    """Change a table's rows in an archive, and its manifest so that only the drill can see it."""
    digest = ""

    def rows(content: bytes) -> bytes:
        nonlocal digest
        after = change(content)
        assert after != content
        digest = hashlib.sha256(after).hexdigest()
        return after

    def manifest(content: bytes) -> bytes:
        described = json.loads(content) | values
        described["tables"][table]["sha256"] = digest
        return json.dumps(described).encode()

    changed(path, f"tables/{table}.jsonl", rows)
    changed(path, "manifest.json", manifest)


@pytest.mark.parametrize(
    ("source", "target"), [("sqlite", "sqlite"), ("postgresql", "sqlite"), ("sqlite", "postgresql")]
)
def test_a_backup_holds_what_it_says(
    made: Callable[[str], Path],
    postgres_url: Callable[..., str],
    run: Run,
    source: str,
    target: str,
) -> None:
    path = made(source)
    into = ["--into", postgres_url(migrated=False)] if target == "postgresql" else []
    done = run("restore-check", str(path), "--json", *into)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert set(said) == {"revision", "same", "rows", "tables", "files"}
    assert said["same"] is True
    assert type(said["revision"]) is str
    assert {table["name"] for table in said["tables"]} == set(metadata.tables)
    for table in said["tables"]:
        assert set(table) == {"name", "rows", "rows_restored", "sha256", "sha256_restored", "same"}
        assert type(table["rows"]) is type(table["rows_restored"]) is int
        assert table["same"] is True
        assert table["rows"] == table["rows_restored"]
        assert table["sha256"] == table["sha256_restored"]
        assert re.fullmatch("[0-9a-f]{64}", table["sha256"])
    assert said["rows"] == sum(table["rows"] for table in said["tables"]) > len(KEYS)
    assert said["files"] == {"listed": 1, "restored": 1, "missing": [], "damaged": []}


def test_a_person_sees_a_table(made: Callable[[str], Path], run: Run) -> None:
    done = run("restore-check", str(made("sqlite")))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 1 + len(metadata.tables) + 2
    (keys,) = (line.split() for line in lines if line.startswith("inbound_keys "))
    assert keys[1] == keys[2] == str(2 + len(KEYS))
    assert keys[3] == keys[4]
    assert lines[-2] == "files: 1 in the backup, 1 restored whole, 0 were missing when it was made"
    assert lines[-1].endswith("everything is the same")


def test_what_comes_out_otherwise_is_told_and_fails(made: Callable[[str], Path], run: Run) -> None:
    path = made("sqlite")
    # The same moment, written another way than a backup writes it: it comes out of a database as it should be.
    put_right(path, "audit", lambda rows: rows.replace(b"+00:00", b"Z"))
    done = run("restore-check", str(path))
    assert (done.returncode, done.stderr) == (1, "")
    (differs,) = (line for line in done.stdout.splitlines() if "DIFFERS" in line)
    assert differs.startswith("audit ")
    assert done.stdout.splitlines()[-1].endswith("NOT the same")
    seen = json.loads(run("restore-check", str(path), "--json").stdout)
    assert seen["same"] is False
    assert [table["name"] for table in seen["tables"] if not table["same"]] == ["audit"]


def test_a_backup_from_before_rows_were_ordered_is_held_against_its_ordered_rows(
    made: Callable[[str], Path], run: Run
) -> None:
    def shuffled(rows: bytes) -> bytes:
        lines = rows.splitlines(keepends=True)
        random.Random(7).shuffle(lines)
        return b"".join(lines)

    path = made("sqlite")
    put_right(path, "inbound_keys", shuffled, ordered=False)
    done = run("restore-check", str(path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("place", [0.01, 0.3, 0.6, 0.9])
def test_a_corrupted_archive_is_one_clear_line(made: Callable[[str], Path], run: Run, place: float) -> None:
    path = made("sqlite")
    content = bytearray(path.read_bytes())
    start = int(len(content) * place)
    content[start : start + 40] = b"\x55" * 40
    path.write_bytes(content)
    done = run("restore-check", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pryimalnia: the backup could not be restored: ")
    assert len(done.stderr.splitlines()) == 1


def test_only_an_empty_database_is_taken(
    made: Callable[[str], Path], sqlite_url: Callable[..., str], run: Run
) -> None:
    path, into = made("sqlite"), sqlite_url()
    assert run("restore-check", str(path), "--into", into).returncode == 0
    again = run("restore-check", str(path), "--into", into)
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert len(again.stderr.splitlines()) == 1
    wrong = run("restore-check", str(path), "--into", "mysql://host")
    assert wrong.returncode == 2
    assert wrong.stderr == "pryimalnia: --into must start with sqlite:// or postgresql://\n"
