"""What the halls did in a period, as a line of the reports: counted, and held against the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.appointments.checking import HallCheck, check
from handover.appointments.figures import HallFigures, figures
from handover.reports.periods import Period
from knowledge_base.language import number, plural

WAITS_WITHIN = timedelta(days=31)
"""Waits are told of periods no longer than this: of a year they say nothing, and cost a second."""


@dataclass(frozen=True)
class HallLine:
    """The sentence, and whether the log says the same."""

    agrees: bool
    text: str


async def hall_line(db: AsyncConnection, community: str, period: Period) -> HallLine | None:
    """The line of a period; None where nobody was received or expected."""
    first = period.start.astimezone(period.zone).date()
    last = (period.end - timedelta(seconds=1)).astimezone(period.zone).date()
    held = await check(db, community, first, last)
    if not held.total:
        return None
    short = period.end - period.start <= WAITS_WITHIN
    return line(held, await figures(db, community, first, last) if short else None)


def line(held: HallCheck, counted: HallFigures | None) -> HallLine:
    """The sentence of what was counted."""
    states = held.states
    parts = [
        f"Прийом: {plural(held.total, 'людина')}",
        f"прийнято {number(states.get('done', 0))}",
        f"не прийшли {number(states.get('no_show', 0))}",
        f"скасовано {number(states.get('cancelled', 0))}",
    ]
    if counted is not None and counted.middle_wait is not None and counted.longest_wait is not None:
        middle, longest = number(counted.middle_wait), number(counted.longest_wait)
        parts.append(f"чекали {middle}\u00a0хв, найдовше {longest}\u00a0хв")
    whole = counted is None or (counted.agrees and counted.total == held.total)
    if held.differing or not whole:
        return HallLine(False, f"{', '.join(parts)}. Не сходиться з журналом: {number(held.differing)}.")
    return HallLine(True, f"{', '.join(parts)}. Звірено з журналом.")
