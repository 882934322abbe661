"""Files of applications row by row: CSV in any usual encoding, and Excel, never the whole of either in memory."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import openpyxl

from handover.applications.parsing import NEEDED, column_called, heading

ENCODINGS = ("utf-8-sig", "cp1251")
SEPARATORS = ";,\t"
HEAD = 10
"""Lines at the top among which the headings are looked for."""
CHUNK = 1 << 20
UNPACKED = 1_000_000_000
"""Bytes an Excel file may have when unpacked."""

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HELP = "Потрібні колонки: {}. Інші назви: docs/applications.md."


class BadFile(Exception):
    """The file is none of ours, or its headings are not; says why and how to mend it, in Ukrainian."""


@dataclass(frozen=True)
class Line:
    """One row: its line in the file and its cells by column."""

    number: int
    cells: dict[str, object]


@dataclass(frozen=True)
class Table:
    """An open file: how many rows it has, about, and the rows."""

    total: int
    lines: Iterator[Line]


def read(path: Path) -> Table:
    """The table in a file; the rows are read as they are asked for. Raises BadFile, also while they are read."""
    with path.open("rb") as file:
        begins = file.read(8)
    if begins.startswith(_OLD_EXCEL):
        raise BadFile("Це старий формат Excel. Збережіть файл як «Книга Excel (.xlsx)» або CSV.")
    total, rows = _excel(path) if begins.startswith(_ZIP) else _csv(path)
    head: list[tuple[int, Sequence[object]]] = []
    for number, row in rows:
        columns = [column_called(str(cell)) if cell is not None else None for cell in row]
        if len({one for one in columns if one}) >= len(NEEDED) - 1:
            return Table(total, _lines(rows, _checked(columns)))
        head.append((number, row))
        if len(head) == HEAD:
            break
    named = ", ".join(f"«{heading(one)}»" for one in NEEDED)
    if not head:
        raise BadFile(f"Файл порожній. {_HELP.format(named)}")
    raise BadFile(f"У перших рядках немає назв колонок. {_HELP.format(named)}")


def _checked(columns: Sequence[str | None]) -> Sequence[str | None]:
    """The columns. Raises BadFile where one is missing or stands twice."""
    missing = [heading(one) for one in NEEDED if one not in columns]
    if missing:
        named = ", ".join(f"«{one}»" for one in missing)
        raise BadFile(f"Бракує колонки {named}. Додайте її або перейменуйте: docs/applications.md.")
    known = [one for one in columns if one]
    twice = [heading(one) for one in dict.fromkeys(known) if known.count(one) > 1]
    if twice:
        raise BadFile(f"Колонка «{twice[0]}» є двічі, можливо під іншою назвою. Залиште одну.")
    return columns


def _lines(rows: Iterator[tuple[int, Sequence[object]]], columns: Sequence[str | None]) -> Iterator[Line]:
    for number, row in rows:
        cells = {name: cell for name, cell in zip(columns, row, strict=False) if name is not None}
        if any(cell not in (None, "") for cell in row):
            yield Line(number, cells)


def _csv(path: Path) -> tuple[int, Iterator[tuple[int, Sequence[object]]]]:
    encoding, breaks = _encoding(path)
    return breaks, _csv_rows(path, encoding)


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, Sequence[object]]]:
    with path.open(encoding=encoding, newline="") as text:
        begins = [line for line in (text.readline(CHUNK) for _ in range(HEAD)) if line.strip()]
        text.seek(0)
        reader = csv.reader(text, delimiter=_separator(begins))
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error:
            raise BadFile(
                f"Рядок {reader.line_num} не вдалося прочитати: ймовірно, не закриті лапки. Виправте його."
            ) from None


def _separator(begins: Sequence[str]) -> str:
    """What stands between cells: that with which most headings are known, else the most frequent."""

    def known(separator: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO("".join(begins)), delimiter=separator)
        return max(
            ((sum(column_called(cell) is not None for cell in row), len(row)) for row in rows), default=(0, 0)
        )

    return max(SEPARATORS, key=known)


def _encoding(path: Path) -> tuple[str, int]:
    """The encoding in which the whole file can be read, and how many lines it has. Raises BadFile."""
    for encoding in ENCODINGS:
        decoder, breaks = codecs.getincrementaldecoder(encoding)(), 0
        with path.open("rb") as file:
            try:
                for chunk in _chunks(file):
                    breaks += chunk.count(b"\n")
                    if "\0" in decoder.decode(chunk):
                        raise BadFile("Це не текстовий файл. Збережіть таблицю як CSV або .xlsx.")
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
        return encoding, breaks
    raise BadFile("Кодування файлу не вдалося впізнати. Збережіть таблицю як «CSV UTF-8» або .xlsx.")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _excel(path: Path) -> tuple[int, Iterator[tuple[int, Sequence[object]]]]:
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED:
                raise BadFile("Файл завеликий. Поділіть його на кілька.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise BadFile(
            "Файл Excel пошкоджено. Відкрийте його, збережіть ще раз або збережіть як CSV."
        ) from None
    sheet = book.worksheets[0] if book.worksheets else None
    if sheet is None:
        raise BadFile("У книзі Excel немає аркушів. Збережіть таблицю ще раз.")

    def rows() -> Iterator[tuple[int, Sequence[object]]]:
        with closing(book):
            # What another program wrote as the size of the sheet may be wrong.
            sheet.reset_dimensions()
            yield from enumerate(sheet.iter_rows(values_only=True), 1)

    return sheet.max_row or 0, rows()
