"""Starting processes: what is checked before, what is printed, and how they stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket

import typer
import uvicorn

from bots.app import accounts, house, keeping
from bots.app.faults import StartFault
from bots.app.settings import Settings
from bots.app.web import application
from bots.turns.loops import running

GRACE = 5
"""Seconds open requests and streams get at a stop; with the loops' last batch the whole stop stays under ten."""


def serve(settings: Settings, *, worker: bool) -> None:
    """The web server, with the think and deliver loops in it when `worker`."""
    keeping.prepare_folder(settings)
    listener = _listen(settings)
    with listener:
        asyncio.run(_serve(settings, listener, worker=worker))


async def _serve(settings: Settings, listener: socket.socket, *, worker: bool) -> None:
    _log(settings)
    async with house.opened(settings) as open_house:
        password = await accounts.first_administrator(open_house.runtime.database, settings)
        config = uvicorn.Config(
            application(open_house, with_worker=worker),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        server = _Announcing(config, settings, password)
        await server.serve(sockets=[listener])


class _Announcing(uvicorn.Server):
    """A server that says where it is once it really listens."""

    def __init__(self, config: uvicorn.Config, settings: Settings, password: str | None) -> None:
        super().__init__(config)
        self._settings = settings
        self._password = password

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
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    _log(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with house.opened(settings) as open_house, running(open_house.runtime):
        typer.echo(f"worker {open_house.runtime.worker} is thinking and delivering")
        await stop.wait()


async def migrate(settings: Settings) -> str:
    """Bring the database to this version and return its revision."""
    keeping.prepare_folder(settings)
    return await house.migrated(settings)


def _listen(settings: Settings) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise StartFault(
            f"port {settings.port} on {settings.host} can't be used ({error.strerror}); "
            "stop what holds it or set PRYIMALNIA_PORT to another number"
        ) from None
    listener.listen(2048)
    return listener


def _log(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
