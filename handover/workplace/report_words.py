"""How a report's figures are said: periods, shares, minutes, comparisons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from handover.reports.figures import Split
from handover.reports.periods import OWN, Period
from handover.workplace import words
from knowledge_base.answers import Knowledge
from knowledge_base.language import HARD_SPACE, MONTHS, percent

PERIODS = {
    "today": "Сьогодні",
    "yesterday": "Вчора",
    "week": "Цей тиждень",
    "month": "Цей місяць",
    "quarter": "Цей квартал",
    OWN: "Свої дати",
}
DAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "нд")
NOT_SAID = "—"
NO_TOPIC = "Без теми"
NO_PLACE = "Без місця"
PHONE = "Телефон"

Title = Callable[[str | None], str]


def titles(knowledge: Knowledge, now: datetime) -> Title:
    """Names of topics: the people's name of the entry; its id where the base no longer has it."""
    kept: dict[str, str] = {}

    def title(topic: str | None) -> str:
        if topic is None:
            return NO_TOPIC
        if topic not in kept:
            known = knowledge.resolve(topic)
            kept[topic] = knowledge.card(known, now).title if known else topic
        return kept[topic]

    return title


def places(knowledge: Knowledge) -> Title:
    """Names of offices; the id where the base no longer has it."""
    names = {office.id: office.name for office in knowledge.offices()}

    def place(office: str | None) -> str:
        return NO_PLACE if office is None else names.get(office, office)

    return place


def channel(name: str) -> str:
    """A channel as people call it; calls are one too."""
    return PHONE if name == "phone" else words.channel(name)


def days(period: Period) -> str:
    """24 листопада 2026; 1–24 листопада 2026; 26 жовтня – 24 листопада 2026."""
    return between(period.first, period.last)


def between(first: date, last: date) -> str:
    """The same of two days."""
    year = f" {last.year}"
    if first == last:
        return f"{_day(last)}{year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last)}{year}"
    early = "" if first.year == last.year else f" {first.year}"
    return f"{_day(first)}{early} – {_day(last)}{year}"


def span_of(period: Period) -> str:
    """The same without the year, for a comparison."""
    return days(period).removesuffix(f" {period.last.year}")


def _day(day: date) -> str:
    return f"{day.day}{HARD_SPACE}{MONTHS[day.month - 1]}"


def share(part: float | None) -> str:
    """67 %; a dash where there is nothing to share."""
    return NOT_SAID if part is None else percent(round(part * 100))


def minutes(count: float | None) -> str:
    """7 хв; до 1 хв; 2 год 5 хв of working time: a day of it has no fixed length."""
    if count is None:
        return NOT_SAID
    whole = round(count)
    if whole < 1:
        return f"до 1{HARD_SPACE}хв"
    if whole < 24 * 60:
        return words.span(timedelta(minutes=whole))
    return f"{whole // 60}{HARD_SPACE}год"


def compared(now: int, before: int, when: str) -> str:
    """На 9 % більше, ніж 1–24 жовтня."""
    if not before:
        return f"{when} — жодної" if now else f"{when} — теж жодної"
    if now == before:
        return f"стільки ж, скільки {when}"
    rate = round(abs(now - before) * 100 / before)
    way = "більше" if now > before else "менше"
    if rate < 1:
        return f"майже стільки ж, скільки {when}"
    return f"на {percent(rate)} {way}, ніж {when}"


def series(some: Split) -> tuple[str, str, str]:
    """The three numbers of a table's row."""
    return (str(some.bot), str(some.person), str(some.phone))
