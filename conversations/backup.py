"""One backup for both databases: every table of the house as JSON lines, and the files people sent, in one .tar.gz.

    manifest.json           format, revision, rows and sha256 of each table, the hashes of the files
    tables/<table>.jsonl    one JSON array a row, in the order of `columns` in the manifest
    files/<sha256>          the bytes of a file

It is read in one transaction that sees one moment, and restored in one, into an empty database of the same revision,
whichever of the two databases it came from. Rows stand in the order of their keys' bytes, which is the same on both,
so the same rows have the same sha256 wherever they are: `compare` reads a restored database again and holds it against
that.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, ColumnElement, LargeBinary, String, Table, collate, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.attachments import FolderStore
from conversations.compatibility import schema_compatibility
from conversations.database import Database, UtcDateTime, metadata, revision
from conversations.tables import attachments

FORMAT = 1
ROWS_AT_ONCE = 500

_OF_THE_SCHEMA = {"alembic_version", schema_compatibility.name}
_MANIFEST = "manifest.json"


class BackupFault(Exception):
    """A backup can't be made or restored. One line that names the thing."""


@dataclass(frozen=True)
class TableManifest:
    """One table's part: its columns in order, its rows and the sha256 of its member."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `files` are sha256 of their contents; `missing` were referred to but not in the store.

    `ordered`: the rows stand in the order of their keys' bytes. In older backups each database ordered them its way.
    """

    format: int
    revision: str
    tables: dict[str, TableManifest]
    files: list[str]
    missing: list[str]
    ordered: bool = False

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True)
class TableCheck:
    """A table as the backup says it is, and as it came out of the restored database."""

    name: str
    rows: int
    rows_restored: int
    sha256: str
    sha256_restored: str

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return (self.rows, self.sha256) == (self.rows_restored, self.sha256_restored)


@dataclass(frozen=True)
class Comparison:
    """What came of a restored backup. `damaged` are files whose bytes are not those of their name, or are not there."""

    manifest: Manifest
    tables: list[TableCheck]
    damaged: list[str]

    @property
    def same(self) -> bool:
        """Whether everything is as the backup says."""
        return not self.damaged and all(table.same for table in self.tables)


async def backup(database: Database, store: FolderStore, path: Path) -> Manifest:
    """Write everything to `path`, whole or not at all, readable by its owner only. Raises BackupFault, OSError."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        gathered = Path(folder)
        async with database.read() as db:
            await _no_strangers(db)
            at_revision = await revision(db)
            tables = {table.name: await _dump(db, table, gathered) for table in metadata.sorted_tables}
            wanted = list((await db.execute(select(attachments.c.content_hash).distinct())).scalars())
        files, missing = await _present(store, wanted)
        manifest = Manifest(FORMAT, at_revision, tables, files, missing, ordered=True)
        finished = gathered / "finished"
        await asyncio.to_thread(_pack, manifest, gathered, store, finished)
        await asyncio.to_thread(finished.replace, path)
    return manifest


async def restore(database: Database, store: FolderStore, path: Path) -> Manifest:
    """Put a backup into an empty, migrated database and the files into the store. Raises BackupFault, OSError."""
    with _opened(path) as archive:
        manifest = await asyncio.to_thread(_read_manifest, archive)
        await asyncio.to_thread(_check, archive, manifest)
        async with database.write() as db:
            present = await revision(db)
            if present != manifest.revision:
                raise BackupFault(
                    f"the backup is of revision {manifest.revision}, the database of {present or 'none'}; "
                    "restore with the version that made it"
                )
            await _no_strangers(db)
            await _must_be_empty(db)
            for table in metadata.sorted_tables:
                try:
                    await _load(db, table, archive, manifest.tables[table.name])
                except (ValueError, KeyError, SQLAlchemyError) as fault:
                    raise BackupFault(
                        f"the rows of table {table.name} can't be restored ({type(fault).__name__})"
                    ) from None
            if database.dialect == "postgresql":
                await _advance_sequences(db)
            # Before the commit: rows that name files nobody has would be worse than files nobody names.
            for content_hash in manifest.files:
                await store.keep(await asyncio.to_thread(_member, archive, f"files/{content_hash}"))
    return manifest


async def compare(database: Database, store: FolderStore, path: Path) -> Comparison:
    """Hold a database and a store that a backup was restored into against it. Raises BackupFault, OSError."""
    with _opened(path) as archive:
        manifest = await asyncio.to_thread(_read_manifest, archive)
        told = {
            name: table.sha256
            if manifest.ordered
            else await asyncio.to_thread(_ordered_sha256, archive, metadata.tables[name], table)
            for name, table in manifest.tables.items()
        }
    checks = []
    with tempfile.TemporaryDirectory() as folder:
        async with database.read() as db:
            for table in metadata.sorted_tables:
                found = await _dump(db, table, Path(folder))
                expected = manifest.tables[table.name]
                checks.append(
                    TableCheck(table.name, expected.rows, found.rows, told[table.name], found.sha256)
                )
    damaged = [one for one in manifest.files if not await asyncio.to_thread(_is_whole, store, one)]
    return Comparison(manifest, checks, damaged)


def _ordered_sha256(archive: tarfile.TarFile, table: Table, described: TableManifest) -> str:
    keys = [described.columns.index(column.name) for column in table.primary_key.columns]
    lines = []
    for line in _member(archive, f"tables/{table.name}.jsonl").splitlines(keepends=True):
        row = json.loads(line)
        lines.append((*(row[place] for place in keys), line))
    return hashlib.sha256(b"".join(line for *_, line in sorted(lines))).hexdigest()


def _is_whole(store: FolderStore, content_hash: str) -> bool:
    try:
        return hashlib.sha256(store.read(content_hash)).hexdigest() == content_hash
    except FileNotFoundError:
        return False


async def _no_strangers(db: AsyncConnection) -> None:
    """A table nobody registered would silently be left out."""
    present = set(await db.run_sync(lambda connection: inspect(connection).get_table_names()))
    unlike = (present - _OF_THE_SCHEMA) ^ set(metadata.tables)
    if unlike:
        raise BackupFault(f"the database's tables are not this version's: {', '.join(sorted(unlike))}")


async def _must_be_empty(db: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if (await db.execute(select(text("1")).select_from(table).limit(1))).first() is not None:
            raise BackupFault(
                f"the database is not empty (table {table.name} has rows); restore into a new one"
            )


async def _dump(db: AsyncConnection, table: Table, folder: Path) -> TableManifest:
    count, digest = 0, hashlib.sha256()
    with await asyncio.to_thread((folder / table.name).open, "wb") as file:
        async for rows in _chunks(db, table):
            lines = await asyncio.to_thread(_to_lines, table, rows)
            digest.update(lines)
            count += len(rows)
            await asyncio.to_thread(file.write, lines)
    return TableManifest([column.name for column in table.columns], count, digest.hexdigest())


async def _chunks(db: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Any]]:
    # SQLite orders text by its bytes; PostgreSQL by the rules of a language, unless it is told not to.
    keys: list[ColumnElement[Any]] = [
        collate(column, "C")
        if isinstance(column.type, String) and db.dialect.name == "postgresql"
        else column
        for column in table.primary_key.columns
    ]
    async with db.stream(select(table).order_by(*keys)) as result:
        async for rows in result.partitions(ROWS_AT_ONCE):
            yield rows


def _to_lines(table: Table, rows: Sequence[Any]) -> bytes:
    columns = list(table.columns)
    lines = (
        json.dumps([_to_json(value) for value, _ in zip(row, columns, strict=True)], ensure_ascii=False)
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _from_json(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, UtcDateTime):
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return lambda value: None if value is None else base64.b64decode(value)
    return lambda value: value


async def _present(store: FolderStore, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """A file may be dropped between the look at the database and the packing: that is no reason to have no backup."""
    here = [content_hash for content_hash in sorted(wanted) if await store.has(content_hash)]
    return here, sorted(set(wanted) - set(here))


def _pack(manifest: Manifest, folder: Path, store: FolderStore, path: Path) -> None:
    with path.open("xb") as file:
        path.chmod(0o600)
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as packed, _writer(packed) as archive:
            described = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
            _add(archive, _MANIFEST, io.BytesIO(described), len(described))
            for name in manifest.tables:
                with (folder / name).open("rb") as lines:
                    _add(archive, f"tables/{name}.jsonl", lines, (folder / name).stat().st_size)
            for content_hash in manifest.files:
                try:
                    content = store.read(content_hash)
                except FileNotFoundError:
                    raise BackupFault("a file was erased while the backup was made; start it again") from None
                _add(archive, f"files/{content_hash}", io.BytesIO(content), len(content))
        file.flush()
        os.fsync(file.fileno())


def _writer(packed: gzip.GzipFile) -> tarfile.TarFile:
    return tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    archive.addfile(member, content)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise BackupFault(f"{path.name} is damaged or is not a backup: {fault}") from None


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    try:
        described = json.loads(_member(archive, _MANIFEST))
        if described["format"] != FORMAT:
            raise BackupFault(f"the backup is of format {described['format']}; this version reads {FORMAT}")
        tables = {name: TableManifest(**table) for name, table in described["tables"].items()}
        known = {field.name for field in fields(Manifest)}
        manifest = Manifest(
            **{name: value for name, value in described.items() if name in known} | {"tables": tables}
        )
        if set(tables) != set(metadata.tables):
            raise BackupFault("the backup's tables are not this version's")
    except (ValueError, KeyError, TypeError) as fault:
        raise BackupFault(f"the backup's manifest can't be read ({type(fault).__name__})") from None
    return manifest


def _check(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Everything, before anything is written."""
    expected = {f"tables/{name}.jsonl": table.sha256 for name, table in manifest.tables.items()}
    expected |= {f"files/{content_hash}": content_hash for content_hash in manifest.files}
    for name, sha256 in expected.items():
        if hashlib.sha256(_member(archive, name)).hexdigest() != sha256:
            raise BackupFault(f"the backup is damaged: the checksum of {name} is wrong")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    """Members are only ever read by name and into memory: an archive can't write outside its place."""
    try:
        content = archive.extractfile(name)
    except KeyError:
        content = None
    if content is None:
        raise BackupFault(f"the backup is damaged: {name} is missing")
    with content:
        return content.read()


async def _load(
    db: AsyncConnection, table: Table, archive: tarfile.TarFile, described: TableManifest
) -> None:
    readers = [(name, _from_json(table.columns[name])) for name in described.columns]
    lines = (await asyncio.to_thread(_member, archive, f"tables/{table.name}.jsonl")).splitlines()
    for start in range(0, len(lines), ROWS_AT_ONCE):
        rows = [
            {name: read(value) for (name, read), value in zip(readers, json.loads(line), strict=True)}
            for line in lines[start : start + ROWS_AT_ONCE]
        ]
        await db.execute(table.insert(), rows)


async def _advance_sequences(db: AsyncConnection) -> None:
    """Rows came with their numbers, so PostgreSQL's counters must start after them."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = await db.scalar(select(func.max(column)))
        sequence = await db.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if highest is not None and sequence is not None:
            await db.execute(select(func.setval(sequence, highest)))
