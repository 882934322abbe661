"""A conversation on paper: whole, masked, without scripts, and recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from conversations import transcript
from handover.accounts.permissions import Role
from handover.contacts import same_person
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.handover_world import COMMUNITY, actions, said, waiting
from tests.handover.test_handover_packet import MATTER, interview, words_of

TAX = "3184710691"


async def test_the_whole_conversation_is_there_masked_and_its_opening_is_recorded(reception, now):
    iryna = await reception.signed_in("iryna")
    reception.vendors.matter = MATTER
    ticket = await waiting(
        reception.database, now - timedelta(days=1), f"Мій код {TAX}", phone="067 000 11 22"
    )
    chat = ticket.conversation_id
    await interview(reception.database, chat, now, concluded=True)
    async with reception.database.write() as db:
        for number in range(250):
            await transcript.hear(db, chat, said("x", f"Слово {number}", now), now)
    await iryna.act(chat, "take")
    await iryna.act(chat, "reply", text="Не те")
    wrong = (await iryna.get(f"/workplace/conversations/{chat}/print")).text
    assert "Не те" in wrong
    async with reception.database.read() as db:
        last = (await transcript.heads(db, [chat]))[chat].last_position
    await iryna.act(chat, "withdraw", position=str(last))
    answer = await iryna.get(f"/workplace/conversations/{chat}/print")
    page = answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page
    assert "<button" not in page
    assert TAX not in page
    assert "••••0691" in page
    shown = words_of(page)
    for words in (
        "Липова громада. Приймальня, 0 800 000 000",
        "Консультація № 26\N{NON-BREAKING HYPHEN}0001",
        "067 000 11 22",
        "зі слів, не підтверджено",
        "Дохід не більший за межу: не виконано",
        "Паспорт: треба",
        "Вчора, понеділок",
        "Питання 1?",
        "Слово 0",
        "Слово 249",
        "Відкликано о 10:30",
        "Для друку відкрито: Ірина Мельник, 24 листопада 2026 року, 10:30",
    ):
        assert words in shown.replace("\xa0", " "), words
    assert "<s>Не те</s>" in page
    assert (await actions(reception.database, chat)).count("conversation_printed") == 1
    journal = await reception.signed_in("head", Role.HEAD, "Голова")
    assert "Відкрито розмову для друку" in (await journal.get("/workplace/journal")).text


async def test_what_the_person_asked_elsewhere_stands_on_paper_and_is_read_there_too(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now, "Про субсидію")).conversation_id
    other = (await waiting(reception.database, now, "Про допомогу", channel="viber")).conversation_id
    async with reception.database.write() as db:
        asked = await same_person.ask(db, COMMUNITY, chat, other, iryna.account, now)
        for one in (chat, other):
            await same_person.answer(db, COMMUNITY, one, asked.id, True, now)
    page = (await iryna.get(f"/workplace/conversations/{chat}/print")).text
    assert "Про допомогу" in page
    assert (await actions(reception.database, other))[-1] == "conversation_read"


async def test_colleagues_notes_stand_on_paper_only_where_they_are_asked_for(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now - timedelta(days=1))
    chat = ticket.conversation_id
    await iryna.act(chat, "note", text="Перевірити довідку")
    reception.wall.now += timedelta(hours=1)
    await iryna.act(chat, "take")
    plain = (await iryna.get(f"/workplace/conversations/{chat}/print")).text
    assert "Перевірити довідку" not in plain
    assert plain.count("Сьогодні, вівторок") == 1
    assert f'href="/workplace/conversations/{chat}/print?notes=1"' in plain
    noted = (await iryna.get(f"/workplace/conversations/{chat}/print?notes=1")).text
    assert "Перевірити довідку" in noted
    assert noted.count("Сьогодні, вівторок") == 1


async def test_another_communitys_conversation_is_not_printed(reception, now):
    stranger = await reception.signed_in("stranger", community="other")
    ticket = await waiting(reception.database, now)
    answer = await stranger.get(f"/workplace/conversations/{ticket.conversation_id}/print")
    assert answer.status_code == 404


def test_it_is_paper_on_the_screen_and_a_clean_page_in_print(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True, color_scheme="dark")
    served.vendors.matter = MATTER
    taken(page, served, hours=1)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Для друку").click()
    paper = opened.value
    expect(paper.get_by_role("heading", name="Консультація № 26")).to_be_visible()
    assert violations(paper) == []
    assert sideways(paper) == 0
    assert paper.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    paper.emulate_media(media="print")
    expect(paper.get_by_role("navigation", name="Друк")).to_be_hidden()
    assert paper.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
