"""Promised calls: the list by time, what came of each, and booking one from a conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from conversations.messages import PHONE
from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.audit import Action
from handover.calendars import calendars
from handover.calendars.hours import add_working_minutes
from handover.calls import calls, filing
from handover.calls.calls import Call, CallTaken, UnknownCall
from handover.calls.filing import BadPhone
from handover.tickets.leading import NotYours
from handover.tickets.tickets import Ticket
from handover.workplace import failures, words
from handover.workplace.deeds import page as conversation_page
from handover.workplace.desk import CALL_AFTER_MINUTES, local_of, moment_of
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.pressing import first_press
from handover.workplace.queue_view import Chip, call_chip, topic_title
from handover.workplace.reading import admitted
from knowledge_base.answers import Knowledge

PAGE = "/workplace/desk/calls"
LONGEST_SUMMARY = 1000


@dataclass(frozen=True)
class CallRow:
    """A promised call as the list shows it. `mine`: this person makes it; `free`: nobody does.

    `channel` is where one may also write to them, None where they only rang.
    """

    id: str
    conversation: str
    name: str
    number: str
    phone: str
    channel: str | None
    when: str
    words: str
    chip: Chip | None
    about: str
    question: str
    tries: int
    taken_name: str | None
    mine: bool
    free: bool


@dataclass(frozen=True)
class Deed:
    """What is done about which call: by whom, with which words, and when."""

    db: AsyncConnection
    me: Account
    call_id: str
    form: Form
    now: datetime


async def _take(deed: Deed) -> Call:
    return await calls.take(deed.db, deed.me.community, deed.call_id, deed.me)


async def _give_back(deed: Deed) -> Call:
    return await calls.give_back(deed.db, deed.me.community, deed.call_id, deed.me)


async def _reached(deed: Deed) -> Call:
    summary = deed.form.get("summary", "").strip()
    if not summary or len(summary) > LONGEST_SUMMARY:
        raise Stopped(failures.no_summary(PAGE, summary))
    close = deed.form.get("end") != "mine"
    return await calls.reached(
        deed.db, deed.me.community, deed.call_id, deed.me, summary, deed.now, close=close
    )


async def _missed(deed: Deed) -> Call:
    next_at = moment_of(deed.form.get("next_at", ""))
    if next_at is None or next_at <= deed.now:
        raise Stopped(failures.no_time(PAGE))
    said = words.moment(next_at, deed.now)
    return await calls.missed(deed.db, deed.me.community, deed.call_id, deed.me, next_at, said, deed.now)


async def _wrong_number(deed: Deed) -> Call:
    return await calls.wrong_number(deed.db, deed.me.community, deed.call_id, deed.me, deed.now)


async def _drop(deed: Deed) -> Call:
    return await calls.drop(deed.db, deed.me.community, deed.call_id, deed.me, deed.now)


DEEDS: Mapping[str, tuple[Action, Callable[[Deed], Awaitable[Call]]]] = {
    "take": (Action.CALL_TAKEN, _take),
    "return": (Action.CALL_RETURNED, _give_back),
    "reached": (Action.CALL_MADE, _reached),
    "missed": (Action.CALL_MADE, _missed),
    "wrong": (Action.CALL_MADE, _wrong_number),
    "drop": (Action.CALL_MADE, _drop),
}
"""What may be done about a promised call, and how it stands in the audit log."""


def add_call_list(router: APIRouter, guard: Guard) -> None:
    """/workplace/desk/calls, its outcomes, and /workplace/desk/book."""
    house = guard.house

    async def later(db: AsyncConnection, community: str, now: datetime) -> datetime:
        """The time a call is offered at."""
        reception = house.knowledge(community).community.reception
        calendar = await calendars.current(db, community, reception, now)
        return add_working_minutes(calendar, now, CALL_AFTER_MINUTES)

    @router.get(PAGE)
    async def promised(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        async with house.database.read() as db:
            found = await calls.promised(db, me.community)
            heads = await transcript.heads(db, [call.conversation_id for call, _ in found])
            offered = await later(db, me.community, now)
        knowledge = house.knowledge(me.community)
        rows = [
            row(call, ticket, heads[call.conversation_id], me, knowledge, now)
            for call, ticket in found
            if call.conversation_id in heads
        ]
        return guard.page(
            visitor,
            "calls.html",
            "desk",
            rows=rows,
            waiting=len(rows),
            tab="calls",
            next_at=local_of(offered),
        )

    @router.post(f"{PAGE}/{{call_id}}/{{deed}}")
    async def act(request: Request, call_id: str, deed: str) -> Response:
        """Check, do, record; then back to the list."""
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        if deed not in DEEDS:
            raise Stopped(failures.call_gone(PAGE))
        action, do = DEEDS[deed]
        try:
            async with house.database.write() as db:
                if not await first_press(db, form.get("key", ""), me.id, (deed, call_id), now):
                    return RedirectResponse(PAGE, status_code=303)
                call = await do(Deed(db, me, call_id, form, now))
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=action,
                    subject=call.conversation_id,
                    now=now,
                    facts={"state": call.state, "tries": call.tries},
                )
        except CallTaken as taken:
            raise Stopped(failures.call_taken(taken.name, PAGE)) from taken
        except UnknownCall as gone:
            raise Stopped(failures.call_gone(PAGE)) from gone
        except NotYours as lost:
            raise Stopped(failures.not_yours(lost, PAGE)) from lost
        wakes = (f"queue:{me.community}", f"conversation:{call.conversation_id}", "think")
        await house.signals.publish(*wakes)
        return RedirectResponse(PAGE, status_code=303)

    async def booking(
        visitor: Visitor, ticket: Ticket, phone: str, at: str, said: str, wrong: str | None
    ) -> HTMLResponse:
        async with house.database.read() as db:
            waiting = await calls.count(db, visitor.account.community)
        shown = guard.page(
            visitor,
            "book.html",
            "desk",
            ticket=ticket,
            number=words.unbroken(ticket.number),
            phone=phone,
            at=at,
            said=said,
            wrong=wrong,
            waiting=waiting,
            tab="book",
        )
        if wrong is not None:
            shown.status_code = 422
        return shown

    async def ticket_of(db: AsyncConnection, me: Account, conversation_id: str) -> Ticket:
        ticket = await admitted(db, me, conversation_id)
        if ticket.status == "resolved":
            raise Stopped(failures.call_gone(conversation_page(conversation_id)))
        return ticket

    @router.get("/workplace/desk/book")
    async def book(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        async with house.database.read() as db:
            ticket = await ticket_of(db, me, request.query_params.get("conversation", ""))
            promised_call = (await calls.of_tickets(db, [ticket.id])).get(ticket.id)
            at = promised_call.due_at if promised_call else await later(db, me.community, now)
        said = ticket.call_at or ""
        return await booking(visitor, ticket, ticket.phone or "", local_of(at), said, None)

    @router.post("/workplace/desk/book")
    async def keep(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        async with house.database.write() as db:
            ticket = await ticket_of(db, me, form.get("conversation", ""))
            wrong, phone = _unbookable(form, now)
            at = moment_of(form.get("at", ""))
            if phone is not None and at is not None and wrong is None:
                said = form.get("words", "").strip()
                await calls.promise(db, ticket, phone, at, said, words.moment(at, now), now)
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=Action.CALL_BOOKED,
                    subject=ticket.conversation_id,
                    now=now,
                    facts={"ticket": ticket.number},
                )
        if wrong is not None:
            typed = form.get("phone", ""), form.get("at", ""), form.get("words", "")
            return await booking(visitor, ticket, *typed, wrong)
        chat = ticket.conversation_id
        await house.signals.publish(f"queue:{me.community}", f"conversation:{chat}")
        return RedirectResponse(conversation_page(chat), status_code=303)


def row(
    call: Call, ticket: Ticket, head: transcript.Head, me: Account, knowledge: Knowledge, now: datetime
) -> CallRow:
    """One call of the list."""
    leads = allows(me.role, Permission.LEAD)
    return CallRow(
        id=call.id,
        conversation=call.conversation_id,
        name=words.person(head.author_name, head.ref.channel, ticket.number),
        number=words.unbroken(ticket.number),
        phone=call.phone,
        channel=None if head.ref.channel == PHONE else words.channel(head.ref.channel),
        when=words.moment(call.due_at, now),
        words=call.words,
        chip=call_chip(call, now) if call.due_at < now else None,
        about=topic_title(ticket.topic, knowledge, now) or words.REASONS.get(ticket.reason, ""),
        question=ticket.question,
        tries=call.tries,
        taken_name=call.taken_name,
        mine=call.taken_by == me.id or (leads and call.taken_by is not None),
        free=call.taken_by is None,
    )


def _unbookable(form: Form, now: datetime) -> tuple[str | None, str | None]:
    """Why no call can be promised so, and the number to ring."""
    try:
        phone = filing.phone_of(form.get("phone", ""))
    except BadPhone:
        return "Перевірте номер телефону: у ньому лише цифри.", None
    at = moment_of(form.get("at", ""))
    if phone is None:
        return "Запишіть номер телефону.", None
    if at is None or at <= now:
        return "Виберіть час, який ще попереду.", None
    if len(form.get("words", "")) > calls.LONGEST_WORDS:
        return "Слова про час задовгі.", None
    return None, phone
