"""How much is said, and how surely: «десь 12 тисяч», «8-9 тис», «від 10 до 14», «до 15», «понад 20», «12 чи 13».

The rules of approximation:

- «близько N» is N less and more a tenth; «майже N» the tenth below; «N з хвостиком» the tenth above. People, days and
  hryvnias are widened to whole ones.
- a range, spoken or written, is that range; «близько» adds nothing to it.
- «до N», «не більше», «менше» end at N, «від N», «понад», «більше» begin at N. N itself is always within: people do
  not weigh «більше» against «не менше».
- thousands named once hold for both ends («8-9 тисяч»), unless the lower would outgrow the upper.
- thousands before the number make it approximate («тисяч 12»).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple, cast

from knowledge_base.rules.values import Range
from knowledge_base.understanding.answers.numerals import Numeral, Written, read_numeral
from knowledge_base.understanding.answers.tokens import Kind, Token
from knowledge_base.understanding.answers.vocabulary import (
    MEASURES,
    SCALES,
    SLANG_THOUSAND,
    THOUSAND,
    Measure,
)
from knowledge_base.understanding.answers.words import NEITHER, NOT, fold, folded

Reach = Literal["exact", "about", "almost", "over", "at_least", "at_most"]

TENTH = Decimal("0.1")
"""How far «близько» reaches to either side, of the number itself."""
BARE_BELOW = Decimal(100)
"""A number under this, without thousands or a currency, may be said of thousands."""


class Quantity(NamedTuple):
    """A number or a range as it was said, at tokens `start` to `end` (exclusive).

    `scaled`: thousands were named. `loose`: wants reading back. `each`: «по». `denied`: «не 5». `added`: «і ще».
    `people`: said as of people («двоє», «вдвох»).
    """

    low: Decimal
    high: Decimal
    start: int
    end: int
    reach: Reach = "exact"
    scaled: bool = False
    loose: bool = False
    measure: Measure | None = None
    each: bool = False
    denied: bool = False
    added: bool = False
    people: bool = False

    @property
    def bare(self) -> bool:
        """Whether thousands may be meant and were not said."""
        return not self.scaled and self.measure is None and 0 < self.high < BARE_BELOW

    @property
    def approximate(self) -> bool:
        return self.loose or self.reach != "exact" or self.low != self.high

    def times(self, factor: Decimal) -> Quantity:
        return self._replace(low=self.low * factor, high=self.high * factor)

    def range(self, *, whole: bool = False) -> Range:
        """The values it may be. `whole`: what «близько» widens is widened to whole numbers."""
        low, high = self.low, self.high
        if self.reach == "about" and low == high:
            low, high = low - low.copy_abs() * TENTH, high + high.copy_abs() * TENTH
        elif self.reach == "almost":
            low -= low.copy_abs() * TENTH
        elif self.reach == "over":
            high += high.copy_abs() * TENTH
        if whole and self.reach in ("about", "almost", "over"):
            low, high = low.to_integral_value(ROUND_FLOOR), high.to_integral_value(ROUND_CEILING)
        return Range(
            None if self.reach == "at_most" else tidy(low), None if self.reach == "at_least" else tidy(high)
        )


def below_nought(quantities: Iterable[Quantity]) -> list[Quantity]:
    """The first negative one alone where there is any, else all: with it nothing else can be right."""
    several = list(quantities)
    return next(([one] for one in several if one.high < 0), several)


def places_of(quantities: Iterable[Quantity]) -> set[int]:
    """The places of the tokens that tell them."""
    return {place for one in quantities for place in range(one.start, one.end)}


def is_calendar_year(tokens: Sequence[Token], one: Quantity) -> bool:
    """Whether a plain number is a year: «у 2022»."""
    in_years = _FIRST_YEAR <= one.low == one.high <= _LAST_YEAR and not one.scaled and one.measure is None
    return in_years and one.start > 0 and tokens[one.start - 1].text in _IN


def tidy(number: Decimal) -> Decimal:
    """The same number without idle zeros after the point: 12500, not 12500.0 nor 1.25E+4."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


_Word = Reach | Literal["from", "between"]
_Phrases = Mapping[str, list[tuple[tuple[str, ...], _Word]]]


def _table(written: Mapping[_Word, str]) -> _Phrases:
    """First word -> the phrases that begin with it, longest first, and what each says."""
    table: dict[str, list[tuple[tuple[str, ...], _Word]]] = {}
    for reach, text in written.items():
        for phrase in text.split("|"):
            words = tuple(fold(word) or word for word in phrase.split())
            table.setdefault(words[0], []).append((words, reach))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


_BEFORE = _table(
    {
        "about": "десь|десь так|десь то|де то|гдето|где то|біля|близько|коло|около|приблизно|примерно|"
        "орієнтовно|ориентировочно|плюс мінус|плюс минус|в районі|в районе|у районі|порядку|порядка|типу|"
        "типа|наче|вроде|вроді|здається|кажется|мабуть|напевно|напевне|наверно|наверное|може|может|~|≈|+ -|"
        "±|приблизительно|прімєрно|прблизно",
        "at_most": "до|не більше|не больше|не бiльше|максимум|макс|щонайбільше|не вище|не выше|менше|"
        "меньше|менш|нижче|ниже|не перевищує|не дотягує до|не более|<",
        "at_least": "більше|больше|більш|более|понад|свыше|вище|выше|не менше|не меньше|не менее|мінімум|"
        "минимум|хоча б|хотя бы|хотяб|щонайменше|не нижче|не ниже|як мінімум|как минимум|побільше|>",
        "almost": "майже|почти|трохи менше|трошки менше|трохи менш|чуть меньше|немного меньше|без малого",
        "over": "трохи більше|трошки більше|трохи більш|чуть больше|чуть более|немного больше",
        "between": "між|между|меж|проміж",
        "from": "від|от|з|с|із",
    }
)
_AFTER = _table(
    {
        "about": "плюс мінус|плюс минус|приблизно|примерно|десь|десь так|орієнтовно|наверно|наверное|вроде|"
        "вроді|мабуть|напевно|+ -|здається|кажется|плюс чи мінус",
        "over": "з хвостиком|с хвостиком|з копійками|с копейками|з чимось|с чем то|з лишком|з лишнім|"
        "с лишним|з гаком|з невеликим|с небольшим|з копєйками|з хвостом",
        "at_least": "і більше|або більше|чи більше|и больше|или больше|й більше|і вище|и выше|мінімум|минимум|+",
        "at_most": "максимум|не більше|не больше|або менше|і менше|й менше|чи менше|или меньше",
    }
)
_OR = folded("чи або или либо ілі альбо може может")
_AND, _TO = folded("і и та й"), folded("до по")
_SOFT = folded(
    "там тут ніж ниж чим чем за як це то є у в на сума суму навіть даже ось де виходить десь прям аж"
)
_STOPPERS = frozenset(",;:!?()\n.")
_EACH = fold("по")
_WITH = folded("з с із")
_MINUS = fold("мінус")
_ADDED = folded("плюс ще")
_IN = folded("у в во з с")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_INVERTED = folded("гривень гривен років лет місяців месяцев днів дней метрів метров тижнів недель")
"""Measures before their number make it approximate: «років 10», «гривень 500»."""
_NUMBERLIKE_MAN = fold("чоловік")
_YEAR_OR_ROUBLE = fold("р")


@dataclass(slots=True)
class _Said:
    """What the words before a number say of it."""

    reach: _Word = "exact"
    about: bool = False
    scale: Decimal | None = None
    measure: Measure | None = None
    each: bool = False
    denied: bool = False
    added: bool = False
    negative: bool = False

    def stray(self) -> None:
        """A word that is none of ours stands between: only «десь» reaches over it."""
        self.reach, self.scale, self.measure = "exact", None, None
        self.each = self.denied = self.added = self.negative = False


def read_quantities(tokens: Sequence[Token], *, money: bool = False) -> list[Quantity]:
    """Every number and range of an answer, in order."""
    found: list[Quantity] = []
    for quantity in _Reading(tokens, money).every():
        before = found[-1] if found else None
        if (
            before
            and before.reach == "at_least"
            and quantity.reach == "at_most"
            and before.low < quantity.high
        ):
            # «не менше 5 і не більше 10»
            in_thousands = before.low * THOUSAND
            scaled_low = quantity.scaled and before.bare and in_thousands <= quantity.high
            low = in_thousands if scaled_low else before.low
            found[-1] = quantity._replace(low=low, start=before.start, reach="exact")
        else:
            found.append(quantity)
    return found


class _Reading:
    def __init__(self, tokens: Sequence[Token], money: bool) -> None:
        self._tokens = tokens
        self._money = money

    def every(self) -> Iterator[Quantity]:
        tokens, place, said = self._tokens, 0, _Said()
        while place < len(tokens):
            token = tokens[place]
            if token.text in _BEFORE and (after := self._phrase(_BEFORE, place)):
                reach, place = after
                if reach == "about":
                    said.about = True
                else:
                    said.reach = reach
                continue
            numeral = read_numeral(tokens, place, money=self._money)
            if numeral is not None:
                quantity = self._quantity(place, numeral, said)
                yield quantity
                place, said = quantity.end, _Said()
                continue
            self._note(place, said)
            place += 1

    def _note(self, place: int, said: _Said) -> None:
        token = self._tokens[place]
        word = token.text
        if token.kind is Kind.SIGN:
            if word in _STOPPERS:
                said.stray()
                said.about = False
            elif word == "-":
                said.negative = self._is_minus(place)
            elif word == "+":
                said.added = True
        elif word in SCALES or (self._money and word in SLANG_THOUSAND):
            said.scale = SCALES.get(word, THOUSAND)
        elif word == _EACH:
            said.each = True
        elif word == NOT:
            said.stray()
            said.denied = True
        elif word == _MINUS:
            said.negative = True
        elif word in _ADDED:
            said.added = True
        elif word in _INVERTED and said.scale is None:
            said.measure = MEASURES[word]
        elif word not in _SOFT:
            said.stray()

    def _is_minus(self, place: int) -> bool:
        """A dash close to its number and to nothing before it: «-5», not «пенсія - 5»."""
        tokens = self._tokens
        next_glued = place + 1 < len(tokens) and tokens[place + 1].glued
        return next_glued and (place == 0 or not tokens[place].glued)

    def _phrase(self, table: _Phrases, place: int) -> tuple[_Word, int] | None:
        tokens = self._tokens
        for words, says in table.get(tokens[place].text, ()):
            end = place + len(words)
            if end <= len(tokens) and all(tokens[place + i].text == word for i, word in enumerate(words)):
                return says, end
        return None

    def _quantity(self, start: int, first: Numeral, said: _Said) -> Quantity:
        low = high = first.value
        scaled, loose, end = first.scaled, first.loose, first.end
        measure, end = self._measure(first, end)
        reach = said.reach
        second = self._second(end, first, said)
        if second is not None:
            low, high = _distributed(first, second, self._money)
            scaled, loose = scaled or second.scaled, loose or second.loose
            later, end = self._measure(second, second.end)
            measure, reach = later or measure, "exact" if reach in ("from", "between") else reach
        elif reach == "from":
            reach = "exact" if self._tokens[start - 1].text in _WITH else "at_least"
        elif reach == "between":
            reach = "exact"
        if said.scale is not None and not scaled:
            low, high, scaled = low * said.scale, high * said.scale, True
            said.about = True
        if said.measure is not None and measure is None:
            measure, said.about = said.measure, True
        end, reach = self._afterwards(end, reach)
        if reach == "exact" and said.about:
            reach = "about"
        if said.negative:
            low, high = -high, -low
        return Quantity(
            low=low,
            high=high,
            start=start,
            end=end,
            reach=cast("Reach", reach),  # a number has settled "from" and "between"
            scaled=scaled,
            loose=loose,
            measure=measure,
            each=said.each,
            denied=said.denied
            or (first.value == 1 and start > 0 and self._tokens[start - 1].text in NEITHER),
            added=said.added,
            people=first.written is Written.COLLECTIVE,
        )

    def _afterwards(self, end: int, reach: _Word) -> tuple[int, _Word]:
        tokens = self._tokens
        if end >= len(tokens) or tokens[end].text not in _AFTER:
            return end, reach
        after = self._phrase(_AFTER, end)
        if after is None:
            return end, reach
        # «3900+4200» adds, «3900+» leaves open; «12 тисяч, десь 3» begins anew.
        if after[1] < len(tokens) and (
            tokens[after[1]].kind is Kind.NUMBER or read_numeral(tokens, after[1], money=self._money)
        ):
            return end, reach
        return after[1], after[0]

    def _measure(self, numeral: Numeral, place: int) -> tuple[Measure | None, int]:
        if numeral.measure:
            return numeral.measure, place
        tokens = self._tokens
        if place >= len(tokens):
            return None, place
        word = tokens[place].text
        measure = MEASURES.get(word)
        if word == _YEAR_OR_ROUBLE:
            measure = "rouble" if self._money else "year"
        if measure is None:
            return None, place
        if word == _NUMBERLIKE_MAN and self._money and place + 1 < len(tokens):
            return None, place  # «я отримую 4 чоловік 8»: the husband, not four people
        end = place + 1
        if end < len(tokens) and tokens[end].text == "." and tokens[end].glued:
            end += 1
        return measure, end

    def _second(self, place: int, first: Numeral, said: _Said) -> Numeral | None:
        """The other end of a range, None where the number stands alone."""
        tokens = self._tokens
        if place >= len(tokens):
            return None
        word = tokens[place].text
        if tokens[place].kind is Kind.SIGN:
            while place < len(tokens) and tokens[place].text == word and word in ".-":
                place += 1
            joined = word == "-" or (word == "." and tokens[place - 2].text == ".")
            return self._end_of_range(place) if joined else None
        if word in _OR or (word in _TO and word != _EACH) or (word == _EACH and said.reach == "from"):
            return self._end_of_range(place + 1)
        if word in _AND and said.reach == "between":
            return self._end_of_range(place + 1)
        return self._next_to(place, first)

    def _end_of_range(self, place: int) -> Numeral | None:
        tokens = self._tokens
        while place < len(tokens) and (tokens[place].text in _SOFT or tokens[place].text in _BEFORE):
            place += 1
        if place >= len(tokens):
            return None
        return read_numeral(tokens, place, money=self._money)

    def _next_to(self, place: int, first: Numeral) -> Numeral | None:
        """«п'ять шість», «5 6 тисяч»: neighbours by one, side by side, are a range."""
        if first.scaled or self._tokens[place].kind is Kind.SIGN:
            return None
        second = read_numeral(self._tokens, place, money=self._money)
        if second is None or second.written is not first.written:
            return None
        alone = second.value / THOUSAND if second.scaled else second.value
        in_words = first.written is not Written.FIGURES
        return second if alone - first.value == 1 and (in_words or second.scaled) else None


def _distributed(first: Numeral, second: Numeral, money: bool) -> tuple[Decimal, Decimal]:
    """Both ends, the lower first, with thousands that were named once."""
    low, high = first.value, second.value
    if second.scaled and not first.scaled and low < BARE_BELOW:
        in_thousands = low * THOUSAND
        if in_thousands <= high or low <= high / THOUSAND * 3:
            low = in_thousands
    elif first.scaled and not second.scaled and 0 < high < BARE_BELOW:
        high *= THOUSAND
    elif money and not (first.scaled or second.scaled) and 0 < low < BARE_BELOW and low * THOUSAND <= high:
        low *= THOUSAND
    return (low, high) if low <= high else (high, low)
