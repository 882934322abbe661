"""Requests to Viber: every answer is HTTP 200 with a `status` in it, and each status becomes one error of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.incoming import readable
from adapters.transport import Transport
from conversations.channel import (
    ChannelUnavailable,
    FetchedFile,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    SendError,
    Sent,
)

OK = 0
INVALID_URL = 1
REFUSED_TOKEN = 2
NOT_REGISTERED = 5
NOT_SUBSCRIBED = 6
TOO_MANY = 12

PATIENCE_WITH_CROWDING = 600.0
"""Seconds. A hundred messages an hour to one person without a reply; the count goes back when they reply."""

FILE_PATIENCE = 100.0
REASON_SHOWN = 120


@dataclass(frozen=True)
class Told:
    """What Viber answered: its status, the words for it, and the rest."""

    status: int
    words: str
    fields: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """`receiverNotSubscribed (6)`."""
        return f"{self.words} ({self.status})"


class ViberApi:
    """The bot's requests. `base` is without a slash at the end."""

    def __init__(self, transport: Transport, base: str, token: str) -> None:
        self._transport = transport
        self._base = base
        self._token = token

    async def ask(self, method: str, body: Mapping[str, Any]) -> Told:
        """One request. Raises ChannelUnavailable, RateLimited."""
        answer = await self._transport.request(
            "POST",
            f"{self._base}/{method}",
            headers={"X-Viber-Auth-Token": self._token},
            json_body=dict(body),
        )
        if answer.status == 429:
            raise RateLimited(_seconds(answer.headers.get("retry-after")))
        if answer.status != 200:
            # A gateway that gave up waiting does not know what became of the request.
            raise ChannelUnavailable(f"HTTP {answer.status}", uncertain=answer.status == 504)
        fields = answer.json()
        status = fields.get("status") if isinstance(fields, dict) else None
        if isinstance(status, bool) or not isinstance(status, int):
            raise ChannelUnavailable("an answer that is not Viber's", uncertain=True)
        return Told(status, self._shown(fields.get("status_message")), fields)

    async def send(self, method: str, body: Mapping[str, Any]) -> Sent:
        """One message. Raises one of the five SendErrors."""
        told = await self.ask(method, body)
        if told.status != OK:
            raise _error(told)
        token = told.fields.get("message_token")
        if isinstance(token, bool) or not isinstance(token, int | str) or token == "":
            raise ChannelUnavailable("taken without a message token", uncertain=True)
        billing = told.fields.get("billing_status")
        return Sent(str(token), None if billing is None else readable(str(billing), 40))

    async def fetch(self, address: str) -> FetchedFile:
        """A file people sent. Raises ChannelUnavailable, ReplyRejected."""
        # No address inside our own network is ever asked; an emulator lives where the API does.
        if not address.startswith("https://") and urlsplit(address).netloc != urlsplit(self._base).netloc:
            raise ReplyRejected("not an address of Viber's")
        answer = await self._transport.request("GET", address, patience=FILE_PATIENCE)
        if answer.status in (400, 401, 403, 404, 410):
            raise ReplyRejected(f"the file is gone (HTTP {answer.status})")
        if answer.status != 200:
            raise ChannelUnavailable(f"HTTP {answer.status}")
        return FetchedFile(answer.body)

    def _shown(self, words: object) -> str:
        """Viber's words for a status, short and never with the token."""
        if not isinstance(words, str) or not words:
            return "no reason"
        return readable(words.replace(self._token, "…"), REASON_SHOWN)


def _error(told: Told) -> SendError:
    if told.status in (NOT_REGISTERED, NOT_SUBSCRIBED):
        return RecipientUnreachable(told.reason)
    if told.status == TOO_MANY:
        return RateLimited(PATIENCE_WITH_CROWDING)
    if told.status == REFUSED_TOKEN:
        return ChannelUnavailable("the token is refused")
    return ReplyRejected(told.reason)


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.isascii() and header.isdigit() else 60.0
