"""What connecting to Viber and its status say when something is wrong."""

from __future__ import annotations

import pytest

from adapters.viber.channel import ViberChannel
from conversations.channel import ChannelUnavailable, ConnectFault
from tests.adapters.viber_stage import House, channel_with
from tests.contract.case_viber import TOKEN, good_mood, told
from tests.contract.wire import FakeWire


async def refused_connection(channel: ViberChannel) -> ConnectFault:
    with pytest.raises(ConnectFault) as fault:
        await channel.connect()
    assert TOKEN not in str(fault.value)
    return fault.value


async def test_connecting_says_what_to_mend() -> None:
    away = FakeWire(well=good_mood, answer=ChannelUnavailable("no connection to the vendor"))
    cases = {
        "PRYIMALNIA_PUBLIC_URL": channel_with(public=""),
        "VIBER_TOKEN": channel_with(FakeWire(well=good_mood, answer=told(2, "invalidAuthToken"))),
        "must be running": channel_with(FakeWire(well=good_mood, answer=told(1, "invalidUrl"))),
        "list of errors": channel_with(FakeWire(well=good_mood, answer=told(3, "badData"))),
        "VIBER_API_BASE": channel_with(away),
    }
    for mend, channel in cases.items():
        assert mend in (await refused_connection(channel)).mend


async def test_a_door_that_is_closed_fails_the_webhook(house: House) -> None:
    house.takes = [503]
    fault = await refused_connection(house.channel)
    assert "got no 200" in fault.reason
    assert house.address in fault.reason


async def test_status_tells_what_is_not_as_it_was_set() -> None:
    def account(**fields: object) -> FakeWire:
        return FakeWire(well=good_mood, answer=told(0, "ok", name="Приймальня", **fields))

    here = "https://chat.example/webhooks/zrazkova/viber"
    errors = {
        "no webhook is set": account(webhook=""),
        "the webhook is not this server's": account(webhook="https://other.example/viber"),
        "Viber was not asked to tell: seen, failed": account(
            webhook=here, event_types=["conversation_started", "delivered"]
        ),
    }
    for error, wire in errors.items():
        assert (await channel_with(wire).status()).error == error
    fine = await channel_with(account(webhook=here, event_types=None, subscribers_count="many")).status()
    assert (fine.account, fine.error) == ("Приймальня", None)
    with pytest.raises(ConnectFault):
        await channel_with(FakeWire(well=good_mood, answer=told(7, "publicAccountBlocked"))).status()
