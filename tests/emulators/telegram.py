"""A Bot API server on 127.0.0.1 and the phones of its people, written from the facts of the platform.

`TelegramServer(token)` keeps `Messenger`. Where the bot's public address leads on this machine says `names`
(`{"https://chat.example": "http://127.0.0.1:8080"}`). A `speed` of 0.001 makes a retry of 60 seconds last 0.06.
`pace` is how many messages a second it takes before it answers 429 (Telegram's is about 30).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp import web

from tests.emulators.telegram_people import Message, People, Phone
from tests.emulators.telegram_rules import (
    FETCHED_BYTES,
    Refused,
    bad,
    caption_of,
    check_commands,
    check_upload,
    check_webhook,
    inline_keyboard_of,
    keyboard_of,
    structured,
    text_of,
    venue_of,
    whole_number,
)
from tests.emulators.telegram_updates import CALLBACK_LIFE, Attempt, Updates

ANSWER_LIMIT = 60_000_000
_ACTIONS = frozenset(
    {"typing", "upload_photo", "upload_document", "upload_voice", "record_voice", "find_location"}
)
_FILES = {"sendphoto": "photo", "senddocument": "document", "sendvoice": "voice", "sendvideo": "video"}


class TelegramServer(People):
    """The vendor of one bot. `webhook` and `secret` stand for an earlier setWebhook call."""

    def __init__(
        self,
        token: str,
        *,
        webhook: str = "",
        secret: str = "",
        names: Mapping[str, str] | None = None,
        speed: float = 0.001,
        username: str = "zrazkova_bot",
        pace: int | None = None,
    ) -> None:
        self.token = token
        self.username = username
        bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Приймальня",
            "username": username,
        }
        super().__init__(bot, Updates(self.perform, speed))
        self._given_webhook = (webhook, secret)
        self.names = dict(names or {})
        self._runner: web.AppRunner | None = None
        self._base = ""
        self._pace = pace
        self._taken: deque[float] = deque()
        self._refusals: list[tuple[str | None, Refused | bytes]] = []
        self._called = asyncio.Event()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.actions: list[tuple[int, str]] = []
        self.in_groups: list[tuple[int, str]] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.menu_button: Any = None
        self.descriptions: dict[str, str] = {}

    # --- the Messenger's own side -------------------------------------------------------------------------------

    @property
    def base(self) -> str:
        return self._base

    async def start(self) -> None:
        app = web.Application(client_max_size=ANSWER_LIMIT)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._base = f"http://{host}:{port}"
        url, secret = self._given_webhook
        if url:
            self.updates.set_webhook(url, self._door(url), secret, None, drop=False)

    async def stop(self) -> None:
        await self.updates.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def attempts(self) -> Sequence[Attempt]:
        """Every call of the webhook so far."""
        return self.updates.attempts

    async def settle(self, seconds: float = 20.0) -> None:
        """Wait until every update was taken or given up. Raises TimeoutError."""
        await self.updates.settle(seconds)

    def refuse_next(
        self,
        status: int,
        description: str,
        *,
        method: str | None = None,
        retry_after: int | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next calls (of one method) with an error."""
        parameters = None if retry_after is None else {"retry_after": retry_after}
        refusal = Refused(status, description, parameters)
        self._refusals += [(method.lower() if method else None, refusal)] * times

    def babble_next(self, body: bytes, method: str | None = None) -> None:
        """Answer the next call with 200 and these bytes."""
        self._refusals.append((method.lower() if method else None, body))

    async def called(self) -> None:
        """Wait for the bot's next call."""
        self._called.clear()
        await self._called.wait()

    # --- the Bot API --------------------------------------------------------------------------------------------

    async def perform(self, method: str, fields: dict[str, Any]) -> Any:
        """Run a method. Raises Refused."""
        name = method.lower()
        self.calls.append((name, fields))
        self._called.set()
        handler: Callable[[dict[str, Any]], Any] | None = self._methods().get(name)
        if name in _FILES:
            return self._send_file(name, fields)
        if name == "getupdates":
            self.updates.allow(structured(fields.get("allowed_updates"), "allowed_updates"))
            offset, limit, seconds = (
                int(fields.get(part, default))
                for part, default in (("offset", 0), ("limit", 100), ("timeout", 0))
            )
            return await self.updates.ask(offset, limit, seconds)
        if handler is None:
            raise Refused(404, "Not Found: method not found")
        return handler(fields)

    def _methods(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        return {
            "getme": lambda fields: {
                **self.bot,
                "can_join_groups": True,
                "can_read_all_group_messages": False,
            },
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "sendmessage": self._send_message,
            "sendvenue": self._send_venue,
            "editmessagetext": self._edit_text,
            "deletemessage": self._delete,
            "sendchataction": self._chat_action,
            "answercallbackquery": self._answer_query,
            "getfile": self._get_file,
            "setmycommands": self._set_commands,
            "getmycommands": lambda fields: self.commands.get(fields.get("language_code", ""), []),
            "setchatmenubutton": self._set_menu_button,
            "setmydescription": lambda fields: self._describe("description", 512, fields),
            "setmyshortdescription": lambda fields: self._describe("short_description", 120, fields),
        }

    async def _serve(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            return _refusal(Refused(404, "Not Found"))
        if token != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        try:
            fields = await _fields(request)
        except (ValueError, web.HTTPRequestEntityTooLarge):
            return _refusal(Refused(413, "Request Entity Too Large"))
        for index, (only, answer) in enumerate(self._refusals):
            if only in (None, method.lower()):
                del self._refusals[index]
                if isinstance(answer, bytes):
                    return web.Response(body=answer)
                return _refusal(answer)
        try:
            return web.json_response({"ok": True, "result": await self.perform(method, fields)})
        except Refused as refusal:
            return _refusal(refusal)

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        path = unquote(request.match_info["path"])
        content = next((content for content, kept in self._files.values() if kept == path), None)
        if content is None:
            return _refusal(Refused(404, "Not Found"))
        return web.Response(body=content, content_type="application/octet-stream")

    def _reached(self, fields: Mapping[str, Any]) -> Phone:
        chat = fields.get("chat_id")
        if chat in (None, ""):
            raise bad("chat_id is empty")
        for phone in self._phones.values():
            if str(phone.id) == str(chat) and phone.messages:
                if phone.gone:
                    raise Refused(403, "Forbidden: user is deactivated")
                if phone.blocked:
                    raise Refused(403, "Forbidden: bot was blocked by the user")
                return phone
        raise bad("chat not found")

    def _send_message(self, fields: dict[str, Any]) -> Any:
        text, keyboard = text_of(fields), keyboard_of(fields)
        if str(fields.get("chat_id", "")).startswith("-"):
            self.in_groups.append((int(fields["chat_id"]), text))
            return {"message_id": next(self._message_ids)}
        phone = self._reached(fields)
        return self._shown(phone, text, keyboard, structured(fields.get("entities"), "entities") or [])

    def _send_venue(self, fields: dict[str, Any]) -> Any:
        title, address, point = venue_of(fields)
        phone, keyboard = self._reached(fields), keyboard_of(fields)
        return self._shown(phone, f"{title}\n{address}\n{point}", keyboard, [])

    def _send_file(self, name: str, fields: dict[str, Any]) -> Any:
        kind = _FILES[name]
        phone, caption, keyboard = self._reached(fields), caption_of(fields), keyboard_of(fields)
        given = fields.get(kind)
        if isinstance(given, str) and given.startswith("attach://"):
            given = fields.get(given.removeprefix("attach://"))
        if isinstance(given, str) and given in self._files:
            return self._shown(phone, caption, keyboard, [], (given, self._files[given][1]))
        if not isinstance(given, Uploaded):
            raise bad(f"there is no {kind} in the request")
        check_upload(name, given.content)
        file_id = self._keep(given.content, f"{kind}s/{given.name}")
        entities = structured(fields.get("caption_entities"), "caption_entities") or []
        return self._shown(phone, caption, keyboard, entities, (file_id, given.name))

    def _keep_pace(self) -> None:
        now = time.monotonic()
        while self._taken and now - self._taken[0] >= 1:
            self._taken.popleft()
        if self._pace is not None and len(self._taken) >= self._pace:
            raise Refused(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        self._taken.append(now)

    def _shown(
        self,
        phone: Phone,
        text: str,
        keyboard: list[list[dict[str, Any]]],
        entities: list[dict[str, Any]],
        file: tuple[str, str] | None = None,
    ) -> Any:
        self._keep_pace()
        message = Message(
            next(self._message_ids), phone.id, text, keyboard, entities, file, date=int(time.time())
        )
        phone.messages.append(message)
        return self._told(message)

    def _edit_text(self, fields: dict[str, Any]) -> Any:
        phone, number = self._reached(fields), whole_number(fields, "message_id")
        message = next((m for m in phone.messages if m.message_id == number and m.from_bot), None)
        if message is None:
            raise bad("message to edit not found")
        if message.locked:
            raise bad("message can't be edited")
        if message.file:
            raise bad("there is no text in the message to edit")
        text, keyboard = text_of(fields), inline_keyboard_of(fields)
        entities = structured(fields.get("entities"), "entities") or []
        if (text, keyboard, entities) == (message.text, message.keyboard, message.entities):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        message.text, message.keyboard, message.entities, message.edited = text, keyboard, entities, True
        return self._told(message)

    def _delete(self, fields: dict[str, Any]) -> bool:
        phone, number = self._reached(fields), whole_number(fields, "message_id")
        message = next((m for m in phone.messages if m.message_id == number and m.from_bot), None)
        if message is None:
            raise bad("message to delete not found")
        if message.locked:
            raise bad("message can't be deleted for everyone")
        phone.messages.remove(message)
        return True

    def _chat_action(self, fields: dict[str, Any]) -> bool:
        phone = self._reached(fields)
        if fields.get("action") not in _ACTIONS:
            raise bad("wrong parameter action in request")
        self.actions.append((phone.id, fields["action"]))
        return True

    def _answer_query(self, fields: dict[str, Any]) -> bool:
        press = self._presses.get(str(fields.get("callback_query_id")))
        if press is None or press.answered or time.monotonic() - press.at >= CALLBACK_LIFE:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(str(fields.get("text", ""))) > 200:
            raise bad("MESSAGE_TOO_LONG")
        press.answered = True
        return True

    def _get_file(self, fields: dict[str, Any]) -> Any:
        file_id = str(fields.get("file_id", ""))
        if file_id not in self._files:
            raise bad("invalid file_id")
        content, path = self._files[file_id]
        if len(content) > FETCHED_BYTES:
            raise bad("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(content),
            "file_path": path,
        }

    def content(self, file_id: str) -> bytes:
        """The bytes of a file that lies here."""
        return self._files[file_id][0]

    def shown_files(self, person: str) -> list[bytes]:
        """The bytes of the bot's files on a screen, oldest first."""
        return [self._files[message.file[0]][0] for message in self.phone(person).messages if message.file]

    def _door(self, url: str) -> str:
        for public, local in self.names.items():
            if url.startswith(public):
                return local + url.removeprefix(public)
        return url

    def _set_webhook(self, fields: dict[str, Any]) -> bool:
        url = str(fields.get("url", ""))
        if not url:
            return self._delete_webhook(fields)
        secret = str(fields.get("secret_token", ""))
        check_webhook(url, urlsplit(url).port, secret)
        self.updates.set_webhook(
            url,
            self._door(url),
            secret,
            structured(fields.get("allowed_updates"), "allowed_updates"),
            drop=_truth(fields.get("drop_pending_updates")),
        )
        return True

    def _delete_webhook(self, fields: dict[str, Any]) -> bool:
        drop = _truth(fields.get("drop_pending_updates"))
        self.updates.set_webhook("", "", "", None, drop=drop)
        return True

    def _webhook_info(self, fields: dict[str, Any]) -> Any:
        told: dict[str, Any] = {
            "url": self.updates.url,
            "has_custom_certificate": False,
            "pending_update_count": self.updates.waiting,
        }
        if self.updates.url and self.updates.last_error:
            message, date = self.updates.last_error
            told |= {"last_error_message": message, "last_error_date": date, "max_connections": 40}
        return told

    def _set_commands(self, fields: dict[str, Any]) -> bool:
        commands = check_commands(structured(fields.get("commands"), "commands"))
        self.commands[str(fields.get("language_code", ""))] = commands
        return True

    def _set_menu_button(self, fields: dict[str, Any]) -> bool:
        self.menu_button = structured(fields.get("menu_button"), "menu_button")
        return True

    def _describe(self, name: str, limit: int, fields: dict[str, Any]) -> bool:
        words = str(fields.get(name, ""))
        if len(words) > limit:
            raise bad("BOT_DESCRIPTION_INVALID")
        self.descriptions[name] = words
        return True


@dataclass(frozen=True)
class Uploaded:
    """A file in a form."""

    content: bytes
    name: str


async def _fields(request: web.Request) -> dict[str, Any]:
    """Parameters from the address, a form or JSON: the Bot API takes all three."""
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        told = await request.json()
        return {**fields, **told} if isinstance(told, dict) else fields
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            content = await asyncio.to_thread(value.file.read)
            fields[name] = Uploaded(content, value.filename)
        else:
            fields[name] = value
    return fields


def _truth(value: Any) -> bool:
    return value in (True, "true", "True", "1", 1)


def _refusal(refusal: Refused) -> web.Response:
    headers = {}
    if refusal.parameters and "retry_after" in refusal.parameters:
        headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return web.json_response(refusal.body(), status=refusal.status, headers=headers)
