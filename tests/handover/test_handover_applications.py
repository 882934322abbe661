"""The pages of applications: found by number on the record, a code shown once, a file looked through and imported."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from handover.accounts.permissions import Role
from handover.applications import looking, register
from handover.applications.record import Record, State
from handover.applications.tables import applications
from handover.workplace import applications_import
from tests.applications.files import FIRST, SECOND, csv_file
from tests.handover.conftest import ORIGIN, Browser, Reception
from tests.handover.handover_world import COMMUNITY, SECRET, TUESDAY, actions, conversation

PAGE = "/workplace/applications"
HEADERS = {"Origin": ORIGIN}


async def stands(reception: Reception, state: State = State.APPROVED) -> None:
    one = Record("202600123", "2026-00123", "housing-subsidy", state, TUESDAY.date(), 123456)
    async with reception.database.write() as db:
        await register.put(db, COMMUNITY, [one], register.FILES, TUESDAY)


async def issued(me: Browser, key: str = "k1") -> httpx.Response:
    data = {"csrf": await me.csrf(), "number": "2026-00123", "key": key}
    return await me.client.post(f"{PAGE}/code", data=data, headers=HEADERS)


async def test_an_application_is_found_by_its_number_and_that_is_recorded(reception: Reception) -> None:
    await stands(reception)
    me = await reception.signed_in("iryna")
    page = await me.get(f"{PAGE}?number=2026 00123")
    text = page.text.replace("\u00a0", " ")
    assert "№ 2026-00123: призначено" in text
    assert "Житлова субсидія" in text
    assert "1 234,56 грн" in text
    assert await actions(reception.database, "№ 2026-00123") == ["application_read"]
    unknown = await me.get(f"{PAGE}?number=999999")
    assert "Заяви з таким номером у реєстрі немає" in unknown.text


async def test_a_code_is_shown_once_opens_the_chat_and_the_next_one_replaces_it(reception: Reception) -> None:
    await stands(reception)
    me = await reception.signed_in("iryna")
    page = await issued(me)
    code = re.search(r'class="once">([A-Z0-9]{4}-[A-Z0-9]{4})<', page.text)
    assert code is not None
    again = await issued(me)
    assert again.status_code == 409
    assert code[1] not in again.text
    chat = await conversation(reception.database, TUESDAY)

    async def opens(shown: str) -> str:
        async with reception.database.write() as db:
            looked = await looking.by_code(
                db, COMMUNITY, chat, "202600123", shown.replace("-", ""), SECRET, TUESDAY
            )
        return looked.outcome

    assert await opens(code[1]) == "found"
    other = re.search(r'class="once">([A-Z0-9-]{9})<', (await issued(me, "k2")).text)
    assert other is not None
    assert (await opens(code[1]), await opens(other[1])) == ("wrong", "found")
    assert await actions(reception.database, "№ 2026-00123") == ["application_code_issued"] * 2
    stranger = await issued_for(me, "404404")
    assert stranger.status_code == 404


async def issued_for(me: Browser, number: str) -> httpx.Response:
    data = {"csrf": await me.csrf(), "number": number, "key": "k9"}
    return await me.client.post(f"{PAGE}/code", data=data, headers=HEADERS)


async def uploaded(me: Browser, content: bytes, name: str = "заяви.csv") -> str:
    answer = await me.client.post(
        f"{PAGE}/import",
        data={"csrf": await me.csrf()},
        files={"file": (name, content, "text/csv")},
        headers=HEADERS,
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def settled(me: Browser, address: str) -> str:
    """The page once nobody works on the file any more."""
    for _ in range(500):
        text = (await me.get(address)).text
        if "<progress" not in text:
            return text
        await asyncio.sleep(0.02)
    raise AssertionError("the import does not end")


async def press(me: Browser, address: str, deed: str) -> None:
    answer = await me.client.post(f"{address}/{deed}", data={"csrf": await me.csrf()}, headers=HEADERS)
    assert answer.status_code == 303


async def count(reception: Reception) -> int:
    async with reception.database.read() as db:
        return int(await db.scalar(select(func.count()).select_from(applications)) or 0)


def counted(text: str) -> list[str]:
    return re.findall(r"<dd>([^<]*)</dd>", text)[:4]


async def test_a_file_is_looked_through_then_imported_and_its_errors_are_a_file(
    reception: Reception, tmp_path: Path
) -> None:
    me = await reception.signed_in("head", Role.HEAD)
    wrong = ("2026-00003", "Субсидія", "хтозна", "31.02.2026", "", "")
    content = csv_file(tmp_path, [FIRST, SECOND, wrong]).read_bytes()
    address = await uploaded(me, content)
    looked = await settled(me, address)
    assert counted(looked) == ["2", "0", "0", "1"]
    assert "такого дня немає в календарі" in looked
    assert await count(reception) == 0, "looked through only"
    await press(me, address, "begin")
    assert "Завантажено" in await settled(me, address)
    assert await count(reception) == 2
    rows = list(
        csv.reader(io.StringIO((await me.get(f"{address}/errors.csv")).text.lstrip("\ufeff")), delimiter=";")
    )
    assert rows[0] == ["Рядок", "Колонка", "Що не так", "Як виправити"]
    assert [row[:3] for row in rows[1:]] == [
        ["4", "Стан", "невідомий стан"],
        ["4", "Дата стану", "такого дня немає в календарі"],
    ]
    assert "applications_imported" in await actions(reception.database)
    again = await settled(me, await uploaded(me, content))
    assert counted(again) == ["0", "0", "2", "1"]


async def test_a_file_that_is_no_table_says_how_to_mend_it(reception: Reception) -> None:
    me = await reception.signed_in("head", Role.HEAD)
    text = await settled(me, await uploaded(me, "Прізвище;Адреса\nА;Б\n".encode()))
    assert "немає назв колонок" in text
    assert "Нічого не записано." in text
    assert await count(reception) == 0


async def test_an_import_can_be_stopped_and_what_broke_off_begun_again(
    reception: Reception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await reception.signed_in("head", Role.HEAD)
    content = csv_file(tmp_path, [(f"2026-{place:05}", *FIRST[1:]) for place in range(1200)]).read_bytes()
    address = await uploaded(me, content)
    await settled(me, address)

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(applications_import.importing, "run", dies)
        await press(me, address, "begin")
        await asyncio.sleep(0.05)
    reception.wall.now += timedelta(minutes=1)
    assert "Робота зупинилася сама" in (await me.get(address)).text
    await press(me, address, "begin")
    assert "Завантажено" in await settled(me, address)
    assert await count(reception) == 1200
    second = await uploaded(me, content)
    await settled(me, second)
    await press(me, second, "stop")
    assert "Зупинено" in await settled(me, second)


async def test_another_communitys_application_and_file_are_not_found(
    reception: Reception, tmp_path: Path, now: datetime
) -> None:
    await stands(reception)
    me = await reception.signed_in("head", Role.HEAD)
    address = await uploaded(me, csv_file(tmp_path, [FIRST]).read_bytes())
    await settled(me, address)
    stranger = await reception.signed_in("stranger", Role.HEAD, community="elsewhere")
    assert "немає" in (await stranger.get(f"{PAGE}?number=2026-00123")).text
    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.get(f"{address}/errors.csv")).status_code == 404
