"""Numbers of people are masked on every page; each showing is a request of its own and is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from conversations import transcript
from conversations.messages import Author, AuthorKind, Reply
from handover.accounts.permissions import Role
from handover.audit import Action
from handover.tickets import leading, tickets
from handover.workplace import masking
from knowledge_base.understanding.secrets import identifiers, is_tax_number
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, actions, said, waiting

TAX, PHONE, OWN = "1759013776", "097 222 33 44", "067 000 11 22"

HIDDEN = [
    (f"мій код {TAX}", "tax", TAX),
    ("ІПН 1234567890", "tax", "1234567890"),
    ("паспорт КА 123456", "passport", "КА 123456"),
    ("паспорт серія ка 123456", "passport", "ка 123456"),
    ("паспорт 123456789", "passport", "123456789"),
    ("UA213223130000026007233566001", "iban", "UA213223130000026007233566001"),
    ("запис 19850312-01234 у реєстрі", "register", "19850312-01234"),
    ("картка 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
    ("син: +38 (097) 222-33-44", "phone", "+38 (097) 222-33-44"),
    ("0972223344", "phone", "0972223344"),
    ("380972223344.", "phone", "380972223344"),
]
SHOWN = [
    "0 800 213 103",
    "заява № 12345678",
    "1759013770",
    "12 000 грн, 2026 рік",
    "консультація № 26-0007",
    "о 10:30 24.11.2026",
    "15-47 або 116 123",
]


@pytest.mark.parametrize(("text", "kind", "value"), HIDDEN)
def test_an_identifier_is_found_and_only_its_end_is_shown(text, kind, value):
    (one,) = identifiers(text)
    assert (one.kind, text[one.start : one.end]) == (kind, value)
    masked = masking.masked(text)
    assert value not in masked
    assert "••••" in masked
    assert kind in masking.KINDS


@pytest.mark.parametrize("text", SHOWN)
def test_other_numbers_stay(text):
    assert masking.masked(text) == text


def test_the_last_digit_tells_a_tax_number():
    known = {"1759013776": True, "3652504575": True, "3184710691": True, "1759013770": False}
    assert {digits: is_tax_number(digits) for digits in known} == known


@pytest.fixture
def database_url(sqlite_url: Callable[..., str]) -> str:
    """What is masked does not hang on the database."""
    return sqlite_url(again=True)


async def filled(reception, now):
    """A conversation with the same numbers everywhere a page shows words."""
    iryna = await reception.signed_in("iryna")
    words = f"{TAX}, син {PHONE}, я {OWN}"
    ticket = await waiting(reception.database, now, words, phone=OWN, call_at=words, told=(("дохід", words),))
    chat = ticket.conversation_id
    async with reception.database.write() as db:
        await transcript.hear(db, chat, said("x", words, now, author_name=f"Галина {PHONE}"), now)
        await leading.note(db, chat, iryna.account, words, now)
        await leading.take(db, COMMUNITY, ticket.id, iryna.account, now)
        author = Author(kind=AuthorKind.BOT)
        await transcript.say(db, chat, author, Reply(text=f"{TAX}: телефон відділу {PHONE}"), now, epoch=None)
        await leading.resolve(db, COMMUNITY, ticket.id, iryna.account, words, now)
        again = await waiting_again(db, chat, words, now)
    return iryna, chat, again


async def waiting_again(db, chat, words, now):
    number = await tickets.next_number(db, COMMUNITY, now)
    return await tickets.open_ticket(
        db,
        community=COMMUNITY,
        conversation_id=chat,
        number=number,
        question=words,
        now=now,
        reason="asked",
        phone=OWN,
        call_at=words,
        told=(("дохід", words),),
    )


async def test_no_page_holds_a_masked_number_before_it_is_asked_for(reception, now):
    iryna, chat, _ = await filled(reception, now)
    page = f"/workplace/conversations/{chat}"
    for address in ("/workplace", "/workplace/queue", page, f"{page}/live"):
        text = (await iryna.get(address)).text
        assert TAX not in text
        assert "••••3776" in text
        shown = text.replace(f"телефон відділу {PHONE}", "")
        assert PHONE not in shown
    assert f"телефон відділу {PHONE}" in text
    assert OWN in text
    places = set(re.findall(r'name="at" value="([^"]+):\d"', (await iryna.get(page)).text))
    kinds = {place.split("-")[0] for place in places}
    assert kinds == {"line", "question", "call", "told", "past", "asked"}
    for place in places:
        answer = await iryna.act(chat, "unmask", at=f"{place}:0")
        assert TAX in answer.text, place
        assert "<html" not in answer.text
    whole = await iryna.act(chat, "unmask", part=False, at="question:1")
    assert (PHONE in whole.text, "Показ записано" in whole.text) == (True, True)


async def test_each_showing_is_recorded_and_what_is_not_there_is_not_shown(reception, now):
    iryna, chat, _ = await filled(reception, now)
    await iryna.act(chat, "unmask", at="question:0")
    await iryna.act(chat, "unmask", at="question:0")
    for at in (
        "question:9",
        "question:",
        "line-9999:0",
        "line-x:0",
        "past-x:0",
        "told-7:0",
        "",
        "nothing:0",
        "summary:0",
    ):
        assert (await iryna.act(chat, "unmask", at=at)).status_code == 404, at
    assert (await actions(reception.database, chat)).count("unmasked") == 2
    head = await reception.signed_in("head", Role.HEAD)
    log = unescape((await head.get(f"/workplace/journal?action={Action.UNMASKED}")).text)
    assert log.count("що: податковий номер") == 2
    assert TAX not in log


async def test_an_editor_sees_dots_and_no_way_to_more(reception, now):
    _, chat, _ = await filled(reception, now)
    editor = await reception.signed_in("editor", Role.EDITOR)
    page = (await editor.get(f"/workplace/conversations/{chat}")).text
    assert ("••••3776" in page, 'id="unmask"' in page) == (True, False)
    assert (await editor.act(chat, "unmask", at="question:0")).status_code == 403
    assert "unmasked" not in await actions(reception.database)


async def test_what_was_erased_meanwhile_is_not_shown(reception, now):
    iryna, chat, _ = await filled(reception, now)
    async with reception.database.write() as db:
        await tickets.erase(db, chat, now)
    gone = await iryna.client.post(
        f"/workplace/conversations/{chat}/unmask",
        data={"csrf": await iryna.csrf(), "at": "question:0"},
        headers={"Origin": ORIGIN},
    )
    assert gone.status_code == 404
    assert TAX not in gone.text
