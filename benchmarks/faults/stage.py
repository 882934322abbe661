"""The stage: the reception's real processes over real servers, each kept running as a supervisor would keep it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.messengers import MESSENGERS
from benchmarks.faults.servers import Postgres, Redis, free_port
from benchmarks.faults.vendor import Vendor

TREE = Path(__file__).parents[2]
COMMUNITY = "zrazkova"

START_PATIENCE = 300.0
"""Seconds a process may take until it says that it is ready, on a machine that is busy with everything else."""

STOP_PATIENCE = 15.0
AGAIN = 0.2
"""Seconds until a process that ended is started again."""

READY = {"web": "health  ", "serve": "health  ", "worker": "is thinking"}
"""What each prints once it is there."""

Extra = Callable[[str], Mapping[str, str]]

OWN = ("PRYIMALNIA_", "TELEGRAM_", "VIBER_", "MESSENGER_")


class Kept:
    """One process, started again whenever it ends. `tree` is the code it runs, `extra` its own environment."""

    def __init__(
        self, role: str, name: str, folder: Path, environment: Mapping[str, str], tree: Path = TREE
    ) -> None:
        self.role = role
        self.name = name
        self.tree = tree
        self.extra: dict[str, str] = {}
        self.ended_by_itself = 0
        self.log = folder / f"{name}.log"
        self._folder = folder
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._began = 0
        self._alive = asyncio.Event()
        self._ours = False

    @property
    def pid(self) -> int | None:
        """The running process's id; None between two lives."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else None

    async def start(self) -> None:
        """Start it and keep it; returns when it is ready."""
        self._keeping = asyncio.create_task(self._keep())
        await self.ready()

    async def ready(self) -> None:
        """Until the newest life of the process is ready. Raises TimeoutError with the end of its log."""
        deadline = time.monotonic() + START_PATIENCE
        while not (self.pid and READY[self.role] in self._said()):
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-2_000:]}"
                )
            await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """SIGKILL, also to one that is only starting."""
        await self._alive.wait()
        if self._process is not None:
            self._ours = True
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def stop(self) -> None:
        """SIGTERM and no new life; SIGKILL where that takes too long."""
        if self._keeping is None:
            return
        self._ours = True
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_PATIENCE)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _keep(self) -> None:
        while True:
            self._ours = False
            with self.log.open("ab") as log:
                self._began = log.tell()
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "bots",
                    self.role,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self._folder,
                    env={**self._environment, **self.extra, "PYTHONPATH": str(self.tree)},
                    # Ctrl+C is for the bench, which stops them in order.
                    start_new_session=True,
                )
            self._alive.set()
            await self._process.wait()
            self._alive.clear()
            if not self._ours:
                self.ended_by_itself += 1
            await asyncio.sleep(AGAIN)

    def _said(self) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._began)
            return log.read().decode(errors="replace")


@dataclass
class Stage:
    """A reception that runs. `doors` are the web processes' addresses."""

    folder: Path
    vendor: Vendor
    database_url: str
    environment: Mapping[str, str]
    kept: list[Kept]
    doors: list[str]
    postgres: Postgres | None = None
    redis: Redis | None = None

    def of(self, *roles: str) -> list[Kept]:
        """The processes of these roles."""
        return [one for one in self.kept if one.role in roles]

    async def all_ready(self) -> None:
        """Until every process is."""
        await asyncio.gather(*(one.ready() for one in self.kept))


async def command(environment: Mapping[str, str], folder: Path, tree: Path, *words: str) -> None:
    """Run `pryimalnia WORDS…` of this tree to its end. Raises RuntimeError with what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bots",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(tree)},
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"pryimalnia {' '.join(words)} failed: {said.decode(errors='replace')[-2_000:]}")


def _nothing(name: str) -> Mapping[str, str]:  # noqa: ARG001  the signature of Extra
    return {}


@asynccontextmanager
async def cluster(
    folder: Path,
    knowledge: Path,
    chance: random.Random,
    *,
    webs: int = 2,
    workers: int = 2,
    extra: Extra = _nothing,
) -> AsyncIterator[Stage]:
    """`webs` web processes and `workers` workers on PostgreSQL and Redis. `extra`: environment by a process's name."""
    postgres, redis = Postgres(folder / "postgres"), Redis()
    try:
        await postgres.start()
        await redis.start()
        names = [*(f"web-{n}" for n in range(webs)), *(f"worker-{n}" for n in range(workers))]
        where = {"PRYIMALNIA_DATABASE_URL": postgres.url, "PRYIMALNIA_REDIS_URL": redis.url}
        async with _running(folder, knowledge, chance, names, where, postgres.url, extra) as stage:
            stage.postgres, stage.redis = postgres, redis
            yield stage
    finally:
        await redis.stop()
        await postgres.stop()


@asynccontextmanager
async def alone(folder: Path, knowledge: Path, chance: random.Random) -> AsyncIterator[Stage]:
    """`pryimalnia serve` on an SQLite file: everything in one process."""
    url = f"sqlite+aiosqlite:///{folder / 'pryimalnia.sqlite3'}"
    where = {"PRYIMALNIA_DATABASE_URL": url}
    async with _running(folder, knowledge, chance, ["serve"], where, url, _nothing) as stage:
        yield stage


@asynccontextmanager
async def _running(
    folder: Path,
    knowledge: Path,
    chance: random.Random,
    names: Sequence[str],
    where: Mapping[str, str],
    database_url: str,
    extra: Extra,
) -> AsyncIterator[Stage]:
    vendor = Vendor(chance)
    await vendor.start()
    environment = {
        # Nobody's real settings, and no `.env`: the processes run in a folder of their own.
        **{name: value for name, value in os.environ.items() if not name.startswith(OWN)},
        **{name: value for one in MESSENGERS.values() for name, value in one.settings(vendor.base).items()},
        **where,
        "PRYIMALNIA_FOLDER": str(folder),
        "PRYIMALNIA_PUBLIC_URL": "https://desk.example",
        "PRYIMALNIA_LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    stage = Stage(folder, vendor, database_url, environment, [], [])
    try:
        if not (folder / "knowledge").exists():
            (folder / "knowledge").symlink_to(knowledge)
        await command(environment, folder, TREE, "knowledge", "build", "--if-needed")
        await command(environment, folder, TREE, "migrate")
        for name in names:
            role = name.partition("-")[0]
            own = dict(environment)
            if role != "worker":
                port = free_port()
                own["PRYIMALNIA_PORT"] = str(port)
                stage.doors.append(f"http://127.0.0.1:{port}")
            kept = Kept(role, name, folder, own)
            kept.extra = dict(extra(name))
            stage.kept.append(kept)
        await asyncio.gather(*(one.start() for one in stage.kept))
        yield stage
    finally:
        await asyncio.gather(*(one.stop() for one in stage.kept))
        await vendor.stop()
