"""Meta's Graph API and the phones of a Page's people, as the facts of the platform say (docs: CHANNELS, Messenger).

What a person does becomes a signed webhook: batched, repeated at once and then ever more seldom until it is answered
200, in no promised order. What the bot sends is checked as the vendor checks it: token and proof, the 24 hours, tags,
lengths and counts, and each message sent comes back as an echo and a delivery.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tests.emulators.messenger_rules import (
    FIELDS,
    PROFILE,
    GraphError,
    Upload,
    buttons_of,
    check_fields,
    check_message,
    check_persona,
    check_profile,
    invalid,
    words_of,
)
from tests.emulators.messenger_webhooks import Webhooks
from tests.emulators.vendor import Shown

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)
INBOX_APP = 263902037430900
"""The app behind the inbox in which colleagues write."""

SENDS_A_SECOND = 300
OLDEST_VERSION, NEWEST_VERSION = 21, 26

_FIELD_OF = {
    "message": "messages",
    "postback": "messaging_postbacks",
    "delivery": "message_deliveries",
    "read": "message_reads",
    "referral": "messaging_referrals",
    "message_edit": "message_edits",
    "reaction": "message_reactions",
}


@dataclass
class Line:
    """One message of the bot's on a screen, as it was sent."""

    mid: str
    message: Mapping[str, Any]
    sender: str | None
    file: str | None


@dataclass
class Phone:
    """One person's side of the conversation."""

    psid: str
    lines: list[Line] = field(default_factory=list)
    acted_at: datetime | None = None
    blocked: bool = False
    standby: bool = False
    quick: Mapping[str, str] = field(default_factory=dict)
    signs: list[str] = field(default_factory=list)


@dataclass
class Refusal:
    """What the next call of a path gets instead of an answer."""

    path: str
    respond: Callable[[], web.Response]


class GraphServer:
    """One Page. `speed` hurries every wait of the vendor's; `clock` is what it takes for now.

    `webhook` is where it calls us from the start, with everything subscribed; without it the bot subscribes itself.
    `reach` says where a public address really lies. `shuffled`: the items of a batch come in any order. `human_agent`:
    the app may use the tag of that name.
    """

    def __init__(
        self,
        *,
        page_id: str,
        page_token: str,
        app_secret: str,
        app_id: str,
        webhook: str | None = None,
        reach: Mapping[str, str] | None = None,
        page_name: str = "Зразкова громада",
        speed: float = 0.001,
        shuffled: bool = False,
        human_agent: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.page_id = page_id
        self.app_id = app_id
        self.page_name = page_name
        self.human_agent = human_agent
        self.profile: dict[str, Any] = {}
        self.personas: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self._token, self._secret = page_token, app_secret
        self._expired = False
        self._clock = clock
        self.webhooks = Webhooks(
            page_id, app_secret, reach or {}, speed, Random(20261124) if shuffled else None, self._now
        )
        if webhook is not None:
            self.webhooks.url = webhook
            self.webhooks.page_fields = self.webhooks.app_fields = set(FIELDS)
        self._phones: dict[str, Phone] = {}
        self._files: dict[str, tuple[bytes, str]] = {}
        self._refusals: list[Refusal] = []
        self._sent_at: list[float] = []
        self._stamp = 0
        self._runner: web.AppRunner | None = None
        self._port = 0

    # What a test looks at and stands in.

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/cdn/{file}/{name}", self._serve_file)
        app.router.add_route("*", "/{version}/{node}", self._call)
        app.router.add_route("*", "/{version}/{node}/{edge}", self._call)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        await self.webhooks.start()

    async def stop(self) -> None:
        await self.webhooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settle(self) -> None:
        """Until everything on its way has arrived or has been given up."""
        await self.webhooks.settle()

    def psid(self, person: str) -> str:
        """The id a person has for this Page: digits as they are, anything else made into some."""
        if person.isascii() and person.isdigit():
            return person
        return str(10**15 + int(hashlib.sha256(person.encode()).hexdigest(), 16) % 10**15)

    def screen(self, person: str) -> Sequence[Shown]:
        return [
            Shown(
                text=words_of(line.message),
                buttons=(
                    *(button["title"] for button in buttons_of(line.message)),
                    *(reply.get("title", "") for reply in line.message.get("quick_replies", ())),
                ),
                sender=line.sender,
                files=(line.file,) if line.file else (),
            )
            for line in self._phone(person).lines
        ]

    def signs(self, person: str) -> Sequence[str]:
        """Sender actions shown to a person."""
        return self._phone(person).signs

    def uploaded(self, name: str) -> bytes:
        """The bytes of a file the bot has sent. Raises KeyError."""
        return {known: content for content, known in self._files.values()}[name]

    def block(self, person: str) -> None:
        """The person lets the Page in no more."""
        self._phone(person).blocked = True

    def expire_token(self) -> None:
        """The Page's token is no longer good."""
        self._expired = True

    def forget_personas(self) -> None:
        """Somebody deleted them by hand."""
        self.personas.clear()

    def refuse_next(
        self,
        code: int,
        subcode: int | None = None,
        *,
        status: int = 400,
        message: str = "No.",
        headers: Mapping[str, str] | None = None,
        path: str = "messages",
        times: int = 1,
    ) -> None:
        """The next calls of a path get this error."""
        body = GraphError(code, message, subcode).body()
        self._refusals += [
            Refusal(path, lambda: web.json_response(body, status=status, headers=headers))
        ] * times

    def garble_next(self, status: int = 200, body: bytes = b"\xff<", path: str = "messages") -> None:
        """The next call of a path gets something that is not the Graph API's."""
        self._refusals.append(Refusal(path, lambda: web.Response(status=status, body=body)))

    # What people do.

    async def open_chat(self, person: str, start: str | None = None) -> None:
        phone = self._phone(person)
        new = phone.acted_at is None
        referral = {"ref": start, "source": "SHORTLINK", "type": "OPEN_THREAD"} if start else None
        if new and "get_started" in self.profile:
            postback = {
                "mid": self._mid(),
                "title": "Почати",
                "payload": self.profile["get_started"]["payload"],
            }
            self._act(phone, postback={**postback, **({"referral": referral} if referral else {})})
        elif referral:
            self._act(phone, referral=referral)

    async def write(self, person: str, text: str) -> None:
        self._say(person, text=text)

    async def press(self, person: str, label: str) -> None:
        """A quick reply, while nothing came after it; else a template's button; else a line of the menu."""
        phone = self._phone(person)
        if label in phone.quick:
            self._say(person, text=label, quick_reply={"payload": phone.quick[label]})
            return
        staying = [button for line in reversed(phone.lines) for button in buttons_of(line.message)]
        for menu in self.profile.get("persistent_menu", ()):
            staying += menu["call_to_actions"]
        for button in staying:
            if button["title"] == label:
                if button["type"] == "postback":
                    self._act(
                        phone, postback={"mid": self._mid(), "title": label, "payload": button["payload"]}
                    )
                return
        raise KeyError(label)

    async def send_file(self, person: str, kind: str, content: bytes, name: str, text: str = "") -> None:
        """A person sends a file: kind is image, audio, video or file."""
        attachment = {"type": kind, "payload": {"url": self._keep(content, name)}}
        self._say(person, **({"text": text} if text else {}), attachments=[attachment])

    async def send_location(self, person: str, latitude: float, longitude: float) -> None:
        """A person shares a point."""
        coordinates = {"lat": latitude, "long": longitude}
        self._say(person, attachments=[{"type": "location", "payload": {"coordinates": coordinates}}])

    async def send_sticker(self, person: str) -> None:
        """A person sends a sticker."""
        payload = {"sticker_id": 369239263222822, "url": f"{self.base}/cdn/like/like.png"}
        self._say(person, attachments=[{"type": "sticker", "payload": payload}])

    async def edit(self, person: str, mid: str, text: str, times: int = 1) -> None:
        """A person changes what they wrote."""
        self._act(self._phone(person), message_edit={"mid": mid, "text": text, "num_edit": times})

    async def react(self, person: str) -> None:
        """A person presses a heart on the newest message."""
        mid = self._phone(person).lines[-1].mid
        self._act(self._phone(person), reaction={"mid": mid, "action": "react", "emoji": "❤"})

    async def read(self, person: str) -> None:
        """A person looks at the chat: everything up to now is read."""
        phone = self._phone(person)
        self.webhooks.tell("message_reads", self._item(phone, read={"watermark": self._now()}))

    async def colleague_writes(self, person: str, text: str, *, takes: bool = False) -> None:
        """Somebody writes in the Page's inbox; `takes`: from then on the thread is that app's."""
        phone = self._phone(person)
        phone.standby = phone.standby or takes
        self._echo(phone, {"mid": self._mid(), "text": text, "app_id": INBOX_APP})

    async def give_back(self, person: str) -> None:
        """The thread is the bot's again."""
        self._phone(person).standby = False

    # Webhooks.

    def _phone(self, person: str) -> Phone:
        psid = self.psid(person)
        return self._phones.setdefault(psid, Phone(psid))

    def _now(self) -> int:
        """Milliseconds; no two moments are the same, so that the order can be told from them."""
        self._stamp = max(int(self._clock().timestamp() * 1000), self._stamp + 1)
        return self._stamp

    def _mid(self) -> str:
        return "m_" + base64.urlsafe_b64encode(secrets.token_bytes(64)).decode().rstrip("=")

    def _item(self, phone: Phone, **fields: Any) -> dict[str, Any]:
        ends = {"sender": {"id": phone.psid}, "recipient": {"id": self.page_id}}
        return {**ends, "timestamp": self._now(), **fields}

    def _say(self, person: str, **message: Any) -> None:
        self._act(self._phone(person), message={"mid": self._mid(), **message})

    def _act(self, phone: Phone, **fields: Any) -> None:
        """A person did something: the window opens anew, and quick replies are gone."""
        phone.acted_at = self._clock()
        if "reaction" not in fields:
            phone.quick = {}
        (kind,) = fields
        self.webhooks.tell(_FIELD_OF[kind], self._item(phone, **fields), standby=phone.standby)

    def _echo(self, phone: Phone, message: Mapping[str, Any]) -> None:
        ends = {"sender": {"id": self.page_id}, "recipient": {"id": phone.psid}}
        item = {**ends, "timestamp": self._now(), "message": {"is_echo": True, **message}}
        self.webhooks.tell("message_echoes", item, standby=phone.standby)

    # The Graph API.

    async def _call(self, request: web.Request) -> web.StreamResponse:
        node, edge = request.match_info["node"], request.match_info.get("edge", "")
        self.calls.append((request.method, edge or node))
        for refusal in self._refusals:
            if refusal.path == (edge or node):
                self._refusals.remove(refusal)
                return refusal.respond()
        try:
            fields, upload = await _fields(request)
            self._require_version(request.match_info["version"])
            if node == self.app_id:
                self._require_app(_token(request, fields))
                return web.json_response(await self._app_edge(request.method, edge, fields))
            self._require_page(_token(request, fields), request, fields)
            if node not in {"me", self.page_id}:
                raise invalid(f"Object with ID '{node}' does not exist", 33)
            return web.json_response(self._page_edge(request.method, edge, fields, upload))
        except GraphError as error:
            return web.json_response(error.body(), status=error.status)

    def _require_version(self, version: str) -> None:
        number = version.removeprefix("v").removesuffix(".0")
        if not number.isdigit() or not OLDEST_VERSION <= int(number) <= NEWEST_VERSION:
            raise GraphError(2635, "You are calling a deprecated version of the API.")

    def _require_page(self, token: str | None, request: web.Request, fields: Mapping[str, Any]) -> None:
        if token is None:
            raise GraphError(104, "An access token is required to request this resource.")
        if token != self._token or self._expired:
            raise GraphError(190, "Error validating access token: Session has expired.", 463, status=401)
        given = request.query.get("appsecret_proof") or fields.get("appsecret_proof")
        if given is None:
            raise GraphError(100, "API calls from the server require an appsecret_proof argument")
        proof = hmac.new(self._secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if given != proof:
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument")

    def _require_app(self, token: str | None) -> None:
        if token != f"{self.app_id}|{self._secret}":
            raise GraphError(190, "Invalid OAuth access token signature.", status=401)

    def _page_edge(
        self, method: str, edge: str, fields: Mapping[str, Any], upload: Upload | None
    ) -> Mapping[str, Any]:
        match method, edge:
            case "GET", "":
                picture = {"data": {"url": f"{self.base}/cdn/page/page.png", "is_silhouette": False}}
                page = {"id": self.page_id, "name": self.page_name, "picture": picture}
                asked = {
                    "id",
                    *(name.partition(".")[0] for name in str(fields.get("fields", "name")).split(",")),
                }
                return {name: value for name, value in page.items() if name in asked}
            case "POST", "messages":
                return self._send(fields, upload)
            case "GET", "personas":
                return self._list_personas(fields)
            case "POST", "personas":
                name, _ = check_persona(fields)
                persona_id = str(10**14 + len(self.personas) + 1)
                self.personas[persona_id] = name
                return {"id": persona_id}
            case "POST", "messenger_profile":
                properties = {name: fields[name] for name in PROFILE if name in fields}
                self.profile.update(check_profile(properties, "get_started" in self.profile))
                return {"result": "success"}
            case "GET", "messenger_profile":
                wanted = str(fields.get("fields", "")).split(",")
                return {"data": [{name: self.profile[name]} for name in wanted if name in self.profile]}
            case "POST", "subscribed_apps":
                self.webhooks.page_fields = check_fields(fields.get("subscribed_fields"))
                return {"success": True}
            case "GET", "subscribed_apps":
                app = {
                    "id": self.app_id,
                    "name": "Приймальня",
                    "subscribed_fields": sorted(self.webhooks.page_fields),
                }
                return {"data": [app] if self.webhooks.page_fields else []}
        raise invalid(f"Unsupported {method} request.", 33)

    def _list_personas(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        known = [{"id": persona_id, "name": name} for persona_id, name in self.personas.items()]
        begin, limit = int(fields.get("after") or 0), int(fields.get("limit") or 25)
        page = known[begin : begin + limit]
        if not page:
            return {"data": []}
        paging: dict[str, Any] = {"cursors": {"after": str(begin + limit)}}
        if begin + limit < len(known):
            paging["next"] = f"{self.base}/v25.0/{self.page_id}/personas?after={begin + limit}"
        return {"data": page, "paging": paging}

    async def _app_edge(self, method: str, edge: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        if edge != "subscriptions":
            raise invalid(f"Unsupported {method} request.", 33)
        if method == "POST":
            if fields.get("object") != "page":
                raise invalid("param object must be page")
            wanted = check_fields(fields.get("fields"))
            await self.webhooks.shake_hands(str(fields.get("callback_url")), str(fields.get("verify_token")))
            self.webhooks.url, self.webhooks.app_fields = str(fields["callback_url"]), wanted
            return {"success": True}
        if self.webhooks.url is None:
            return {"data": []}
        names = [{"name": name, "version": "v25.0"} for name in sorted(self.webhooks.app_fields)]
        page = {"object": "page", "callback_url": self.webhooks.url, "active": True, "fields": names}
        return {"data": [page]}

    # Sending.

    def _send(self, fields: Mapping[str, Any], upload: Upload | None) -> Mapping[str, Any]:
        recipient = fields.get("recipient")
        psid = str(recipient.get("id")) if isinstance(recipient, dict) else ""
        phone = self._phones.get(psid)
        if phone is None or phone.acted_at is None:
            raise invalid("No matching user found", 2018001)
        if phone.blocked:
            raise GraphError(551, "This person isn't available right now.", 1545041)
        if "sender_action" in fields:
            return self._sign(phone, fields)
        self._require_right_to_write(phone, phone.acted_at, fields)
        message = check_message(fields.get("message"), upload)
        persona = fields.get("persona_id")
        if persona is not None and str(persona) not in self.personas:
            raise invalid("Invalid persona_id.")
        self._require_pace()
        return self._show(phone, message, self.personas.get(str(persona)), upload)

    def _sign(self, phone: Phone, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        if "message" in fields:
            raise invalid("Cannot send both message and state at the same time.")
        if fields["sender_action"] not in {"typing_on", "typing_off", "mark_seen"}:
            raise invalid("param sender_action must be one of typing_on, typing_off, mark_seen")
        phone.signs.append(fields["sender_action"])
        return {"recipient_id": phone.psid}

    def _require_right_to_write(self, phone: Phone, acted_at: datetime, fields: Mapping[str, Any]) -> None:
        kind, tag = fields.get("messaging_type"), fields.get("tag")
        if kind not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"}:
            raise invalid("param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG")
        if (kind == "MESSAGE_TAG") != (tag is not None) or tag not in {None, "HUMAN_AGENT"}:
            raise invalid("Invalid parameter")
        if tag is not None and not self.human_agent:
            raise GraphError(10, "To use the HUMAN_AGENT tag, your app needs its permission.", status=403)
        if self._clock() - acted_at > (HUMAN_WINDOW if tag else WINDOW):
            raise GraphError(10, "This message is sent outside of allowed window.", 2018278, status=403)

    def _require_pace(self) -> None:
        now = asyncio.get_running_loop().time()
        self._sent_at = [at for at in self._sent_at if now - at < 1.0] + [now]
        if len(self._sent_at) > SENDS_A_SECOND:
            raise GraphError(613, "Calls to this api have exceeded the rate limit.")

    def _show(
        self, phone: Phone, message: Mapping[str, Any], sender: str | None, upload: Upload | None
    ) -> Mapping[str, Any]:
        mid = self._mid()
        file = upload.name if upload else None
        phone.lines.append(Line(mid, message, sender, file))
        phone.quick = {
            reply["title"]: reply["payload"]
            for reply in message.get("quick_replies", ())
            if reply["content_type"] == "text"
        }
        echo: dict[str, Any] = {"mid": mid, "app_id": int(self.app_id)}
        echo |= {name: message[name] for name in ("text", "metadata") if name in message}
        if "attachment" in message:
            echo["attachments"] = [self._echoed(message["attachment"], upload)]
        self._echo(phone, echo)
        delivery = {"mids": [mid], "watermark": self._now()}
        self.webhooks.tell("message_deliveries", self._item(phone, delivery=delivery))
        return {"recipient_id": phone.psid, "message_id": mid}

    def _echoed(self, attachment: Mapping[str, Any], upload: Upload | None) -> Mapping[str, Any]:
        if upload is None:
            return attachment
        return {"type": attachment["type"], "payload": {"url": self._keep(upload.content, upload.name)}}

    # Files.

    def _keep(self, content: bytes, name: str) -> str:
        key = secrets.token_hex(12)
        self._files[key] = (content, name)
        return f"{self.base}/cdn/{key}/{quote(name)}?_nc_cat=1&oh=00_signed"

    async def _serve_file(self, request: web.Request) -> web.Response:
        kept = self._files.get(request.match_info["file"])
        if kept is None:
            return web.Response(status=403, text="URL signature expired")
        return web.Response(body=kept[0], content_type="application/octet-stream")


async def _fields(request: web.Request) -> tuple[dict[str, Any], Upload | None]:
    """The parameters of a call from wherever it put them; those of a form may be JSON."""
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        if not await request.read():
            return fields, None
        try:
            told = await request.json()
        except ValueError:
            raise invalid("The request body is not valid JSON") from None
        return {**fields, **(told if isinstance(told, dict) else {})}, None
    upload = None
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            upload = Upload(value.file.read(), value.filename, value.content_type)
        else:
            fields[name] = _unpacked(str(value))
    return fields, upload


def _unpacked(value: str) -> Any:
    if value[:1] in {"{", "["}:
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


def _token(request: web.Request, fields: Mapping[str, Any]) -> str | None:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer if scheme == "Bearer" else fields.get("access_token")
