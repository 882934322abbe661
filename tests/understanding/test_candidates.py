"""What people asked is kept without who they are, and alike questions come together for the editor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knowledge_base.understanding.candidates import Asked, grouped
from knowledge_base.understanding.impersonal import impersonal
from knowledge_base.understanding.reader import Words

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("мій номер 067 123 45 67 чекаю", "мій номер … чекаю"),
        ("+38(067)1234567 передзвоніть", "… передзвоніть"),
        ("ІПН 1234567890, де виплата", "ІПН …, де виплата"),
        ("паспорт АА 123456 загубила", "паспорт … загубила"),
        ("пишіть на olena@example.org", "пишіть на …"),
        ("https://example.org/abc що це", "… що це"),
        ("я Зразкова Олена Іванівна, де мої гроші", "я …, де мої гроші"),
        ("Ганна Петрівна дякую", "… дякую"),
        ("живу вул. Шевченка, буд. 12, кв. 4, немає світла", "живу …, немає світла"),
    ],
)
def test_who_asked_is_hidden(told: str, kept: str) -> None:
    assert impersonal(told) == kept


@pytest.mark.parametrize(
    "told",
    [
        "пенсія 4200, стаж 24 роки, мені 61",
        "дали 50 000 грн чи 100000 гривень",
        "двоє дітей, 4 і 7 років, дохід 12 500 грн",
        "з 01.01.2026 до 2027 року",
        "Чи є в Україні така виплата",
    ],
)
def test_what_was_asked_stays(told: str) -> None:
    assert impersonal(told) == told


def asked(
    text: str, hours: int = 0, reason: str = "unknown", chosen: str | None = None, *ranked: str
) -> Asked:
    return Asked(text, reason, chosen, ranked, NOON - timedelta(hours=hours))


def test_questions_alike_are_one_group_with_what_people_chose() -> None:
    groups = grouped(
        [
            asked("чи платять за няню для дитини", 3, "menu", "municipal-nanny", "eyasla", "municipal-nanny"),
            asked("за няню для дитини чи платять?", 2, "menu", "municipal-nanny", "eyasla"),
            asked("Чи платять за няню для дитини!!", 1, "unknown", None, "eyasla"),
            asked("де купити цуценя вівчарки", 0, "not_ours", None, "referral-medical"),
        ],
        Words.from_content(),
    )
    nanny, puppy = groups
    assert (nanny.size, nanny.proposed, nanny.chosen) == (3, "municipal-nanny", 2)
    assert dict(nanny.reasons) == {"menu": 2, "unknown": 1}
    assert nanny.examples[0] == "Чи платять за няню для дитини!!"
    assert nanny.last_at == NOON - timedelta(hours=1)
    assert (puppy.size, puppy.proposed, puppy.chosen) == (1, "referral-medical", 0)


def test_what_names_nothing_is_no_candidate() -> None:
    assert grouped([asked("а скільки?"), asked("…"), asked("")], Words.from_content()) == []
