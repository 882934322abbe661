"""What is typed and not sent yet, and who is here: kept by the server, seen by those it is for, gone when it must."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

from sqlalchemy import func, select

from conversations import outbox
from conversations.channel import Sent
from handover import retention, tables
from handover.accounts.permissions import Role
from handover.composing import drafts, viewers
from handover.tickets import tickets
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, actions, transcript_of, waiting


async def typed(reception, person, chat):
    async with reception.database.read() as db:
        return await drafts.of(db, COMMUNITY, person.account.id, chat)


async def test_both_drafts_wait_on_the_server_for_their_writer_alone(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "take")
    assert (await iryna.act(chat, "draft", mode="reply", text="Добрий <день>")).status_code == 204
    await iryna.act(chat, "draft", mode="reply", text="\nДобрий <день>!")
    await iryna.act(chat, "draft", mode="note", text="спитати Олега")
    assert await typed(reception, iryna, chat) == drafts.Drafts("\nДобрий <день>!", "спитати Олега")
    page = (await iryna.get(f"/workplace/conversations/{chat}?view=mine")).text
    assert "\n\nДобрий &lt;день&gt;!</textarea>" in page
    assert 'data-kept="yes"' in page
    theirs = (await oleh.get(f"/workplace/conversations/{chat}?view=team")).text
    assert "спитати" not in theirs
    assert 'data-kept="yes"' not in theirs

    await oleh.act(chat, "reply", text="І я", key="k")
    assert (await iryna.act(chat, "reply", text="Добрий день!", key="k")).status_code == 200
    assert await typed(reception, iryna, chat) == drafts.Drafts("", "спитати Олега")
    await iryna.act(chat, "draft", mode="note", text=" \n")
    assert await typed(reception, iryna, chat) == drafts.Drafts()
    assert (await iryna.act(chat, "draft", mode="note", text="ї" * 4001)).status_code == 413


async def test_a_refused_reply_stays_a_draft(reception, now):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "draft", mode="reply", text="Добрий день")
    await oleh.act(chat, "take")
    assert (await iryna.act(chat, "reply", text="Добрий день", key="k")).status_code == 409
    assert (await typed(reception, iryna, chat)).reply == "Добрий день"


async def test_whoever_writes_is_seen_by_the_others_until_silence(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = (await waiting(reception.database, now)).conversation_id
    assert "Ірина" not in (await iryna.act(chat, "presence", doing="looks")).text
    topics = (f"conversation:{chat}", f"queue:{COMMUNITY}")
    async with reception.house.signals.subscribe(*topics) as heard:
        assert {await anext(heard) for _ in topics} == set(topics)
        await iryna.act(chat, "presence", doing="note")
        assert {await anext(heard) for _ in topics} == set(topics)
    assert "Ірина пише нотатку" in (await oleh.act(chat, "presence", doing="looks")).text
    assert "Олег дивиться" in (await iryna.act(chat, "presence", doing="note")).text
    page = (await oleh.get(f"/workplace/conversations/{chat}")).text
    assert page.count("Ірина пише нотатку") == 2
    reception.wall.now += viewers.LASTS
    assert "Ірина пише" not in (await oleh.get(f"/workplace/conversations/{chat}/live")).text
    await iryna.act(chat, "presence", doing="reply")
    await iryna.act(chat, "presence", doing="left")
    assert "Ірина пише" not in (await oleh.act(chat, "presence", doing="looks")).text


async def test_another_communitys_people_neither_see_nor_write(reception, now):
    iryna = await reception.signed_in("iryna")
    stranger = await reception.signed_in("stranger", community="inshа")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "presence", doing="reply")
    for deed in ("draft", "presence"):
        assert (await stranger.act(chat, deed, mode="reply", text="x", doing="looks")).status_code == 404
        assert (await iryna.act(chat, deed, csrf="somebody else's")).status_code == 403


async def test_what_was_typed_goes_with_the_persons_words(reception, now):
    iryna = await reception.signed_in("iryna")
    erased, old = [(await waiting(reception.database, now)).conversation_id for _ in range(2)]
    for chat in (erased, old):
        await iryna.act(chat, "draft", mode="reply", text="Галино")
        await iryna.act(chat, "presence", doing="reply")
    async with reception.database.write() as db:
        await tickets.erase(db, erased, now)
    assert await typed(reception, iryna, erased) == drafts.Drafts()

    async def left(table):
        async with reception.database.read() as db:
            return (await db.execute(select(func.count()).select_from(table))).scalar_one()

    policy = retention.Policy(**{name: timedelta(days=10) for name in retention.Policy.__annotations__})
    later = now + timedelta(days=11)
    await retention.retain(reception.database, reception.store, policy, COMMUNITY, later)
    assert (await left(tables.composer_drafts), await left(tables.viewers)) == (1, 0)
    async with reception.database.write() as db:
        await tickets.cancel(db, old, now)
    await retention.retain(reception.database, reception.store, policy, COMMUNITY, later)
    assert await left(tables.composer_drafts) == 0


READY = "/workplace/ready-answers"


async def written(person, way, **fields):
    fields = {"csrf": await person.csrf(), **fields}
    return await person.client.post(f"{READY}/{way}", data=fields, headers={"Origin": ORIGIN})


async def test_the_twelve_are_there_filled_from_the_conversation_and_never_sent_unread(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now, "Чи приймуть договір?")).conversation_id
    page = (await iryna.act(chat, "take")).text + (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert page.count('role="option" id="ready-') == 12
    assert "Я Ірина Мельник, спеціалістка. Бачу ваше питання: Чи приймуть договір. Розповідати" in page
    refused = await iryna.act(chat, "reply", text="Відповім до {час}, про {що}", key="k")
    assert refused.status_code == 422
    assert "Не заповнено: {час}, {що}." in refused.text
    assert (await iryna.act(chat, "note", text="шаблон {час}", key="k")).status_code == 200
    assert (await iryna.act(chat, "reply", text="Відповім до 15:00 { }", key="k")).status_code == 200


async def test_the_receptions_answers_are_written_by_those_who_may_and_ones_own_by_everybody(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", Role.SENIOR, "Олег Дудка")
    first = re.search(r'<details class="answer" id="(\w{32})"', (await oleh.get(READY)).text).group(1)
    mine = await written(iryna, "add", own="yes", title="Моя", text="Зараз {людина}", key="k", topic="")
    assert mine.status_code == 303
    await written(iryna, "add", own="yes", title="Моя", text="Зараз {людина}", key="k", topic="")
    assert (await written(iryna, "add", own="no", title="Чужа", text="x")).status_code == 403
    assert (await written(iryna, f"{first}/change", own="no", title="x", text="x")).status_code == 403
    assert (await written(iryna, f"{first}/remove", own="yes")).status_code == 404
    assert (
        await written(oleh, f"{first}/change", own="no", title="Вітання", text="Вітаю", topic="")
    ).status_code == 303
    subject = {"own": "no", "title": "Про субсидію", "text": "Подати до {дата}", "topic": "housing-subsidy"}
    await written(oleh, "add", **subject, key="s")
    assert (await written(oleh, "add", **{**subject, "text": "ї" * 2001})).status_code == 413
    assert (await written(oleh, "add", **{**subject, "title": " "})).status_code == 422

    about = await waiting(reception.database, now, topic="housing-subsidy")
    other = await waiting(reception.database, now)
    seen = (await iryna.get(f"/workplace/conversations/{about.conversation_id}")).text
    titles = re.findall(r'role="option" id="ready-.*?<b>(.*?)</b>', seen)
    assert (titles[:2], titles[-1], len(titles)) == (["Про субсидію", "Вітання"], "Моя · моя", 14)
    assert "Зараз Галина Дячук" in seen
    seen = (await oleh.get(f"/workplace/conversations/{other.conversation_id}")).text
    assert "Про субсидію" not in seen
    assert "Моя" not in seen
    await written(oleh, f"{first}/remove", own="no")
    assert "Вітання" not in (await oleh.get(READY)).text
    logged = [action for action in await actions(reception.database) if action.startswith("ready_")]
    assert logged == [f"ready_answer_{deed}" for deed in ("added", "changed", "added", "removed")]


async def test_what_did_not_arrive_is_sent_once_more_by_whoever_leads_now(reception, now):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    database = reception.database
    chat = (await waiting(database, now)).conversation_id
    await iryna.act(chat, "take")
    await iryna.act(chat, "reply", text="Візьміть паспорт", key="k")
    position = (await transcript_of(database, chat))[-1].position

    async def ends(outcome):
        async with database.write() as db:
            (due,) = await outbox.claim_due(db, "worker", now)
            await outbox.mark(db, [(due, outcome)], now)
        return due, (await iryna.get(f"/workplace/conversations/{chat}/live")).text

    async def again(person, where=position):
        return (await person.act(chat, "resend", position=str(where), key=next(keys))).status_code

    keys = map(str, itertools.count())
    assert await again(iryna) == 409
    first, page = await ends(outbox.Failed("bot was blocked by the user"))
    assert ">Надіслати ще раз</button>" in page
    assert "Надіслати ще раз" not in (await oleh.get(f"/workplace/conversations/{chat}")).text
    assert await again(oleh) == 409
    assert [await again(iryna, where) for where in (0, 1, 2, 99)] == [409] * 4
    assert await again(iryna) == 200
    async with database.write() as db:
        await outbox.mark(db, [(first, outbox.Arrived(Sent("late")))], now)
    second, page = await ends(outbox.Unknown("no answer in time"))
    assert (second.payload, second.attempts) == (first.payload, 2)
    assert ">Надіслати ще раз, може прийти двічі</button>" in page
    await iryna.act(chat, "transfer", to=oleh.account.id)
    assert (await again(iryna), await again(oleh)) == (409, 200)
    third, page = await ends(outbox.Retry(now + timedelta(minutes=5), "HTTP 502"))
    assert third.epoch == second.epoch + 1
    assert "Надіслати зараз</button>" in (await oleh.get(f"/workplace/conversations/{chat}")).text
    assert await again(oleh) == 200
    _, page = await ends(outbox.Arrived(Sent("7")))
    assert "Надіслати " not in page
    assert (await actions(database, chat)).count("sent_again") == 3


async def test_a_price_stands_on_the_button_before_it_is_pressed(reception, now):
    iryna = await reception.signed_in("iryna")
    heard = now - timedelta(hours=23, minutes=30)
    chat = (await waiting(reception.database, heard, channel="viber")).conversation_id
    await iryna.act(chat, "take")
    assert ">Надіслати</button>" in (await iryna.get(f"/workplace/conversations/{chat}")).text
    reception.wall.now += timedelta(minutes=31)
    assert ">Надіслати за 0,0196 €</button>" in (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert 'data-price="0,0196 €"' in (await iryna.get(f"/workplace/conversations/{chat}/window")).text
