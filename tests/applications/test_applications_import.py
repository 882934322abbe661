"""Files of applications: any usual form is read, right rows go in once, wrong ones are told, nothing is half-saved."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from conversations.database import Database
from handover.applications import importing, register
from handover.applications.importing import Imported
from handover.applications.reading import BadFile
from handover.applications.record import State
from handover.applications.register import Counts
from handover.applications.tables import application_states, applications
from tests.applications.files import FIRST, HEAD, SECOND, csv_file, excel_file

COMMUNITY = "lypova"


async def imported(database: Database, path: Path, now: datetime, *, dry_run: bool = False) -> Imported:
    return await importing.run(database, COMMUNITY, path, now.date(), lambda: now, dry_run=dry_run)


async def rows(database: Database) -> list[tuple[object, ...]]:
    """Everything the register says, without when it was said."""
    silent = ("as_of", "changed_at")
    columns = [column for column in applications.c if column.name not in silent]
    async with database.read() as db:
        found = [tuple(row) for row in await db.execute(select(*columns).order_by(applications.c.number))]
        steps = select(application_states.c.number, application_states.c.state).order_by(
            application_states.c.id
        )
        return [*found, *(tuple(row) for row in await db.execute(steps))]


async def test_the_same_file_twice_is_the_same_state(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    path = csv_file(tmp_path, [FIRST, SECOND])
    looked = await imported(database, path, now, dry_run=True)
    assert (looked.counts, await rows(database)) == (Counts(2, 0, 0), [])
    assert (await imported(database, path, now)).counts == Counts(2, 0, 0)
    once = await rows(database)
    later = now + timedelta(hours=1)
    assert (await imported(database, path, later)).counts == Counts(0, 0, 2)
    assert await rows(database) == once
    async with database.read() as db:
        one = await register.find(db, COMMUNITY, "202600002")
    assert (one.record.state, one.record.amount, one.record.since) == (
        State.APPROVED,
        123456,
        date(2026, 11, 21),
    )
    assert (one.as_of, one.changed_at) == (later, now)


async def test_a_change_is_kept_with_its_history(database: Database, tmp_path: Path, now: datetime) -> None:
    await imported(database, csv_file(tmp_path, [FIRST]), now)
    refused = ("2026-00001", "Субсидія", "Відмовлено", "24 листопада 2026 року", "", "Дохід більший за межу")
    assert (await imported(database, csv_file(tmp_path, [refused]), now)).counts == Counts(0, 1, 0)
    async with database.read() as db:
        steps = await register.history(db, COMMUNITY, "202600001")
        one = await register.find(db, COMMUNITY, "202600001")
    assert [(step.state, step.since.day) for step in steps] == [(State.REFUSED, 24), (State.SUBMITTED, 20)]
    assert one.record.reason == "Дохід більший за межу"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
async def test_any_usual_csv_is_read(
    database: Database, tmp_path: Path, now: datetime, encoding: str, separator: str
) -> None:
    plain = ("СУБ-77", "Субсидія", "на розгляді", "01.11.2026", "1234.50", "")
    done = await imported(database, csv_file(tmp_path, [plain], separator=separator, encoding=encoding), now)
    assert (done.counts.new, done.faults) == (1, [])
    async with database.read() as db:
        assert (await register.find(db, COMMUNITY, "CYБ77")).record.amount == 123450


async def test_excel_is_read_with_its_own_dates_and_numbers(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    row = (12345, "Субсидія", "призначено", date(2026, 11, 21), 1234.5, "")
    title = [("Заяви за листопад", "", "", "", "", ""), HEAD, row]
    path = excel_file(tmp_path, title[1:], head=title[0])
    done = await imported(database, path, now)
    assert (done.counts.new, done.faults) == (1, [])
    async with database.read() as db:
        one = await register.find(db, COMMUNITY, "12345")
    assert (one.record.since, one.record.amount) == (date(2026, 11, 21), 123450)


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        (0, "", "немає номера"),
        (0, "без цифр", "це не номер"),
        (1, "", "порожньо"),
        (2, "десь є", "невідомий стан"),
        (3, "", "порожньо"),
        (3, "31.02.2026", "такого дня немає в календарі"),
        (3, "вчора", "це не дата"),
        (3, "01.01.2027", "день ще не настав"),
        (3, "01.01.0026", "неможливий рік"),
        (4, "сто гривень", "це не сума"),
        (4, "-5", "сума менша за нуль"),
        (4, "999999999999", "завелика сума"),
        (5, "х" * 301, "довше ніж 300 знаків"),
    ],
)
async def test_what_is_wrong_is_told_by_row_and_column_and_nothing_of_the_row_goes_in(
    database: Database, tmp_path: Path, now: datetime, column: int, cell: str, why: str
) -> None:
    wrong = [*SECOND[:column], cell, *SECOND[column + 1 :]]
    done = await imported(database, csv_file(tmp_path, [FIRST, wrong]), now)
    assert (done.counts, done.wrong) == (Counts(1, 0, 0), 1)
    (fault,) = done.faults
    assert (fault.line, fault.column, fault.why) == (3, HEAD[column], why)
    assert fault.mend
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(applications)) == 1


async def test_a_number_twice_in_a_file_and_a_foreign_one_are_told(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    head = (*HEAD, "Громада")
    same = ("2026 00001", *FIRST[1:])
    path = csv_file(tmp_path, [(*FIRST, ""), (*same, COMMUNITY), (*SECOND, "інша-громада")], head=head)
    done = await imported(database, path, now)
    assert (done.counts.new, done.wrong) == (1, 2)
    assert [(one.line, one.why) for one in done.faults] == [
        (3, "номер уже є в рядку 2"),
        (4, "заява іншої громади"),
    ]


async def test_five_hundred_wrong_rows_do_not_stop_the_right_ones(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    wrong = [(f"2026-1{place:04}", "Субсидія", "?", "32.01.2026", "", "") for place in range(500)]
    right = [(f"2026-2{place:04}", *FIRST[1:]) for place in range(700)]
    mixed = [row for pair in zip(wrong, right[:500], strict=True) for row in pair]
    done = await imported(database, csv_file(tmp_path, [*mixed, *right[500:]]), now)
    assert (done.counts.new, done.wrong, len(done.faults)) == (700, 500, 1000)
    assert done.passed == done.total == 1200


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "порожній"),
        ("Прізвище;Адреса\nА;Б\n".encode(), "немає назв колонок"),
        ("Номер заяви;Вид допомоги;Стан\n1;2;3\n".encode(), "Бракує колонки «Дата стану»"),
        ("Номер;№ заяви;Вид допомоги;Стан;Дата стану\n1;2;3;4;5\n".encode(), "є двічі"),
        (b"PK\x03\x04 broken", "пошкоджено"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "старий формат Excel"),
        (b"\x00\x01\x02\x03" * 20, "не текстовий"),
    ],
)
async def test_a_file_that_is_no_table_saves_nothing(
    database: Database, tmp_path: Path, now: datetime, content: bytes, says: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=says):
        await imported(database, path, now)
    assert await rows(database) == []


async def test_an_import_that_is_stopped_keeps_whole_batches(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    path = csv_file(tmp_path, [(f"2026-3{place:04}", *FIRST[1:]) for place in range(1200)])

    async def after_the_first(_: Imported) -> bool:
        return False

    done = await importing.run(database, COMMUNITY, path, now.date(), lambda: now, told=after_the_first)
    assert (done.stopped, done.counts.new) == (True, 500)
    assert (await imported(database, path, now)).counts == Counts(700, 0, 500)
