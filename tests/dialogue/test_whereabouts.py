"""Places people name as theirs: in any case, with slips, in Russian, and words that are no place."""

from __future__ import annotations

import pytest

from bots.dialogue.whereabouts import read

from .real_knowledge import real_knowledge

KNOWN = real_knowledge().localities


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("я з Липівки", ["lypivka"]),
        ("живу у Липівці, куди ближче", ["lypivka"]),
        ("у Липівку", ["lypivka"]),
        ("я из Липовки", ["lypivka"]),
        ("я з липивки", ["lypivka"]),
        ("село Липивка", ["lypivka"]),
        ("живу на Заріччі", ["zarichchia"]),
        ("живу в Заречье", ["zarichchia"]),
        ("ми з Нових Верб", ["novi-verby"]),
        ("я из Новых Верб", ["novi-verby"]),
        ("я зі Зразкова", ["zrazkiv"]),
        ("я з Озерного", ["ozerne"]),
        ("я из Степного", ["stepove"]),
        ("вул. Мостова 15", ["mostova"]),
        ("Мостова, 15", ["mostova"]),
        ("живу на вулиці Козацькій", ["kozatska"]),
        ("улица Школьная 3", ["shkilna"]),
        ("вул. Садова", ["sadova", "lypivka-sadova"]),
        ("вул. Садова в Липівці", ["lypivka-sadova"]),
        ("Липівка, вул. Невідома", ["lypivka"]),
        ("район Заріччя", ["zarichchia"]),
        ("я з центру", ["center"]),
    ],
)
def test_a_place_is_found(words: str, found: list[str]) -> None:
    assert [one.id for one in read(words, KNOWN).found] == found


@pytest.mark.parametrize(
    "words",
    [
        "де центр зайнятості",
        "шкільний набір для першокласника",
        "садова ділянка для ветерана",
        "допомога на дитину",
        "я з дитиною",
        "живу одна",
        "липень",
        "довідка про озерне господарство",
        "у центрі надання послуг",
        "",
    ],
)
def test_other_words_are_no_place(words: str) -> None:
    assert not read(words, KNOWN).found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("липівка", ["lypivka"]),
        ("ліпівка", ["lypivka"]),
        ("садова", ["sadova", "lypivka-sadova"]),
        ("заріча", ["zarichchia"]),
    ],
)
def test_an_answer_may_be_a_bare_name_with_a_slip(words: str, found: list[str]) -> None:
    mention = read(words, KNOWN, asked=True)
    assert [one.id for one in mention.found] == found
    assert mention.bare


@pytest.mark.parametrize(
    ("words", "asked", "unknown"),
    [
        ("живу в Гніздечку", False, "Гніздечку"),
        ("село Гніздечко", False, "Гніздечко"),
        ("вул. Небувала, 3", False, "Небувала"),
        ("гніздечко", True, "гніздечко"),
        ("я з дитиною", False, None),
        ("живу з мамою", False, None),
    ],
)
def test_a_place_nobody_knows_here_is_named(words: str, asked: bool, unknown: str | None) -> None:
    mention = read(words, KNOWN, asked=asked)
    assert (mention.found, mention.unknown) == ((), unknown)


def test_without_a_gazetteer_nothing_is_found() -> None:
    assert read("я з Липівки", ()).found == ()
