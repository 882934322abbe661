"""The routes of the chat page: the cookie, the live stream, the history, the files, and who is refused."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
from sse_starlette.event import ServerSentEvent
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.web.files import megabytes, too_large
from adapters.web.stream import cursor_from, events
from adapters.web.typing import OFTEN, Typing
from conversations.messages import ConversationRef, Reply
from tests.adapters.page_stage import ANSWER, BOT, PHONE, PNG, SPECIALIST, Stage

SAME_SITE = {"sec-fetch-site": "same-origin"}


def client_of(stage: Stage, scheme: str = "http") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(stage.app), base_url=f"{scheme}://chat.example")


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def visitor(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has opened the page."""
    async with client_of(stage) as client:
        assert (await client.get("/")).status_code == 200
        yield client


async def post(client: httpx.AsyncClient, **message: Any) -> httpx.Response:
    return await client.post("/webhooks/zrazkova/web", json=message, headers=SAME_SITE)


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "договір.png") -> httpx.Response:
    return await client.post("/chat/files", files={"file": (name, content)}, headers=SAME_SITE)


async def test_the_first_visit_gets_a_cookie_and_later_ones_keep_it(stage: Stage) -> None:
    async with client_of(stage) as client:
        first = (await client.get("/")).headers["set-cookie"]
        again = (await client.get("/")).headers["set-cookie"]
    assert re.fullmatch(
        r"pryimalnia-visitor=[\w-]{43}; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax", first
    )
    assert again == first


async def test_over_https_the_cookie_is_for_this_host_and_https_only() -> None:
    async with client_of(Stage(origin="https://chat.example"), "https") as client:
        cookie = (await client.get("/")).headers["set-cookie"]
    assert cookie.startswith("__Host-pryimalnia-visitor=")
    assert "; Secure" in cookie


async def test_a_broken_cookie_is_replaced(stage: Stage) -> None:
    async with client_of(stage) as client:
        client.cookies.set("pryimalnia-visitor", "short")
        assert re.match(r"pryimalnia-visitor=[\w-]{43};", (await client.get("/")).headers["set-cookie"])


async def test_the_page_lets_nothing_foreign_in(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)


async def test_without_scripts_the_page_gives_a_phone(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/")).text
    without_scripts = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert without_scripts
    assert PHONE in without_scripts[1]


async def test_scripts_are_served_fresh_and_as_what_they_are(visitor: httpx.AsyncClient) -> None:
    script = await visitor.get("/chat/static/chat.js")
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    assert script.headers["x-content-type-options"] == "nosniff"
    assert script.headers["cache-control"] == "no-cache"


async def test_what_is_said_is_in_the_history_under_its_own_key(visitor: httpx.AsyncClient) -> None:
    answer = await post(visitor, key="key-00000001", kind="text", text="скільки платять")
    assert answer.json() == {"accepted": ["key-00000001"]}
    feed = (await visitor.get("/chat/history")).json()
    own, bot = feed["lines"]
    assert (own["author"], own["text"], own["key"]) == ("citizen", "скільки платять", "key-00000001")
    assert (bot["author"], bot["key"]) == ("bot", None)
    assert bot["card"]["source"]["url"] == "https://zakon.example/332"
    assert [choice["id"] for choice in bot["choices"]] == [choice.id for choice in ANSWER.choices]
    assert (feed["cursor"], feed["owner"]) == (2, "bot")
    later = (await visitor.get("/chat/history?after=1")).json()
    assert [line["position"] for line in later["lines"]] == [2]


async def test_nobody_sees_another_persons_conversation(stage: Stage, visitor: httpx.AsyncClient) -> None:
    await post(visitor, key="key-00000001", kind="text", text="моє питання")
    async with client_of(stage) as other:
        await other.get("/")
        assert (await other.get("/chat/history")).json()["lines"] == []


async def test_two_people_may_make_the_same_key(stage: Stage, visitor: httpx.AsyncClient) -> None:
    await post(visitor, key="key-00000001", kind="text", text="перша")
    async with client_of(stage) as other:
        await other.get("/")
        await post(other, key="key-00000001", kind="text", text="друга")
        assert (await other.get("/chat/history")).json()["lines"][0]["text"] == "друга"


@pytest.mark.parametrize("path", ["/chat/history", "/chat/stream"])
async def test_a_stranger_gets_no_lines(stage: Stage, path: str) -> None:
    async with client_of(stage) as client:
        assert (await client.get(path)).status_code == 403


@pytest.mark.parametrize(
    ("claims", "cursor"),
    [
        (("7", "3"), 7),
        ((None, "3"), 3),
        (("x", "3"), 3),
        (("-1", None), 0),
        ((None, None), 0),
        (("9" * 40,), 0),
        (("٣",), 0),
    ],
)
def test_a_cursor_is_read_from_the_first_claim_that_is_one(
    claims: tuple[str | None, ...], cursor: int
) -> None:
    assert cursor_from(*claims) == cursor


class Listener:
    """An open stream of one visitor, read event by event."""

    def __init__(self, stage: Stage, address: str, cursor: int = 0, heartbeat: float = 30.0) -> None:
        ref = stage.channel.ref(address)
        self.closing = anyio.Event()
        self._events = events(
            stage.feed, ref, cursor, lambda file: file.content_hash, heartbeat, self.closing
        )

    async def next(self) -> ServerSentEvent:
        return await asyncio.wait_for(anext(self._events), 10)

    async def feed(self) -> dict[str, Any]:
        event = await self.next()
        assert event.event == "feed"
        assert isinstance(event.data, str)
        told: dict[str, Any] = json.loads(event.data)
        assert event.id == str(told["cursor"])
        return told

    async def close(self) -> None:
        await self._events.aclose()


async def test_the_stream_ends_by_itself_when_the_server_stops(stage: Stage) -> None:
    listener = Listener(stage, "somebody")
    await listener.feed()
    listener.closing.set()
    with pytest.raises(StopAsyncIteration):
        await listener.next()


async def test_the_stream_tells_the_state_at_once_then_each_line(stage: Stage) -> None:
    listener = Listener(stage, "somebody")
    assert await listener.feed() == {
        "lines": [], "cursor": 0, "owner": "bot", "owner_name": None, "ahead": None
    }  # fmt: skip
    conversation = stage.feed.only()
    stage.feed.say(conversation, BOT, Reply(text="перше"))
    stage.feed.say(conversation, BOT, Reply(text="друге"))
    said = (await listener.feed())["lines"]
    assert [line["text"] for line in said] == ["перше", "друге"]
    await listener.close()
    assert stage.feed.watching == 0


async def test_a_long_conversation_comes_whole(stage: Stage, visitor: httpx.AsyncClient) -> None:
    await visitor.get("/chat/history")
    conversation = stage.feed.only()
    for number in range(10):
        stage.feed.say(conversation, BOT, Reply(text=f"рядок {number}"))
    (address,) = stage.feed.conversations
    listener = Listener(stage, address)
    whole = await listener.feed()
    await listener.close()
    assert [line["position"] for line in whole["lines"]] == list(range(1, 11))
    assert whole["cursor"] == 10
    assert (await visitor.get("/chat/history")).json() == whole


async def test_the_stream_resumes_after_a_cursor(stage: Stage) -> None:
    conversation = stage.feed.conversations["somebody"]
    for text in ("перше", "друге", "третє"):
        stage.feed.say(conversation, BOT, Reply(text=text))
    listener = Listener(stage, "somebody", cursor=2)
    assert [line["text"] for line in (await listener.feed())["lines"]] == ["третє"]
    await listener.close()


async def test_the_stream_tells_who_answers_now(stage: Stage) -> None:
    listener = Listener(stage, "somebody")
    await listener.feed()
    conversation = stage.feed.only()
    conversation.owner, conversation.owner_name = "specialist", SPECIALIST.name
    stage.feed.wake(conversation)
    told = await listener.feed()
    assert (told["owner"], told["owner_name"], told["lines"]) == ("specialist", "Марія Зразкова", [])
    await listener.close()


async def test_a_line_that_was_taken_back_comes_once_more_as_it_looks_now(stage: Stage) -> None:
    listener = Listener(stage, "somebody")
    await listener.feed()
    conversation = stage.feed.only()
    stage.feed.say(conversation, BOT, Reply(text="не те"))
    (line,) = (await listener.feed())["lines"]
    gone = replace(conversation.lines[0], reply=Reply(text="відкликано"))
    conversation.withdrawn = (gone,)
    stage.feed.wake(conversation)
    assert (await listener.feed())["lines"] == [{**line, "text": "відкликано"}]
    stage.feed.say(conversation, BOT, Reply(text="правильно"))
    assert [line["text"] for line in (await listener.feed())["lines"]] == ["відкликано", "правильно"]
    await listener.close()


async def test_a_silent_stream_beats_and_a_lost_wake_up_only_delays(stage: Stage) -> None:
    listener = Listener(stage, "somebody", heartbeat=0.01)
    await listener.feed()
    assert (await listener.next()).event == "beat"
    conversation = stage.feed.only()
    stage.feed.say(conversation, BOT, Reply(text="сказано без дзвінка"), wake=False)
    while (event := await listener.next()).event == "beat":
        pass
    assert "сказано без дзвінка" in str(event.data)
    await listener.close()


async def test_a_file_goes_up_is_sent_and_comes_back_to_its_owner_only(
    stage: Stage, visitor: httpx.AsyncClient
) -> None:
    uploaded = (await upload(visitor, PNG)).json()
    accepted = await post(visitor, key="key-00000001", kind="file", files=[uploaded["file"]])
    assert accepted.json() == {"accepted": ["key-00000001"]}
    line = (await visitor.get("/chat/history")).json()["lines"][0]
    (shown,) = line["files"]
    assert (shown["kind"], shown["name"]) == ("photo", "договір.png")
    got = await visitor.get(shown["url"])
    assert got.content == PNG
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    async with client_of(stage) as other:
        assert (await other.get(shown["url"])).status_code == 404
        await other.get("/")
        assert (await other.get(shown["url"])).status_code == 404
        stolen = await post(other, key="key-00000002", kind="file", files=[uploaded["file"]])
        assert stolen.json() == {"accepted": []}


async def test_a_changed_link_opens_nothing(stage: Stage, visitor: httpx.AsyncClient) -> None:
    url = (await upload(visitor, PNG)).json()["shown"]["url"]
    assert (await visitor.get(url)).status_code == 200
    assert (await visitor.get(url.replace("image%2Fpng", "text%2Fhtml"))).status_code == 404
    assert (await visitor.get(url.partition("?")[0])).status_code == 404
    assert (await visitor.get("/chat/files/..%2Fsecret")).status_code == 404
    stage.store.kept.clear()
    assert (await visitor.get(url)).status_code == 404


async def test_a_signed_file_cannot_be_changed(visitor: httpx.AsyncClient) -> None:
    signed = (await upload(visitor, PNG)).json()["file"]
    for changed in ({"size": 1}, {"kind": "voice"}, {"name": "інше.png"}, {"content_hash": "a" * 64}):
        answer = await post(visitor, key="key-00000001", kind="file", files=[{**signed, **changed}])
        assert answer.json() == {"accepted": []}


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"\x89PNG" + b"0" * 100_000, 413, "Файл завеликий: 0,2 МБ. Можна до 0,1 МБ"),
        (b"\x89PNG" + b"0" * 5_000_000, 413, "Файл завеликий: 5,1 МБ. Можна до 0,1 МБ"),
        (b"<html>", 415, "Надішліть фото, запис голосу або PDF"),
        (b"", 415, "Файл порожній"),
    ],
)
async def test_a_file_that_is_refused_is_refused_kindly(
    visitor: httpx.AsyncClient, content: bytes, status: int, words: str
) -> None:
    answer = await upload(visitor, content)
    assert answer.status_code == status
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\njust text\r\n--b--\r\n',
        b"--b\r\nno colon\r\n\r\n",
        (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n' * 2) + b"--b--",
    ],
)
async def test_a_broken_form_is_refused(visitor: httpx.AsyncClient, body: bytes) -> None:
    headers = {**SAME_SITE, "content-type": "multipart/form-data; boundary=b"}
    answer = await visitor.post("/chat/files", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}])
async def test_another_site_cannot_upload(visitor: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await visitor.post("/chat/files", files={"file": ("a.png", PNG)}, headers=headers)
    assert answer.status_code == 403


async def test_neither_the_cookie_nor_words_reach_a_log(
    visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await post(visitor, key="key-00000001", kind="text", text="таємне питання")
    await upload(visitor, PNG, "таємний договір.png")
    await visitor.get("/chat/history")
    assert "таємн" not in caplog.text
    assert visitor.cookies["pryimalnia-visitor"] not in caplog.text


@pytest.mark.parametrize(
    ("size", "words"), [(10_000_000, "10"), (10_000_001, "10,1"), (12_340_000, "12,4"), (1, "0,1")]
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert megabytes(size) == words


def test_an_unknown_size_is_left_out() -> None:
    assert too_large(None, 10_000_000).startswith("Файл завеликий. Можна до 10 МБ")


async def test_typing_is_passed_on_now_and_then_and_only_from_our_own_page(
    stage: Stage, visitor: httpx.AsyncClient
) -> None:
    heard: list[ConversationRef] = []
    moment = 100.0

    async def hear(ref: ConversationRef) -> None:
        heard.append(ref)

    typing = Typing(stage.channel, hear, lambda: moment)
    app = Starlette(routes=[Route("/typing", typing.tell, methods=["POST"])])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as client:
        assert (await client.post("/typing", headers=SAME_SITE)).status_code == 403
        client.cookies = visitor.cookies
        for _ in range(5):
            assert (await client.post("/typing", headers=SAME_SITE)).status_code == 204
        assert heard == [stage.channel.ref(stage.channel.visitor(dict(visitor.cookies)))]
        moment += OFTEN
        assert (await client.post("/typing", headers=SAME_SITE)).status_code == 204
        assert (await client.post("/typing", headers={"sec-fetch-site": "cross-site"})).status_code == 403
    assert len(heard) == 2
    # A house without anybody to tell takes it all the same.
    assert (await visitor.post("/chat/typing", headers=SAME_SITE)).status_code == 204
