"""The letters of a hall: «С 41» is the forty-first to one receiver of an office today, or to the hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handover.appointments.numbers import letter_of
from handover.appointments.slots import Absence, hours_of
from knowledge_base.answers import HALL, Office, Receiver

ONLY, OTHER = "Прийом", "Інші питання"
"""What the hall's own letter stands for: everything, or what nobody else has a letter for."""


@dataclass(frozen=True)
class Letter:
    """A letter, what it stands for, and the receiver it belongs to, HALL where anybody calls it."""

    sign: str
    name: str
    receiver: str = HALL


def letters(office: Office) -> tuple[Letter, ...]:
    """The letters of an office: those of receivers in their order, the hall's own last."""
    own: dict[str, Letter] = {}
    hall = letter_of(office, HALL)
    for receiver in office.receivers:
        sign = letter_of(office, receiver.id)
        if sign != hall and sign not in own:
            own[sign] = Letter(sign, _name(receiver), receiver.id)
    return (*own.values(), Letter(hall, OTHER if own else ONLY))


def letter(office: Office, sign: str) -> Letter:
    """The letter with this sign; one that is not given any more stands for other matters."""
    return next((one for one in letters(office) if one.sign == sign), Letter(sign, OTHER))


def receiving(office: Office, day: date, gone: Sequence[Absence] = ()) -> frozenset[str]:
    """The letters that somebody receives under on this day: within hours, and not away for all of them."""
    return frozenset(one.sign for one in letters(office) if _receives(office, one.receiver, day, gone))


def _receives(office: Office, receiver: str, day: date, gone: Sequence[Absence]) -> bool:
    away = [one.minutes for one in gone if (one.receiver, one.day) == (receiver, day)]
    return any(
        not any(since <= begins and ends <= until for since, until in away)
        for begins, ends in hours_of(office, receiver, day)
    )


def _name(receiver: Receiver) -> str:
    return receiver.short or receiver.position
