"""Reads a printed list back: its words, its fonts, its pages, and its code as a camera sees it."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy
import pypdfium2
import zxingcpp
from pypdf import PdfReader

PIXELS_A_POINT = 3.0


def pages(content: bytes) -> list[str]:
    """The words of each page, with single spaces: lines break where they must."""
    found = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return [_plain(text) for text in found]


def words(content: bytes) -> str:
    """The words of all pages."""
    return " ".join(pages(content))


def plain(text: str) -> str:
    """A promised text as `pages` gives it back."""
    return _plain(text)


def fonts(content: bytes) -> list[dict[str, Any]]:
    """Every font of every page: its name and whether its outlines are inside the file."""
    found = []
    for page in PdfReader(io.BytesIO(content)).pages:
        for reference in page["/Resources"]["/Font"].values():  # type: ignore[index]  # PDF objects are untyped
            font = reference.get_object()
            descriptor = font.get("/FontDescriptor")
            embedded = descriptor is not None and "/FontFile2" in descriptor.get_object()
            found.append({"name": str(font["/BaseFont"]), "embedded": embedded})
    return found


def look(content: bytes) -> list[numpy.ndarray[Any, Any]]:
    """Each page as a picture: rows of red, green, blue."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.render(scale=PIXELS_A_POINT).to_numpy().copy() for page in document]
    finally:
        document.close()


def codes(content: bytes) -> list[str]:
    """What a camera reads from the pages."""
    return [code.text for picture in look(content) for code in zxingcpp.read_barcodes(picture)]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()
