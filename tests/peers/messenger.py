"""A stranger at our Graph API: npm messaging-api-messenger."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.emulators.messenger import GraphServer
from tests.peers.calls import Call, made
from tests.peers.environment import installed, script
from tests.peers.report import Report

PAGE_ID = "200000000000001"
PAGE_TOKEN = "EAAEmulatedPageToken0123456789"
APP_SECRET = "0123456789abcdef0123456789abcdef"
APP_ID = "300000000000001"
PUBLIC = "https://chat.example"
VERIFY = "a-verify-token"
VERSION = "25.0"
WROTE_NOW, WROTE_YESTERDAY, NEVER_WROTE = "1000000000000001", "1000000000000002", "1000000000000003"
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200

RESPONSE = {"messagingType": "RESPONSE"}


def quick(count: int) -> dict[str, Any]:
    """So many quick replies."""
    replies = [
        {"contentType": "text", "title": f"Тема {n}", "payload": f"t:{n}"} for n in range(1, count + 1)
    ]
    return {**RESPONSE, "quickReplies": replies}


def postbacks(count: int) -> list[dict[str, str]]:
    """So many buttons of a template."""
    return [{"type": "postback", "title": f"Кнопка {n}", "payload": f"b:{n}"} for n in range(1, count + 1)]


def _profile_calls() -> list[Call]:
    menu = [{"type": "postback", "title": "Меню", "payload": "m:menu"}]
    greeting = "Добрий день! Це приймальня."
    return [
        Call("ask who the Page is", "getPageInfo", [], got=lambda got: got["id"] == PAGE_ID),
        Call("set a menu before Get started", "setPersistentMenu", [menu], refused="Get Started"),
        Call("set Get started", "setGetStarted", ["m:start"]),
        Call("set the menu", "setPersistentMenu", [menu]),
        Call("set the greeting", "setGreeting", [greeting]),
        Call("read Get started", "getGetStarted", [], got=lambda got: got["payload"] == "m:start"),
        Call("read the menu", "getPersistentMenu", [], got=lambda got: got[0]["callToActions"] == menu),
        Call("read the greeting", "getGreeting", [], got=lambda got: got[0]["text"] == greeting),
        Call("set a greeting of 161 characters", "setGreeting", ["а" * 161], refused="greeting[text]"),
        Call("set a menu line of 31 characters", "setPersistentMenu", [[{**menu[0], "title": "а" * 31}]],
             refused="(#100)"),
    ]  # fmt: skip


def _sending_calls() -> list[Call]:
    to = WROTE_NOW
    return [
        Call("send a text", "sendText", [to, "Добрий день!", RESPONSE], got=lambda got: bool(got["messageId"])),
        Call("send a text as UPDATE", "sendText", [to, "Довідка готова."]),
        Call("send 13 quick replies", "sendText", [to, "Оберіть тему", quick(13)]),
        Call("send 14 quick replies", "sendText", [to, "Оберіть тему", quick(14)], refused="quick_replies"),
        Call("send 2,001 characters", "sendText", [to, "а" * 2_001, RESPONSE], refused="(#100)"),
        Call("send 3 buttons", "sendButtonTemplate", [to, "Що далі?", postbacks(3), RESPONSE]),
        Call("send 4 buttons", "sendButtonTemplate", [to, "Що далі?", postbacks(4), RESPONSE], refused="buttons"),
        Call("send 641 characters over buttons", "sendButtonTemplate", [to, "а" * 641, postbacks(1), RESPONSE],
             refused="(#100)"),
        Call("send a card", "sendGenericTemplate",
             [to, [{"title": "Субсидія", "subtitle": "Закон 393", "buttons": postbacks(1)}], RESPONSE]),
        Call("send 11 cards", "sendGenericTemplate",
             [to, [{"title": "Субсидія", "subtitle": "…"}] * 11, RESPONSE], refused="elements"),
        Call("send an image by its address", "sendImage", [to, "https://media.example/a.jpg", RESPONSE]),
        Call("send an image's bytes", "sendImage",
             [to, {"$bytes": base64.b64encode(JPEG).decode()}, {"filename": "a.jpg", **RESPONSE}]),
        Call("show typing", "typingOn", [to], got=lambda got: got["recipientId"] == to),
        Call("show that it has read", "markSeen", [to]),
        Call("write to somebody who never wrote", "sendText", [NEVER_WROTE, "?", RESPONSE],
             refused="No matching user"),
        Call("write after 24 hours", "sendText", [WROTE_YESTERDAY, "?"], refused="outside of allowed window"),
        Call("write after them by a removed tag", "sendText",
             [WROTE_YESTERDAY, "?", {"tag": "CONFIRMED_EVENT_UPDATE"}], refused="Invalid parameter"),
        Call("write after them as HUMAN_AGENT, not granted", "sendText",
             [WROTE_YESTERDAY, "?", {"tag": "HUMAN_AGENT"}], refused="(#10)"),
        Call("send both a text and a sign", "sendRawBody",
             [{"recipient": {"id": to}, "senderAction": "typing_on", "message": {"text": "?"}}],
             refused="Cannot send both"),
    ]  # fmt: skip


def _proof_calls() -> list[Call]:
    return [
        Call("come without appsecret_proof", "getPageInfo", [], as_={"skipAppSecretProof": True},
             refused="appsecret_proof"),
        Call("prove it by another secret", "getPageInfo", [], as_={"appSecret": "f" * 32},
             refused="Invalid appsecret_proof"),
        Call("come with another token", "getPageInfo", [], as_={"accessToken": "EAAAnother"}, refused="190"),
        Call("use version 6.0", "getPageInfo", [], as_={"version": "6.0"}, refused="2635"),
        Call("subscribe to webhooks", "createSubscription",
             [{"callbackUrl": f"{PUBLIC}/hook", "verifyToken": VERIFY, "fields": ["messages"]}],
             got=lambda got: got["success"] is True),
        Call("read the subscription", "getPageSubscription", [],
             got=lambda got: got["callbackUrl"] == f"{PUBLIC}/hook"),
        Call("subscribe with another verify token", "createSubscription",
             [{"callbackUrl": f"{PUBLIC}/hook", "verifyToken": "another", "fields": ["messages"]}],
             refused="verification failed"),
    ]  # fmt: skip


@dataclass
class Clock:
    """What the vendor takes for now."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


async def try_client(report: Report) -> None:
    """npm messaging-api-messenger as a client of our emulator."""
    peer = installed("messaging-api-messenger")
    clock = Clock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    async with _graph(clock) as graph:
        await graph.write(WROTE_YESTERDAY, "Добрий день!")
        clock.now += timedelta(hours=25)
        await graph.write(WROTE_NOW, "Добрий день!")
        config = {
            "accessToken": PAGE_TOKEN,
            "appId": APP_ID,
            "appSecret": APP_SECRET,
            "origin": graph.base,
            "version": VERSION,
        }
        async with script("messaging_api.cjs", "messenger", config) as client:
            await made(_profile_calls(), client, report, peer)
            await made(_sending_calls(), client, report, peer)
            shown = {line.text: line for line in graph.screen(WROTE_NOW)}
            topics = tuple(f"Тема {n}" for n in range(1, 14))
            report.check(peer, "see the quick replies", "shown", shown["Оберіть тему"].buttons, topics)
            report.check(
                peer, "see the signs", "shown", list(graph.signs(WROTE_NOW)), ["typing_on", "mark_seen"]
            )
            report.check(peer, "see the bytes of the image", "shown", len(graph.uploaded("a.jpg")), len(JPEG))
            await _personas(graph, client, report, peer)
            graph.human_agent = True
            tagged = Call("write after 24 hours as HUMAN_AGENT, granted", "sendText",
                          [WROTE_YESTERDAY, "Я на зв'язку.", {"tag": "HUMAN_AGENT"}])  # fmt: skip
            await made([tagged, *_proof_calls()], client, report, peer)


async def _personas(graph: GraphServer, client: Any, report: Report, peer: str) -> None:
    picture = "https://media.example/maria.jpg"
    maria = {"name": "Марія Зразкова", "profilePictureUrl": picture}
    calls = [
        Call("make a persona", "createPersona", [maria]),
        Call(
            "make one without a picture", "createPersona", [{"name": "Без фото"}], refused="profile_picture"
        ),
        Call(
            "list the personas",
            "getAllPersonas",
            [],
            got=lambda got: [one["name"] for one in got] == [maria["name"]],
        ),
    ]
    made_persona, *_ = await made(calls, client, report, peer)
    persona = {**RESPONSE, "personaId": made_persona["id"]}
    unknown = {**RESPONSE, "personaId": "1"}
    calls = [
        Call("write as the persona", "sendText", [WROTE_NOW, "Вітаю, я Марія.", persona]),
        Call("write as an unknown persona", "sendText", [WROTE_NOW, "?", unknown], refused="persona_id"),
    ]
    await made(calls, client, report, peer)
    report.check(peer, "see the persona's name", "shown", graph.screen(WROTE_NOW)[-1].sender, maria["name"])


@contextlib.asynccontextmanager
async def _graph(clock: Clock) -> AsyncIterator[GraphServer]:
    """Our emulator, and a webhook that passes its handshake."""

    async def hook(request: web.Request) -> web.Response:
        if request.method == "GET" and request.query.get("hub.verify_token") != VERIFY:
            return web.Response(status=403)
        return web.Response(text=request.query.get("hub.challenge", ""))

    app = web.Application()
    app.router.add_route("*", "/hook", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door = f"http://127.0.0.1:{runner.addresses[0][1]}"
    graph = GraphServer(
        page_id=PAGE_ID,
        page_token=PAGE_TOKEN,
        app_secret=APP_SECRET,
        app_id=APP_ID,
        reach={PUBLIC: door},
        clock=clock,
    )
    await graph.start()
    try:
        yield graph
    finally:
        await graph.stop()
        await runner.cleanup()
