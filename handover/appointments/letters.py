"""The letters of a hall: «С 41» is the forty-first to one receiver of an office today, or to the hall."""

from __future__ import annotations

from dataclasses import dataclass

from handover.appointments.numbers import letter_of
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


def _name(receiver: Receiver) -> str:
    return receiver.short or receiver.position
