"""Speaks to the Bot API: aiogram's methods as JSON through the shared transport, its errors as ours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe, TelegramMethod
from pydantic import BaseModel

from adapters.transport import TIMEOUT, Answer, Part, Transport
from conversations.channel import (
    ChannelUnavailable,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    SendError,
)

UPLOAD = "upload"
"""The name of the file's part in a form; a field refers to it as `attach://upload`."""

DOWNLOAD_PATIENCE = 60.0
"""Seconds for a file of 20 MB."""

LONGEST_WAIT = 86_400.0
REASON_LENGTH = 120

_NOBODY_THERE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid")
_QUOTED = re.compile(r"[\"«“].*")
_NUMBERS = re.compile(r"\d{5,}")
_NOT_LATIN = re.compile(r"[^ -~]+")

_ANY_METHOD = GetMe()
"""aiogram's errors quote the method they came from; ours never show it, and a refusal carries no result to read."""


def as_json(one: BaseModel) -> dict[str, Any]:
    """What is set of an aiogram object; enough for a message, whose parts have no defaults that count.

    `fields` goes through everything there is in Python, which takes longer than the rest of the rendering.
    """
    return one.model_dump(mode="json", exclude_unset=True, exclude_none=True, warnings=False)


class TelegramApi:
    """The Bot API of one token at one address. `transport` carries every request."""

    def __init__(self, token: str, base: str, transport: Transport) -> None:
        # Only aiogram's serialisation and reading of errors are used; its own HTTP session is never opened.
        self._bot = Bot(token)
        self._server = TelegramAPIServer.from_base(base)
        self._transport = transport

    def fields(self, method: TelegramMethod[Any]) -> dict[str, Any]:
        """A method's parameters as JSON values, without those that are not set."""
        prepared = {
            name: self._bot.session.prepare_value(value, bot=self._bot, files={}, _dumps_json=False)
            for name, value in method.model_dump(warnings=False).items()
        }
        return {name: value for name, value in prepared.items() if value is not None}

    async def ask(self, method: TelegramMethod[Any], patience: float = TIMEOUT) -> Any:
        """Call a method and give its `result` as JSON. Raises what `call` raises."""
        return await self.call(method.__api_method__, self.fields(method), patience=patience)

    async def call(
        self,
        method: str,
        fields: Mapping[str, Any],
        *,
        file: Part | None = None,
        patience: float = TIMEOUT,
    ) -> Any:
        """Call a method by name and give its `result` as JSON; with a file it goes out as a form.

        Raises aiogram's TelegramAPIError where Telegram says no, ChannelUnavailable where it says nothing we know.
        """
        url = self._server.api_url(self._bot.token, method)
        if file is None:
            answer = await self._transport.request("POST", url, json_body=dict(fields), patience=patience)
        else:
            form = {name: _in_form(value) for name, value in fields.items()}
            answer = await self._transport.request(
                "POST", url, form={**form, UPLOAD: file}, patience=patience
            )
        return self._result(answer)

    async def download(self, path: str) -> bytes:
        """The bytes behind a `file_path`. Raises ChannelUnavailable, ReplyRejected (gone)."""
        url = self._server.file_url(self._bot.token, quote(path))
        answer = await self._transport.request("GET", url, patience=DOWNLOAD_PATIENCE)
        if answer.status == 200:
            return answer.body
        if answer.status in {400, 403, 404, 410}:
            raise ReplyRejected(f"the file is gone ({answer.status})")
        raise ChannelUnavailable(f"the file can't be fetched ({answer.status})")

    def _result(self, answer: Answer) -> Any:
        told = answer.json()
        if not isinstance(told, dict) or not isinstance(told.get("ok"), bool):
            raise _not_telegrams(answer.status)
        if told["ok"] and 200 <= answer.status < 300:
            return told.get("result")
        code = told.get("error_code")
        status = code if isinstance(code, int) and 400 <= code < 600 else answer.status
        try:
            checked = self._bot.session.check_response(self._bot, _ANY_METHOD, status, self._refusal(told))
        except TelegramAPIError as fault:
            if status == 429 and not isinstance(fault, TelegramRetryAfter):
                raise TelegramRetryAfter(_ANY_METHOD, fault.message, _asked_to_wait(answer)) from None
            raise
        return checked.result

    def _refusal(self, told: Mapping[str, Any]) -> str:
        """A refusal as aiogram expects each to be: with a description, and parameters of the documented types."""
        given = told.get("parameters")
        numbers = {name: n for name, n in given.items() if type(n) is int} if isinstance(given, dict) else {}
        description = str(told.get("description", "")).replace(self._bot.token, "…")
        return json.dumps({"ok": False, "description": description, "parameters": numbers})


def send_error(fault: TelegramAPIError) -> SendError:
    """Telegram's refusal as one of the five errors; its words stay only where they can hold nobody's else."""
    said = reason(fault.message)
    match fault:
        case TelegramRetryAfter():
            return RateLimited(min(max(float(fault.retry_after), 1.0), LONGEST_WAIT))
        case TelegramForbiddenError():
            return RecipientUnreachable(f"{said} (403)")
        case TelegramMigrateToChat():
            return RecipientUnreachable("the chat has become a supergroup (400)")
        case TelegramUnauthorizedError():
            return ChannelUnavailable("the token is refused (401)")
        case TelegramNotFound():
            return ChannelUnavailable("the token is refused (404)")
        case TelegramConflictError():
            return ChannelUnavailable(f"{said} (409)")
        case TelegramBadRequest() if any(words in fault.message.lower() for words in _NOBODY_THERE):
            return RecipientUnreachable(f"{said} (400)")
        case TelegramBadRequest():
            return ReplyRejected(f"{said} (400)")
        case TelegramEntityTooLarge():
            return ReplyRejected("the file is larger than Telegram takes (413)")
        case TelegramServerError():
            return ChannelUnavailable(f"Telegram is out of order: {said}")
        case _:
            return ChannelUnavailable(f"an answer Telegram does not document: {said}")


def reason(description: str) -> str:
    """Telegram's description in short: Latin only, nothing quoted, no long numbers.

    A description may quote what we sent, and what we sent may be a person's words.
    """
    plain = _NUMBERS.sub("…", _NOT_LATIN.sub("…", _QUOTED.sub("…", description)))
    return plain[:REASON_LENGTH].strip() or "no reason given"


def _in_form(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _not_telegrams(status: int) -> ChannelUnavailable:
    """A 2xx without Telegram's JSON may stand for a message that went out."""
    return ChannelUnavailable(f"the answer is not Telegram's ({status})", uncertain=200 <= status < 300)


def _asked_to_wait(answer: Answer) -> int:
    given = answer.headers.get("retry-after", "")
    return int(given) if given.isascii() and given.isdigit() else 1
