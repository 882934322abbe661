"""/health and /ready tell the truth: what runs, whether it can work now, and why not."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from adapters.web.channel import WebChannel
from bots.app.health import REFUSING, SILENT_AFTER, Health, Role, routes
from bots.app.house import House
from bots.app.settings import SettingsError, load
from bots.app.web import application
from bots.turns.loops import running
from bots.turns.measures import Measures
from bots.turns.registers import Registers
from conversations.database import Database, migrate
from conversations.signals import MemorySignals
from handover.applications import syncing
from handover.applications.sources import sql_source
from tests.conftest import PATIENCE, RedisServer, free_port
from tests.turns.world import COMMUNITY, world

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-the-metrics"

SLOW_START = 180.0
"""Seconds a process may take to start on a machine that is busy."""


@dataclass
class Ticking:
    """Seconds that pass when they are told to."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def one_database(sqlite_url: Callable[..., str]) -> AsyncIterator[Database]:
    """For what is the same on every database."""
    opened = Database(sqlite_url())
    yield opened
    await opened.close()


def house(database: Database, folder: Path, measures: Measures | None = None, **settings: str) -> House:
    runtime = world(database, MemorySignals(), folder / "files").runtime
    runtime = replace(
        runtime,
        channels={"web": WebChannel(COMMUNITY, b"secret")},
        measures=measures or Measures(),
    )
    given = {"PRYIMALNIA_FOLDER": str(folder)}
    given |= {f"PRYIMALNIA_{name.upper()}": value for name, value in settings.items()}
    return House(load(given, folder / ".env"), runtime, b"secret")


@asynccontextmanager
async def asking(
    health: Health, token: str = "", client: str = "127.0.0.1", **options: bool
) -> AsyncIterator[Any]:
    app = Starlette(routes=routes(health, token, behind_proxy=options.get("behind_proxy", False)))
    transport = httpx.ASGITransport(app, client=(client, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://reception.test") as asked:
        yield asked
    await health.close()


async def ready(house: House, role: Role = "web") -> tuple[int, dict[str, Any]]:
    async with asking(Health(house, role)) as door:
        answer = await door.get("/ready")
    return answer.status_code, answer.json()


HEALTH_FIELDS = {
    "product": str,
    "version": str,
    "status": str,
    "database": str,
    "knowledge": dict,
    "role": str,
    "uptime_seconds": int,
    "channels": list,
}
READY_FIELDS = {
    "ready": bool,
    "status": str,
    "reasons": list,
    "database": str,
    "schema": str,
    "knowledge": str,
    "redis": str,
    "loops": list,
    "stopping": bool,
}
LOOP_FIELDS = {"loop": str, "channel": str, "silent_seconds": float, "state": str}


async def test_the_fields_are_a_promise(database: Database, tmp_path: Path) -> None:
    open_house = house(database, tmp_path)
    transport = httpx.ASGITransport(application(open_house, with_worker=True))
    async with (
        running(open_house.runtime),
        httpx.AsyncClient(transport=transport, base_url="http://reception.test") as page,
    ):
        alive = await page.get("/health")
        able = await page.get("/ready")
    assert (alive.status_code, able.status_code) == (200, 200)
    assert {name: type(value) for name, value in alive.json().items()} == HEALTH_FIELDS
    assert {name: type(value) for name, value in able.json().items()} == READY_FIELDS
    for loop in able.json()["loops"]:
        assert {name: type(value) for name, value in loop.items()} == LOOP_FIELDS
    assert alive.json()["product"] == "pryimalnia"
    assert alive.json()["role"] == "serve"
    assert list(alive.json()["knowledge"]) == [COMMUNITY]
    assert able.json()["status"] == "ready"
    assert {one["loop"] for one in able.json()["loops"]} >= {"think", "deliver"}


async def test_a_database_that_is_away_is_not_ready(tmp_path: Path) -> None:
    database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none")
    try:
        status, told = await ready(house(database, tmp_path))
    finally:
        await database.close()
    assert (status, told["database"], told["schema"]) == (503, "away", "unknown")
    assert told["reasons"] == ["the database gives no answer"]


async def test_a_database_that_was_never_migrated_is_not_ready(
    new_database_url: Callable[..., str], tmp_path: Path
) -> None:
    database = Database(new_database_url(migrated=False))
    try:
        status, told = await ready(house(database, tmp_path))
    finally:
        await database.close()
    assert (status, told["schema"]) == (503, "old")
    assert "pryimalnia migrate" in told["reasons"][0]


@pytest.mark.parametrize(("oldest", "expected"), [("0001", (200, "newer")), ("9999", (503, "foreign"))])
async def test_a_newer_schema_is_good_while_it_says_so(
    database: Database, database_url: str, tmp_path: Path, oldest: str, expected: tuple[int, str]
) -> None:
    await migrate(database_url)  # writes which program may run there
    async with database.write() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await db.execute(text("UPDATE schema_compatibility SET oldest_program = :oldest"), {"oldest": oldest})
    status, told = await ready(house(database, tmp_path))
    assert (status, told["schema"]) == expected
    assert told["reasons"]


async def test_loops_that_have_not_begun_are_not_ready(one_database: Database, tmp_path: Path) -> None:
    status, told = await ready(house(one_database, tmp_path), "worker")
    assert (status, told["reasons"]) == (503, ["the loops have not begun"])
    assert (await ready(house(one_database, tmp_path), "web"))[0] == 200


async def test_a_loop_that_falls_silent_is_not_ready(one_database: Database, tmp_path: Path) -> None:
    clock = Ticking()
    measures = Measures(clock)
    open_house = house(one_database, tmp_path, measures)
    measures.beat("think")
    measures.beat("deliver", "web")
    clock.seconds += SILENT_AFTER["think"] + 1
    measures.beat("deliver", "web")
    status, told = await ready(open_house, "worker")
    assert status == 503
    assert told["reasons"] == ["loop think has had no good round for 31 s"]
    states = {(one["loop"], one["channel"]): one["state"] for one in told["loops"]}
    assert states == {("think", ""): "silent", ("deliver", "web"): "ok"}
    measures.beat("think")
    assert (await ready(open_house, "worker"))[0] == 200


async def test_a_loop_that_only_fails_is_not_ready(one_database: Database, tmp_path: Path) -> None:
    clock = Ticking()
    measures = Measures(clock)
    open_house = house(one_database, tmp_path, measures)
    for _ in range(int(SILENT_AFTER["think"]) + 2):
        measures.beat("think")
        measures.failed("think")
        clock.seconds += 1
    assert (await ready(open_house, "worker"))[0] == 503
    measures.beat("think")  # ends the last one that failed
    measures.beat("think")
    assert (await ready(open_house, "worker"))[0] == 200


async def test_a_loop_that_was_asked_to_stop_is_not_missed(one_database: Database, tmp_path: Path) -> None:
    clock = Ticking()
    measures = Measures(clock)
    measures.beat("fetch", "web")
    measures.beat("think")
    measures.ended("fetch", "web")
    status, told = await ready(house(one_database, tmp_path, measures), "worker")
    assert (status, [one["loop"] for one in told["loops"]]) == (200, ["think"])


async def test_a_database_that_takes_nothing_is_not_ready_until_it_does(
    one_database: Database, tmp_path: Path
) -> None:
    clock = Ticking()
    measures = Measures(clock)
    open_house = house(one_database, tmp_path, measures)
    measures.refused("web", "database")
    status, told = await ready(open_house)
    assert (status, told["database"]) == (503, "refusing")
    measures.accepted("web", 1, 0)
    assert (await ready(open_house))[0] == 200
    measures.refused("web", "database")
    clock.seconds += (
        REFUSING + 1
    )  # nobody comes to a process that is not ready, so it must not stay so for ever
    assert (await ready(open_house))[0] == 200


async def test_without_redis_it_works_on(
    one_database: Database, tmp_path: Path, own_redis: RedisServer
) -> None:
    open_house = house(one_database, tmp_path, redis_url=own_redis.url)
    assert (await ready(house(one_database, tmp_path)))[1]["redis"] == "unused"
    own_redis.start()
    status, told = await ready(open_house)
    assert (status, told["status"], told["redis"]) == (200, "ready", "ok")
    own_redis.stop()
    status, told = await ready(open_house)
    assert (status, told["status"], told["redis"], told["ready"]) == (200, "degraded", "away", True)


async def test_a_register_that_is_away_is_told_and_everything_goes_on(
    one_database: Database, tmp_path: Path
) -> None:
    place = house(one_database, tmp_path)
    description = tmp_path / "map.yaml"
    description.write_text(
        "query: v\nchanged: at\ncolumns: {number: n, matter: m, state: s, since: d}\n", encoding="utf-8"
    )
    source = sql_source("postgresql://reader:hidden@127.0.0.1:1/x", description)
    runtime = replace(place.runtime, registers=Registers(applications=source))
    now = runtime.clock()
    assert (await ready(replace(place, runtime=runtime)))[1]["status"] == "ready"
    await syncing.sync(one_database, COMMUNITY, source, now.date(), now)
    status, told = await ready(replace(place, runtime=runtime))
    assert (status, told["status"]) == (200, "degraded")
    assert told["reasons"] == [
        "the register of applications gives no answer and never did: what is known is told as of then"
    ]


async def test_a_process_that_stops_is_not_ready(one_database: Database, tmp_path: Path) -> None:
    health = Health(house(one_database, tmp_path), "web")
    health.stopping = True
    async with asking(health) as door:
        answer = await door.get("/ready")
        alive = await door.get("/health")
    assert (answer.status_code, answer.json()["stopping"]) == (503, True)
    assert alive.status_code == 200


@pytest.mark.parametrize(
    ("client", "behind_proxy", "headers", "status"),
    [
        ("127.0.0.1", False, {}, 200),
        ("::1", False, {}, 200),
        ("192.0.2.7", False, {}, 401),
        ("127.0.0.1", False, {"X-Forwarded-For": "192.0.2.7"}, 401),
        ("127.0.0.1", True, {}, 401),
        ("192.0.2.7", True, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("192.0.2.7", True, {"Authorization": f"Bearer {TOKEN}x"}, 401),
        ("192.0.2.7", True, {"Authorization": "Bearer "}, 401),
        ("192.0.2.7", True, {"Authorization": f"Basic {TOKEN}"}, 401),
    ],
)
async def test_who_may_read_the_metrics(
    one_database: Database,
    tmp_path: Path,
    client: str,
    behind_proxy: bool,
    headers: dict[str, str],
    status: int,
) -> None:
    health = Health(house(one_database, tmp_path), "web")
    async with asking(health, TOKEN, client, behind_proxy=behind_proxy) as door:
        answer = await door.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("pryimalnia_ready" in answer.text) == (status == 200)


async def test_no_token_lets_nobody_in_by_an_empty_one(one_database: Database, tmp_path: Path) -> None:
    async with asking(Health(house(one_database, tmp_path), "web"), "", "192.0.2.7") as door:
        answer = await door.get("/metrics", headers={"Authorization": "Bearer "})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("METRICS_TOKEN", "short", "must have at least 16 characters"),
        ("WORKER_PORT", "70000", "Input should be less than or equal to 65535"),
        ("LOG_FORMAT", "xml", "must be json, text or auto"),
    ],
)
def test_its_settings_are_checked(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({f"PRYIMALNIA_{name}": value}, tmp_path / ".env")
    assert str(refused.value) == f"PRYIMALNIA_{name}: {says}; mend it or remove it"


@pytest.fixture
def worker(run: object, folder: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A worker of its own with its doors open."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "bots", "worker"],
        cwd=ROOT,
        env={
            **os.environ,
            "PRYIMALNIA_FOLDER": str(folder),
            "PRYIMALNIA_DATABASE_URL": f"sqlite:///{tmp_path / 'worker.sqlite3'}",
            "PRYIMALNIA_WORKER_PORT": address.rpartition(":")[2],
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process, f"http://{address}"
    if process.poll() is None:
        process.kill()
    process.communicate()


def get(url: str) -> tuple[int, str]:
    """The answer's status and body; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()
    except OSError:
        return 0, ""


def test_a_worker_has_the_same_doors(worker: tuple[subprocess.Popen[str], str]) -> None:
    process, address = worker
    deadline = time.monotonic() + SLOW_START
    while get(f"{address}/ready")[0] != 200:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, get(f"{address}/ready")
        time.sleep(0.1)
    told = json.loads(get(f"{address}/ready")[1])
    assert {one["loop"] for one in told["loops"]} >= {"think", "deliver"}
    assert json.loads(get(f"{address}/health")[1])["role"] == "worker"
    assert re.search(r"^pryimalnia_ready 1\.0$", get(f"{address}/metrics")[1], re.MULTILINE)
    assert get(f"{address}/workplace")[0] == 404
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
