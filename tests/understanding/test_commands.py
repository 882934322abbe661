"""Typed labels, commands and small talk; a greeting with a question is a question."""

from __future__ import annotations

import pytest

from knowledge_base.understanding.commands import CommandReader, typed_label
from knowledge_base.understanding.lexicon import section
from knowledge_base.understanding.meaning import Command, SmallTalk
from knowledge_base.understanding.normalise import Normaliser, spell

COMMANDS = CommandReader(Normaliser(section("words", "same")))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Меню", Command.MENU),
        ("menu", Command.MENU),
        ("назад", Command.BACK),
        ("оператор", Command.PERSON),
        ("покличте людину, будь ласка", Command.PERSON),
        ("хочу живого человека", Command.PERSON),
        ("zhyva lyudyna", Command.PERSON),
        ("не хочу з ботом говорити", Command.PERSON),
        ("СТОП!", Command.STOP),
        ("мої дані", Command.MY_DATA),
        ("що ви про мене знаєте?", Command.MY_DATA),
        ("видаліть мої дані", Command.ERASE),
        ("удалите переписку", Command.ERASE),
        ("передзвоніть мені", Command.CALL_BACK),
        ("перезвоните пожалуйста", Command.CALL_BACK),
        ("на що я маю право", Command.SCREENER),
        ("шо мені положено?", Command.SCREENER),
        ("не те", Command.OTHER_TOPIC),
        ("щось інше", Command.OTHER_TOPIC),
    ],
)
def test_commands(text: str, command: Command) -> None:
    assert COMMANDS.command(spell(text)) is command


@pytest.mark.parametrize(
    "text",
    [
        "субсидія",
        "чи має право людина з інвалідністю на пільги",
        "на скільки людей рахують субсидію",
        "не хочу жити",
    ],
)
def test_questions_are_no_commands(text: str) -> None:
    assert COMMANDS.command(spell(text)) is None


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("привіт", SmallTalk.GREETING),
        ("hello", SmallTalk.GREETING),
        ("Добрий день, підкажіть будь ласка", SmallTalk.GREETING),
        ("👋", SmallTalk.GREETING),
        ("дякую", SmallTalk.THANKS),
        ("🙏🙏", SmallTalk.THANKS),
        ("спасибо, все понятно", SmallTalk.THANKS),
        ("до побачення", SmallTalk.GOODBYE),
        ("так", SmallTalk.YES),
        ("👍", SmallTalk.YES),
        ("ні", SmallTalk.NO),
        ("ви бот чи людина?", SmallTalk.WHO_ARE_YOU),
        ("ви дебіли", SmallTalk.ABUSE),
        ("ура!", SmallTalk.JOY),
        ("фівапролд", SmallTalk.GIBBERISH),
        ("асдфг", SmallTalk.GIBBERISH),
        ("ролвпр", SmallTalk.GIBBERISH),
        ("12345", SmallTalk.GIBBERISH),
        ("...", SmallTalk.GIBBERISH),
        ("https://example.org/a", SmallTalk.GIBBERISH),
        ("😭", SmallTalk.GIBBERISH),
    ],
)
def test_small_talk(text: str, remark: SmallTalk) -> None:
    assert COMMANDS.small_talk(text, spell(text)) is remark


@pytest.mark.parametrize(
    "text",
    [
        "Добрий день! Як оформити субсидію",
        "дякую, а скільки платять?",
        "привет, где собес",
        "ВПО",
        "субсидія",
    ],
)
def test_a_question_is_not_small_talk(text: str) -> None:
    assert COMMANDS.small_talk(text, spell(text)) is None


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert COMMANDS.small_talk(text, spell(text)) is None


LABELS = {"a": "Субсидія", "b": "Субсидія на дрова", "c": "Виплата ВПО", "d": "Так"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("субсидія", "a"),
        ("СУБСИДИЯ.", "a"),
        ("субсидія на дорва", "b"),
        ("виплата впо", "c"),
        ("так", "d"),
        ("да", None),
        ("щось зовсім інше", None),
        ("", None),
    ],
)
def test_typed_labels(text: str, label: str | None) -> None:
    assert typed_label(text, LABELS) == label


def test_two_equal_labels_are_nobodys() -> None:
    assert typed_label("довідка", {"a": "Довідка", "b": "довідка"}) is None


@pytest.mark.parametrize("word", ["агентство", "монстр", "підприємство", "багатство", "взгляд"])
def test_a_word_with_many_consonants_is_a_word(word: str) -> None:
    assert COMMANDS.small_talk(word, spell(word)) is None
