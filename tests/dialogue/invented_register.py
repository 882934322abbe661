"""An invented register of applications: the same few on the stage and behind the messengers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy import update

from bots.dialogue.turn import (
    AboutApplications,
    ApplicationState,
    ApplicationStatus,
    ApplicationsView,
    FindApplication,
    SeeApplication,
)
from conversations.database import Database
from handover.applications import codes, register
from handover.applications.record import Record, State
from handover.applications.tables import applications

AS_OF = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
TRIES = 5


def _one(number: str, shown: str, state: ApplicationState, since: date, **more: object) -> ApplicationStatus:
    fields = {
        "number": number,
        "shown": shown,
        "matter": "housing-subsidy",
        "state": state,
        "since": since,
        **more,
    }
    return ApplicationStatus(as_of=AS_OF, proof=number.rjust(16, "0"), **fields)  # type: ignore[arg-type]


APPLICATIONS = {
    **{
        (number, "A4K9M2T7"): _one(
            number,
            f"{number[:4]}-{number[4:]}",
            "approved",
            date(2026, 11, 20),
            amount=123456,
            period_from=date(2026, 10, 1),
            period_to=date(2027, 4, 30),
            steps=(("approved", date(2026, 11, 20)), ("submitted", date(2026, 11, 2))),
        )
        for number in ("202600123", "202600201", "202600301", "202600401")
    },
    ("CYБ77", "B3E8H5K2"): _one(
        "CYБ77",
        "СУБ-77",
        "refused",
        date(2026, 11, 18),
        reason="дохід родини більший за межу",
        steps=(("refused", date(2026, 11, 18)),),
    ),
    ("202600500", "C2P6X4A8"): _one(
        "202600500",
        "2026-00500",
        "needs_papers",
        date(2026, 11, 19),
        matter="Допомога громади на дрова",
        papers="довідка про доходи; копія договору",
        steps=(("needs_papers", date(2026, 11, 19)),),
    ),
}
"""By number and code; a number for each dialogue, since tries of a number are counted for everybody together."""


@dataclass
class InventedRegister:
    """The register of one dialogue: who follows what, and how often it was tried."""

    follows: dict[str, str] = field(default_factory=dict)
    tries: int = 0

    def look(self, wanted: AboutApplications) -> ApplicationsView:
        match wanted:
            case FindApplication(number, code):
                self.tries += 1
                if self.tries > TRIES:
                    return ApplicationsView(wanted, "limit")
                found = APPLICATIONS.get((number, code))
                return self._view(wanted, replace(found, steps=()) if found else None)
            case SeeApplication(number, proof, follow):
                one = next((one for one in APPLICATIONS.values() if one.number == number), None)
                if one is None or one.proof != proof:
                    return self._view(wanted, None)
                if follow:
                    self.follows[number] = number.encode().hex().rjust(12, "0")[-12:]
                return self._view(wanted, one)
            case _:
                listed = [one for one in APPLICATIONS.values() if one.number in self.follows]
                return ApplicationsView(wanted, "found", tuple(self._followed(one) for one in listed))

    def stop(self, key: str) -> None:
        self.follows = {number: kept for number, kept in self.follows.items() if kept != key}

    def _view(self, wanted: AboutApplications, one: ApplicationStatus | None) -> ApplicationsView:
        if one is None:
            return ApplicationsView(wanted, "wrong")
        return ApplicationsView(wanted, "found", (self._followed(one),))

    def _followed(self, one: ApplicationStatus) -> ApplicationStatus:
        return replace(one, follow=self.follows.get(one.number))


async def written(database: Database, community: str, key: bytes = b"") -> None:
    """Put the same applications into a real register, with their codes."""
    async with database.write() as db:
        for one in APPLICATIONS.values():
            for state, since in reversed(one.steps):
                record = Record(
                    one.number,
                    one.shown,
                    one.matter,
                    State(state),
                    since,
                    one.amount,
                    one.period_from,
                    one.period_to,
                    one.reason,
                    one.next_step,
                    one.papers,
                )
                await register.put(db, community, [record], register.FILES, AS_OF)
        for number, code in APPLICATIONS:
            await db.execute(
                update(applications)
                .where(applications.c.community_id == community, applications.c.number == number)
                .values(code_hash=codes.digest(key, community, number, code), code_at=AS_OF)
            )
