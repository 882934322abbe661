"""What holds of every answer: nothing is raised, a number comes back as it was said, a range has its ends in order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Range, exactly
from knowledge_base.understanding.answers import hear, hear_children, hear_ticks
from tests.understanding import test_answers as examples

TODAY = examples.TODAY
FACTS = [
    value for name, value in sorted(vars(examples).items()) if name.isupper() and isinstance(value, Fact)
]
WORDS = """
нема не ні так чи до від між і по десь близько більше тисяч тисячі тис грн років рік місяці тижні тому березня 31 лютого
2022 торік весною початку кінці двоє троє дітей чоловік я пенсія мінімалки півтора пів сорок двісті 0 1 12 12.5 4,7 -5
2-3 10.03.2026 99.99.99 12к ½ ٣ № ? . , - + разом через минулої обом людину доларів
"""
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join),
    st.lists(st.sampled_from(WORDS.split()), max_size=9).map("".join),
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("fact", FACTS)
@given(text=TEXTS, today=DAYS)
def test_any_text_is_heard_or_not(fact: Fact, text: str, today: date) -> None:
    heard = hear(text, fact, today, minimum_wage=Decimal(8000), latest=today)
    if heard is None or heard.value is None:
        return
    if isinstance(heard.value, Options):
        allowed = {True, False} if fact.type == "bool" else set(fact.options or {})
        assert heard.value.members
        assert heard.value.members <= allowed
    else:
        low, high = heard.value.low, heard.value.high
        assert low is None or high is None or low <= high  # type: ignore[operator]  # one kind


@given(text=TEXTS, today=DAYS, count=st.integers(1, 12))
def test_any_text_is_a_list_or_not(text: str, today: date, count: int) -> None:
    ticked = hear_ticks(text, count)
    assert ticked is None or ticked <= set(range(1, count + 1))
    children = hear_children(text, today)
    lows = [child.low for child in children or () if isinstance(child.low, date)]
    assert lows == sorted(lows)
    assert all(low <= today for low in lows)


@given(st.integers(100, 9_999_999))
def test_a_sum_comes_back(number: int) -> None:
    for said in (
        str(number),
        f"{number} грн",
        f"{number:,}".replace(",", " "),
        f"{number:,}".replace(",", "."),
    ):
        heard = hear(said, examples.INCOME, TODAY)
        assert heard is not None
        assert heard.value == exactly(Decimal(number))
        assert not heard.approximate


@given(st.integers(1, 20))
def test_a_count_comes_back(number: int) -> None:
    heard = hear(f"нас {number}", examples.SIZE, TODAY)
    assert heard is not None
    assert heard.value == exactly(Decimal(number))


@given(DAYS)
def test_a_day_comes_back(day: date) -> None:
    for said in (f"{day:%d.%m.%Y}", f"{day:%Y-%m-%d}", f"{day.day}/{day.month}/{day.year}"):
        heard = hear(said, examples.asked("date", "Коли?", "день"), TODAY)
        assert heard is not None
        assert heard.value == exactly(day)


@given(
    st.integers(1_000, 1_000_000),
    st.sampled_from(
        ["десь {}", "{} приблизно", "до {}", "понад {}", "майже {}", "{} з хвостиком", "не менше {}"]
    ),
)
def test_the_number_said_is_within(number: int, words: str) -> None:
    heard = hear(words.format(number), examples.INCOME, TODAY)
    assert heard is not None
    assert heard.approximate
    assert isinstance(heard.value, Range)
    low, high = heard.value.low, heard.value.high
    assert low is None or low <= Decimal(number)  # type: ignore[operator]  # numbers
    assert high is None or Decimal(number) <= high  # type: ignore[operator]  # numbers


@given(st.integers(0, 17), DAYS)
def test_whoever_is_so_old_was_born_then(years: int, today: date) -> None:
    children = hear_children(f"{years} років", today)
    assert children is not None
    low, high = children[0].low, children[0].high
    assert isinstance(low, date)
    assert isinstance(high, date)
    assert _age(high, today) == years == _age(low, today)
    assert _age(low - timedelta(days=1), today) == years + 1


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
