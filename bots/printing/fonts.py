"""The letters of a printed page: Fira Sans from its wheel, which has every Ukrainian letter in both weights."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import as_file, files

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "FiraSans"
BOLD = "FiraSans-Bold"

_FILES = {REGULAR: "FiraSans-Regular.ttf", BOLD: "FiraSans-Bold.ttf"}
_STANDS_FOR = {"\u202f": "\u00a0", "\u02bc": "’"}
"""Signs the font lacks, or draws unlike its twin, and what stands in their place."""


@cache
def register() -> frozenset[int]:
    """Make both weights known to ReportLab, once a process, and return the code points both can draw."""
    drawn: list[frozenset[int]] = []
    for name, file in _FILES.items():
        with as_file(files("fontpkg_fira_sans") / "files" / file) as path:
            font = TTFont(name, str(path))
        pdfmetrics.registerFont(font)
        drawn.append(frozenset(font.face.charToGlyph))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return frozenset.intersection(*drawn)


def drawable(text: str) -> str:
    """The text with the signs the font has; whatever else it holds is left out, never an empty frame."""
    known = register()
    whole = unicodedata.normalize("NFC", text)
    signs = (_STANDS_FOR.get(sign, sign) for sign in whole)
    return "".join(sign for sign in signs if ord(sign) in known)
