"""What goes through a channel, as the log has seen it, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bots.turns.accept import accept
from bots.turns.deliver import deliver
from bots.turns.think import think
from conversations import inbox, traffic
from conversations.channel import ChannelUnavailable, Request
from conversations.traffic import Traffic

from .world import COMMUNITY, World, message


async def seen(world: World, channel: str = "web") -> Traffic:
    async with world.runtime.database.read() as db:
        return await traffic.of_channel(db, COMMUNITY, channel, world.clock())


async def test_a_channel_nobody_used_is_empty(reception: World) -> None:
    assert await seen(reception) == Traffic(None, None, 0, 0, 0, 0, None)


async def test_the_last_word_in_and_out_what_waits_and_what_failed(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        await inbox.accept(db, [message("субсидія", key="1")], reception.clock())
    await think(reception.runtime)
    waiting = await seen(reception)
    assert waiting.last_in == reception.clock()
    assert (waiting.last_out, waiting.failed) == (None, 0)
    assert waiting.due >= 1
    reception.channel.answers = [ChannelUnavailable("503")]
    while await deliver(reception.runtime):
        pass
    assert (await seen(reception)).error == "503"
    reception.clock.move(timedelta(minutes=10))
    while await deliver(reception.runtime):
        pass
    done = await seen(reception)
    assert (done.due, done.error) == (0, None)
    assert done.last_out == reception.clock()
    assert await seen(reception, "viber") == Traffic(None, None, 0, 0, 0, 0, None)


async def test_what_could_not_be_read_counts_for_a_day(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        await inbox.keep_unreadable(db, COMMUNITY, "web", b"\xff", "not JSON", reception.clock())
    await accept(reception.runtime, COMMUNITY, "web", Request(method="POST"))
    assert (await seen(reception)).unreadable == 1
    reception.clock.move(timedelta(days=1, minutes=1))
    assert (await seen(reception)).unreadable == 0
