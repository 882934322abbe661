"""The phone desk through its page: a caller's talk from the first word to the filed consultation."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from conversations.messages import AuthorKind
from conversations.tables import conversations, inbox
from handover import tables
from handover.accounts.permissions import Role
from handover.calls import callers, calls, filing
from handover.tickets import tickets
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, account, actions, kyiv, transcript_of
from tests.knowledge_base.tiny_base import TinyBase

PAGE = "/workplace/desk"


@pytest.fixture
def knowledge(tmp_path):
    return TinyBase(tmp_path / "base").library()


@pytest.fixture
async def iryna(reception):
    return await reception.signed_in("iryna")


def plain(page):
    """The words of a page."""
    inside = page[page.index("<form") :] if "<form" in page else page
    text = unescape(re.sub(r"<[^>]+>", " ", inside)).replace("\u00a0", " ")
    return " ".join(text.split())


async def press(person, what="", **fields):
    """Press a button of the desk with the question that its page asks now; returns the page that comes."""
    shown = (await person.get(PAGE)).text
    asked = re.search(r'name="asked" value="([^"]*)"', shown)
    key = re.search(r'name="key" value="([^"]*)"', shown)
    fields = {
        "csrf": await person.csrf(),
        "press": what,
        "asked": unescape(asked.group(1)) if asked else "",
        "key": key.group(1),
        **fields,
    }
    answer = await person.client.post(PAGE, data=fields, headers={"Origin": ORIGIN})
    if answer.status_code == 303:
        return await person.get(answer.headers["location"].partition("#")[0])
    return answer


async def only_ticket(reception):
    async with reception.database.read() as db:
        ids = list((await db.execute(select(conversations.c.id))).scalars())
        assert len(ids) == 1
        return await tickets.latest_of(db, COMMUNITY, ids[0])


async def test_a_whole_talk_from_search_to_the_filed_consultation(reception, iryna):
    page = plain((await press(iryna, look_for="виплата")).text)
    assert "Виплата при народженні" in page
    page = plain((await press(iryna, "topic:baby-grant", look_for="виплата")).text)
    for words in (
        "Хто отримує мати або батько",
        "Скільки від 41 280,50 до 50 000 грн на дитину",
        "Джерело: закон № 4681-IX від 05.11.2025, ст. 5. Перевірено 18.11.2026.",
        "Більше вимагати не можуть.",
        "Ким ви є дитині?",
    ):
        assert words in page
    page = plain((await press(iryna, "answer:mother")).text)
    assert "Дитина живе з вами?" in page
    page = plain((await press(iryna, "answer:yes")).text)
    assert "Коли народилася дитина?" in page
    page = plain((await press(iryna, words="10.02.2026")).text)
    for words in (
        "Так: за сказаним умови виконано",
        "Скільки 50 000 грн один раз",
        "Подати до 10 лютого 2027 року",
        "Так: Право має один із батьків",
        "Питань більше немає.",
        "хто подає: Я мати Змінити",
        "Документи цієї людини",
    ):
        assert words in page
    paper = plain((await iryna.get(f"{PAGE}/papers")).text)
    assert "Заява: бланк дадуть на місці" in paper
    assert "Перелік складено з ваших відповідей" in paper

    fields = {"name": "Галина", "phone": "067 123 45 67", "question": "Чи дадуть на онука?"}
    page = plain((await press(iryna, "file", end="resolved", summary="Так, нести заяву", **fields)).text)
    assert "Розмову записано: консультація № 26-0001, закрито." in page
    assert "Галина" not in page, "the next caller begins with nothing"
    ticket = await only_ticket(reception)
    assert (ticket.status, ticket.reason, ticket.topic, ticket.phone) == (
        "resolved",
        "phone",
        "baby-grant",
        "+380671234567",
    )
    assert (ticket.assigned_name, ticket.summary) == ("Ірина Мельник", "Так, нести заяву")
    assert dict(ticket.told)["перевірка права"] == "так, за сказаним умови виконано"
    assert ticket.answered_at is not None
    lines = await transcript_of(reception.database, ticket.conversation_id)
    assert [line.author.kind for line in lines][:2] == [AuthorKind.CITIZEN, AuthorKind.SYSTEM]
    assert "Телефонна розмова: Ірина Мельник, 10:30" in [line.reply.text for line in lines]
    assert "call_filed" in await actions(reception.database, ticket.conversation_id)
    async with reception.database.read() as db:
        channel = (await db.execute(select(conversations.c.channel, conversations.c.address))).one()
        assert (await db.execute(select(inbox.c.id))).first() is None, "nobody thinks about a talk"
        assert await callers.on_the_line(db, iryna.account, reception.wall.now) == callers.Caller(
            reception.wall.now
        )
    assert channel.channel == "phone"
    assert re.fullmatch("talk-[0-9a-f]{32}", channel.address), "a number is no address: that is kept for ever"


async def test_a_refusal_says_why_and_a_mended_answer_decides_anew(iryna):
    await press(iryna, "topic:baby-grant")
    page = plain((await press(iryna, "answer:other")).text)
    assert "Ні Причина Право має один із батьків" in page
    assert "Питань більше немає" in page
    page = plain((await press(iryna, "forget:applicant.role")).text)
    assert "Ким ви є дитині?" in page
    page = plain((await press(iryna, "answer:father")).text)
    assert "Дитина живе з вами?" in page


async def test_words_that_are_no_answer_stay_in_the_field(iryna):
    await press(iryna, "topic:baby-grant")
    await press(iryna, "answer:mother")
    await press(iryna, "answer:yes")
    answer = await press(iryna, words="31.02.2026", name="Оля")
    assert answer.status_code == 422
    assert 'value="31.02.2026"' in answer.text
    assert "Такого дня в календарі немає." in answer.text
    assert 'value="Оля"' in (await iryna.get(PAGE)).text
    old = await press(iryna, "answer:yes", asked="fact:household.income:")
    assert "Питання вже інше" in old.text
    page = plain((await press(iryna, "answer:dont-know")).text)
    assert "Без відповіді: дата народження" in page


async def test_several_children_and_a_person_who_does_not_know(iryna):
    await press(iryna, "topic:baby-grant")
    await press(iryna, "answer:mother")
    await press(iryna, "answer:yes")
    page = plain((await press(iryna, words="двоє, 2 місяці і 7 місяців")).text)
    assert "дата народження: від" in page
    assert "разом на двох дітей" in page


async def test_life_events_lead_to_cards_and_danger_shows_whom_to_ring(iryna):
    page = (await iryna.get(PAGE)).text
    assert 'value="life:child_born"' in page
    page = (await press(iryna, "life:child_born")).text
    assert 'value="topic:baby-grant"' in page
    assert "Їжа, вул. Хлібна, 1, 444" in plain((await press(iryna, look_for="нема що їсти")).text)
    assert "нема що їсти" in (await iryna.get(PAGE)).text


@pytest.mark.parametrize(
    ("end", "status", "assigned"),
    [("mine", "taken", "iryna"), ("queue", "waiting", None), ("colleague", "taken", "oleh")],
)
async def test_a_talk_that_is_not_over_is_led_on_left_or_passed_on_with_a_call(
    reception, iryna, end, status, assigned
):
    oleh = await account(reception.database, "oleh", name="Олег Дудка")
    people = {"iryna": iryna.account.id, "oleh": oleh.id, None: None}
    answer = await press(
        iryna,
        "file",
        question="Коли прийде комісія?",
        phone="0 67 123 45 67",
        summary="Дізнаюся й передзвоню",
        end=end,
        colleague=oleh.id,
        call="on",
        call_at="2026-11-24T15:00",
    )
    assert "Це телефонна розмова" in answer.text or end != "mine"
    ticket = await only_ticket(reception)
    assert (ticket.status, ticket.assigned_to) == (status, people[assigned])
    async with reception.database.read() as db:
        ((call, _),) = await calls.promised(db, COMMUNITY)
    assert call.due_at == kyiv(2026, 11, 24, 15)


async def test_who_calls_again_goes_on_in_their_conversation_and_a_colleague_keeps_it(reception, iryna, now):
    oleh = await account(reception.database, "oleh", name="Олег Дудка")

    async def filed(by, end, question, at):
        async with reception.database.write() as db:
            talk = filing.Talk(question, at, phone="+380671234567", summary="Скажемо")
            return await filing.file(
                db, COMMUNITY, talk, by, at, end=end, promised_at=at + timedelta(hours=1)
            )

    first = await filed(oleh, "mine", "Перше", now)
    second = await filed(iryna.account, "resolved", "Друге", now + timedelta(minutes=5))
    assert (second.id, second.status, second.assigned_to) == (first.id, "taken", oleh.id)
    assert second.question == "Перше\nДруге"
    ticket = await only_ticket(reception)
    assert ticket.id == first.id


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"question": ""}, "Запишіть, що питає людина."),
        ({"phone": "не дала"}, "Перевірте номер телефону"),
        ({"summary": ""}, "Запишіть підсумок"),
        ({"end": "later"}, "Виберіть, що далі."),
        ({"end": "queue", "call": "on", "phone": ""}, "Щоб передзвонити, потрібен номер"),
        ({"end": "queue", "call": "on", "call_at": "колись"}, "Виберіть час дзвінка."),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_stays(reception, iryna, fields, said):
    whole = {
        "name": "Галина",
        "question": "Питання",
        "summary": "Підсумок",
        "phone": "0671234567",
        "end": "resolved",
        "call_at": "2026-11-24T15:00",
    }
    answer = await press(iryna, "file", **{**whole, **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Галина"' in answer.text
    async with reception.database.read() as db:
        assert (await db.execute(select(tables.tickets.c.id))).first() is None


async def test_the_desk_is_of_those_who_consult_and_each_has_their_own_caller(reception, iryna):
    await press(iryna, name="Галина")
    other = await reception.signed_in("oleh", name="Олег Дудка")
    assert "Галина" not in (await other.get(PAGE)).text
    editor = await reception.signed_in("editor", Role.EDITOR)
    assert (await editor.get(PAGE)).status_code == 403
    assert (await editor.get(f"{PAGE}/calls")).status_code == 403
    await press(iryna, "leave")
    assert "Галина" not in (await iryna.get(PAGE)).text


async def test_a_form_that_is_sent_twice_files_one_talk(reception, iryna):
    shown = (await iryna.get(PAGE)).text
    key = re.search(r'name="key" value="([^"]*)"', shown).group(1)
    for _ in range(2):
        await press(iryna, "file", question="Питання", summary="Підсумок", end="resolved", key=key)
    await only_ticket(reception)
