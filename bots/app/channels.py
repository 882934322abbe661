"""Channels from the command line and for the administrator's page: connect, look at, leave to people only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rapidfuzz import process

from bots.app import house
from bots.app.faults import StartFault
from bots.app.reports import CONSOLE, report, reports
from bots.app.settings import Settings
from bots.turns.runtime import Runtime
from conversations import switches
from conversations.channel import Channel, ConnectFault, Connects
from conversations.traffic import ChannelReport


async def connect(settings: Settings, name: str, *, as_json: bool) -> str:
    """Set a channel up at its vendor; what the vendor sees then. Raises StartFault with the mend."""
    async with house.opened(settings) as open_house:
        channel = _named(open_house.runtime, name)
        if not isinstance(channel, Connects):
            raise StartFault(f"{name} needs no connecting: it works as soon as the reception is open")
        try:
            await channel.connect()
        except ConnectFault as fault:
            raise StartFault(f"{name}: {fault}") from None
        return "\n".join(_said([await report(open_house.runtime, settings.community, name)], as_json=as_json))


async def status(settings: Settings, name: str | None, *, as_json: bool) -> str:
    """How one channel or every one stands. Raises StartFault for a channel that is not set up."""
    async with house.opened(settings) as open_house:
        runtime, community = open_house.runtime, settings.community
        if name is None:
            found = await reports(runtime, community)
        else:
            _named(runtime, name)
            found = [await report(runtime, community, name)]
        return "\n".join(_said(found, as_json=as_json))


async def people_only(settings: Settings, name: str, on: bool) -> str:
    """In this channel people answer alone, or the bot answers again."""
    async with house.opened(settings) as open_house:
        _named(open_house.runtime, name)
        async with open_house.runtime.database.write() as db:
            await switches.set_people_only(db, settings.community, name, on, open_house.runtime.clock())
    return f"{name}: {'only people answer' if on else 'the bot answers, people where it does not know'}"


def _named(runtime: Runtime, name: str) -> Channel:
    channel = runtime.channels.get(name)
    if channel is not None and name != CONSOLE:
        return channel
    known = [*(one for one in runtime.channels if one != CONSOLE)]
    close = process.extractOne(name, house.MESSENGERS, score_cutoff=60)
    if close is not None and close[0] == name:
        raise StartFault(f"{name} is not set up; its settings are in .env.example under {name.upper()}_…")
    hint = f"did you mean {close[0]}?" if close else f"set up here: {', '.join(known)}"
    raise StartFault(f"channel {name!r} does not exist; {hint}")


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
