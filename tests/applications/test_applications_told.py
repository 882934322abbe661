"""Who follows an application is told of a change once: whatever is imported, whoever is away, after «стоп» nobody."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from bots.turns import loops
from bots.turns.deliver import deliver
from bots.turns.registers import Registers
from bots.turns.think import think
from conversations import inbox, transcript
from conversations.channel import Capabilities
from conversations.messages import MessageKind
from handover.applications import codes, register
from handover.applications.record import Record, State
from handover.applications.tables import application_follows
from tests.applications.test_applications_lookup import statements
from tests.turns.world import COMMUNITY, NOON, StubChannel, World, message

CODE_KEY = b""


async def stands(place: World, state: State, number: str = "12345", **more: object) -> None:
    """The department says so: the state of an application."""
    record = Record(number, number, "housing-subsidy", state, NOON.date(), **more)  # type: ignore[arg-type]
    async with place.runtime.database.write() as db:
        await register.put(db, COMMUNITY, [record], register.FILES, place.clock())


async def code_of(place: World, number: str = "12345") -> str:
    async with place.runtime.database.write() as db:
        return await codes.issue(db, COMMUNITY, number, CODE_KEY, place.clock())


_numbers = itertools.count(1)


async def says(place: World, text: str, address: str = "anna", **more: object) -> list[str]:
    """What a person is answered."""
    before = len(place.texts(address))
    event = message(text, key=f"k{next(_numbers)}", address=address, at=place.clock())
    async with place.runtime.database.write() as db:
        await inbox.accept(db, [event.model_copy(update=more)], place.clock())
    await work(place)
    return place.texts(address)[before:]


async def work(place: World) -> None:
    while await think(place.runtime) + await deliver(place.runtime):
        pass


async def told(place: World, address: str = "anna") -> list[str]:
    """What a person hears of by itself."""
    before = len(place.texts(address))
    await loops._tell_changes(place.runtime)
    await work(place)
    return place.texts(address)[before:]


async def followed(place: World, address: str = "anna") -> None:
    await stands(place, State.SUBMITTED)
    answer = await says(place, f"заява 12345 код {await code_of(place)}", address)
    assert "Заява № 12345: подано." in answer[-1]
    assert "напишу сюди" in (await says(place, "повідомляти зміни", address))[-1]


async def test_a_change_is_told_once(reception: World) -> None:
    await followed(reception)
    assert await told(reception) == []
    await stands(reception, State.SUBMITTED)
    assert await told(reception) == [], "the same state is no news"
    await stands(reception, State.ACCEPTED)
    await stands(reception, State.APPROVED, amount=123456)
    (news,) = await told(reception)
    assert "призначено" in news
    assert "1 234,56" in news.replace("\u00a0", " ")
    assert await told(reception) == []


async def test_two_workers_tell_it_once(reception: World) -> None:
    await followed(reception)
    await stands(reception, State.APPROVED)
    await asyncio.gather(*(loops._tell_changes(reception.runtime) for _ in range(4)))
    before = len(reception.texts())
    await work(reception)
    assert len(reception.texts()) == before + 1


@pytest.mark.parametrize("word", ["стоп", "мене побив чоловік"])
async def test_after_stop_or_danger_nobody_is_written_to(reception: World, word: str) -> None:
    await followed(reception)
    await says(reception, word)
    await stands(reception, State.APPROVED)
    assert await told(reception) == []


async def test_behind_a_closed_window_it_waits_until_the_person_writes(reception: World) -> None:
    channel: StubChannel = reception.channel
    channel.can = Capabilities(text_limit=4000, choices_limit=12, reply_window=timedelta(hours=24))
    await followed(reception)
    reception.clock.move(timedelta(hours=30))
    await stands(reception, State.APPROVED)
    assert await told(reception) == []
    await says(reception, "дякую")
    (news,) = await told(reception)
    assert "призначено" in news


async def test_who_stops_following_is_not_told(reception: World) -> None:
    await followed(reception)
    await says(reception, "не стежити")
    await stands(reception, State.APPROVED)
    assert await told(reception) == []


async def test_what_is_erased_is_followed_no_more(reception: World) -> None:
    await followed(reception)
    await says(reception, "мої дані")
    await says(reception, "стерти все")
    async with reception.runtime.database.read() as db:
        assert (await db.execute(select(application_follows))).all() == []


async def test_somebody_elses_following_can_be_neither_seen_nor_ended(reception: World) -> None:
    await followed(reception)
    async with reception.runtime.database.read() as db:
        key = await db.scalar(select(application_follows.c.id))
    assert key
    await says(reception, "привіт", "oleh")
    for press in (f"z:see:{key}", f"z:stop:{key}"):
        await says(reception, "", "oleh", kind=MessageKind.PRESS, choice_id=press)
    assert not any("12345" in text for text in reception.texts("oleh"))
    await stands(reception, State.APPROVED)
    assert len(await told(reception)) == 1


async def test_the_code_is_hidden_in_the_transcript_however_it_is_typed(reception: World) -> None:
    await stands(reception, State.SUBMITTED)
    code = await code_of(reception)
    await says(reception, f"заява 12345 код {code}")
    await says(reception, "де моя заява")
    await says(reception, "12345")
    spoiled = code[:6] + "1O"
    await says(reception, spoiled)
    async with reception.runtime.database.read() as db:
        found = await inbox.find(db, message("", key="x").ref)
        assert found
        lines = await transcript.lines(db, found)
    said = "\n".join(line.reply.text for line in lines)
    assert code not in said
    assert spoiled not in said
    assert "12345" in said


def test_the_key_of_codes_is_not_printed() -> None:
    assert "secret" not in repr(Registers(key=b"secret"))


async def test_a_whole_turn_executes_the_same_whatever_is_wrong(reception: World) -> None:
    await stands(reception, State.SUBMITTED)
    code = await code_of(reception)
    other = "A2A2A2A2" if code != "A2A2A2A2" else "B2B2B2B2"
    executed = []
    for address, number, typed in (("a", "12345", code), ("b", "99999", code), ("c", "12345", other)):
        await says(reception, "привіт", address)
        event = message(f"заява {number} код {typed}", key=address, address=address)
        async with reception.runtime.database.write() as db:
            await inbox.accept(db, [event], reception.clock())
        with statements(reception.runtime.database) as seen:
            await think(reception.runtime)
        executed.append(seen)
    assert len(executed[0]) > 5
    assert executed[0] == executed[1] == executed[2]
