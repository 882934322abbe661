"""A sheet as a PDF: every promised word is there, in letters that travel with it, and no paper is cut in two."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.ttfonts import TTFontParser

from bots.dialogue.sheet import Group, Paper, Part, Sheet
from bots.printing.page import modules, render
from tests.printing.reading import codes, fonts, look, pages, plain, words

LINK = "https://t.me/zrazkova_bot?start=topic-housing-subsidy"
ALPHABET = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
EVERY_LETTER = f"{ALPHABET} {ALPHABET.upper()} сім’я м’ята «лапки» — № 5, 20 % ₴"
SHEET = Sheet(
    file_name="Субсидія, документи",
    issuer="Зразкова громада. Управління соцзахисту",
    title="Субсидія на комунальні",
    about=("Офіційна назва: житлова субсидія", "Перелік складено 26 листопада 2026 року. Це не рішення."),
    groups=(
        Group(
            "Що принести: є 1 з 2",
            (
                Paper("1. Заява", ": бланк дадуть на місці", "Уже є.", ticked=True),
                Paper("2. Декларація", line="Де взяти: бланк дають разом із заявою."),
            ),
        ),
        Group("Можливо, ще", (Paper("Договір оренди", ", якщо орендуєте: показати"),), "Більше не можуть."),
    ),
    parts=(
        Part(
            "Куди подати",
            (
                ("Сервісний центр", "пл. Ярмаркова, 2", "Години: щодня з 8:00 до 17:00.", "Телефон: 15-45."),
                ("Портал Дія",),
            ),
        ),
        Part("Коли подати", (("До 30 листопада 2026 року",),)),
        Part("Скільки", (("У кожного своя",),)),
    ),
    questions=Part("Є питання", (("Управління соцзахисту", "Телефон: 0 (00) 000-00-01."),)),
    sources=("Джерело: постанова КМУ № 848 від 21.10.1995. Перевірено 24.11.2026.",),
    version="Версія бази знань 3bfd4939d3278a88",
    start="topic-housing-subsidy",
)


def long_sheet(count: int) -> Sheet:
    papers = tuple(
        Paper(
            f"{number}. Довідка номер {number} про склад сім’ї",
            ": копія, яку засвідчить нотаріус або управління",
            f"Де взяти: у вікні номер {number}, на другому поверсі, щодня крім неділі. Кінець {number}.",
        )
        for number in range(1, count + 1)
    )
    return replace(SHEET, groups=(Group("Що принести", papers),))


def promised(sheet: Sheet) -> list[str]:
    """Everything a sheet holds, in the order it stands on paper."""
    parts = [*sheet.parts, sheet.questions]
    return [
        sheet.issuer,
        "Перелік документів",
        sheet.title,
        *sheet.about,
        *(
            text
            for group in sheet.groups
            for text in (
                group.heading,
                *(part for paper in group.papers for part in (paper.name + paper.more, paper.line or "")),
                group.closing or "",
            )
        ),
        *(
            text
            for part in parts
            for text in (part.heading, *(line for paragraph in part.paragraphs for line in paragraph))
        ),
        *sheet.sources,
    ]


def test_it_says_what_the_sheet_says_in_its_order_and_nothing_else() -> None:
    (page,) = pages(render(SHEET, None))
    foot = plain(f"{SHEET.version} сторінка 1 з 1")
    whole = plain(" ".join(filter(None, promised(SHEET))))
    # The foot is drawn first, and read first.
    assert page in {f"{foot} {whole}", f"{whole} {foot}"}


def test_every_ukrainian_letter_is_read_back() -> None:
    lettered = replace(SHEET, title=EVERY_LETTER, about=(EVERY_LETTER,))
    assert words(render(lettered, None)).count(plain(EVERY_LETTER)) == 2


def test_the_letters_travel_with_the_file_and_only_those_used() -> None:
    content = render(SHEET, LINK)
    used = fonts(content)
    assert {font["name"].partition("+")[2] for font in used} == {"FiraSans-Regular", "FiraSans-Bold"}
    assert all(font["embedded"] for font in used)
    assert len(content) < 120_000


def test_a_sign_the_font_lacks_is_left_out_and_mark_up_is_only_text() -> None:
    odd = replace(SHEET, title="Субсидія <b>& 🙂 комунальні\u202fплати</b>", about=("тепло\u02bcкомун",))
    read = words(render(odd, None))
    assert "Субсидія <b>& комунальні плати</b>" in read
    assert "тепло’комун" in read


def test_the_code_leads_back_to_the_chat() -> None:
    content = render(SHEET, LINK)
    assert codes(content) == [LINK]
    assert "Або наберіть адресу: t.me/zrazkova_bot" in words(content)


def test_an_address_nobody_can_type_is_only_a_code() -> None:
    link = "viber://pa?chatURI=zrazkova&context=topic-housing-subsidy"
    content = render(SHEET, link)
    assert codes(content) == [link]
    assert "наведіть на цей знак камеру" in words(content)
    assert "наберіть" not in words(content)


def test_without_a_link_there_is_no_code_and_no_word_of_it() -> None:
    content = render(SHEET, None)
    assert codes(content) == []
    assert "камеру" not in words(content)
    assert "розмови" not in words(content)


def test_a_code_is_square_and_dark_in_its_corners() -> None:
    rows = modules(LINK)
    assert {len(row) for row in rows} == {len(rows)}
    assert (rows[0][0], rows[0][-1], rows[-1][0]) == (True, True, True)


@pytest.mark.parametrize(("count", "long"), [(3, 2), (40, 6)])
def test_no_paper_is_cut_between_pages(count: int, long: int) -> None:
    sheet = long_sheet(count)
    read = pages(render(sheet, LINK))
    for paper in sheet.groups[0].papers:
        holding = [page for page in read if plain(f"{paper.name}{paper.more} {paper.line}") in page]
        assert len(holding) == 1, paper.name
    numbers = [f"сторінка {number} з {len(read)}" for number in range(1, len(read) + 1)]
    assert all(number in page for number, page in zip(numbers, read, strict=True))
    assert len(read) == long


def test_a_heading_stays_with_what_it_heads() -> None:
    for count in range(4, 16):
        for page in pages(render(long_sheet(count), LINK)):
            for part in (*SHEET.parts, SHEET.questions):
                if part.heading in page:
                    assert plain(part.paragraphs[0][0]) in page


def test_a_ticked_box_holds_ink_and_an_empty_one_does_not() -> None:
    empty = replace(SHEET, groups=(Group("Що принести", (Paper("1. Заява"), Paper("2. Довідка"))),))
    (first, second) = empty.groups[0].papers
    ticked = replace(empty, groups=(Group("Що принести", (replace(first, ticked=True), second)),))
    (before,), (after,) = look(render(empty, None)), look(render(ticked, None))
    differ = (before != after).any(axis=2)
    rows, columns = differ.nonzero()
    assert 0 < differ.sum() < 45 * 45
    assert rows.max() - rows.min() < 45
    assert columns.max() - columns.min() < 45


def test_it_is_black_on_white() -> None:
    for picture in look(render(SHEET, LINK)):
        assert (picture.max(axis=2) - picture.min(axis=2)).max() == 0
        assert tuple(picture[0, 0]) == (255, 255, 255)
        assert picture.min() == 0


def test_it_is_a4_with_a_title_and_a_language() -> None:
    reader = PdfReader(io.BytesIO(render(SHEET, None)))
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    assert reader.metadata is not None
    assert reader.metadata.title == SHEET.file_name
    assert reader.root_object["/Lang"] == "uk"


def test_equal_sheets_are_equal_files_also_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    seek = TTFontParser.seek

    def slow_seek(self: TTFontParser, place: int) -> None:
        seek(self, place)
        # Between finding a place in the font and reading there, another thread may find its own.
        time.sleep(1e-6)

    monkeypatch.setattr(TTFontParser, "seek", slow_seek)
    sheets = [SHEET, long_sheet(12), long_sheet(40)] * 2
    alone = {sheet.groups: render(sheet, LINK) for sheet in sheets[:3]}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda sheet: render(sheet, LINK), sheets))
    assert together == [alone[sheet.groups] for sheet in sheets]
