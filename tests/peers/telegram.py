"""Two strangers as Telegram before our real channel: npm telegram-test-api and PyPI telemelya."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from adapters.telegram.channel import TelegramChannel
from adapters.transport import HttpTransport
from conversations.channel import ConnectFault, SendError
from conversations.messages import AttachmentKind, ConversationRef, IncomingMessage, OutgoingMessage, Reply
from tests.adapters.telegram_stage import BOT, CHOICES, JPEG, Desk, channel_at, opened_door, pulled
from tests.conftest import RedisServer, free_port
from tests.contract.case_telegram import TOKEN
from tests.contract.supplies import PUBLIC, Shelf
from tests.peers.bridge import Bridge, bridged
from tests.peers.calls import until
from tests.peers.environment import HOME, PYTHON, Script, installed, script, server
from tests.peers.report import Report

PERSON = 700_000_101
LABELS = [choice.label for choice in CHOICES]
QUESTION = Reply(text="Що саме?", choices=CHOICES)
ANSWER = Reply(text="Паспорт і довідка про доходи.", choices=CHOICES[1:])
SUBSIDY = "a:subsidy:d"
EXAMPLE = "Ось зразок."


@dataclass
class Stage:
    """Our channel before somebody else's Telegram, and the desk that hears."""

    channel: TelegramChannel
    shelf: Shelf
    desk: Desk
    report: Report
    peer: str
    way: str
    heard: int = 0

    def check(self, did: str, came: str, got: Any, wanted: Any) -> None:
        """A row of this peer."""
        self.report.check(self.peer, f"{did}, {self.way}", came, got, wanted)

    async def hears(self, did: str, *wanted: Any) -> IncomingMessage:
        """The next thing the desk hears: its kind, and what else is wanted of it in order."""
        self.heard += 1
        try:
            event = (await self.desk.heard(self.heard))[-1]
        except TimeoutError:
            raise TimeoutError(f"nothing was heard: {did}") from None
        assert isinstance(event, IncomingMessage)
        said = event.start if event.start is not None else event.choice_id or event.text
        self.check(did, "heard", [event.kind.value, said, event.author_name], [*wanted, "Олена"])
        return event

    async def says(self, reply: Reply, instead_of: str | None = None) -> str:
        """Send a reply; its last number, or the refusal in the contract's words."""
        ref = ConversationRef(
            community="zrazkova", channel="telegram", bot=TOKEN.partition(":")[0], address=str(PERSON)
        )
        message = OutgoingMessage(ref=ref, reply=reply, author=BOT, instead_of=instead_of)
        try:
            sent = [await self.channel.send(ref, part) for part in self.channel.render(message)]
        except SendError as refusal:
            return f"{type(refusal).__name__}: {refusal}"
        return str(sent[-1].external_id)

    def photo(self) -> Reply:
        """A reply with a photo."""
        return Reply(
            text=EXAMPLE, attachments=(self.shelf.lay(JPEG, AttachmentKind.PHOTO, "image/jpeg", "a.jpg"),)
        )

    def document(self) -> Reply:
        """A reply with a document."""
        file = self.shelf.lay(b"%PDF-1.7", AttachmentKind.DOCUMENT, "application/pdf", "a.pdf")
        return Reply(text=EXAMPLE, attachments=(file,))

    async def connects(self, bridge: Bridge, unknown: int) -> None:
        """Neither knows commands and menu buttons, so connecting goes as far as the webhook."""
        try:
            await self.channel.connect()
            ended = "connected"
        except ConnectFault as fault:
            ended = type(fault).__name__
        self.check(
            "check the token, set the webhook",
            "accepted",
            bridge.calls[:2],
            [("getMe", 200), ("setWebhook", 200)],
        )
        refused = [ended, *bridge.calls[2:]]
        self.check(
            "set the commands (it can't)", "refused", refused, ["ConnectFault", ("setMyCommands", unknown)]
        )


@contextlib.asynccontextmanager
async def _staged(base: str, public_url: str, report: Report, peer: str, way: str) -> AsyncIterator[Stage]:
    transport, shelf = HttpTransport(), Shelf()
    channel = channel_at(base, transport, shelf, public_url)
    try:
        yield Stage(channel, shelf, Desk(channel), report, peer, way)
    finally:
        await transport.close()


# ---------------------------------------------------------------- telegram-test-api


async def try_test_api(report: Report) -> None:
    """npm telegram-test-api, first asked by polling, then calling our webhook."""
    peer = installed("telegram-test-api")
    port = free_port()
    config = {"port": port, "token": TOKEN, "person": PERSON}
    base = f"http://127.0.0.1:{port}"
    async with script("telegram_test_api.cjs", config, listens=True) as vendor:
        async with _staged(base, "", report, peer, "by polling") as stage, pulled(stage.desk):
            await _chat(stage, vendor)
            # Its presses lack a field that aiogram demands: our channel saves what it can.
            await _press(stage, vendor, "press a button, not patched")
        async with (
            bridged(base) as bridge,
            _staged(bridge.base, PUBLIC, report, peer, "by webhook*") as stage,
            opened_door(stage.desk) as bridge.door,
        ):
            await stage.connects(bridge, unknown=500)
            await _chat(stage, vendor)
            await _press(stage, vendor, "press a button, not patched")
            await vendor.call("patch", True)
            pressed_in = await _press(stage, vendor, "press a button, patched")
            await _bridge_rows(stage, bridge, typing=500)
            edited = await stage.says(ANSWER, instead_of=pressed_in)
            # It answers null where Telegram answers with the message, so nothing says that the edit was made.
            stage.check("edit in place (it says null)", "uncertain", edited, _names_no_message)
            screen = (await vendor.call("screen"))["got"]
            shown = [one["text"] for one in screen if str(one["message_id"]) == pressed_in]
            stage.check("see the edit", "shown", shown, [ANSWER.text])
            photo = await stage.says(stage.photo())
            stage.check(
                "send a photo (it can't)", "refused", photo, lambda got: "not Telegram's (500)" in got
            )


async def _chat(stage: Stage, vendor: Script) -> None:
    await vendor.call("command", "/start topic-subsidy")
    await stage.hears("open the chat by a link", "start", "topic-subsidy")
    await vendor.call("write", "Як отримати субсидію? 🙂")
    await stage.hears("write", "text", "Як отримати субсидію? 🙂")
    number = await stage.says(QUESTION)
    stage.check("take a text with buttons", "accepted", number, str.isdecimal)
    newest = (await vendor.call("screen"))["got"][-1]
    shown = [newest["text"], *_labels(newest["reply_markup"])]
    stage.check("see the text and its buttons", "shown", shown, [QUESTION.text, *LABELS])


async def _press(stage: Stage, vendor: Script, did: str) -> str:
    """Press the first button of the newest message; that message's number."""
    newest = (await vendor.call("screen"))["got"][-1]
    button = newest["reply_markup"]["inline_keyboard"][0][0]
    message = {name: newest[name] for name in ("message_id", "text", "reply_markup")}
    await vendor.call("press", button["callback_data"], {**message, "date": int(time.time())})
    event = await stage.hears(did, "press", SUBSIDY)
    stage.check(f"{did}: in which message", "heard", event.pressed_in, str(newest["message_id"]))
    return str(newest["message_id"])


def _names_no_message(got: str) -> bool:
    return got == "ChannelUnavailable: the answer names no message"


# ---------------------------------------------------------------- telemelya


@dataclass
class Telemelya:
    """Its test side: what a person does, and what it has recorded."""

    base: str
    session: aiohttp.ClientSession
    seen: int = field(default=0)

    async def send(self, **update: Any) -> dict[str, Any]:
        """A person does something; how our webhook answered."""
        person = {"id": PERSON, "first_name": "Олена"}
        body = {"chat_id": PERSON, "from_user": person, **update}
        return await self._asked("POST", f"send_update?bot_token={TOKEN}", json=body)

    async def upload(self, content: bytes) -> str:
        """A person's file; its id."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename="a.jpg", content_type="image/jpeg")
        return str((await self._asked("POST", "upload_media", data=form))["file_id"])

    async def recorded(self) -> list[dict[str, Any]]:
        """What the bot has asked for since the last look."""
        responses = (await self._asked("GET", "responses"))["responses"]
        new, self.seen = responses[self.seen :], len(responses)
        return list(new)

    async def _asked(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        headers = {"Authorization": "Bearer peers"}
        address = f"{self.base}/api/v1/test/{path}"
        async with self.session.request(method, address, headers=headers, **more) as answer:
            told: dict[str, Any] = await answer.json()
            return told


async def try_telemelya(report: Report) -> None:
    """PyPI telemelya, which calls our webhook; its files lie with moto, its state with Redis."""
    peer = installed("telemelya")
    installed("moto")
    async with _running() as base, aiohttp.ClientSession() as session:
        vendor = Telemelya(base, session)
        async with (
            bridged(base) as bridge,
            _staged(bridge.base, PUBLIC, report, peer, "by webhook*") as stage,
            opened_door(stage.desk) as bridge.door,
        ):
            await _connection(stage, bridge, vendor)
            await _conversation(stage, bridge, vendor)
            await _files(stage, vendor)


async def _connection(stage: Stage, bridge: Bridge, vendor: Telemelya) -> None:
    await stage.connects(bridge, unknown=404)
    status = await stage.channel.status()
    told = [status.account, status.webhook, status.waiting]
    stage.check("tell of the bot and the webhook", "accepted", told, ["@telemelya_bot", bridge.hook, 0])
    bridge.proves = False
    unproven = await vendor.send(text="Без секрету")
    bridge.proves = True
    got = [unproven["delivery"]["status_code"], len(stage.desk.events)]
    stage.check("call without the secret header", "refused", got, [403, 0])


async def _conversation(stage: Stage, bridge: Bridge, vendor: Telemelya) -> None:
    await vendor.send(command="/start topic-subsidy")
    await stage.hears("open the chat by a link", "start", "topic-subsidy")
    await vendor.send(text="Як отримати субсидію? 🙂")
    await stage.hears("write", "text", "Як отримати субсидію? 🙂")
    await vendor.recorded()
    number = await stage.says(QUESTION)
    stage.check("take a text with buttons", "accepted", number, str.isdecimal)
    shown = [[one["method"], one["text"], *_labels(one["reply_markup"])] for one in await vendor.recorded()]
    stage.check("see the text and its buttons", "shown", shown, [["sendMessage", QUESTION.text, *LABELS]])
    await vendor.send(callback_data=SUBSIDY, callback_message_id=int(number))
    event = await stage.hears("press a button", "press", SUBSIDY)
    stage.check("press a button: in which message", "heard", event.pressed_in, number)
    await _bridge_rows(stage, bridge, typing=200)
    recorded = [one["method"] for one in await vendor.recorded()]
    stage.check("see the press acknowledged", "shown", recorded, ["answerCallbackQuery"])
    stage.check("edit in place", "accepted", await stage.says(ANSWER, instead_of=number), number)
    edits = [[one["method"], one["text"], *_labels(one["reply_markup"])] for one in await vendor.recorded()]
    stage.check("see the edit", "shown", edits, [["editMessageText", ANSWER.text, *LABELS[1:]]])
    anew = await stage.says(ANSWER, instead_of="999999")
    stage.check(
        "edit what is gone: a new message", "accepted", anew, lambda got: got.isdecimal() and got != number
    )


async def _files(stage: Stage, vendor: Telemelya) -> None:
    handle = await vendor.upload(JPEG)
    await vendor.send(photo_file_id=handle)
    event = await stage.hears("send a photo", "photo", "")
    fetched = await stage.channel.fetch_file(event.remote_files[0].handle)
    stage.check("hand out the photo (getFile)", "accepted", len(fetched.content), len(JPEG))
    await vendor.recorded()
    stage.check("take a photo as a form", "accepted", await stage.says(stage.photo()), str.isdecimal)
    stage.check("see the photo", "shown", [one["method"] for one in await vendor.recorded()], ["sendPhoto"])
    document = await stage.says(stage.document())
    stage.check("send a document (it can't)", "refused", document, lambda got: "not Telegram's (404)" in got)


@contextlib.asynccontextmanager
async def _running() -> AsyncIterator[str]:
    """telemelya with all it needs, on 127.0.0.1."""
    redis, files, own = RedisServer(), free_port(), free_port()
    await asyncio.to_thread(redis.start)
    moto = [str(HOME / "venv" / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(files)]
    base = f"http://127.0.0.1:{own}"
    settings = {
        "MOCK_SERVER_HOST": "127.0.0.1",
        "MOCK_SERVER_PORT": str(own),
        "MOCK_SERVER_URL": base,
        "REDIS_URL": redis.url,
        "MINIO_ENDPOINT": f"127.0.0.1:{files}",
        "AUTH_KEYS": "peers",
        "STRICT_EDIT": "true",
    }
    try:
        async with (
            server(moto, f"http://127.0.0.1:{files}/moto-api/"),
            server([str(PYTHON), "-m", "telemelya.server.app"], base, settings),
        ):
            yield base
    finally:
        redis.stop()


# ---------------------------------------------------------------- both


async def _bridge_rows(stage: Stage, bridge: Bridge, typing: int) -> None:
    """What our answers to updates asked for; `typing` is what sendChatAction gets there."""
    wanted = {"sendChatAction": typing, "answerCallbackQuery": 200}
    await until(lambda: dict(bridge.answered) == wanted)
    stage.check("be asked for a sign and an acknowledgement", "accepted", dict(bridge.answered), wanted)


def _labels(markup: dict[str, Any] | None) -> Sequence[str]:
    return [button["text"] for row in (markup or {}).get("inline_keyboard", ()) for button in row]
