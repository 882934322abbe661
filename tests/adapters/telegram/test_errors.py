"""What Telegram refuses and what that becomes."""

from __future__ import annotations

import pytest

from adapters.transport import HttpTransport
from conversations.channel import ChannelUnavailable, RateLimited, RecipientUnreachable, ReplyRejected
from conversations.messages import OutgoingMessage, Reply
from tests.adapters.telegram_stage import BOT, REF, Stage, channel_at
from tests.contract.case_telegram import TOKEN
from tests.contract.supplies import Shelf


async def test_too_many_is_obeyed_with_its_seconds(stage: Stage) -> None:
    stage.vendor.refuse_next(429, "Too Many Requests: retry after 17", retry_after=17)
    with pytest.raises(RateLimited) as patience:
        await stage.say("olena", "Добрий день!")
    assert patience.value.retry_after == 17


@pytest.mark.parametrize(("seconds", "obeyed"), [(-5, 1.0), (10**12, 86_400.0)])
async def test_a_wait_nobody_can_keep_is_bounded(stage: Stage, seconds: int, obeyed: float) -> None:
    stage.vendor.refuse_next(429, "Too Many Requests", retry_after=seconds)
    with pytest.raises(RateLimited) as patience:
        await stage.say("olena", "Добрий день!")
    assert patience.value.retry_after == obeyed


async def test_who_blocked_us_or_is_gone_or_never_wrote_can_not_be_reached(stage: Stage) -> None:
    await stage.vendor.block("olena")
    with pytest.raises(RecipientUnreachable, match=r"bot was blocked by the user \(403\)"):
        await stage.say("olena", "Добрий день!")
    await stage.vendor.unblock("olena")
    assert await stage.say("olena", "Добрий день!")
    stage.vendor.delete_account("olena")
    with pytest.raises(RecipientUnreachable, match=r"user is deactivated \(403\)"):
        await stage.say("olena", "Добрий день!")
    with pytest.raises(RecipientUnreachable, match=r"chat not found \(400\)"):
        await stage.say("taras", "Добрий день!")


async def test_a_refused_payload_says_why_without_what_was_said(stage: Stage) -> None:
    payload = {
        "method": "sendMessage",
        "fields": {"chat_id": stage.vendor.address("olena"), "text": "ї" * 5_000},
    }
    with pytest.raises(ReplyRejected, match=r"message is too long \(400\)"):
        await stage.channel.send(stage.ref("olena"), payload)


@pytest.mark.parametrize(
    ("status", "uncertain"), [(500, False), (502, False)], ids=["out of order", "a gateway"]
)
async def test_a_vendor_out_of_order_is_tried_again(stage: Stage, status: int, uncertain: bool) -> None:
    stage.vendor.refuse_next(status, "Internal Server Error")
    with pytest.raises(ChannelUnavailable) as away:
        await stage.say("olena", "Добрий день!")
    assert away.value.uncertain is uncertain
    assert await stage.say("olena", "Добрий день!")


async def test_garbage_after_a_sending_may_mean_it_arrived(stage: Stage) -> None:
    stage.vendor.babble_next(b"<html>")
    with pytest.raises(ChannelUnavailable) as away:
        await stage.say("olena", "Добрий день!")
    assert away.value.uncertain


async def test_a_refused_token_is_said_and_never_shown(stage: Stage) -> None:
    other = channel_at(stage.vendor.base, stage.transport, stage.shelf, token="7000000001:" + "b" * 35)
    (payload,) = other.render(OutgoingMessage(ref=REF, reply=Reply(text="так"), author=BOT))
    with pytest.raises(ChannelUnavailable, match=r"the token is refused \(401\)"):
        await other.send(REF, payload)


async def test_a_vendor_that_is_not_there_is_away_for_sure() -> None:
    transport = HttpTransport()
    channel = channel_at("http://127.0.0.1:9", transport, Shelf())
    (payload,) = channel.render(OutgoingMessage(ref=REF, reply=Reply(text="так"), author=BOT))
    with pytest.raises(ChannelUnavailable) as away:
        await channel.send(REF, payload)
    await transport.close()
    assert not away.value.uncertain
    assert TOKEN not in str(away.value)
