"""A report as files: the figures of the page and the rows behind them, without anybody's words.

CSV is for Excel in Ukrainian, which reads UTF-8 only after a byte order mark, parts columns by semicolons (its list
separator) and numbers by a comma. Text that a program would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter

from handover.reports.figures import Consultation, Split, VisitRow
from handover.reports.report import Report
from handover.reports.summary import Ratings
from handover.reports.unanswered import InVain
from handover.reports.visits import PHONE
from handover.reports.worked import Worked
from handover.workplace.report_words import DAYS, Title, channel, days

Cell = str | int | float | None

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_OF_A_SHEET = 1_048_575
"""Rows that a sheet of Excel holds under its head."""


@dataclass(frozen=True)
class Sheet:
    """A table: its name, its head, its rows. Shares are in hundredths, times in minutes of working time."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def figures(report: Report, in_vain: InVain, title: Title, place: Title) -> list[Sheet]:
    """Everything the page shows, a table a part."""
    visited, done = report.visited, report.consulted
    before, earlier = report.visited_before, report.consulted_before
    kinds = ("закрив бот", "спеціаліст письмово", "телефон", "разом", "бот сам, %")
    values: list[tuple[Cell, ...]] = [
        ("Розмови", visited.total.total, before.total),
        ("Закрив бот", visited.total.bot, before.bot),
        ("Спеціаліст письмово", visited.total.person, before.person),
        ("Телефон", visited.total.phone, before.phone),
        ("Бот сам, % письмових", _hundredths(visited.total.share), _hundredths(before.share)),
        ("Консультації", done.opened, earlier.opened),
        ("Закрито консультацій", done.resolved, earlier.resolved),
        ("До того, як узяли, медіана, хв", _tenths(done.waited.middle), _tenths(earlier.waited.middle)),
        (
            "До першої відповіді, медіана, хв",
            _tenths(done.first_answer.middle),
            _tenths(earlier.first_answer.middle),
        ),
        (
            "До першої відповіді, дев’ять із десяти, хв",
            _tenths(done.first_answer.most),
            _tenths(earlier.first_answer.most),
        ),
        ("До закриття, медіана, хв", _tenths(done.lasted.middle), _tenths(earlier.lasted.middle)),
        ("Прострочені обіцянки", len(done.overdue), len(earlier.overdue)),
        ("Оцінки", done.ratings.count, earlier.ratings.count),
        ("Допомогло, %", _hundredths(done.ratings.share), _hundredths(earlier.ratings.share)),
        ("Без відповіді бота", in_vain.count, None),
    ]
    return [
        Sheet("Показники", ("Показник", days(report.period), days(report.period.before)), values),
        Sheet("Дні", ("День", *kinds), [(day.isoformat(), *_kinds(some)) for day, some in visited.days]),
        Sheet("Теми", ("Тема", *kinds), [(title(topic), *_kinds(some)) for topic, some in visited.topics]),
        Sheet(
            "Канали", ("Канал", *kinds), [(channel(name), *_kinds(some)) for name, some in visited.channels]
        ),
        Sheet(
            "Місця", ("Місце", *kinds), [(place(office), *_kinds(some)) for office, some in visited.offices]
        ),
        Sheet(
            "Години",
            ("День тижня", *(f"{hour}:00" for hour in range(24))),
            [
                (DAYS[weekday], *(visited.hours.get((weekday, hour), 0) for hour in range(24)))
                for weekday in range(7)
            ],
        ),
        Sheet(
            "Перша відповідь",
            ("Хвилин, не більше", "вчасно", "після обіцяного"),
            [(_upto(column.upto), column.in_time, column.late) for column in done.columns],
        ),
        Sheet(
            "Оцінки за темами",
            ("Тема", "так", "частково", "ні"),
            [(title(topic), *_said(said)) for topic, said in done.ratings_by_topic.items()],
        ),
        Sheet(
            "Спеціалісти",
            (
                "Спеціаліст",
                "консультацій",
                "закрито",
                "перша відповідь, медіана, хв",
                "так",
                "частково",
                "ні",
            ),
            [
                (work.name, work.led, work.resolved, _tenths(work.first_answer.middle), *_said(work.ratings))
                for work in done.specialists
            ],
        ),
        Sheet(
            "Консультації за місцями",
            (
                "Місце",
                "консультацій",
                "закрито",
                "перша відповідь, медіана, хв",
                "прострочено",
                "так",
                "частково",
                "ні",
            ),
            [
                (
                    place(one.office),
                    one.opened,
                    one.resolved,
                    _tenths(one.first_answer.middle),
                    one.overdue,
                    *_said(one.ratings),
                )
                for one in done.places
            ],
        ),
        Sheet(
            "Без відповіді",
            ("Найближча тема", "питань у групі"),
            [(title(group.proposed), group.size) for group in in_vain.groups],
        ),
    ]


def consultations(
    some: Iterable[Consultation], worked: Worked, report: Report, title: Title, place: Title
) -> Sheet:
    """A row a consultation."""
    zone, now = report.period.zone, report.period.now.timestamp()

    def row(one: Consultation) -> tuple[Cell, ...]:
        ends = (one.taken, one.answered, one.resolved)
        return (
            f"№ {one.number}",
            datetime.fromtimestamp(one.opened, zone).strftime("%Y-%m-%d %H:%M"),
            channel(one.channel),
            title(one.topic),
            place(one.office),
            one.leader,
            *(None if end is None else _tenths(worked.minutes([one.opened], [end])[0]) for end in ends),
            "так" if one.overdue(now) else "ні",
            _RATINGS.get(one.rating or ""),
        )

    head = (
        "Консультація",
        "Відкрито",
        "Канал",
        "Тема",
        "Місце",
        "Спеціаліст",
        "узято за, хв",
        "відповідь за, хв",
        "закрито за, хв",
        "прострочено",
        "допомогло",
    )
    return Sheet("Консультації", head, [row(one) for one in some])


def visits(some: Iterable[VisitRow], title: Title, place: Title) -> Sheet:
    """A row a conversation, without whose it is."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.day,
            DAYS[date.fromisoformat(one.day).weekday()],
            one.hour,
            channel(one.channel),
            title(one.topic),
            place(one.office),
            "телефон" if one.channel == PHONE else "спеціаліст" if one.person else "бот",
        )
        for one in some
    ]
    return Sheet("Розмови", ("День", "день тижня", "година", "Канал", "Тема", "Місце", "хто вів"), rows)


_RATINGS = {"yes": "так", "partly": "частково", "no": "ні"}


def _kinds(some: Split) -> tuple[Cell, ...]:
    return (some.bot, some.person, some.phone, some.total, _hundredths(some.share))


def _said(some: Ratings) -> tuple[Cell, ...]:
    return (some.yes, some.partly, some.no)


def _upto(minutes: int | None) -> Cell:
    return "довше" if minutes is None else minutes


def _hundredths(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _tenths(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)


def safe(text: str) -> str:
    """Text that no program takes for a formula."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def as_csv(sheets: Sequence[Sheet]) -> bytes:
    """One table as it is; several under one another, each line with its table, row and column."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    if len(sheets) == 1:
        writer.writerow([safe(name) for name in sheets[0].head])
        writer.writerows([_as_text(cell) for cell in row] for row in sheets[0].rows)
    else:
        writer.writerow(["Таблиця", "Рядок", "Стовпець", "Значення"])
        for sheet in sheets:
            for first, *rest in sheet.rows:
                writer.writerows(
                    [sheet.name, _as_text(first), safe(name), _as_text(cell)]
                    for name, cell in zip(sheet.head[1:], rest, strict=True)
                )
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    return safe(cell) if isinstance(cell, str) else str(cell).replace(".", ",")


def as_excel(sheets: Sequence[Sheet]) -> bytes:
    """A workbook; text stays text whatever it begins with. Takes seconds for a hundred thousand rows."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            page.set_column(0, 0, 32)
            page.set_column(1, len(sheet.head), 16)
            page.write_row(0, 0, sheet.head, bold)
            for place, row in enumerate(sheet.rows[:ROWS_OF_A_SHEET], start=1):
                page.write_row(place, 0, row)
    return written.getvalue()
