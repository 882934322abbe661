"""One visit as its page shows it: when and where, whose, what was moved, and what is known of the matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handover.appointments.visits import Visit
from handover.tickets.packet import Matter
from handover.tickets.tickets import Ticket
from handover.workplace import words
from handover.workplace.deeds import page
from handover.workplace.hall_place import ROOM, offices_of
from handover.workplace.masking import masked
from handover.workplace.packet_view import Fact, PaperList, Rule, known_facts, paper_list, rule_view
from handover.workplace.visits_view import NAMELESS, VisitRow, visit_row
from knowledge_base.answers import Knowledge
from knowledge_base.language import clock_range, day

RELATIVE = "для рідної людини"


@dataclass(frozen=True)
class VisitPage:
    """`conversation` is where its person wrote, None where nobody may read it; `movable`: yet to be."""

    row: VisitRow
    title: str
    number: int
    about: Sequence[Fact]
    facts: Sequence[Fact]
    rules: Sequence[Rule]
    papers: PaperList | None
    conversation: str | None
    consultation: str
    movable: bool


def visit_page(
    visit: Visit, matter: Matter, ticket: Ticket | None, knowledge: Knowledge, now: datetime
) -> VisitPage:
    """`ticket` is the newest consultation of the conversation, None where a person was never called there."""
    return VisitPage(
        row=visit_row(visit, knowledge, now),
        title=masked(visit.name) or NAMELESS,
        number=visit.number,
        about=tuple(_about(visit, knowledge, now)),
        facts=known_facts(matter, now),
        rules=[rule_view(one) for one in matter.rules],
        papers=paper_list(matter),
        conversation=None if ticket is None else page(ticket.conversation_id),
        consultation="" if ticket is None else words.unbroken(ticket.number),
        movable=visit.state == "booked" and visit.starts_at is not None and visit.starts_at > now,
    )


def _about(visit: Visit, knowledge: Knowledge, now: datetime) -> Iterator[Fact]:
    zone = ZoneInfo(knowledge.community.timezone)
    yield Fact("День", day(visit.day))
    if visit.starts_at is not None and visit.ends_at is not None:
        begins, ends = visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone)
        yield Fact("Час", clock_range(begins.time(), ends.time()))
    office = next((one for one in offices_of(knowledge) if one.id == visit.office), None)
    if office is not None:
        yield Fact("Офіс", office.name)
        position = office.receiver(visit.receiver)
        if position is not None:
            yield Fact("Приймає", position.position)
    if visit.room:
        yield Fact(ROOM.capitalize(), visit.room)
    if visit.for_other:
        yield Fact("Записано", RELATIVE)
    if visit.phone:
        yield Fact("Телефон", visit.phone, words.tel(visit.phone))
    if visit.moved_at is not None:
        yield Fact("Перенесено", words.moment(visit.moved_at, now))
    for word, at in (("Людина прийшла", visit.arrived_at), ("Викликано", visit.called_at)):
        if at is not None:
            yield Fact(word, words.moment(at, now))
