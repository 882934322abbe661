"""The department's own hours and absences, laid over what its bot knows: it answers by what promises are counted by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.turns.minds import Mind
from handover.appointments.away import Away, of_every_office
from handover.appointments.away import laid_over as without_the_away
from handover.calendars import calendars
from handover.calendars.own import OwnHours, laid_over
from knowledge_base.answers import Knowledge

READ_EVERY = timedelta(seconds=10)
"""Hours are changed a few times a month, and conversations are thought about many times a second."""


@dataclass
class _Laid:
    """What a community's bot knows with the own hours and absences of its offices, and when these were read."""

    base: Knowledge
    own: dict[str, list[OwnHours]]
    away: Away
    knowledge: Knowledge
    read_at: datetime


class HoursLaid:
    """One process's view of every community's own hours; at most `READ_EVERY` old."""

    def __init__(self) -> None:
        self._laid: dict[str, _Laid] = {}

    async def over(self, db: AsyncConnection, mind: Mind, now: datetime) -> Mind:
        """The mind, with the offices as they are open by the department's own hours."""
        base, community = mind.knowledge, mind.knowledge.community.id
        kept = self._laid.get(community)
        if kept is None or kept.base is not base or not (timedelta() <= now - kept.read_at < READ_EVERY):
            own = await calendars.of_every_office(db, community, now)
            today = now.astimezone(ZoneInfo(base.community.timezone)).date()
            away = await of_every_office(db, community, today)
            if kept is not None and kept.base is base and (kept.own, kept.away) == (own, away):
                kept.read_at = now
            else:
                kept = self._laid[community] = _Laid(base, own, away, _laid(base, own, away), now)
        return mind if kept.knowledge is base else replace(mind, knowledge=kept.knowledge)


def _laid(base: Knowledge, own: dict[str, list[OwnHours]], away: Away) -> Knowledge:
    if not own and not away:
        return base
    by_hours = [laid_over(office, own.get(office.id, ())) for office in base.offices()]
    return base.with_offices([without_the_away(office, away) for office in by_hours])
