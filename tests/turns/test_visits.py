"""Visits through the loops: the words say what the house did, whoever was quicker; reminders, files, erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bots.turns import visits as visiting
from bots.turns.minds import Mind, Minds
from conversations.channel import Capabilities
from conversations.messages import AttachmentKind, MessageKind
from handover.appointments.tables import appointment_units, appointments, waiting_list
from knowledge_base.answers import VisitRules
from tests.dialogue.fake_knowledge import BRANCH, RECEPTION, FakeKnowledge

from .test_turns import hear, work
from .world import COMMUNITY, StubUnderstanding, World, message

ONE_AT_ONCE = VisitRules(minutes=60, days_ahead=1, lead_minutes=60, hall=1, letter="З")
"""Tomorrow has nine times, and today five."""


def small(world: World) -> World:
    """The reception with one place in its hall."""
    office = replace(RECEPTION, visits=ONE_AT_ONCE)
    knowledge = FakeKnowledge().with_offices([office, BRANCH])
    minds = Minds({COMMUNITY: Mind(knowledge, StubUnderstanding())})
    return replace(world, runtime=replace(world.runtime, minds=minds))


async def say(world: World, words: str, address: str = "anna", *, press: str | None = None) -> str:
    """What comes back to one line of a person."""
    said = message(words, key=f"{address}-{len(world.channel.sent)}-{words}{press}", address=address)
    if press is not None:
        said = said.model_copy(update={"kind": MessageKind.PRESS, "choice_id": press})
    await hear(world, said)
    await work(world)
    return world.texts(address)[-1].replace("\u00a0", " ")


async def tend(world: World) -> int:
    told = await visiting.tend(world.runtime, COMMUNITY)
    await work(world)
    return told


async def test_whoever_was_slower_is_told_so(reception: World) -> None:
    world = small(reception)
    for who in ("anna", "petro"):
        assert "Під яким іменем записати?" in await say(world, "запишіть мене на завтра о 10", who)
    assert "Готово, запис № 1." in await say(world, "Анна")
    told = await say(world, "Петро", "petro")
    assert told == "О 10:00 не вийде. Вільно о 9:00, об 11:00 та о 12:00."
    assert (
        "Готово, запис № 2." in await say(world, "об 11", "petro") or "Під яким" in world.texts("petro")[-1]
    )
    async with world.runtime.database.read() as db:
        starts = (await db.execute(select(appointments.c.starts_at))).scalars().all()
    assert len(starts) == len(set(starts))


async def test_two_who_are_thought_about_in_one_batch_get_one_time(reception: World) -> None:
    world = small(reception)
    for who in ("anna", "petro"):
        await say(world, "запишіть мене на завтра о 10", who)
    await hear(world, message("Анна", key="n1"), message("Петро", key="n2", address="petro"))
    await work(world)
    told = [world.texts(who)[-1] for who in ("anna", "petro")]
    assert sorted("Готово" in text for text in told) == [False, True]
    async with world.runtime.database.read() as db:
        assert len((await db.execute(select(appointments.c.id))).all()) == 1


async def test_the_same_press_twice_books_once(reception: World) -> None:
    await say(reception, "запишіть мене на завтра о 10")
    await hear(reception, message("Анна", key="a1"))
    await work(reception)
    await say(reception, "мої записи")
    async with reception.runtime.database.read() as db:
        assert len((await db.execute(select(appointments.c.id))).all()) == 1


async def test_a_reminder_and_its_answer(reception: World) -> None:
    await say(reception, "запишіть мене на завтра о 10")
    await say(reception, "Анна")
    assert await tend(reception) == 0
    reception.clock.move(timedelta(hours=5))  # five in the evening
    assert await tend(reception) == 1
    assert "Завтра, 25 листопада, о 10:00 чекаємо вас" in reception.texts()[-1].replace("\u00a0", " ")
    assert await tend(reception) == 0
    assert (await say(reception, "прийду")).startswith("Добре, чекаємо: завтра")
    async with reception.runtime.database.read() as db:
        assert (await db.execute(select(appointments.c.confirmed_at))).scalar_one() == reception.clock()


async def test_after_stop_nobody_is_reminded(reception: World) -> None:
    await say(reception, "запишіть мене на завтра о 10")
    await say(reception, "Анна")
    await say(reception, "стоп")
    before = len(reception.texts())
    reception.clock.move(timedelta(hours=5))
    await tend(reception)
    assert len(reception.texts()) == before


async def test_where_the_bot_may_not_write_first_it_says_so_at_the_booking(reception: World) -> None:
    reception.channel.can = Capabilities(text_limit=4000, choices_limit=12, reply_window=timedelta(hours=24))
    await say(reception, "запишіть мене на п'ятницю о 10")
    assert "Сюди нагадати не зможемо" in await say(reception, "Анна")
    before = len(reception.texts())
    reception.clock.move(timedelta(days=2, hours=5))  # Thursday, five in the evening
    assert await tend(reception) == 0
    assert len(reception.texts()) == before


async def test_the_calendar_file_goes_with_the_words(reception: World) -> None:
    reception.channel.can = Capabilities(
        text_limit=4000,
        choices_limit=12,
        file_kinds=frozenset({AttachmentKind.DOCUMENT}),
        file_limit=1_000_000,
    )
    await say(reception, "запишіть мене на завтра о 10")
    await say(reception, "Анна")
    await say(reception, "", press="v:cal:1")
    (file,) = reception.channel.rendered[-1].reply.attachments
    assert (file.name, file.media_type) == ("Запис 1.ics", "text/calendar")
    assert (await reception.runtime.store.get(file.content_hash)).startswith(b"BEGIN:VCALENDAR")


async def test_a_freed_time_is_offered_and_taken(reception: World) -> None:
    world = small(reception)
    for number in range(9):
        who = f"person-{number}"
        await say(world, f"запишіть мене на завтра о {9 + number}:00", who)
        assert "Готово" in await say(world, "Оля", who)
    assert "усе зайнято" in await say(world, "запишіть мене на завтра")
    assert "шукаємо для вас вільний час" in await say(world, "", press="v:w")
    assert await tend(world) == 0
    assert "Скасувати запис" in await say(world, "скасуйте запис", "person-3")
    assert "скасовано" in await say(world, "так", "person-3")
    assert await tend(world) == 1
    assert "Звільнився час: завтра, 25 листопада, о 12:00" in world.texts()[-1].replace("\u00a0", " ")
    async with world.runtime.database.read() as db:
        offer = (await db.execute(select(waiting_list.c.id))).scalar_one()
    assert "Під яким іменем записати?" in await say(world, "", press=f"v:take:{offer}")
    assert "Готово, запис № 10." in await say(world, "Анна")


async def test_nobody_touches_another_persons_visit(reception: World) -> None:
    await say(reception, "запишіть мене на завтра о 10")
    await say(reception, "Анна")
    for press in ("v:xy:1", "v:mv:1", "v:cal:1", "v:ok:1", "v:law:1:veteran"):
        assert "Такого запису зараз немає" in await say(reception, "", "petro", press=press)
    async with reception.runtime.database.read() as db:
        row = (await db.execute(select(appointments.c.state, appointments.c.priority))).one()
    assert tuple(row) == ("booked", None)


async def test_whoever_is_forgotten_leaves_no_visit(reception: World) -> None:
    await say(reception, "запишіть мене на завтра о 10")
    await say(reception, "Анна 067 123 45 67")
    await say(reception, "", press="m:data")
    await say(reception, "", press="e:all")
    async with reception.runtime.database.read() as db:
        row = (
            await db.execute(select(appointments.c.state, appointments.c.name, appointments.c.phone))
        ).one()
        units = (await db.execute(select(appointment_units))).all()
    assert (tuple(row), units) == (("cancelled", "", None), [])
