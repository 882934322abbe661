"""A code at sign-in: authenticators, recovery codes, the lock, who has to have one, and a person's own page."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from handover.accounts import attempts, second_factor, sessions
from handover.accounts.permissions import Role
from handover.accounts.second_factor import code_at, derived, step_at
from handover.workplace.browsers import browser
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import PASSWORD, SECRET, account, actions

ME = "/workplace/me"
SET_UP = f"{ME}/second-factor"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


async def press(person, address, **fields):
    fields.setdefault("csrf", await person.csrf())
    return await person.client.post(address, data=fields, headers={"Origin": ORIGIN})


async def secret_of(reception, person):
    async with reception.database.read() as db:
        seed = await second_factor.unconfirmed(db, person.account.id, reception.wall.now)
    return derived(SECRET, person.account.id, seed)


async def with_code(reception, login, role=Role.SPECIALIST):
    """A person who has set a code up; returns their browser, the secret and the recovery codes."""
    person = await reception.signed_in(login, role)
    await press(person, SET_UP, password=PASSWORD)
    secret = await secret_of(reception, person)
    done = await press(person, f"{SET_UP}/confirm", code=code_at(secret, step_at(reception.wall.now)))
    recovery = re.findall(r"<li>([a-z0-9-]{19})</li>", done.text)
    assert len(set(recovery)) == second_factor.RECOVERY_CODES
    return person, secret, recovery


async def by_password(client, login):
    return await client.post("/workplace/login", data={"login": login, "password": PASSWORD, "next": ME})


async def by_code(client, code):
    return await client.post("/workplace/login/code", data={"code": code, "next": ME})


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds, code):
    assert code_at(b"12345678901234567890", seconds // second_factor.STEP) == code


def test_the_secret_is_the_persons_and_the_houses_own():
    assert len({derived(house, who, seed) for house in (b"a", b"b") for who in "cd" for seed in "ef"}) == 8
    with pytest.raises(ValueError, match="no secret"):
        derived(b"", "iryna", "seed")


async def test_after_the_password_comes_the_code_each_once(reception):
    _, secret, recovery = await with_code(reception, "iryna")
    reception.wall.now += timedelta(minutes=5)
    async with reception.stranger() as client:
        half = await by_password(client, "iryna")
        assert half.headers["location"] == "/workplace/login/code?next=%2Fworkplace%2Fme"
        assert "pryimalnia_workplace" not in client.cookies
        assert (await client.get("/workplace")).status_code == 303
        assert "Код для входу" in (await client.get(half.headers["location"])).text
        stale = code_at(secret, step_at(reception.wall.now) - 2)
        for wrong in (stale, "ї", recovery[0][:-1]):
            assert (await by_code(client, wrong)).status_code == 401
    code = code_at(secret, step_at(reception.wall.now) - 1)
    async with reception.stranger() as client:
        await by_password(client, "iryna")
        inside = await by_code(client, f"{code[:3]} {code[3:]}")
        assert inside.headers["location"] == ME
        assert "pryimalnia_code" not in client.cookies
        assert (await client.get(ME)).status_code == 200
    for again, expected in ((code, 401), (recovery[3].upper(), 303), (recovery[3], 401)):
        async with reception.stranger() as client:
            await by_password(client, "iryna")
            assert (await by_code(client, again)).status_code == expected
    assert (await actions(reception.database)).count("recovery_used") == 1


async def test_guessing_codes_locks_even_the_right_one(reception):
    _, secret, recovery = await with_code(reception, "iryna")
    reception.wall.now += timedelta(minutes=5)
    async with reception.stranger() as client:
        for _ in range(attempts.FAILURES_ALLOWED):
            # A right password in between does not begin the count anew.
            await by_password(client, "iryna")
            assert (await by_code(client, "000000")).status_code == 401
        await by_password(client, "iryna")
        for right in (code_at(secret, step_at(reception.wall.now)), recovery[0]):
            locked = await by_code(client, right)
            assert locked.status_code == 429
            assert "Вхід закрито до" in locked.text
    assert (await actions(reception.database)).count("code_refused") == attempts.FAILURES_ALLOWED


async def test_half_a_session_ends_soon_opens_nothing_and_is_spent_once(reception):
    person, secret, _ = await with_code(reception, "iryna")
    async with reception.stranger() as client:
        await by_password(client, "iryna")
        half = client.cookies["pryimalnia_code"]
        reception.wall.now += sessions.HALF_LASTS
        late = await by_code(client, code_at(secret, step_at(reception.wall.now)))
        assert late.headers["location"].startswith("/workplace/login?")
        assert (await client.get("/workplace/login/code")).status_code == 303
    async with reception.stranger() as client:
        client.cookies.set("pryimalnia_workplace", half, domain="workplace.test", path="/workplace")
        assert (await client.get("/workplace")).status_code == 303
    now = reception.wall.now
    async with reception.database.write() as db:
        token = await sessions.begin(db, person.account.id, now)
        await sessions.complete(db, token, now)
        with pytest.raises(sessions.NoSession):
            await sessions.complete(db, token, now)


async def test_the_secret_is_shown_until_it_is_confirmed_and_never_again(reception):
    iryna = await reception.signed_in("iryna")
    assert (await press(iryna, SET_UP, password="не той пароль")).status_code == 422
    assert (await iryna.get(f"{SET_UP}/qr.svg")).status_code == 404
    await press(iryna, SET_UP, password=PASSWORD)
    secret = await secret_of(reception, iryna)
    shown = (await iryna.get(SET_UP)).text
    assert second_factor.typed(secret) in shown
    drawn = await iryna.get(f"{SET_UP}/qr.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert (await press(iryna, f"{SET_UP}/confirm", code="000000")).status_code == 422
    other = await reception.stranger().post("/workplace/login", data={"login": "iryna", "password": PASSWORD})
    assert other.headers["location"] == "/workplace"
    await press(iryna, f"{SET_UP}/confirm", code=code_at(secret, step_at(reception.wall.now)))
    assert (await iryna.get(f"{SET_UP}/qr.svg")).status_code == 404
    for address in (SET_UP, ME):
        assert second_factor.typed(secret) not in (await iryna.get(address)).text
    assert (await press(iryna, SET_UP, password=PASSWORD)).headers["location"] == ME
    reception.wall.now += second_factor.SET_UP_LASTS
    petro = await reception.signed_in("petro")
    await press(petro, SET_UP, password=PASSWORD)
    reception.wall.now += second_factor.SET_UP_LASTS
    assert (await petro.get(f"{SET_UP}/qr.svg")).status_code == 404


async def test_where_everybody_needs_a_code_it_comes_before_anything_else(reception):
    iryna = await reception.signed_in("iryna")
    admin, _, _ = await with_code(reception, "admin", Role.ADMINISTRATOR)
    csrf = await iryna.csrf()
    await press(admin, "/workplace/accounts/second-factor", on="yes", key="one")
    for address in ("/workplace", ME, "/workplace/conversations/x", "/workplace/events"):
        led = await iryna.get(address)
        assert (led.status_code, led.headers["location"]) == (303, SET_UP)
    part = await iryna.get("/workplace/queue", **{"HX-Request": "true"})
    assert (part.status_code, SET_UP in part.text) == (403, True)
    assert (await press(iryna, "/workplace/conversations/x/take", csrf=csrf)).headers["location"] == SET_UP
    assert "Тут входять із кодом" in (await iryna.get(SET_UP)).text
    await press(iryna, SET_UP, csrf=csrf, password=PASSWORD)
    secret = await secret_of(reception, iryna)
    await press(iryna, f"{SET_UP}/confirm", csrf=csrf, code=code_at(secret, step_at(reception.wall.now)))
    assert (await iryna.get("/workplace")).status_code == 200
    kept = await press(iryna, f"{SET_UP}/remove", password=PASSWORD)
    assert (kept.status_code, "обов’язков" in kept.text) == (409, True)
    await press(admin, "/workplace/accounts/second-factor", on="no", key="two")
    assert (await press(iryna, f"{SET_UP}/remove", password=PASSWORD)).status_code == 303
    assert (await by_password(reception.stranger(), "iryna")).headers["location"] == ME
    kinds = await actions(reception.database)
    assert [kinds.count(kind) for kind in ("factor_required", "factor_set", "factor_removed")] == [2, 2, 1]


async def test_new_recovery_codes_replace_the_old(reception):
    iryna, _, old = await with_code(reception, "iryna")
    renewed = await press(iryna, f"{SET_UP}/codes", password=PASSWORD)
    fresh = re.findall(r"<li>([a-z0-9-]{19})</li>", renewed.text)
    assert len(fresh) == second_factor.RECOVERY_CODES
    for code, status in ((old[0], 401), (fresh[0], 303)):
        async with reception.stranger() as client:
            await by_password(client, "iryna")
            assert (await by_code(client, code)).status_code == status
    assert "лишилося: 9" in (await iryna.get(ME)).text
    petro = await reception.signed_in("petro")
    assert (await press(petro, f"{SET_UP}/codes", password=PASSWORD)).status_code == 403


async def test_ones_own_password_changes_by_the_old_one_and_ends_other_sessions(reception):
    iryna = await reception.signed_in("iryna")
    elsewhere = reception.stranger()
    await by_password(elsewhere, "iryna")
    new = "інші чотири слова"
    for fields, said in (
        ({"password": "ні", "new": new, "again": new}, "Теперішній пароль не підходить"),
        ({"password": PASSWORD, "new": new, "again": "інше"}, "набрано двічі по-різному"),
        ({"password": PASSWORD, "new": "коротко", "again": "коротко"}, "від 10 до 200 знаків"),
    ):
        refused = await press(iryna, f"{ME}/password", **fields)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert (await elsewhere.get(ME)).status_code == 200
    done = await press(iryna, f"{ME}/password", password=PASSWORD, new=new, again=new)
    assert "Пароль змінено" in (await iryna.get(done.headers["location"])).text
    assert (await elsewhere.get(ME)).status_code == 303
    assert (await by_password(reception.stranger(), "iryna")).status_code == 401
    assert "access_changed" in await actions(reception.database)


async def test_sessions_are_listed_by_browser_and_ended_one_by_one_or_together(reception):
    iryna = await reception.signed_in("iryna")
    await account(reception.database, "petro")
    others = []
    for login in ("iryna", "iryna", "iryna", "petro"):
        client = reception.stranger()
        client.headers["User-Agent"] = WINDOWS
        reception.wall.now += timedelta(minutes=1)
        await by_password(client, login)
        others.append(client)
    page = (await iryna.get(ME)).text
    assert page.count("Chrome, Windows") == 3
    assert "Mozilla" not in page
    ids = re.findall(r'name="session" value="([0-9a-f]{16})"', page)
    assert len(ids) == 3
    await press(iryna, f"{ME}/sessions", session=ids[0])
    await press(iryna, f"{ME}/sessions", session="%")
    alive = [(await client.get(ME)).status_code for client in others]
    assert alive == [200, 200, 303, 200]
    petros = re.findall(r'value="([0-9a-f]{16})"', (await others[3].get(ME)).text)
    assert petros == []
    await press(iryna, f"{ME}/sessions")
    assert [(await client.get(ME)).status_code for client in others] == [303, 303, 303, 200]
    assert (await iryna.get(ME)).status_code == 200
    assert (await actions(reception.database)).count("sessions_ended") == 2


def test_a_browser_is_named_in_two_words():
    android = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
    assert [browser(line) for line in (WINDOWS, android, "curl/8", None)] == [
        "Chrome, Windows",
        "Chrome, Android",
        None,
        None,
    ]


async def test_a_code_that_comes_many_times_at_once_opens_once(reception):
    iryna, secret, recovery = await with_code(reception, "iryna")
    reception.wall.now += timedelta(minutes=5)
    now = reception.wall.now
    for code in (code_at(secret, step_at(now)), recovery[0]):
        proofs = await asyncio.gather(
            *(second_factor.prove(reception.database, SECRET, iryna.account.id, code, now) for _ in range(3)),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in proofs) == ["WrongCode", "WrongCode", "bool"]
        async with reception.database.write() as db:
            await attempts.forget(db, f"code:{iryna.account.id}")
