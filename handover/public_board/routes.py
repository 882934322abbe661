"""GET /board/{office}, its state, its styles and its script. Open to everybody; a second serves all screens."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError

from conversations.database import Database
from handover.public_board.announcements import PAGES_AT_MOST
from handover.public_board.state import CALLS, WAITS, day_line, known_office, screen, title
from knowledge_base.answers import Knowledge, Office
from knowledge_base.language import clock

HERE = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}

FRESH = 1.0
"""Seconds an answer stands: so often at most an office asks the database, however many screens it has."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class BoardHouse:
    """What the screens stand on: one community's base and the visits of its offices. `ticks` are seconds."""

    database: Database
    knowledge: Callable[[], Knowledge]
    clock: Callable[[], datetime]
    ticks: Callable[[], float] = time.monotonic


@dataclass
class _Kept:
    """The last answer of an office: None where the database was away."""

    body: bytes | None = None
    at: float = float("-inf")
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Screens:
    """The answers of every office, each asked for at most once a second."""

    def __init__(self, house: BoardHouse, version: str) -> None:
        self._house = house
        self._version = version
        self._kept: dict[str, _Kept] = {}

    async def state(self, knowledge: Knowledge, office: Office) -> bytes | None:
        """The state as JSON, at most a second old; None while the database is away."""
        kept = self._kept.setdefault(office.id, _Kept())
        async with kept.asking:
            if self._house.ticks() - kept.at < FRESH:
                return kept.body
            kept.at = self._house.ticks()
            try:
                async with self._house.database.read() as db:
                    shown = await screen(db, knowledge, office, self._house.clock())
            except (SQLAlchemyError, OSError):
                kept.body = None
            else:
                kept.body = json.dumps(shown.as_json(self._version), ensure_ascii=False).encode()
            return kept.body


def routes(house: BoardHouse) -> APIRouter:
    """The router to include into the application."""
    assets = {path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir())}
    template_text = (HERE / "templates" / "board.html").read_bytes()
    whole = hashlib.sha256(b"\0".join([template_text, *assets.values()]))
    version = whole.hexdigest()[:12]
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    templates.globals.update(asset=lambda name: f"/board/static/{name}?v={version}")
    screens = Screens(house, version)
    router = APIRouter(include_in_schema=False)

    @router.get("/board/static/{name}")
    async def static(name: str) -> Response:
        content = assets.get(name)
        if content is None:
            return _unknown()
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)

    @router.get("/board/{office}")
    async def board(office: str) -> Response:
        knowledge = house.knowledge()
        found = known_office(knowledge, office)
        if found is None:
            return _unknown()
        local = house.clock().astimezone(ZoneInfo(knowledge.community.timezone))
        page = templates.get_template("board.html").render(
            version=version,
            title=title(found),
            day=day_line(local.date()),
            clock=clock(local.time()),
            source=f"/board/{found.id}/state",
            older=CALLS - 1,
            letters=WAITS,
            announcements=PAGES_AT_MOST,
        )
        return HTMLResponse(page, headers=HEADERS)

    @router.get("/board/{office}/state")
    async def state(office: str) -> Response:
        knowledge = house.knowledge()
        found = known_office(knowledge, office)
        if found is None:
            return _unknown()
        body = await screens.state(knowledge, found)
        if body is None:
            return PlainTextResponse("Даних зараз немає.", 503, headers={**HEADERS, "Retry-After": "5"})
        return Response(body, media_type="application/json", headers=HEADERS)

    return router


def _unknown() -> Response:
    return PlainTextResponse("Такого табло немає. Перевірте адресу.", 404, headers=HEADERS)
