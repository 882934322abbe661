"""Numbers of a clause: how many people live together, a pension, an income, a debt."""

from __future__ import annotations

from decimal import Decimal

from knowledge_base.understanding.answers.quantities import Quantity, read_quantities
from knowledge_base.understanding.answers.tokens import with_sums
from knowledge_base.understanding.answers.vocabulary import CARDINALS, COLLECTIVES, MEASURES
from knowledge_base.understanding.answers.words import fold, folded
from knowledge_base.understanding.phrases import Found, PhraseBook
from knowledge_base.understanding.stories.clauses import Clause, Story
from knowledge_base.understanding.stories.patterns import Rule

_LEAST_SUM, _GREATEST_PENSION = Decimal(500), Decimal(100_000)
_PLAIN_FROM = Decimal(1_000)
_CALENDAR = (Decimal(1_900), Decimal(2_100))
_US = fold("нас")
_AT = folded("у в")
_WITH = folded("з із зі с со")
_AND = folded("і та й плюс ще")
_PERSONS = folded("людей осіб чоловік человек чоловіка душ")
_INTO = folded("до про від з по без на для")


def people(clause: Clause, found: Found[Rule]) -> Decimal | None:
    """How many people are told of within the words found; None where two numbers are."""
    numbers = {
        int(word.text) if word.text.isdigit() else COLLECTIVES.get(word.text) or CARDINALS.get(word.text)
        for word in clause.words[found.start : found.end]
        if word.text.isdigit() or word.text in COLLECTIVES or word.text in CARDINALS
    }
    only = numbers.pop() if len(numbers) == 1 else None
    return Decimal(only) if only is not None and 1 <= only <= 12 else None


def is_a_size(clause: Clause, found: Found[Rule]) -> bool:
    """«Нас двоє» is; «у нас двоє», «нас двоє і мама», «нас двоє студентів», «нас п'ятеро ростила» are not."""
    if found.start and clause.words[found.start].text == _US and clause.words[found.start - 1].text in _AT:
        return False
    if clause.holds("not_a_size") or found.end == len(clause.words):
        return not clause.holds("not_a_size")
    following = clause.words[found.end]
    if following.text in _PERSONS:
        return True
    counted = MEASURES.get(following.text) is not None or following.text in _AND
    return not counted and not following.lists & {"near", "far", "child"}


def size_of(book: PhraseBook[Rule], story: Story) -> Decimal | None:
    """How many live together, said anywhere in the message: one number alone."""
    sizes: set[Decimal] = set()
    for clause in story.clauses:
        for found in book.find([word.text for word in clause.words]):
            if found.says.reads == "people" and not clause.asked and is_a_size(clause, found):
                size = people(clause, found)
                if size is not None:
                    sizes.add(size)
    return sizes.pop() if len(sizes) == 1 else None


def sum_of(story: Story, clause: Clause) -> Quantity | None:
    """The one sum of money of a clause; None for none or several, or one that may be something else."""
    tokens = with_sums(story.text[clause.words[0].start : clause.words[-1].end])
    sums = []
    for one in read_quantities(tokens, money=True):
        in_money = one.measure in ("hryvnia", "rouble") or (one.measure is None and not one.people)
        if one.denied or not in_money:
            continue
        told = one.scaled or one.measure is not None
        if not told and (one.high < _PLAIN_FROM or _CALENDAR[0] <= one.high <= _CALENDAR[1]):
            continue
        sums.append(one)
    if len(sums) != 1 or sums[0].low < _LEAST_SUM:
        return None
    return sums[0]


def is_of_all(clause: Clause, found: Found[Rule]) -> bool:
    """«Разом 12 тисяч» is of everybody, «разом з доставкою» of things."""
    return found.end == len(clause.words) or clause.words[found.end].text not in _WITH


def is_a_pension(clause: Clause, found: Found[Rule], one: Quantity) -> bool:
    """«Пенсія 4200», not «1500 до пенсії», nor «по 5 тисяч»."""
    before = clause.words[found.start - 1].text if found.start else ""
    return before not in _INTO and not one.each and one.high <= _GREATEST_PENSION
