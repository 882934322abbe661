"""The hall's figures held against the log: what each visit has come to, and the last that was done about it there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.tables import appointments
from handover.appointments.visits import State
from handover.audit import Action
from handover.tables import audit

LEADS_TO: Mapping[str, State] = {
    Action.VISIT_TICKET.value: "arrived",
    Action.VISIT_CAME.value: "arrived",
    Action.VISIT_RETURNED.value: "arrived",
    Action.VISIT_CALLED.value: "called",
    Action.VISIT_DONE.value: "done",
    Action.VISIT_MISSED.value: "no_show",
}
"""What a deed in the hall makes of a visit. Where none was done, it is still booked, or cancelled."""

UNTOUCHED: frozenset[State] = frozenset({"booked", "cancelled"})


@dataclass(frozen=True)
class HallCheck:
    """Visits of some days by what they have come to; `differing` are those of whom the log says otherwise."""

    states: Mapping[State, int]
    differing: int

    @property
    def total(self) -> int:
        """All visits of these days."""
        return sum(self.states.values())


async def check(db: AsyncConnection, community: str, first: date, last: date) -> HallCheck:
    """Hold the visits of these days, both included, against the log; one query."""
    deeds = (
        select(audit.c.subject, func.max(audit.c.id).label("last"))
        .where(audit.c.community_id == community, audit.c.action.in_(LEADS_TO))
        .where(audit.c.subject.in_(select(appointments.c.id).where(_days(community, first, last))))
        .group_by(audit.c.subject)
        .subquery()
    )
    rows = await db.execute(
        select(appointments.c.state, audit.c.action, func.count().label("number"))
        .select_from(
            appointments.outerjoin(deeds, deeds.c.subject == appointments.c.id).outerjoin(
                audit, audit.c.id == deeds.c.last
            )
        )
        .where(_days(community, first, last))
        .group_by(appointments.c.state, audit.c.action)
    )
    states: Counter[State] = Counter()
    differing = 0
    for row in rows:
        states[row.state] += row.number
        agrees = row.state in UNTOUCHED if row.action is None else LEADS_TO[row.action] == row.state
        differing += 0 if agrees else row.number
    return HallCheck(states, differing)


def _days(community: str, first: date, last: date) -> ColumnElement[bool]:
    return and_(
        appointments.c.community_id == community,
        appointments.c.day >= first.isoformat(),
        appointments.c.day <= last.isoformat(),
    )
