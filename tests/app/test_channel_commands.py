"""`pryimalnia channel …`: connects at the vendor, says how each channel stands, leaves one to people; exact types."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import import_module
from typing import Any

import pytest

from adapters.supplies import ChannelSettingsFault
from tests.app.conftest import Run
from tests.emulators.telegram import TelegramServer

TOKEN = "7000000001:AAEmulatedTokenOfTheReception-0123456"
TEXTS = {"channel": str, "account": str, "webhook": str, "vendor_error": str, "fault": str, "last_error": str}
MOMENTS = {"vendor_error_at", "last_in", "last_out"}
COUNTS = {"due", "files_due", "failed", "unreadable"}

Command = Callable[..., Awaitable[subprocess.CompletedProcess[str]]]


@pytest.fixture
async def vendor() -> AsyncIterator[TelegramServer]:
    server = TelegramServer(TOKEN)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def command(run: Run, vendor: TelegramServer) -> Command:
    """A command of a reception with a bot; the vendor goes on answering meanwhile."""

    async def started(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": vendor.base, **settings}
        return await asyncio.to_thread(run, *arguments, **environment)

    return started


def typed(one: dict[str, Any]) -> None:
    """A channel's object has exactly these fields and types."""
    assert one.keys() == {*TEXTS, *MOMENTS, *COUNTS, "waiting", "people_only"}
    for name, kind in TEXTS.items():
        assert one[name] is None or type(one[name]) is kind
    for name in MOMENTS:
        assert one[name] is None or "T" in one[name]
    for name in COUNTS:
        assert type(one[name]) is int
    assert one["waiting"] is None or type(one["waiting"]) is int
    assert type(one["people_only"]) is bool
    assert type(one["channel"]) is str


async def test_connecting_sets_the_bot_up_and_prints_what_the_vendor_sees(
    command: Command, vendor: TelegramServer
) -> None:
    done = await command("channel", "connect", "telegram", PRYIMALNIA_PUBLIC_URL="https://chat.example")
    assert done.returncode == 0, done.stderr
    assert "https://chat.example/webhooks/zrazkova/telegram" in done.stdout
    assert TOKEN not in done.stdout + done.stderr
    called = {method for method, _ in vendor.calls}
    assert {"getme", "setwebhook", "setmycommands", "setchatmenubutton"} <= called


async def test_the_status_of_every_channel_is_an_object_a_line(command: Command) -> None:
    done = await command("channel", "status", "--json")
    assert done.returncode == 0, done.stderr
    found = {one["channel"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == {"web", "telegram"}
    for one in found.values():
        typed(one)
    assert found["telegram"]["account"] == "@zrazkova_bot"
    assert found["telegram"]["waiting"] == 0
    assert found["web"]["account"] is None


async def test_a_vendor_that_does_not_know_us_is_a_fault_in_words(command: Command) -> None:
    wrong = "7000000001:AAAnotherTokenThatIsNotThisBots-01234567"
    done = await command("channel", "status", "telegram", "--json", TELEGRAM_TOKEN=wrong)
    one = json.loads(done.stdout)
    typed(one)
    assert one["account"] is None
    assert one["fault"]
    assert wrong not in done.stdout + done.stderr
    done = await command("channel", "connect", "telegram", TELEGRAM_TOKEN=wrong)
    assert done.returncode == 1
    assert done.stderr.startswith("pryimalnia: telegram: ")
    assert wrong not in done.stderr


async def test_a_channel_is_left_to_people_and_given_back(command: Command) -> None:
    assert (await command("channel", "people-only", "telegram", "on")).returncode == 0
    told = await command("channel", "status", "telegram", "--json")
    assert json.loads(told.stdout)["people_only"] is True
    given_back = await command("channel", "people-only", "telegram", "off")
    assert (given_back.returncode, given_back.stderr) == (0, "")
    assert "the bot answers" in given_back.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("connect", "telegarm"), 1, "did you mean telegram?"),
        (("connect", "viber"), 1, "is not set up; its settings are in .env.example under VIBER_"),
        (("connect", "web"), 1, "needs no connecting"),
        (("connect", "console"), 1, "does not exist"),
        (("status", "pigeon"), 1, "does not exist"),
        (("people-only", "telegram", "maybe"), 2, "neither on nor off"),
    ],
)
async def test_a_wrong_word_is_one_line_with_the_mend(
    command: Command, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = await command("channel", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


async def test_a_wrong_setting_is_one_line_with_its_name(command: Command) -> None:
    done = await command("channel", "status", TELEGRAM_TOKNE="x")
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "pryimalnia: TELEGRAM_TOKNE is not a setting; did you mean TELEGRAM_TOKEN?"
    )


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("telegram", {"TELEGRAM_TOKEN": "no token"}, "TELEGRAM_TOKEN: "),
        ("viber", {"VIBER_NAME": "Приймальня"}, "VIBER_TOKEN: "),
        ("messenger", {"MESSENGER_PAGE_ID": "1"}, "MESSENGER_PAGE_TOKEN: "),
        (
            "messenger",
            {"MESSENGER_PAGE": "1"},
            "MESSENGER_PAGE is not a setting; did you mean MESSENGER_PAGE_",
        ),
    ],
)
def test_every_setting_of_a_channel_is_checked_and_never_shown(
    name: str, settings: dict[str, str], words: str
) -> None:
    opened = import_module(f"adapters.{name}.channel").opened
    with pytest.raises(ChannelSettingsFault) as fault:
        opened(settings, None)
    assert words in str(fault.value)
    assert "no token" not in str(fault.value)
