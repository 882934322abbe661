"""The page of the audit log: who did what and who read which conversation, by person, action, number and period."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from handover import audit, journal
from handover.accounts import accounts
from handover.accounts.permissions import Permission
from handover.audit import LOG, Action
from handover.calendars.hours import KYIV
from handover.journal import Entry, Wanted
from handover.workplace import journal_words, masking, words
from handover.workplace.guard import Guard

PAGE = "/workplace/journal"
_NUMBER = re.compile(r"\d\d-\d{4,}")


@dataclass(frozen=True)
class Row:
    """One line as the page shows it; `href` leads to the conversation it is about."""

    at: str
    who: str
    action: str
    about: str
    href: str | None
    facts: str


def add_journal(router: APIRouter, guard: Guard) -> None:
    """/workplace/journal"""
    house = guard.house

    @router.get(PAGE)
    async def show(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.AUDIT)
        me, now = visitor.account, house.clock()
        asked = {name: value for name, value in request.query_params.items() if name in _FIELDS and value}
        async with house.database.write() as db:
            # Who reads the log is in the log, before it is read.
            await audit.record_reading(
                db, community=me.community, account_id=me.id, subject=LOG, now=now, action=Action.LOG_READ
            )
        async with house.database.read() as db:
            found = await journal.page(db, me.community, _wanted(asked), journal.SHOWN + 1)
            people = await accounts.everyone(db, me.community)
        shown = found[: journal.SHOWN]
        return guard.page(
            visitor,
            "journal.html",
            "journal",
            rows=[_row(entry, now) for entry in shown],
            people=people,
            actions={action.value: word for action, word in journal_words.ACTIONS.items()},
            asked=asked,
            first=_address(asked, None),
            older=_address(asked, shown[-1].id) if len(found) > len(shown) else None,
        )


_FIELDS = ("who", "action", "number", "since", "until", "before")


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """What the form asks for; what can't be read is not asked for."""
    number = asked.get("number", "").replace("\N{NON-BREAKING HYPHEN}", "-").strip(" №")
    action, before = asked.get("action"), asked.get("before", "")
    since, until = _midnight(asked.get("since")), _midnight(asked.get("until"), later=1)
    return Wanted(
        who=asked.get("who"),
        action=Action(action) if action in {one.value for one in Action} else None,
        number=number if _NUMBER.fullmatch(number) else None,
        since=since,
        until=until,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )


def _midnight(day: str | None, later: int = 0) -> datetime | None:
    """When a day of the form begins in Kyiv, or the day after it."""
    try:
        begins = date.fromisoformat(day or "") + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(begins, time(), KYIV).astimezone(UTC)


def _row(entry: Entry, now: datetime) -> Row:
    return Row(
        at=words.moment(entry.at, now)
        if entry.at.year == now.year
        else f"{entry.at.astimezone(KYIV):%d.%m.%Y, %H:%M}",
        who=entry.name or "Приймальня, сама",
        action=journal_words.action(entry.action),
        about=journal_words.about(entry),
        href=f"/workplace/conversations/{entry.subject}" if entry.number else None,
        facts=journal_words.facts(entry, masking.KINDS),
    )


def _address(asked: Mapping[str, str], before: int | None) -> str:
    kept = {name: value for name, value in asked.items() if name != "before"}
    if before is not None:
        kept["before"] = str(before)
    return f"{PAGE}?{urlencode(kept)}" if kept else PAGE
