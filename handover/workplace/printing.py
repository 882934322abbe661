"""One conversation on paper: masked as its page is, without anything to press; each opening is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.calendars.hours import KYIV
from handover.tickets.packet import Matter
from handover.tickets.wording import clock
from handover.workplace import words
from handover.workplace.deeds import page
from handover.workplace.found import Found
from handover.workplace.guard import Guard
from handover.workplace.log_view import LineView, lines
from handover.workplace.masking import masked
from handover.workplace.one_person import OnePerson
from handover.workplace.packet_view import Packet, packet
from handover.workplace.reading import find
from knowledge_base.answers import Knowledge
from knowledge_base.language import day


@dataclass(frozen=True)
class Sheet:
    """What stands on the paper. `other` is the address of the same with, or without, colleagues' notes."""

    title: str
    number: str
    channel: str
    packet: Packet
    lines: Sequence[LineView]
    notes: int
    with_notes: bool
    other: str
    back: str
    made: str


def sheet(
    found: Found, me: Account, knowledge: Knowledge, matter: Matter, now: datetime, *, with_notes: bool
) -> Sheet:
    """The whole conversation in words. Notes are for colleagues: they stand on paper only where they are asked for."""
    ticket, head = found.ticket, found.head
    every = lines(found, me, now, may_withdraw=False)
    notes = sum(line.kind == "note" for line in every)
    address = f"{page(found.conversation)}/print"
    return Sheet(
        title=masked(words.person(head.author_name, head.ref.channel, ticket.number)),
        number=words.unbroken(ticket.number),
        channel=words.channel(head.ref.channel),
        packet=packet(found, OnePerson(), me, knowledge, matter, now),
        lines=_with_days([line for line in every if with_notes or line.kind != "note"], every),
        notes=notes,
        with_notes=with_notes,
        other=address if with_notes else f"{address}?notes=1",
        back=page(found.conversation),
        made=f"{me.name}, {day(now.astimezone(KYIV).date())}, {clock(now)}",
    )


def _with_days(shown: Sequence[LineView], every: Sequence[LineView]) -> list[LineView]:
    """The heading of a day that began with a line left out stands above the next one."""
    headings: dict[int, str] = {}
    left = {line.position for line in every} - {line.position for line in shown}
    waiting: str | None = None
    for line in every:
        waiting = line.day or waiting
        if line.position not in left and waiting is not None:
            headings[line.position], waiting = waiting, None
    return [replace(line, day=headings.get(line.position)) for line in shown]


def add_printing(router: APIRouter, guard: Guard) -> None:
    """GET /workplace/conversations/{id}/print"""
    house, pages = guard.house, guard.pages

    @router.get("/workplace/conversations/{conversation_id}/print")
    async def on_paper(request: Request, conversation_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.READ)
        me, now = visitor.account, house.clock()
        async with house.database.read() as db:
            found = await find(db, me, conversation_id, now, first=1)
        async with house.database.write() as db:
            await audit.record_reading(
                db,
                community=me.community,
                account_id=me.id,
                subject=conversation_id,
                now=now,
                action=Action.PRINTED,
            )
            # Consultations held elsewhere stand on this paper too.
            for other in found.person.heads:
                await audit.record_reading(
                    db, community=me.community, account_id=me.id, subject=other, now=now
                )
        knowledge = house.knowledge(me.community)
        matter = await house.matter(me.community, found.memory, found.ticket.topic)
        shown = sheet(found, me, knowledge, matter, now, with_notes="notes" in request.query_params)
        return HTMLResponse(pages.render("print.html", sheet=shown, community=knowledge.community))
