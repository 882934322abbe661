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
from knowledge_base.rules.facts import fault_of
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Range, Value
from knowledge_base.understanding.lexicon import section, word_list
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.reader import Reader
from knowledge_base.understanding.said import CHILD, OWN_BIRTH, Age, Said
from knowledge_base.understanding.stories import StoryEar

TODAY = date(2026, 11, 26)
LEAST_RECALL = 0.9
EAR = StoryEar(Normaliser(section("words", "same")))
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
    months = {
        12 * (TODAY.year - day.year) + TODAY.month - day.month - (TODAY.day < day.day) for day in (low, high)
    }
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


TEXTS = st.text() | st.lists(
    st.sampled_from(
        [word for text, _ in (*STATED, *TRAPS) for word in text.split()]
        + ["12", "0", "99999999999", "31.02.2020", "?", ",", ".", "II", "-", "їй", "½", "\0"]
    ),
    max_size=40,
).map(" ".join)


@pytest.fixture(scope="module")
def dictionary() -> dict[str, Fact]:
    return dict(read_content(CONTENT).base.facts)


@given(TEXTS, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_any_text_gives_facts_that_can_be(dictionary: dict[str, Fact], text: str, today: date) -> None:
    said = EAR.hear(text)
    assert EAR.hear(text) == said
    assert len({one.fact for one in said}) == len(said)
    for one in said:
        assert 0 <= one.start < one.end <= len(text)
        for value in one.on(today):
            assert fault_of(one.fact, dictionary[one.fact], value, today) is None or _not_yet(value, today)


def _not_yet(value: Value, today: date) -> bool:
    """Whether the words name a day that is ahead of this one: the engine asks the dictionary before it uses them."""
    return isinstance(value, Range) and isinstance(value.high, date) and value.high > today


def test_every_pattern_names_a_fact_and_an_answer_of_the_dictionary(dictionary: dict[str, Fact]) -> None:
    for one in _rules():
        fact = dictionary[one["fact"]]
        value = one.get("value")
        if value is not None:
            possible = set(fact.options or ()) | ({"yes", "no"} if fact.type == "bool" else set())
            assert value in possible or (fact.type in ("number", "money") and value.isdigit()), one


def _rules() -> Iterator[dict[str, str]]:
    facts = word_list("said")["facts"]
    assert isinstance(facts, list)
    yield from facts


def test_where_the_words_stand() -> None:
    text = "Добрий день! Нас двоє, пенсія моя 4200 грн."
    found = {one.fact: text[one.start : one.end] for one in EAR.hear(text)}
    assert found == {"household.size": "Нас двоє", "applicant.pension_month": "пенсія"}


def test_whose_a_fact_is() -> None:
    of = {
        one.fact: one.of for one in EAR.hear("доглядаю маму, перша група. сину 5, мені 40, пенсія моя 3000")
    }
    assert of == {"cared.kind": "cared", CHILD: "child", OWN_BIRTH: "self", "applicant.pension_month": "self"}


def test_round_figures_are_approximate() -> None:
    (one,) = EAR.hear("загальний дохід десь 12 тисяч")
    assert (one.value, one.approximate) == (Range(Decimal(10_800), Decimal(13_200)), True)


def test_the_reader_brings_it_with_the_meaning(reader: Reader) -> None:
    (meaning,) = reader.read(["хочу субсидію, нас двоє, картка 4149 4390 0000 0000"])
    assert [(one.fact, one.value) for one in meaning.said] == [
        ("household.size", Range(Decimal(2), Decimal(2)))
    ]
    assert reader.read(["які документи на субсидію"])[0].said == ()
