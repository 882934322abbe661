"""The routes of the chat page: the page, its live stream, its history, its files, its scripts and styles.

Posting a message is not here: the page's script posts to /webhooks/{community}/web like every other channel.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import anyio
from jinja2 import Environment, PackageLoader, StrictUndefined
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from adapters.incoming import TEXT_ACCEPTED
from adapters.web import files, stream
from adapters.web.channel import WebChannel
from adapters.web.render import LinkOf, feed_json
from adapters.web.typing import Heard, Typing
from adapters.web.visitors import COOKIE_DAYS, cookie_name, new_token
from conversations.channel import AttachmentStore, FeedReader, NotAuthentic
from conversations.messages import ConversationRef, Reply

HEARTBEAT = 15.0
"""Seconds. Proxies close a silent connection after 30 to 60."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

_DAY = 86_400
_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Announcement:
    """Whose reception it is and the phone that stands at every dead end."""

    community: str
    phone: str


@dataclass(frozen=True)
class Shortcuts:
    """What the buttons that are always on the page press: choice ids the engine keeps for ever."""

    person: str = "m:person"
    back: str = "m:back"
    menu: str = "m:menu"
    my_data: str = "m:data"


@dataclass(frozen=True)
class WebHouse:
    """What the page stands on. `welcome` is shown while nothing has been said; it is not stored.

    `typing` hears that a visitor types.
    """

    channel: WebChannel
    feed: FeedReader
    store: AttachmentStore
    announcement: Announcement
    welcome: Reply | None = None
    shortcuts: Shortcuts = Shortcuts()
    heartbeat: float = HEARTBEAT
    typing: Heard | None = None


class FreshFiles(StaticFiles):
    """Scripts and styles a browser asks about each time, by ETag: after an upgrade nobody runs old ones."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class ChatPage:
    """The handlers over one house."""

    def __init__(self, web: WebHouse) -> None:
        self._web = web
        templates = Environment(
            loader=PackageLoader("adapters.web"), autoescape=True, undefined=StrictUndefined
        )
        self._template = templates.get_template("chat.html")

    async def page(self, request: Request) -> Response:
        """The page itself; the first visit gets its cookie, each later one keeps it for another year."""
        channel = self._web.channel
        name = cookie_name(secure=channel.secure)
        try:
            channel.visitor(request.cookies)
            token = request.cookies[name]
        except NotAuthentic:
            token = new_token()
        welcome = self._web.welcome
        html = self._template.render(
            web=self._web,
            community=channel.community,
            welcome=welcome.model_dump_json() if welcome else "",
            file_limit=channel.capabilities.file_limit,
            file_limit_text=files.megabytes(channel.capabilities.file_limit),
            text_limit=TEXT_ACCEPTED,
        )
        response = HTMLResponse(html, headers=PAGE_HEADERS)
        response.set_cookie(
            name,
            token,
            max_age=COOKIE_DAYS * _DAY,
            path="/",
            secure=channel.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def live(self, request: Request) -> Response:
        """Server-sent events after Last-Event-ID, else after `?after=`."""
        try:
            ref, link_of = self._visitor(request)
        except NotAuthentic:
            return _unknown_visitor()
        cursor = stream.cursor_from(request.headers.get("last-event-id"), request.query_params.get("after"))
        closing = anyio.Event()
        return EventSourceResponse(
            stream.events(self._web.feed, ref, cursor, link_of, self._web.heartbeat, closing),
            ping=0,  # our own beats reach the page's script, comments would not
            shutdown_event=closing,
            shutdown_grace_period=stream.FAREWELL,
            headers={"X-Content-Type-Options": "nosniff"},
        )

    async def history(self, request: Request) -> Response:
        """Everything visible after `?after=`, once."""
        try:
            ref, link_of = self._visitor(request)
        except NotAuthentic:
            return _unknown_visitor()
        cursor = stream.cursor_from(request.query_params.get("after"))
        feed = await stream.everything(self._web.feed, ref, cursor)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return JSONResponse(feed_json(feed, link_of), headers=headers)

    async def take_file(self, request: Request) -> Response:
        """One file, multipart field `file`."""
        return await files.take(request, self._web.channel, self._web.store)

    async def give_file(self, request: Request) -> Response:
        """A file of this visitor's conversation."""
        return await files.give(request, self._web.channel, self._web.store)

    def _visitor(self, request: Request) -> tuple[ConversationRef, LinkOf]:
        channel = self._web.channel
        address = channel.visitor(request.cookies)
        return channel.ref(address), lambda file: channel.link(address, file)


def routes(web: WebHouse) -> list[BaseRoute]:
    """Everything the chat page needs beside the webhook."""
    chat = ChatPage(web)
    return [
        Route("/", chat.page, methods=["GET"]),
        Route("/chat/stream", chat.live, methods=["GET"]),
        Route("/chat/history", chat.history, methods=["GET"]),
        Route("/chat/files", chat.take_file, methods=["POST"]),
        Route("/chat/files/{content_hash}", chat.give_file, methods=["GET"]),
        Route("/chat/typing", Typing(web.channel, web.typing).tell, methods=["POST"]),
        Mount("/chat/static", FreshFiles(directory=_STATIC)),
    ]


def _unknown_visitor() -> Response:
    return PlainTextResponse("Не вдалося підтвердити, хто пише. Оновіть сторінку.", status_code=403)
