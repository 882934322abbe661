"""The workplace through its pages: signing in, reading, every action, and every way it says no."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from conversations import ownership, transcript
from conversations.messages import Author, AuthorKind, Reply
from handover.accounts import accounts, attempts
from handover.accounts.permissions import Role
from handover.tickets import tickets
from tests.handover.handover_world import COMMUNITY, PASSWORD, account, actions, transcript_of, waiting


async def owner_of(database, conversation_id):
    async with database.read() as db:
        return (await ownership.current(db, conversation_id))[0]


async def test_without_a_session_every_page_leads_to_sign_in_and_back(reception):
    async with reception.stranger() as browser:
        answer = await browser.get("/workplace/conversations/abc?view=mine")
        assert answer.status_code == 303
        assert answer.headers["location"] == (
            "/workplace/login?next=%2Fworkplace%2Fconversations%2Fabc%3Fview%3Dmine"
        )
        part = await browser.get("/workplace/queue", headers={"HX-Request": "true"})
        assert part.status_code == 401
        assert part.headers["hx-retarget"] == "#alert"
        assert "Увійдіть, і повернемося" in part.text
        await account(reception.database, "iryna")
        signed = await browser.post(
            "/workplace/login",
            data={"login": "iryna", "password": PASSWORD, "next": "/workplace/conversations/abc?view=mine"},
        )
    assert signed.headers["location"] == "/workplace/conversations/abc?view=mine"
    cookie = signed.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/workplace"))


@pytest.mark.parametrize(
    "away",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/workplace",
        "/\\elsewhere.test",
        "/workplacex",
        "javascript:1",
    ],
)
async def test_sign_in_never_leads_elsewhere(reception, away):
    await account(reception.database, "iryna")
    async with reception.stranger() as browser:
        signed = await browser.post(
            "/workplace/login", data={"login": "iryna", "password": PASSWORD, "next": away}
        )
    assert signed.headers["location"] == "/workplace"


async def test_a_wrong_password_says_so_and_a_locked_login_says_until_when(reception):
    await account(reception.database, "iryna")
    async with reception.stranger() as browser:
        for _ in range(attempts.FAILURES_ALLOWED):
            wrong = await browser.post("/workplace/login", data={"login": "iryna", "password": "ні"})
            assert wrong.status_code == 401
            assert "Логін або пароль не підходить" in wrong.text
        locked = await browser.post("/workplace/login", data={"login": "iryna", "password": PASSWORD})
    assert locked.status_code == 429
    assert "Вхід закрито до 10:45" in locked.text
    assert (await actions(reception.database)).count("sign_in_refused") == attempts.FAILURES_ALLOWED


async def test_a_revoked_session_is_out_at_once(reception):
    iryna = await reception.signed_in("iryna")
    assert (await iryna.get("/workplace")).status_code == 200
    async with reception.database.write() as db:
        await accounts.disable(db, iryna.account.id, reception.wall.now)
    assert (await iryna.get("/workplace")).status_code == 303


async def test_signing_out_ends_the_session_on_the_server(reception):
    iryna = await reception.signed_in("iryna")
    token = iryna.client.cookies["pryimalnia_workplace"]
    await iryna.client.post("/workplace/logout", data={"csrf": await iryna.csrf()})
    iryna.client.cookies.set("pryimalnia_workplace", token, domain="workplace.test", path="/workplace")
    assert (await iryna.get("/workplace")).status_code == 303
    assert await actions(reception.database) == ["signed_in", "signed_out"]


async def test_the_queue_shows_who_waits_and_the_danger(reception, now):
    iryna = await reception.signed_in("iryna")
    await waiting(reception.database, now, "Де взяти довідку?")
    await waiting(reception.database, now, "Немає їжі", danger="hunger", reason="danger")
    page = (await iryna.get("/workplace")).text
    assert "Де взяти довідку?" in page
    assert "Небезпека · чекає менше хвилини" in page
    assert "приймаємо до 17:15" in page
    assert re.search(r"Чекають <b>2</b>", page)
    reception.wall.now += timedelta(hours=2)
    assert "зачинено до 13:00" in (await iryna.get("/workplace/queue")).text


async def test_a_row_says_what_was_asked_not_what_the_bot_answered(reception, now):
    iryna = await reception.signed_in("iryna")
    await waiting(reception.database, now, "Де взяти довідку?")
    conversation = (await waiting(reception.database, now, "Чи приймете завтра?")).conversation_id
    async with reception.database.write() as db:
        author = Author(kind=AuthorKind.BOT)
        await transcript.say(db, conversation, author, Reply(text="Зараз неробочий час."), now, epoch=None)
    page = (await iryna.get("/workplace/queue")).text
    assert "Зараз неробочий час." not in page
    assert "Чи приймете завтра?" in page


async def test_a_conversation_is_not_passed_to_whoever_leads_it(reception, now):
    iryna = await reception.signed_in("iryna")
    oleg = await reception.signed_in("oleg", name="Олег Дудка")
    ticket = await waiting(reception.database, now)
    page = (await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text
    assert f'value="{iryna.account.id}"' in page, "nobody leads it yet: everybody may get it"
    taken = (await iryna.act(ticket.conversation_id, "take")).text
    choice = taken[taken.index('id="colleagues"') :]
    assert f'value="{oleg.account.id}"' in choice
    assert f'value="{iryna.account.id}"' not in choice
    refused = await iryna.act(ticket.conversation_id, "transfer", to=iryna.account.id)
    assert refused.status_code == 422


async def test_an_empty_queue_says_it_is_good(reception):
    iryna = await reception.signed_in("iryna")
    assert "Ніхто не чекає" in (await iryna.get("/workplace?view=waiting")).text
    assert "Ніхто не чекає" in (await iryna.get("/workplace?view=nonsense")).text


async def test_take_answer_note_and_close(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    chat = ticket.conversation_id
    taken = await iryna.act(chat, "take")
    assert taken.status_code == 200
    assert "бот мовчить" in taken.text
    assert 'data-may-reply="yes"' in taken.text
    answered = await iryna.act(chat, "reply", text=" Так, приймуть. ", key="one")
    assert "Так, приймуть." in answered.text
    assert "Надсилається" in answered.text
    noted = await iryna.act(chat, "note", text="Перевірити підпис", key="two")
    assert "Перевірити підпис" in noted.text
    closed = await iryna.act(chat, "resolve", summary="Пояснено")
    assert "Консультацію закрито" in closed.text
    assert (await owner_of(reception.database, chat)).kind == "bot"
    kinds = [line.author.kind for line in await transcript_of(reception.database, chat)]
    assert kinds.count(AuthorKind.SPECIALIST) == kinds.count(AuthorKind.NOTE) == 1
    assert [
        action for action in await actions(reception.database, chat) if action != "conversation_read"
    ] == [
        "taken",
        "replied",
        "noted",
        "resolved",
    ]


async def test_a_repeated_press_is_one_message_and_a_changed_text_is_another(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "take")
    for text in ("Добрий день", "Добрий день", "Добрий день!"):
        assert (await iryna.act(chat, "reply", text=text, key="same")).status_code == 200
    sent = [
        line.reply.text
        for line in await transcript_of(reception.database, chat)
        if line.author.kind is AuthorKind.SPECIALIST
    ]
    assert sent == ["Добрий день", "Добрий день!"]


async def test_a_lost_race_says_who_and_when_and_leads_on(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = (await waiting(reception.database, now)).conversation_id
    following = (await waiting(reception.database, now + timedelta(minutes=1))).conversation_id
    reception.wall.now += timedelta(seconds=4)
    await iryna.act(chat, "take")
    lost = await oleh.act(chat, "take")
    assert lost.status_code == 409
    assert "Ірина Мельник, з 10:30:04. Ваш текст лишився чернеткою." in lost.text
    assert f'href="/workplace/conversations/{following}"' in lost.text
    assert "Наступна" in lost.text
    assert (await iryna.act(chat, "take")).status_code == 200
    assert (await owner_of(reception.database, chat)).id == iryna.account.id
    refused = await oleh.act(chat, "reply", text="І я", key="k")
    assert refused.status_code == 409
    assert "Відповідає Ірина Мельник" in refused.text


async def test_eight_presses_at_once_make_one_owner(reception, now):
    chat = (await waiting(reception.database, now)).conversation_id
    people = [await reception.signed_in(f"person{index}", name=f"Особа {index}") for index in range(8)]
    tokens = [await person.csrf() for person in people]
    answers = await asyncio.gather(
        *(person.act(chat, "take", csrf=token) for person, token in zip(people, tokens, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    winner = next(person for person, answer in zip(people, answers, strict=True) if answer.status_code == 200)
    assert (await owner_of(reception.database, chat)).id == winner.account.id


async def test_transfer_return_and_hand_back(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "take")
    passed = await iryna.act(chat, "transfer", to=oleh.account.id, reason="знає субсидії")
    assert "Відповідає Олег Дудка" in passed.text
    assert (await iryna.act(chat, "transfer", to=iryna.account.id)).status_code == 409
    assert (await oleh.act(chat, "transfer", to="nobody")).status_code == 422
    assert (await oleh.act(chat, "return")).status_code == 200
    assert (await owner_of(reception.database, chat)).kind == "queue"
    await iryna.act(chat, "take")
    assert (await iryna.act(chat, "hand-back", why="bot_knows")).status_code == 200
    assert (await owner_of(reception.database, chat)).kind == "bot"


async def test_the_danger_card_is_one_press_and_quiets_the_alarm(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now, danger="violence", reason="danger")).conversation_id
    await iryna.act(chat, "take")
    assert "Небезпека · веде Ірина Мельник" in (await iryna.get("/workplace/queue")).text
    assert (await iryna.act(chat, "danger-card")).status_code == 200
    assert "Небезпека · " not in (await iryna.get("/workplace/queue")).text
    async with reception.database.write() as db:
        await tickets.raise_danger(db, chat, "violence", reception.wall.now + timedelta(minutes=5))
    assert "Небезпека · веде Ірина Мельник" in (await iryna.get("/workplace/queue")).text


DEEDS = ("take", "reply", "note", "transfer", "return", "hand-back", "resolve", "danger-card")


async def test_a_form_without_this_sessions_token_or_from_another_site_does_nothing(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    before = await transcript_of(reception.database, chat)
    for deed in DEEDS:
        stale = await iryna.act(chat, deed, csrf="somebody else's", text="x", summary="x")
        assert stale.status_code == 403
        assert "чернетку збережено" in stale.text
        address = f"/workplace/conversations/{chat}/{deed}"
        for headers in ({"Origin": "http://elsewhere.test"}, {"Sec-Fetch-Site": "cross-site"}):
            fields = {"csrf": await iryna.csrf(), "text": "x", "summary": "x"}
            answer = await iryna.client.post(address, data=fields, headers=headers)
            assert answer.status_code == 403
    assert await transcript_of(reception.database, chat) == before
    assert (await owner_of(reception.database, chat)).kind == "queue"


async def test_an_editor_reads_and_notes_but_does_not_consult(reception, now):
    editor = await reception.signed_in("editor", Role.EDITOR)
    chat = (await waiting(reception.database, now)).conversation_id
    page = (await editor.get(f"/workplace/conversations/{chat}")).text
    assert "Взяти" not in page
    for deed in DEEDS:
        answer = await editor.act(chat, deed, text="x", summary="x", to=editor.account.id, key="k")
        if deed == "note":
            assert answer.status_code == 200
        else:
            assert answer.status_code == 403
            assert "Попросіть керівника" in answer.text
    assert (await owner_of(reception.database, chat)).kind == "queue"


async def test_empty_and_endless_texts_are_refused_in_words(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "take")
    assert (await iryna.act(chat, "reply", text=" \n ", key="k")).status_code == 422
    assert (await iryna.act(chat, "resolve", summary="")).status_code == 422
    assert (await iryna.act(chat, "reply", text="ї" * 4001, key="k")).status_code == 413
    assert (await iryna.act(chat, "reply", text="ї" * 90_000, key="k")).status_code == 413


async def test_without_scripts_a_press_leads_back_to_the_conversation(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    here = f"/workplace/conversations/{chat}"
    answer = await iryna.act(chat, "take", part=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}?write=yes")
    answer = await iryna.act(chat, "note", part=False, text="Передзвонити", key="k")
    assert (answer.status_code, answer.headers["location"]) == (303, here)


async def test_actions_wake_the_open_pages_and_the_worker(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    topics = ("think", "deliver", f"queue:{COMMUNITY}", f"conversation:{chat}")
    async with reception.house.signals.subscribe(*topics) as heard:
        assert {await anext(heard) for _ in topics} == set(topics)
        await iryna.act(chat, "take")
        assert {await anext(heard) for _ in range(3)} == {"think", topics[2], topics[3]}
        await iryna.act(chat, "reply", text="Добрий день", key="k")
        assert {await anext(heard) for _ in range(3)} == {"deliver", topics[2], topics[3]}
