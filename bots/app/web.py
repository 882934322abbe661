"""The web server: one door for webhooks, the citizens' page, the workplace, the halls' screens, /health and its kin."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.routing import Route

from adapters.web.pages import routes as chat_routes
from bots.app.health import Health
from bots.app.health import routes as health_routes
from bots.app.house import House, board_house, chat_house, workplace_house
from bots.app.links import PublicLinks
from bots.turns.accept import UnknownDoor, accept
from bots.turns.intake import Overloaded
from bots.turns.loops import running
from conversations.channel import NotAuthentic
from conversations.channel import Request as ChannelRequest
from handover.public_board.routes import routes as board_routes
from handover.workplace.routes import routes as workplace_routes

log = logging.getLogger(__name__)

BODY_LIMIT = 1_000_000
"""Bytes of one webhook. Messenger, the largest, batches up to 1000 events; files never come this way."""

RETRY_AFTER = "5"
"""Seconds a sender should wait when the database is away or more comes in than can be stored."""


def application(house: House, *, with_worker: bool, health: Health | None = None) -> FastAPI:
    """The ASGI application over an open house; `with_worker` also runs the think and deliver loops in it.

    Whoever stops the process says so in `health`, which is closed with the application.
    """
    known = health or Health(house, "serve" if with_worker else "web")
    settings = house.settings

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(known.close)
            if with_worker:
                await stack.enter_async_context(running(house.runtime))
            yield

    app = FastAPI(title="Приймальня", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    # A plain route: it reads the raw body itself, and is the one door that is knocked at all day.
    app.router.routes.append(
        Route("/webhooks/{community}/{channel}", _webhook(house), methods=["GET", "POST"])
    )
    app.router.routes.extend(
        health_routes(known, settings.metrics_token, behind_proxy=bool(settings.public_url))
    )
    app.add_api_route("/files/{content_hash}/{name}", _file(house), methods=["GET", "HEAD"])
    app.router.routes.extend(chat_routes(chat_house(house)))
    app.include_router(workplace_routes(workplace_house(house)))
    app.include_router(board_routes(board_house(house)))
    for away in (SQLAlchemyError, OSError):
        app.add_exception_handler(away, _database_away)
    return app


def _webhook(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def webhook(request: Request) -> Response:
        community, channel = request.path_params["community"], request.path_params["channel"]
        body = await _body(request)
        if body is None:
            return PlainTextResponse("Повідомлення завелике.", status_code=413)
        seen = ChannelRequest(
            method=request.method,
            headers=dict(request.headers),
            query=dict(request.query_params),
            cookies=dict(request.cookies),
            body=body,
        )
        try:
            answer = await accept(house.runtime, community, channel, seen)
        except UnknownDoor:
            return PlainTextResponse("Такої адреси немає.", status_code=404)
        except Overloaded:
            return _come_again("Забагато повідомлень одночасно. Повторіть, будь ласка, за хвилину.")
        except NotAuthentic:
            return PlainTextResponse("Не вдалося підтвердити, хто пише. Оновіть сторінку.", status_code=403)
        return Response(answer.body, status_code=answer.status, media_type=answer.media_type)

    return webhook


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _file(house: House) -> Callable[[str, Request], Awaitable[Response]]:
    """A file we send, for the vendor that was given its link."""
    links = PublicLinks(house.secret, house.settings.public_url)

    async def file(content_hash: str, request: Request) -> Response:
        try:
            if not links.holds(content_hash, request.query_params):
                raise FileNotFoundError
            content = await house.runtime.store.get(content_hash)
        except (FileNotFoundError, ValueError):
            return PlainTextResponse("Такого файлу немає.", status_code=404)
        name = quote(request.query_params["name"] or "file", safe="")
        return Response(
            content,
            media_type=request.query_params["type"],
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, no-store",
            },
        )

    return file


async def _database_away(_: Request, error: Exception) -> Response:
    """Nothing was stored, so the sender must come again: never 200."""
    log.error("the database did not do it: %s", type(error).__name__)
    return _come_again("Збій на нашому боці. Повторіть, будь ласка, за хвилину.")


def _come_again(text: str) -> Response:
    return PlainTextResponse(text, status_code=503, headers={"Retry-After": RETRY_AFTER})
