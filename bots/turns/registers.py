"""The department's registers as the loops use them: applications that are read, papers that are checked, codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.turn import (
    AboutApplications,
    ApplicationStatus,
    ApplicationsView,
    FindApplication,
    FollowedApplications,
    SeeApplication,
)
from handover.applications import follows, looking
from handover.applications.looking import Looked
from handover.applications.register import Application, Step
from handover.applications.sources import ApplicationsSource
from handover.registers.sources import RegisterSource


@dataclass(frozen=True)
class Registers:
    """`key` hashes receipts' codes; `applications` is read every `every`; `papers` are asked by specialists."""

    key: bytes = field(default=b"", repr=False)
    applications: ApplicationsSource | None = None
    every: timedelta = timedelta(minutes=10)
    papers: RegisterSource | None = None

    @property
    def checked(self) -> frozenset[str]:
        """The papers nobody has to bring."""
        registers = self.papers.registers if self.papers is not None else ()
        return frozenset(document for one in registers for document in one.documents)


async def look(
    db: AsyncConnection,
    key: bytes,
    community: str,
    conversation_id: str,
    wanted: AboutApplications,
    now: datetime,
) -> ApplicationsView:
    """What the engine wants to see of the register; of FindApplication a try is counted, of SeeApplication with
    `follow` the following begins."""
    match wanted:
        case FindApplication(number, code):
            found = await looking.by_code(db, community, conversation_id, number, code, key, now)
            return _view(wanted, found)
        case SeeApplication(number, proof, follow):
            found = await looking.by_proof(db, community, conversation_id, number, proof)
            if not follow or found.outcome != "found":
                return _view(wanted, found)
            await follows.follow(db, community, conversation_id, number, proof, now)
            again = await looking.by_proof(db, community, conversation_id, number, proof)
            return _view(wanted, again, full=again.follow is None)
        case FollowedApplications():
            mine = await follows.followed(db, conversation_id)
            listed = tuple(status(one.application, one.proof, one.id) for one in mine)
            return ApplicationsView(wanted, "found", listed)


def status(
    application: Application, proof: str, follow: str | None, steps: tuple[Step, ...] = ()
) -> ApplicationStatus:
    """An application as the engine sees it."""
    of = application.record
    return ApplicationStatus(
        number=of.number,
        shown=of.shown,
        matter=of.matter,
        state=of.state.value,
        since=of.since,
        as_of=application.as_of,
        amount=of.amount,
        period_from=of.period_from,
        period_to=of.period_to,
        reason=of.reason,
        next_step=of.next_step,
        papers=of.papers,
        proof=proof,
        follow=follow,
        steps=tuple((one.state.value, one.since) for one in steps),
    )


def facts(application: Application) -> Mapping[str, Any]:
    """An application as an event of the house carries it, JSON."""
    of = application.record
    return {
        "number": of.number,
        "shown": of.shown,
        "matter": of.matter,
        "state": of.state.value,
        "since": of.since.isoformat(),
        "as_of": application.as_of.isoformat(),
        "amount": of.amount,
        "period_from": of.period_from and of.period_from.isoformat(),
        "period_to": of.period_to and of.period_to.isoformat(),
        "reason": of.reason,
        "next_step": of.next_step,
        "papers": of.papers,
    }


def _view(wanted: AboutApplications, looked: Looked, *, full: bool = False) -> ApplicationsView:
    if looked.application is None:
        return ApplicationsView(wanted, looked.outcome)
    found = status(looked.application, looked.proof, looked.follow, looked.steps)
    return ApplicationsView(wanted, looked.outcome, (found,), full)
