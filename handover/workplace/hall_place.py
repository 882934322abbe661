"""Where a desk stands: its office, its room, and the letters it calls. Chosen once, kept by the browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from fastapi import Response

from handover.appointments.letters import letters
from handover.workplace.house import WorkplaceHouse
from knowledge_base.answers import Knowledge, Office

COOKIE = "pryimalnia_hall"
KEPT_SECONDS = 365 * 24 * 3600
LONGEST_ROOM = 40
ROOM = "кабінет"


@dataclass(frozen=True)
class HallPlace:
    """`room` is empty until it is chosen; without letters the desk calls everybody."""

    office: Office
    room: str = ""
    letters: frozenset[str] = frozenset()


def offices_of(knowledge: Knowledge) -> list[Office]:
    """The offices people come to, the reception first."""
    reception = knowledge.community.reception
    others = [one for one in knowledge.offices() if one.id != reception.id and not one.address_hidden]
    return [reception, *others]


def room_of(typed: str) -> str:
    """A room as it is called: a bare number is a «кабінет»; empty where nothing was typed."""
    room = " ".join(typed.split())[:LONGEST_ROOM]
    return f"{ROOM} {room}" if room[:1].isdecimal() else room


def chosen(knowledge: Knowledge, fields: Mapping[str, str], signs: list[str]) -> HallPlace:
    """The place of a form; an office nobody knows is the reception."""
    offices = {one.id: one for one in offices_of(knowledge)}
    office = offices.get(fields.get("office", "")) or knowledge.community.reception
    known = {one.sign for one in letters(office)}
    return HallPlace(office, room_of(fields.get("room", "")), frozenset(signs) & known)


def kept(knowledge: Knowledge, cookie: str | None) -> HallPlace:
    """The place a browser remembers."""
    read = {name: values[0] for name, values in parse_qs(cookie or "").items()}
    return chosen(knowledge, read, list(read.get("letters", "")))


def keep(response: Response, house: WorkplaceHouse, place: HallPlace) -> None:
    """Let the browser remember the place; nothing of a person is in it."""
    value = urlencode(
        {"office": place.office.id, "room": place.room, "letters": "".join(sorted(place.letters))}
    )
    response.set_cookie(
        COOKIE,
        value,
        max_age=KEPT_SECONDS,
        path="/workplace/visits",
        httponly=True,
        secure=house.secure_cookies,
        samesite="lax",
    )
