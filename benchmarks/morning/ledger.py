"""What became of everybody: each contact and visit ends in an outcome, and the report says what the log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.morning.hall import Room, Visitor
from benchmarks.morning.people import Citizen
from benchmarks.morning.stage import COMMUNITY, Stage
from conversations.tables import conversations, inbox, messages, outbox
from handover import tables
from handover.appointments.figures import HallFigures, figures
from handover.appointments.tables import appointments
from handover.calls import calls
from handover.reports import checking, periods
from handover.reports.checking import Check
from handover.reports.figures import Sifted
from handover.reports.report import Report, report
from handover.reports.visits import catch_up

AWAITED = ("due", "sending")
"""States of a sending on its way."""


@dataclass
class Outcomes:
    """How the morning ended: contacts by outcome, the hall, the report and its check against the log. `written` are
    citizens' lines. `faults` say in words what does not add up.
    """

    contacts: Counter[str]
    hall: HallFigures
    report: Report
    check: Check
    written: int
    faults: list[str] = field(default_factory=list)


async def outcomes(
    stage: Stage,
    citizens: Sequence[Citizen],
    on_the_phone: int,
    visitors: Sequence[Visitor],
    rooms: Sequence[Room],
) -> Outcomes:
    """Count everything and hold it against what the scripted people know they did."""
    knowledge = stage.runtime.minds[COMMUNITY].knowledge
    zone = ZoneInfo(knowledge.community.timezone)
    today = periods.chosen({"period": "today"}, stage.clock(), zone)
    await catch_up(stage.database, COMMUNITY, zone)
    async with stage.database.read() as db:
        by_address = await _conversations(db)
        ended: Counter[str] = Counter()
        faults: list[str] = []
        for citizen in citizens:
            conversation = by_address.get(
                (citizen.channel, await stage.address_of(citizen.channel, citizen.person))
            )
            outcome = await _outcome(db, conversation) if conversation else "nothing was heard"
            ended[outcome] += 1
            if outcome not in ENDED:
                faults.append(f"{citizen.person} in {citizen.channel}, {citizen.aim}: {outcome}")
            if conversation and (lost := await _lost(db, conversation, citizen)):
                faults.append(f"{citizen.person} in {citizen.channel}: {lost}")
        ended["consultation"] += on_the_phone
        faults += await _left_over(db)
        hall = await figures(db, COMMUNITY, today.first, today.last)
        counted = await report(db, COMMUNITY, knowledge.community.reception, today, Sifted())
        check = await checking.check(db, COMMUNITY, today)
        written = await _count(db, messages, messages.c.author_kind == "citizen")
    found = Outcomes(ended, hall, counted, check, written, faults)
    found.faults += _reconciled(found, len(citizens) + on_the_phone, len(visitors), rooms)
    return found


ENDED = ("answer", "visit", "consultation")
"""How a contact may end."""


async def _conversations(db: AsyncConnection) -> dict[tuple[str, str], str]:
    rows = await db.execute(
        select(conversations.c.channel, conversations.c.address, conversations.c.id).where(
            conversations.c.community_id == COMMUNITY
        )
    )
    return {(row.channel, row.address): row.id for row in rows}


async def _outcome(db: AsyncConnection, conversation: str) -> str:
    """A visit that is booked, a consultation that is closed, else an answer to the last words; or what is missing."""
    booked = await _count(db, appointments, appointments.c.conversation_id == conversation)
    tickets = (
        await db.execute(
            select(tables.tickets.c.status).where(tables.tickets.c.conversation_id == conversation)
        )
    ).scalars()
    states = set(tickets)
    if states & {"waiting", "taken"}:
        return f"a consultation is left {min(states)}"
    if booked:
        return "visit"
    if "resolved" in states:
        return "consultation"
    last = (
        await db.execute(
            select(messages.c.author_kind)
            .where(messages.c.conversation_id == conversation)
            .order_by(messages.c.position.desc())
            .limit(1)
        )
    ).scalar()
    return "answer" if last == "bot" else "the last words were not answered"


async def _lost(db: AsyncConnection, conversation: str, citizen: Citizen) -> str | None:
    kept = await _count(
        db, messages, messages.c.conversation_id == conversation, messages.c.author_kind == "citizen"
    )
    return None if kept == len(citizen.said) else f"said {len(citizen.said)} things, {kept} are kept"


async def _left_over(db: AsyncConnection) -> list[str]:
    """Work that nobody did."""
    left = {
        "events are not read": await _count(db, inbox, inbox.c.processed_at.is_(None)),
        "events are set aside": await _count(db, inbox, inbox.c.set_aside_reason.is_not(None)),
        "messages are not sent": await _count(db, outbox, outbox.c.state.in_(AWAITED)),
        "messages have failed": await _count(db, outbox, outbox.c.state.in_(("failed", "unknown"))),
        "consultations are open": await _count(
            db, tables.tickets, tables.tickets.c.status.in_(("waiting", "taken"))
        ),
        "calls are promised": len(await calls.promised(db, COMMUNITY)),
    }
    return [f"{count} {what}" for what, count in left.items() if count]


def _reconciled(found: Outcomes, contacts: int, visitors: int, rooms: Sequence[Room]) -> list[str]:
    """What the house says against what people did."""
    hall, visited = found.hall, found.report.visited.total
    ends = sum((room.ends for room in rooms), Counter())
    pairs = {
        "contacts in the report": (visited.total, contacts),
        "contacts by outcome": (sum(found.contacts.values()), contacts),
        "visits of the hall": (hall.served + hall.no_shows, visitors),
        "visits served": (hall.served, ends["done"]),
        "visits that nobody came to": (hall.no_shows, ends["no_show"]),
        "people left in the hall": (hall.waiting + hall.called, 0),
    }
    faults = [f"{what}: {said}, not {true}" for what, (said, true) in pairs.items() if said != true]
    if not found.check.agrees:
        faults.append(f"the report differs from the log: {found.check}")
    if not hall.agrees:
        faults.append(f"the hall does not add up: {hall}")
    return faults


async def _count(db: AsyncConnection, table: object, *conditions: object) -> int:
    statement = select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
    return int((await db.execute(statement)).scalar_one())
