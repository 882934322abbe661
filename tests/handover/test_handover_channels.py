"""The administrator's page of channels, and the switch that leaves a channel to people."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from conversations import switches
from conversations.channel import VendorStatus
from conversations.traffic import Traffic
from handover.accounts.permissions import Role
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, actions

PAGE = "/workplace/channels"
SWITCH = "/workplace/channels/people-only"


def card(page, name):
    """The words of one channel's card."""
    found = re.search(rf'<section class="channel" id="{name}".*?</section>', page, re.DOTALL)
    assert found is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found.group(0))).replace("\u00a0", " ").split())


def is_on(page, name):
    """Whether the switch of a channel stands at people only."""
    found = re.search(rf'id="{name}".*?aria-checked="(true|false)"', page, re.DOTALL)
    assert found is not None
    return found.group(1) == "true"


async def press(person, name, *, on=True, key="one", **more):
    fields = {"csrf": await person.csrf(), "channel": name, "on": "yes" if on else "no", "key": key, **more}
    return await person.client.post(SWITCH, data=fields, headers={"Origin": ORIGIN})


async def people_only(reception, name):
    async with reception.database.read() as db:
        return await switches.people_only(db, COMMUNITY, name)


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.HEAD, Role.EDITOR])
async def test_only_administrators_see_the_page_and_turn_the_switch(reception, role):
    person = await reception.signed_in("person", role)
    refused = await person.get(PAGE)
    assert refused.status_code == 403
    assert "Ваша роль цього не дозволяє" in refused.text
    assert f'href="{PAGE}"' not in (await person.get("/workplace")).text
    assert (await press(person, "telegram")).status_code == 403
    assert not await people_only(reception, "telegram")


async def test_the_rail_leads_an_administrator_there_and_back(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    assert f'href="{PAGE}"' in (await admin.get("/workplace")).text
    page = (await admin.get(PAGE)).text
    assert f'<a href="{PAGE}" aria-current="page">' in page
    assert '<a href="/workplace">' in page


async def test_without_a_session_it_leads_to_sign_in_and_back(reception):
    async with reception.stranger() as browser:
        answer = await browser.get(PAGE)
    assert answer.headers["location"] == "/workplace/login?next=%2Fworkplace%2Fchannels"


async def test_a_card_says_what_the_vendor_sees_and_what_went_through(reception, now):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    reception.vendors.seen["telegram"] = Traffic(
        last_in=now,
        last_out=now + timedelta(minutes=2),
        due=1,
        failed=2,
        unreadable=0,
        files_due=5,
        error="Forbidden: bot was blocked by the user (403)",
    )
    reception.vendors.says["telegram"] = VendorStatus(
        "@pryimalnia_bot",
        webhook="https://lypova.example/webhooks/lypova/telegram",
        waiting=3,
        error="Wrong response from the webhook: 502 Bad Gateway",
        error_at=now - timedelta(minutes=12),
    )
    reception.wall.now += timedelta(minutes=10)
    page = (await admin.get(PAGE)).text
    told = card(page, "telegram")
    for words in (
        "Telegram є зауваження",
        "Акаунт @pryimalnia_bot",
        "Адреса вебхука https://lypova.example/webhooks/lypova/telegram",
        "Чекає в каналі 3",
        "Зауваження каналу Наш сервер відповів каналу помилкою, 10:18 Wrong response",
        "Востаннє писали нам 10:30",
        "Востаннє писали ми 10:32",
        "Чекає на надсилання 1 повідомлення",
        "Завантажується 5 файлів",
        "Не доставлено за добу 2 повідомлення",
        "Остання причина Людина заблокувала бота",
        "Не розібрано за добу 0 повідомлень",
    ):
        assert words in told
    assert "Вебсторінка працює" in card(page, "web")
    assert "Востаннє писали нам ще не було" in card(page, "web")


async def test_without_an_address_a_channel_asks_for_itself(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    reception.vendors.says["telegram"] = VendorStatus("@pryimalnia_bot", waiting=0)
    reception.vendors.says["viber"] = VendorStatus("Приймальня", error="no webhook is set")
    page = (await admin.get(PAGE)).text
    assert "Адреса вебхука опитує сама" in card(page, "telegram")
    told = card(page, "viber")
    assert "Адреса вебхука немає" in told
    assert "Канал не знає, куди надсилати повідомлення" in told


async def test_a_fault_is_said_with_its_mend_and_nothing_of_it_is_markup(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    reception.vendors.faults["viber"] = "Viber refuses the token: <b>no</b> (2). Copy it to VIBER_TOKEN."
    page = (await admin.get(PAGE)).text
    told = card(page, "viber")
    assert "Viber не працює" in told
    assert "Канал не приймає ключ. Візьміть ключ у каналі ще раз" in told
    assert "VIBER_TOKEN" in told
    assert "<b>no</b>" not in page


async def test_the_switch_leaves_a_channel_to_people_and_back_and_is_recorded(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    assert not is_on((await admin.get(PAGE)).text, "viber")
    turned = await press(admin, "viber")
    assert (turned.status_code, turned.headers["location"]) == (
        303,
        "/workplace/channels?changed=viber",
    )
    page = (await admin.get(turned.headers["location"])).text
    assert is_on(page, "viber")
    assert not is_on(page, "telegram")
    assert "Увімкнено: кожне питання йде в чергу" in card(page, "viber")
    assert await people_only(reception, "viber")
    await press(admin, "viber", on=False, key="two")
    assert not await people_only(reception, "viber")
    assert await actions(reception.database, "viber") == ["channel_switched"] * 2


async def test_a_repeated_press_undoes_nothing_that_came_after_it(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    await press(admin, "viber", key="one")
    await press(admin, "viber", on=False, key="two")
    assert (await press(admin, "viber", key="one")).status_code == 303
    assert not await people_only(reception, "viber")
    assert await actions(reception.database, "viber") == ["channel_switched"] * 2


async def test_a_foreign_stale_or_senseless_form_turns_nothing(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    stale = await press(admin, "viber", csrf="somebody else's")
    assert stale.status_code == 403
    assert f'href="{PAGE}"' in stale.text
    foreign = await admin.client.post(
        SWITCH,
        data={"csrf": await admin.csrf(), "channel": "viber", "on": "yes"},
        headers={"Origin": "http://e.test"},
    )
    assert foreign.status_code == 403
    for name in ("", "signal", "../x"):
        unknown = await press(admin, name)
        assert unknown.status_code == 404
        assert "Такого каналу тут немає" in unknown.text
    assert not await people_only(reception, "viber")
    assert "channel_switched" not in await actions(reception.database)


async def connect(person, name):
    fields = {"csrf": await person.csrf(), "channel": name}
    return await person.client.post(f"{PAGE}/connect", data=fields, headers={"Origin": ORIGIN})


async def test_a_channel_is_set_up_from_the_page(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    reception.vendors.says["telegram"] = VendorStatus(account="@zrazkova_bot")
    page = (await admin.get(PAGE)).text
    assert "Під’єднати ще раз" in card(page, "telegram")
    assert "Під’єднати" not in card(page, "web")
    done = await connect(admin, "telegram")
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?changed=telegram")
    assert reception.vendors.connected == ["telegram"]


async def test_a_vendor_that_refuses_says_why_and_what_to_do(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    reception.vendors.faults["viber"] = "Viber refuses the token. Take VIBER_TOKEN from the bot's settings."
    refused = await connect(admin, "viber")
    assert refused.status_code == 502
    assert "Канал не приймає ключ." in refused.text
    assert "VIBER_TOKEN" in refused.text


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.HEAD, Role.EDITOR])
async def test_only_administrators_set_channels_up(reception, role):
    person = await reception.signed_in("person", role)
    assert (await connect(person, "telegram")).status_code == 403
    assert reception.vendors.connected == []


async def test_an_unknown_channel_is_not_set_up(reception):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    assert (await connect(admin, "pigeon")).status_code == 404
    assert reception.vendors.connected == []
