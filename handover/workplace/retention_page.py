"""The page of retention: how long each kind is kept, what of it is older now, and the proof of what has gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from handover import journal
from handover.accounts.permissions import Permission
from handover.workplace import journal_words, masking, words
from handover.workplace.guard import Guard
from knowledge_base.language import number

PAGE = "/workplace/retention"

SET_BY = {
    "words": "KEEP_WORDS",
    "tickets": "KEEP_WORDS",
    "files": "KEEP_FILES",
    "questions": "KEEP_QUESTIONS",
    "payloads": "KEEP_PAYLOADS",
    "events": "KEEP_EVENTS",
    "rejected": "KEEP_REJECTED",
    "unreadable": "KEEP_UNREADABLE",
    "sessions": "KEEP_SESSIONS",
    "readings": "KEEP_READINGS",
    "actions": "KEEP_ACTIONS",
}
"""The setting a kind's period comes from; the rest is not to be set."""


@dataclass(frozen=True)
class Row:
    """One kind; `source` is the setting its period comes from, None where it is fixed."""

    kind: str
    kept: str
    older: str
    source: str | None


def add_retention(router: APIRouter, guard: Guard) -> None:
    """/workplace/retention"""
    house = guard.house

    @router.get(PAGE)
    async def show(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.RETENTION)
        now = house.clock()
        rows = [
            Row(
                journal_words.kind(one.kind),
                journal_words.kept(_days(one.kept)),
                number(one.count),
                f"PRYIMALNIA_{SET_BY[one.kind]}_DAYS" if one.kind in SET_BY else None,
            )
            for one in await house.older()
        ]
        async with house.database.read() as db:
            gone = await journal.deletions(db, visitor.account.community)
        proofs = [(words.moment(one.at, now), journal_words.facts(one, masking.KINDS)) for one in gone]
        return guard.page(visitor, "retention.html", "retention", rows=rows, proofs=proofs)


def _days(kept: timedelta | None) -> int | None:
    return None if kept is None else kept.days
