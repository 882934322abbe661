"""What the assessor of one entry and the screener of many have alike: they ask, and say facts in Ukrainian."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge_base import language
from knowledge_base.rendering import Renderer, Unsayable
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.facts import FactFault, Known, fault_of
from knowledge_base.rules.interview import Question, Tick
from knowledge_base.rules.schema import Entry, Fact, Text
from knowledge_base.rules.values import Options, Point, Range, Value

NOUNS = {"years": "рік", "months": "місяць", "days": "день"}
NOUNS_AFTER = {"years": "року", "months": "місяця", "days": "дня"}


@dataclass(frozen=True)
class FactCard:
    """A fact as it is asked about: the question, buttons (option id, label), why, and where to look."""

    id: str
    fact: Fact
    ask: str
    label: str
    why: str
    hint: str | None
    options: tuple[tuple[str, str], ...]


class Questioner(ABC):
    """Whoever leads an interview. `entry`: whose own figures the texts of its facts may name."""

    def __init__(self, view: CommunityView, today: date, entry: Entry | None = None) -> None:
        self._view = view
        self._today = today
        self._entry = entry
        self._renderer = Renderer(view, today)

    @property
    @abstractmethod
    def facts(self) -> tuple[str, ...]:
        """Every fact that may be asked about."""

    @abstractmethod
    def next(self, known: Known, skipped: Collection[str], *, documents: bool = False) -> Question | None:
        """The next question, None where nothing more can be found out. Raises Contradiction."""

    def fact(self, fact_id: str) -> FactCard:
        """A fact in words. Raises KeyError for an unknown one."""
        fact = self._view.facts[fact_id]
        return FactCard(
            id=fact_id,
            fact=fact,
            ask=self._said(fact.ask) or fact.label.uk,
            label=self._said(fact.label) or fact_id,
            why=self._said(fact.why) or "",
            hint=self._said(fact.hint),
            options=tuple((name, self._option(text)) for name, text in (fact.options or {}).items()),
        )

    def known_fact(self, fact_id: str) -> Fact | None:
        """A fact as the dictionary describes it; None for one it does not have."""
        return self._view.facts.get(fact_id)

    def fault(self, fact_id: str, value: Value) -> FactFault | None:
        """Why a fact cannot be so; None where it can."""
        return fault_of(fact_id, self._view.facts[fact_id], value, self._today)

    def tick_line(self, tick: Tick) -> str:
        """A line of the list to tick, with the limit of the rule in it."""
        fact = self._view.facts[tick.fact]
        line = fact.rare.line if fact.rare is not None and tick.limit is None else fact.tick
        assert line is not None
        limit = "" if tick.limit is None else self._point(fact, tick.limit)
        written = Text(uk=line.uk.replace("{limit}", limit))
        return self._said(written) or fact.label.uk

    def value(self, fact_id: str, value: Value) -> str:
        """What is known of a fact, in words: `так`, `мати`, `від 10 000 до 14 000 грн`."""
        fact = self._view.facts[fact_id]
        if isinstance(value, Options):
            return self._answers(fact, value)
        return self._range(fact, value)

    def limit(self, fact_id: str, point: Point) -> str:
        """A limit in words."""
        return self._point(self._view.facts[fact_id], point)

    def bound(self, fact_id: str, bound: object) -> str:
        """The least or the greatest a fact may be, in words."""
        if isinstance(bound, date | Decimal):
            return self.limit(fact_id, bound)
        return self.limit(fact_id, Decimal(str(bound)))

    def _said(self, text: Text | None) -> str | None:
        """A text with its figures; None where one has no value on this day."""
        if text is None:
            return None
        try:
            return self._renderer.render(text.uk, self._entry).text
        except Unsayable:
            return None

    def _option(self, text: Text) -> str:
        """A label, with the plain spaces that a button and a person type."""
        return (self._said(text) or text.uk).replace(language.HARD_SPACE, " ")

    def _answers(self, fact: Fact, value: Options) -> str:
        """`так`, `мати`, `мати, батько або опікун`."""
        if fact.type == "bool":
            return ("так" if True in value.members else "ні") if value.exact else "не відомо"
        labels = [self._option(text) for name, text in (fact.options or {}).items() if name in value.members]
        *others, last = [label[:1].lower() + label[1:] if label[1:2].islower() else label for label in labels]
        return f"{', '.join(others)} або {last}" if others else last

    def _range(self, fact: Fact, value: Range) -> str:
        """`від 10 000 до 14 000 грн`; a bound that is the fact's own says nothing and is left out: `до 680 грн`."""
        low = None if value.low == fact.min and not value.exact else value.low
        high = None if value.high == fact.max and not value.exact else value.high
        if low is not None and high is not None:
            if low == high:
                return self._point(fact, low)
            if isinstance(low, Decimal) and isinstance(high, Decimal) and fact.type == "money":
                return language.money_range(low, high)
            return f"від {self._point(fact, low)} до {self._point(fact, high)}"
        if low is not None:
            return f"від {self._point(fact, low, after=True)}"
        return f"до {self._point(fact, high, after=True)}" if high is not None else "не відомо"

    @staticmethod
    def _point(fact: Fact, point: Point, *, after: bool = False) -> str:
        if isinstance(point, date):
            return language.day(point)
        if fact.type == "money":
            return language.money(point)
        noun = (NOUNS_AFTER if after else NOUNS).get(fact.unit or "")
        return language.plural(point, noun) if noun else language.number(point)
