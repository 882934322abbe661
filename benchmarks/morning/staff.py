"""The specialists of a morning, each signed in to the workplace over HTTP: at the chat, on the phone, in the rooms."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import httpx

from benchmarks.morning.stage import COMMUNITY, Stage, browser_of
from handover.accounts import accounts, passwords
from handover.accounts.accounts import Account
from handover.accounts.permissions import Role
from handover.calls import calls
from handover.tickets import lists
from handover.tickets.lists import Listed, Reader

PASSWORD = "ранок-приймальні-і-число-42"

ANSWERS = (
    "Добрий день! Переглядаю вашу справу, за хвилину відповім.",
    "Виплату поновлено, кошти прийдуть у строк. Папери додавати не треба.",
)
SUMMARY = "Переглянуто справу, людині пояснено."
CALL_SUMMARY = "Пояснено телефоном, питань немає."

CONVERSATIONS_AT_ONCE = 3
BETWEEN_ANSWERS = timedelta(minutes=2)
"""A specialist thinks and types; nobody answers in a second."""

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]*)"')


class Refused(Exception):
    """The workplace answered a press with what no specialist should see."""


@dataclass
class Browser:
    """One specialist's browser; every form carries its session's token."""

    client: httpx.AsyncClient
    account: Account
    csrf: str = ""

    async def get(self, address: str) -> str:
        """A page. Raises Refused."""
        answer = await self.client.get(address)
        if answer.status_code != 200:
            raise Refused(f"GET {address}: {answer.status_code}")
        return answer.text

    async def post(self, address: str, **fields: str) -> httpx.Response:
        """A press. A conflict with a colleague (409) is an answer as good as any. Raises Refused."""
        answer = await self.client.post(address, data={"csrf": self.csrf, **fields})
        if answer.status_code not in (200, 303, 409):
            raise Refused(f"POST {address}: {answer.status_code} {answer.text[:200]}")
        return answer

    async def act(self, conversation_id: str, deed: str, **fields: str) -> bool:
        """A press on a conversation; whether it was done."""
        answer = await self.post(f"/workplace/conversations/{conversation_id}/{deed}", **fields)
        return answer.status_code != 409


@dataclass
class Consultation:
    """A conversation that a specialist leads: what was answered in it, and when the next answer is due."""

    conversation_id: str
    answered: int = 0
    next_at: datetime | None = None


@dataclass
class Consultant:
    """Answers the chats and files calls. `done` are the consultations they have closed."""

    browser: Browser
    dice: random.Random
    leads: dict[str, Consultation] = field(default_factory=dict)
    done: int = 0
    lost: int = 0
    next_key: int = 0

    async def act(self, stage: Stage) -> None:
        """Go on with what is led, call whom a call was promised, and take what waits."""
        now = stage.clock()
        for one in list(self.leads.values()):
            if one.next_at is not None and one.next_at <= now:
                await self._go_on(one, now)
        await self._call(stage)
        if len(self.leads) < CONVERSATIONS_AT_ONCE:
            await self._take(stage)

    async def _take(self, stage: Stage) -> None:
        me = self.browser.account
        async with stage.database.read() as db:
            waiting = await lists.page(db, COMMUNITY, "waiting", Reader(me.id), limit=20)
            called = await calls.of_tickets(db, [row.ticket.id for row in waiting.rows])
        free = [row for row in waiting.rows if row.ticket.id not in called]
        if not free:
            return
        # Colleagues look at the same list: whoever is first has it, and the others are told so.
        chosen: Listed = self.dice.choice(free[:3])
        conversation = chosen.ticket.conversation_id
        if await self.browser.act(conversation, "take"):
            self.leads[conversation] = Consultation(conversation, next_at=stage.clock() + self._pause())
        else:
            self.lost += 1

    async def _go_on(self, one: Consultation, now: datetime) -> None:
        if one.answered < len(ANSWERS):
            self.next_key += 1
            key = f"{self.browser.account.id[:16]}{self.next_key:016d}"
            await self.browser.act(one.conversation_id, "reply", text=ANSWERS[one.answered], key=key)
            one.answered += 1
            one.next_at = now + self._pause()
            return
        await self.browser.act(one.conversation_id, "resolve", summary=SUMMARY)
        del self.leads[one.conversation_id]
        self.done += 1

    async def _call(self, stage: Stage) -> None:
        """Make a promised call whose time has come, if a colleague does not."""
        async with stage.database.read() as db:
            promised = await calls.promised(db, COMMUNITY)
        now = stage.clock()
        due = [
            call for call, _ in promised if call.state == "due" and call.due_at <= now + timedelta(minutes=10)
        ]
        if not due:
            return
        call = due[0]
        key = await self._key("/workplace/desk/calls")
        await self.browser.post(f"/workplace/desk/calls/{call.id}/take", key=key)
        key = await self._key("/workplace/desk/calls")
        await self.browser.post(f"/workplace/desk/calls/{call.id}/reached", key=key, summary=CALL_SUMMARY)
        self.done += 1

    async def file(self, question: str, name: str, phone: str) -> None:
        """Somebody has called the office: write the talk down."""
        key = await self._key("/workplace/desk")
        answer = await self.browser.post(
            "/workplace/desk",
            press="file",
            key=key,
            name=name,
            phone=phone,
            question=question,
            summary=CALL_SUMMARY,
            end="resolved",
        )
        if "filed=" not in answer.headers.get("location", ""):
            raise Refused("a call was not filed")

    async def _key(self, address: str) -> str:
        found = _KEY.search(await self.browser.get(address))
        return found[1] if found else ""

    def _pause(self) -> timedelta:
        return BETWEEN_ANSWERS * (0.5 + self.dice.random())


async def employ(
    stage: Stage, login: str, name: str, role: Role = Role.SPECIALIST, shift: Literal["on", "off"] = "on"
) -> Browser:
    """An account that has signed in and is on shift."""
    now = stage.clock()
    async with stage.database.write() as db:
        account = await accounts.create(
            db,
            community=COMMUNITY,
            login=login,
            name=name,
            position="Спеціаліст",
            role=role,
            password_hash=_HASH,
            now=now,
        )
    client = browser_of(stage.address)
    answer = await client.post("/workplace/login", data={"login": login, "password": PASSWORD})
    if answer.status_code != 303:
        raise Refused(f"nobody was let in: {answer.status_code}")
    browser = Browser(client, account)
    found = _CSRF.search(await browser.get("/workplace"))
    if found is None:
        raise Refused("the workplace carries no token")
    browser.csrf = found[1]
    if shift == "on":
        await browser.post("/workplace/shift", shift="on")
    return browser


_HASH = passwords.hash_password(PASSWORD)
