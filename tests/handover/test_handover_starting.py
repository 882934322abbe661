"""Writing to a person first: a new consultation of one's own, only where the channel and the person let us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from conversations import inbox, ownership
from conversations.messages import AuthorKind, InternalEvent
from conversations.ownership import StaleEpoch
from conversations.tables import conversations
from handover.accounts.permissions import Role
from handover.reports import figures
from handover.tickets import leading, queue, starting, tickets
from handover.tickets.leading import AlreadyTaken
from tests.handover.browsing import Served, sideways, take, violations, waits
from tests.handover.handover_world import (
    COMMUNITY,
    account,
    actions,
    bot_says,
    transcript_of,
    waiting,
)


async def closed(reception, person, heard_at, channel="telegram", **more):
    """A conversation whose consultation this specialist has closed."""
    chat = (await waiting(reception.database, heard_at, channel=channel, **more)).conversation_id
    await person.act(chat, "take")
    assert (await person.act(chat, "resolve", summary="Пояснено")).status_code == 200
    return chat


async def told(database, chat, now):
    async with database.write() as db:
        claimed = await inbox.claim(db, "test", now)
    events = [event for one in claimed if one.id == chat for _, event in one.events]
    return [event.name for event in events if isinstance(event, InternalEvent)]


async def quieten(database, chat):
    """The person said «стоп» to the bot, or danger was heard."""
    async with database.write() as db:
        await db.execute(
            update(conversations)
            .where(conversations.c.id == chat)
            .values(state={"version": 1, "quiet": True})
        )


async def test_a_closed_conversation_is_begun_anew_as_ones_own(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = await closed(reception, oleh, now)
    assert "Написати першими" in (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert (await iryna.act(chat, "start", about=" ")).status_code == 422
    begun = await iryna.act(chat, "start", about="Готова довідка")
    assert begun.status_code == 200
    assert 'data-may-reply="yes"' in begun.text
    assert "Пишемо першими" in begun.text
    assert (await iryna.act(chat, "start", about="Готова довідка")).status_code == 200, "the same press again"
    async with reception.database.read() as db:
        owner, _ = await ownership.current(db, chat)
        first, second = sorted(await tickets.all_of(db, COMMUNITY, chat), key=lambda ticket: ticket.number)
        assert await queue.usual_wait(db, COMMUNITY, None, now) is None
        counted = await figures.consultations(
            db, COMMUNITY, now - timedelta(days=1), now + timedelta(days=1), figures.Sifted()
        )
    assert (owner.kind, owner.id) == ("specialist", iryna.account.id)
    assert (first.status, second.status, second.reason) == ("resolved", "taken", "started")
    assert (second.assigned_to, second.question) == (iryna.account.id, "Готова довідка")
    assert [one.ours for one in counted] == [False, True]
    assert (await iryna.act(chat, "reply", text="Довідка готова", key="k")).status_code == 200
    assert (await told(reception.database, chat, now))[-1] == "specialist_writes_first"
    lines = [line.reply.text for line in await transcript_of(reception.database, chat)]
    assert f"Спеціаліст пише першим: Ірина Мельник, 10:30. Консультація № {second.number}" in lines
    assert "started" in await actions(reception.database, chat)
    other = await oleh.act(chat, "start", about="І я")
    assert other.status_code == 409
    assert "Розмову вже веде Ірина Мельник" in other.text


async def test_nobody_is_begun_with_who_waits_asked_for_quiet_or_only_spoke_with_the_bot(reception, now):
    iryna = await reception.signed_in("iryna")
    waits_for_one = (await waiting(reception.database, now)).conversation_id
    refused = await iryna.act(waits_for_one, "start", about="Довідка")
    assert refused.status_code == 409
    assert "Візьміть її" in refused.text

    quiet = await closed(reception, iryna, now)
    await quieten(reception.database, quiet)
    page = (await iryna.get(f"/workplace/conversations/{quiet}")).text
    assert "Написати першими</button>" not in page
    assert "Людина просила не писати першими" in page
    assert "листування можуть читати" in (await iryna.act(quiet, "start", about="Довідка")).text

    phone = await closed(reception, iryna, now, "phone")
    gone = await closed(reception, iryna, now, "signal")
    for chat in (phone, gone):
        assert "Написати першими</button>" not in (await iryna.get(f"/workplace/conversations/{chat}")).text
        assert "написати не можна" in (await iryna.act(chat, "start", about="Довідка")).text
    for chat in (waits_for_one, quiet, phone, gone):
        assert "started" not in await actions(reception.database, chat)

    stranger = await reception.signed_in("stranger", community="another")
    assert (await stranger.act(quiet, "start", about="x")).status_code == 404
    editor = await reception.signed_in("editor", Role.EDITOR)
    assert "Написати першими</button>" not in (await editor.get(f"/workplace/conversations/{quiet}")).text


@pytest.mark.parametrize(
    ("channel", "ago", "introduced", "line"),
    [
        ("telegram", timedelta(days=40), True, None),
        ("messenger", timedelta(hours=2), True, None),
        ("messenger", timedelta(days=2), False, "Вікно закрите"),
        ("viber", timedelta(hours=2), True, None),
        ("viber", timedelta(days=2), False, "Повідомлення зараз платне"),
    ],
)
async def test_what_the_channel_allows_is_said_before_and_no_word_of_the_house_is_lost_or_paid(
    reception, now, channel, ago, introduced, line
):
    iryna = await reception.signed_in("iryna")
    chat = await closed(reception, iryna, now - ago, channel)
    await told(reception.database, chat, now)
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    above = page[page.index('id="window"') : page.index('class="modes"')]
    assert (line in above) if line else ("закрите" not in above and "зараз платне" not in above)
    assert (await iryna.act(chat, "start", about="Готова довідка")).status_code == 200
    reception.wall.now += timedelta(minutes=5)
    assert (
        "specialist_writes_first" in await told(reception.database, chat, reception.wall.now)
    ) == introduced


async def begin(database, ticket, by, now):
    async with database.write() as db:
        return await starting.start(
            db, COMMUNITY, ticket.conversation_id, by, "Готова довідка", now, introduced=True
        )


async def test_of_many_who_begin_at_once_and_the_person_who_calls_one_ticket_is_open(database, now):
    ticket = await waiting(database, now)
    people = [await account(database, f"person{index}", name=f"Особа {index}") for index in range(6)]
    async with database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, people[0], now)
        await leading.resolve(db, COMMUNITY, ticket.id, people[0], "так", now)
        _, epoch = await ownership.current(db, ticket.conversation_id)

    async def calls() -> tickets.Ticket:
        async with database.write() as db:
            return await tickets.open_ticket(
                db,
                community=COMMUNITY,
                conversation_id=ticket.conversation_id,
                number=await tickets.next_number(db, COMMUNITY, now),
                reason="asked",
                question="людину",
                now=now,
            )

    results = await asyncio.gather(
        calls(), *(begin(database, ticket, person, now) for person in people), return_exceptions=True
    )
    begun = [one for one in results[1:] if isinstance(one, tickets.Ticket)]
    lost = [one for one in results[1:] if not isinstance(one, tickets.Ticket)]
    assert len(begun) <= 1
    assert all(isinstance(one, AlreadyTaken | starting.AlreadyWaits | StaleEpoch) for one in lost)
    async with database.read() as db:
        owner, _ = await ownership.current(db, ticket.conversation_id)
        (open_one,) = [
            one
            for one in await tickets.all_of(db, COMMUNITY, ticket.conversation_id)
            if one.status != "resolved"
        ]
    assert owner.kind == ("specialist" if begun else "queue")
    if begun:
        assert (open_one.id, open_one.assigned_to) == (begun[0].id, owner.id)
        with pytest.raises(StaleEpoch):
            await bot_says(database, ticket.conversation_id, "Бот іще тут", now, epoch)
        lines = await transcript_of(database, ticket.conversation_id)
        assert not any(line.author.kind is AuthorKind.BOT for line in lines)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_is_written_to_first_by_keyboard(
    served: Served, open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page(bypass_csp=True, color_scheme=scheme)
    waits(page, served, hours=20)
    take(page)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.get_by_label("Підсумок").fill("Пояснено")
    page.get_by_role("button", name="Закрити", exact=True).last.click()
    page.get_by_role("button", name="Написати першими").press("Enter")
    dialog = page.get_by_role("dialog", name="Написати першими")
    expect(dialog.get_by_label("Про що пишете")).to_be_focused()
    assert violations(page) == []
    assert sideways(page) == 0
    dialog.get_by_label("Про що пишете").fill("Готова довідка")
    dialog.get_by_label("Про що пишете").press("Enter")
    expect(page.get_by_label("Відповідь людині")).to_be_focused()
    expect(page.locator("#packet")).to_contain_text("Пишемо першими")
