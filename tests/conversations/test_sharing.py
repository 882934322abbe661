"""Several workers part the conversations; what one leaves waiting is anybody's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conversations import inbox, outbox, sharing, transcript
from conversations.database import Database
from conversations.sharing import ENDINGS, LEFT_WAITING, SILENT, Share, share_of
from tests.conversations.words import BOT, PAYLOAD, answer, begun, place, wrote

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 300])
def test_the_shares_of_all_cover_everything_once(count: int) -> None:
    names = [f"w{n:03}" for n in range(count)]
    shares = [share_of(name, names) for name in names]
    covered = [ending for share in shares for ending in range(share.first, share.end)]
    assert covered == list(range(ENDINGS))


async def test_workers_learn_of_each_other_and_a_silent_one_is_forgotten(
    database: Database, now: datetime
) -> None:
    async with database.write() as db:
        assert await sharing.be_present(db, "a", now) == Share()
        other = await sharing.be_present(db, "b", now + SECOND)
        assert (other.first, other.end) == (ENDINGS // 2, ENDINGS)
        assert await sharing.be_present(db, "a", now + 2 * SECOND) == Share(0, ENDINGS // 2)
        assert await sharing.be_present(db, "a", now + SECOND + SILENT) == Share()
        await sharing.be_present(db, "c", now + SECOND + SILENT)
        await sharing.leave(db, "c")
        assert await sharing.be_present(db, "a", now + SECOND + SILENT) == Share()


async def test_a_worker_whose_clock_was_ahead_does_not_stay_for_ever(
    database: Database, now: datetime
) -> None:
    async with database.write() as db:
        await sharing.be_present(db, "ahead", now + timedelta(hours=1))
        assert await sharing.be_present(db, "a", now) == Share()


async def test_each_takes_its_own_and_after_a_while_what_is_left(database: Database, now: datetime) -> None:
    addresses = [f"citizen-{n}" for n in range(40)]
    ids = await begun(database, now, *addresses)
    halves = Share(0, ENDINGS // 2), Share(ENDINGS // 2, ENDINGS)
    async with database.write() as db:
        await inbox.accept(db, [wrote(f"k-{one}", ref=place(one)) for one in addresses], now)
        for conversation in ids:
            await transcript.say(db, conversation, BOT, answer(), now, epoch=0, payloads=[PAYLOAD])
        taken = [
            {one.id for one in await inbox.claim(db, "w", now, limit=100, share=share)} for share in halves
        ]
        sent = [
            {one.conversation_id for one in await outbox.claim_due(db, "w", now, limit=100, share=share)}
            for share in halves
        ]
    assert taken == sent
    assert set.union(*taken) == set(ids)
    assert not taken[0] & taken[1]
    assert all(int(one[-2:], 16) < ENDINGS // 2 for one in taken[0])


async def test_what_a_dead_worker_leaves_is_anybodys(database: Database, now: datetime) -> None:
    (conversation,) = await begun(database, now)
    ending = int(conversation[-2:], 16)
    others = Share(0, ending) if ending else Share(1, ENDINGS)
    async with database.write() as db:
        await inbox.accept(db, [wrote("k")], now)
        assert await inbox.claim(db, "w", now + LEFT_WAITING - SECOND, share=others) == []
        (claimed,) = await inbox.claim(db, "w", now + LEFT_WAITING, share=others)
    assert claimed.id == conversation
