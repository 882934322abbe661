"""A wrong answer is taken back in one press, and the page says exactly what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from conversations import inbox, outbox, transcript
from conversations.channel import Sent
from conversations.messages import InternalEvent, Reply
from conversations.outbox import Arrived, Failed, Retry, Unknown
from conversations.tables import inbox as inbox_rows
from conversations.tables import outbox as rows
from handover import tables
from handover.accounts.permissions import Role
from handover.tickets import leading
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.handover_world import BOT, actions, transcript_of, waiting


async def ends(database, outcome, now):
    """What is due is sent, and this is what becomes of it."""
    async with database.write() as db:
        due = await outbox.claim_due(db, "w", now, limit=50)
    async with database.write() as db:
        await outbox.mark(db, [(one, outcome) for one in due], now)
    return due


async def states(database, chat, position):
    async with database.read() as db:
        found = await db.execute(
            select(rows.c.state).where(rows.c.conversation_id == chat, rows.c.position == position)
        )
        return list(found.scalars())


async def told(database, chat):
    """What the engine is asked to tell the person about answers taken back."""
    async with database.read() as db:
        found = await db.execute(
            select(inbox_rows.c.event).where(inbox_rows.c.conversation_id == chat).order_by(inbox_rows.c.id)
        )
        events = [InternalEvent.model_validate(one) for one in found.scalars() if one["type"] == "internal"]
    return [event.facts for event in events if event.name == "answer_withdrawn"]


async def answered(reception, now, channel="telegram", *outcomes):
    """A bot's answer in as many parts, what became of each, and then Iryna leads."""
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(
        reception.database, now, "скільки субсидія? мій номер 067 000 11 22", channel=channel
    )
    chat = ticket.conversation_id
    async with reception.database.write() as db:
        epoch = (await transcript.heads(db, [chat]))[chat].epoch
        position = await transcript.say(
            db,
            chat,
            BOT,
            Reply(text="Субсидія — 5 000 грн на місяць."),
            now,
            epoch=epoch,
            payloads=[{"text": str(part)} for part, _ in enumerate(outcomes or "?")],
            topic="housing-subsidy",
        )
    for outcome in outcomes:
        await ends(reception.database, outcome, now)
    await iryna.act(chat, "take")
    return iryna, chat, position


async def unanswered(database):
    async with database.read() as db:
        found = await db.execute(
            select(tables.unanswered.c.question, tables.unanswered.c.reason, tables.unanswered.c.ranked)
        )
        return [tuple(row) for row in found]


async def facts(database, chat):
    async with database.read() as db:
        found = await db.execute(
            select(tables.audit.c.facts).where(
                tables.audit.c.subject == chat, tables.audit.c.action == "answer_withdrawn"
            )
        )
        return list(found.scalars())


def last_line(page: str) -> str:
    return page[page.rindex("Відповідь відкликано") :]


async def test_what_has_not_gone_out_never_does_and_the_person_hears_nothing(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    chat = ticket.conversation_id
    await iryna.act(chat, "take")
    await iryna.act(chat, "reply", text="Треба довідка № 5")
    position = (await transcript_of(reception.database, chat))[-1].position
    page = (await iryna.act(chat, "withdraw", position=str(position), key="k")).text
    assert "<s>Треба довідка № 5</s>" in page
    assert "Відкликано о 10:30" in page
    assert "Ірина Мельник, 10:30. До людини вона не дійшла" in last_line(page)
    assert await states(reception.database, chat, position) == ["withdrawn"]
    assert await ends(reception.database, Arrived(Sent("1")), now) == []
    assert await told(reception.database, chat) == []
    assert await unanswered(reception.database) == []
    (recorded,) = await facts(reception.database, chat)
    assert recorded == {"ticket": ticket.number, "author": "specialist", "how": "unsent"}
    again = await iryna.act(chat, "resend", position=str(position))
    assert again.status_code == 409
    twice = await iryna.act(chat, "withdraw", position=str(position), key="other")
    assert twice.status_code == 409
    assert "уже відкликано" in twice.text
    assert (await iryna.act(chat, "withdraw", position=str(position), key="k")).status_code == 200
    assert (await actions(reception.database, chat)).count("answer_withdrawn") == 2


async def test_a_delivered_answer_of_the_bot_is_deleted_where_the_channel_can(reception, now):
    iryna, chat, position = await answered(reception, now, "telegram", *map(Arrived, map(Sent, ("77", "78"))))
    page = (await iryna.act(chat, "withdraw", position=str(position), key="k")).text
    assert "Канал просимо прибрати її з чату, людині написано виправлення" in last_line(page)
    assert "Прибирається" in last_line(page)
    for gone in ("77", "78"):
        due = await ends(reception.database, Arrived(Sent(gone)), now)
        assert [one.payload for one in due] == [{"to": due[0].ref.address, "delete": gone}]
    assert await told(reception.database, chat) == [{"words": ""}]
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert "<s>Субсидія — 5 000 грн на місяць.</s>" in page
    assert "Прибрано з чату людини" in last_line(page)
    assert await unanswered(reception.database) == [
        ("скільки субсидія? мій номер …", "withdrawn", ["housing-subsidy"])
    ]
    (recorded,) = await facts(reception.database, chat)
    assert (recorded["author"], recorded["how"]) == ("bot", "taken_back")
    journal = await reception.signed_in("head", Role.HEAD, "Голова")
    shown = (await journal.get("/workplace/journal")).text
    assert "Відкликано відповідь" in shown
    assert "відповідь бота, прибирається з чату, надіслано виправлення" in shown
    assert "5 000" not in shown


async def test_a_deletion_that_fails_says_so_and_marks_nobody_as_unreached(reception, now):
    iryna, chat, position = await answered(reception, now, "telegram", Arrived(Sent("77")))
    await iryna.act(chat, "withdraw", position=str(position))
    await ends(
        reception.database,
        Failed("ReplyRejected: Bad Request: message can't be deleted for everyone (400)"),
        now,
    )
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert "Прибрати з чату не вдалося: канал уже не дає його прибрати" in last_line(page)
    assert "не доходить" not in page


@pytest.mark.parametrize(
    ("channel", "outcome", "later", "words"),
    [
        ("viber", Arrived(Sent("77")), timedelta(0), "З чату її не прибрати"),
        ("telegram", Arrived(Sent("77")), timedelta(hours=49), "З чату її не прибрати"),
        ("telegram", Unknown("no answer in time"), timedelta(0), "З чату її не прибрати"),
    ],
)
async def test_elsewhere_a_correction_names_the_answer_that_stays(
    reception, now, channel, outcome, later, words
):
    iryna, chat, position = await answered(reception, now, channel, outcome)
    reception.wall.now += later
    if later:
        iryna.client = (await reception.signed_in("again")).client
        iryna.token = ""
        async with reception.database.write() as db:
            ticket = (await transcript.heads(db, [chat]))[chat]
            assert ticket.owner.name == "Ірина Мельник"
        iryna = await reception.signed_in("head", Role.HEAD, "Голова Громади")
    page = (await iryna.act(chat, "withdraw", position=str(position))).text
    assert words in last_line(page)
    assert await told(reception.database, chat) == [{"words": "Субсидія — 5 000 грн на місяць."}]
    assert await ends(reception.database, Arrived(Sent("1")), reception.wall.now) == []


async def test_our_own_page_shows_it_no_more(reception, now):
    iryna, chat, position = await answered(reception, now, "web", Arrived(Sent("web")))
    page = (await iryna.act(chat, "withdraw", position=str(position))).text
    assert "На сторінці чату її сховано, людині написано виправлення" in last_line(page)
    assert await told(reception.database, chat) == [{"words": ""}]


async def test_what_is_on_its_way_when_it_is_taken_back_is_not_tried_again(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    chat = ticket.conversation_id
    await iryna.act(chat, "take")
    await iryna.act(chat, "reply", text="Не те")
    position = (await transcript_of(reception.database, chat))[-1].position
    async with reception.database.write() as db:
        due = await outbox.claim_due(db, "w", now)
    assert len(due) == 1
    page = (await iryna.act(chat, "withdraw", position=str(position))).text
    assert "З чату її не прибрати" in last_line(page)
    async with reception.database.write() as db:
        await outbox.mark(db, [(due[0], Retry(now, "away"))], now)
    assert await states(reception.database, chat, position) == ["withdrawn"]


async def test_only_whoever_leads_takes_back_and_only_words_of_ours(reception, now):
    iryna, chat, position = await answered(reception, now)
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    assert (await oleh.act(chat, "withdraw", position=str(position))).status_code == 409
    for where in ("1", "2", "0", "99", "x", "-1"):
        assert (await iryna.act(chat, "withdraw", position=where)).status_code == 409, where
    await iryna.act(chat, "note", text="нотатка")
    note = (await transcript_of(reception.database, chat))[-1].position
    assert (await iryna.act(chat, "withdraw", position=str(note))).status_code == 409
    page = (await oleh.get(f"/workplace/conversations/{chat}")).text
    assert "/withdraw" not in page


async def test_what_the_take_has_stopped_already_offers_nothing_to_take_back(reception, now):
    iryna, chat, position = await answered(reception, now)
    assert await states(reception.database, chat, position) == ["withdrawn"]
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert "Не надіслано: розмову взяла людина" in page
    assert "/withdraw" not in page


async def test_of_many_presses_at_once_one_takes_back(reception, now):
    iryna, chat, position = await answered(reception, now, "telegram", Arrived(Sent("77")))
    answers = await asyncio.gather(
        *(iryna.act(chat, "withdraw", position=str(position), key=f"k{one}") for one in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert len(await told(reception.database, chat)) == 1


async def test_a_screen_that_was_renewed_is_not_deleted_under_its_new_words(reception, now):
    iryna, chat, position = await answered(reception, now, "telegram", Arrived(Sent("77")))
    async with reception.database.write() as db:
        head = (await transcript.heads(db, [chat]))[chat]
        renewed = await leading.reply(
            db, chat, head.ref, iryna.account, "Новий екран", reception.house.render, now
        )
        await db.execute(
            update(rows)
            .where(rows.c.conversation_id == chat, rows.c.position == renewed)
            .values(state="sent", external_id="77", sent_at=now)
        )
    await iryna.act(chat, "withdraw", position=str(position))
    assert await ends(reception.database, Arrived(Sent("1")), now) == []


async def test_the_event_is_one_the_engine_takes(reception, now):
    iryna, chat, position = await answered(reception, now, "telegram", Arrived(Sent("77")))
    await iryna.act(chat, "withdraw", position=str(position))
    async with reception.database.write() as db:
        claimed = await inbox.claim(db, "w", now)
    events = [event for one in claimed for _, event in one.events if isinstance(event, InternalEvent)]
    assert [event.name for event in events] == ["ticket_taken", "answer_withdrawn"]


def test_one_press_by_the_keyboard_takes_an_answer_back(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True)
    chat = taken(page, served, hours=1)
    page.get_by_label("Відповідь людині").fill("Треба довідка № 5")
    page.get_by_label("Відповідь людині").press("Control+Enter")
    line = page.locator(".msg.person").last
    expect(line).to_contain_text("Треба довідка № 5")
    assert violations(page) == []
    back = line.get_by_role("button", name="Відкликати")
    back.focus()
    expect(line.locator(".back")).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.struck s")).to_have_text("Треба довідка № 5")
    expect(page.locator(".sys").last).to_contain_text("До людини вона не дійшла")
    expect(back).to_have_count(0)
    assert violations(page) == []
    assert sideways(page) == 0
    assert [line.withdrawn_at is not None for line in served.run(transcript_of(served.database, chat))][
        -2:
    ] == [
        True,
        False,
    ]
