"""What stands before every page.

The session, the form's token, the policy headers, and an answer to every failure.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from handover.accounts import accounts, sessions
from handover.accounts.accounts import Account
from handover.accounts.permissions import Forbidden, Permission, allows, require
from handover.accounts.sessions import BadCsrf, NoSession, Session
from handover.assignment import presence
from handover.assignment.presence import Shift
from handover.workplace import failures, words
from handover.workplace.failures import Failure
from handover.workplace.house import WorkplaceHouse
from handover.workplace.pages import Pages
from handover.workplace.sections import frame

COOKIE = "pryimalnia_workplace"
FORM_LIMIT = 64 * 1024
SET_UP = "/workplace/me/second-factor"
FIELDS = 50

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

_log = logging.getLogger(__name__)


class ForeignForm(Exception):
    """The request was made by another site's page."""


class FormTooLarge(Exception):
    """The form is longer than any of ours."""


class FactorDue(Exception):
    """The community asks everybody for a second factor and this account has none: that comes first."""


class Stopped(Exception):
    """An action could not be done; carries what to tell the person."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.title)
        self.failure = failure


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, and the session they came with."""

    account: Account
    session: Session
    shift: Shift = "off"


Form = dict[str, str]


def is_htmx(request: Request) -> bool:
    """Whether a part of a page is asked for. A page kept by the browser's history is asked for whole."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def safe_back(address: str) -> str:
    """Where to go after sign-in: a path of the workplace and nothing else."""
    parts = urlsplit(address)
    inside = parts.path == "/workplace" or parts.path.startswith("/workplace/")
    if (
        parts.scheme
        or parts.netloc
        or not inside
        or "\\" in address
        or parts.path.startswith("/workplace/login")
    ):
        return "/workplace"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def back_to(request: Request) -> str:
    """The page the person looks at: htmx says it, else the address itself, for an action its conversation."""
    shown = urlsplit(request.headers.get("hx-current-url", ""))
    if shown.path:
        return safe_back(shown.path + (f"?{shown.query}" if shown.query else ""))
    if request.method == "GET":
        return safe_back(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    return safe_back(request.url.path.rsplit("/", 1)[0])


def sign_in_address(back: str) -> str:
    return f"/workplace/login?next={quote(back, safe='')}"


def from_here(request: Request) -> bool:
    """Whether a browser sent the form from our own page.

    Programs without these headers carry no one's cookie.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def read_form(request: Request, most: int = FIELDS) -> Form:
    """The fields of an urlencoded form, `most` of them. Raises ForeignForm, FormTooLarge."""
    if not from_here(request):
        raise ForeignForm
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise FormTooLarge
    try:
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most)
    except ValueError as fault:
        raise FormTooLarge from fault
    # PostgreSQL keeps no NUL in a text.
    return {name: value.replace("\0", "").replace("\r\n", "\n") for name, value in fields}


class Guard:
    """The session behind a request and what its account may do."""

    def __init__(self, house: WorkplaceHouse, pages: Pages) -> None:
        self.house = house
        self.pages = pages

    async def visitor(
        self, request: Request, needs: Permission = Permission.READ, *, unready: bool = False
    ) -> Visitor:
        """Who is signed in and may do this. Raises NoSession, Forbidden, FactorDue.

        `unready`: the page is for those too who still have to set up their second factor.
        """
        now = self.house.clock()
        token = request.cookies.get(COOKIE)
        if not token:
            raise NoSession
        async with self.house.database.read() as db:
            session = await sessions.current(db, token, now)
            account = await accounts.find(db, session.account_id)
            shift = await presence.of(db, session.account_id)
        if session.stale:
            async with self.house.database.write() as db:
                await sessions.touch(db, session, now)
            await presence.heard(self.house.database, account.id, now)
        if session.owes_factor and not unready:
            raise FactorDue
        require(account.role, needs)
        return Visitor(account, session, shift)

    async def acting(
        self, request: Request, needs: Permission, most: int = FIELDS, *, unready: bool = False
    ) -> tuple[Visitor, Form]:
        """The same for a form of up to `most` fields, whose token must be this session's.

        Raises also BadCsrf, ForeignForm, FormTooLarge.
        """
        form = await read_form(request, most)
        visitor = await self.visitor(request, needs, unready=unready)
        sessions.check_csrf(visitor.session, form.get("csrf"))
        return visitor, form

    def page(
        self, visitor: Visitor, template: str, place: str, status: int = 200, **values: object
    ) -> HTMLResponse:
        """A whole page with its frame; `place` is the name of its section."""
        me = visitor.account
        around = frame(me.role, place)
        shown = self.pages.render(
            template,
            me=me,
            initials=words.initials(me.name),
            csrf=visitor.session.csrf_token,
            shift=visitor.shift,
            shift_word=words.SHIFTS[visitor.shift],
            consults=allows(me.role, Permission.CONSULT),
            frame=around,
            place=place,
            **values,
        )
        return HTMLResponse(shown, status)

    def route_class(self) -> type[APIRoute]:
        """A route that adds the policy to every answer and turns every failure into a page or a notice."""
        guard = self

        class GuardedRoute(APIRoute):
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                handle = super().get_route_handler()

                async def guarded(request: Request) -> Response:
                    try:
                        response = await handle(request)
                    except Exception as error:
                        response = guard.answer(request, error)
                    for name, value in HEADERS.items():
                        response.headers.setdefault(name, value)
                    return response

                return guarded

        return GuardedRoute

    def answer(self, request: Request, error: Exception) -> Response:
        """What a failure looks like: a notice inside the page, a redirect to sign-in, or a whole page."""
        back = back_to(request)
        if isinstance(error, NoSession) and not is_htmx(request):
            return RedirectResponse(sign_in_address(back), status_code=303)
        if isinstance(error, FactorDue) and not is_htmx(request):
            return RedirectResponse(SET_UP, status_code=303)
        failure = self._failure(error, back)
        if failure.status >= 500:
            # Names and places only: an exception's words may hold what a citizen wrote.
            frames = traceback.extract_tb(error.__traceback__)
            places = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
            _log.error("workplace: %s\n%s", type(error).__name__, places)
        if is_htmx(request):
            return HTMLResponse(
                self.pages.render("notice.html", failure=failure),
                failure.status,
                {"HX-Retarget": "#alert", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"},
            )
        return HTMLResponse(self.pages.render("failure.html", failure=failure), failure.status)

    @staticmethod
    def _failure(error: Exception, back: str) -> Failure:
        match error:
            case Stopped():
                return error.failure
            case NoSession():
                return failures.signed_out(sign_in_address(back))
            case BadCsrf():
                return failures.stale_page(back)
            case ForeignForm():
                return failures.foreign_form()
            case FormTooLarge():
                return failures.too_large(back)
            case Forbidden():
                return failures.forbidden()
            case FactorDue():
                return failures.factor_due(SET_UP)
        return failures.broken(back)
