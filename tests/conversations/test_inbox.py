"""The inbox: each event once however often it comes, in order, and one worker a conversation."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from conversations import inbox, ownership, tables, transcript
from conversations.database import Database
from conversations.inbox import LeaseLost
from conversations.messages import DeliveryState, IncomingMessage, InternalEvent, MessageKind
from conversations.ownership import UnknownConversation
from tests.conversations.words import BOT, answer, begun, place, receipt, wrote


async def test_the_same_webhooks_in_parallel_and_shuffled_are_stored_once(
    database: Database, database_url: str, now: datetime
) -> None:
    events = [wrote(f"key-{n}", ref=place(f"citizen-{n % 5}")) for n in range(20)]
    doors = [Database(database_url) for _ in range(3)]
    chance = random.Random(2)

    async def deliver(door: Database) -> list[inbox.Accepted]:
        mixed = chance.sample(events, len(events))
        results = []
        for start in range(0, len(mixed), 7):
            async with door.write() as db:
                results.append(await inbox.accept(db, mixed[start : start + 7], now))
        return results

    results = [one for door in await asyncio.gather(*(deliver(door) for door in doors)) for one in door]
    assert sum(one.new for one in results) == 20
    assert sum(one.repeats for one in results) == 40
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(tables.inbox)) == 20
        assert await db.scalar(select(func.count()).select_from(tables.conversations)) == 5
    for door in doors:
        await door.close()


async def test_a_batch_with_a_repeat_inside_is_stored_once_in_order(
    database: Database, now: datetime
) -> None:
    batch = [wrote("a", "перше"), wrote("b", "друге"), wrote("a", "перше"), wrote("c", "третє")]
    async with database.write() as db:
        accepted = await inbox.accept(db, batch, now)
        assert (accepted.new, accepted.repeats, len(accepted.conversations)) == (3, 1, 1)
        (claimed,) = await inbox.claim(db, "w", now)
    assert [event.text for _, event in claimed.events if isinstance(event, IncomingMessage)] == [
        "перше",
        "друге",
        "третє",
    ]


async def test_one_batch_for_many_people_and_an_empty_one(database: Database, now: datetime) -> None:
    async with database.write() as db:
        assert await inbox.accept(db, [], now) == inbox.Accepted(0, 0, (), {})
        crowd = [wrote(f"k{n}", ref=place(f"citizen-{n}")) for n in range(300)]
        accepted = await inbox.accept(db, crowd, now)
    assert accepted.new == len(accepted.conversations) == 300


async def test_the_same_key_in_two_communities_is_two_events(database: Database, now: datetime) -> None:
    async with database.write() as db:
        both = [wrote("k", ref=place(community="one")), wrote("k", ref=place(community="two"))]
        assert (await inbox.accept(db, both, now)).new == 2


async def test_keys_and_names_no_column_holds_are_no_obstacle(database: Database, now: datetime) -> None:
    strange = wrote("x" * 5000 + "\0", author_name="Я\0" * 300)
    async with database.write() as db:
        assert (await inbox.accept(db, [strange], now)).new == 1
        assert (await inbox.accept(db, [strange], now)).repeats == 1
        (claimed,) = await inbox.claim(db, "w", now)
        await transcript.hear(db, claimed.id, strange, now)
        (head,) = (await transcript.heads(db, [claimed.id])).values()
    assert head.author_name == "Я" * 200


async def test_a_receipt_starts_no_conversation(database: Database, now: datetime) -> None:
    async with database.write() as db:
        accepted = await inbox.accept(db, [receipt("r", DeliveryState.SEEN, until=now)], now)
        assert accepted.conversations == ()
        assert await inbox.find(db, place()) is None


async def test_a_key_is_forgotten_after_a_week(database: Database, now: datetime) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("k")], now)
        assert await inbox.forget_keys(db, now + timedelta(days=6)) == 0
        assert await inbox.forget_keys(db, now + timedelta(days=8)) == 1


async def test_an_unreadable_body_is_kept_as_it_came(database: Database, now: datetime) -> None:
    async with database.write() as db:
        await inbox.keep_unreadable(db, "sample", "web", b"\x00\xff{", "not JSON\0", now)
    async with database.read() as db:
        row = (await db.execute(select(tables.unreadable))).one()
    assert (row.body, row.reason) == (b"\x00\xff{", "not JSON")


async def test_a_claim_tells_all_a_turn_needs_and_finish_keeps_the_state(
    database: Database, now: datetime
) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("a")], now)
        (claimed,) = await inbox.claim(db, "w", now)
        assert (claimed.ref, claimed.owner.kind, claimed.epoch, claimed.state) == (place(), "bot", 0, None)
        await inbox.finish(db, claimed, "w", [row for row, _ in claimed.events], {"крок": [1, None]}, now)
        assert await inbox.claim(db, "w", now) == []
        await inbox.accept(db, [wrote("b")], now)
        (again,) = await inbox.claim(db, "w", now)
    assert again.state == {"крок": [1, None]}
    assert [event.event_key for _, event in again.events if isinstance(event, IncomingMessage)] == ["b"]


async def test_words_leave_the_inbox_when_they_are_processed(database: Database, now: datetime) -> None:
    await begun(database, now)
    async with database.read() as db:
        row = (await db.execute(select(tables.inbox))).one()
    assert row.event is None
    assert row.processed_at == now


async def test_workers_in_parallel_never_get_the_same_conversation(
    database: Database, database_url: str, now: datetime
) -> None:
    crowd = [wrote(f"k{n}", ref=place(f"citizen-{n}")) for n in range(60)]
    async with database.write() as db:
        await inbox.accept(db, crowd, now)
    doors = [Database(database_url) for _ in range(4)]

    everyone: list[str] = []

    async def work(door: Database, name: str) -> None:
        while len(everyone) < len(crowd):
            async with door.write() as db:
                mine = await inbox.claim(db, name, now, limit=5)
            everyone.extend(claimed.id for claimed in mine)

    async with asyncio.timeout(30):
        await asyncio.gather(*(work(door, f"w{n}") for n, door in enumerate(doors)))
    for door in doors:
        await door.close()
    assert len(everyone) == len(set(everyone)) == 60


async def test_those_who_wait_longest_come_first(database: Database, now: datetime) -> None:
    async with database.write() as db:
        for n in (3, 1, 2):
            await inbox.accept(db, [wrote(f"k{n}", ref=place(f"citizen-{n}"))], now)
        claimed = await inbox.claim(db, "w", now, limit=2)
    assert [one.ref.address for one in claimed] == ["citizen-3", "citizen-1"]


async def test_somebody_who_floods_does_not_fill_the_batch(database: Database, now: datetime) -> None:
    flood = [wrote(f"flood-{n}") for n in range(inbox.EVENTS_AT_ONCE + 10)]
    async with database.write() as db:
        await inbox.accept(db, flood, now)
        (claimed,) = await inbox.claim(db, "w", now)
        assert len(claimed.events) == inbox.EVENTS_AT_ONCE
        await inbox.finish(db, claimed, "w", [row for row, _ in claimed.events], None, now)
        (rest,) = await inbox.claim(db, "w", now)
    assert len(rest.events) == 10


async def test_an_expired_lease_passes_on_and_its_old_holder_changes_nothing(
    database: Database, now: datetime
) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("a")], now)
        (old,) = await inbox.claim(db, "slow", now, lease=timedelta(seconds=30))
        assert await inbox.claim(db, "quick", now + timedelta(seconds=29)) == []
        later = now + timedelta(seconds=31)
        (new,) = await inbox.claim(db, "quick", later)

    async def too_late() -> None:
        async with database.write() as db:
            await transcript.say(db, old.id, BOT, answer(), later, epoch=old.epoch)
            await inbox.finish(db, old, "slow", [row for row, _ in old.events], {"by": "slow"}, later)

    with pytest.raises(LeaseLost):
        await too_late()
    async with database.write() as db:
        assert await transcript.lines(db, old.id) == []
        await inbox.finish(db, new, "quick", [row for row, _ in new.events], {"by": "quick"}, later)
        assert await inbox.claim(db, "w", later + timedelta(hours=1)) == []


async def test_a_worker_that_claims_again_does_not_finish_by_its_old_claim(
    database: Database, now: datetime
) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("a")], now)
        (old,) = await inbox.claim(db, "w", now)
        later = now + timedelta(minutes=1)
        (new,) = await inbox.claim(db, "w", later)
        with pytest.raises(LeaseLost):
            await inbox.finish(db, old, "w", [], None, later)
        await inbox.finish(db, new, "w", [], None, later)


async def test_a_worker_that_stops_gives_its_leases_back(database: Database, now: datetime) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("a", ref=place("one")), wrote("b", ref=place("two"))], now)
        await inbox.claim(db, "stops", now, limit=1)
        await inbox.claim(db, "stays", now, limit=1)
        await inbox.release(db, "stops")
        (freed,) = await inbox.claim(db, "next", now)
    assert freed.ref.address == "one"


async def test_a_poison_event_is_kept_and_the_next_one_goes_on(database: Database, now: datetime) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("poison"), wrote("good")], now)
        (claimed,) = await inbox.claim(db, "w", now)
        await inbox.set_aside(db, claimed.events[0][0], "ValueError", now)
        await inbox.release(db, "w")
        (again,) = await inbox.claim(db, "w", now)
        kept = (
            await db.execute(select(tables.inbox).where(tables.inbox.c.set_aside_reason.is_not(None)))
        ).one()
    assert [event.event_key for _, event in again.events if isinstance(event, IncomingMessage)] == ["good"]
    assert kept.event["event_key"] == "poison"


async def test_an_event_of_an_unknown_shape_stops_nobody(database: Database, now: datetime) -> None:
    async with database.write() as db:
        await inbox.accept(db, [wrote("old", ref=place("one")), wrote("new", ref=place("two"))], now)
        await db.execute(
            update(tables.inbox).where(tables.inbox.c.event_key == "old").values(event={"type": "telepathy"})
        )
        claimed = {one.ref.address: len(one.events) for one in await inbox.claim(db, "w", now)}
    assert claimed == {"one": 0, "two": 1}
    async with database.read() as db:
        reason = await db.scalar(
            select(tables.inbox.c.set_aside_reason).where(tables.inbox.c.event_key == "old")
        )
    assert reason == "unreadable event"


async def test_the_house_tells_through_the_same_inbox(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    told = InternalEvent(name="ticket_taken", facts={"name": "Ірина", "number": "26-0001"}, at=now)
    async with database.write() as db:
        await inbox.accept(db, [wrote("before")], now)
        await inbox.tell(db, conversation, told)
        await inbox.accept(db, [wrote("after")], now)
        (claimed,) = await inbox.claim(db, "w", now)
    assert [event.type for _, event in claimed.events] == ["message", "internal", "message"]
    assert claimed.events[1][1] == told


async def test_telling_nobody_is_an_error(database: Database, now: datetime) -> None:
    with pytest.raises(UnknownConversation):
        async with database.write() as db:
            await inbox.tell(db, "nobody", InternalEvent(name="ticket_taken", at=now))


async def test_a_message_travels_whole(
    new_database_url: Callable[..., str], database: Database, now: datetime
) -> None:
    press = wrote("p", "", kind=MessageKind.PRESS, choice_id="menu:1", author_name="Оксана 🌻")
    async with database.write() as db:
        await inbox.accept(db, [press], now)
        (claimed,) = await inbox.claim(db, "w", now)
        owner, epoch = await ownership.current(db, claimed.id)
    assert claimed.events[0][1] == press
    assert (owner.kind, epoch) == ("bot", 0)
