"""Who receives people: positions found by what was said, and their hours in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bots.dialogue import moments
from bots.dialogue.texts import say
from knowledge_base.answers import Absence, Interval, Office, Receiver, of_weekday

# From so many letters on, words that begin alike are one word in another case.
STEM = 5
_WORD = re.compile(r"[^\W\d_]+")
# Words of positions that say nothing about which one.
_COMMON = frozenset({"спеці", "специ", "відді", "управ", "центр", "служб", "питан", "робот"})
# Russian words for positions whose Ukrainian names begin otherwise.
_ALSO_CALLED = {"замес": "засту", "психо": "психо", "бухга": "бухга", "руков": "керів"}


@dataclass(frozen=True)
class Seat:
    """A position at its office."""

    office: Office
    receiver: Receiver

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return f"{self.office.id}/{self.receiver.id}"


def seats(offices: Sequence[Office]) -> list[Seat]:
    """Every position that receives people, in the order of the offices."""
    return [Seat(office, receiver) for office in offices for receiver in office.receivers]


def of_position(words: str, known: Sequence[Seat]) -> list[Seat]:
    """The seats whose position the words name, those named most fully; none where they name none."""
    said = {stem for word in _WORD.findall(words) if len(word) >= STEM and (stem := _stem(word))}
    said |= {ours for theirs, ours in _ALSO_CALLED.items() if theirs in said}
    named = {
        index: len(said & {_stem(word) for word in _WORD.findall(seat.receiver.position)} - _COMMON)
        for index, seat in enumerate(known)
    }
    most = max(named.values(), default=0)
    return [known[index] for index, count in named.items() if most and count == most]


def of_matter(entry_id: str, known: Sequence[Seat]) -> list[Seat]:
    """The seats that are there for an entry."""
    return [seat for seat in known if entry_id in seat.receiver.serves]


def hours_on(seat: Seat, day: date) -> tuple[Interval, ...]:
    """When a position receives on a day: its weekday's hours, as far as the office is open then."""
    open_then = seat.office.hours_on(day)
    found = []
    for own in of_weekday(seat.receiver.hours, day.weekday()):
        ends = [one.closes for one in open_then if one.opens < own.closes and own.opens < one.closes]
        if ends and (closes := min(own.closes, max(ends))) > own.opens:
            found.append(replace(own, closes=closes))
    for absence in seat.receiver.away:
        if absence.day == day:
            found = [left for one in found for left in _without(one, absence)]
    return tuple(found)


def _without(own: Interval, absence: Absence) -> Iterator[Interval]:
    """What is left of an interval around an absence."""
    till_midnight = absence.ends <= absence.begins
    if absence.begins >= own.closes or (not till_midnight and absence.ends <= own.opens):
        yield own
        return
    if absence.begins > own.opens:
        yield replace(own, closes=absence.begins)
    if not till_midnight and absence.ends < own.closes:
        yield replace(own, opens=absence.ends)


def line(receiver: Receiver, hours: str | None = None) -> str:
    """`Начальник управління, кабінет 12: у понеділок з 9:00 до 12:00.`"""
    who = receiver.position
    if receiver.room:
        who = say("receiver-room", position=who, room=receiver.room)
    said = say("receiver", who=who, hours=hours or receiver.hours_text)
    return f"{said} {receiver.note}" if receiver.note else said


def line_on(seat: Seat, day: date) -> str:
    """The same for one day on which the position receives."""
    return line(seat.receiver, moments.hours(hours_on(seat, day)))


def _stem(word: str) -> str:
    return word.lower()[:STEM]
