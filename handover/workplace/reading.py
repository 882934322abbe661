"""Pages that read: the workplace, the queue's fragment, a conversation and its live parts.

Every reading is recorded.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import ownership, remote_files, transcript
from handover import audit, happenings
from handover.accounts import accounts
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission
from handover.assignment import teams
from handover.calls import calls
from handover.composing import drafts, kept_replies, mentions, ready_answers, viewers
from handover.contacts import same_person
from handover.registers import checks
from handover.tickets import tickets
from handover.workplace import failures
from handover.workplace.filter_view import filter_choices
from handover.workplace.found import Found
from handover.workplace.guard import Guard, Stopped, Visitor, is_htmx
from handover.workplace.house import WorkplaceHouse
from handover.workplace.one_person import joined, known, reachable_in
from handover.workplace.queue_view import Asked, QueuePane, queue_pane
from handover.workplace.talk_view import SHOWN, Talk, line_above, talk


async def admitted(db: AsyncConnection, account: Account, conversation_id: str) -> tickets.Ticket:
    """The newest ticket of a conversation this account may read.

    Of its community, and a person was called in it.

    Raises Stopped (404): what people only asked the bot is nobody's reading.
    """
    ticket = await tickets.latest_of(db, account.community, conversation_id)
    if ticket is None:
        raise Stopped(failures.unknown())
    return ticket


async def find(
    db: AsyncConnection, account: Account, conversation_id: str, now: datetime, first: int | None = None
) -> Found:
    """Everything the right part shows, read in one transaction.

    `first`: the position to begin the transcript at.
    """
    ticket = await admitted(db, account, conversation_id)
    heads = await transcript.heads(db, [conversation_id])
    if conversation_id not in heads:
        raise Stopped(failures.unknown())
    owner, _ = await ownership.current(db, conversation_id)
    last = heads[conversation_id].last_position
    begin = max(last - SHOWN, 0) if first is None else max(first - 1, 0)
    others = await viewers.of(db, account.community, [conversation_id], account.id, now)
    shown = await transcript.lines(db, conversation_id, after=begin, limit=max(last - begin, 1))
    person = await same_person.person_of(db, conversation_id)
    promised = await calls.of_tickets(db, [ticket.id])
    return Found(
        conversation=conversation_id,
        ticket=ticket,
        head=heads[conversation_id],
        owner=owner,
        lines=shown,
        missing=await remote_files.missing(db, conversation_id, [line.position for line in shown]),
        earlier=max(begin - SHOWN, 0) + 1 if begin > 0 else None,
        past=await tickets.all_of(db, account.community, *person),
        kept=await kept_replies.waiting(db, conversation_id),
        person=await known(
            db, account.community, conversation_id, person[1:], suggests=ticket.status == "taken"
        ),
        colleagues=await accounts.colleagues(db, account.community),
        teams=await teams.all_of(db, account.community),
        drafts=await drafts.of(db, account.community, account.id, conversation_id),
        viewers=others.get(conversation_id, ()),
        named=await mentions.lines(db, account.community, account.id, conversation_id),
        ready=await ready_answers.listed(db, account.community, account.id),
        call=promised.get(ticket.id),
        memory=await transcript.memory(db, conversation_id),
        checks=await checks.latest(db, account.community, conversation_id),
    )


async def worded(house: WorkplaceHouse, found: Found, me: Account) -> Talk:
    """What was read, in words, with what the rules say of the person's matter."""
    matter = await house.matter(me.community, found.memory, found.ticket.topic)
    return talk(
        found,
        me,
        house.knowledge(me.community),
        matter,
        house.capabilities,
        house.clock(),
    )


def add_reading(router: APIRouter, guard: Guard) -> None:
    """/workplace, /workplace/queue, /workplace/conversations/{id}, its /live and its /window."""
    house, pages = guard.house, guard.pages

    async def pane(db: AsyncConnection, me: Account, request: Request) -> QueuePane:
        asked = Asked.read(request.query_params)
        return await queue_pane(db, me, asked, house.knowledge(me.community), house.clock())

    async def opened(visitor: Visitor, request: Request, conversation_id: str, *, looked: bool) -> Talk:
        """Read a conversation and record it. `looked`: the reader has the end of it before their eyes."""
        now, me = house.clock(), visitor.account
        first = request.query_params.get("from")
        begin = int(first) if first and first.isdecimal() and len(first) < 10 else None
        async with house.database.read() as db:
            found = await find(db, me, conversation_id, now, begin)
        async with house.database.write() as db:
            await audit.record_reading(
                db, community=me.community, account_id=me.id, subject=conversation_id, now=now
            )
            # What was said elsewhere stands on this page too.
            for other in found.person.heads:
                await audit.record_reading(
                    db, community=me.community, account_id=me.id, subject=other, now=now
                )
            if looked and found.owner.id == me.id:
                await transcript.mark_seen(db, conversation_id, found.head.last_position)
            named = looked and await mentions.read(
                db, me.community, me.id, conversation_id, found.head.last_position, now
            )
            if named:
                await happenings.happened(db, me.community, [conversation_id], now)
        if named:
            await house.signals.publish(f"queue:{me.community}")
        return await worded(house, found, me)

    async def whole(request: Request, visitor: Visitor, opened_talk: Talk | None) -> HTMLResponse:
        me = visitor.account
        async with house.database.read() as db:
            queue = await pane(db, me, request)
            mine = await teams.of_account(db, me.community, me.id)
        asked = Asked.read(request.query_params)
        choices = filter_choices(asked, mine, house.knowledge(me.community), house.clock())
        return guard.page(visitor, "workplace.html", "queue", queue=queue, talk=opened_talk, choices=choices)

    @router.get("/workplace")
    async def workplace(request: Request) -> Response:
        visitor = await guard.visitor(request)
        return await whole(request, visitor, None)

    @router.get("/workplace/queue")
    async def queue_part(request: Request) -> Response:
        visitor = await guard.visitor(request)
        async with house.database.read() as db:
            queue = await pane(db, visitor.account, request)
        return HTMLResponse(pages.render("queue.html", queue=queue, csrf=visitor.session.csrf_token))

    @router.get("/workplace/conversations/{conversation_id}")
    async def conversation(request: Request, conversation_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.READ)
        shown = await opened(visitor, request, conversation_id, looked=True)
        if is_htmx(request):
            return HTMLResponse(pages.render("work.html", talk=shown, csrf=visitor.session.csrf_token))
        return await whole(request, visitor, shown)

    @router.get("/workplace/conversations/{conversation_id}/live")
    async def live_parts(request: Request, conversation_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.READ)
        looked = "looked" in request.query_params
        shown = await opened(visitor, request, conversation_id, looked=looked)
        return HTMLResponse(pages.render("live.html", talk=shown, csrf=visitor.session.csrf_token))

    @router.get("/workplace/conversations/{conversation_id}/window")
    async def window_line(request: Request, conversation_id: str) -> Response:
        """The line above the composer as time goes by: nobody's words are in it, so it is no reading."""
        visitor = await guard.visitor(request, Permission.READ)
        me = visitor.account
        async with house.database.read() as db:
            ticket = await admitted(db, me, conversation_id)
            head = (await transcript.heads(db, [conversation_id]))[conversation_id]
            person = await same_person.person_of(db, conversation_id)
            others = await joined(db, me.community, person[1:])
        line = line_above(
            ticket,
            head,
            me,
            house.capabilities(head.ref.channel),
            house.clock(),
            reachable_in(others, house.capabilities),
        )
        return HTMLResponse(pages.render("window.html", window=line, swapped=True))
