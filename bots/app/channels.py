"""Channels from the command line and for the administrator's page: connect, look at, leave to people only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rapidfuzz import process

from bots.app import house
from bots.app.faults import StartFault
from bots.app.messengers import MESSENGERS, is_set_up
from bots.app.reports import report, reports
from bots.app.settings import Settings
from conversations import switches
from conversations.channel import ConnectFault, Connects
from conversations.clock import utc_now
from conversations.traffic import ChannelReport

PAGE = "web"
CLOSE_ENOUGH = 60


async def connect(settings: Settings, name: str, *, as_json: bool) -> str:
    """Set a channel up at its vendor; what the vendor sees then. Raises StartFault with the mend."""
    require(settings, name)
    if name not in MESSENGERS:
        raise StartFault(f"{name} needs no connecting: it works as soon as the reception is open")
    async with house.opened(settings) as open_house:
        channel = open_house.runtime.channels[name]
        assert isinstance(channel, Connects)
        try:
            await channel.connect()
        except ConnectFault as fault:
            raise StartFault(f"{name}: {fault}") from None
        found = await report(open_house.runtime, settings.community, name)
    return "\n".join(_said([found], as_json=as_json))


async def status(settings: Settings, name: str | None, *, as_json: bool) -> str:
    """How one channel or every one stands. Raises StartFault for a channel that is not set up."""
    if name is not None:
        require(settings, name)
    async with house.opened(settings) as open_house:
        runtime, community = open_house.runtime, settings.community
        found = (
            await reports(runtime, community) if name is None else [await report(runtime, community, name)]
        )
    return "\n".join(_said(found, as_json=as_json))


async def people_only(settings: Settings, name: str, on: bool) -> str:
    """In this channel people answer alone, or the bot answers again."""
    require(settings, name)
    async with house.database(settings) as database, database.write() as db:
        await switches.set_people_only(db, settings.community, name, on, utc_now())
    return f"{name}: {'only people answer' if on else 'the bot answers, people where it does not know'}"


def require(settings: Settings, name: str) -> None:
    """That a channel exists and is set up, before anything is opened. Raises StartFault with the mend."""
    if name == PAGE:
        return
    known = (PAGE, *MESSENGERS)
    if name not in known:
        close = process.extractOne(name, known, score_cutoff=CLOSE_ENOUGH)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        raise StartFault(f"channel {name!r} does not exist; {hint}")
    if not is_set_up(settings.vendors, name):
        raise StartFault(f"{name} is not set up; its settings are in .env.example under {name.upper()}_…")


def _said(found: Iterable[ChannelReport], *, as_json: bool) -> Iterator[str]:
    for one in found:
        fields = _fields(one)
        if as_json:
            yield json.dumps(fields, ensure_ascii=False)
            continue
        yield one.name
        for name, value in fields.items():
            if name != "channel" and value is not None:
                shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
                yield f"  {name.replace('_', ' '):<16}{shown}"


def _fields(one: ChannelReport) -> dict[str, Any]:
    vendor, seen = one.vendor, one.traffic
    return {
        "channel": one.name,
        "account": vendor.account if vendor else None,
        "webhook": vendor.webhook if vendor else None,
        "waiting": vendor.waiting if vendor else None,
        "vendor_error": vendor.error if vendor else None,
        "vendor_error_at": _moment(vendor.error_at) if vendor else None,
        "fault": one.fault,
        "people_only": one.people_only,
        "last_in": _moment(seen.last_in),
        "last_out": _moment(seen.last_out),
        "due": seen.due,
        "files_due": seen.files_due,
        "failed": seen.failed,
        "unreadable": seen.unreadable,
        "last_error": seen.error,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
