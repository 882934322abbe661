"""The list on paper as the engine gives it: whose list, which papers, where, until when, and where no file can go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.dialogue.sheet import Paper, Sheet
from bots.dialogue.turn import Kind, State, Told, Turn, View
from knowledge_base.answers import Door
from knowledge_base.understanding.meaning import Facet

from .fake_knowledge import ENTRIES, SUBSIDY, FakeKnowledge
from .real_knowledge import real_knowledge
from .stage import NOON, Stage

LIST = "які документи на субсидію"
FILE = "[button:Перелік у PDF]"


def sheet(turn: Turn) -> Sheet:
    assert turn.sheet is not None
    return turn.sheet


def said(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


def labels(turn: Turn) -> list[str]:
    return [choice.label for choice in turn.replies[-1].choices]


def after(*lines: str, stage: Stage | None = None) -> Turn:
    """The turn after the last of these lines."""
    stage = stage or Stage()
    turns = [stage.line(line) for line in lines]
    return turns[-1]


def test_the_sheet_holds_the_list_as_the_chat_says_it() -> None:
    turn = after(LIST, FILE)
    assert (turn.kind, turn.topic, turn.facet) == (Kind.CHECKLIST, "housing-subsidy", Facet.DOCUMENTS)
    assert said(turn) == "Ось перелік у файлі PDF. Його можна зберегти або роздрукувати."
    printed = sheet(turn)
    assert printed.file_name == "Субсидія, документи"
    assert printed.issuer.startswith("Зразкова громада. ")
    assert printed.title == "Субсидія: доплата за комунальні"
    assert printed.about == (
        "Офіційна назва: житлова субсидія",
        "Загальний перелік складено 24\u00a0листопада 2026\u00a0року. Це не рішення.",
    )
    sure, possible = printed.groups
    assert (sure.heading, possible.heading) == ("Що принести", "Можливо, ще")
    assert sure.papers == (
        Paper("1. Заява", ": бланк дадуть на місці"),
        Paper("2. Декларація про доходи", line="Де взяти: бланк у Пенсійному фонді"),
        Paper("3. Паспорт", ": показати"),
    )
    assert possible.papers == (Paper("Договір оренди", ", якщо ви винаймаєте житло"),)
    parts = {part.heading: part.paragraphs for part in printed.parts}
    assert parts == {
        "Куди подати": (("Подати можна в Пенсійному фонді або в ЦНАП.",),),
        "Коли подати": (("До 30 листопада",),),
        "Скільки": (("Різниця між платою в межах норми і вашою часткою",),),
    }
    assert printed.questions.heading == "Є питання"
    assert "Телефон: 0 800 000 001." in printed.questions.paragraphs[0]
    assert printed.sources == ("Джерело: постанова КМУ № 848 від 21.10.1995, п. 7. Перевірено 20.11.2026.",)
    assert printed.version.endswith(FakeKnowledge().version)
    assert printed.start == "topic-housing-subsidy"


def test_a_paper_that_a_register_is_asked_for_need_not_be_brought() -> None:
    stage = Stage(view=View(checked=frozenset({"lease"})))
    sure, checked = sheet(after(LIST, FILE, stage=stage)).groups
    assert [paper.name for paper in sure.papers] == ["1. Заява", "2. Декларація про доходи", "3. Паспорт"]
    assert (checked.heading, checked.papers) == (
        "Не потрібно, перевіримо самі",
        (Paper("Договір оренди", ticked=True),),
    )


def test_what_was_ticked_is_ticked_on_paper() -> None:
    printed = sheet(after(LIST, "1 3", FILE))
    assert printed.groups[0].heading == "Що принести: є 2 з 3"
    assert [(paper.ticked, paper.line) for paper in printed.groups[0].papers] == [
        (True, "Уже є."),
        (False, "Де взяти: бланк у Пенсійному фонді"),
        (True, "Уже є."),
    ]
    assert all(paper.ticked for paper in sheet(after(LIST, "[button:Маю все]", FILE)).groups[0].papers)


def test_ticking_goes_on_after_the_file() -> None:
    stage = Stage()
    turn = after(LIST, "1", FILE, "2", stage=stage)
    assert turn.replies[0].text.startswith("Є 2 з 3.")


def test_a_closed_list_says_that_no_more_may_be_demanded() -> None:
    (group,) = sheet(after("народилась дитина", "документи", FILE)).groups
    assert group.closing == "Більше вимагати не можуть."


def test_an_office_stands_with_its_address_hours_and_phone_before_what_is_online() -> None:
    office = FakeKnowledge().places[0]
    card = replace(SUBSIDY, doors=(Door("Портал Дія"), Door("Управління, будь-яке", office)))
    base = FakeKnowledge(entries={**ENTRIES, card.id: card})
    where = next(part for part in sheet(after(LIST, FILE, stage=Stage(base))).parts if "Куди" in part.heading)
    first, online = where.paragraphs
    assert first[0] == "Управління, будь-яке"
    assert office.name in first[1]
    assert office.address in first
    assert f"Години: {office.hours_text}." in first
    assert f"Телефон: {office.phone}." in first
    assert online == ("Портал Дія",)


def test_what_is_doubtful_or_old_is_said_on_paper_too() -> None:
    card = replace(
        SUBSIDY, overdue=True, doubt="Джерела тут розходяться.", stale_year=2027, last_amount="500 грн"
    )
    base = FakeKnowledge(entries={**ENTRIES, card.id: card})
    printed = sheet(after(LIST, FILE, stage=Stage(base)))
    assert printed.sources[:2] == (
        "Джерела тут розходяться.",
        "Ми давно це не перевіряли: уточніть у спеціаліста.",
    )
    assert any("ще не підтверджено на 2027 рік" in str(part.paragraphs) for part in printed.parts)


@pytest.mark.parametrize(
    "words",
    [
        "перелік у pdf",
        "роздрукувати перелік",
        "Роздрукуйте список",
        "список документів на папері",
        "распечатать",
        "PDF",
    ],
)
def test_it_can_be_asked_for_in_words(words: str) -> None:
    assert after(LIST, words).sheet is not None
    # Also after something else of the same topic, where the button is not shown any more.
    assert after(LIST, "а скільки платять?", words).sheet is not None


@pytest.mark.parametrize("words", ["де роздрукувати заяву на субсидію", "а скільки платять?", "папір"])
def test_other_words_are_no_request_for_a_file(words: str) -> None:
    assert after(LIST, words).sheet is None


def test_without_a_topic_there_is_nothing_to_print() -> None:
    turn = after("роздрукувати перелік")
    assert turn.sheet is None
    assert turn.replies


def test_where_no_file_can_go_the_button_is_not_shown_and_the_words_bring_the_list() -> None:
    stage = Stage(view=View(carries_files=False))
    assert "Перелік у PDF" not in labels(stage.line(LIST))
    turn = stage.line("[press:k:housing-subsidy:pdf]")
    assert turn.sheet is None
    assert said(turn).startswith(
        "Файл тут не надіслати. Ось перелік у повідомленні.\n\nВаш перелік, 3 документи:"
    )
    assert "1. Заява" in said(turn)
    assert stage.line("роздрукувати перелік").sheet is None


def test_an_unknown_entry_or_one_without_a_list_gives_no_file() -> None:
    for entry in ("no-such-entry", "idp-living-allowance"):
        assert after(f"[press:k:{entry}:pdf]").sheet is None


def test_the_real_list_is_the_persons_own() -> None:
    for_all = sheet(after("[press:k:housing-subsidy:pdf]", stage=Stage(real_knowledge())))
    assert "Загальний перелік" in for_all.about[-1]
    told = {"household.home": Told(("rented",), "citizen", NOON)}
    own = sheet(after("[press:k:housing-subsidy:pdf]", stage=Stage(real_knowledge(), state=State(told=told))))
    assert "за тим, що ви розповіли" in own.about[-1]
    assert "4. Договір оренди житла" in [paper.name for paper in own.groups[0].papers]
    assert len(own.groups[1].papers) < len(for_all.groups[1].papers)
    where = next(part for part in own.parts if part.heading == "Куди подати")
    office, address, *_ = where.paragraphs[0]
    assert (office, address) == (
        "Сервісний центр Пенсійного фонду, будь-який",
        "м. Зразків, пл. Ярмаркова, 2",
    )
    assert ("Портал Дія",) in where.paragraphs
    assert len(own.sources) == 2


def test_every_entry_with_a_list_has_a_sheet() -> None:
    base = real_knowledge()
    cards = [base.card(name, NOON) for name in base.entry_ids]
    having = [card for card in cards if card.documents and (card.documents.sure or card.documents.possible)]
    assert len(having) > 50
    for card in having:
        printed = sheet(after(f"[press:k:{card.on_button}:pdf]", stage=Stage(base)))
        assert printed.groups
        assert printed.parts
        assert printed.sources
