"""A person's own page: password, code for signing in, and where they are signed in."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import datetime

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from handover import audit
from handover.accounts import accounts, passwords, second_factor, sessions
from handover.accounts.accounts import Account, WrongCredentials
from handover.accounts.attempts import LockedOut
from handover.accounts.passwords import WeakPassword
from handover.accounts.permissions import Permission
from handover.accounts.second_factor import AlreadySet, WrongCode
from handover.audit import Action
from handover.workplace import failures
from handover.workplace.door import WRONG_CODE, locked_out
from handover.workplace.failures import Failure
from handover.workplace.guard import SET_UP, Form, Guard, Stopped, Visitor

PAGE = "/workplace/me"


def add_me(router: APIRouter, guard: Guard) -> None:
    """/workplace/me with its password, sessions and second-factor."""
    house = guard.house

    async def shown(visitor: Visitor, notice: Failure | None = None, done: str = "") -> HTMLResponse:
        now = house.clock()
        async with house.database.read() as db:
            factor = await second_factor.standing(db, visitor.account.id)
            asked = await second_factor.required(db, visitor.account.community)
            held = await sessions.held(db, visitor.session, now)
        return guard.page(
            visitor,
            "me.html",
            "me",
            200 if notice is None else notice.status,
            factor=factor,
            asked=asked,
            sessions=held,
            now=now,
            notice=notice,
            done=done,
        )

    @router.get("/workplace/me")
    async def me(request: Request) -> Response:
        visitor = await guard.visitor(request)
        return await shown(visitor, done=_DONE.get(request.query_params.get("done", ""), ""))

    @router.post("/workplace/me/password")
    async def password(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ, unready=True)
        now, wanted = house.clock(), form.get("new", "")
        refused = await _unproved(guard, visitor, form, now)
        if refused is None and wanted != form.get("again", ""):
            refused = _DIFFER
        if refused is not None:
            return await shown(visitor, refused)
        try:
            hashed = await asyncio.to_thread(passwords.hash_password, wanted)
        except WeakPassword:
            return await shown(visitor, _WEAK)
        async with house.database.write() as db:
            await accounts.change_password(db, visitor.session, hashed, now)
            await _remember(db, visitor.account, Action.ACCESS_CHANGED, now)
        return RedirectResponse(f"{PAGE}?done=password", status_code=303)

    @router.post("/workplace/me/sessions")
    async def end_sessions(request: Request) -> Response:
        """One session by its id, or all but this one."""
        visitor, form = await guard.acting(request, Permission.READ)
        now, one = house.clock(), form.get("session", "")
        async with house.database.write() as db:
            if one:
                ended = await sessions.revoke_seen(db, visitor.session, one, now)
            else:
                await sessions.revoke_all(db, visitor.account.id, now, but=visitor.session)
                ended = True
            if ended:
                await _remember(db, visitor.account, Action.SESSIONS_ENDED, now)
        return RedirectResponse(f"{PAGE}?done=sessions", status_code=303)

    async def setting_up(
        visitor: Visitor, notice: Failure | None = None, codes: list[str] | None = None
    ) -> Response:
        secret = await _being_set_up(visitor) if codes is None else None
        return guard.page(
            visitor,
            "second_factor.html",
            "me",
            200 if notice is None else notice.status,
            typed=second_factor.typed(secret) if secret else None,
            owes=visitor.session.owes_factor,
            codes=codes,
            notice=notice,
        )

    async def _being_set_up(visitor: Visitor) -> bytes | None:
        """The secret of a factor that is not confirmed yet. Raises AlreadySet."""
        async with house.database.read() as db:
            seed = await second_factor.unconfirmed(db, visitor.account.id, house.clock())
        return second_factor.derived(house.secret, visitor.account.id, seed) if seed else None

    @router.get(SET_UP)
    async def set_up(request: Request) -> Response:
        visitor = await guard.visitor(request, unready=True)
        try:
            return await setting_up(visitor)
        except AlreadySet:
            return RedirectResponse(PAGE, status_code=303)

    @router.get(f"{SET_UP}/qr.svg")
    async def qr(request: Request) -> Response:
        """The QR code while the factor is being set up, and never again."""
        visitor = await guard.visitor(request, unready=True)
        try:
            secret = await _being_set_up(visitor)
        except AlreadySet:
            secret = None
        if secret is None:
            return Response(status_code=404)
        drawn = io.BytesIO()
        code = segno.make(second_factor.address(secret, visitor.account.login), error="m")
        code.save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff")
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    @router.post(SET_UP)
    async def begin(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ, unready=True)
        now = house.clock()
        refused = await _unproved(guard, visitor, form, now)
        if refused is not None:
            return await setting_up(visitor, refused)
        try:
            async with house.database.write() as db:
                await second_factor.begin(db, visitor.account.community, visitor.account.id, now)
        except AlreadySet:
            return RedirectResponse(PAGE, status_code=303)
        return RedirectResponse(SET_UP, status_code=303)

    @router.post(f"{SET_UP}/confirm")
    async def confirm(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ, unready=True)
        now, me = house.clock(), visitor.account
        try:
            codes = await second_factor.confirm(
                house.database, house.secret, me.id, form.get("code", ""), now
            )
        except AlreadySet:
            return RedirectResponse(PAGE, status_code=303)
        except LockedOut as locked:
            return await setting_up(visitor, locked_out(locked))
        except WrongCode:
            return await setting_up(visitor, replace(WRONG_CODE, status=422))
        async with house.database.write() as db:
            await sessions.revoke_all(db, me.id, now, but=visitor.session)
            await _remember(db, me, Action.FACTOR_SET, now)
        return await setting_up(visitor, codes=codes)

    @router.post(f"{SET_UP}/codes")
    async def renew_codes(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ)
        now, me = house.clock(), visitor.account
        refused = await _unproved(guard, visitor, form, now)
        if refused is not None:
            return await shown(visitor, refused)
        async with house.database.write() as db:
            if (await second_factor.standing(db, me.id)).confirmed_at is None:
                raise Stopped(failures.factor_due(SET_UP))
            codes = await second_factor.new_recovery_codes(db, me.id)
            await _remember(db, me, Action.RECOVERY_RENEWED, now)
        return await setting_up(visitor, codes=codes)

    @router.post(f"{SET_UP}/remove")
    async def remove(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.READ)
        now, me = house.clock(), visitor.account
        refused = await _unproved(guard, visitor, form, now)
        if refused is not None:
            return await shown(visitor, refused)
        async with house.database.write() as db:
            if await second_factor.required(db, me.community):
                raise Stopped(failures.factor_asked_of_all())
            if await second_factor.remove(db, me.id):
                await _remember(db, me, Action.FACTOR_REMOVED, now)
        return RedirectResponse(f"{PAGE}?done=removed", status_code=303)


async def _unproved(guard: Guard, visitor: Visitor, form: Form, now: datetime) -> Failure | None:
    """Why the password that stands in the form opens nothing; None where it is this person's."""
    try:
        await accounts.authenticate(
            guard.house.database, visitor.account.login, form.get("password", ""), now
        )
    except LockedOut as locked:
        return locked_out(locked)
    except WrongCredentials:
        return _WRONG_PASSWORD
    return None


async def _remember(db: AsyncConnection, me: Account, action: Action, now: datetime) -> None:
    await audit.record(db, community=me.community, account_id=me.id, action=action, subject=me.id, now=now)


_DONE = {
    "password": "Пароль змінено. Деінде вас уже не впущено: увійдіть там із новим.",
    "sessions": "Вихід зроблено.",
    "removed": "Код для входу вимкнено.",
}

_WRONG_PASSWORD = Failure(
    422, "Пароль не підходить", "Теперішній пароль не підходить. Перевірте розкладку.", "Мій вхід", PAGE
)
_DIFFER = Failure(
    422, "Паролі різні", "Новий пароль набрано двічі по-різному. Наберіть ще раз.", "Мій вхід", PAGE
)
_WEAK = Failure(
    422,
    "Пароль закороткий",
    f"Новий пароль має від {passwords.SHORTEST} до {passwords.LONGEST} знаків. Підійде речення з кількох слів.",
    "Мій вхід",
    PAGE,
)
