"""Answers to a question for money, in hryvnias.

The rules beside those of `quantities`:

- a bare number under a hundred is thousands («12», «між 10 і 14», «пенсія 4»), read back always. Not where a currency
  stands by it or another number of the answer is a plain one between a hundred and a thousand («від 50 до 300»); nought
  stays nought. The limit of the rule: somebody who truly means 90 hryvnias and says «90» is heard as 90 000 and has to
  correct it when it is read back.
- what several people or several sources bring is added («пенсія 3900, у діда 4200»), read back always; «разом 12»
  is the sum itself. Two sums that nothing tells apart lie between the lesser and the sum. Sums of different seasons or
  times («2500, в мороз і 3») lie between.
- «по 5 тисяч, нас двоє» is multiplied; «по 5 тисяч» of an unknown number of people is at least that much.
- minimum wages are about as many wages. Sums by the year, half-year, quarter, week or day are brought to a month where
  the fact is monthly. Roubles are what elder people call hryvnias: read back. Foreign money is vague.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from itertools import pairwise

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Range, hull
from knowledge_base.understanding.answers.heard import VAGUE, Heard, heard_number
from knowledge_base.understanding.answers.people import added
from knowledge_base.understanding.answers.quantities import (
    Quantity,
    below_nought,
    is_calendar_year,
    places_of,
    read_quantities,
    tidy,
)
from knowledge_base.understanding.answers.replies import names_topic, strangers
from knowledge_base.understanding.answers.tokens import Kind, Token, words_of, words_outside
from knowledge_base.understanding.answers.vocabulary import MEASURES, SCALES, THOUSAND
from knowledge_base.understanding.answers.words import (
    ADDRESS_WORDS,
    KIN_WORDS,
    STEM,
    asked_about,
    asking,
    fold,
    folded,
    padded,
    phrases,
)
from knowledge_base.understanding.normalise import spell

_PAID_IN = (None, "hryvnia", "rouble", "kopiyka", "wage")
_KNOWN_QUESTIONS = 2_000
_HUNDRED = Decimal(100)
_MOST_STRANGERS, _MOST_BESIDE_BARE = 4, 1
_SOURCES = folded(
    "пенсія пенсії пенсію пенсия пенсию пенсии зарплата зарплати зарплату зп зарплаты получка аванс "
    "стипендія стипендию стипендії аліменти алименты соціальна соціальні соцвиплата допомога допомогу "
    "пособие пособія виплата виплати впо дитячі детские декретні декретные підробіток подработка дохід "
    "доходи доход отримую отримує получаю получає получает заробляє заробляю зарабатывает зарабатываю "
    "приносить оренда аренда пай інвалідність моя мій мої мое мой я мене меня він вона он она другого "
    "інший друга субсидія субсидии субсидію"
)
_SOURCE_STEMS = frozenset(word[:STEM] for word in _SOURCES if len(word) >= STEM)
_TIMES = folded(
    "взимку зимою зимой зима влітку літом летом літо мороз морози холод буває иногда іноді інколи бывает "
    "весною восени осенью опалення отопление сезон раз коли когда"
)
_PAST = folded("було була був раніше раньше было была колись")
_NOW = folded("зараз тепер сейчас теперь стала стало щас")
_TOTAL = folded("разом всього усього загалом итого всего вместе сума сумі сумме общем") | {"="}
_EACH_ONE = phrases(
    "на людину|на одну людину|на одного|на душу|на особу|на каждого|на кожного|на человека|кожному|каждому|"
    "у кожного|у каждого|кожен|каждый"
)
_SEVERAL = folded("пенсії пенсии зарплати зарплаты")
_SELF = folded("я мені мене мне меня")
_JOINED = folded("і та й и плюс ще") | {"+"}
_WE = folded("нас ми мы на")
_AGED = folded("мені мне ей йому ему чоловіку мужу жене дружині мамі маме тату бабусі дідусю сину дочці")
_SPENT = folded("плачу платимо віддаю віддаємо витрачаю витрачаємо комуналку комуналка ліки лекарства")
_FOR = folded("за в у на")
_YEAR, _HALF_YEAR = folded("рік год року года"), folded("півроку полгода півріччя")
_PERIODS: Mapping[str, tuple[Decimal, Decimal]] = {
    **dict.fromkeys(_YEAR, (Decimal(12), Decimal(12))),
    **dict.fromkeys(_HALF_YEAR, (Decimal(6), Decimal(6))),
    **dict.fromkeys(folded("квартал"), (Decimal(3), Decimal(3))),
    **dict.fromkeys(folded("тиждень неделю"), (Decimal(1) / 5, Decimal(1) / 4)),
    **dict.fromkeys(folded("день добу сутки"), (Decimal(1) / 31, Decimal(1) / 15)),
}
"""What a sum is paid for -> how many months that is, at least and at most. Few are paid for every day."""
_MINIMUM, _OF_WAGE, _WAGE = fold("мінімальн"), fold("зарплат"), fold("мінімалка")
_WIDE = _SOURCES | _TIMES | _PAST | _NOW | _TOTAL | frozenset(_PERIODS) | frozenset(SCALES)


def hear_money(tokens: Sequence[Token], fact: Fact, minimum_wage: Decimal | None) -> Heard | None:
    """The sum said, None where there is none that answers.

    `minimum_wage`: hryvnias a month; without it «мінімалка» is no sum.
    """
    tokens = _with_wages(tokens)
    said = [one for one in read_quantities(tokens, money=True) if not one.denied]
    paid = below_nought(one for one in _with_bare_wage(tokens, said) if _is_paid(tokens, one))
    if not paid:
        return VAGUE if any(one.measure == "foreign" for one in said) else None
    if minimum_wage is None and any(one.measure == "wage" for one in paid):
        return None
    if not _is_about_money(tokens, said, paid, fact):
        return None
    in_hryvnias = [_in_hryvnias(one, minimum_wage) for one in _in_thousands(paid)]
    if paid[0].high < 0:
        return heard_number(paid[0].range(whole=True), fact, approximate=False)
    total, loose = _of_all(tokens, said, in_hryvnias, fact)
    if any(one.measure == "foreign" for one in said):
        total, loose = Range(total.low, None), True
    if fact.unit == "UAH/month" and (months := _months(tokens, said)):
        total, loose = _by_month(total, months), True
    return heard_number(total, fact, approximate=loose)


def _is_about_money(
    tokens: Sequence[Token], said: Sequence[Quantity], paid: Sequence[Quantity], fact: Fact
) -> bool:
    """Whether the words around leave no doubt; a bare number bears fewer of them than «4 тисячі»."""
    beside = words_outside(tokens, places_of(said))
    if not ADDRESS_WORDS.isdisjoint(beside):
        return False
    clear = any(one.scaled or one.measure is not None or one.high >= THOUSAND for one in paid)
    strange = strangers(beside, _asked(fact.ask.uk, fact.label.uk), _WIDE)
    return len(strange) <= (_MOST_STRANGERS if clear else _MOST_BESIDE_BARE) and not names_topic(strange)


@lru_cache(maxsize=_KNOWN_QUESTIONS)
def _asked(ask: str, label: str) -> frozenset[str]:
    return asked_about(ask, label) | _SOURCE_STEMS


def _of_all(
    tokens: Sequence[Token], said: Sequence[Quantity], paid: Sequence[Quantity], fact: Fact
) -> tuple[Range, bool]:
    """The sum of everybody, or of one where the fact is of one; and whether it was pieced together."""
    words = words_of(tokens)
    spoken = padded(words)
    of_each = bool(words) and any(phrase in spoken for phrase in _EACH_ONE)
    if _is_of_each(fact.ask.uk):
        total, loose = _together(tokens, paid)
        people = None if of_each else _people(tokens, said)
        return (total, loose) if people is None else (_each_or_all(total, people), True)
    if of_each or any(one.each for one in paid):
        people = _people(tokens, said)
        several = of_each or not _SEVERAL.isdisjoint(words)
        paid = [_for_all(one, people, several) if one.each or of_each else one for one in paid]
    return _together(tokens, paid)


def _with_wages(tokens: Sequence[Token]) -> Sequence[Token]:
    """«Мінімальна зарплата» as the one word «мінімалка»."""
    if not any(token.text.startswith(_MINIMUM) for token in tokens):
        return tokens
    joined: list[Token] = []
    for token in tokens:
        if joined and joined[-1].text.startswith(_MINIMUM) and token.text.startswith(_OF_WAGE):
            joined[-1] = joined[-1]._replace(text=_WAGE)
        else:
            joined.append(token)
    return joined


def _with_bare_wage(tokens: Sequence[Token], said: Sequence[Quantity]) -> list[Quantity]:
    """«Мінімалка» without a number is one."""
    taken = places_of(said)
    alone = [
        Quantity(Decimal(1), Decimal(1), place, place + 1, measure="wage")
        for place, token in enumerate(tokens)
        if place not in taken and MEASURES.get(token.text) == "wage"
    ]
    return sorted([*said, *alone], key=lambda one: one.start)


def _is_paid(tokens: Sequence[Token], one: Quantity) -> bool:
    if one.measure not in _PAID_IN or one.people or is_calendar_year(tokens, one):
        return False
    if not one.bare:
        return True
    # «Одна пенсія», «нас 2», «на двох» count people and things, «мені 67» tells of age.
    before = tokens[one.start - 1].text if one.start else ""
    figures = tokens[one.start].kind is Kind.NUMBER
    return before not in _WE and before not in _AGED and (figures or one.high > 1)


def _in_thousands(paid: Sequence[Quantity]) -> list[Quantity]:
    plain = any(
        not one.scaled and one.measure in (None, "hryvnia") and _HUNDRED <= one.high < THOUSAND
        for one in paid
    )
    return [one.times(THOUSAND)._replace(loose=True) if one.bare and not plain else one for one in paid]


def _in_hryvnias(one: Quantity, minimum_wage: Decimal | None) -> Quantity:
    if one.measure == "kopiyka":
        return one.times(1 / _HUNDRED)
    if one.measure == "wage" and minimum_wage is not None:
        wages = one.times(minimum_wage)
        return wages._replace(reach="about") if wages.reach == "exact" else wages
    return one._replace(loose=True) if one.measure == "rouble" else one


def _people(tokens: Sequence[Token], said: Sequence[Quantity]) -> Quantity | None:
    """Of how many people or payments «по» is said; None where it is not told."""
    for one in said:
        of_us = one.bare and one.start > 0 and tokens[one.start - 1].text in _WE
        counted = one.people or one.measure in ("people", "payment") or of_us
        if counted and one.low >= 1:
            return one
    words = words_of(tokens)
    told = sum(word in KIN_WORDS for word in words) + (not _SELF.isdisjoint(words))
    return Quantity(Decimal(told), Decimal(told), 0, 0) if told > 1 else None


@lru_cache(maxsize=_KNOWN_QUESTIONS)
def _is_of_each(question: str) -> bool:
    asked = padded(spell(asking(question)))
    return any(phrase in asked for phrase in _EACH_ONE)


def _for_all(one: Quantity, people: Quantity | None, several: bool) -> Quantity:
    if people is not None:
        return one._replace(low=one.low * people.low, high=one.high * people.high, loose=True)
    open_end = several and one.reach in ("exact", "about")
    return one._replace(reach="at_least" if open_end else one.reach, loose=True)


def _each_or_all(total: Range, people: Quantity) -> Range:
    """A sum of several people where that of one is asked for: it may be either."""
    return Range(tidy(total.low / people.high) if isinstance(total.low, Decimal) else None, total.high)


def _together(tokens: Sequence[Token], paid: Sequence[Quantity]) -> tuple[Range, bool]:
    """The one sum of all that is said, and whether it was pieced together."""
    if len(paid) == 1:
        return paid[0].range(whole=True), paid[0].loose
    spoken = [
        (one, {token.text for token in tokens[earlier.end if earlier else 0 : one.start]})
        for earlier, one in zip([None, *paid], paid, strict=False)
    ]
    if any(not _NOW.isdisjoint(before) for _, before in spoken):
        spoken = [(one, before) for one, before in spoken if _PAST.isdisjoint(before)] or spoken
    if len(spoken) == 1:
        return spoken[0][0].range(whole=True), spoken[0][0].loose
    totals = [one for one, before in spoken if not _TOTAL.isdisjoint(before)]
    if totals:
        return totals[-1].range(whole=True), True
    words, ranges = words_of(tokens), [one.range(whole=True) for one, _ in spoken]
    summed, between = added(ranges), hull(ranges)
    assert isinstance(between, Range)
    if not _TIMES.isdisjoint(words):
        return between, True
    if not _SPENT.isdisjoint(words):
        return Range(between.low, summed.high), True
    told_apart = not KIN_WORDS.isdisjoint(words) or not _SOURCES.isdisjoint(words)
    if told_apart or all(one.added or not _JOINED.isdisjoint(before) for one, before in spoken[1:]):
        return summed, True
    return Range(between.low, summed.high), True


def _months(tokens: Sequence[Token], said: Sequence[Quantity]) -> tuple[Decimal, Decimal] | None:
    """How many months the sum was told for: «за рік», «за 3 місяці»."""
    for one in said:
        if (
            one.measure in ("month", "year")
            and one.start
            and tokens[one.start - 1].text in _FOR
            and one.low > 0
        ):
            by = Decimal(12) if one.measure == "year" else Decimal(1)
            return one.low * by, one.high * by
    for token, following in pairwise(tokens):
        if token.text in _FOR and following.text in _PERIODS:
            return _PERIODS[following.text]
    return None


def _by_month(total: Range, months: tuple[Decimal, Decimal]) -> Range:
    low = total.low / months[1] if isinstance(total.low, Decimal) else None
    high = total.high / months[0] if isinstance(total.high, Decimal) else None
    return Range(
        low and tidy(low.to_integral_value(ROUND_FLOOR)), high and tidy(high.to_integral_value(ROUND_CEILING))
    )
