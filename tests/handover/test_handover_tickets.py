"""Tickets: one open at most, exactly one who takes, and a bot that falls silent at that moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from conversations import inbox, outbox, ownership, transcript
from conversations.database import Database
from conversations.messages import AuthorKind, InternalEvent
from conversations.ownership import StaleEpoch
from handover import tables
from handover.accounts.permissions import Role
from handover.tickets import leading, tickets
from handover.tickets.leading import AlreadyTaken, NotWaiting, NotYours, WrongReceiver
from tests.handover.handover_world import (
    COMMUNITY,
    account,
    bot_says,
    conversation,
    render,
    transcript_of,
    waiting,
)


async def told(database: Database, conversation_id: str, now) -> list[InternalEvent]:
    """Internal events that wait for the engine."""
    async with database.write() as db:
        claimed = await inbox.claim(db, "test", now)
    events = [event for one in claimed if one.id == conversation_id for _, event in one.events]
    return [event for event in events if isinstance(event, InternalEvent)]


async def take(database: Database, ticket, by, now):
    async with database.write() as db:
        return await leading.take(db, COMMUNITY, ticket.id, by, now)


async def test_numbers_grow_within_a_year_and_never_repeat(database, now):
    async def one() -> str:
        async with database.write() as db:
            return await tickets.next_number(db, COMMUNITY, now)

    numbers = await asyncio.gather(*(one() for _ in range(12)))
    assert sorted(numbers) == [f"26-{value:04d}" for value in range(1, 13)]
    async with database.write() as db:
        assert await tickets.next_number(db, COMMUNITY, now + timedelta(days=60)) == "27-0001"
        assert await tickets.next_number(db, "another", now) == "26-0001"


async def test_of_twenty_specialists_exactly_one_takes(database, now):
    ticket = await waiting(database, now)
    people = [await account(database, f"person{index}", name=f"Особа {index}") for index in range(20)]
    results = await asyncio.gather(
        *(take(database, ticket, person, now) for person in people), return_exceptions=True
    )
    winners = [result for result in results if isinstance(result, tickets.Ticket)]
    losers = [result for result in results if isinstance(result, AlreadyTaken)]
    assert (len(winners), len(losers)) == (1, 19)
    winner = winners[0]
    assert {(lost.by, lost.name, lost.at) for lost in losers} == {
        (winner.assigned_to, winner.assigned_name, now)
    }
    async with database.read() as db:
        owner, _ = await ownership.current(db, ticket.conversation_id)
    assert (owner.kind, owner.id, owner.name) == ("specialist", winner.assigned_to, winner.assigned_name)
    lines = await transcript_of(database, ticket.conversation_id)
    assert [line.reply.text for line in lines if "Веде" in line.reply.text] == [
        f"Веде консультацію: {winner.assigned_name}, 10:30"
    ]
    assert [event.name for event in await told(database, ticket.conversation_id, now)] == ["ticket_taken"]


async def test_the_bot_is_refused_after_the_take_and_answers_until_then(database, now):
    ticket = await waiting(database, now)
    async with database.read() as db:
        owner, epoch = await ownership.current(db, ticket.conversation_id)
    assert owner.kind == "queue"
    await bot_says(database, ticket.conversation_id, "Поки чекаєте, можу відповісти.", now, epoch)
    await take(database, ticket, await account(database, "iryna"), now)
    with pytest.raises(StaleEpoch):
        await bot_says(database, ticket.conversation_id, "Я ще тут.", now, epoch)
    lines = await transcript_of(database, ticket.conversation_id)
    bot = [line for line in lines if line.author.kind is AuthorKind.BOT]
    assert [(line.reply.text, line.delivery) for line in bot] == [
        ("Поки чекаєте, можу відповісти.", "withdrawn")
    ]


async def test_a_second_call_adds_to_the_open_ticket(database, now):
    ticket = await waiting(database, now, "Чи приймуть договір?")
    async with database.write() as db:
        again = await tickets.open_ticket(
            db,
            community=COMMUNITY,
            conversation_id=ticket.conversation_id,
            number="26-9999",
            reason="call_back",
            question="Подзвоніть мені",
            now=now,
            phone="067 000 00 00",
            danger="hunger",
        )
        count = await db.scalar(select(func.count()).select_from(tables.tickets))
    assert count == 1
    assert (again.id, again.number, again.reason) == (ticket.id, ticket.number, "unknown")
    assert again.question == "Чи приймуть договір?\nПодзвоніть мені"
    assert (again.phone, again.danger, again.priority) == ("067 000 00 00", "hunger", tickets.FIRST)


async def test_after_a_resolved_ticket_a_new_one_opens(database, now):
    ticket = await waiting(database, now)
    iryna = await account(database, "iryna")
    await take(database, ticket, iryna, now)
    async with database.write() as db:
        await leading.resolve(db, COMMUNITY, ticket.id, iryna, "Пояснено", now)
        second = await tickets.open_ticket(
            db,
            community=COMMUNITY,
            conversation_id=ticket.conversation_id,
            number=await tickets.next_number(db, COMMUNITY, now),
            reason="asked",
            question="Ще одне",
            now=now + timedelta(minutes=5),
        )
        newest = await tickets.latest_of(db, COMMUNITY, ticket.conversation_id)
        assert await tickets.stored(db, ticket.conversation_id) == 2
    assert newest is not None
    assert newest.id == second.id != ticket.id


async def test_cancel_gives_a_waiting_conversation_back_to_the_bot_and_a_taken_one_stays(database, now):
    ticket = await waiting(database, now)
    async with database.write() as db:
        cancelled = await tickets.cancel(db, ticket.conversation_id, now)
        owner, _ = await ownership.current(db, ticket.conversation_id)
        assert await tickets.cancel(db, ticket.conversation_id, now) is None
    assert cancelled is not None
    assert (cancelled.status, owner.kind) == ("resolved", "bot")
    iryna = await account(database, "iryna")
    with pytest.raises(NotWaiting):
        await take(database, ticket, iryna, now)

    taken = await waiting(database, now)
    await take(database, taken, iryna, now)
    async with database.write() as db:
        assert await tickets.cancel(db, taken.conversation_id, now) is None
        assert (await tickets.by_id(db, COMMUNITY, taken.id)).status == "taken"


async def test_danger_goes_to_the_top_even_when_taken(database, now):
    ticket = await waiting(database, now)
    await take(database, ticket, await account(database, "iryna"), now)
    async with database.write() as db:
        raised = await tickets.raise_danger(db, ticket.conversation_id, "violence", now)
    assert raised is not None
    assert (raised.danger, raised.priority, raised.status) == ("violence", tickets.FIRST, "taken")
    nobody = await conversation(database, now)
    async with database.write() as db:
        assert await tickets.raise_danger(db, nobody, "violence", now) is None


async def test_only_the_leader_replies_and_the_words_go_out(database, now):
    ticket = await waiting(database, now)
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh", name="Олег Дудка")
    later = now + timedelta(minutes=3)
    await take(database, ticket, iryna, now)
    async with database.write() as db:
        ref = (await transcript.heads(db, [ticket.conversation_id]))[ticket.conversation_id].ref
        await leading.reply(db, ticket.conversation_id, ref, iryna, "  Так, приймуть.  ", render, later)
        answered = await tickets.by_id(db, COMMUNITY, ticket.id)
    assert answered.answered_at == later
    with pytest.raises(NotYours) as refused:
        async with database.write() as db:
            await leading.reply(db, ticket.conversation_id, ref, oleh, "І я скажу.", render, later)
    assert refused.value.name == "Ірина Мельник"
    async with database.write() as db:
        due = await outbox.claim_due(db, "test", later)
    assert [dict(row.payload) for row in due] == [
        {"to": ref.address, "text": "Так, приймуть.", "from": "Ірина Мельник"}
    ]


async def test_nobody_replies_in_a_conversation_that_waits(database, now):
    ticket = await waiting(database, now)
    iryna = await account(database, "iryna")
    async with database.read() as db:
        ref = (await transcript.heads(db, [ticket.conversation_id]))[ticket.conversation_id].ref
    with pytest.raises(NotYours) as refused:
        async with database.write() as db:
            await leading.reply(db, ticket.conversation_id, ref, iryna, "Добрий день", render, now)
    assert refused.value.name is None


async def test_a_note_is_never_sent(database, now):
    ticket = await waiting(database, now)
    iryna = await account(database, "iryna")
    async with database.write() as db:
        await leading.note(db, ticket.conversation_id, iryna, "Питали минулого місяця", now)
        assert await outbox.claim_due(db, "test", now) == []
    last = (await transcript_of(database, ticket.conversation_id))[-1]
    assert (last.author.kind, last.author.id, last.delivery) == (AuthorKind.NOTE, iryna.id, None)


async def test_transfer_passes_ownership_and_names_both(database, now):
    ticket = await waiting(database, now)
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh", name="Олег Дудка")
    await take(database, ticket, iryna, now)
    await told(database, ticket.conversation_id, now)
    async with database.write() as db:
        passed = await leading.transfer(
            db, COMMUNITY, ticket.id, iryna, oleh, now, reason="знає про субсидії"
        )
        owner, epoch = await ownership.current(db, ticket.conversation_id)
        ref = (await transcript.heads(db, [ticket.conversation_id]))[ticket.conversation_id].ref
        await leading.reply(db, ticket.conversation_id, ref, oleh, "Добрий день", render, now)
    assert (passed.assigned_to, owner.id, epoch) == (oleh.id, oleh.id, 3)
    texts = [line.reply.text for line in await transcript_of(database, ticket.conversation_id)]
    assert "Передано: Ірина Мельник → Олег Дудка, 10:30. Причина: знає про субсидії" in texts


async def test_only_those_who_may_consult_here_receive(database, now):
    ticket = await waiting(database, now)
    iryna = await account(database, "iryna")
    editor = await account(database, "editor", Role.EDITOR)
    stranger = await account(database, "stranger", community="another")
    await take(database, ticket, iryna, now)
    for receiver in (editor, stranger):
        with pytest.raises(WrongReceiver):
            async with database.write() as db:
                await leading.transfer(db, COMMUNITY, ticket.id, iryna, receiver, now)


async def test_return_to_the_queue_lets_another_take(database, now):
    ticket = await waiting(database, now)
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh", name="Олег Дудка")
    await take(database, ticket, iryna, now)
    async with database.write() as db:
        returned = await leading.return_to_queue(db, COMMUNITY, ticket.id, iryna, now)
        owner, _ = await ownership.current(db, ticket.conversation_id)
    assert (returned.status, returned.assigned_to, owner.kind) == ("waiting", None, "queue")
    assert (await take(database, ticket, oleh, now)).assigned_to == oleh.id


@pytest.mark.parametrize("deed", ["resolve", "hand_back"])
async def test_the_end_gives_the_conversation_to_the_bot_and_tells_the_engine(database, now, deed):
    ticket = await waiting(database, now)
    iryna = await account(database, "iryna")
    await take(database, ticket, iryna, now)
    async with database.write() as db:
        if deed == "resolve":
            done = await leading.resolve(db, COMMUNITY, ticket.id, iryna, "Пояснено строки", now)
        else:
            done = await leading.return_to_bot(db, COMMUNITY, ticket.id, iryna, "Бот знає", now)
        owner, _ = await ownership.current(db, ticket.conversation_id)
    assert (done.status, owner.kind) == ("resolved", "bot")
    events = await told(database, ticket.conversation_id, now)
    assert events[-1].name == {"resolve": "ticket_resolved", "hand_back": "handed_back"}[deed]
    assert events[-1].facts["number"] == ticket.number
    assert events[-1].facts["name"] == "Ірина Мельник"
    with pytest.raises(NotYours):
        async with database.write() as db:
            await leading.resolve(db, COMMUNITY, ticket.id, iryna, "Ще раз", now)


async def test_a_head_may_close_what_a_colleague_leads_and_a_specialist_may_not(database, now):
    ticket = await waiting(database, now)
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh", name="Олег Дудка")
    head = await account(database, "head", Role.HEAD, name="Ольга Керівна")
    await take(database, ticket, iryna, now)
    with pytest.raises(NotYours):
        async with database.write() as db:
            await leading.resolve(db, COMMUNITY, ticket.id, oleh, "Не моє", now)
    async with database.write() as db:
        assert (await leading.resolve(db, COMMUNITY, ticket.id, head, "За Ірину", now)).status == "resolved"


async def test_the_danger_card_is_the_engines_word(database, now):
    ticket = await waiting(database, now, danger="suicide")
    iryna = await account(database, "iryna")
    await take(database, ticket, iryna, now)
    async with database.write() as db:
        await leading.send_danger_card(db, COMMUNITY, ticket.id, iryna, now)
    event = (await told(database, ticket.conversation_id, now))[-1]
    assert (event.name, event.facts) == ("danger_card", {"danger": "suicide"})


async def test_a_rating_is_only_for_ones_own_consultation(database, now):
    mine, others = await waiting(database, now), await waiting(database, now)
    async with database.write() as db:
        assert await tickets.rate(db, mine.conversation_id, mine.number, value="partly")
        assert await tickets.rate(db, mine.conversation_id, mine.number, comment="Довго чекали")
        assert not await tickets.rate(db, mine.conversation_id, others.number, value="no")
        rows = (await db.execute(select(tables.tickets.c.rating, tables.tickets.c.rating_comment))).all()
    assert {tuple(row) for row in rows} == {(None, None), ("partly", "Довго чекали")}


async def test_another_communitys_ticket_does_not_exist(database, now):
    ticket = await waiting(database, now)
    stranger = await account(database, "stranger", community="another")
    with pytest.raises(tickets.UnknownTicket):
        async with database.write() as db:
            await leading.take(db, "another", ticket.id, stranger, now)


async def test_erasing_takes_the_words_out_and_keeps_the_number(database, now):
    told = (("дохід", "12 000 грн"),)
    ticket = await waiting(database, now, "Моя історія", phone="067 000 00 00", told=told)
    assert ticket.told == told
    async with database.write() as db:
        question = tickets.Unanswered(
            COMMUNITY, ticket.conversation_id, "Моя історія", ("housing-subsidy",), now
        )
        await tickets.note_unanswered(db, [question])
        assert await tickets.erase(db, ticket.conversation_id, now) == 1
        kept = await tickets.by_id(db, COMMUNITY, ticket.id)
        left = await db.scalar(select(func.count()).select_from(tables.unanswered))
    assert (kept.number, kept.question, kept.phone, kept.status) == (ticket.number, "", None, "resolved")
    assert kept.told == ()
    assert left == 0
