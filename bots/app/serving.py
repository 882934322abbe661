"""Starting processes: what is checked before, what is printed, and how they stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import FrameType

import typer
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bots.app import accounts, house, keeping, logs
from bots.app.faults import StartFault
from bots.app.health import Health, routes
from bots.app.settings import Settings
from bots.app.web import application
from bots.turns.loops import running
from bots.turns.telling import about

GRACE = 5
"""Seconds open requests and streams get at a stop; with the loops' last batch the whole stop stays under ten."""


def serve(settings: Settings, *, worker: bool) -> None:
    """The web server, with the think and deliver loops in it when `worker`."""
    keeping.prepare_folder(settings)
    listener = _listen(settings.host, settings.port, "PRYIMALNIA_PORT")
    with listener:
        asyncio.run(_serve(settings, listener, worker=worker))


async def _serve(settings: Settings, listener: socket.socket, *, worker: bool) -> None:
    logs.begin(settings)
    logs.watch_loop()
    async with house.opened(settings) as open_house:
        password = await accounts.first_administrator(open_house.runtime.database, settings)
        health = Health(open_house, "serve" if worker else "web")
        app = application(open_house, with_worker=worker, health=health)
        server = _Announcing(_config(app), settings, password, health)
        with about(worker=open_house.runtime.worker):
            await server.serve(sockets=[listener])


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE
    )


class _Announcing(uvicorn.Server):
    """A server that says where it is once it really listens, and that it is stopping once it is."""

    def __init__(
        self, config: uvicorn.Config, settings: Settings, password: str | None, health: Health
    ) -> None:
        super().__init__(config)
        self._settings = settings
        self._password = password
        self._health = health

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._health.stopping = True
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A stop that is asked for ends orderly, with exit code 0; uvicorn would raise the signal again after it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        address = self._settings.address
        typer.echo(f"citizens   {address}/")
        typer.echo(f"workplace  {address}/workplace")
        typer.echo(f"health     {address}/health")
        if self._password:
            typer.echo("")
            typer.echo("The first start made an administrator. This password is shown only now:")
            typer.echo(f"login      {accounts.ADMINISTRATOR}")
            typer.echo(f"password   {self._password}")


def work(settings: Settings) -> None:
    """The think and deliver loops without a web server, until SIGTERM or Ctrl+C."""
    keeping.prepare_folder(settings)
    if not settings.worker_port:
        asyncio.run(_work(settings, None))
        return
    with _listen(settings.host, settings.worker_port, "PRYIMALNIA_WORKER_PORT") as listener:
        asyncio.run(_work(settings, listener))


async def _work(settings: Settings, listener: socket.socket | None) -> None:
    logs.begin(settings)
    logs.watch_loop()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with house.opened(settings) as open_house:
        health = Health(open_house, "worker")
        with about(worker=open_house.runtime.worker):
            async with _doors(health, settings, listener), running(open_house.runtime):
                typer.echo(f"worker {open_house.runtime.worker} is thinking and delivering")
                await stop.wait()
                health.stopping = True


@asynccontextmanager
async def _doors(health: Health, settings: Settings, listener: socket.socket | None) -> AsyncIterator[None]:
    """/health, /ready and /metrics of a worker, open until the last batch is done."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(health.close)
        if listener is not None:
            # No proxy stands before a worker.
            app = Starlette(routes=routes(health, settings.metrics_token, behind_proxy=False))
            stack.push_async_callback(_closed, server := _Beside(_config(app)), _begun(server, listener))
        yield


def _begun(server: uvicorn.Server, listener: socket.socket) -> asyncio.Task[None]:
    return asyncio.create_task(server.serve(sockets=[listener]), name="doors")


async def _closed(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await serving


class _Beside(uvicorn.Server):
    """A server beside the work of this process, which listens to signals itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def migrate(settings: Settings) -> str:
    """Bring the database to this version and return its revision."""
    keeping.prepare_folder(settings)
    return await house.migrated(settings)


def _listen(host: str, port: int, setting: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartFault(
            f"port {port} on {host} can't be used ({error.strerror}); "
            f"stop what holds it or set {setting} to another number"
        ) from None
    listener.listen(2048)
    return listener
