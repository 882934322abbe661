"""Numbers of applications and codes of receipts are read as people type them, and codes are hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.understanding import receipts
from knowledge_base.understanding.receipts import DIGITS, LETTERS, Receipt
from knowledge_base.understanding.secrets import mask

CODES = st.tuples(*[st.sampled_from(DIGITS if place % 2 else LETTERS) for place in range(8)]).map("".join)
CYRILLIC = str.maketrans("ABCEHKMPTX", "АВСЕНКМРТХ")


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("заява 12345 код A4K9-M2T7", "12345", "A4K9M2T7"),
        ("12345 а4к9м2т7", "12345", "A4K9M2T7"),
        ("СУБ-2026/00123, код а4 к9 м2 т7", "CYБ202600123", "A4K9M2T7"),
        ("де моя заява 12 345", "12345", None),
        ("мій телефон 0671234567", None, None),
        ("скільки платять за 2 дітей", None, None),
        ("код A4K9M2T7", None, "A4K9M2T7"),
    ],
)
def test_a_number_and_a_code_in_free_words(text: str, number: str | None, code: str | None) -> None:
    assert receipts.read(text) == Receipt(number, code)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("номер заяви суб 123", "CYБ123"),
        ("№ 2026-00123", "202600123"),
        ("ось 12 345", "12345"),
        ("не знаю", None),
        ("12", None),
    ],
)
def test_the_answer_to_the_question_for_a_number(typed: str, number: str | None) -> None:
    assert receipts.number_asked(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("а4к9-м2т7", "A4K9M2T7"),
        ("84К9М2Т7", "B4K9M2T7"),
        ("а4к9мзт7", "A4K9M3T7"),
        ("а4к9мОт7", None),
        ("a4k9m2t", None),
        ("12345678", None),
    ],
)
def test_a_code_is_forgiven_what_looks_alike(typed: str, code: str | None) -> None:
    assert receipts.code_of(typed) == code


@given(CODES, st.booleans(), st.booleans(), st.sampled_from(["", "-", " ", " - "]))
def test_every_code_is_read_and_hidden_however_it_is_typed(
    code: str, small: bool, cyrillic: bool, between: str
) -> None:
    typed = f"{code[:4]}{between}{code[4:]}"
    typed = typed.translate(CYRILLIC) if cyrillic else typed
    typed = typed.lower() if small else typed
    if len(between) <= 2:
        assert receipts.read(f"заява 12345, код {typed}") == Receipt("12345", code)
        masked, kind = mask(f"заява 12345, код {typed}")
        assert (typed in masked, kind) == (False, "receipt")
        assert "12345" in masked
    assert receipts.code_of(typed) == code


@pytest.mark.parametrize("text", ["консультація 26-0007", "С-77", "у мене 3 дітей, 2 роки", "кабінет К2"])
def test_what_is_no_code_stays(text: str) -> None:
    assert mask(text) == (text, None)
