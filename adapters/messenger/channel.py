"""Messenger as a channel: signed webhooks in, the Send API out."""

from __future__ import annotations

import hashlib
import hmac
import json
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from adapters.messenger import files
from adapters.messenger.api import GraphApi
from adapters.messenger.connecting import Connection
from adapters.messenger.contents import string
from adapters.messenger.parse import NAME, House, body_to_events
from adapters.messenger.personas import Personas
from adapters.messenger.render import CAPABILITIES, HUMAN_WINDOW, introduced, render
from adapters.messenger.settings import MessengerSettings, is_loopback
from adapters.supplies import Supplies, read_settings
from adapters.transport import TIMEOUT, Form, Part
from conversations.channel import (
    Acknowledgement,
    Caller,
    Capabilities,
    ChannelUnavailable,
    FetchedFile,
    NotAuthentic,
    Payload,
    ReplyRejected,
    ReplyWindowClosed,
    Request,
    Sent,
    Sign,
    VendorStatus,
)
from conversations.messages import AuthorKind, ChannelEvent, ConversationRef, OutgoingMessage

UPLOAD_PATIENCE = 25.0

_ACTIONS = {Sign.SEEN: "mark_seen", Sign.TYPING: "typing_on"}


class MessengerChannel:
    """One Page. Keeps Channel, FetchesFiles, ShowsSigns and Connects."""

    name = NAME

    def __init__(self, settings: MessengerSettings, supplies: Supplies) -> None:
        self._supplies = supplies
        self._page_id = settings.page_id
        self._app_secret = settings.app_secret.get_secret_value()
        given = settings.verify_token
        self._verify_token = given.get_secret_value() if given else supplies.derived(NAME)
        self._house = House(supplies.community, settings.page_id, settings.app_id)
        self._loopback = is_loopback(urlsplit(settings.api_base).hostname or "")
        self._capabilities = replace(CAPABILITIES, pace=settings.per_second or CAPABILITIES.pace)
        if settings.human_agent:
            self._capabilities = replace(self._capabilities, specialist_window=HUMAN_WINDOW)
        self._api = GraphApi(
            supplies.transport,
            settings.api_base,
            settings.version,
            settings.page_id,
            settings.page_token.get_secret_value(),
            self._app_secret,
        )
        self._personas = Personas(self._api, supplies.clock)
        self._connection = Connection(self._api, supplies, settings.app_id, self._verify_token)

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def authenticate(self, request: Request) -> Caller:
        """A post the app's secret has signed, or the handshake with our verify token. Raises NotAuthentic."""
        match request.method:
            case "POST":
                self._require_signature(request)
            case "GET":
                self._require_handshake(request)
            case _:
                raise NotAuthentic("neither a post nor a handshake")
        return Caller(bot=self._page_id)

    def parse(self, body: bytes, caller: Caller) -> Sequence[ChannelEvent]:  # noqa: ARG002  one Page, one caller
        """The events of a batch, the oldest first. Raises UnreadableBody."""
        return body_to_events(self._house, body, self._supplies.clock())

    def acknowledge(
        self,
        request: Request,
        events: Sequence[ChannelEvent],  # noqa: ARG002  the contract's signature; the vendor reads the status only
    ) -> Acknowledgement:
        """The handshake gets its challenge back, as plain text; a batch an empty 200."""
        if request.method == "GET":
            return Acknowledgement(body=request.query.get("hub.challenge", "").encode("utf-8", "replace"))
        return Acknowledgement()

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """The reply as requests of the Send API."""
        return render(message, self._capabilities)

    async def send(self, ref: ConversationRef, payload: Payload, heard_at: datetime | None = None) -> Sent:
        """One message. Raises one of the five SendErrors; ReplyWindowClosed before the vendor is asked."""
        kind = self._messaging_type(payload, heard_at)
        name = string(payload.get("persona"))
        persona = await self._personas.find(name) if name else None
        if persona is not None:
            try:
                return await self._deliver(ref, payload, {**kind, "persona_id": persona})
            except ReplyRejected:
                # It may be the persona that is refused: the words must not be lost for it.
                self._personas.forget(name)
        if name and payload.get("introduces"):
            payload = _with_name(payload, name)
        return await self._deliver(ref, payload, kind)

    async def fetch_file(self, handle: str) -> FetchedFile:
        """The file a person sent. Raises ChannelUnavailable, ReplyRejected."""
        return await files.fetch(self._supplies.transport, handle, loopback=self._loopback)

    async def show(self, ref: ConversationRef, sign: Sign) -> None:
        """«Seen», or the dots of somebody typing. Raises a SendError."""
        body = {"recipient": {"id": ref.address}, "sender_action": _ACTIONS[sign]}
        await self._api.call("POST", self._path, json_body=body)

    async def chat_link(self, start: str) -> str | None:
        """`https://m.me/<page>?ref=…`: a Page's id opens its chat as its name does."""
        return f"https://m.me/{self._page_id}?{urlencode({'ref': start})}"

    async def connect(self) -> VendorStatus:
        """Check the token; subscribe to the Page; set its menu and, with an app's id, webhook. Raises ConnectFault."""
        return await self._connection.connect()

    async def status(self) -> VendorStatus:
        """The Page and what it is subscribed to. Raises ConnectFault."""
        return await self._connection.status()

    @property
    def _path(self) -> str:
        return f"{self._page_id}/messages"

    def _require_signature(self, request: Request) -> None:
        given = request.headers.get("x-hub-signature-256", "").encode("utf-8", "replace")
        right = "sha256=" + hmac.new(self._app_secret.encode(), request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given, right.encode()):
            raise NotAuthentic("the signature is missing or wrong")

    def _require_handshake(self, request: Request) -> None:
        given = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._verify_token.encode()):
            raise NotAuthentic("the verify token is missing or wrong")
        if request.query.get("hub.mode") != "subscribe":
            raise NotAuthentic("not a handshake")

    def _messaging_type(self, payload: Payload, heard_at: datetime | None) -> dict[str, str]:
        """How the vendor is told what entitles us to write. Raises ReplyWindowClosed where nothing does."""
        now = self._supplies.clock()
        closes_at = self._capabilities.closes_at(heard_at, AuthorKind.BOT)
        if closes_at is None or now <= closes_at:
            return {"messaging_type": "RESPONSE"}
        if payload.get("human"):
            closes_at = self._capabilities.closes_at(heard_at, AuthorKind.SPECIALIST)
            if closes_at is not None and now <= closes_at:
                return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        raise ReplyWindowClosed("the person wrote too long ago")

    async def _deliver(self, ref: ConversationRef, payload: Payload, options: Mapping[str, str]) -> Sent:
        file = payload.get("file")
        if file is not None:
            return await self._upload(ref, payload["message"], file, options)
        try:
            return await self._post(ref, payload["message"], options)
        except ReplyRejected:
            if "plain" not in payload:
                raise
        return await self._post(ref, payload["plain"], options)

    async def _post(
        self, ref: ConversationRef, message: Mapping[str, Any], options: Mapping[str, str]
    ) -> Sent:
        body = {"recipient": {"id": ref.address}, **options, "message": message}
        return _sent(await self._api.call("POST", self._path, json_body=body, patience=TIMEOUT))

    async def _upload(
        self,
        ref: ConversationRef,
        message: Mapping[str, Any],
        file: Mapping[str, Any],
        options: Mapping[str, str],
    ) -> Sent:
        try:
            content = await self._supplies.store.get(file["content_hash"])
        except FileNotFoundError:
            raise ReplyRejected("the file is not in the store any more") from None
        form: Form = {
            "recipient": json.dumps({"id": ref.address}),
            **options,
            "message": json.dumps(message),
            "filedata": Part(content, _file_name(file), file["media_type"]),
        }
        return _sent(await self._api.call("POST", self._path, form=form, patience=UPLOAD_PATIENCE))


def opened(environment: Mapping[str, str], supplies: Supplies) -> MessengerChannel | None:
    """The channel, where any `MESSENGER_…` variable is set. Raises ChannelSettingsFault."""
    settings = read_settings(MessengerSettings, "MESSENGER", environment)
    return None if settings is None else MessengerChannel(settings, supplies)


def _with_name(payload: Payload, name: str) -> Payload:
    """The same as plain text with the author's name before it; a file stays as it is."""
    message = payload.get("plain", payload["message"])
    if "text" not in message:
        return payload
    bare = {key: value for key, value in payload.items() if key != "plain"}
    return {**bare, "message": {**message, "text": introduced(name, message["text"])}}


def _sent(answer: Mapping[str, Any]) -> Sent:
    message_id = answer.get("message_id")
    if not isinstance(message_id, str) or not message_id:
        raise ChannelUnavailable("the vendor's answer has no message_id", uncertain=True)
    return Sent(message_id)


def _file_name(file: Mapping[str, Any]) -> str:
    named = string(file.get("name")).replace('"', "'")
    return named or f"file{mimetypes.guess_extension(file['media_type']) or ''}"
