"""The pause as the queue shows it: what runs, who may begin or end it, and one that was forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.calendars import pauses
from handover.tickets.wording import clock
from handover.workplace import words


@dataclass(frozen=True)
class PauseView:
    """`running` is the pause in words, None while work goes on; `forgotten` tells that one has ended by itself."""

    running: str | None
    forgotten: str | None
    may: bool


async def pause_view(db: AsyncConnection, account: Account, now: datetime) -> PauseView:
    """The pause of this account's community; of a forgotten one only they hear who look after the hours."""
    found = await pauses.running(db, account.community)
    missed = (
        await pauses.forgotten(db, account.community) if allows(account.role, Permission.CALENDARS) else None
    )
    may = allows(account.role, Permission.PAUSE)
    return PauseView(
        running=None if found is None or found.until <= now else _running(found, now),
        forgotten=None if missed is None else _forgotten(missed, now),
        may=may,
    )


def _running(pause: pauses.PauseRecord, now: datetime) -> str:
    why = f": {pause.reason}" if pause.reason else ""
    return (
        f"Пауза {words.since(pause.began_at, now)}, {words.PAUSES[pause.kind]}{why}. "
        f"Закінчиться сама: {words.moment(pause.until, now)}."
    )


def _forgotten(pause: pauses.PauseRecord, now: datetime) -> str:
    ended = pause.ended_at or pause.until
    return (
        f"Паузу ({words.PAUSES[pause.kind]}, {words.since(pause.began_at, now)}) ніхто не вимкнув: "
        f"вона закінчилася сама о {clock(ended)}."
    )
