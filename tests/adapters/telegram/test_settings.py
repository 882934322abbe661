"""Telegram's settings, its proof, and when it asks for messages itself."""

from __future__ import annotations

import pytest

from adapters.supplies import ChannelSettingsFault
from adapters.telegram.channel import opened
from adapters.transport import HttpTransport
from conversations.channel import NotAuthentic, Request
from tests.adapters.telegram_stage import channel_at
from tests.contract.case_telegram import HEADER, TOKEN
from tests.contract.supplies import PUBLIC, Shelf, supplied


def test_without_its_settings_there_is_no_channel() -> None:
    assert opened({"VIBER_TOKEN": "x", "TELEGRAM_TOKEN": ""}, supplied(HttpTransport())) is None


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TELEGRAM_TOKEN": "7000000001:short"}, "TELEGRAM_TOKEN: it is not a whole token"),
        ({"TELEGRAM_TOKEN": f" {TOKEN}"}, "TELEGRAM_TOKEN: it is not a whole token"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": "таємниця"}, "TELEGRAM_SECRET: Telegram allows"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": "s" * 257}, "TELEGRAM_SECRET: Telegram allows"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": "telegram"}, "TELEGRAM_API_BASE: it is not an addr"),
        (
            {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_PER_SECOND": "0"},
            "TELEGRAM_PER_SECOND: Input should be greater",
        ),
        (
            {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_PER_SECOND": "inf"},
            "TELEGRAM_PER_SECOND: Input should be less",
        ),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_PER_SECOND": "fast"}, "TELEGRAM_PER_SECOND: Input should be a"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_TOKN": "x"}, "did you mean TELEGRAM_TOKEN?"),
        ({"TELEGRAM_API_BASE": "https://api.telegram.org"}, "TELEGRAM_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(environment: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelSettingsFault) as fault:
        opened(environment, supplied(HttpTransport()))
    assert words in str(fault.value)
    assert not any(value.strip() in str(fault.value) for value in environment.values() if len(value) > 8)


@pytest.mark.parametrize(("given", "pace"), [("", 25), ("0.5", 0.5), ("1000", 1000)])
def test_the_pace_is_what_the_settings_say(given: str, pace: float) -> None:
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_PER_SECOND": given}
    channel = opened(settings, supplied(HttpTransport()))
    assert channel is not None
    assert channel.capabilities.pace == pace


def test_the_secret_is_derived_where_none_is_set() -> None:
    given_by_house = supplied(HttpTransport())
    channel = channel_at("http://127.0.0.1:9", HttpTransport(), Shelf())
    secret = given_by_house.derived("telegram")
    proven = Request(method="POST", headers={HEADER: secret})
    assert channel.authenticate(proven).bot == "7000000001"
    with pytest.raises(NotAuthentic):
        channel.authenticate(Request(method="POST", headers={HEADER: secret[:-1] + "g"}))
    assert TOKEN not in repr(channel.__dict__)


def test_it_pulls_without_an_address_telegram_could_call() -> None:
    for public_url, pulls in ((PUBLIC, False), ("", True), ("http://192.0.2.7:8080", True)):
        channel = channel_at("http://127.0.0.1:9", HttpTransport(), Shelf(), public_url)
        assert channel.pulling is pulls
