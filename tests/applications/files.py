"""Files of applications for tests, written as departments write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

HEAD = ("Номер заяви", "Вид допомоги", "Стан", "Дата стану", "Сума", "Причина відмови")
FIRST = ("2026-00001", "Субсидія", "подано", "20.11.2026", "", "")
SECOND = ("2026-00002", "Субсидія", "призначено", "2026-11-21", "1 234,56", "")


def csv_file(
    folder: Path,
    rows: Sequence[Sequence[object]],
    *,
    head: Sequence[str] = HEAD,
    separator: str = ";",
    encoding: str = "utf-8",
    name: str = "заяви.csv",
) -> Path:
    path = folder / name
    lines = [separator.join(map(str, row)) for row in (head, *rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding) + b"\r\n")
    return path


def excel_file(folder: Path, rows: Sequence[Sequence[object]], *, head: Sequence[str] = HEAD) -> Path:
    path = folder / "заяви.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for place, row in enumerate((head, *rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(place, column, cell, day)
                else:
                    sheet.write(place, column, cell)
    return path
