"""The department's registers as they are set: opened at the start, closed at the end."""

from __future__ import annotations

from datetime import timedelta

from bots.app.faults import StartFault
from bots.app.settings import Settings
from bots.turns.registers import Registers
from handover.applications.sources import sql_source
from handover.outside import SourceFault
from handover.registers.sources import sql_registers


def opened(settings: Settings, secret: bytes) -> Registers:
    """The registers that are set. Raises StartFault where one is described wrongly."""
    try:
        return Registers(
            key=secret,
            applications=sql_source(settings.applications_url, settings.applications_map)
            if settings.applications_map
            else None,
            every=timedelta(minutes=settings.applications_minutes),
            papers=sql_registers(settings.registers_url, settings.registers_map)
            if settings.registers_map
            else None,
        )
    except SourceFault as fault:
        raise StartFault(str(fault)) from None


async def closed(registers: Registers) -> None:
    """Give back what is held."""
    for source in (registers.applications, registers.papers):
        if source is not None:
            await source.close()
