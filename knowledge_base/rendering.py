"""Fills the placeholders of a text for one community and one day, and tells which figures are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile

from knowledge_base import language
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.functions import step_formula
from knowledge_base.rules.grammar import (
    Arithmetic,
    Day,
    Expression,
    Extreme,
    Name,
    Negative,
    Number,
    Parameter,
    parse_formula,
)
from knowledge_base.rules.parameters import Dated, open_value, value_at
from knowledge_base.rules.placeholders import HOLE, Placeholder, read_placeholder
from knowledge_base.rules.schema import Entry, Unit

MONEY: frozenset[Unit] = frozenset({"UAH", "UAH/month"})


class Unsayable(LookupError):
    """A placeholder that has no value here: no period on that day, no such office, a sum that needs facts."""


@dataclass(frozen=True)
class Rendered:
    """A text with its figures. `stale_since`: the last day the stalest one is vouched for, if past.

    `stale_money`: a sum is among those that are past it.
    """

    text: str
    stale_since: date | None
    stale_money: bool = False


class Renderer:
    """Fills texts on one day; without a day, with the values that have an open end."""

    def __init__(self, view: CommunityView, day: date | None) -> None:
        self._view = view
        self._day = day

    def render(self, text: str, entry: Entry | None = None) -> Rendered:
        """Fills a text. Raises Unsayable, or PlaceholderError for what the checks would not have let in."""
        stale: list[Dated] = []
        filled = HOLE.sub(lambda hole: self._fill(read_placeholder(hole[1]), entry, stale), text)
        horizons = (one.known_through for one in stale if one.known_through)
        return Rendered(filled, min(horizons, default=None), any(one.unit in MONEY for one in stale))

    def amounts(self, entry: Entry) -> tuple[Decimal, Decimal] | None:
        """The least and the greatest amount of the variants; None where facts are needed or none is paid."""
        try:
            sums = list(self._variant_sums(entry, []))
        except Unsayable:
            return None
        return (min(sums), max(sums)) if sums else None

    def _fill(self, hole: Placeholder, entry: Entry | None, stale: list[Dated]) -> str:
        match hole.kind:
            case "parameter":
                return _of(self._value(hole.name, stale))
            case "count":
                value = self._value(hole.name, stale).value
                if isinstance(value, date):
                    raise Unsayable(hole.name)
                return language.plural(value, hole.noun)
            case "amount":
                return self._amount(entry, stale)
            case "documents":
                items = entry.documents.items if entry and entry.documents else ()
                return language.plural(len(items), hole.noun)
            case "deadline":
                return self._deadline(hole.name, entry, stale)
            case "hotline":
                return self._hotline(hole.name)
            case "office":
                return self._office(hole.name, entry)
            case "source":
                return self._title(hole.name)

    def _value(self, name: str, stale: list[Dated]) -> Dated:
        parameter = self._view.parameters.get(name)
        if parameter is None:
            raise Unsayable(name)
        dated = open_value(parameter) if self._day is None else value_at(parameter, self._day)
        if dated is None:
            raise Unsayable(name)
        if dated.stale:
            stale.append(dated)
        return dated

    def _amount(self, entry: Entry | None, stale: list[Dated]) -> str:
        sums = list(self._variant_sums(entry, stale)) if entry else []
        if not sums:
            raise Unsayable("amount")
        return language.money_range(min(sums), max(sums))

    def _variant_sums(self, entry: Entry, stale: list[Dated]) -> Iterator[Decimal]:
        for variant in entry.variants:
            if variant.amount:
                steps = {name: step_formula(step) for name, step in entry.derive.items()}
                yield self._sum(parse_formula(variant.amount.value), steps, stale)

    def _sum(self, formula: Expression, steps: Mapping[str, Expression], stale: list[Dated]) -> Decimal:
        """What a formula comes to without any fact. Raises Unsayable where it needs one.

        `steps` are the derived steps it may use; a step may use only those before it.
        """
        match formula:
            case Number(value=value):
                return value
            case Parameter(name=name):
                dated = self._value(name, stale)
                if not isinstance(dated.value, date):
                    return Decimal(dated.value) / (100 if dated.unit == "percent" else 1)
            case Name(name=name) if name in steps:
                earlier = dict(takewhile(lambda step: step[0] != name, steps.items()))
                return self._sum(steps[name], earlier, stale)
            case Negative(of=inner):
                return -self._sum(inner, steps, stale)
            case Extreme(which=which, of=several):
                found = [self._sum(one, steps, stale) for one in several]
                return min(found) if which == "min" else max(found)
            case Arithmetic(sign=sign, left=left, right=right):
                first, second = self._sum(left, steps, stale), self._sum(right, steps, stale)
                match sign:
                    case "+":
                        return first + second
                    case "-":
                        return first - second
                    case "*":
                        return first * second
                    case "/" if second:
                        return first / second
        raise Unsayable("amount")

    def _deadline(self, name: str, entry: Entry | None, stale: list[Dated]) -> str:
        deadline = next((one for one in entry.deadlines if one.id == name), None) if entry else None
        if deadline is None:
            raise Unsayable(name)
        if deadline.words:
            return HOLE.sub(lambda hole: self._within_words(hole[1], entry, stale), deadline.words.uk)
        match parse_formula(deadline.last_day):
            case Day(value=day):
                return language.day(day)
            case Parameter(name=parameter):
                return _of(self._value(parameter, stale))
        raise Unsayable(name)

    def _within_words(self, inside: str, entry: Entry | None, stale: list[Dated]) -> str:
        """Words of a deadline may show anything but a deadline: that way lies a circle."""
        hole = read_placeholder(inside)
        if hole.kind == "deadline":
            raise Unsayable(hole.name)
        return self._fill(hole, entry, stale)

    def _hotline(self, name: str) -> str:
        hotline = self._view.hotlines.get(name)
        if hotline is None:
            raise Unsayable(name)
        return " або ".join(hotline.numbers)

    def _office(self, matter: str, entry: Entry | None) -> str:
        name = self._view.office_serving(matter, entry.id if entry else None)
        if name is None:
            raise Unsayable(matter)
        office = self._view.offices[name]
        return f"{office.name}, {office.said_address}, {office.phone}"

    def _title(self, name: str) -> str:
        act = self._view.sources.get(name)
        if act is None:
            raise Unsayable(name)
        return act.title.uk


def figure(value: int | Decimal | date, unit: Unit) -> str:
    """A value of the law in words: `3 028 грн`, `15 %`, `1 січня 2026 року`."""
    if isinstance(value, date):
        return language.day(value)
    match unit:
        case "UAH" | "UAH/month":
            return language.money(value)
        case "percent":
            return language.percent(value)
        case "months":
            return language.plural(value, "місяць")
        case "days":
            return language.plural(value, "день")
        case "years":
            return language.plural(value, "рік")
        case "m2":
            return f"{language.number(value)}{language.HARD_SPACE}м²"
    return language.number(value)


def _of(dated: Dated) -> str:
    return figure(dated.value, dated.unit)
