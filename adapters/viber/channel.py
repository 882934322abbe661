"""Viber as a channel: a signature over the raw bytes proves who calls, statuses inside HTTP 200 say what became."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from adapters.fit import cut
from adapters.supplies import Supplies, read_settings
from adapters.viber import connecting
from adapters.viber.api import ViberApi
from adapters.viber.parse import awaits_welcome, body_to_events
from adapters.viber.render import CAPABILITIES, render
from adapters.viber.settings import NAME_LIMIT, ViberSettings
from conversations.channel import (
    Acknowledgement,
    Caller,
    Capabilities,
    FetchedFile,
    NotAuthentic,
    Payload,
    Request,
    Sent,
    VendorStatus,
)
from conversations.messages import (
    Author,
    AuthorKind,
    ChannelEvent,
    ConversationRef,
    OutgoingMessage,
)

BOT = "viber"
"""One bot a community: its token may be renewed, its people keep their ids."""

SIGNATURE_HEADER = "x-viber-content-signature"


def opened(environment: Mapping[str, str], supplies: Supplies) -> ViberChannel | None:
    """The channel these settings ask for; None where none is set. Raises ChannelSettingsFault."""
    settings = read_settings(ViberSettings, "VIBER", environment)
    return None if settings is None else ViberChannel(settings, supplies)


class ViberChannel:
    """The Viber bot of one community."""

    name = "viber"

    def __init__(self, settings: ViberSettings, supplies: Supplies) -> None:
        self._supplies = supplies
        self._key = settings.token.encode()
        self._api = ViberApi(supplies.transport, settings.api_base, settings.token)
        self._sender = {"name": settings.name or cut(supplies.name, NAME_LIMIT)}
        if settings.avatar:
            self._sender["avatar"] = settings.avatar
        self._uri: str | None = None
        self._doors = tuple(item.choice for item in supplies.menu)
        self._capabilities = replace(
            CAPABILITIES,
            price=settings.price or None,
            pace=settings.per_second or CAPABILITIES.pace,
            # Viber fetches what we send by its public address.
            file_kinds=CAPABILITIES.file_kinds if supplies.public_url else frozenset(),
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def authenticate(self, request: Request) -> Caller:
        """A post signed with our token, in the header or, as Viber also sends it, in the address."""
        if request.method != "POST":
            raise NotAuthentic("only posts are taken")
        given = request.headers.get(SIGNATURE_HEADER) or request.query.get("sig", "")
        wanted = hmac.new(self._key, request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given.encode(errors="replace"), wanted.encode()):
            raise NotAuthentic("the signature is missing or wrong")
        return Caller(bot=BOT)

    def parse(
        self,
        body: bytes,
        caller: Caller,  # noqa: ARG002  the contract's signature; there is one bot
    ) -> Sequence[ChannelEvent]:
        """At most one event. Raises UnreadableBody."""
        return body_to_events(body, self._supplies.clock(), self._ref)

    def acknowledge(
        self,
        request: Request,
        events: Sequence[ChannelEvent],  # noqa: ARG002  the welcome is for who gives no event
    ) -> Acknowledgement:
        """The welcome for somebody who opens the chat and has not subscribed: it is free and needs no receiver."""
        awaited, link = awaits_welcome(request.body, self._supplies.clock(), self._ref)
        if not awaited:
            return Acknowledgement()
        reply = self._supplies.welcome(link)
        welcome = OutgoingMessage(ref=self._ref(""), reply=reply, author=Author(kind=AuthorKind.BOT))
        body = self.render(welcome)[0]["body"]
        return Acknowledgement(
            body=json.dumps(body, ensure_ascii=False).encode(), media_type="application/json"
        )

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """Requests to `send_message` without their receiver."""
        return render(message, self._capabilities, self._sender, self._doors, self._supplies.link)

    async def send(
        self,
        ref: ConversationRef,
        payload: Payload,
        heard_at: datetime | None = None,  # noqa: ARG002  the contract's signature; Viber has a price, no window
    ) -> Sent:
        """One request. Raises one of the five SendErrors."""
        return await self._api.send(payload["method"], {"receiver": ref.address, **payload["body"]})

    async def fetch_file(self, handle: str) -> FetchedFile:
        """The file at an address of Viber's, for as long as Viber lets it be fetched."""
        return await self._api.fetch(handle)

    async def connect(self) -> VendorStatus:
        """Check the token, set the webhook. Raises ConnectFault."""
        return await connecting.connect(self._api, self._supplies.webhook(self.name))

    async def status(self) -> VendorStatus:
        """The account as Viber sees it. Raises ConnectFault."""
        return await connecting.status(self._api, self._supplies.webhook(self.name))

    async def chat_link(self, start: str) -> str | None:
        """`viber://pa?chatURI=<uri>&context=…`, with the account's uri as Viber tells it."""
        if self._uri is None:
            self._uri = await connecting.uri(self._api)
        if self._uri is None:
            return None
        return f"viber://pa?{urlencode({'chatURI': self._uri, 'context': start})}"

    def _ref(self, person: str) -> ConversationRef:
        return ConversationRef(community=self._supplies.community, channel=self.name, bot=BOT, address=person)
