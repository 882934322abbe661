"""Long sentences and words of the office are reminded of; what is never written must be mended."""

from __future__ import annotations

import pytest

from knowledge_base.checks.style import check_style, readability, style
from knowledge_base.language import sentences
from knowledge_base.rules.problems import Problem
from knowledge_base.rules.reading import read_content
from tests.knowledge_base.tiny_base import TinyBase

LONG = " ".join(["слово"] * 21)


def found(tiny: TinyBase) -> list[Problem]:
    reading = read_content(tiny.content)
    return list(
        check_style(reading.base.entries["baby-grant"], reading.place("national", "entries", "baby-grant"))
    )


def with_text(tiny: TinyBase, text: str) -> list[Problem]:
    tiny.change("grant", "Джерела по-різному називають строк.", text)
    return found(tiny)


def test_plain_texts_are_as_they_should_be(tiny: TinyBase) -> None:
    assert found(tiny) == []


def test_a_long_sentence(tiny: TinyBase) -> None:
    (reminder,) = with_text(tiny, f"{LONG}.")
    assert (reminder.field, reminder.blocking) == ("doubts.0.uk", False)
    assert reminder.message == "речення на 21 слів, краще до 20"


def test_as_many_words_in_two_sentences(tiny: TinyBase) -> None:
    assert with_text(tiny, "Одне. " + LONG.replace("слово слово", "слово слово. Слово", 1)) == []


def test_a_figure_is_one_word(tiny: TinyBase) -> None:
    assert with_text(tiny, LONG.replace("слово слово", "{n:apply_months:місяць}", 1)) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Держава здійснює виплату.", "здійснює виплату"),
        ("Заявники чекають.", "Заявники"),
        ("Це являється умовою.", "являється"),
        ("Покажіть протягом {n:apply_months:місяць} календарних днів.", "протягом 0 календарних днів"),
        ("Надайте пакет документів.", "пакет документів"),
    ],
)
def test_words_to_do_without(tiny: TinyBase, text: str, word: str) -> None:
    reminders = with_text(tiny, text)
    assert reminders
    assert any(f"«{word}»" in one.message for one in reminders)
    assert not any(one.blocking for one in reminders)


@pytest.mark.parametrize("text", ["Людина з інвалідністю.", "Заява чекає.", "Це виявляється умовою."])
def test_words_that_only_look_like_them(tiny: TinyBase, text: str) -> None:
    assert with_text(tiny, text) == []


def test_what_is_never_written_must_be_mended(tiny: TinyBase) -> None:
    (fault,) = with_text(tiny, "Ви подав(ла) заяву.")
    assert fault.blocking


def test_what_the_law_calls_it_and_what_people_say_is_as_it_is(tiny: TinyBase) -> None:
    tiny.change("grant", "допомога при народженні дитини", "здійснення виплат заявникам")
    tiny.change("grant", "гроші за народження", "здійснити виплату")
    assert found(tiny) == []


def test_how_long_the_sentences_of_an_entry_are(tiny: TinyBase) -> None:
    entry = read_content(tiny.content).base.entries["baby-grant"]
    before = readability(entry)
    with_text(tiny, f"{LONG}.")
    after = readability(read_content(tiny.content).base.entries["baby-grant"])
    assert (before.sentences, before.longest < 20) == (after.sentences, True)
    assert (after.longest, after.mean > before.mean) == (21, True)


def test_the_average_of_an_entry(tiny: TinyBase) -> None:
    middling = f"{' '.join(['слово'] * 20)}."
    text = " ".join([middling.capitalize()] * 40)
    (reminder,) = with_text(tiny, text)
    assert (reminder.field, reminder.blocking) == ("answers", False)


def test_the_list_says_what_to_write_instead() -> None:
    assert all(said.strip() for said in (*style().words.values(), *style().never.values()))


def test_an_abbreviation_ends_no_sentence() -> None:
    assert sentences("Це ст. 5 закону. Далі м. Київ.\nНовий рядок") == [
        "Це ст. 5 закону.",
        "Далі м. Київ.",
        "Новий рядок",
    ]
