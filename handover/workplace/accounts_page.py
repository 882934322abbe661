"""The administrator's pages of accounts: who may sign in, as what, and whether everybody needs a code for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.ownership import StaleEpoch
from handover import audit, happenings
from handover.accounts import accounts, passwords, second_factor, sessions
from handover.accounts.accounts import (
    Account,
    BadLogin,
    LastAdministrator,
    LoginTaken,
    OwnAccount,
    UnknownAccount,
)
from handover.accounts.permissions import Permission, Role
from handover.audit import Action
from handover.tickets import leading
from handover.tickets.leading import NotYours
from handover.tickets.lists import all_mine
from handover.workplace import failures, words
from handover.workplace.failures import Failure
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.pressing import first_press

PAGE = "/workplace/accounts"
LONGEST = 200


@dataclass(frozen=True)
class Fresh:
    """A password that is shown this once."""

    account: Account
    password: str


def add_accounts(router: APIRouter, guard: Guard) -> None:
    """/workplace/accounts, /workplace/accounts/{id} and every form of theirs."""
    house = guard.house

    async def listed(
        visitor: Visitor,
        *,
        notice: Failure | None = None,
        fresh: Fresh | None = None,
        form: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        community = visitor.account.community
        async with house.database.read() as db:
            people = await accounts.everyone(db, community)
            holders = await second_factor.holders(db, community)
            asked = await second_factor.required(db, community)
        return guard.page(
            visitor,
            "accounts.html",
            "accounts",
            200 if notice is None else notice.status,
            people=people,
            holders=holders,
            asked=asked,
            roles=words.ROLES,
            notice=notice,
            fresh=fresh,
            form=form or {},
        )

    async def one(
        visitor: Visitor, account_id: str, *, notice: Failure | None = None, fresh: Fresh | None = None
    ) -> HTMLResponse:
        async with house.database.read() as db:
            person = await accounts.of_community(db, visitor.account.community, account_id)
            factor = await second_factor.standing(db, account_id)
        return guard.page(
            visitor,
            "account.html",
            "accounts",
            200 if notice is None else notice.status,
            person=person,
            factor=factor,
            roles=words.ROLES,
            notice=notice,
            fresh=fresh,
            now=house.clock(),
        )

    @router.get(PAGE)
    async def everybody(request: Request) -> Response:
        return await listed(await guard.visitor(request, Permission.ACCOUNTS))

    @router.post(PAGE)
    async def add(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.ACCOUNTS)
        me, now = visitor.account, house.clock()
        name, position, role = _described(form)
        if not name or not position or role is None:
            return await listed(visitor, notice=_INCOMPLETE, form=form)
        password = passwords.generate()
        hashed = await asyncio.to_thread(passwords.hash_password, password)
        try:
            async with house.database.write() as db:
                made = await accounts.create(
                    db,
                    community=me.community,
                    login=form.get("login", ""),
                    name=name,
                    position=position,
                    role=role,
                    password_hash=hashed,
                    now=now,
                )
                await _remember(db, me, Action.ACCOUNT_ADDED, made, now, {"role": role.value})
        except BadLogin:
            return await listed(visitor, notice=_BAD_LOGIN, form=form)
        except LoginTaken:
            return await listed(visitor, notice=_LOGIN_TAKEN, form=form)
        return await listed(visitor, fresh=Fresh(made, password))

    @router.post(f"{PAGE}/second-factor")
    async def ask_of_all(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.ACCOUNTS)
        me, now, on = visitor.account, house.clock(), form.get("on") == "yes"
        async with house.database.write() as db:
            if await first_press(db, form.get("key", ""), me.id, ("second-factor", str(on)), now):
                await second_factor.require(db, me.community, on, now)
                await _remember(
                    db, me, Action.FACTOR_REQUIRED, None, now, {"required": "on" if on else "off"}
                )
        return RedirectResponse(PAGE, status_code=303)

    @router.get(f"{PAGE}/{{account_id}}")
    async def account(request: Request, account_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.ACCOUNTS)
        try:
            return await one(visitor, account_id)
        except UnknownAccount:
            raise Stopped(failures.unknown_account()) from None

    async def change(
        request: Request, account_id: str, do: Callable[[AsyncConnection, Visitor, Form], Awaitable[None]]
    ) -> Response:
        """Check, do and record in one transaction, then show the account anew."""
        visitor, form = await guard.acting(request, Permission.ACCOUNTS)
        try:
            async with house.database.write() as db:
                await do(db, visitor, form)
        except UnknownAccount:
            raise Stopped(failures.unknown_account()) from None
        except OwnAccount:
            return await one(visitor, account_id, notice=_OWN)
        except LastAdministrator:
            return await one(visitor, account_id, notice=_LAST)
        return RedirectResponse(f"{PAGE}/{account_id}", status_code=303)

    @router.post(f"{PAGE}/{{account_id}}")
    async def describe(request: Request, account_id: str) -> Response:
        async def do(db: AsyncConnection, visitor: Visitor, form: Form) -> None:
            name, position, role = _described(form)
            if not name or not position or role is None:
                raise Stopped(_INCOMPLETE)
            me = visitor.account
            before = await accounts.change(db, me, account_id, name=name, position=position, role=role)
            changes = {
                what: new
                for what, old, new in (
                    ("name", before.name, name),
                    ("position", before.position, position),
                    ("role", before.role.value, role.value),
                )
                if old != new
            }
            if changes:
                await _remember(db, me, Action.ACCOUNT_CHANGED, before, house.clock(), changes)

        return await change(request, account_id, do)

    @router.post(f"{PAGE}/{{account_id}}/disable")
    async def disable(request: Request, account_id: str) -> Response:
        given_back: list[str] = []

        async def do(db: AsyncConnection, visitor: Visitor, _: Form) -> None:
            me, now = visitor.account, house.clock()
            person = await accounts.dismiss(db, me, account_id, now)
            for ticket in await all_mine(db, me.community, account_id):
                # Somebody has just passed it on or closed it: then it needs nobody.
                with contextlib.suppress(NotYours, StaleEpoch):
                    await leading.return_to_queue(db, me.community, ticket.id, me, now)
                    given_back.append(ticket.conversation_id)
            facts = {"conversations": len(given_back)}
            await _remember(db, me, Action.ACCOUNT_DISABLED, person, now, facts)
            await happenings.happened(db, me.community, given_back, now)

        answer = await change(request, account_id, do)
        if given_back:
            visitor = await guard.visitor(request)
            await house.signals.publish(
                *(f"conversation:{one}" for one in given_back), f"queue:{visitor.account.community}", "think"
            )
        return answer

    @router.post(f"{PAGE}/{{account_id}}/enable")
    async def enable(request: Request, account_id: str) -> Response:
        async def do(db: AsyncConnection, visitor: Visitor, _: Form) -> None:
            person = await accounts.readmit(db, visitor.account, account_id)
            await _remember(db, visitor.account, Action.ACCOUNT_ENABLED, person, house.clock())

        return await change(request, account_id, do)

    @router.post(f"{PAGE}/{{account_id}}/password")
    async def new_password(request: Request, account_id: str) -> Response:
        visitor, _ = await guard.acting(request, Permission.ACCOUNTS)
        password, now = passwords.generate(), house.clock()
        hashed = await asyncio.to_thread(passwords.hash_password, password)
        if account_id == visitor.account.id:
            return await one(visitor, account_id, notice=_OWN)
        try:
            async with house.database.write() as db:
                person = await accounts.of_community(db, visitor.account.community, account_id)
                await accounts.reset_password(db, person.login, hashed, now)
                await _remember(db, visitor.account, Action.ACCESS_RESET, person, now)
        except UnknownAccount:
            raise Stopped(failures.unknown_account()) from None
        return await one(visitor, account_id, fresh=Fresh(person, password))

    @router.post(f"{PAGE}/{{account_id}}/reset-second-factor")
    async def reset_factor(request: Request, account_id: str) -> Response:
        async def do(db: AsyncConnection, visitor: Visitor, _: Form) -> None:
            me, now = visitor.account, house.clock()
            person = await accounts.of_community(db, me.community, account_id)
            if person.id == me.id:
                raise OwnAccount
            if await second_factor.remove(db, person.id):
                await sessions.revoke_all(db, person.id, now)
                await _remember(db, me, Action.FACTOR_RESET, person, now)

        return await change(request, account_id, do)


def _described(form: Form) -> tuple[str, str, Role | None]:
    """Name and position on one line each, and the role, None where there is no such role."""
    name, position = (" ".join(form.get(field, "").split())[:LONGEST] for field in ("name", "position"))
    known = form.get("role", "")
    return name, position, Role(known) if known in words.ROLES else None


async def _remember(
    db: AsyncConnection,
    me: Account,
    action: Action,
    about: Account | None,
    now: datetime,
    facts: Mapping[str, str | int] | None = None,
) -> None:
    await audit.record(
        db,
        community=me.community,
        account_id=me.id,
        action=action,
        subject=about.id if about else None,
        now=now,
        facts={**({"login": about.login} if about else {}), **(facts or {})},
    )


_INCOMPLETE = Failure(
    422,
    "Не все заповнено",
    "Потрібні ім’я, посада й роль: їх бачать люди та колеги.",
    "До записів",
    PAGE,
)
_BAD_LOGIN = Failure(
    422,
    "Логін не підходить",
    "Логін має від 2 до 64 латинських літер, цифр, крапок чи дефісів і починається з літери або цифри.",
    "До записів",
    PAGE,
)
_LOGIN_TAKEN = Failure(409, "Логін зайнято", "Такий логін уже є. Виберіть інший.", "До записів", PAGE)
_OWN = Failure(
    409,
    "Це ваш запис",
    "Свою роль, вимкнення й код тут не змінити: попросіть іншого адміністратора. Свій пароль — на сторінці «Мій вхід».",
    "До записів",
    PAGE,
)
_LAST = Failure(
    409,
    "Це останній адміністратор",
    "Це останній адміністратор: без нього ніхто не впустить інших. Спершу дайте цю роль комусь іще.",
    "До записів",
    PAGE,
)
