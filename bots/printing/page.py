"""A sheet as a PDF: A4, large type, black on white, a box beside each paper, and no paper cut by the end of a page.

Equal sheets with equal links give equal bytes: nothing here looks at a clock.
"""

from __future__ import annotations

import html
import io
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import segno
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    HRFlowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from bots.dialogue.sheet import Group, Paper, Part, Sheet
from bots.dialogue.texts import say
from bots.printing.fonts import BOLD, REGULAR, drawable, register

MEDIA_TYPE = "application/pdf"
ENDING = ".pdf"

BODY = 13.5
SMALL = 10.5
MARGIN = 20 * mm
TOP = 15 * mm
BOTTOM = 18 * mm
FOOT = 12 * mm
"""Where the line at the foot of a page stands."""
PADDING = 6
"""What ReportLab leaves free inside its frame on each side."""
BOX = 5 * mm
"""The side of a box: large enough for a pen in an unsteady hand."""
CODE = 36 * mm
_SHORT_WORD = re.compile(r"\b([А-ЩЬЮЯҐЄІЇа-щьюяґєії]) ")
"""A word of one letter never ends a line."""
QUIET = 4
"""Empty modules around a QR code; with fewer some cameras do not find it."""
_SETTING = threading.Lock()
"""One sheet at a time: ReportLab's fonts read their file at a place all threads share."""


def _style(name: str, size: float, *, bold: bool = False, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.3,
        alignment=TA_LEFT,
        **more,
    )


ISSUER = _style("issuer", BODY)
TITLE = _style("title", 21, bold=True, spaceBefore=2, spaceAfter=6)
ABOUT = _style("about", BODY, spaceAfter=2)
HEADING = _style("heading", 16, bold=True, spaceBefore=14, spaceAfter=5, keepWithNext=1)
NAME = _style("name", BODY, bold=True)
LINE = _style("line", BODY)
FINE = _style("fine", SMALL, spaceAfter=2)


def render(sheet: Sheet, link: str | None) -> bytes:
    """The PDF of a sheet; `link` leads back to the chat, and without one nothing is said of it.

    Raises ReportLab's LayoutError for a paper that is longer than a page.
    """
    register()
    with _SETTING:
        # How many pages there are is known only once they are all set.
        pages, _ = _set(sheet, link, 0)
        return _set(sheet, link, pages)[1]


def _set(sheet: Sheet, link: str | None, pages: int) -> tuple[int, bytes]:
    """How many pages the sheet takes, and the file; at the foot of each stands which it is and of how many."""
    content = io.BytesIO()
    document = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=MARGIN - PADDING,
        rightMargin=MARGIN - PADDING,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=sheet.file_name,
        author=sheet.issuer,
        lang="uk",
        invariant=1,
        # Unless told, ReportLab begins each page with a font that is in no file.
        initialFontName=REGULAR,
    )

    def foot(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setFont(REGULAR, SMALL)
        canvas.drawString(MARGIN, FOOT, drawable(sheet.version))
        page = say("sheet-page", page=canvas.getPageNumber(), pages=pages)
        canvas.drawRightString(A4[0] - MARGIN, FOOT, drawable(page))

    document.build(list(_story(sheet, link)), onFirstPage=foot, onLaterPages=foot)
    return document.page, content.getvalue()


def _story(sheet: Sheet, link: str | None) -> Iterator[Flowable]:
    yield _words(sheet.issuer, ISSUER)
    yield HRFlowable(width="100%", thickness=1.5, color="black", spaceBefore=4, spaceAfter=10)
    yield _words(say("sheet-kind"), ISSUER)
    yield _words(sheet.title, TITLE)
    for line in sheet.about:
        yield _words(line, ABOUT)
    for group in sheet.groups:
        yield from _group(group)
    for part in sheet.parts:
        yield from _part(part)
    yield _questions(sheet.questions, link)
    if sheet.sources:
        yield _fine_print(sheet.sources)


def _words(text: str, style: ParagraphStyle, *, bold: str = "") -> Paragraph:
    """A paragraph; `bold` goes before its text."""
    return Paragraph((f"<b>{_escaped(bold)}</b>" if bold else "") + _escaped(text), style)


def _escaped(text: str) -> str:
    return html.escape(_SHORT_WORD.sub("\\1\u00a0", drawable(text)), quote=False)


def _group(group: Group) -> Iterator[Flowable]:
    yield _words(group.heading, HEADING)
    for paper in group.papers:
        yield _paper(paper)
    if group.closing:
        yield _words(group.closing, LINE)


def _paper(paper: Paper) -> Table:
    """One row, which never parts: the box, the name, the line under it."""
    lines = [_words(paper.more, LINE, bold=paper.name)]
    if paper.line:
        lines.append(_words(paper.line, LINE))
    return _beside(_Box(paper.ticked), BOX + 4 * mm, lines, TOPPADDING=3, BOTTOMPADDING=5)


def _beside(left: Flowable, width: float, right: Sequence[Flowable], **padding: float) -> Table:
    """A drawing and, to its right, lines that begin at the same height."""
    row = Table([[left, list(right)]], colWidths=[width, None], hAlign="LEFT")
    cells = {"VALIGN": "TOP", "LEFTPADDING": 0, "RIGHTPADDING": 0, **padding}
    # A table names the font of its cells also where they hold none of its own letters.
    cells["FONTNAME"] = REGULAR
    row.setStyle(TableStyle([(name, (0, 0), (-1, -1), value) for name, value in cells.items()]))
    return row


def _part(part: Part) -> Iterator[Flowable]:
    """A heading with its first paragraph, then each paragraph whole."""
    first = _words(part.heading, HEADING)
    for index, paragraph in enumerate(part.paragraphs):
        lines = _lines(paragraph)
        yield KeepTogether([*([first] if index == 0 else [Spacer(0, 6)]), *lines])


def _lines(paragraph: Sequence[str]) -> list[Paragraph]:
    first, *others = paragraph
    return [_words(first, NAME if others else LINE), *(_words(line, LINE) for line in others)]


def _questions(part: Part, link: str | None) -> Flowable:
    """Whom to ask and, beside the code, how to come back to the chat."""
    heading = _words(part.heading, HEADING)
    asked = [line for paragraph in part.paragraphs for line in _lines(paragraph)]
    if link is None:
        return KeepTogether([heading, *asked])
    back = [_words(say("sheet-link"), LINE)]
    if link.startswith(("https://", "http://")):
        back += [_words(say("sheet-link-typed"), LINE), _words(typed(link), NAME)]
    return KeepTogether([heading, _beside(_Code(link), CODE + 4 * mm, [*asked, Spacer(0, 6), *back])])


def _fine_print(lines: Sequence[str]) -> Flowable:
    rule = HRFlowable(width="100%", thickness=0.7, color="black", spaceBefore=12, spaceAfter=4)
    return KeepTogether([rule, *(_words(line, FINE) for line in lines)])


def typed(link: str) -> str:
    """The address as people type it: without the scheme and without what only opens the topic."""
    return link.partition("://")[2].partition("?")[0].rstrip("/")


class _Box(Flowable):
    """A box to tick, or one that was ticked in the chat."""

    def __init__(self, ticked: bool) -> None:
        super().__init__()
        self.width, self.height = BOX, BOX
        self._ticked = ticked

    def draw(self) -> None:
        """The square and, in it, the tick."""
        canvas = self.canv
        canvas.setLineWidth(1.3)
        canvas.rect(0, 0, BOX, BOX)
        if self._ticked:
            canvas.setLineWidth(2.4)
            canvas.lines(
                [
                    (0.2 * BOX, 0.5 * BOX, 0.42 * BOX, 0.2 * BOX),
                    (0.42 * BOX, 0.2 * BOX, 0.85 * BOX, 0.85 * BOX),
                ]
            )


class _Code(Flowable):
    """A QR code as squares of ink: sharp at any size, with its quiet border."""

    def __init__(self, link: str) -> None:
        super().__init__()
        self.width, self.height = CODE, CODE
        self._modules = modules(link)

    def draw(self) -> None:
        """Each run of dark modules of a row as one bar, so that no hairs of light stay between them."""
        side = CODE / (len(self._modules) + 2 * QUIET)
        for row, line in enumerate(self._modules):
            bottom = CODE - (row + 1 + QUIET) * side
            for start, length in _runs(line):
                self.canv.rect((start + QUIET) * side, bottom, length * side, side, stroke=0, fill=1)


def modules(link: str) -> tuple[tuple[bool, ...], ...]:
    """The dark and light modules of a link's code, row by row, without the border."""
    code = segno.make_qr(link, error="m")
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def _runs(line: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin in a row and how many follow each other."""
    start: int | None = None
    column = -1
    for column, dark in enumerate(line):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            yield start, column - start
            start = None
    if start is not None:
        yield start, column + 1 - start
