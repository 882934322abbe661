"""Handing a conversation back to the bot: a reason is asked for, kept, and nothing unread is left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from conversations import ownership, transcript
from handover import journal
from handover.audit import Action
from handover.journal import Wanted
from handover.workplace import journal_words
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.handover_world import COMMUNITY, said, transcript_of, waiting


async def owner_kind(database, chat):
    async with database.read() as db:
        return (await ownership.current(db, chat))[0].kind


async def test_a_reason_is_needed_and_is_kept_for_colleagues_and_for_the_journal(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.act(chat, "take")
    for fields in ({}, {"why": "own", "reason": "  "}, {"why": "unheard-of", "reason": "слова"}):
        refused = await iryna.act(chat, "hand-back", **fields)
        assert refused.status_code == 422
        assert "Виберіть причину" in refused.text
    assert (await iryna.act(chat, "hand-back", why="own", reason="ї" * 301)).status_code == 413
    assert await owner_kind(reception.database, chat) == "specialist"

    words = "Питає вже про садок"
    assert (await iryna.act(chat, "hand-back", why="own", reason=words)).status_code == 200
    assert await owner_kind(reception.database, chat) == "bot"
    lines = [line.reply.text for line in await transcript_of(reception.database, chat)]
    assert f"Повернуто боту: Ірина Мельник, 10:30. Причина: {words}" in lines
    async with reception.database.read() as db:
        (entry,) = await journal.page(db, COMMUNITY, Wanted(action=Action.HANDED_BACK), 10)
    assert entry.facts["reason"] == "own"
    assert words not in str(entry)
    assert "причина: Інша причина" in journal_words.facts(entry, {})


async def test_words_that_were_not_read_keep_the_conversation_with_the_specialist(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    page = (await iryna.act(chat, "take")).text
    async with reception.database.read() as db:
        seen = (await transcript.heads(db, [chat]))[chat].last_position
    assert f'form="hand-back-form" value="{seen}"' in page
    async with reception.database.write() as db:
        await transcript.hear(db, chat, said("x", "І ще одне", now), now)
    refused = await iryna.act(chat, "hand-back", why="done", seen=str(seen))
    assert refused.status_code == 409
    assert "Людина щойно написала" in refused.text
    assert await owner_kind(reception.database, chat) == "specialist"
    assert (await iryna.act(chat, "hand-back", why="done", seen=str(seen + 1))).status_code == 200


async def test_a_talk_on_the_phone_has_no_bot_to_go_back_to(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now, channel="phone")).conversation_id
    assert "Повернути боту" not in (await iryna.act(chat, "take")).text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reason_is_chosen_by_keyboard(
    served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page(bypass_csp=True, color_scheme=scheme)
    taken(page, served, hours=1)
    page.locator("#more summary").click()
    page.get_by_role("button", name="Повернути боту").press("Enter")
    dialog = page.get_by_role("dialog", name="Повернути боту")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    assert sideways(page) == 0
    dialog.get_by_role("button", name="Повернути", exact=True).click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Своїми словами").fill("Питає про інше")
    expect(dialog.get_by_label("Інша причина")).to_be_checked()
    dialog.get_by_label("Своїми словами").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#lines")).to_contain_text(
        "Повернуто боту: Ірина Мельник, 10:30. Причина: Питає про інше"
    )
    expect(page.locator("#gate")).to_contain_text("далі відповідає бот")
