"""Plan B where words do not arrive: they wait until the person writes; a call; the person's other conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from conversations import transcript
from conversations.messages import AuthorKind
from handover import retention
from handover.composing import drafts, kept_replies
from handover.contacts import same_person
from handover.retention import STRAYS_KEPT
from handover.tickets import reach, tickets
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, POLICY, actions, said, transcript_of, waiting

PAPER = b"%PDF-1.4\n%%EOF\n"
KEEP = "Надіслати, коли людина напише"


async def led(reception, person, heard_at, channel="messenger", **more):
    chat = (await waiting(reception.database, heard_at, channel=channel, **more)).conversation_id
    assert (await person.act(chat, "take")).status_code == 200
    return chat


async def waits(database, chat):
    async with database.read() as db:
        return [one.text for one in await kept_replies.waiting(db, chat)]


async def test_words_for_a_closed_window_wait_are_shown_and_can_be_taken_back(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - timedelta(days=2))
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert 'data-keep="yes"' in page
    assert f"/workplace/desk/book?conversation={chat}" in page[page.index('id="window"') :]
    await iryna.act(chat, "draft", mode="reply", text="Довідка готова")
    kept = await iryna.act(chat, "reply", text="Довідка готова", key="k", when="later")
    assert kept.status_code == 200
    assert "Надішлеться, коли людина напише" in kept.text
    await iryna.act(chat, "reply", text="Довідка готова", key="k", when="later")
    assert await waits(reception.database, chat) == ["Довідка готова"]
    lines = await transcript_of(reception.database, chat)
    assert not any(line.author.kind is AuthorKind.SPECIALIST for line in lines)

    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    shown = (await oleh.get(f"/workplace/conversations/{chat}/live")).text
    assert "Довідка готова" in shown
    assert "Не надсилати" not in shown
    async with reception.database.read() as db:
        (one,) = await kept_replies.waiting(db, chat)
    assert (await oleh.act(chat, "kept/withdraw", kept=one.id)).status_code == 409
    assert (await iryna.act(chat, "kept/withdraw", kept=one.id)).status_code == 200
    assert await waits(reception.database, chat) == []
    assert (await iryna.act(chat, "kept/withdraw", kept=one.id)).status_code == 409
    assert (await actions(reception.database, chat))[-1] == "reply_withdrawn"


async def test_who_does_not_lead_keeps_nothing_and_the_heap_has_an_end(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = await led(reception, iryna, now - timedelta(days=2))
    assert (await oleh.act(chat, "reply", text="І я", key="k", when="later")).status_code == 409
    for number in range(kept_replies.MOST):
        kept = await iryna.act(chat, "reply", text=f"Раз {number}", key=f"k{number}", when="later")
        assert kept.status_code == 200
    many = await iryna.act(chat, "reply", text="Ще", key="ще", when="later")
    assert many.status_code == 409
    assert "десять відповідей" in many.text
    assert (await iryna.act(chat, "reply", text="{ім’я}", key="h", when="later")).status_code == 422
    async with reception.database.write() as db:
        await tickets.erase(db, chat, now)
    assert await waits(reception.database, chat) == []


async def test_words_that_were_to_wait_go_at_once_where_the_person_is_back(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - timedelta(days=2))
    async with reception.database.write() as db:
        await transcript.hear(db, chat, said("x", "Я тут", now), now)
    assert (await iryna.act(chat, "reply", text="Довідка готова", key="k", when="later")).status_code == 200
    assert await waits(reception.database, chat) == []
    lines = await transcript_of(reception.database, chat)
    assert any(line.author.kind is AuthorKind.SPECIALIST for line in lines)


async def test_files_wait_with_their_words_and_are_nobodys_stray_meanwhile(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now, "telegram")
    async with reception.database.write() as db:
        await reach.not_delivered(db, COMMUNITY, chat, "blocked", now, author=AuthorKind.SPECIALIST)
    await iryna.client.post(
        f"/workplace/conversations/{chat}/files",
        data={"csrf": await iryna.csrf()},
        files={"file": ("перелік.pdf", PAPER)},
        headers={"Origin": ORIGIN},
    )
    async with reception.database.read() as db:
        (paper,) = (await drafts.of(db, COMMUNITY, iryna.account.id, chat)).files
    kept = await iryna.act(chat, "reply", text="", key="k", when="later", files=paper.content_hash)
    assert kept.status_code == 200
    assert await waits(reception.database, chat) == ["Надсилаю файл."]
    below = kept.text[kept.text.index('class="msg person ours kept"') :]
    assert "перелік.pdf" in below
    async with reception.database.read() as db:
        assert await drafts.of(db, COMMUNITY, iryna.account.id, chat) == drafts.Drafts()
        (one,) = await kept_replies.waiting(db, chat)
    assert one.files == (paper,)

    later = datetime.now(UTC) + STRAYS_KEPT + timedelta(days=1)
    policy = replace(POLICY, words=None, files=None)
    await retention.retain(reception.database, reception.store, policy, COMMUNITY, later)
    assert await reception.store.has(paper.content_hash)
    assert (await iryna.act(chat, "kept/withdraw", kept=one.id)).status_code == 200
    await retention.retain(reception.database, reception.store, policy, COMMUNITY, later)
    assert not await reception.store.has(paper.content_hash)


async def test_plan_b_stands_only_where_it_is_needed_and_works(reception, now):
    iryna = await reception.signed_in("iryna")
    near = await led(reception, iryna, now, "telegram")
    page = (await iryna.get(f"/workplace/conversations/{near}/window")).text
    assert 'data-keep="no"' in page
    assert "Передзвонити" not in page
    async with reception.database.write() as db:
        await reach.not_delivered(
            db,
            COMMUNITY,
            near,
            "Forbidden: bot was blocked by the user (403)",
            now,
            author=AuthorKind.SPECIALIST,
        )
    page = (await iryna.get(f"/workplace/conversations/{near}/window")).text
    assert 'data-keep="yes"' in page
    assert "Передзвонити" in page
    assert "Написати:" not in page

    other = (await waiting(reception.database, now, channel="viber")).conversation_id
    async with reception.database.write() as db:
        asked = await same_person.ask(db, COMMUNITY, near, other, iryna.account, now)
        for chat in (near, other):
            await same_person.answer(db, COMMUNITY, chat, asked.id, True, now)
    page = (await iryna.get(f"/workplace/conversations/{near}/window")).text
    assert f'href="/workplace/conversations/{other}"' in page
    assert "Написати: Viber" in page

    for channel in ("phone", "signal"):
        chat = await led(reception, iryna, now, channel)
        assert 'data-keep="no"' in (await iryna.get(f"/workplace/conversations/{chat}/window")).text
        assert (await iryna.act(chat, "reply", text="x", key=channel, when="later")).status_code == 409


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)])
def test_words_are_kept_by_keyboard_and_taken_back(
    served: Served, open_page: Callable[..., Page], scheme: str, size: tuple[int, int]
) -> None:
    page = open_page(size=size, bypass_csp=True, color_scheme=scheme)
    taken(page, served, days=2)
    field = page.get_by_label("Відповідь людині")
    field.fill("Довідка готова, приходьте.")
    page.locator("#file").set_input_files(
        [{"name": "перелік.pdf", "mimeType": "application/pdf", "buffer": PAPER}]
    )
    expect(page.get_by_role("button", name="Прибрати перелік.pdf")).to_be_visible()
    field.press("Control+Enter")
    expect(field).to_have_value("Довідка готова, приходьте.")
    assert violations(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name=KEEP).press("Enter")
    expect(page.locator(".kept")).to_contain_text("Довідка готова, приходьте.")
    expect(page.locator(".kept")).to_contain_text("перелік.pdf")
    expect(field).to_have_value("")
    expect(page.get_by_role("button", name="Прибрати перелік.pdf")).to_have_count(0)
    assert violations(page) == []
    page.locator(".kept").get_by_role("button", name="Не надсилати").press("Enter")
    expect(page.locator(".kept")).to_have_count(0)
