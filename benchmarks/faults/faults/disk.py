"""A full disk: no process may write beyond a size, by RLIMIT_FSIZE, which needs no root; then there is room again."""

from __future__ import annotations

from benchmarks.faults.faults.fault import Fault, Scene, Where
from benchmarks.faults.servers import limit_files

TIMES = 3
ROOM = 1_000_000
"""Bytes: less than what PostgreSQL has written long ago, so that not even its log can grow."""


async def fill_sqlite(scene: Scene) -> None:
    """The one process that writes the file finds no room, three times for an eighth of the load."""
    (kept,) = scene.stage.kept
    files = [scene.stage.folder / f"pryimalnia.sqlite3{ending}" for ending in ("", "-wal")]
    for _ in range(TIMES):
        if not await scene.pause(scene.seconds / 8):
            break
        size = max(file.stat().st_size for file in files if file.exists())
        if kept.pid is not None:
            # A little room first, so that it ends in the middle of something.
            limit_files(kept.pid, size + scene.chance.randrange(65_536))
            scene.did("times full")
            await scene.pause(scene.seconds / 8)
        if kept.pid is not None:
            limit_files(kept.pid, None)


async def fill_postgres(scene: Scene) -> None:
    """The server can't write its log, stops with a panic and recovers once there is room."""
    postgres = scene.stage.postgres
    assert postgres is not None
    for _ in range(TIMES):
        if not await scene.pause(scene.seconds / 8):
            break
        postgres.limit_files(ROOM)
        scene.did("times full")
        await scene.pause(scene.seconds / 8)
        await postgres.recover()
    await postgres.recover()


DISK_SQLITE = Fault("disk-sqlite", "no room on the disk of SQLite", Where.ALONE, fill_sqlite)
DISK_POSTGRES = Fault("disk-pg", "no room on the disk of PostgreSQL", Where.CLUSTER, fill_postgres)
