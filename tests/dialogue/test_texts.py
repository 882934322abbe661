"""Every text of the bot: it exists, gets all its arguments, and keeps the rules of tone."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent_ast
from fluent.syntax.visitor import Visitor

import bots.dialogue
from bots.dialogue.texts import TextError, arguments_of, label, say, text_ids
from bots.dialogue.texts.style import (
    FIRST_SENTENCE_LIMIT,
    faults_of,
    faults_of_label,
    sentences,
)

FOLDER = Path(bots.dialogue.__file__).parent
SPEAKING = (FOLDER, FOLDER.parent / "printing", FOLDER.parent / "turns")
"""Where texts are said."""
COUNTS = {
    "count": (0, 1, 2, 5, 11, 21, 104),
    "ahead": (1, 2, 5, 21),
    "minutes": (1, 2, 5, 21),
    "hours": (1, 2, 5),
    "have": (0, 2),
    "dates": (1, 2),
    "all": (3,),
    "metres": (350,),
    "sure": (0, 2),
    "possible": (9, 41),
    "refused": (0, 31),
    "page": (1, 2),
    "pages": (2,),
}
WORDS = {
    "authority": "pfu_office",
    "amount": "від 10\u00a0000 до\u00a012\u00a0000 грн на місяць",
    "example": "«так» чи «ні»",
    "first": "скільки людей у сім’ї: 2",
    "hall": "С 41",
    "hint": "Сума є в рахунку, рядок «до сплати».",
    "kind": "benefit",
    "label": "плата за комунальні за місяць",
    "limit": "100\u00a0000 грн",
    "reason": "дитина постійно живе з вами",
    "second": "дохід усіх разом за місяць: 12\u00a0000 грн",
    "why": "Від цієї дати залежать сума і строк.",
    "address": "вул. Зразкова, 1",
    "checked": "20.11.2026",
    "clock": "15:20",
    "code": "A1B2C3",
    "community": "Зразкова громада",
    "date": "24.11.2026",
    "day": "завтра, 25 листопада",
    "days": "25 грудня, 1 січня",
    "document": "договір оренди, якщо ви винаймаєте житло",
    "event": "Народилася дитина",
    "hours": "у будні з 9:00 до 18:00",
    "kilometres": "1,5",
    "last": "станом на 31 грудня 2026 року: 2\u00a0000 грн на місяць",
    "list": "12 повідомлень, 2 файли",
    "name": "Ірина Мельник",
    "number": "26-0007",
    "places": "Центр адміністративних послуг",
    "other": "no",
    "pause": "Зараз спеціалісти не можуть відповісти.",
    "phone": "0 800 000 001",
    "place": "бланк дадуть на місці",
    "position": "спеціалістка",
    "reception": "Управління соцзахисту",
    "version": "3bfd4939d3278a88",
    "queue": "Ви наступні, людина відповість до 15:20.",
    "retention": "12 місяців",
    "room": "12",
    "who": "Начальник управління, кабінет 12",
    "since": "3 листопада 2026 року",
    "source": "постанова КМУ № 848 від 21.10.1995, п. 7",
    "until": "завтра, 25 листопада, 9:30",
    "doors": "Портал Дія",
    "offices": "ЦНАП, вул. Садова, 4",
    "part": "morning",
    "takes": "заяви на субсидію й пільги",
    "village": "Липівка",
    "times": "з 10:00 до 13:00",
    "text": "Пенсія або літній вік",
    "title": "Субсидія: доплата за комунальні",
    "wait": "звичайне очікування — 12 хвилин",
    "when": "завтра, 25 листопада, до 9:30",
    "words": "Субсидія в цьому місяці буде п’ять тисяч, якщо подати…",
    "year": "2027",
    "state": "призначено",
    "matter": "Субсидія: доплата за комунальні",
    "next": "зачекайте на виплату.",
    "status": "Заява № 12345: призначено.",
}
NUMBERS = {
    "police": "102",
    "ambulance": "103",
    "violence_line": "15-47",
    "violence_line_mobile": "116 123",
    "suicide_line": "7333",
    "evacuation": "203",
    "evacuation_region": "0 800 000 004",
    "food_aid": "пункт видачі, вул. Ринкова, 2",
    "government_line": "15-45",
    "child_service": "0 800 000 006",
    "child_line": "116 111",
}
# `hours` is a count in one text and opening hours in others.
COUNTED_HOURS = {"queue-wait-hours"}
LABELS = [text_id for text_id in text_ids() if text_id.startswith("button-")]
# Parts of a sentence, and lines whose length is the law's or the address's, not ours.
NOT_PROSE = {"source-line", "office-name"}


def samples(text_id: str) -> list[dict[str, str | int]]:
    """Arguments for a text, one set for each plural worth seeing."""
    needed = arguments_of(text_id)
    words = {name: WORDS.get(name, NUMBERS.get(name)) for name in needed}
    counted = [name for name in needed if name in COUNTS and (name != "hours" or text_id in COUNTED_HOURS)]
    if not counted:
        return [words]  # type: ignore[list-item]  # a name without a sample fails in `say`
    rounds = max(len(COUNTS[name]) for name in counted)
    return [
        {**words, **{name: COUNTS[name][turn % len(COUNTS[name])] for name in counted}}  # type: ignore[dict-item]
        for turn in range(rounds)
    ]


@pytest.mark.parametrize("text_id", [text_id for text_id in text_ids() if text_id not in LABELS])
def test_a_text_keeps_the_rules_of_tone(text_id: str) -> None:
    for arguments in samples(text_id):
        text = say(text_id, **arguments)
        assert faults_of(text, read_as_prose=text_id not in NOT_PROSE) == []


@pytest.mark.parametrize("text_id", LABELS)
def test_a_label_fits_a_button(text_id: str) -> None:
    assert faults_of_label(label(text_id)) == []


@cache
def written() -> dict[str, fluent_ast.Message]:
    """Every text as it stands in the file."""
    resource = FluentParser().parse((FOLDER / "texts" / "uk.ftl").read_text("utf-8"))
    return {entry.id.name: entry for entry in resource.body if isinstance(entry, fluent_ast.Message)}


@pytest.mark.parametrize("text_id", text_ids())
def test_no_figure_stands_in_a_text(text_id: str) -> None:
    found: list[str] = []

    class Figures(Visitor):  # type: ignore[misc]  # fluent.syntax is not typed
        def visit_TextElement(self, node: fluent_ast.TextElement) -> None:
            found.extend(re.findall(r"\d", node.value))

    Figures().visit(written()[text_id])
    assert found == []


@pytest.mark.parametrize(
    "text_id",
    ["greeting", "handoff-day", "handoff-night", "not-understood", "photo", "voice", "menu", "danger-open"],
)
def test_the_first_sentence_is_useful_on_a_locked_screen(text_id: str) -> None:
    text = say(text_id, **samples(text_id)[0])
    assert len(sentences(text)[0]) <= FIRST_SENTENCE_LIMIT


def test_the_greeting_is_short() -> None:
    assert len(say("greeting", retention="12 місяців")) <= 480


def test_plurals() -> None:
    said = [say("documents-count", count=count) for count in (1, 2, 5, 11, 21)]
    assert said == ["1 документ", "2 документи", "5 документів", "11 документів", "21 документ"]
    assert say("documents-some", count=2) == "щонайменше 2 документи"
    assert say("queue-ahead", ahead=22, wait="…") == "Попереду 22 людини, …."


def test_an_unknown_text_or_a_missing_argument_is_refused() -> None:
    with pytest.raises(TextError, match="no-such-text"):
        say("no-such-text")
    with pytest.raises(TextError, match="menu"):
        say("menu")
    with pytest.raises(TextError, match="no-such-text"):
        arguments_of("no-such-text")


def said_in_code() -> list[tuple[str, int, str, frozenset[str] | None]]:
    """Every `say("…", name=…)` of the bot: file, line, text, argument names (None where computed)."""
    calls = []
    for path in sorted(path for folder in SPEAKING for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"):
                continue
            options = [node.args[0]]
            if isinstance(node.args[0], ast.IfExp):
                options = [node.args[0].body, node.args[0].orelse]
            names = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            computed = any(keyword.arg is None for keyword in node.keywords)
            calls.extend(
                (path.name, node.lineno, option.value, None if computed else names)
                for option in options
                if isinstance(option, ast.Constant)
            )
    return calls


def test_every_text_said_in_code_exists_with_the_right_arguments() -> None:
    calls = said_in_code()
    assert len(calls) > 60
    wrong = [
        (file, line, text_id)
        for file, line, text_id, names in calls
        if text_id not in text_ids() or (names is not None and names != arguments_of(text_id))
    ]
    assert wrong == []


def test_no_text_is_forgotten() -> None:
    code = "\n".join(path.read_text("utf-8") for folder in SPEAKING for path in folder.rglob("*.py"))
    texts = (FOLDER / "texts" / "uk.ftl").read_text("utf-8")
    # Made of a part known only when speaking.
    composed = (
        "taken",
        "transferred",
        "writes-first",
        "danger-",
        "button-",
        "interview-limit-",
        "interview-example-",
        "result-nearest-",
        "application-is-",
        "application-then-",
        "application-money-",
        "application-amount-",
    )
    forgotten = [
        text_id
        for text_id in text_ids()
        if not re.search(f"[\"']{text_id}[\"']", code)
        and f"{{ {text_id} }}" not in texts
        and not text_id.startswith(composed)
    ]
    assert forgotten == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Заявник має подати папери.", "say «ви»"),
        ("Виплату призупинено.", "say «зупинили, поки…»"),
        ("Ви подав(ла) заяву?", "gender in brackets"),
        ("Готово 🙂", "an emoji"),
        ("Від 10–14 тисяч гривень.", "a range written with a dash"),
        ("ОБОВЯЗКОВО прочитайте.", "capitals"),
        ("Ура! Вітаємо!", "more than one exclamation"),
        ("Сім'я отримує виплату.", "a typewriter apostrophe"),
        (" ".join(["слово"] * 19) + ".", "a sentence of 19 words"),
        ("Слово. " * 100, "longer than 640 characters"),
    ],
)
def test_the_style_check_finds(text: str, rule: str) -> None:
    assert rule in [fault.rule for fault in faults_of(text)]


def test_the_style_check_leaves_a_good_text_alone() -> None:
    text = (
        "Так, встигаєте: подати можна до 10 березня 2027 року.\nДопомога людині з інвалідністю — 2 000 грн."
    )
    assert faults_of(text) == []
    assert [fault.rule for fault in faults_of_label("Дуже довгий підпис кнопки.")] == [
        "longer than 20 characters",
        "a full stop on a button",
    ]
