"""Secrets turn into dots; numbers that people need stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.understanding.secrets import mask


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("картка 4111 1111 1111 1111, дякую", "картка •••• •••• •••• ••••, дякую", "card"),
        ("4111111111111111", "••••••••••••••••", "card"),
        ("моя карта 5168-7427-0000-1234", "моя карта ••••-••••-••••-••••", "card"),
        ("код 4821", "код ••••", "code"),
        ("прийшов код з смс 123456", "прийшов код з смс ••••••", "code"),
        ("смс: 4821", "смс: ••••", "code"),
        ("4821 це код", "•••• це код", "code"),
        ("cvv 123", "cvv •••", "code"),
        ("UA213223130000026007233566001", "UA•••••••••••••••••••••••••••", None),
        ("мій ІПН 1234567890", "мій ІПН ••••••••••", None),
        ("паспорт КА 123456", "паспорт КА ••••••", None),
        ("паспорт 123456789", "паспорт •••••••••", None),
    ],
)
def test_secrets_are_masked(text: str, masked: str, kind: str | None) -> None:
    assert mask(text) == (masked, kind)


@pytest.mark.parametrize(
    "text",
    [
        "мій телефон 0671234567",
        "+380671234567",
        "380 67 123 45 67",
        "0 800 500 121",
        "заява № 12345678",
        "подала заяву 2026-000123",
        "народився 12.03.2026",
        "дали 50 000 грн",
        "код ЄДРПОУ 12345678",
        "код послуги 00155",
        "прийшла смс, що 3000 грн",
        "у смс написано повернути 18600",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == (text, None)


@given(st.text())
def test_masking_keeps_length_and_never_raises(text: str) -> None:
    masked, _ = mask(text)
    assert len(masked) == len(text)
    assert mask(masked)[0] == masked
