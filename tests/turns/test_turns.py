"""The life of a message through accept, think and deliver: nothing lost, nothing doubled, the bot silent in time."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from bots.turns.deliver import deliver
from bots.turns.feed import LogFeed
from bots.turns.loops import running
from bots.turns.think import think
from conversations import inbox, ownership, transcript
from conversations.channel import (
    ChannelUnavailable,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
)
from conversations.messages import AuthorKind, IncomingMessage, MessageKind
from conversations.ownership import Owner
from handover.accounts.permissions import Role
from handover.calendars import calendars, pauses
from handover.calendars.own import OwnHours, read_hours
from handover.calls import calls
from handover.tables import calls as kept_calls
from handover.tables import visits
from handover.tickets import leading, pausing, promises, tickets, withdrawing
from tests.handover.handover_world import account, kyiv

from .world import COMMUNITY, NOON, POISON, World, message


async def hear(world: World, *messages: IncomingMessage) -> None:
    async with world.runtime.database.write() as db:
        await inbox.accept(db, messages, world.clock())


async def work(world: World) -> None:
    """Think and deliver until nothing is left that is due now."""
    while await think(world.runtime) + await deliver(world.runtime):
        pass


async def conversation(world: World, address: str = "anna") -> str:
    async with world.runtime.database.read() as db:
        found = await inbox.find(db, message("", key="", address=address).ref)
    assert found
    return found


async def lines(world: World, address: str = "anna") -> list[transcript.Line]:
    conversation_id = await conversation(world, address)
    async with world.runtime.database.read() as db:
        return await transcript.lines(db, conversation_id)


async def test_a_question_is_answered_once_whatever_is_repeated(reception: World) -> None:
    asked = [
        message("субсидія", key="1"),
        message("скільки", key="2"),
        message("субсидія", key="3", address="ivan"),
    ]
    for _ in range(3):
        random.shuffle(asked)
        await hear(reception, *asked)
    await work(reception)
    await hear(reception, *asked)
    await work(reception)
    said = await lines(reception)
    assert sum(line.author.kind is AuthorKind.CITIZEN for line in said) == 2
    assert reception.texts("ivan").count(reception.texts("ivan")[-1]) == 1
    assert [line.delivery for line in said if line.author.kind is AuthorKind.BOT] == ["sent"] * len(
        reception.texts()
    )


async def test_a_poison_message_is_set_aside_and_a_person_gets_it(reception: World) -> None:
    await hear(reception, message(POISON, key="1"), message("субсидія", key="2", address="ivan"))
    await work(reception)
    assert any("Джерело:" in text for text in reception.texts("ivan"))
    assert any("Збій на нашому боці" in text for text in reception.texts("anna"))
    conversation_id = await conversation(reception)
    async with reception.runtime.database.read() as db:
        assert (await tickets.open_of(db, [conversation_id]))[conversation_id].reason == "failure"
    assert POISON in [line.reply.text for line in await lines(reception)]
    await hear(reception, message("субсидія", key="3"))
    await work(reception)
    assert any("Джерело:" in text for text in reception.texts("anna"))


async def test_from_the_take_on_the_bot_is_silent(reception: World) -> None:
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    conversation_id = await conversation(reception)
    async with reception.runtime.database.write() as db:
        _, epoch = await ownership.current(db, conversation_id)
        await ownership.change(db, conversation_id, epoch, Owner("specialist", "a1", "Ірина"))
    before = reception.texts()
    await hear(reception, message("субсидія", key="2"))
    await work(reception)
    assert reception.texts() == before
    assert (await lines(reception))[-1].reply.text == "субсидія"


async def test_what_the_bot_has_not_sent_by_the_take_is_withdrawn(reception: World) -> None:
    await hear(reception, message("субсидія", key="1"))
    await think(reception.runtime)
    conversation_id = await conversation(reception)
    async with reception.runtime.database.write() as db:
        _, epoch = await ownership.current(db, conversation_id)
        await ownership.change(db, conversation_id, epoch, Owner("specialist", "a1", "Ірина"))
    await work(reception)
    assert reception.texts() == []
    shown = await LogFeed(reception.runtime).after(message("", key="").ref, 0)
    assert [line.author.kind for line in shown.lines] == [AuthorKind.CITIZEN]


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (RecipientUnreachable(), "failed"),
        (ReplyWindowClosed(), "failed"),
        (ReplyRejected("no"), "failed"),
        (ChannelUnavailable("time-out", uncertain=True), "unknown"),
        (ChannelUnavailable("502"), "due"),
        (RateLimited(5), "due"),
        (KeyError("a fault of our own"), "unknown"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
async def test_each_failure_of_a_channel_has_its_outcome(
    reception: World, failure: Exception, state: str
) -> None:
    await hear(reception, message("дякую", key="1"))
    reception.channel.answers = [failure]
    await think(reception.runtime)
    await deliver(reception.runtime)
    first = next(line for line in await lines(reception) if line.author.kind is AuthorKind.BOT)
    assert first.delivery == state
    reception.clock.move(timedelta(seconds=6))
    await work(reception)
    first = next(line for line in await lines(reception) if line.author.kind is AuthorKind.BOT)
    assert first.delivery == ("sent" if state == "due" else state)


async def test_a_vendor_that_stays_away_is_given_up_after_a_day(reception: World) -> None:
    await hear(reception, message("дякую", key="1"))
    await think(reception.runtime)
    reception.channel.answers = [ChannelUnavailable("502")] * 2
    await deliver(reception.runtime)
    reception.clock.move(timedelta(hours=25))
    await deliver(reception.runtime)
    first = next(line for line in await lines(reception) if line.author.kind is AuthorKind.BOT)
    assert first.delivery == "failed"


async def test_a_card_number_is_kept_nowhere(reception: World) -> None:
    number = "4111 1111 1111 1111"
    await hear(reception, message(f"моя картка {number}", key="1"))
    await work(reception)
    from sqlalchemy import text

    async with reception.runtime.database.read() as db:
        for table in ("messages", "inbox", "outbox", "conversations", "tickets"):
            for row in await db.execute(text(f"SELECT * FROM {table}")):
                assert "4111 1111" not in str(tuple(row))


async def test_erasing_takes_words_and_leaves_the_word_that_it_is_done(reception: World) -> None:
    await hear(reception, message("субсидія", key="1"), message("видалити мої дані", key="2"))
    await work(reception)
    offered = [choice.id for line in await lines(reception) for choice in line.reply.choices]
    erase = next(choice_id for choice_id in offered if choice_id.startswith("e:all"))
    press = message("", key="3").model_copy(update={"kind": MessageKind.PRESS, "choice_id": erase})
    await hear(reception, press)
    await work(reception)
    left = [line for line in await lines(reception) if not line.erased]
    assert [line.author.kind for line in left] == [AuthorKind.BOT]
    assert "Стерто" in left[0].reply.text
    shown = await LogFeed(reception.runtime).after(message("", key="").ref, 0)
    assert [line.reply.text for line in shown.lines] == [left[0].reply.text]


async def test_a_wrong_answer_is_taken_off_the_page_and_the_person_is_told(reception: World) -> None:
    await hear(reception, message("субсидія", key="1"), message("оператор", key="2"))
    await work(reception)
    conversation_id, database = await conversation(reception), reception.runtime.database
    person = await account(database, "iryna", community=COMMUNITY)
    wrong = next(line for line in await lines(reception) if "Джерело:" in line.reply.text)
    feed, ref = LogFeed(reception.runtime), message("", key="").ref
    seen = await feed.after(ref, 0)
    assert (wrong.turn, seen.withdrawn) == ("answer", ())
    now = reception.clock()
    async with database.write() as db:
        ticket = (await tickets.open_of(db, [conversation_id]))[conversation_id]
        await leading.take(db, COMMUNITY, ticket.id, person, now)
        how, author = await withdrawing.withdraw(
            db, COMMUNITY, ticket.id, person, wrong.position, lambda ref, sent: None, timedelta.max, now
        )
    assert (how, author) == ("hidden", AuthorKind.BOT)
    await work(reception)
    assert "Попередня відповідь була неточною" in reception.texts("anna")[-1]
    late = await feed.after(ref, seen.cursor)
    assert [line.position for line in late.withdrawn] == [wrong.position]
    anew = await feed.after(ref, 0)
    for shown in (*late.withdrawn, *anew.lines):
        assert "Джерело:" not in shown.reply.text
    hidden = next(line for line in anew.lines if line.position == wrong.position)
    assert hidden.reply.text == "Цю відповідь відкликано: вона була неточною."
    assert anew.withdrawn == ()


async def test_the_feed_never_passes_a_line_on_its_way(reception: World) -> None:
    feed, ref = LogFeed(reception.runtime), message("", key="").ref
    await hear(reception, message("дякую", key="1"))
    await think(reception.runtime)
    early = await feed.after(ref, 0)
    assert [line.author.kind for line in early.lines] == [AuthorKind.CITIZEN]
    await hear(reception, message("і ще", key="2"))
    await think(reception.runtime)
    between = await feed.after(ref, early.cursor)
    assert between.cursor == early.cursor
    await work(reception)
    late = await feed.after(ref, between.cursor)
    positions = [line.position for line in late.lines]
    assert positions == sorted(positions)
    assert len(early.lines) + len(late.lines) == len(await lines(reception))


async def test_whose_promise_has_passed_is_told_so_once(reception: World) -> None:
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    office = reception.runtime.minds[COMMUNITY].knowledge.community.reception

    async def tend() -> int:
        async with reception.runtime.database.write() as db:
            return await promises.tell_late(db, COMMUNITY, office, 30, reception.clock())

    assert await tend() == 0
    reception.clock.move(timedelta(hours=3))
    assert await tend() == 1
    assert await tend() == 0
    await work(reception)
    assert sum("затримується" in text for text in reception.texts()) == 1


async def test_a_pause_is_told_once_and_whoever_calls_then_hears_why(reception: World) -> None:
    runtime, office = reception.runtime, reception.runtime.minds[COMMUNITY].knowledge.community.reception
    head = await account(runtime.database, "head", Role.HEAD, community=COMMUNITY)
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    async with runtime.database.write() as db:
        lasts = timedelta(hours=2)
        await pausing.begin(db, COMMUNITY, office, "alarm", "", lasts, head, reception.clock())
    await hear(reception, message("оператор", key="2", address="ivan"))
    await work(reception)
    assert "Зараз тривога, спеціалісти в укритті. Відповідь затримається" in reception.texts()[-1]
    assert "Зараз тривога" in reception.texts("ivan")[-1]
    assert "неробочий час" not in reception.texts("ivan")[-1]
    async with runtime.database.read() as db:
        late = (await tickets.open_of(db, [await conversation(reception, "ivan")])).popitem()[1].promised_at
    said = len(reception.texts()), len(reception.texts("ivan"))
    reception.clock.move(timedelta(hours=1))
    async with runtime.database.write() as db:
        await pausing.end(db, COMMUNITY, office, head, reception.clock())
    await work(reception)
    assert (len(reception.texts()), len(reception.texts("ivan"))) == said
    async with runtime.database.read() as db:
        soon = (await tickets.open_of(db, [await conversation(reception, "ivan")])).popitem()[1].promised_at
    assert late is not None
    assert soon == late - timedelta(hours=1)


async def test_a_call_that_is_asked_for_becomes_a_task_with_a_time_until_all_is_erased(
    reception: World,
) -> None:
    said = ("передзвоніть", "067 123 45 67", "завтра до обіду", "видалити мої дані")
    for key, text in enumerate(said):
        await hear(reception, message(text, key=str(key)))
        await work(reception)
    async with reception.runtime.database.read() as db:
        ((call, ticket),) = await calls.promised(db, COMMUNITY)
    assert (call.phone, call.words, ticket.reason) == ("+380671234567", "завтра до обіду", "call_back")
    assert call.due_at == ticket.promised_at == kyiv(2026, 11, 25, 12)
    offered = [choice.id for line in await lines(reception) for choice in line.reply.choices]
    erase = next(choice_id for choice_id in offered if choice_id.startswith("e:all"))
    press = message("", key="e").model_copy(update={"kind": MessageKind.PRESS, "choice_id": erase})
    await hear(reception, press)
    await work(reception)
    async with reception.runtime.database.read() as db:
        assert await calls.promised(db, COMMUNITY) == []
        assert (await db.execute(select(kept_calls.c.phone, kept_calls.c.words))).all() == [("", "")]


async def test_the_loops_end_a_forgotten_pause(reception: World) -> None:
    runtime, office = reception.runtime, reception.runtime.minds[COMMUNITY].knowledge.community.reception
    head = await account(runtime.database, "head", Role.HEAD, community=COMMUNITY)
    async with runtime.database.write() as db:
        await pausing.begin(db, COMMUNITY, office, "power", "", timedelta(hours=1), head, NOON)
    reception.clock.move(timedelta(hours=2))

    async def runs() -> bool:
        async with runtime.database.read() as db:
            return await pauses.running(db, COMMUNITY) is not None

    queue = runtime.signals.subscribe(f"queue:{COMMUNITY}")
    async with queue as changes, running(runtime), asyncio.timeout(20):
        while await runs():
            await anext(changes)
    async with runtime.database.read() as db:
        assert await pauses.forgotten(db, COMMUNITY) is not None


async def test_the_bot_answers_by_the_departments_own_hours(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        own = [OwnHours("tue", read_hours("10-12, 13-15"))]
        await calendars.put(db, COMMUNITY, "reception", own, reception.clock())
    await hear(reception, message("до котрої працює ваш офіс завтра", key="1"))
    await work(reception)
    assert "з 10:00 до 12:00 і з 13:00 до 15:00" in reception.texts()[-1].replace("\u00a0", " ")
    async with reception.runtime.database.write() as db:
        await calendars.drop(db, COMMUNITY, "reception", ["tue"])
    reception.clock.move(timedelta(seconds=11))
    await hear(reception, message("до котрої працює ваш офіс завтра", key="2"))
    await work(reception)
    assert "з 9:00 до 18:00" in reception.texts()[-1].replace("\u00a0", " ")


async def test_the_loops_answer_by_themselves_and_stop_politely(reception: World) -> None:
    async with running(reception.runtime):
        await hear(reception, message("дякую", key="1"))
        await reception.runtime.signals.publish("think")
        async with asyncio.timeout(20):
            await reception.channel.first_sent.wait()
    await hear(reception, message("дякую", key="2"))
    await reception.runtime.signals.publish("think")
    states = [line.delivery for line in await lines(reception) if line.author.kind is AuthorKind.BOT]
    assert set(states) <= {"sent", "due"}, "a stop must not leave a message half sent"
    assert states.count("sent") == len(reception.texts())
    # What has come is counted for the reports, the same person of the same day once.
    async with running(reception.runtime), asyncio.timeout(20):
        while await visits_kept(reception) != [(reception.clock().date().isoformat(), False)]:  # noqa: ASYNC110  # another loop counts
            await asyncio.sleep(0.02)


async def visits_kept(world: World) -> list[tuple[str, bool]]:
    async with world.runtime.database.read() as db:
        return [tuple(row) for row in await db.execute(select(visits.c.day, visits.c.person))]


async def test_a_slow_recipient_does_not_hold_up_another(reception: World) -> None:
    await hear(reception, message("дякую", key="1"), message("дякую", key="2", address="ivan", at=NOON))
    await think(reception.runtime)
    reception.channel.hold = asyncio.Event()
    first = asyncio.create_task(deliver(reception.runtime))
    await asyncio.sleep(0)
    reception.channel.hold.set()
    await first
    await work(reception)
    assert reception.texts("anna")
    assert reception.texts("ivan")
