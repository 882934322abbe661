"""Backup and restore: each database's backup goes on in the other; what is wrong with one is one clear error."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

import handover.tables
from conversations import inbox, outbox, tables, transcript
from conversations.attachments import FolderStore
from conversations.backup import BackupFault, backup, restore
from conversations.database import Database, metadata
from conversations.messages import MessageKind
from tests.conversations.words import BOT, answer, place, wrote

PHOTO = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files", 1000)


@pytest.fixture
def new_store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "new-files", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
async def elsewhere(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A second, empty database of either kind."""
    maker: Callable[..., str] = request.getfixturevalue(
        "sqlite_url" if request.param == "sqlite" else "postgres_url"
    )
    opened = Database(maker())
    yield opened
    await opened.close()


async def filled(database: Database, store: FolderStore, now: datetime) -> None:
    photo = await store.put(PHOTO, name="довідка.jpg")
    async with database.write() as db:
        await inbox.accept(
            db, [wrote("a", "Є «лапки»,\nрядки й 🌻", kind=MessageKind.PHOTO, attachments=(photo,))], now
        )
        (claimed,) = await inbox.claim(db, "w", now)
        await transcript.hear(db, claimed.id, wrote("a", attachments=(photo,)), now)
        await transcript.say(db, claimed.id, BOT, answer(), now, epoch=0, payloads=[{"text": "ось"}])
        await inbox.finish(db, claimed, "w", [claimed.events[0][0]], {"крок": None}, now)
        await inbox.accept(db, [wrote("waits", "чекає")], now)
        await inbox.keep_unreadable(db, "sample", "web", b"\x00\xff", "no", now)
        await db.execute(
            insert(handover.tables.audit).values(
                community_id="sample", action="signed_in", facts={"way": "пароль"}, at=now
            )
        )


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    async with database.read() as db:
        return {
            table.name: [
                tuple(row) for row in await db.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


async def test_a_restored_reception_holds_the_same_and_goes_on(
    database: Database,
    elsewhere: Database,
    store: FolderStore,
    new_store: FolderStore,
    tmp_path: Path,
    now: datetime,
) -> None:
    await filled(database, store, now)
    made = await backup(database, store, tmp_path / "b.tar.gz")
    restored = await restore(elsewhere, new_store, tmp_path / "b.tar.gz")
    assert made == restored
    before = await everything(database)
    assert await everything(elsewhere) == before
    assert made.rows == sum(len(rows) for rows in before.values()) > 6
    (content_hash,) = made.files
    assert await new_store.get(content_hash) == PHOTO
    async with elsewhere.write() as db:
        (claimed,) = await inbox.claim(db, "w", now)
        assert claimed.state == {"крок": None}
        (due,) = await outbox.claim_due(db, "w", now)
        assert due.payload == {"text": "ось"}
        assert (await inbox.accept(db, [wrote("a"), wrote("new")], now)).new == 1
        await inbox.keep_unreadable(db, "sample", "web", b"", "no", now)
        await transcript.say(db, claimed.id, BOT, answer(), now, epoch=0, payloads=[{}])


async def test_an_empty_reception_has_a_backup_too(
    database: Database, elsewhere: Database, store: FolderStore, tmp_path: Path
) -> None:
    made = await backup(database, store, tmp_path / "b.tar.gz")
    assert (made.rows, made.files) == (0, [])
    assert await restore(elsewhere, store, tmp_path / "b.tar.gz") == made


async def test_a_backup_is_for_its_owner_and_leaves_nothing_behind(
    database: Database, store: FolderStore, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    await backup(database, store, folder / "b.tar.gz")
    assert [path.name for path in folder.iterdir()] == ["b.tar.gz"]
    assert (folder / "b.tar.gz").stat().st_mode & 0o777 == 0o600


async def test_a_file_that_is_gone_does_not_stop_the_backup(
    database: Database, store: FolderStore, tmp_path: Path, now: datetime
) -> None:
    await filled(database, store, now)
    photo = await store.put(PHOTO)
    await store.drop(photo.content_hash)
    made = await backup(database, store, tmp_path / "b.tar.gz")
    assert (made.files, made.missing) == ([], [photo.content_hash])


async def test_a_table_nobody_knows_is_not_left_out_silently(
    database: Database, store: FolderStore, tmp_path: Path
) -> None:
    async with database.write() as db:
        await db.execute(text("CREATE TABLE stranger (id INTEGER)"))
    with pytest.raises(BackupFault, match="stranger"):
        await backup(database, store, tmp_path / "b.tar.gz")
    assert not any("b.tar.gz" in name or "backup" in name for name in os.listdir(tmp_path))


async def test_a_database_with_rows_is_not_overwritten(
    database: Database, store: FolderStore, tmp_path: Path, now: datetime
) -> None:
    await filled(database, store, now)
    before = await everything(database)
    await backup(database, store, tmp_path / "b.tar.gz")
    with pytest.raises(BackupFault, match="not empty"):
        await restore(database, store, tmp_path / "b.tar.gz")
    assert await everything(database) == before


def changed(path: Path, name: str, change: Callable[[bytes], bytes | None]) -> None:
    """Rewrite one member of an archive; None leaves it out."""
    members: list[tuple[str, bytes]] = []
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file
            with file:
                members.append((member.name, file.read()))
    with tarfile.open(path, "w:gz") as archive:
        for member_name, content in members:
            kept = change(content) if member_name == name else content
            if kept is not None:
                entry = tarfile.TarInfo(member_name)
                entry.size = len(kept)
                archive.addfile(entry, io.BytesIO(kept))


def manifest_with(**values: Any) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), **values}).encode()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("tables/messages.jsonl", lambda content: content.replace(b"citizen", b"specialist"), "checksum"),
        ("tables/messages.jsonl", lambda content: None, "missing"),
        ("manifest.json", lambda content: None, "missing"),
        ("manifest.json", lambda content: b"{", "can't be read"),
        ("manifest.json", manifest_with(format=99), "format 99"),
        ("manifest.json", manifest_with(tables={}), "tables are not"),
        ("manifest.json", manifest_with(revision="0000"), "of revision 0000"),
    ],
)
async def test_a_backup_that_was_touched_is_refused_and_nothing_is_written(
    database: Database,
    store: FolderStore,
    new_store: FolderStore,
    sqlite_url: Callable[..., str],
    tmp_path: Path,
    now: datetime,
    name: str,
    change: Callable[[bytes], bytes | None],
    said: str,
) -> None:
    await filled(database, store, now)
    path = tmp_path / "b.tar.gz"
    await backup(database, store, path)
    changed(path, name, change)
    empty = Database(sqlite_url())
    with pytest.raises(BackupFault, match=said):
        await restore(empty, new_store, path)
    assert not any((await everything(empty)).values())
    assert not new_store.folder.exists()
    await empty.close()


@pytest.mark.parametrize("cut", [0, 40, 400])
async def test_what_is_cut_off_or_no_backup_is_refused(
    store: FolderStore, sqlite_url: Callable[..., str], tmp_path: Path, now: datetime, cut: int
) -> None:
    database, empty = Database(sqlite_url()), Database(sqlite_url())
    await filled(database, store, now)
    path = tmp_path / "b.tar.gz"
    await backup(database, store, path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BackupFault):
        await restore(empty, store, path)
    path.write_bytes(gzip.compress(b"something else"))
    with pytest.raises(BackupFault):
        await restore(empty, store, path)
    await database.close()
    await empty.close()


async def test_a_killed_workers_rows_are_not_lost_in_a_backup(
    database: Database, elsewhere: Database, store: FolderStore, tmp_path: Path, now: datetime
) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("a")], now)
        (claimed,) = await inbox.claim(db, "killed", now)
    await backup(database, store, tmp_path / "b.tar.gz")
    await restore(elsewhere, store, tmp_path / "b.tar.gz")
    async with elsewhere.write() as db:
        (again,) = await inbox.claim(db, "next", claimed.lease_until)
        assert again.id == claimed.id
        assert await inbox.find(db, place()) == claimed.id
        assert await db.scalar(select(tables.conversations.c.lease_by)) == "next"
