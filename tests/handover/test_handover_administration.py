"""Accounts, the audit log and retention, through their pages."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape

from handover import audit, journal, retention
from handover.accounts import accounts, second_factor
from handover.accounts.permissions import Role
from handover.audit import Action
from handover.journal import Wanted
from handover.tickets import leading
from handover.workplace import journal_words, retention_page
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, PASSWORD, POLICY, account, actions, waiting

PAGE = "/workplace/accounts"
NEW = {"name": "Олег Дудка", "position": "спеціаліст", "login": "oleh", "role": "senior"}


async def press(person, address, **fields):
    fields.setdefault("csrf", await person.csrf())
    return await person.client.post(address, data=fields, headers={"Origin": ORIGIN})


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


async def log(reception, **wanted):
    async with reception.database.read() as db:
        return await journal.page(db, COMMUNITY, Wanted(**wanted))


async def test_a_new_account_gets_a_password_that_is_shown_once_and_opens_the_door(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    made = await press(admin, PAGE, **NEW)
    password = re.search(r'class="once">([^<]+)<', made.text).group(1)
    assert password not in (await admin.get(PAGE)).text
    assert "Старший спеціаліст" in words((await admin.get(PAGE)).text)
    signed = await reception.stranger().post("/workplace/login", data={"login": "oleh", "password": password})
    assert signed.status_code == 303
    for fields, status, said in (
        (NEW, 409, "Такий логін уже є"),
        ({**NEW, "login": "ї"}, 422, "латинських літер"),
        ({**NEW, "name": " "}, 422, "Потрібні ім’я"),
        ({**NEW, "role": "king"}, 422, "Потрібні ім’я"),
    ):
        refused = await press(admin, PAGE, **fields)
        assert (refused.status_code, said in refused.text) == (status, True)
    (line,) = await log(reception, action=Action.ACCOUNT_ADDED)
    assert (line.name, line.about, line.facts) == (
        "Ірина Мельник",
        "Олег Дудка",
        {"login": "oleh", "role": "senior"},
    )


async def test_a_colleague_is_changed_and_every_change_is_in_the_log(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    page = f"{PAGE}/{oleh.account.id}"
    await press(admin, page, name="Олег  Дудка", position="керівник", role="head")
    assert (await oleh.get("/workplace/journal")).status_code == 200
    await press(admin, page, name="Олег Дудка", position="керівник", role="head")
    renewed = await press(admin, f"{page}/password")
    password = re.search(r'class="once">([^<]+)<', renewed.text).group(1)
    assert (await oleh.get("/workplace")).status_code == 303
    client = reception.stranger()
    assert (
        await client.post("/workplace/login", data={"login": "oleh", "password": password})
    ).status_code == 303
    changed = await log(reception, action=Action.ACCOUNT_CHANGED)
    assert [line.facts for line in changed] == [{"login": "oleh", "position": "керівник", "role": "head"}]
    assert len(await log(reception, action=Action.ACCESS_RESET)) == 1


async def test_whoever_is_disabled_is_out_at_once_and_their_conversations_wait_again(reception, now):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    oleh = await reception.signed_in("oleh")
    ticket = await waiting(reception.database, now)
    async with reception.database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, oleh.account, now)
    page = f"{PAGE}/{oleh.account.id}"
    await press(admin, f"{page}/disable")
    assert (await oleh.get("/workplace")).status_code == 303
    assert "Чекають <b>1</b>" in (await admin.get("/workplace")).text
    again = await reception.stranger().post("/workplace/login", data={"login": "oleh", "password": PASSWORD})
    assert again.status_code == 401
    assert "Вимкнено" in (await admin.get(page)).text
    await press(admin, f"{page}/enable")
    assert (
        await reception.stranger().post("/workplace/login", data={"login": "oleh", "password": PASSWORD})
    ).status_code == 303
    (line,) = await log(reception, action=Action.ACCOUNT_DISABLED)
    assert line.facts == {"login": "oleh", "conversations": 1}
    assert len(await log(reception, action=Action.ACCOUNT_ENABLED)) == 1


async def test_nobody_takes_their_own_right_away_nor_the_last_administrators(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    own = f"{PAGE}/{admin.account.id}"
    fields = {"name": "Ірина Мельник", "position": "спеціалістка"}
    for address, more in ((own, {"role": "head"}), (f"{own}/disable", {})):
        assert "Це останній адміністратор" in (await press(admin, address, **fields, **more)).text
    second = await account(reception.database, "second", Role.ADMINISTRATOR)
    for address, more in (
        (own, {"role": "head"}),
        (f"{own}/disable", {}),
        (f"{own}/password", {}),
        (f"{own}/reset-second-factor", {}),
    ):
        refused = await press(admin, address, **fields, **more)
        assert (refused.status_code, "Це ваш запис" in words(refused.text)) == (409, True)
    assert (await press(admin, own, **{**fields, "name": "Ірина"}, role="administrator")).status_code == 303

    async def demote(by, whom):
        async with reception.database.write() as db:
            await accounts.change(db, by, whom.id, name="х", position="х", role=Role.SPECIALIST)

    both = await asyncio.gather(
        demote(admin.account, second), demote(second, admin.account), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["LastAdministrator", "NoneType"]


async def test_an_administrator_resets_a_colleagues_code(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    oleh = await reception.signed_in("oleh")
    async with reception.database.write() as db:
        await second_factor.begin(db, COMMUNITY, oleh.account.id, reception.wall.now)
        seed = await second_factor.unconfirmed(db, oleh.account.id, reception.wall.now)
    secret = second_factor.derived(reception.house.secret, oleh.account.id, seed)
    code = second_factor.code_at(secret, second_factor.step_at(reception.wall.now))
    await second_factor.confirm(
        reception.database, reception.house.secret, oleh.account.id, code, reception.wall.now
    )
    page = f"{PAGE}/{oleh.account.id}"
    assert "Скинути код" in (await admin.get(page)).text
    await press(admin, f"{page}/reset-second-factor")
    assert "Скинути код" not in (await admin.get(page)).text
    assert (await oleh.get("/workplace")).status_code == 303
    signed = await reception.stranger().post("/workplace/login", data={"login": "oleh", "password": PASSWORD})
    assert signed.headers["location"] == "/workplace"
    assert len(await log(reception, action=Action.FACTOR_RESET)) == 1


def test_every_action_and_every_kind_has_its_words():
    assert set(journal_words.ACTIONS) == set(Action)
    assert len(set(journal_words.ACTIONS.values())) == len(Action)
    kinds = {kind.name for kind, _ in POLICY.kinds()} | {retention.STRAYS}
    assert set(journal_words.KINDS) == kinds
    assert set(retention_page.SET_BY) <= kinds


async def test_the_log_says_who_did_and_who_read_what_and_that_it_was_read(reception, now):
    head = await reception.signed_in("head", Role.HEAD, "Галина Керівна")
    iryna = await reception.signed_in("iryna")
    first, other = await waiting(reception.database, now), await waiting(reception.database, now)
    for ticket in (first, other):
        await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")
    await iryna.act(first.conversation_id, "take")
    page = await head.get("/workplace/journal")
    assert "Читання журналу дій" in words(page.text)
    mine = await head.get(f"/workplace/journal?number={first.number}")
    rows = re.findall(r"<tr>(.*?)</tr>", mine.text, re.DOTALL)[1:]
    assert [re.findall(r"<td[^>]*>(.*?)</td>", row)[1:3] for row in rows] == [
        ["Ірина Мельник", "Взято розмову"],
        ["Ірина Мельник", "Читання розмови"],
    ]
    assert f'href="/workplace/conversations/{first.conversation_id}"' in mine.text
    read = await head.get(f"/workplace/journal?who={iryna.account.id}&action=conversation_read")
    assert read.text.count("Читання розмови</td>") == 2
    tomorrow = (now + timedelta(days=1)).date().isoformat()
    for nothing in (f"since={tomorrow}", "until=2026-11-23", "number=26-9999", "who=nobody"):
        assert "За фільтром нічого" in (await head.get(f"/workplace/journal?{nothing}")).text
    for senseless in ("since=вчора", "until=9999-12-31", "action=nothing", "before=x", "number=%00'--"):
        assert "Читання розмови</td>" in (await head.get(f"/workplace/journal?{senseless}")).text
    assert (await actions(reception.database, audit.LOG)) == ["log_read"]
    stranger = await reception.signed_in("far", Role.ADMINISTRATOR, community="another")
    theirs = (await stranger.get("/workplace/journal")).text
    assert iryna.account.id not in theirs


async def test_a_long_log_is_read_page_by_page_without_a_gap(reception, now):
    head = await reception.signed_in("head", Role.HEAD)
    async with reception.database.write() as db:
        for number in range(journal.SHOWN * 2 + 3):
            at = now - timedelta(minutes=number // 7)
            await audit.record(
                db,
                community=COMMUNITY,
                account_id=None,
                action=Action.EXPIRED,
                subject=None,
                now=at,
                facts={"words": number},
            )
    address, seen, pages = "/workplace/journal?action=expired", [], 0
    while address:
        text = (await head.get(unescape(address))).text
        seen += re.findall(r"Слова розмов: (\d+)", text)
        older = re.search(r'href="([^"]+)">Давніші', text)
        address, pages = older and older.group(1), pages + 1
    assert sorted(map(int, seen)) == list(range(journal.SHOWN * 2 + 3))
    assert pages == 3


async def test_the_page_of_retention_tells_the_policy_what_is_older_and_what_has_gone(reception, now):
    head = await reception.signed_in("head", Role.HEAD)
    chat = await waiting(reception.database, now - timedelta(days=400))
    async with reception.database.write() as db:
        await leading.take(db, COMMUNITY, chat.id, head.account, now - timedelta(days=400))
        await leading.resolve(db, COMMUNITY, chat.id, head.account, "Готово", now - timedelta(days=400))
    page = words((await head.get(retention_page.PAGE)).text)
    assert re.search(r"Слова закритих консультацій 365 днів 1 PRYIMALNIA_KEEP_WORDS_DAYS", page)
    assert "Ключі форм 7 днів 0 незмінний" in page
    assert "Поки нічого" in page
    await retention.retain(reception.database, reception.store, POLICY, COMMUNITY, now)
    page = words((await head.get(retention_page.PAGE)).text)
    assert re.search(r"Слова закритих консультацій 365 днів 0", page)
    assert "Слова закритих консультацій: 1" in page
