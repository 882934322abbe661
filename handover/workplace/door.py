"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from handover import audit
from handover.accounts import accounts, sessions
from handover.accounts.accounts import LockedOut, WrongCredentials
from handover.accounts.permissions import Permission, allows
from handover.assignment import presence
from handover.audit import Action
from handover.tickets.wording import clock
from handover.workplace.failures import Failure
from handover.workplace.guard import COOKIE, Guard, read_form, safe_back


def add_door(router: APIRouter, guard: Guard) -> None:
    """/workplace/login and /workplace/logout."""
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
            return form_page(back, login, _locked(locked))
        except WrongCredentials:
            await _remember_refusal(login)
            return form_page(back, login, _WRONG)
        async with house.database.write() as db:
            opened = await sessions.start(db, account.id, now)
            if allows(account.role, Permission.CONSULT):
                await presence.say(db, account, "on", now)
            await audit.record(
                db,
                community=account.community,
                account_id=account.id,
                action=Action.SIGNED_IN,
                subject=None,
                now=now,
            )
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
            await audit.record(
                db,
                community=account.community,
                account_id=account.id,
                action=Action.SIGN_IN_REFUSED,
                subject=None,
                now=house.clock(),
            )

    @router.post("/workplace/logout")
    async def sign_out(request: Request) -> Response:
        form = await read_form(request)
        visitor = await guard.visitor(request)
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


_WRONG = Failure(
    401,
    "Не впускаємо",
    "Логін або пароль не підходить. Перевірте розкладку й спробуйте ще раз.",
    "Увійти",
    "/workplace/login",
)


def _locked(locked: LockedOut) -> Failure:
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
