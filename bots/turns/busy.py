"""How busy the offices are, as the bot tells it: kept for a moment, since many ask and it changes slowly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.dialogue.turn import BusyView, QuietView
from handover.appointments import busyness
from handover.appointments.busyness import Now, Usual
from handover.calendars.hours import NoWorkingTime
from handover.tickets import queue
from knowledge_base.answers import Knowledge

NOW_KEPT = timedelta(seconds=10)
USUAL_KEPT = timedelta(minutes=10)


@dataclass
class _Kept:
    """What was read of a community's halls, and when."""

    now: Mapping[str, Now] = field(default_factory=dict)
    now_at: datetime | None = None
    usual: Mapping[str, Usual] = field(default_factory=dict)
    usual_at: datetime | None = None
    chat: BusyView | None = None


class Halls:
    """One process's view of how busy every community's offices are."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    async def see(
        self, db: AsyncConnection, knowledge: Knowledge, answer_minutes: int, moment: datetime
    ) -> dict[str, BusyView]:
        """By office, of those of which anything is known; the reception without a hall by its queue in the chat."""
        community = knowledge.community
        zone = ZoneInfo(community.timezone)
        offices = [office.id for office in knowledge.offices()]
        kept = self._kept.setdefault(community.id, _Kept())
        if _old(kept.now_at, moment, NOW_KEPT):
            kept.now, kept.now_at = await busyness.now(db, community.id, offices, zone, moment), moment
            kept.chat = await _chat(db, knowledge, answer_minutes, moment)
        if _old(kept.usual_at, moment, USUAL_KEPT):
            kept.usual, kept.usual_at = await busyness.usual(db, community.id, offices, zone, moment), moment
        local = moment.astimezone(zone)
        known = {*kept.now, *kept.usual}
        seen = {office: _view(kept.now.get(office), kept.usual.get(office), local) for office in known}
        if community.reception.id not in seen and kept.chat is not None:
            seen[community.reception.id] = kept.chat
        return seen


async def _chat(
    db: AsyncConnection, knowledge: Knowledge, answer_minutes: int, moment: datetime
) -> BusyView | None:
    """The queue of consultations; None while nobody works."""
    community = knowledge.community
    try:
        waits = await queue.numbers(db, community.id, community.reception, answer_minutes, moment)
    except NoWorkingTime:
        return None
    return BusyView(waits.ahead, waits.wait_minutes, in_chat=True) if waits.open_now else None


def _old(at: datetime | None, moment: datetime, kept: timedelta) -> bool:
    return at is None or not timedelta() <= moment - at < kept


def _view(now: Now | None, usual: Usual | None, local: datetime) -> BusyView:
    quiet = usual.quiet if usual else None
    return BusyView(
        waiting=now.waiting if now else None,
        wait_minutes=now.wait_minutes if now else None,
        usual_minutes=usual.at(local) if usual else None,
        quiet=QuietView(quiet.weekday, quiet.part) if quiet else None,
    )
