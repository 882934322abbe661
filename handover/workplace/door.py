"""Signing in and out: a password, then a code where the account has a second factor."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from handover import audit
from handover.accounts import accounts, second_factor, sessions
from handover.accounts.accounts import Account, WrongCredentials
from handover.accounts.attempts import LockedOut
from handover.accounts.permissions import Permission, allows
from handover.accounts.second_factor import WrongCode
from handover.accounts.sessions import Opened
from handover.assignment import presence
from handover.audit import Action
from handover.tickets.wording import clock
from handover.workplace.browsers import browser
from handover.workplace.failures import Failure
from handover.workplace.guard import COOKIE, Guard, read_form, safe_back, sign_in_address

HALF_COOKIE = "pryimalnia_code"
_HALF_PATH = "/workplace/login"


def add_door(router: APIRouter, guard: Guard) -> None:
    """/workplace/login, /workplace/login/code and /workplace/logout."""
    house, pages = guard.house, guard.pages

    def form_page(back: str, login: str = "", notice: Failure | None = None) -> HTMLResponse:
        page = pages.render("login.html", next=back, login=login, notice=notice)
        return HTMLResponse(page, 200 if notice is None else notice.status)

    @router.get("/workplace/login")
    async def show_form(request: Request) -> Response:
        return form_page(safe_back(request.query_params.get("next", "")))

    @router.post("/workplace/login")
    async def sign_in(request: Request) -> Response:
        form = await read_form(request)
        now = house.clock()
        back, login = safe_back(form.get("next", "")), accounts.normal(form.get("login", ""))
        try:
            account = await accounts.authenticate(house.database, login, form.get("password", ""), now)
        except LockedOut as locked:
            return form_page(back, login, locked_out(locked))
        except WrongCredentials:
            await _remember_refusal(login)
            return form_page(back, login, _WRONG)
        async with house.database.write() as db:
            if (await second_factor.standing(db, account.id)).confirmed_at is not None:
                half = await sessions.begin(db, account.id, now)
                return _to_the_code(half, back)
            opened = await sessions.start(db, account.id, now, _browser(request))
            await _arrived(db, account, now)
        return _inside(opened, back)

    def code_page(back: str, notice: Failure | None = None) -> HTMLResponse:
        page = pages.render("code.html", next=back, notice=notice)
        return HTMLResponse(page, 200 if notice is None else notice.status)

    @router.get("/workplace/login/code")
    async def ask_code(request: Request) -> Response:
        back = safe_back(request.query_params.get("next", ""))
        async with house.database.read() as db:
            try:
                await sessions.begun(db, request.cookies.get(HALF_COOKIE, ""), house.clock())
            except sessions.NoSession:
                return RedirectResponse(sign_in_address(back), status_code=303)
        return code_page(back)

    @router.post("/workplace/login/code")
    async def take_code(request: Request) -> Response:
        form = await read_form(request)
        now, half = house.clock(), request.cookies.get(HALF_COOKIE, "")
        back = safe_back(form.get("next", ""))
        try:
            async with house.database.read() as db:
                account = await accounts.find(db, await sessions.begun(db, half, now))
            recovered = await second_factor.prove(
                house.database, house.secret, account.id, form.get("code", ""), now
            )
            async with house.database.write() as db:
                opened = await sessions.complete(db, half, now, _browser(request))
                if recovered:
                    await _remember(db, account, Action.RECOVERY_USED, now)
                await _arrived(db, account, now)
        except sessions.NoSession:
            return RedirectResponse(sign_in_address(back), status_code=303)
        except LockedOut as locked:
            return code_page(back, locked_out(locked))
        except WrongCode:
            async with house.database.write() as db:
                await _remember(db, account, Action.CODE_REFUSED, now)
            return code_page(back, WRONG_CODE)
        response = _inside(opened, back)
        response.delete_cookie(HALF_COOKIE, path=_HALF_PATH)
        return response

    def _to_the_code(half: str, back: str) -> Response:
        response = RedirectResponse(f"/workplace/login/code?next={quote(back, safe='')}", status_code=303)
        response.set_cookie(
            HALF_COOKIE,
            half,
            max_age=int(sessions.HALF_LASTS.total_seconds()),
            path=_HALF_PATH,
            httponly=True,
            secure=house.secure_cookies,
            samesite="lax",
        )
        return response

    def _inside(opened: Opened, back: str) -> Response:
        response = RedirectResponse(back, status_code=303)
        response.set_cookie(
            COOKIE,
            opened.token,
            max_age=int(sessions.LASTS.total_seconds()),
            path="/workplace",
            httponly=True,
            secure=house.secure_cookies,
            samesite="lax",
        )
        return response

    async def _remember_refusal(login: str) -> None:
        """A wrong password for a real account is kept in its community's log.

        An unknown login belongs to nobody.
        """
        async with house.database.write() as db:
            try:
                account = await accounts.by_login(db, login)
            except accounts.UnknownAccount:
                return
            await _remember(db, account, Action.SIGN_IN_REFUSED, house.clock())

    @router.post("/workplace/logout")
    async def sign_out(request: Request) -> Response:
        form = await read_form(request)
        visitor = await guard.visitor(request, unready=True)
        sessions.check_csrf(visitor.session, form.get("csrf"))
        now = house.clock()
        async with house.database.write() as db:
            await sessions.revoke(db, visitor.session.token_hash, now)
            if visitor.shift != "off":
                await presence.say(db, visitor.account, "off", now)
            await audit.record(
                db,
                community=visitor.account.community,
                account_id=visitor.account.id,
                action=Action.SIGNED_OUT,
                subject=None,
                now=now,
            )
        response = RedirectResponse("/workplace/login", status_code=303)
        response.delete_cookie(COOKIE, path="/workplace")
        return response


def _browser(request: Request) -> str | None:
    return browser(request.headers.get("user-agent"))


async def _remember(db: AsyncConnection, account: Account, action: Action, now: datetime) -> None:
    await audit.record(
        db, community=account.community, account_id=account.id, action=action, subject=None, now=now
    )


async def _arrived(db: AsyncConnection, account: Account, now: datetime) -> None:
    """Whoever signs in and answers people is on shift."""
    if allows(account.role, Permission.CONSULT):
        await presence.say(db, account, "on", now)
    await _remember(db, account, Action.SIGNED_IN, now)


WRONG_CODE = Failure(
    401,
    "Код не підходить",
    "Код не підходить або його вже використано. Дочекайтеся нового й наберіть ще раз.",
    "Увійти",
    "/workplace/login",
)

_WRONG = Failure(
    401,
    "Не впускаємо",
    "Логін або пароль не підходить. Перевірте розкладку й спробуйте ще раз.",
    "Увійти",
    "/workplace/login",
)


def locked_out(locked: LockedOut) -> Failure:
    return Failure(
        429,
        "Забагато спроб",
        f"Забагато невдалих спроб. Вхід закрито до {clock(locked.until)}. Не пам’ятаєте пароль — "
        "адміністратор дасть новий.",
        "Увійти",
        "/workplace/login",
        icon="lock",
        soft=True,
    )
