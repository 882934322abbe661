"""One spelling: total, idempotent, and the same for every way to type a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.understanding.lexicon import section
from knowledge_base.understanding.normalise import LONGEST, Normaliser

NORMALISE = Normaliser(section("words", "same"))
ALPHABET = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёыэъ'’ʼ -.,?!0123456789abchikoprstxyzABCEHIKMOPTXY\0\u0301👍ﬁ²"


@given(st.text())
def test_any_text_is_normalised_and_stays_so(text: str) -> None:
    once = NORMALISE(text)
    assert NORMALISE(once) == once
    assert set(once) <= set("абвгджзеиклмнопрстуфхцчшюя0123456789 ")


@given(st.text(alphabet=ALPHABET))
def test_likely_text_is_normalised_and_stays_so(text: str) -> None:
    once = NORMALISE(text)
    assert NORMALISE(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("субсидія", "субсидия"),
        ("субсидія", "subsydiia"),
        ("субсидія", "subsidia"),
        ("допомога", "dopomoga"),
        ("допомога", "пособие"),
        ("скільки", "skilky"),
        ("скільки", "скока"),
        ("документи", "dokumenty"),
        ("документи", "бумаги"),
        ("чому", "po4emu"),
        ("що", "shcho"),
        ("щось", "что"),
        ("об'єкт", "объект"),
        ("об’єкт", "обєкт"),
        ("дитина", "рeбeнок"),
        ("допомога", "дoпoмoгa"),
        ("допомога", "ДОПОМОГААА"),
        ("допомо\0га", "допомога"),
        ("до\u0301помога", "допомога"),
        ("хочу", "hochu"),
        ("ВПО", "BПO"),
        ("його", "yoho"),
    ],
)
def test_ways_to_type_one_word(one: str, other: str) -> None:
    assert NORMALISE(one) == NORMALISE(other)


def test_sums_stay_readable() -> None:
    assert NORMALISE("7000 грн, 50 тис") == "7000 грн 50 тис"


def test_addresses_of_pages_say_nothing() -> None:
    assert NORMALISE("https://example.org/subsydiia?x=1 www.example.org") == ""


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert len(NORMALISE("а б " * LONGEST)) <= LONGEST


def test_a_word_with_two_right_spellings_is_refused() -> None:
    with pytest.raises(ValueError, match="two right spellings"):
        Normaliser({"гроші": ["деньги"], "деньги": ["бабки"]})
