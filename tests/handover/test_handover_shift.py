"""Putting off, opening again, teams, shift and saved views through their pages, and every way they say no."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from conversations import inbox
from conversations.messages import InternalEvent
from handover import tables
from handover.accounts.permissions import Role
from handover.assignment import presence, teams
from handover.assignment.teams import Terms
from handover.tickets import leading, tickets
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, account, actions, transcript_of, waiting


async def led(reception, person, **more):
    ticket = await waiting(reception.database, reception.wall.now, **more)
    async with reception.database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, person.account, reception.wall.now)
    return ticket


async def seen(reception, ticket):
    async with reception.database.read() as db:
        return await tickets.by_id(db, COMMUNITY, ticket.id)


async def post(person, address, **fields):
    fields.setdefault("csrf", await person.csrf())
    return await person.client.post(address, data=fields, headers={"Origin": ORIGIN})


async def team_of(reception, *people, **terms):
    async with reception.database.write() as db:
        team = await teams.create(db, COMMUNITY, Terms("Субсидії", **terms), reception.wall.now)
        await teams.join(db, team, [person.account.id for person in people])
    return team


async def told(reception, ticket):
    """What the engine was asked to tell this person."""
    async with reception.database.write() as db:
        claimed = await inbox.claim(
            db, "worker", reception.wall.now, limit=9, communities=[COMMUNITY], channels=["telegram"]
        )
    events = [event for one in claimed if one.id == ticket.conversation_id for _, event in one.events]
    return [(event.name, event.facts["name"]) for event in events if isinstance(event, InternalEvent)]


async def test_a_conversation_is_put_off_and_comes_back(reception):
    iryna = await reception.signed_in("iryna")
    ticket = await led(reception, iryna)
    chat = ticket.conversation_id
    for until, at in (("at", "2026-11-24T10:29"), ("at", "2027-11-24T10:30"), ("at", "x"), ("never", "")):
        refused = await iryna.act(chat, "snooze", until=until, at=at)
        assert refused.status_code == 422
        assert "Виберіть інший" in refused.text
    shown = await iryna.act(chat, "snooze", until="at", at="2026-11-27T14:00", reason="чекаю довідку")
    assert "відкладено до пт, 27.11, 14:00" in shown.text
    assert (await transcript_of(reception.database, chat))[-1].reply.text == (
        "Відкладено до пт, 27.11, 14:00, 10:30. Причина: чекаю довідку"
    )
    assert "Відкладені</span> <b>1</b>" in (await iryna.get("/workplace/queue?view=mine")).text
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    assert (await oleh.act(chat, "wake")).status_code == 409
    await iryna.act(chat, "wake")
    assert (await seen(reception, ticket)).snoozed_until is None
    assert (await actions(reception.database, chat))[-2:] == ["snoozed", "woken"]


async def test_closing_goes_on_to_ones_own_who_waits_and_else_to_the_queue(reception):
    iryna = await reception.signed_in("iryna")
    first, second = await led(reception, iryna), await led(reception, iryna)
    queued = await waiting(reception.database, reception.wall.now)
    for closed, opened in ((first, second), (second, queued)):
        answer = await iryna.act(closed.conversation_id, "resolve", summary="так", then="next")
        there = f"/workplace/conversations/{opened.conversation_id}"
        assert json.loads(answer.headers["hx-location"])["path"] == there
    async with reception.database.write() as db:
        await leading.take(db, COMMUNITY, queued.id, iryna.account, reception.wall.now)
    plain = await iryna.act(queued.conversation_id, "resolve", part=False, summary="так", then="next")
    assert plain.headers["location"] == "/workplace?view=waiting"


async def test_what_is_closed_is_opened_again_by_one_and_only_while_nothing_else_is_open(reception):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    ticket = await led(reception, iryna)
    chat = ticket.conversation_id
    assert (await oleh.act(chat, "reopen")).status_code == 409
    await iryna.act(chat, "resolve", summary="так")
    assert "Знову відкрити" in (await oleh.get(f"/workplace/conversations/{chat}")).text
    await oleh.act(chat, "reopen")
    again = await seen(reception, ticket)
    assert (again.status, again.assigned_name, again.resolved_at) == ("taken", "Олег Дудка", None)
    lost = await iryna.act(chat, "reopen")
    assert lost.status_code == 409
    assert "Консультація цієї розмови вже відкрита" in lost.text


async def test_a_conversation_is_passed_to_a_team_and_the_citizen_hears_no_wrong_name(reception):
    iryna = await reception.signed_in("iryna")
    team = await team_of(reception)
    ticket = await led(reception, iryna)
    chat = ticket.conversation_id
    assert (await iryna.act(chat, "transfer", to="team:none")).status_code == 422
    await iryna.act(chat, "transfer", to=f"team:{team.id}", reason="ваша тема")
    passed = await seen(reception, ticket)
    assert (passed.status, passed.team_id, passed.assigned_to) == ("waiting", team.id, None)
    assert (await transcript_of(reception.database, chat))[-1].reply.text == (
        "Передано: Ірина Мельник → команда „Субсидії”, 10:30. Причина: ваша тема"
    )
    assert (await told(reception, ticket))[-1] == ("ticket_transferred", None)


async def test_a_shift_goes_over_whole_or_not_at_all(reception):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    stranger = await account(reception.database, "stranger", community="another")
    made = [await led(reception, iryna) for _ in range(3)]
    await iryna.act(made[1].conversation_id, "snooze", until="tomorrow")
    page = (await iryna.get("/workplace/shift")).text
    assert "Розмов у вас: 3." in page
    assert "Олег Дудка, спеціалістка, на зміні" in page
    for nobody in (stranger.id, iryna.account.id, "none", "team:none"):
        assert (await post(iryna, "/workplace/shift/hand-over", to=nobody)).status_code == 422
    assert {(await seen(reception, ticket)).assigned_to for ticket in made} == {iryna.account.id}
    await post(iryna, "/workplace/shift/hand-over", to=oleh.account.id, note="усі чекають довідку")
    now_of = [await seen(reception, ticket) for ticket in made]
    assert {(ticket.assigned_to, ticket.snoozed_until) for ticket in now_of} == {(oleh.account.id, None)}
    said = (await transcript_of(reception.database, made[0].conversation_id))[-1].reply.text
    assert said.endswith("Ірина Мельник → Олег Дудка, 10:30. Причина: усі чекають довідку")
    assert (await actions(reception.database)).count("shift_handed_over") == 3


async def test_who_is_on_shift_is_said_by_signing_in_by_the_switch_and_by_leaving(reception):
    async def standing(person):
        async with reception.database.read() as db:
            return (await presence.all_of(db, COMMUNITY)).get(person.account.id)

    iryna, editor = await reception.signed_in("iryna"), await reception.signed_in("editor", Role.EDITOR)
    assert (await standing(iryna)).shift == "on"
    assert await standing(editor) is None
    assert (await post(editor, "/workplace/shift", shift="on")).status_code == 403
    back = await iryna.client.post(
        "/workplace/shift",
        data={"csrf": await iryna.csrf(), "shift": "away"},
        headers={"Origin": ORIGIN, "Referer": f"{ORIGIN}/workplace?view=mine"},
    )
    assert back.headers["location"] == "/workplace?view=mine"
    assert "Відійшли" in (await iryna.get("/workplace")).text
    assert (await post(iryna, "/workplace/shift", shift="asleep")).status_code == 303
    assert (await standing(iryna)).shift == "away"
    # A page that is used keeps its person seen, an idle one does not.
    reception.wall.now += timedelta(minutes=2)
    await iryna.get("/workplace")
    assert (await standing(iryna)).seen_at == reception.wall.now
    await post(iryna, "/workplace/logout")
    assert (await standing(iryna)).shift == "off"


async def test_an_offer_is_declined_by_whom_it_was_made_to(reception):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    ticket = await waiting(reception.database, reception.wall.now)
    chat = ticket.conversation_id
    async with reception.database.write() as db:
        await db.execute(
            tables.tickets.update().values(
                offered_to=iryna.account.id, offered_until=reception.wall.now + timedelta(minutes=3)
            )
        )
    assert "Вам пропонують · до 10:33" in (await iryna.get("/workplace/queue")).text
    assert "Вам пропонують" not in (await oleh.get("/workplace/queue")).text
    await oleh.act(chat, "pass")
    assert (await seen(reception, ticket)).offered_to == iryna.account.id
    assert (await iryna.act(chat, "pass")).status_code == 204
    assert (await seen(reception, ticket)).passed_by == (iryna.account.id,)


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.SENIOR, Role.EDITOR])
async def test_teams_are_made_up_by_heads_and_administrators_only(reception, role):
    person = await reception.signed_in("person", role)
    for address in ("", "/new", f"/people/{person.account.id}"):
        assert (await person.get(f"/workplace/teams{address}")).status_code == 403
        assert (await post(person, f"/workplace/teams{address or '/new'}", name="x")).status_code == 403
    assert (await post(person, "/workplace/teams/any/disband")).status_code == 403


async def test_a_team_is_made_changed_and_disbanded(reception):
    head = await reception.signed_in("head", Role.HEAD, "Олена Головна")
    iryna = await reception.signed_in("iryna")
    fields = {"offers": "yes", "accept": "5", "return": "abc", "topic.housing-subsidy": "yes"}
    fields |= {f"person.{iryna.account.id}": "yes", "topic.unknown": "yes", "language.en": "yes"}
    assert (await post(head, "/workplace/teams/new", name=" ", **fields)).status_code == 422
    await post(head, "/workplace/teams/new", name="Субсидії", key="one", **fields)
    await post(head, "/workplace/teams/new", name="Субсидії", key="one", **fields)
    assert (await post(head, "/workplace/teams/new", name="Субсидії", key="two")).status_code == 409
    async with reception.database.read() as db:
        (team,) = await teams.all_of(db, COMMUNITY)
        assert await teams.members(db, COMMUNITY) == {team.id: [iryna.account.id]}
    assert team.terms == Terms("Субсидії", ("housing-subsidy",), (), ("en",), True, 5, 15)
    await post(head, f"/workplace/teams/{team.id}", name="Субсидії й пільги")
    page = (await head.get("/workplace/teams")).text
    assert "Субсидії й пільги" in page
    assert "беруть із черги самі" in page
    ticket = await led(reception, iryna)
    await iryna.act(ticket.conversation_id, "transfer", to=f"team:{team.id}")
    await post(head, f"/workplace/teams/{team.id}/disband")
    assert (await seen(reception, ticket)).team_id is None
    assert (await post(head, f"/workplace/teams/{team.id}/disband")).status_code == 404
    assert (await head.get(f"/workplace/teams/{team.id}")).status_code == 404
    assert (await head.get("/workplace/teams/people/none")).status_code == 404


async def test_a_view_is_saved_for_oneself_or_ones_team_and_without_the_search(reception):
    iryna, oleh = await reception.signed_in("iryna"), await reception.signed_in("oleh", name="Олег Дудка")
    olha = await reception.signed_in("olha", name="Ольга Кучер")
    team = await team_of(reception, iryna, oleh)
    saved = {"view": "waiting", "channel": "viber", "search": "дячук"}
    await post(iryna, "/workplace/views", name="Вайбер", key="1", team=team.id, **saved)
    await post(iryna, "/workplace/views", name="Вайбер", key="1", team=team.id, **saved)
    await post(olha, "/workplace/views", name="Моє", key="2", team=team.id, **saved)

    async def names(person):
        page = (await person.get("/workplace/queue")).text
        return re.findall(r'href="/workplace\?view=waiting&amp;channel=viber".*?class="cut">([^<]+)<', page)

    assert (await names(iryna), await names(oleh), await names(olha)) == (["Вайбер"], ["Вайбер"], ["Моє"])
    page = (await iryna.get("/workplace?view=waiting&channel=viber")).text
    found = re.search(r'name="id" value="(\w+)"', page)
    assert found is not None
    assert 'name="id"' not in (await oleh.get("/workplace?view=waiting&channel=viber")).text
    await post(oleh, "/workplace/views/forget", id=found.group(1))
    assert await names(iryna) == ["Вайбер"]
    await post(iryna, "/workplace/views/forget", id=found.group(1))
    assert await names(iryna) == await names(oleh) == []
