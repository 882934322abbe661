"""A stop by SIGTERM under load: every process is gone within ten seconds, orderly, and leaves nothing in its hands."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from conversations.database import Database
from conversations.tables import conversations, inbound_keys, inbox, outbox, remote_files
from tests import commands
from tests.conftest import free_port
from tests.reception.conftest import PATIENCE

BOUND = 10.0
"""Seconds; docs/keeping.md promises them."""

TOKEN = "7000000001:AAE-a-token-of-nobody-for-this-test-0"
SECRET = "a-secret-of-this-test"
FIRST_CHAT = 700_000_000
SILENT = 10
"""Of so many chats one never gets an answer from the vendor."""

ENOUGH = 40
"""Sendings the vendor has seen before the stop: by then there is a pile of work behind them."""


@dataclass
class Vendor:
    """Telegram's API: slow, and to some chats it never answers."""

    busy: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    unanswered: set[int] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    base: str = ""

    def send(self, chat: int) -> bytes:
        number = next(self.numbers)
        if number >= ENOUGH:
            self.busy.set()
        if chat % SILENT == 0:
            self.unanswered.add(chat)
            self.over.wait(60)
        else:
            self.over.wait(0.1)
        message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}}
        return json.dumps({"ok": True, "result": message}).encode()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    known = Vendor()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            sends = self.path.endswith("/sendMessage")
            answer = known.send(int(asked["chat_id"])) if sends else b'{"ok": true, "result": true}'
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                self.close_connection = True  # whoever asked has stopped

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield known
    known.over.set()
    server.shutdown()
    server.server_close()


@dataclass
class Citizens:
    """People who write until they are told to stop; `accepted` are the keys that were answered 200."""

    address: str
    stop: threading.Event = field(default_factory=threading.Event)
    accepted: set[str] = field(default_factory=set)

    def write(self, person: int) -> None:
        for number in itertools.count(1):
            if self.stop.is_set():
                return
            chat = FIRST_CHAT + person
            message = {
                "message_id": number,
                "date": int(time.time()),
                "chat": {"id": chat, "type": "private", "first_name": "Олена"},
                "from": {"id": chat, "is_bot": False, "first_name": "Олена"},
                "text": "які документи на субсидію",
            }
            body = json.dumps({"update_id": person * 1_000_000 + number, "message": message}).encode()
            headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
            request = urllib.request.Request(f"{self.address}/webhooks/zrazkova/telegram", body, headers)
            try:
                with urllib.request.urlopen(request, timeout=20):
                    self.accepted.add(f"message:{chat}:{number}")
            except OSError:
                self.stop.wait(0.05)  # refused or cut off: nothing was promised
            self.stop.wait(0.2)


def settings(folder: Path, vendor: Vendor, port: int, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PRYIMALNIA_FOLDER": str(folder),
        "PRYIMALNIA_PORT": str(port),
        "PRYIMALNIA_PUBLIC_URL": "https://reception.invalid",
        "PRYIMALNIA_LOG_LEVEL": "WARNING",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API_BASE": vendor.base,
        "TELEGRAM_PER_SECOND": "200",
        **more,
    }


def started(printed: Path, environment: dict[str, str], *arguments: str) -> ForkServerProcess:
    with open(os.devnull) as nothing, printed.open("w") as said:
        return commands.start(
            arguments, environment, stdin=nothing.fileno(), stdout=said.fileno(), stderr=said.fileno()
        )


def listening(address: str, process: ForkServerProcess) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.is_alive():
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("it did not start")


async def left(url: str, citizens: Citizens, vendor: Vendor) -> None:
    """What the database says after the stop."""
    database = Database(url)
    try:
        await _left(database, citizens, vendor)
    finally:
        await database.close()


async def _left(database: Database, citizens: Citizens, vendor: Vendor) -> None:
    async with database.read() as db:
        leased = await db.execute(
            select(conversations.c.id, conversations.c.lease_by).where(conversations.c.lease_by.is_not(None))
        )
        assert leased.all() == []
        held = await db.execute(select(outbox.c.id).where(outbox.c.state == "sending"))
        assert held.all() == []
        fetching = await db.execute(select(remote_files.c.id).where(remote_files.c.state == "fetching"))
        assert fetching.all() == []
        unknown = await db.execute(
            select(conversations.c.address)
            .join(outbox, outbox.c.conversation_id == conversations.c.id)
            .where(outbox.c.state == "unknown")
        )
        assert {int(address) for address in unknown.scalars()} <= vendor.unanswered
        keys = set((await db.execute(select(inbound_keys.c.event_key))).scalars())
        stored = set((await db.execute(select(inbox.c.event_key))).scalars())
        sent = await db.execute(select(outbox.c.id).where(outbox.c.state == "sent"))
        assert sent.first() is not None
    assert citizens.accepted
    assert citizens.accepted <= keys
    assert citizens.accepted <= stored


@pytest.mark.parametrize("kind", ["one process", "web and worker"])
def test_a_stop_under_load_is_orderly_and_quick(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    built_knowledge: Path,
    vendor: Vendor,
    sqlite_url: Callable[..., str],
    kind: str,
) -> None:
    folder = tmp_path / "reception"
    shutil.copytree(built_knowledge, folder / "knowledge")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    if kind == "one process":
        url = sqlite_url()
        environment = settings(folder, vendor, port, PRYIMALNIA_DATABASE_URL=url)
        processes = [started(tmp_path / "serve", environment, "serve")]
    else:
        url = request.getfixturevalue("postgres_url")()
        redis = request.getfixturevalue("redis_url")
        environment = settings(folder, vendor, port, PRYIMALNIA_DATABASE_URL=url, PRYIMALNIA_REDIS_URL=redis)
        processes = [started(tmp_path / name, environment, name) for name in ("web", "worker")]
    citizens = Citizens(address)
    try:
        listening(address, processes[0])
        with ThreadPoolExecutor(20) as people:
            writing = [people.submit(citizens.write, person) for person in range(20)]
            assert vendor.busy.wait(PATIENCE), "nothing was sent"
            begun = time.monotonic()
            for process in processes:
                process.terminate()
            for process in processes:
                process.join(max(0.0, BOUND - (time.monotonic() - begun)))
            codes = [process.exitcode for process in processes]
            citizens.stop.set()
            for one in writing:
                one.result()
    finally:
        citizens.stop.set()
        for process in processes:
            if process.is_alive():
                process.kill()
                process.join()
    assert codes == [0] * len(processes), [path.read_text() for path in tmp_path.iterdir() if path.is_file()]
    asyncio.run(left(url, citizens, vendor))
