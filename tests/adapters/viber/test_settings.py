"""Viber's settings and its proof of who calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.supplies import ChannelSettingsFault
from adapters.viber.channel import opened
from conversations.channel import Connects, FetchesFiles, NotAuthentic, Request, ShowsSigns
from conversations.messages import AuthorKind
from tests.adapters.viber_stage import channel_with, supplies_with
from tests.contract.case import NOW
from tests.contract.case_viber import TOKEN


def test_without_settings_there_is_no_channel() -> None:
    assert opened({"TELEGRAM_TOKEN": "1:A"}, supplies_with()) is None


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VIBER_NAME": "Громада"}, "VIBER_TOKEN"),
        ({"VIBER_TOKEN": "short"}, "VIBER_TOKEN"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_NAME": "Д" * 29}, "VIBER_NAME"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_API_BASE": "chatapi.viber.com"}, "VIBER_API_BASE"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_PER_SECOND": "-1"}, "VIBER_PER_SECOND: Input should be greater"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_AVATR": "https://a.example/a.png"}, "VIBER_AVATAR"),
    ],
)
def test_a_wrong_setting_is_named(variables: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelSettingsFault, match=words) as fault:
        opened(variables, supplies_with())
    assert TOKEN not in str(fault.value)


def test_keeps_the_protocols_the_vendor_has() -> None:
    channel = channel_with()
    assert isinstance(channel, FetchesFiles)
    assert isinstance(channel, Connects)
    assert not isinstance(channel, ShowsSigns)


def test_the_price_after_a_day_is_what_the_settings_say() -> None:
    free = channel_with().capabilities
    paid = channel_with(VIBER_PRICE="0,0196 €").capabilities
    assert (free.price, paid.price) == (None, "0,0196 €")
    assert paid.paid_from(NOW) == NOW + timedelta(hours=24)
    assert paid.closes_at(NOW, AuthorKind.SPECIALIST) is None


def test_the_pace_is_what_the_settings_say() -> None:
    assert channel_with().capabilities.pace == 20
    assert channel_with(VIBER_PER_SECOND="50").capabilities.pace == 50


GOLDEN_TOKEN = "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3"
GOLDEN_BODY = b'{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}'
GOLDEN_SIGNATURE = "d21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef"


@pytest.mark.parametrize(
    "proof",
    [
        {"headers": {"x-viber-content-signature": GOLDEN_SIGNATURE}},
        {"query": {"sig": GOLDEN_SIGNATURE}},
        {"headers": {"x-viber-content-signature": GOLDEN_SIGNATURE}, "query": {"sig": "0" * 64}},
    ],
)
def test_the_signature_of_the_official_libraries_is_taken(proof: dict[str, Any]) -> None:
    channel = channel_with(VIBER_TOKEN=GOLDEN_TOKEN)
    caller = channel.authenticate(Request(method="POST", body=GOLDEN_BODY, **proof))
    assert channel.parse(GOLDEN_BODY, caller) == ()


def test_one_changed_byte_is_refused() -> None:
    channel = channel_with(VIBER_TOKEN=GOLDEN_TOKEN)
    headers = {"x-viber-content-signature": GOLDEN_SIGNATURE}
    for body in (GOLDEN_BODY + b"\n", GOLDEN_BODY.replace(b":", b": ", 1), b""):
        with pytest.raises(NotAuthentic):
            channel.authenticate(Request(method="POST", headers=headers, body=body))
