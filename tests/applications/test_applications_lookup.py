"""Looking up by number and code: what is wrong can't be told apart, five tries a day, under any storm of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from conversations.database import Database, metadata
from handover.applications import codes, follows, looking, register
from handover.applications.looking import TRIES, Looked
from handover.applications.record import Record, State
from handover.applications.register import UnknownNumber
from tests.handover.handover_world import COMMUNITY, conversation

KEY = b"the house's own secret"


def record(number: str = "12345", state: State = State.APPROVED, **more: Any) -> Record:
    return Record(number, number, "housing-subsidy", state, datetime(2026, 11, 20).date(), **more)


async def given(database: Database, now: datetime, community: str = COMMUNITY) -> str:
    """An application with a code; returns the code."""
    async with database.write() as db:
        await register.put(db, community, [record()], register.FILES, now)
        return await codes.issue(db, community, "12345", KEY, now)


async def look(database: Database, chat: str, number: str, code: str, now: datetime) -> Looked:
    async with database.write() as db:
        return await looking.by_code(db, COMMUNITY, chat, number, code, KEY, now)


async def test_number_and_code_open_it_and_nothing_else_does(database: Database, now: datetime) -> None:
    code = await given(database, now)
    chat = await conversation(database, now)
    found = await look(database, chat, "12345", code, now)
    assert found.outcome == "found"
    assert found.application is not None
    assert found.application.record == record()
    wrong = "A2A2A2A2" if code != "A2A2A2A2" else "B2B2B2B2"
    assert await look(database, chat, "12345", wrong, now) == Looked("wrong")
    assert await look(database, chat, "99999", code, now) == Looked("wrong")


async def test_an_application_of_another_community_is_as_if_it_were_none(
    database: Database, now: datetime
) -> None:
    code = await given(database, now, "elsewhere")
    chat = await conversation(database, now)
    assert await look(database, chat, "12345", code, now) == Looked("wrong")


async def test_a_number_without_a_code_opens_to_nobody(database: Database, now: datetime) -> None:
    async with database.write() as db:
        await register.put(db, COMMUNITY, [record()], register.FILES, now)
    chat = await conversation(database, now)
    assert await look(database, chat, "12345", "A2A2A2A2", now) == Looked("wrong")


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is executed on the writing connection, without its values."""
    seen: list[str] = []
    engine = database._writer.sync_engine

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_right_wrong_number_and_wrong_code_execute_the_same(database: Database, now: datetime) -> None:
    code = await given(database, now)
    executed = []
    for number, tried in (("12345", code), ("99999", code), ("12345", "A2A2A2A2")):
        chat = await conversation(database, now)
        with statements(database) as seen:
            await look(database, chat, number, tried, now)
        executed.append(seen)
    assert len(executed[0]) >= 3
    assert executed[0] == executed[1] == executed[2]


async def test_five_tries_a_day_of_a_contact(database: Database, now: datetime) -> None:
    code = await given(database, now)
    chat = await conversation(database, now)
    for place in range(TRIES):
        assert (await look(database, chat, f"7000{place}", "A2A2A2A2", now)).outcome == "wrong"
    assert (await look(database, chat, "12345", code, now)).outcome == "limit"
    assert (await look(database, chat, "12345", code, now + timedelta(days=1))).outcome == "found"


@pytest.mark.parametrize("number", ["12345", "99999"])
async def test_five_tries_a_day_of_a_number_existing_or_not(
    database: Database, now: datetime, number: str
) -> None:
    code = await given(database, now)
    for _ in range(TRIES):
        chat = await conversation(database, now)
        assert (await look(database, chat, number, "A2A2A2A2", now)).outcome == "wrong"
    assert (await look(database, await conversation(database, now), number, code, now)).outcome == "limit"


async def test_a_storm_of_tries_counts_no_less(database: Database, now: datetime) -> None:
    await given(database, now)
    chats = [await conversation(database, now) for _ in range(20)]
    answers = await asyncio.gather(
        *(look(database, chat, "12345", "A2A2A2A2", now) for chat in chats for _ in range(2))
    )
    outcomes = [one.outcome for one in answers]
    assert outcomes.count("wrong") == TRIES
    assert outcomes.count("limit") == len(outcomes) - TRIES


async def test_a_new_code_ends_the_old_one_and_what_it_opened(database: Database, now: datetime) -> None:
    old = await given(database, now)
    chat = await conversation(database, now)
    proof = (await look(database, chat, "12345", old, now)).proof
    async with database.write() as db:
        assert await follows.follow(db, COMMUNITY, chat, "12345", proof, now)
        new = await codes.issue(db, COMMUNITY, "12345", KEY, now)
        assert await follows.followed(db, chat) == []
        assert await looking.by_proof(db, COMMUNITY, chat, "12345", proof) == Looked("wrong")
        assert await follows.follow(db, COMMUNITY, chat, "12345", proof, now) is None
    assert (await look(database, chat, "12345", old, now)).outcome == "wrong"
    assert (await look(database, chat, "12345", new, now)).outcome == "found"


async def test_a_code_is_made_for_what_there_is_alone(database: Database, now: datetime) -> None:
    async with database.write() as db:
        with pytest.raises(UnknownNumber):
            await codes.issue(db, COMMUNITY, "404404", KEY, now)


async def test_the_code_stands_nowhere(database: Database, database_url: str, now: datetime) -> None:
    code = await given(database, now)
    await look(database, await conversation(database, now), "12345", code, now)
    async with database.read() as db:
        everything = [
            str(tuple(row)) for table in metadata.sorted_tables for row in await db.execute(select(table))
        ]
    assert code not in "\n".join(everything)
