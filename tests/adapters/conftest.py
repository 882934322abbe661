"""A real browser at a served chat page, for the tests that need one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from tests.adapters.page_stage import Stage


@dataclass
class Served:
    """A stage behind a real server; `do` changes it in the server's own thread."""

    stage: Stage
    address: str
    loop: asyncio.AbstractEventLoop

    def do(self, change: Callable[[], None]) -> None:
        async def run() -> None:
            change()

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)


@pytest.fixture
def served() -> Iterator[Served]:
    stage = Stage()
    config = uvicorn.Config(stage.app, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    loops: Future[asyncio.AbstractEventLoop] = Future()

    async def serve(door: socket.socket) -> None:
        loops.set_result(asyncio.get_running_loop())
        await server.serve(sockets=[door])

    with socket.create_server(("127.0.0.1", 0)) as door:
        # A browser's own loop runs in this thread, so the server gets another.
        thread = threading.Thread(target=lambda: asyncio.run(serve(door)))
        thread.start()
        try:
            yield Served(stage, f"http://127.0.0.1:{door.getsockname()[1]}", loops.result(30))
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A small phone."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="uk-UA")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext, served: Served) -> Iterator[Page]:
    """The chat, opened; a script's error or a breach of the content policy fails the test."""
    opened = phone.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
    )
    opened.goto(served.address)
    opened.wait_for_selector("#say")
    yield opened
    # Closed here, so that the server can stop without an open stream.
    opened.close()
    assert complaints == []
