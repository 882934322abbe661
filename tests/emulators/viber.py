"""Viber's server and the phones of its people, on 127.0.0.1: written from the facts, never from our adapter.

It signs over the raw body (header and `?sig=`), repeats a callback that got no 200 with the same token, gives 64-bit
tokens, answers HTTP 200 with a status for everything, and lets phones refuse keyboards after it has said "ok".
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from tests.emulators import viber_rules as rules
from tests.emulators.vendor import Shown
from tests.emulators.viber_rules import Button, Verdict

RETRIES = (10.0, 60.0, 300.0, 600.0, 900.0, 900.0, 900.0, 900.0, 900.0)
"""Seconds before each repetition of a callback that was not answered with 200."""

ANSWER_WITHIN = 5.0
WELCOME_WINDOW = 300.0
CROWD = 100
HOUR = 3600.0
SESSION = 24 * HOUR
DETAILS_WINDOW = 12 * HOUR
ALWAYS_TOLD = ("message", "subscribed", "unsubscribed", "webhook")
FIRST_TOKEN = 5_741_311_803_571_721_087
"""More than JavaScript's numbers hold."""

# Which number stands for what is not confirmed: that it differs inside and outside the session is.
IN_SESSION, CHARGED = 1, 3


@dataclass
class Phone:
    """One person: what their screen shows and how they stand to the bot."""

    person: str
    name: str
    number: str
    subscribed: bool = False
    api_version: int = 8
    devices: int = 1
    desktop: bool = False
    screen: list[Shown] = field(default_factory=list)
    keyboard: tuple[Button, ...] = ()
    tracking: str = ""
    unseen: list[int] = field(default_factory=list)
    unanswered: list[float] = field(default_factory=list)
    wrote_at: float | None = None
    details_asked: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Refusal:
    """What the next request to a method gets instead of an answer."""

    http: int = 200
    verdict: Verdict | None = None
    raw: bytes = b""
    stall: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


class ViberServer:
    """Keeps `tests.emulators.vendor.Messenger`.

    `webhook` is where the bot listens before it has called set_webhook. `speed` multiplies every wait between two
    tries. `clock` counts the seconds of the hour and the session.
    """

    def __init__(
        self,
        token: str,
        webhook: str = "",
        *,
        speed: float = 0.001,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.webhook = webhook
        self.event_types: tuple[str, ...] = ("delivered", "seen", "failed", "conversation_started")
        self.sends_names = False
        self.callbacks: list[tuple[int | str, dict[str, Any]]] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.downloads: dict[str, bytes] = {}
        self._speed = speed
        self._clock = clock
        self._tokens = itertools.count(FIRST_TOKEN, 1_000_003)
        self._phones: dict[str, Phone] = {}
        self._gone: set[str] = set()
        self._media: dict[str, bytes] = {}
        self._refusals: dict[str, list[Refusal]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._port = 0

    # ---------------------------------------------------------------- the server

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}/pa"

    async def start(self) -> None:
        app = web.Application(client_max_size=2**20)
        app.router.add_post("/pa/{method}", self._api)
        app.router.add_get("/media/{name}", self._download)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---------------------------------------------------------------- what a person does

    def phone(self, person: str) -> Phone:
        """The person's phone, with a Viber account from now on."""
        if person not in self._phones:
            number = f"38067{len(self._phones) + 1_000_001}"
            self._phones[person] = Phone(person, f"Особа {len(self._phones) + 1}", number)
        return self._phones[person]

    async def open_chat(self, person: str, start: str | None = None) -> None:
        """Opening is not subscribing; the answer may hold one free welcome."""
        phone = self.phone(person)
        event = {"type": "open", "user": self._user(phone), "subscribed": phone.subscribed}
        if start is not None:
            event["context"] = start
        opened_at = self._clock()

        def welcomed(answer: bytes) -> None:
            in_time = self._clock() - opened_at <= WELCOME_WINDOW
            body = _json(answer)
            if isinstance(body, dict) and in_time and not phone.subscribed:
                self._welcome(phone, body)

        await self._tell("conversation_started", event, welcomed)

    async def subscribe(self, person: str) -> None:
        """A person subscribes without a message."""
        phone = self.phone(person)
        phone.subscribed = True
        await self._tell("subscribed", {"user": self._user(phone)})

    async def unsubscribe(self, person: str) -> None:
        """A person leaves."""
        self.phone(person).subscribed = False
        await self._tell("unsubscribed", {"user_id": person})

    block = unsubscribe

    def leave_viber(self, person: str) -> None:
        """The account is gone."""
        self._gone.add(person)

    async def write(self, person: str, text: str) -> None:
        await self.say(person, {"type": "text", "text": text})

    async def say(self, person: str, message: Mapping[str, Any], *, silent: bool = False) -> None:
        """A person sends a message of any type. The first one subscribes, and no `subscribed` is told."""
        phone = self.phone(person)
        phone.subscribed = True
        phone.unanswered.clear()
        phone.wrote_at = self._clock()
        tracked = {**message, "tracking_data": phone.tracking} if phone.tracking else dict(message)
        event = {
            "sender": self._user(phone),
            "message": tracked,
            "silent": silent,
            "chat_hostname": "SN-CHAT-01_",
        }
        await self._tell("message", event)

    async def press(self, person: str, label: str) -> None:
        phone = self.phone(person)
        button = next((button for button in reversed(phone.keyboard) if button.label == label), None)
        if button is None:
            raise KeyError(label)
        text = {"type": "text", "text": button.body}
        if button.action == "share-phone" and not phone.desktop:
            await self.share_contact(person, phone.name, phone.number)
        elif button.action == "location-picker" and not phone.desktop:
            await self.say(person, {"type": "location", "location": {"lat": 49.23, "lon": 28.47}})
        elif button.action != "none":
            await self.say(person, text, silent=button.silent)

    async def share_contact(self, person: str, name: str, number: str) -> None:
        """A card from the address book looks the same as one's own number."""
        await self.say(person, {"type": "contact", "contact": {"name": name, "phone_number": number}})

    async def send_file(self, person: str, kind: str, content: bytes, name: str) -> str:
        """A picture, video or file; returns its address, which lasts until `expire`."""
        key = f"{len(self._media) + 1}.{name.rpartition('.')[2]}"
        self._media[key] = content
        address = f"http://127.0.0.1:{self._port}/media/{key}?Expires=1764150000&Signature=a~b-c__"
        message = {"type": kind, "media": address, "file_name": name, "size": len(content)}
        await self.say(person, message)
        return address

    def expire(self) -> None:
        """The addresses of all files end."""
        self._media.clear()

    async def look(self, person: str) -> None:
        """A person looks at the chat: everything unseen is seen."""
        phone = self.phone(person)
        unseen, phone.unseen = phone.unseen, []
        for token in unseen:
            await self._tell("seen", {"user_id": person}, token=token)

    def screen(self, person: str) -> Sequence[Shown]:
        return tuple(self.phone(person).screen)

    # ---------------------------------------------------------------- what a test tells it

    def refuse_next(self, method: str = "send_message", times: int = 1, **refusal: Any) -> None:
        """The next requests to a method get this Refusal."""
        self._refusals.setdefault(method, []).extend([Refusal(**refusal)] * times)

    async def tell(self, event: Mapping[str, Any]) -> None:
        """A callback of any shape, signed; its repetitions are as of every other."""
        await self._tell(str(event.get("event", "")), dict(event))

    # ---------------------------------------------------------------- callbacks

    def _user(self, phone: Phone) -> dict[str, Any]:
        return {
            "id": phone.person,
            "name": phone.name if self.sends_names else "Viber User",
            "language": "uk",
            "country": "UA",
            "api_version": phone.api_version,
        }

    async def _tell(
        self,
        event: str,
        fields: Mapping[str, Any],
        answered: Callable[[bytes], None] | None = None,
        token: int | None = None,
    ) -> None:
        """Post an event once; what fails is repeated behind the caller's back."""
        if event not in ALWAYS_TOLD and event in _KNOWN and event not in self.event_types:
            return
        told = {
            "event": event,
            "timestamp": int(time.time() * 1000),
            "message_token": next(self._tokens) if token is None else token,
            **fields,
        }
        if await self._post(told, answered) or not self.webhook:
            return
        self._later(self._repeat(told, answered))

    async def _repeat(self, told: dict[str, Any], answered: Callable[[bytes], None] | None) -> None:
        for wait in RETRIES:
            await asyncio.sleep(wait * self._speed)
            if await self._post(told, answered):
                return

    async def _post(self, told: dict[str, Any], answered: Callable[[bytes], None] | None = None) -> bool:
        """Whether it was answered with 200 in time."""
        if not self.webhook or self._session is None:
            return False
        body = json.dumps(told, ensure_ascii=False).encode()
        signature = hmac.new(self.token.encode(), body, hashlib.sha256).hexdigest()
        status: int | str
        try:
            async with self._session.post(
                self.webhook,
                params={"sig": signature},
                data=body,
                headers={"Content-Type": "application/json", "X-Viber-Content-Signature": signature},
                timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN),
                allow_redirects=False,
            ) as response:
                answer, status = await response.read(), response.status
        except (aiohttp.ClientError, TimeoutError) as fault:
            answer, status = b"", type(fault).__name__
        self.callbacks.append((status, told))
        if status == 200 and answered is not None:
            answered(answer)
        return status == 200

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---------------------------------------------------------------- requests of the bot

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw = await request.read()
        waiting = self._refusals.get(method)
        if waiting:
            return await self._refuse(waiting.pop(0))
        body = _json(raw)
        if not isinstance(body, dict):
            return _answer(rules.BAD_DATA)
        given = request.headers.get("X-Viber-Auth-Token") or body.get("auth_token")
        if given is None:
            return _answer((2, "missing_auth_token"))
        if given != self.token:
            return _answer(rules.INVALID_TOKEN)
        self.requests.append((method, body))
        match method:
            case "set_webhook":
                return await self._set_webhook(body)
            case "get_account_info":
                return self._account()
            case "send_message":
                return self._send(body, len(raw))
            case "broadcast_message":
                return self._broadcast(body, len(raw))
            case "get_user_details":
                return self._details(body)
            case "get_online":
                return self._online(body)
            case _:
                return web.Response(status=404)

    async def _refuse(self, refusal: Refusal) -> web.Response:
        if refusal.stall:
            await asyncio.sleep(refusal.stall)
        if refusal.verdict is not None:
            return _answer(refusal.verdict)
        return web.Response(status=refusal.http, body=refusal.raw, headers=refusal.headers)

    async def _set_webhook(self, body: dict[str, Any]) -> web.Response:
        url = body.get("url")
        if not isinstance(url, str):
            return _answer(rules.MISSING_DATA)
        if not url:
            self.webhook = ""
            return _answer(rules.OK, event_types=[])
        # Loopback stands for a host with a certificate; nothing else may go without https.
        address = urlsplit(url)
        if address.scheme != "https" and address.hostname != "127.0.0.1":
            return _answer(rules.INVALID_URL)
        asked = body.get("event_types")
        if asked is not None and (not isinstance(asked, list) or not set(asked) <= {*_KNOWN, "message"}):
            return _answer((3, "event_types is not valid"))
        before, self.webhook = self.webhook, url
        heard = await self._post(
            {
                "event": "webhook",
                "timestamp": int(time.time() * 1000),
                "message_token": next(self._tokens),
                "chat_hostname": "SN-CHAT-01_",
            }
        )
        if not heard:
            self.webhook = before
            return _answer((1, "Result: response status not 200"))
        self.event_types = tuple(_KNOWN if asked is None else asked)
        self.sends_names = bool(body.get("send_name"))
        return _answer(rules.OK, event_types=list(self.event_types))

    def _account(self) -> web.Response:
        subscribers = [phone for phone in self._phones.values() if phone.subscribed]
        return _answer(
            rules.OK,
            id="pa:75346594275468546724",
            name="Приймальня Зразкова",
            uri="zrazkova",
            category="Government",
            country="UA",
            webhook=self.webhook,
            event_types=list(self.event_types),
            subscribers_count=len(subscribers),
        )

    def _details(self, body: dict[str, Any]) -> web.Response:
        phone = self._phones.get(str(body.get("id")))
        if phone is None or not phone.subscribed:
            return _answer(rules.NOT_SUBSCRIBED)
        now = self._clock()
        phone.details_asked = [at for at in phone.details_asked if now - at < DETAILS_WINDOW]
        if len(phone.details_asked) >= 2:
            return _answer(rules.TOO_MANY)
        phone.details_asked.append(now)
        return _answer(rules.OK, user=self._user(phone))

    def _online(self, body: dict[str, Any]) -> web.Response:
        ids = body.get("ids")
        if not isinstance(ids, list) or not 0 < len(ids) <= 100:
            return _answer(rules.BAD_DATA)
        users = [{"id": person, "online_status": 0, "online_status_message": "online"} for person in ids]
        return _answer(rules.OK, users=users)

    def _broadcast(self, body: dict[str, Any], size: int) -> web.Response:
        people = body.get("broadcast_list")
        if not isinstance(people, list) or not 0 < len(people) <= 300:
            return _answer(rules.BAD_DATA)
        failed = []
        for person in people:
            status, words = self._sent({**body, "receiver": person}, size)[0]
            if status != 0:
                failed.append({"receiver": person, "status": status, "status_message": words})
        return _answer(rules.OK, message_token=next(self._tokens), failed_list=failed)

    def _send(self, body: dict[str, Any], size: int) -> web.Response:
        verdict, more = self._sent(body, size)
        return _answer(verdict, **more)

    def _sent(self, body: dict[str, Any], size: int) -> tuple[Verdict, dict[str, Any]]:
        if size > rules.REQUEST_BYTES:
            return rules.BAD_DATA, {}
        if refused := rules.refusal(body):
            return refused, {}
        phone = self._phones.get(body["receiver"])
        if phone is None or phone.person in self._gone:
            return rules.NOT_REGISTERED, {}
        if not phone.subscribed:
            return rules.NOT_SUBSCRIBED, {}
        if phone.api_version < body.get("min_api_version", 1):
            return rules.API_LEVEL, {}
        now = self._clock()
        phone.unanswered = [at for at in phone.unanswered if now - at < HOUR]
        if len(phone.unanswered) >= CROWD:
            return (12, "Too many requests"), {}
        phone.unanswered.append(now)
        token = next(self._tokens)
        if rules.fault_on_phone(body) is None and _media(body) is None:
            self._show(phone, body)
        self._later(self._arrive(phone, body, token))
        in_session = phone.wrote_at is not None and now - phone.wrote_at < SESSION
        return rules.OK, {
            "message_token": token,
            "chat_hostname": "SN-CHAT-01_",
            "billing_status": IN_SESSION if in_session else CHARGED,
        }

    # ---------------------------------------------------------------- on the phone

    def _welcome(self, phone: Phone, body: dict[str, Any]) -> None:
        if rules.refusal(body, welcome=True) is None and rules.fault_on_phone(body) is None:
            self._show(phone, body)

    async def _arrive(self, phone: Phone, body: dict[str, Any], token: int) -> None:
        fault = rules.fault_on_phone(body) or await self._unfetched(body)
        if fault is not None:
            await self._tell("failed", {"user_id": phone.person, "desc": fault}, token=token)
            return
        if _media(body) is not None:
            self._show(phone, body)
        phone.unseen.append(token)
        for _ in range(phone.devices):
            await self._tell("delivered", {"user_id": phone.person}, token=token)

    async def _unfetched(self, body: Mapping[str, Any]) -> str | None:
        """A phone fetches pictures, videos and files by their address; only loopback is asked here."""
        media = _media(body)
        if media is None or urlsplit(media).hostname != "127.0.0.1" or self._session is None:
            return None
        try:
            async with self._session.get(media, timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN)) as file:
                content = await file.read()
                if file.status != 200:
                    return f"media answered {file.status}"
        except (aiohttp.ClientError, TimeoutError):
            return "media gave no answer"
        if body["type"] != "picture" and len(content) != body["size"]:
            return "size is not the file's"
        self.downloads[media] = content
        return None

    def _show(self, phone: Phone, body: Mapping[str, Any]) -> None:
        media = body.get("file_name") or body.get("media")
        if "keyboard" in body:
            phone.keyboard = rules.buttons_of(body["keyboard"])
        phone.tracking = str(body.get("tracking_data", ""))
        phone.screen.append(
            Shown(
                text=str(body.get("text") or body.get("location") or ""),
                buttons=tuple(button.label for button in rules.buttons_of(body.get("keyboard"))),
                sender=(body.get("sender") or {}).get("name"),
                files=(str(media),) if media else (),
            )
        )

    async def _download(self, request: web.Request) -> web.Response:
        content = self._media.get(request.match_info["name"])
        if content is None or "Signature" not in request.query:
            return web.Response(status=403)
        return web.Response(body=content, content_type="application/octet-stream")


_KNOWN = (
    "delivered",
    "seen",
    "failed",
    "subscribed",
    "unsubscribed",
    "conversation_started",
)


def _media(body: Mapping[str, Any]) -> str | None:
    """The address a phone fetches before it shows a message."""
    return body["media"] if body.get("type") in ("picture", "video", "file") else None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _answer(verdict: Verdict, **fields: Any) -> web.Response:
    status, words = verdict
    return web.json_response({"status": status, "status_message": words, **fields})
