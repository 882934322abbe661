"""Four strangers at our Viber: two clients, two bots. The emulator is tried, not our channel."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web

from tests.conftest import free_port
from tests.emulators.viber import ViberServer
from tests.peers.calls import Call, made, until
from tests.peers.environment import installed, script
from tests.peers.report import Report

TOKEN = "4d5e6f7a8b9c0d1e-2f3a4b5c6d7e8f90-a1b2c3d4e5f60718"
ANOTHER_TOKEN = "00000000000000aa-00000000000000bb-00000000000000cc"
PERSON, STRANGER = "olena==", "nobody=="
SILENCE = 2.0
"""Seconds after which a bot that has not answered never will."""

SIGNATURE = "X-Viber-Content-Signature"
PROBE = json.dumps({"event": "webhook", "timestamp": 1, "message_token": 1}).encode()

MENU = {"actionType": "reply", "actionBody": "menu", "text": "Меню"}


@contextlib.asynccontextmanager
async def viber() -> AsyncIterator[ViberServer]:
    """Our emulator with one subscriber."""
    emulator = ViberServer(TOKEN)
    await emulator.start()
    emulator.phone(PERSON).subscribed = True
    try:
        yield emulator
    finally:
        await emulator.stop()


def keyboard(**button: Any) -> dict[str, Any]:
    """As messaging-api-viber takes it: camelCase, turned into PascalCase by the package."""
    return {"keyboard": {"type": "keyboard", "defaultHeight": True, "buttons": [{**MENU, **button}]}}


def _client_calls(door: str) -> list[Call]:
    as_stranger = {"accessToken": ANOTHER_TOKEN}
    nameless = {"sender": {"name": ""}}
    return [
        Call(
            "set the webhook", "setWebhook", [door, {"eventTypes": ["delivered", "seen"], "sendName": True}]
        ),
        Call("read the account", "getAccountInfo", [], got=lambda got: got["webhook"] == door),
        Call("send a text with a keyboard", "sendText", [PERSON, "Добрий день!", keyboard()]),
        Call("send a picture", "sendPicture", [PERSON, {"text": "", "media": "https://media.example/a.jpg"}]),
        Call("send a link", "sendURL", [PERSON, "https://zakon.example/393"]),
        Call("send a sticker", "sendSticker", [PERSON, 40108]),
        Call("send a contact", "sendContact", [PERSON, {"name": "Ірина", "phoneNumber": "+380670000001"}]),
        Call("send a location", "sendLocation", [PERSON, {"lat": "49.23", "lon": "28.47"}]),
        Call("read a person's details", "getUserDetails", [PERSON], got=lambda got: got["id"] == PERSON),
        Call("the same once more", "getUserDetails", [PERSON]),
        Call("a third time within 12 hours", "getUserDetails", [PERSON], refused="tooManyRequests"),
        Call("ask who is online", "getOnlineStatus", [[PERSON]], got=lambda got: got[0]["id"] == PERSON),
        Call(
            "broadcast to one of two",
            "broadcastText",
            [[PERSON, STRANGER], "Оголошення"],
            got=lambda got: [one["receiver"] for one in got["failedList"]] == [STRANGER],
        ),
        Call(
            "ask for a phone at API level 3",
            "sendText",
            [PERSON, "Номер?", {**keyboard(actionType="share-phone"), "minApiVersion": 3}],
        ),
        Call(
            "ask for a phone at API level 1",
            "sendText",
            [PERSON, "Номер?", keyboard(actionType="share-phone")],
            refused="not found in enum",
        ),
        Call("send 7,001 characters", "sendText", [PERSON, "а" * 7_001], refused="badData"),
        Call("send 30 KB", "sendText", [PERSON, "а", {"trackingData": "а" * 15_000}], refused="badData"),
        Call("write without a name", "sendText", [PERSON, "?"], as_=nameless, refused="missingData"),
        Call("write to a stranger", "sendText", [STRANGER, "?"], refused="receiverNotRegistered"),
        Call("come with another token", "getAccountInfo", [], as_=as_stranger, refused="invalidAuthToken"),
        Call("set a webhook without https", "setWebhook", ["http://bot.example/"], refused="invalidUrl"),
        Call("take the webhook away", "removeWebhook", []),
    ]


async def try_client(report: Report) -> None:
    """npm messaging-api-viber as a client of our emulator."""
    peer = installed("messaging-api-viber")
    async with viber() as emulator, _door() as door:
        config = {
            "accessToken": TOKEN,
            "origin": emulator.base.removesuffix("/pa"),
            "sender": {"name": "Луна"},
        }
        async with script("messaging_api.cjs", "viber", config) as client:
            await made(_client_calls(door), client, report, peer)
        await emulator.settle()
        shown = emulator.screen(PERSON)
        report.check(peer, "see the keyboard on the phone", "shown", shown[0].buttons, ("Меню",))
        report.check(peer, "see its name over the text", "shown", shown[0].sender, "Луна")


async def try_official_bot(report: Report) -> None:
    """npm viber-bot, Viber's own library, as a bot behind our emulator."""
    peer = installed("viber-bot")
    port = free_port()
    async with (
        viber() as emulator,
        script("viber_bot.cjs", {"base": emulator.base, "token": TOKEN, "port": port}, listens=True) as bot,
    ):
        door = f"http://127.0.0.1:{port}/"
        calls = [
            Call("set the webhook, called back at once", "setWebhook", [door]),
            Call("read the account", "getBotProfile", [], got=lambda got: got["webhook"] == door),
            Call("read a person's details", "getUserDetails", [PERSON], got=lambda got: got["id"] == PERSON),
            Call("ask who is online", "getOnlineStatus", [[PERSON]]),
            Call("write to a subscriber", "send", [PERSON, "Добрий день!"]),
            Call("write to a stranger", "send", [STRANGER, "?"], refused="receiverNotRegistered"),
        ]
        await made(calls, bot, report, peer)
        await _talk(emulator, report, peer)
        unproven = "answer nothing to a wrong signature"
        report.check(peer, unproven, "unanswered", await _posted(door, {"sig": "0" * 64}), "nothing")
        # It looks for the header under a name that no header has.
        in_header = await _posted(door, {}, {SIGNATURE: _signature(PROBE)})
        report.check(peer, "answer nothing without ?sig=", "unanswered", in_header, "nothing")


async def try_third_client(report: Report) -> None:
    """PyPI aioviberbot as a client of our emulator and as a bot behind it, which reads the signature's header."""
    peer = installed("aioviberbot")
    port = free_port()
    async with (
        viber() as emulator,
        script(
            "aioviberbot_bot.py", {"base": emulator.base, "token": TOKEN, "port": port}, listens=True
        ) as bot,
    ):
        door = f"http://127.0.0.1:{port}/"
        kinds = ("text", "picture", "url", "contact", "location", "sticker", "keyboard", "rich media")
        calls = [
            Call("set the webhook, called back at once", "set_webhook", [door]),
            Call("read the account", "get_account_info", [], got=lambda got: got["webhook"] == door),
            Call("ask who is online", "get_online", [[PERSON]]),
            Call("read a person's details", "get_user_details", [PERSON]),
            *(Call(f"send: {kind}", "send", [PERSON, kind]) for kind in kinds),
            Call("broadcast to one of two", "broadcast", [[PERSON, STRANGER]]),
            Call("send 7,001 characters", "send", [PERSON, "long text"], refused="status: 3"),
            Call("write to a stranger", "send", [STRANGER, "text"], refused="status: 5"),
            Call("come with another token", "send as another", [ANOTHER_TOKEN, PERSON], refused="status: 2"),
        ]
        await made(calls, bot, report, peer)
        await _talk(emulator, report, peer)
        wrong = await _posted(door, {}, {SIGNATURE: "0" * 64})
        report.check(peer, "refuse a wrong signature", "refused", wrong, "403")


async def _talk(emulator: ViberServer, report: Report, peer: str) -> None:
    """A newcomer opens the bot's chat by a link, is welcomed, writes, and reads."""
    newcomer = "newcomer=="
    await emulator.open_chat(newcomer, "topic-subsidy")
    welcome = emulator.screen(newcomer)
    shown = [(one.text, one.buttons) for one in welcome]
    wanted = [("Вітаю: topic-subsidy", ("Меню",))]
    report.check(peer, "welcome a newcomer in the answer", "shown", shown, wanted)
    await emulator.write(newcomer, "Субсидія «онлайн» 🙂")
    await until(lambda: len(emulator.screen(newcomer)) > 1)
    await emulator.settle()
    # viber-bot repeats its welcome in the answer to every later callback: a welcome counts only once.
    echo = [one.text for one in emulator.screen(newcomer)[1:]]
    report.check(peer, "hear a message and answer", "shown", echo, ["Луна: Субсидія «онлайн» 🙂"])
    await emulator.look(newcomer)
    answered = {told["event"]: status for status, told in emulator.callbacks}
    wanted_answers = {
        "webhook": 200,
        "conversation_started": 200,
        "message": 200,
        "delivered": 200,
        "seen": 200,
    }
    report.check(peer, "answer every callback", "accepted", answered, wanted_answers)


def _signature(body: bytes) -> str:
    return hmac.new(TOKEN.encode(), body, hashlib.sha256).hexdigest()


async def _posted(door: str, query: dict[str, str], headers: dict[str, str] | None = None) -> str:
    """The status of a callback of ours, "nothing" where none comes."""
    patience = aiohttp.ClientTimeout(total=SILENCE)
    given = {"Content-Type": "application/json", **(headers or {})}
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.post(door, params=query, data=PROBE, headers=given) as answer,
        ):
            return str(answer.status)
    except TimeoutError:
        return "nothing"


@contextlib.asynccontextmanager
async def _door() -> AsyncIterator[str]:
    """A webhook that takes everything; gives its address."""

    async def taken(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/", taken)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
