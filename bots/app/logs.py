"""The log: a JSON object a line for machines, a readable line in a terminal; ids, never content, never a secret.

Only our own packages speak below WARNING: at DEBUG the libraries under us would write down what they carry. The text
of an exception is nobody's to print, since it may hold a person's words: its kind and where it arose are.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, TextIO
from urllib.parse import unquote, urlsplit

from bots.app.settings import Settings
from bots.turns.faults import described
from bots.turns.telling import bound

OURS = ("adapters", "bots", "conversations", "handover", "knowledge_base")

HIDDEN = "•••"

SHORTEST_SECRET = 6
"""A shorter value would hide ordinary words."""

SECRET_NAMES = ("TOKEN", "SECRET", "PASSWORD")
"""Endings of the variables whose value never reaches a line."""


def begin(settings: Settings, stream: TextIO | None = None) -> None:
    """Write the log of this process to `stream`, else standard error; a log that was begun before is replaced."""
    out = sys.stderr if stream is None else stream
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not out.isatty())
    handler = _Handler(out)
    handler.addFilter(_ours_or_grave)
    hidden = secrets_of(settings)
    handler.setFormatter(JsonFormatter(hidden) if as_json else TextFormatter(hidden))
    root = logging.getLogger()
    for before in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[settings.log_level]))
    for package in OURS:
        logging.getLogger(package).setLevel(settings.log_level)


def secrets_of(settings: Settings) -> frozenset[str]:
    """Every secret the settings hold: tokens, signing secrets, the passwords inside addresses."""
    found = {settings.secret, settings.metrics_token}
    found |= {value for name, value in settings.vendors.items() if name.upper().endswith(SECRET_NAMES)}
    for address in (settings.database_url, settings.redis_url):
        password = urlsplit(address).password or ""
        found |= {password, unquote(password)}
    return frozenset(one for one in found if len(one) >= SHORTEST_SECRET)


def watch_loop() -> None:
    """Let what ends unnoticed on the running event loop be told without its message, as everything else is."""
    asyncio.get_running_loop().set_exception_handler(_unnoticed)


def _unnoticed(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    fault = context.get("exception")
    told = described(fault) if isinstance(fault, BaseException) else "no exception"
    # "Exception in callback set_result(…, …)": what the callback was given may be a person's words.
    head, callback, _ = str(context["message"]).partition(" callback")
    logging.getLogger(__name__).error("%s%s: %s", head, callback, told)


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:
        """Say which line could not be written; the library would print all that it was given."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(
                f"a line of {record.name} could not be written ({record.pathname}:{record.lineno})\n"
            )


def _ours_or_grave(record: logging.LogRecord) -> bool:
    """Some libraries have a level of their own, below the root's."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


class _Formatter(logging.Formatter):
    def __init__(self, hidden: Collection[str]) -> None:
        super().__init__()
        # The longest first: one secret may be a part of another.
        self._hidden = sorted(hidden, key=len, reverse=True)

    def without_secrets(self, text: str) -> str:
        for secret in self._hidden:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text

    def fault_of(self, record: logging.LogRecord) -> str | None:
        fault = record.exc_info[1] if record.exc_info else None
        return described(fault) if fault is not None else None


class JsonFormatter(_Formatter):
    """time (UTC), level, logger, message; community, channel, conversation, turn, worker where known; fault."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "time": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.without_secrets(record.getMessage()),
            **bound(),
        }
        if fault := self.fault_of(record):
            line["fault"] = self.without_secrets(fault)
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(_Formatter):
    """For a person before a terminal: local time, level, logger, message, then the ids."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the places of a fault below it."""
        ids = " ".join(f"{name}={value}" for name, value in bound().items())
        head = f"{_time(record).astimezone():%H:%M:%S} {record.levelname:<7} {record.name}: {record.getMessage()}"
        told = [f"{head}  [{ids}]" if ids else head, self.fault_of(record) or ""]
        return self.without_secrets("\n".join(filter(None, told)))


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
