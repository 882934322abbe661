"""The Graph API: one signed request, and what each of its errors means for a sending.

4, 17, 32, 613, 80006, HTTP 429     RateLimited
10 outside of the window            ReplyWindowClosed
551, 100 with no matching user      RecipientUnreachable
190, a wrong proof, 1, 2, 1200, 5xx ChannelUnavailable
any other error                     ReplyRejected
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.fit import cut
from adapters.transport import TIMEOUT, Answer, Form, Transport
from conversations.channel import (
    ChannelUnavailable,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
    SendError,
)

PATIENCE_WHEN_UNTOLD = 60.0
LONGEST_PATIENCE = 86_400
"""Seconds. The vendor counts calls over a rolling day, so no patience need be longer."""

REASON_LIMIT = 160

_RATE_CODES = {4, 17, 32, 613, 80006}
_TOKEN_CODES = {102, 190}
_TRANSIENT_CODES = {1, 2, 1200}
_WINDOW_SUBCODES = {2018065, 2018278, 2534022}
_UNREACHABLE_SUBCODES = {1545041, 2018001, 2018108}
_TOO_LARGE = 2018109
_RESTRICTED_PAGE = 1893063
_TAKEN_ALL_THE_SAME = 1357046
"""«Received invalid JSON reply»: the vendor's own page says that the message was sent nevertheless."""

_QUOTED = re.compile(r'"[^"]*("|$)')
_LONG_NUMBER = re.compile(r"\d{7,}")


@dataclass(frozen=True)
class Fault:
    """The `error` of an answer: `{"error": {"message", "type", "code", "error_subcode", "fbtrace_id"}}`."""

    code: int
    subcode: int = 0
    message: str = ""

    def __str__(self) -> str:
        """The vendor's reason with its codes; without quoted words and long numbers, which may be a person's."""
        words = self.message if self.message.isascii() else ""
        told = " ".join(_LONG_NUMBER.sub("…", _QUOTED.sub("…", words)).split())
        codes = f"{self.code}/{self.subcode}" if self.subcode else str(self.code)
        return f"{cut(told, REASON_LIMIT)} ({codes})" if told else f"error {codes}"


@dataclass(frozen=True)
class GraphApi:
    """Speaks to one version of the API for one Page. `base` has no slash at its end."""

    transport: Transport
    base: str
    version: str
    page_id: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json_body: object = None,
        form: Form | None = None,
        patience: float = TIMEOUT,
    ) -> Mapping[str, Any]:
        """The answer's object for a request in the Page's name. Raises a SendError."""
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        return await self._request(
            method,
            path,
            {**(query or {}), "access_token": self.token, "appsecret_proof": proof},
            json_body,
            form,
            patience,
        )

    async def call_as_app(
        self, app_id: str, method: str, path: str, json_body: object = None
    ) -> Mapping[str, Any]:
        """The same in the name of the app. Raises a SendError."""
        query = {"access_token": f"{app_id}|{self.app_secret}"}
        return await self._request(method, path, query, json_body, None, TIMEOUT)

    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        json_body: object,
        form: Form | None,
        patience: float,
    ) -> Mapping[str, Any]:
        answer = await self.transport.request(
            method,
            f"{self.base}/{self.version}/{path}",
            query=query,
            json_body=json_body,
            form=form,
            patience=patience,
        )
        return understood(answer)


def understood(answer: Answer) -> Mapping[str, Any]:
    """The object a good answer holds. Raises the SendError a bad one means."""
    told = answer.json()
    fault = _fault(told)
    if fault is not None:
        raise error_of(fault, answer)
    if answer.status == 429:
        raise RateLimited(_patience(answer))
    if answer.status != 200:
        # Not the Graph API's own words: something on the way refused it, or the vendor broke.
        raise ChannelUnavailable(f"the vendor answered {answer.status}", uncertain=answer.status == 504)
    if not isinstance(told, dict):
        raise ChannelUnavailable("the vendor's answer can't be read", uncertain=True)
    return told


def error_of(fault: Fault, answer: Answer) -> SendError:
    """What an error means for the sending it answers."""
    code, subcode = fault.code, fault.subcode
    if code in _TOKEN_CODES or answer.status == 401 or "appsecret_proof" in fault.message:
        return ChannelUnavailable(f"the vendor refuses the Page's token or proof: {fault}")
    if subcode in _WINDOW_SUBCODES or (code == 10 and "outside of allowed window" in fault.message):
        return ReplyWindowClosed(str(fault))
    if code == 551 or subcode in _UNREACHABLE_SUBCODES:
        return RecipientUnreachable(str(fault))
    if subcode == _TOO_LARGE:
        return ReplyRejected(str(fault))
    if code in _RATE_CODES or answer.status == 429:
        return RateLimited(_patience(answer))
    if subcode == _RESTRICTED_PAGE:
        return ChannelUnavailable(f"the vendor has restricted the Page: {fault}")
    if code in _TRANSIENT_CODES or answer.status >= 500:
        return ChannelUnavailable(str(fault), uncertain=subcode == _TAKEN_ALL_THE_SAME)
    return ReplyRejected(str(fault))


def _fault(told: object) -> Fault | None:
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return None
    message = error.get("message")
    return Fault(
        code=_whole(error.get("code")),
        subcode=_whole(error.get("error_subcode")),
        message=message if isinstance(message, str) else "",
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _patience(answer: Answer) -> float:
    """Seconds: as the answer's headers say, within a day."""
    told = answer.headers.get("retry-after", "")
    if told.isascii() and told.isdigit() and len(told) < 10:
        return float(min(int(told), LONGEST_PATIENCE))
    minutes = _minutes(answer.headers.get("x-business-use-case-usage", ""))
    return float(min(minutes * 60, LONGEST_PATIENCE)) if minutes > 0 else PATIENCE_WHEN_UNTOLD


def _minutes(usage: str) -> int:
    """`{"<id>": [{"estimated_time_to_regain_access": MINUTES}]}`: the longest; 0 where none is told."""
    try:
        told = json.loads(usage)
    except (ValueError, RecursionError):
        return 0
    lists = told.values() if isinstance(told, dict) else ()
    entries = [entry for entries in lists if isinstance(entries, list) for entry in entries]
    return max(
        (
            _whole(entry.get("estimated_time_to_regain_access"))
            for entry in entries
            if isinstance(entry, dict)
        ),
        default=0,
    )
