"""Setting a bot of Telegram up, and how it stands."""

from __future__ import annotations

import asyncio

import pytest

from adapters.telegram.channel import opened
from adapters.transport import HttpTransport
from conversations.channel import ConnectFault
from tests.adapters.telegram_stage import PATIENCE, Stage, channel_at, staged
from tests.contract.case_telegram import TOKEN
from tests.contract.supplies import PUBLIC, Shelf, supplied


async def test_connecting_sets_everything_up(stage: Stage) -> None:
    status = await stage.channel.connect()
    updates = stage.vendor.updates
    assert (status.account, status.webhook) == ("@zrazkova_bot", f"{PUBLIC}/webhooks/zrazkova/telegram")
    assert updates.secret == supplied(stage.transport).derived("telegram")
    commands = [
        {"command": "menu", "description": "Показати меню"},
        {"command": "person", "description": "Написати спеціалісту"},
    ]
    assert stage.vendor.commands == {"": commands, "uk": commands}
    assert stage.vendor.menu_button == {"type": "commands"}
    assert "Зразкова громада" in stage.vendor.descriptions["description"]
    assert "Зразкова громада" in stage.vendor.descriptions["short_description"]
    asked = dict(stage.vendor.calls)["setwebhook"]
    assert asked["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert asked["drop_pending_updates"] is False


async def test_a_long_name_of_a_community_still_fits(stage: Stage) -> None:
    long = supplied(stage.transport, name="Дуже довга назва громади " * 40)
    channel = opened({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": stage.vendor.base}, long)
    assert channel is not None
    await channel.connect()
    assert stage.vendor.descriptions["short_description"].endswith("…")


async def test_connecting_without_a_public_address_takes_the_webhook_away(stage: Stage) -> None:
    await stage.channel.connect()
    status = await stage.polling().connect()
    assert status.webhook is None
    assert stage.vendor.updates.url == ""
    assert "deletewebhook" in dict(stage.vendor.calls)


async def test_the_status_shows_what_waits_and_the_last_error(stage: Stage) -> None:
    async with staged(
        webhook="https://chat.example/x", names={"https://chat.example": "http://127.0.0.1:9"}, speed=1
    ) as broken:
        await broken.vendor.write("olena", "так")
        await broken.vendor.write("olena", "ні")
        async with asyncio.timeout(PATIENCE):
            await broken.vendor.updates.failed.wait()
        status = await broken.channel.status()
    assert status.waiting == 2
    assert status.error == "Connection refused"
    assert status.error_at is not None
    assert status.error_at.tzinfo is not None


async def test_a_wrong_token_is_to_be_mended_at_botfather(stage: Stage) -> None:
    other = channel_at(stage.vendor.base, stage.transport, stage.shelf, token="7000000001:" + "b" * 35)
    for verb in (other.connect, other.status):
        with pytest.raises(ConnectFault) as fault:
            await verb()
        assert "@BotFather" in fault.value.mend
        assert "bbbb" not in str(fault.value)


async def test_an_address_telegram_does_not_take_is_to_be_mended(stage: Stage) -> None:
    channel = channel_at(
        stage.vendor.base, stage.transport, stage.shelf, public_url="https://chat.example:8080"
    )
    with pytest.raises(ConnectFault) as fault:
        await channel.connect()
    assert "ports 80, 88, 443 or 8443" in fault.value.reason
    assert "https://" in fault.value.mend


async def test_a_vendor_out_of_reach_is_said_so() -> None:
    transport = HttpTransport()
    channel = channel_at("http://127.0.0.1:9", transport, Shelf())
    with pytest.raises(ConnectFault, match="can't be reached"):
        await channel.status()
    await transport.close()


async def test_a_vendor_that_says_nonsense_is_said_so(stage: Stage) -> None:
    stage.vendor.babble_next(b'{"ok": true, "result": 5}')
    with pytest.raises(ConnectFault, match="who the bot is"):
        await stage.channel.status()
    stage.vendor.babble_next(
        b'{"ok": true, "result": {"url": 1, "pending_update_count": "?", "last_error_date": 1e99}}',
        method="getWebhookInfo",
    )
    status = await stage.channel.status()
    assert (status.webhook, status.waiting, status.error, status.error_at) == (None, None, None, None)
