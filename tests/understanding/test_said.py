"""What stories state of their writer: everything in the table and nothing else; the traps are never walked into."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.rules.facts import fault_of
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Range, Value
from knowledge_base.understanding.lexicon import section, word_list
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.reader import Reader
from knowledge_base.understanding.said import CHILD, OWN_BIRTH, Age, Ear, Said

TODAY = date(2026, 11, 26)
LEAST_RECALL = 0.9
EAR = Ear(Normaliser(section("words", "same")))
TABLES = Path(__file__).parent


def rows(name: str) -> list[tuple[str, dict[str, str]]]:
    lines = (TABLES / name).read_text("utf-8").splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            text, _, facts = line.partition("=>")
            pairs = (part.strip().partition("=") for part in facts.split(";") if part.strip())
            found.append((text.strip(), {fact: value for fact, _, value in pairs}))
    return found


STATED, TRAPS = rows("said_stated.txt"), rows("said_traps.txt")


def heard(text: str) -> dict[str, str]:
    return dict(in_words(one) for one in EAR.hear(text))


def in_words(one: Said) -> tuple[str, str]:
    """A fact as the table writes it."""
    values = one.on(TODAY)
    if one.fact == CHILD:
        return "children", ",".join(age(value) for value in values if isinstance(value, Range))
    if one.fact == OWN_BIRTH:
        (born,) = values
        assert isinstance(born, Range)
        return "age", str(one.value.years) if isinstance(one.value, Age) else age(born)
    (value,) = values
    return one.fact, of(value)


def of(value: Value) -> str:
    if isinstance(value, Options):
        (member,) = value.members
        return member if isinstance(member, str) else "yes" if member else "no"
    low, high = (str(bound) for bound in (value.low, value.high))
    return low if low == high else f"{low}..{high}"


def age(born: Range) -> str:
    low, high = born.low, born.high
    assert isinstance(low, date)
    assert isinstance(high, date)
    if low == high:
        return str(low)
    if (low.month, low.day, high.month, high.day) == (1, 1, 12, 31):
        return str(low.year)
    months = {12 * (TODAY.year - day.year) + TODAY.month - day.month - (TODAY.day < day.day) for day in (low, high)}
    if len(months) == 1 or max(months) < 12:
        return f"{min(months)}m"
    return f"{min(months) // 12}y"


@pytest.mark.parametrize(("text", "facts"), TRAPS)
def test_a_trap_is_not_walked_into(text: str, facts: dict[str, str]) -> None:
    assert heard(text) == facts


@pytest.mark.parametrize(("text", "facts"), STATED)
def test_nothing_is_taken_that_was_not_stated(text: str, facts: dict[str, str]) -> None:
    assert heard(text).items() <= facts.items()


def test_most_of_what_was_stated_is_taken() -> None:
    stated = [(text, fact) for text, facts in STATED for fact in facts]
    missed = [(text, fact) for text, fact in stated if fact not in heard(text)]
    recall = 1 - len(missed) / len(stated)
    assert len(STATED) >= 120
    assert len(TRAPS) >= 80
    assert recall >= LEAST_RECALL, f"{recall:.2f}: {missed}"
