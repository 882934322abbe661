"""Telegram as a channel: a secret header proves the caller, aiogram reads the updates, one request sends a payload."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.methods import GetFile, GetMe, SendChatAction
from pydantic import Field, SecretStr, field_validator

from adapters.incoming import file_name
from adapters.supplies import ChannelSettings, Supplies, read_settings
from adapters.telegram.answers import answer_to
from adapters.telegram.api import TelegramApi, send_error
from adapters.telegram.connecting import Connection
from adapters.telegram.parse import Reader
from adapters.telegram.polling import Poller
from adapters.telegram.render import CAPABILITIES, render, take_back
from adapters.telegram.updates import read_update
from adapters.transport import TIMEOUT, Part
from conversations.channel import (
    Acknowledgement,
    Caller,
    Capabilities,
    ChannelUnavailable,
    FetchedFile,
    NotAuthentic,
    Payload,
    RecipientUnreachable,
    ReplyRejected,
    Request,
    SendError,
    Sent,
    Sign,
    Take,
    VendorStatus,
)
from conversations.messages import ChannelEvent, ConversationRef, OutgoingMessage

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  a header's name
UPLOAD_PATIENCE = 25.0
"""Seconds for a form with a file; the outbox gives a sending thirty."""

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BASE = re.compile(r"https?://[^\s/?#]+[^\s?#]*")

_AS_DOCUMENT = {"sendPhoto": "photo", "sendVoice": "voice", "sendVideo": "video"}
"""Where Telegram can't show a file as what it is, it still takes it as a document."""


class TelegramSettings(ChannelSettings):
    """`TELEGRAM_TOKEN`, and where they differ from the usual `TELEGRAM_SECRET`, `_PER_SECOND` and `_API_BASE`."""

    token: SecretStr
    secret: SecretStr | None = None
    per_second: float | None = Field(default=None, gt=0, le=10_000)
    api_base: str = "https://api.telegram.org"

    @field_validator("token")
    @classmethod
    def _whole_token(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("it is not a whole token; @BotFather gives digits, a colon, 35 characters")
        return token

    @field_validator("secret")
    @classmethod
    def _allowed_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("Telegram allows 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return secret

    @field_validator("api_base")
    @classmethod
    def _address(cls, base: str) -> str:
        if not _BASE.fullmatch(base):
            raise ValueError("it is not an address that begins with https://")
        return base.rstrip("/")


def opened(environment: Mapping[str, str], supplies: Supplies) -> TelegramChannel | None:
    """The channel, None where no `TELEGRAM_…` variable is set. Raises ChannelSettingsFault."""
    settings = read_settings(TelegramSettings, "TELEGRAM", environment)
    return None if settings is None else TelegramChannel(settings, supplies)


class TelegramChannel:
    """One bot of one community."""

    name = "telegram"

    def __init__(self, settings: TelegramSettings, supplies: Supplies) -> None:
        token = settings.token.get_secret_value()
        self._bot = token.partition(":")[0]
        self._secret = settings.secret.get_secret_value() if settings.secret else supplies.derived("telegram")
        self._supplies = supplies
        self._webhook = supplies.webhook(self.name) if supplies.public_url.startswith("https://") else ""
        self._api = TelegramApi(token, settings.api_base, supplies.transport)
        self._reader = Reader(supplies.community, self._bot, supplies.menu)
        self._poller = Poller(self._api)
        self._connection = Connection(
            self._api,
            webhook=self._webhook,
            secret=self._secret,
            menu=supplies.menu,
            name=supplies.name,
        )
        self._username: str | None = None
        self._capabilities = replace(CAPABILITIES, pace=settings.per_second or CAPABILITIES.pace)

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def authenticate(self, request: Request) -> Caller:
        """A post that carries our secret. Raises NotAuthentic."""
        if request.method != "POST":
            raise NotAuthentic("only posts are taken")
        given = request.headers.get(SECRET_HEADER)
        if given is None:
            raise NotAuthentic("no secret token")
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._secret.encode()):
            raise NotAuthentic("another secret token")
        return Caller(bot=self._bot)

    def parse(self, body: bytes, caller: Caller) -> Sequence[ChannelEvent]:  # noqa: ARG002  the bot is our own
        """At most one event. Raises UnreadableBody."""
        now = self._supplies.clock()
        return self._reader.events(read_update(body, now), now)

    def acknowledge(self, request: Request, events: Sequence[ChannelEvent]) -> Acknowledgement:
        """A method for Telegram in the answer, see `answers`."""
        answer = answer_to(request.body, events, self._bot, self._username)
        if not answer:
            return Acknowledgement()
        return Acknowledgement(body=json.dumps(answer).encode(), media_type="application/json")

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """Methods of the Bot API, see `render`."""
        return render(message)

    async def send(
        self,
        ref: ConversationRef,  # noqa: ARG002  the payload holds the chat
        payload: Payload,
        heard_at: datetime | None = None,  # noqa: ARG002  Telegram has no window
    ) -> Sent:
        """Call the payload's method; where Telegram refuses how it is shown, say the same in another way."""
        part = await self._part(payload["file"]) if "file" in payload else None
        method, fields = str(payload["method"]), payload["fields"]
        refused: ReplyRejected | None = None
        for way, said in ((method, fields), *_other_ways(method, fields)):
            try:
                told = await self._call(way, said, part)
                # A deletion is answered by a bare «true».
                return Sent(str(fields["message_id"]) if way == "deleteMessage" else _message_id(told))
            except TelegramAPIError as fault:
                if way == "deleteMessage" and "message to delete not found" in fault.message:
                    return Sent(str(fields["message_id"]))
                if way == "editMessageText" and "message is not modified" in fault.message:
                    return Sent(str(fields["message_id"]))
                error = send_error(fault)
                if not isinstance(error, ReplyRejected):
                    raise error from None
                refused = refused or error
        assert refused
        raise refused

    def take_back(self, ref: ConversationRef, external_id: str) -> Payload | None:
        """`deleteMessage`, which Telegram does up to 48 hours after."""
        return take_back(ref.address, external_id)

    async def show(self, ref: ConversationRef, sign: Sign) -> None:
        """«друкує…» for five seconds; a bot can't show that it has read."""
        if sign is Sign.TYPING:
            try:
                await self._api.ask(SendChatAction(chat_id=ref.address, action="typing"))
            except TelegramAPIError as fault:
                raise send_error(fault) from None

    async def fetch_file(self, handle: str) -> FetchedFile:
        """The file behind a `file_id`, of at most 20 MB. Raises ChannelUnavailable, ReplyRejected."""
        try:
            told = await self._api.ask(GetFile(file_id=handle))
        except TelegramBadRequest as refusal:
            if "temporarily unavailable" in refusal.message:
                raise ChannelUnavailable("the file is away for now (400)") from None
            raise ReplyRejected(str(send_error(refusal))) from None
        except TelegramAPIError as fault:
            raise _to_come_again(send_error(fault)) from None
        path = told.get("file_path") if isinstance(told, dict) else None
        if not isinstance(path, str) or not path:
            raise ReplyRejected("the vendor does not hand the file out")
        return FetchedFile(await self._api.download(path), file_name(PurePosixPath(path).name))

    @property
    def pulling(self) -> bool:
        """Telegram calls only addresses that begin with https://."""
        return not self._webhook

    async def pull(self, take: Take) -> None:
        """Ask for updates for ever, each given to `take` as the webhook would get it."""
        headers = {"content-type": "application/json", SECRET_HEADER: self._secret}

        async def deliver(body: bytes) -> Acknowledgement:
            return await take(Request(method="POST", headers=headers, body=body))

        await self._poller.run(deliver)

    async def connect(self) -> VendorStatus:
        """Set the bot up; without a public address the webhook is taken away, and we ask. Raises ConnectFault."""
        return self._known(await self._connection.connect())

    async def status(self) -> VendorStatus:
        """How Telegram sees us. Raises ConnectFault."""
        return self._known(await self._connection.status())

    async def chat_link(self, start: str) -> str | None:
        """`https://t.me/<username>?start=…`; without what the link should carry, where Telegram can't carry it."""
        if self._username is None:
            try:
                told = await self._api.ask(GetMe())
            except (TelegramAPIError, ChannelUnavailable):
                return None
            named = told.get("username") if isinstance(told, dict) else None
            if not isinstance(named, str) or not _USERNAME.fullmatch(named):
                return None
            self._username = named
        carried = f"?start={start}" if _START.fullmatch(start) else ""
        return f"https://t.me/{self._username}{carried}"

    def _known(self, status: VendorStatus) -> VendorStatus:
        if status.account.startswith("@"):
            self._username = status.account.removeprefix("@")
        return status

    async def _call(self, method: str, fields: Mapping[str, Any], part: Part | None) -> Any:
        patience = TIMEOUT if part is None else UPLOAD_PATIENCE
        return await self._api.call(method, fields, file=part, patience=patience)

    async def _part(self, file: Mapping[str, Any]) -> Part:
        try:
            content = await self._supplies.store.get(file["content_hash"])
        except FileNotFoundError:
            raise ReplyRejected("the file is no longer kept") from None
        name = str(file["name"] or "file").replace('"', "'")
        return Part(content, name, file["media_type"])


def _other_ways(method: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What says the same where a way is refused: a new message, the file as a document, the words unformatted."""
    if method == "editMessageText":
        method, fields = "sendMessage", _without(fields, "message_id")
        yield method, fields
    elif shown_as := _AS_DOCUMENT.get(method):
        method, fields = "sendDocument", {**_without(fields, shown_as), "document": fields[shown_as]}
        yield method, fields
    if "entities" in fields or "caption_entities" in fields:
        yield method, _without(fields, "entities", "caption_entities")


def _without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _message_id(told: Any) -> str:
    found = told.get("message_id") if isinstance(told, dict) else None
    if type(found) is not int:
        raise ChannelUnavailable("the answer names no message", uncertain=True)
    return str(found)


def _to_come_again(error: SendError) -> SendError:
    """A file is either there later or gone."""
    if isinstance(error, RecipientUnreachable):
        return ReplyRejected(str(error))
    return error if isinstance(error, ReplyRejected | ChannelUnavailable) else ChannelUnavailable(str(error))
