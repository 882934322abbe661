"""Citizens of a morning: what each came for, what they say next, and how their contact has ended."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from benchmarks.morning.stage import Stage
from tests.emulators.vendor import Shown

Aim = Literal["answer", "place", "person", "visit", "call", "state"]
"""What a person writes for: an answer, a place, a person, a time to come, a call back, what became of a paper."""

CHANNELS = ("viber", "viber", "viber", "telegram", "telegram", "telegram", "messenger", "web")
"""As people in the regions write: Viber and Telegram before all else."""

AIMS: Sequence[Aim] = (
    ("answer",) * 9 + ("place",) * 3 + ("person",) * 4 + ("visit",) * 3 + ("state",) * 3 + ("call",)
)

NAMES = ("Галина", "Оксана", "Петро", "Тамара", "Микола", "Світлана", "Юрій", "Надія", "Любов", "Степан")

QUESTIONS = (
    ("які папери треба на субсидію", "а скільки чекати рішення"),
    ("скільки платять при народженні дитини", "які документи"),
    ("скільки платять переселенцям на дитину", "а куди подавати"),
    ("как оформить субсидию", "какие нужны документы"),
    ("помер батько, чи є допомога на поховання", "що взяти з собою"),
    ("як отримати посвідчення багатодітної сім’ї", "а це де"),
    ("що таке єЯсла і скільки", "хто може подати"),
    ("чи є допомога малозабезпеченим", "які довідки треба"),
)
PLACES = (
    "де ви знаходитесь",
    "до котрої ви сьогодні працюєте",
    "адреса пенсійного фонду",
    "графік роботи цнапу",
)
WORRIES = (
    "мені зупинили виплату і ніхто не пояснив чому",
    "у моїй справі помилка в прізвищі, що робити",
    "прийшла сума менша ніж торік, гляньте мою справу",
)
VISITS = ("запишіть на прийом щодо субсидії", "хочу записатися на прийом до спеціаліста з переселенців")

FIRST_PATIENCE, PATIENCE = timedelta(seconds=20), timedelta(seconds=75)
"""The shortest and the longest a person takes to read and to type."""

MOST_TAPS = 9
"""Taps after which somebody who books has given up."""


@dataclass
class Citizen:
    """One contact. `next_at` is when they do something next; None while they wait, and at the end."""

    number: int
    channel: str
    aim: Aim
    dice: random.Random
    next_at: datetime | None
    receipt: Receipt | None = None
    said: list[str] = field(default_factory=list)
    seen: int = 0
    taps: int = 0
    thanked: bool = False
    script: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.script = iter(self._script())

    @property
    def person(self) -> str:
        return f"morning-{self.number}"

    @property
    def name(self) -> str:
        return NAMES[self.number % len(NAMES)]

    @property
    def phone(self) -> str:
        return f"067 100 {self.number // 100:02d} {self.number % 100:02d}"

    def _script(self) -> Sequence[str]:
        choose = self.dice.choice
        match self.aim:
            case "answer":
                return choose(QUESTIONS)
            case "place":
                return (choose(PLACES),)
            case "person":
                return (choose(WORRIES), "покличте людину")
            case "state" if self.receipt is not None:
                return ("що з моєю заявою", f"{self.receipt.number}, код {self.receipt.code}")
            case "state":
                return ("де моя заява", "2026-99999", "A2A2A2A2")
            case "call":
                return (f"передзвоніть мені будь ласка на {self.phone}",)
            case "visit":
                return (choose(VISITS),)

    async def act(self, stage: Stage) -> None:
        """Do the next thing; whoever has said all waits, or is content."""
        now = stage.clock()
        shown = await stage.screen(self.channel, self.person)
        fresh, self.seen = shown[self.seen :], len(shown)
        words = next(self.script, None)
        if words is not None:
            await self._say(stage, words)
        elif self.aim == "visit" and fresh and self.taps < MOST_TAPS and not _is_booked(shown):
            await self._book(stage, fresh[-1])
        elif self.aim == "person" and not self.thanked and any(one.sender for one in fresh):
            self.thanked = True
            await self._say(stage, "дякую, зрозуміло")
        else:
            self.next_at = None
            return
        self.next_at = now + FIRST_PATIENCE + (PATIENCE - FIRST_PATIENCE) * self.dice.random()

    async def look(self, stage: Stage) -> None:
        """Whoever waits for a specialist reads what came and answers it."""
        if self.aim != "person" or self.next_at is not None or self.thanked or not self.said:
            return
        shown = await stage.screen(self.channel, self.person)
        if any(one.sender for one in shown[self.seen :]):
            self.next_at = stage.clock() + FIRST_PATIENCE + (PATIENCE - FIRST_PATIENCE) * self.dice.random()

    async def _book(self, stage: Stage, last: Shown) -> None:
        """Tap the first thing offered, or say the name."""
        self.taps += 1
        if "ім’я" in last.text or "іменем" in last.text:
            await self._say(stage, self.name)
        elif offered := [label for label in last.buttons if label not in BESIDE]:
            self.said.append(offered[0])
            await stage.press(self.channel, self.person, offered[0])
        else:
            self.taps = MOST_TAPS

    async def _say(self, stage: Stage, words: str) -> None:
        self.said.append(words)
        await stage.write(self.channel, self.person, words)


BESIDE = frozenset({"Людина", "Меню", "Назад", "Головне меню", "Покликати людину"})
"""Buttons that lead away from what is being asked."""


def _is_booked(shown: Sequence[Shown]) -> bool:
    return any("запис №" in one.text.replace("\N{NO-BREAK SPACE}", " ").lower() for one in shown)


@dataclass(frozen=True)
class Receipt:
    """What the department gave with an application."""

    number: str
    code: str


def crowd(
    count: int, begins: datetime, ends: datetime, dice: random.Random, receipts: Sequence[Receipt]
) -> list[Citizen]:
    """Contacts over the morning, most of them in its first half, as at every reception.

    One in five of those who ask for their application has no receipt of ours.
    """
    left = iter(receipts)
    return [
        Citizen(
            number=number,
            channel=dice.choice(CHANNELS),
            aim=(aim := dice.choice(AIMS)),
            dice=random.Random(dice.random()),
            next_at=begins + (ends - begins) * dice.triangular(0.0, 1.0, 0.3),
            receipt=next(left, None) if aim == "state" and dice.random() < 0.8 else None,
        )
        for number in range(count)
    ]
