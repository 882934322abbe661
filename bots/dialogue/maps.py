"""Offices on the map: the pin a channel may show, an address that opens the place, one that opens the way there."""

from __future__ import annotations

from bots.dialogue.turn import Spot
from conversations.messages import Location, Pin
from knowledge_base.answers import Office


def pin(office: Office) -> Pin | None:
    """The office's place; None where it has no point or its address is not told."""
    link = address(office)
    if link is None or office.latitude is None or office.longitude is None:
        return None
    return Pin(
        location=Location(latitude=office.latitude, longitude=office.longitude),
        title=office.name,
        address=office.address,
        link=link,
    )


def address(office: Office) -> str | None:
    """A page with the place on a map."""
    if office.latitude is None or office.longitude is None or office.address_hidden:
        return None
    return f"https://www.openstreetmap.org/?mlat={office.latitude}&mlon={office.longitude}&zoom=17"


def route(office: Office, spot: Spot | None) -> str | None:
    """A page with the way there on foot, from where the person is if that is known; else it asks from where."""
    if address(office) is None:
        return None
    there = f"{office.latitude}%2C{office.longitude}"
    begin = f"&from={spot.latitude:.5f}%2C{spot.longitude:.5f}" if spot is not None else ""
    return f"https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot{begin}&to={there}"
