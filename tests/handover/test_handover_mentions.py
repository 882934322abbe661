"""Colleagues named in notes: who is meant, what they see, until when it is unread, and the names by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from handover import tables
from handover.accounts import accounts
from handover.accounts.permissions import Role
from handover.composing.mentions import named
from handover.happenings import newest, number
from handover.tickets import tickets
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.handover_world import COMMUNITY, account, waiting

NAMED = "Вас згадали в нотатках: 1"
MARK = "вас згадали</span>"


async def happened(reception) -> int:
    """How many changes open pages have been told of."""
    async with reception.database.write() as db:
        await number(db, COMMUNITY)
        return await newest(db, COMMUNITY)


async def test_whoever_is_named_sees_it_until_the_conversation_is_opened(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = (await waiting(reception.database, now)).conversation_id
    other = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "note", text="@олег дудка, глянь довідку", key="k")
    await iryna.act(chat, "note", text="@олег дудка, глянь довідку", key="k")

    queue = (await oleh.get("/workplace/queue")).text
    assert NAMED in queue
    assert queue.count(MARK) == 1
    mine = (await oleh.get("/workplace?view=mentioned")).text
    assert f'id="row-{chat}"' in mine
    assert f'id="row-{other}"' not in mine
    assert "Вас згадали в нотатках" not in mine, "the list itself is in sight"
    assert MARK not in (await iryna.get("/workplace/queue")).text

    before = await happened(reception)
    live = (await oleh.get(f"/workplace/conversations/{chat}/live")).text
    assert "Вас згадали, нове" in live
    assert NAMED in (await oleh.get("/workplace/queue")).text, "an open page nobody looks at is no reading"
    assert "Вас згадали, нове" in (await oleh.get(f"/workplace/conversations/{chat}")).text
    assert await happened(reception) == before + 1, "the reader's other pages hear of it"
    again = (await oleh.get(f"/workplace/conversations/{chat}")).text
    assert "Вас згадали</span>" in again
    assert await happened(reception) == before + 1
    queue = (await oleh.get("/workplace/queue?view=mentioned")).text
    assert "Вас згадали в нотатках" not in queue
    assert MARK not in queue
    assert f'id="row-{chat}"' in queue


async def test_a_conversation_stands_once_in_the_list_by_its_newest_consultation(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    first = await waiting(reception.database, now)
    chat = first.conversation_id
    await iryna.act(chat, "note", text="@Олег Дудка раз", key="1")
    await iryna.act(chat, "note", text="@Олег Дудка два", key="2")
    await iryna.act(chat, "take")
    await iryna.act(chat, "resolve", summary="так")
    page = (await oleh.get("/workplace/queue?view=mentioned")).text
    assert page.count('class="row') == 1
    assert "закрито" in page
    assert NAMED in (await oleh.get("/workplace/queue")).text, "two notes, one conversation"


async def test_only_colleagues_of_the_community_are_named(reception, now):
    iryna = await reception.signed_in("iryna")
    stranger = await account(reception.database, "stranger", name="Петро Чужий", community="another")
    gone = await account(reception.database, "gone", name="Ганна Колишня")
    editor = await reception.signed_in("editor", Role.EDITOR, name="Ольга Редакторка")
    async with reception.database.write() as db:
        await accounts.disable(db, gone.id, now)
    chat = (await waiting(reception.database, now)).conversation_id
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    names = page[page.index('id="mention-list"') :]
    assert "Ольга Редакторка" in names
    for one in (stranger, gone, iryna.account):
        assert f"mention-{one.id}" not in names
    text = "@Петро Чужий @Ганна Колишня @Ірина Мельник @Ольга Редакторка"
    await iryna.act(chat, "note", text=text, key="k")
    async with reception.database.read() as db:
        rows = (await db.execute(select(tables.mentions.c.account_id, tables.mentions.c.by_id))).all()
    assert [tuple(row) for row in rows] == [(editor.account.id, iryna.account.id)]
    await iryna.act(chat, "take")
    await iryna.act(chat, "reply", text="@Ольга Редакторка", key="r")
    async with reception.database.read() as db:
        count = await db.execute(select(func.count()).select_from(tables.mentions))
    assert count.scalar_one() == 1, "words to the citizen name nobody"
    async with reception.database.write() as db:
        await tickets.erase(db, chat, now)
    assert "Вас згадали в нотатках" not in (await editor.get("/workplace/queue")).text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Олег Дудка, глянь", ["Олег Дудка"]),
        ("спитай (@олег дудка)", ["Олег Дудка"]),
        ("@Олег Дудка-Мороз тут", ["Олег Дудка-Мороз"]),
        ("пошта oleh@Олег Дудка", []),
        ("@Олег Дудкам", []),
        ("Олег Дудка", []),
        ("@Олег Дудка і ще @Олег Дудка-Мороз", ["Олег Дудка", "Олег Дудка-Мороз"]),
        ("@", []),
    ],
)
async def test_the_whole_and_longest_name_is_meant(database, text, meant):
    people = [
        await account(database, f"p{number}", name=name)
        for number, name in enumerate(("Олег Дудка", "Олег Дудка-Мороз", "Олег"))
    ]
    if "Олег Дудкам" in text:
        people = people[:2]
    assert [one.name for one in named(text, people)] == meant


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_colleague_is_named_by_keyboard_and_hears_of_it_live(
    served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    oleh = open_page(login="oleh", name="Олег Дудка")
    open_page(login="olha", name="Ольга Коваль")
    expect(oleh.locator("#named")).to_be_empty()
    page = open_page(bypass_csp=True, color_scheme=scheme)
    chat = taken(page, served, hours=1)
    page.get_by_role("tab", name="Нотатка").click()
    field, names = page.get_by_label("Нотатка для колег"), page.get_by_role("listbox", name="Кого згадати")
    field.press_sequentially("глянь, @")
    expect(names.get_by_role("option")).to_have_count(2)
    assert violations(page) == []
    assert sideways(page) == 0
    field.press_sequentially("ол")
    field.press("ArrowDown")
    expect(names.get_by_role("option", selected=True)).to_contain_text("Ольга Коваль")
    field.press("ArrowUp")
    field.press("Enter")
    expect(field).to_have_value("глянь, @Олег Дудка ")
    expect(names).to_be_hidden()
    field.press_sequentially("будь ласка @нікого")
    expect(page.locator("#mention-none")).to_be_visible()
    field.press("Escape")
    expect(page.locator("#mention")).to_be_hidden()
    expect(field).to_be_focused()
    field.press("Control+Enter")
    expect(page.locator("#lines")).to_contain_text("глянь, @Олег Дудка будь ласка")

    expect(oleh.locator("#named")).to_contain_text(NAMED)
    oleh.locator("#named").get_by_role("link", name="Показати").click()
    oleh.locator(f"#row-{chat}").click()
    expect(oleh.locator("#lines .note")).to_contain_text("Вас згадали, нове")
    expect(oleh.locator(f"#row-{chat} .at")).to_have_count(0)
