"""The log says what happened to which conversation, and never what was said nor what must stay secret."""

from __future__ import annotations

import asyncio
import http.cookiejar
import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bots.app import logs
from bots.app.logs import HIDDEN
from bots.app.settings import Settings, load
from bots.turns.telling import about, bound
from tests.conftest import PATIENCE, free_port

ROOT = Path(__file__).parents[2]
SAID = "Моя картка загубилась, а субсидію не платять Голуб"
TOKEN = "987654321:AAtokenOfNobodyAtAll_0123456789-abc"
METRICS_TOKEN = "a-token-of-the-metrics"

SLOW_START = 180.0
"""Seconds a process may take to start on a machine that is busy."""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def root_as_it_was() -> Iterator[None]:
    """What `begin` changes for the whole process is put back."""
    watched = [logging.getLogger(name) for name in ("", *logs.OURS)]
    before = [(one, one.level, list(one.handlers)) for one in watched]
    yield
    for one, level, handlers in before:
        one.setLevel(level)
        one.handlers[:] = handlers


def settings(tmp_path: Path, **given: str) -> Settings:
    return load({"PRYIMALNIA_LOG_LEVEL": "DEBUG", **given}, tmp_path / ".env")


@pytest.fixture
def begun(root_as_it_was: None, tmp_path: Path) -> Callable[..., Callable[[], list[dict[str, Any]]]]:
    """Begin a log in JSON with these settings; what it returns reads the lines."""

    def begin(**given: str) -> Callable[[], list[dict[str, Any]]]:
        stream = io.StringIO()
        logs.begin(settings(tmp_path, **given), stream)
        return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]

    return begin


log = logging.getLogger("bots.turns.think")


def test_a_line_has_its_time_and_what_it_is_about(begun: Callable[..., Any]) -> None:
    lines = begun()
    with about(worker="host:1:aa"), about(community="zrazkova", channel="telegram", conversation="c" * 32):
        with about(turn=41):
            log.info("a turn of %d replies", 2)
        log.warning("after it")
    log.debug("alone")
    first, second, third = lines()
    assert datetime.fromisoformat(first.pop("time")).utcoffset() is not None
    assert first == {
        "level": "INFO",
        "logger": "bots.turns.think",
        "message": "a turn of 2 replies",
        "community": "zrazkova",
        "channel": "telegram",
        "conversation": "c" * 32,
        "turn": "41",
        "worker": "host:1:aa",
    }
    assert "turn" not in second
    assert second["conversation"] == "c" * 32
    assert set(third) == {"time", "level", "logger", "message"}


async def test_what_is_bound_goes_into_tasks_and_threads_and_no_further() -> None:
    async def inside() -> dict[str, str]:
        return bound()

    with about(conversation="one"):
        task = asyncio.create_task(inside())
        in_thread = asyncio.to_thread(bound)
        with about(conversation=None, turn=7):
            assert bound() == {"conversation": "one", "turn": "7"}
    assert await task == {"conversation": "one"}
    assert await in_thread == {}  # a coroutine runs where it is awaited
    assert bound() == {}


def test_a_fault_is_told_by_kind_and_place_without_its_words(begun: Callable[..., Any]) -> None:
    lines = begun()
    try:
        try:
            raise KeyError(SAID)
        except KeyError as fault:
            raise ValueError(f"can't read {SAID}") from fault
    except ValueError:
        log.exception("a batch failed")
    (line,) = lines()
    assert line["message"] == "a batch failed"
    assert "ValueError" in line["fault"]
    assert "KeyError" in line["fault"]
    assert Path(__file__).name in line["fault"]
    assert SAID not in json.dumps(line, ensure_ascii=False)


def test_secrets_of_the_settings_are_hidden(begun: Callable[..., Any]) -> None:
    lines = begun(
        TELEGRAM_TOKEN=TOKEN,
        PRYIMALNIA_SECRET="signs-the-links",
        PRYIMALNIA_METRICS_TOKEN=METRICS_TOKEN,
        PRYIMALNIA_DATABASE_URL="postgresql://reception:p%40ssword-of-it@db/reception",
        PRYIMALNIA_REDIS_URL="redis://:word-of-redis@cache/0",
    )
    hidden = (TOKEN, "signs-the-links", METRICS_TOKEN, "p@ssword-of-it", "p%40ssword-of-it", "word-of-redis")
    for secret in hidden:
        log.error("asked https://vendor.test/bot%s/getMe", secret)
    assert [line["message"] for line in lines()] == [f"asked https://vendor.test/bot{HIDDEN}/getMe"] * len(
        hidden
    )


def test_libraries_below_us_say_only_what_is_grave(begun: Callable[..., Any]) -> None:
    lines = begun()
    for name in ("aiosqlite", "sqlalchemy.engine.Engine", "aiohttp.client", "sse_starlette.sse", "asyncio"):
        logging.getLogger(name).debug("executing %s", SAID)
        logging.getLogger(name).info("executing %s", SAID)
        assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    logging.getLogger("redis").warning("away")
    assert [line["logger"] for line in lines()] == ["redis"]


def test_a_line_that_cannot_be_written_shows_nothing_of_what_it_was_given(
    root_as_it_was: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    logs.begin(settings(tmp_path), stream)
    # Given to our handler alone: the one of these tests raises.
    record = log.makeRecord(log.name, logging.ERROR, __file__, 1, "%d events", (SAID,), None)
    logging.getLogger().handlers[-1].handle(record)
    assert SAID not in stream.getvalue() + capsys.readouterr().err
    assert "could not be written" in stream.getvalue()


async def test_a_task_nobody_waits_for_tells_no_words(begun: Callable[..., Any]) -> None:
    lines = begun()
    logs.watch_loop()

    async def fails() -> None:
        raise ValueError(SAID)

    def falls(words: str) -> None:
        raise ValueError(words)

    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    del task
    asyncio.get_running_loop().call_soon(falls, SAID)
    await asyncio.sleep(0)
    of_the_task, of_the_callback = lines()
    assert "never retrieved" in of_the_task["message"]
    assert of_the_callback["message"].startswith("Exception in callback: ValueError")
    for line in (of_the_task, of_the_callback):
        assert "ValueError" in line["message"]
        assert SAID not in line["message"]


def test_a_terminal_gets_text_and_a_file_json(root_as_it_was: None, tmp_path: Path) -> None:
    for stream, given, as_json in (
        (Terminal(), "auto", False),
        (io.StringIO(), "auto", True),
        (Terminal(), "json", True),
        (io.StringIO(), "text", False),
    ):
        logs.begin(settings(tmp_path, PRYIMALNIA_LOG_FORMAT=given), stream)
        with about(conversation="c1"):
            log.warning("a turn of %d", 1)
        assert stream.getvalue().startswith("{") == as_json
        if not as_json:
            assert (
                stream.getvalue()
                .rstrip()
                .endswith("WARNING bots.turns.think: a turn of 1  [conversation=c1]")
            )


def test_a_level_above_debug_is_kept(begun: Callable[..., Any]) -> None:
    lines = begun(PRYIMALNIA_LOG_LEVEL="ERROR")
    log.warning("quiet")
    logging.getLogger("redis").warning("quiet")
    log.error("loud")
    assert [line["message"] for line in lines()] == ["loud"]


@pytest.fixture
def reception(folder: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    """A served reception at DEBUG, with a messenger whose vendor nobody is, and the file its log goes to."""
    port, log_file = free_port(), tmp_path / "log"
    with log_file.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bots", "serve"],
            cwd=ROOT,
            env={
                **os.environ,
                "PRYIMALNIA_FOLDER": str(folder),
                "PRYIMALNIA_DATABASE_URL": f"sqlite:///{tmp_path / 'logs.sqlite3'}",
                "PRYIMALNIA_PORT": str(port),
                "PRYIMALNIA_LOG_LEVEL": "DEBUG",
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_API_BASE": f"http://127.0.0.1:{free_port()}",
            },
            stdout=subprocess.DEVNULL,
            stderr=out,
        )
    yield process, f"http://127.0.0.1:{port}", log_file
    if process.poll() is None:
        process.kill()
        process.wait(PATIENCE)


def _until(come_true: Callable[[], bool], process: subprocess.Popen[bytes], log_file: Path) -> None:
    deadline = time.monotonic() + SLOW_START
    while not come_true():
        assert process.poll() is None, log_file.read_text()
        assert time.monotonic() < deadline, log_file.read_text()
        time.sleep(0.1)


def test_a_whole_conversation_leaves_neither_its_words_nor_a_secret(
    reception: tuple[subprocess.Popen[bytes], str, Path],
) -> None:
    process, address, log_file = reception
    page = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open_() -> bool:
        try:
            page.open(f"{address}/", timeout=10).close()
        except OSError:
            return False
        return True

    _until(open_, process, log_file)
    headers = {
        "Origin": address,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
    }
    for number, body in enumerate(
        (
            json.dumps({"key": "1" * 16, "kind": "text", "text": SAID}),
            json.dumps({"key": "2" * 16, "kind": "text", "text": f"{SAID} ще раз"}),
            '{"key": "3", "kind": "text", "text": "' + SAID,  # no JSON: kept raw
        ),
        1,
    ):
        asked = urllib.request.Request(f"{address}/webhooks/zrazkova/web", body.encode(), headers)
        with page.open(asked, timeout=30) as answer:
            assert answer.status == 200, number

    def delivered() -> bool:
        with page.open(f"{address}/metrics", timeout=10) as metrics:
            told = metrics.read().decode()
        return "pryimalnia_inbox_waiting 0.0" in told and 'decisions_total{channel="web"' in told

    _until(delivered, process, log_file)
    _until(lambda: "telegram" in log_file.read_text(), process, log_file)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    written = log_file.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    assert any("unreadable" in line["message"] for line in lines)
    assert all(line["worker"] for line in lines if line["logger"].startswith("bots.turns"))
    for hidden in (SAID, *SAID.split(" ")[-1:], TOKEN, TOKEN.partition(":")[2]):
        assert hidden not in written
