"""The one door for every channel: what is not stored is never answered 200, and nothing said reaches a log."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.web.channel import WebChannel
from bots.app.house import House
from bots.app.links import PublicLinks
from bots.app.settings import load
from bots.app.web import BODY_LIMIT, application
from bots.turns.deliver import deliver
from bots.turns.think import think
from conversations.attachments import FolderStore
from conversations.database import Database
from conversations.signals import MemorySignals
from conversations.typing import typing_topic
from tests.conftest import free_port
from tests.printing.reading import codes, words
from tests.turns.world import COMMUNITY, world

ADDRESS = "http://reception.test"
FROM_THE_PAGE = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
DOOR = f"/webhooks/{COMMUNITY}/web"


class FailingCommit(Database):
    """The disk is full, the server is gone: everything works until the commit."""

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        async with super().write() as db:
            yield db
            raise OperationalError("COMMIT", {}, OSError("no space left on device"))


def client(database: Database, folder: Path) -> httpx.AsyncClient:
    runtime = world(database, MemorySignals(), folder / "files").runtime
    runtime = replace(runtime, channels={"web": WebChannel(COMMUNITY, b"secret")})
    house = House(load({"PRYIMALNIA_FOLDER": str(folder)}, folder / ".env"), runtime, b"secret")
    transport = httpx.ASGITransport(application(house, with_worker=False), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


async def stored(database: Database) -> int:
    async with database.read() as db:
        return int((await db.execute(text("SELECT count(*) FROM inbox"))).scalar_one())


async def test_a_message_is_stored_before_it_is_confirmed_and_only_once(
    database: Database, tmp_path: Path
) -> None:
    async with client(database, tmp_path) as page:
        await page.get("/")
        said = {"key": "k" * 16, "kind": "text", "text": "субсидія"}
        for _ in range(3):
            answer = await page.post(DOOR, json=said, headers=FROM_THE_PAGE)
            assert answer.status_code == 200
            assert answer.json() == {"accepted": ["k" * 16]}
    assert await stored(database) == 1


async def test_a_commit_that_fails_is_never_answered_200(database_url: str, tmp_path: Path) -> None:
    database = FailingCommit(database_url)
    try:
        async with client(database, tmp_path) as page:
            await page.get("/")
            said = {"key": "k" * 16, "kind": "text", "text": "субсидія"}
            answer = await page.post(DOOR, json=said, headers=FROM_THE_PAGE)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert await stored(database) == 0
    finally:
        await database.close()


async def test_without_proof_nothing_is_taken(database: Database, tmp_path: Path) -> None:
    async with client(database, tmp_path) as page:
        said = {"key": "k" * 16, "kind": "text", "text": "субсидія"}
        assert (await page.post(DOOR, json=said, headers=FROM_THE_PAGE)).status_code == 403
        await page.get("/")
        foreign = {"origin": "http://elsewhere.test", "sec-fetch-site": "cross-site"}
        assert (await page.post(DOOR, json=said, headers=foreign)).status_code == 403
    assert await stored(database) == 0


async def test_an_unreadable_body_is_kept_and_confirmed(database: Database, tmp_path: Path) -> None:
    async with client(database, tmp_path) as page:
        await page.get("/")
        headers = {**FROM_THE_PAGE, "content-type": "application/json"}
        answer = await page.post(DOOR, content=b"{not json", headers=headers)
        assert answer.status_code == 200
    async with database.read() as db:
        kept = (await db.execute(text("SELECT body FROM unreadable"))).scalar_one()
    assert bytes(kept) == b"{not json"


async def test_a_body_without_end_is_refused(database: Database, tmp_path: Path) -> None:
    async with client(database, tmp_path) as page:
        await page.get("/")
        headers = {**FROM_THE_PAGE, "content-type": "application/json"}
        answer = await page.post(DOOR, content=b"x" * (BODY_LIMIT + 1), headers=headers)
    assert answer.status_code == 413


async def test_health_tells_when_the_database_is_away(tmp_path: Path) -> None:
    database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none")
    try:
        async with client(database, tmp_path) as page:
            answer = await page.get("/health")
        assert answer.status_code == 503
        assert answer.json()["database"] == "away"
    finally:
        await database.close()


async def test_a_database_error_does_not_repeat_what_was_said(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(SQLAlchemyError) as fault:
        async with database.write() as db:
            await db.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "таємниця"})
    assert "таємниця" not in str(fault.value)
    assert "таємниця" not in caplog.text


async def test_a_file_is_given_by_its_link_alone(database: Database, tmp_path: Path) -> None:
    async with client(database, tmp_path) as page:
        store = FolderStore(tmp_path / "files", 1_000_000)
        file = await store.put(b"\x89PNG\r\n\x1a\n" + bytes(20), name="рішення.png")
        link = PublicLinks(b"secret", ADDRESS).link(file)
        assert link is not None
        given = await page.get(link)
        assert (given.status_code, given.headers["content-type"]) == (200, "image/png")
        assert given.content == await store.get(file.content_hash)
        assert (await page.get(link.replace("until=", "until=1"))).status_code == 404
        assert (await page.get(link.partition("?")[0])).status_code == 404
        await store.drop(file.content_hash)
        assert (await page.get(link)).status_code == 404


async def test_a_list_is_a_download_in_the_chat_of_its_owner_alone(
    database: Database, tmp_path: Path
) -> None:
    runtime = world(database, MemorySignals(), tmp_path / "files").runtime
    runtime = replace(runtime, channels={"web": WebChannel(COMMUNITY, b"secret")}, public_url=ADDRESS)
    house = House(load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env"), runtime, b"secret")
    transport = httpx.ASGITransport(application(house, with_worker=False), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as page:
        await page.get("/")
        for number, said in enumerate(("які документи на субсидію", "перелік у pdf")):
            body = {"key": f"{number}" * 16, "kind": "text", "text": said}
            assert (await page.post(DOOR, json=body, headers=FROM_THE_PAGE)).status_code == 200
            while await think(runtime) + await deliver(runtime):
                pass
        last = (await page.get("/chat/history")).json()["lines"][-1]
        (file,) = last["files"]
        assert (file["kind"], file["name"]) == ("document", "Субсидія, документи.pdf")
        given = await page.get(file["url"])
        assert given.status_code == 200
        assert given.headers["content-disposition"].startswith("attachment;")
        assert "1. Заява" in words(given.content)
        assert codes(given.content) == [ADDRESS]
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as stranger:
        await stranger.get("/")
        assert (await stranger.get(file["url"])).status_code == 404


async def test_typing_wakes_whoever_looks_and_is_kept_nowhere(database: Database, tmp_path: Path) -> None:
    runtime = world(database, MemorySignals(), tmp_path / "files").runtime
    runtime = replace(runtime, channels={"web": WebChannel(COMMUNITY, b"secret")})
    house = House(load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env"), runtime, b"secret")
    transport = httpx.ASGITransport(application(house, with_worker=False))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as page:
        await page.get("/")
        assert (await page.post("/chat/typing", headers=FROM_THE_PAGE)).status_code == 204, "nothing said yet"
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as page:
        await page.get("/")
        said = {"key": "k" * 16, "kind": "text", "text": "субсидія"}
        assert (await page.post(DOOR, json=said, headers=FROM_THE_PAGE)).status_code == 200
        async with database.read() as db:
            chat = (await db.execute(text("SELECT id FROM conversations"))).scalar_one()
        before = await stored(database)
        async with runtime.signals.subscribe(typing_topic(chat)) as heard:
            assert await anext(heard) == typing_topic(chat), "everybody is woken once at the beginning"
            assert (await page.post("/chat/typing", headers=FROM_THE_PAGE)).status_code == 204
            assert await anext(heard) == typing_topic(chat)
        assert await stored(database) == before


async def test_typing_is_taken_even_where_it_can_t_be_told(tmp_path: Path) -> None:
    away = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing")
    async with client(away, tmp_path) as page:
        await page.get("/")
        assert (await page.post("/chat/typing", headers=FROM_THE_PAGE)).status_code == 204
    await away.close()


async def test_the_screen_of_a_hall_stands_beside_the_chat(database: Database, tmp_path: Path) -> None:
    reception = (
        world(database, MemorySignals(), tmp_path / "unused")
        .runtime.minds[COMMUNITY]
        .knowledge.community.reception
    )
    async with client(database, tmp_path) as page:
        screen = await page.get(f"/board/{reception.id}")
        state = await page.get(f"/board/{reception.id}/state")
        nowhere = await page.get("/board/nowhere")
    assert (screen.status_code, state.status_code, nowhere.status_code) == (200, 200, 404)
    assert reception.name in screen.text
    assert "script-src 'self'" in screen.headers["content-security-policy"]
    assert state.json()["office"].startswith(reception.name)
