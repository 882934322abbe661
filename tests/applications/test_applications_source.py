"""The department's own register, a PostgreSQL of another shape: what changed comes in, also late, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from conversations.database import Database
from handover.applications import register, syncing
from handover.applications.record import State
from handover.applications.register import REGISTER
from handover.applications.sources import SqlApplications, _kept, _moment, sql_mapping, sql_source
from handover.outside import OutsideDatabase, SourceAway, SourceFault

COMMUNITY = "lypova"
MAP = """
query: |
  SELECT s.id, s.reg_no, k.title AS kind, s.status_code, s.status_day, s.sum_uah, s.updated_at
  FROM spravy s JOIN vydy k ON k.code = s.kind_code
changed: updated_at
overlap_minutes: 10
columns:
  number: reg_no
  matter: kind
  state: status_code
  since: status_day
  amount: sum_uah
states:
  "10": submitted
  "20": accepted
  "70": approved
"""
SHAPE = (
    "CREATE TABLE vydy (code int PRIMARY KEY, title text)",
    """CREATE TABLE spravy (id serial PRIMARY KEY, reg_no text, kind_code int, status_code int, status_day date,
       sum_uah numeric(12, 2), updated_at timestamptz)""",
    "INSERT INTO vydy VALUES (1, 'Субсидія'), (2, 'Допомога при народженні')",
)


class Department:
    """The department's database, and the source that reads it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.outside = Database(url)
        path = folder / "register.yaml"
        path.write_text(MAP, encoding="utf-8")
        self.source = sql_source(url.replace("postgresql+asyncpg", "postgresql"), path)

    async def run(self, *statements: str, **values: object) -> None:
        async with self.outside.write() as db:
            for statement in statements:
                await db.execute(text(statement), values)

    async def says(self, number: str, status: int, at: datetime, amount: str = "1234.50") -> None:
        await self.run("DELETE FROM spravy WHERE reg_no = :number", number=number)
        await self.run(
            "INSERT INTO spravy (reg_no, kind_code, status_code, status_day, sum_uah, updated_at) "
            "VALUES (:number, 1, :status, '2026-11-20', CAST(CAST(:amount AS text) AS numeric), :at)",
            number=number,
            status=status,
            amount=amount,
            at=at,
        )


@pytest.fixture
async def department(postgres_url: Callable[..., str], tmp_path: Path) -> AsyncIterator[Department]:
    one = Department(postgres_url(migrated=False), tmp_path)
    await one.run(*SHAPE)
    yield one
    await one.source.close()
    await one.outside.close()


async def synced(database: Database, department: Department, now: datetime) -> syncing.Synced:
    return await syncing.sync(database, COMMUNITY, department.source, now.date(), now)


async def test_what_changed_comes_in_and_nothing_comes_twice(
    database: Database, department: Department, now: datetime
) -> None:
    for place in range(1100):
        await department.says(f"С-{place:05}", 10, now - timedelta(days=2) + timedelta(seconds=place // 7))
    done = await synced(database, department, now)
    assert (done.counts.new, done.wrong, done.fault) == (1100, 0, None)
    assert (await synced(database, department, now)).counts.new == 0
    await department.says("С-00007", 70, now - timedelta(minutes=1))
    later = now + timedelta(minutes=10)
    done = await synced(database, department, later)
    assert done.counts.changed == 1
    async with database.read() as db:
        one = await register.find(db, COMMUNITY, "C00007")
        other = await register.find(db, COMMUNITY, "C00500")
    assert (one.record.state, one.record.amount, one.record.matter) == (State.APPROVED, 123450, "Субсидія")
    assert other.as_of == later, "the register has just confirmed that nothing else changed"


async def test_what_was_committed_late_is_not_left_out(
    database: Database, department: Department, now: datetime
) -> None:
    await department.says("С-1001", 10, now)
    await synced(database, department, now)
    await department.says("С-1002", 10, now - timedelta(minutes=3))
    assert (await synced(database, department, now + timedelta(minutes=1))).counts.new == 1


async def test_a_register_that_is_away_changes_nothing_and_what_is_known_is_told_as_of_then(
    database: Database, department: Department, now: datetime
) -> None:
    await department.says("С-1001", 20, now)
    await synced(database, department, now)
    await department.run("ALTER TABLE spravy RENAME TO away")
    later = now + timedelta(hours=3)
    done = await synced(database, department, later)
    assert done.fault is not None
    async with database.read() as db:
        one = await register.find(db, COMMUNITY, "C1001")
        state = await syncing.state(db, COMMUNITY, REGISTER)
    assert (one.record.state, one.as_of) == (State.ACCEPTED, now)
    assert state is not None
    assert (state.good_at, state.failed_at) == (now, later)
    await department.run("ALTER TABLE away RENAME TO spravy")
    await synced(database, department, later)
    async with database.read() as db:
        again = await syncing.state(db, COMMUNITY, REGISTER)
        assert again is not None
        assert (again.good_at, again.failed_at, again.fault) == (later, None, None)
        assert (await register.find(db, COMMUNITY, "C1001")).as_of == later


async def test_a_server_that_is_not_there_is_away_too(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(MAP, encoding="utf-8")
    source = sql_source("postgresql://nobody:hidden@127.0.0.1:1/none", path)
    done = await syncing.sync(database, COMMUNITY, source, now.date(), now)
    assert done.fault is not None
    assert "hidden" not in done.fault
    await source.close()


async def test_rows_it_gives_wrongly_are_left_out_and_counted(
    database: Database, department: Department, now: datetime
) -> None:
    await department.says("С-1001", 10, now)
    await department.says("С-1002", 99, now)
    await department.says("без цифр", 10, now)
    done = await synced(database, department, now)
    assert (done.counts.new, done.wrong) == (1, 2)


async def test_it_is_only_read(department: Department) -> None:
    outside = OutsideDatabase(str(department.outside._writer.url.render_as_string(hide_password=False)))
    with pytest.raises(SourceAway):
        await outside.rows(text("DELETE FROM vydy RETURNING code"))
    await outside.close()
    async with department.outside.read() as db:
        assert await db.scalar(text("SELECT count(*) FROM vydy")) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"query": ""}, "`query` is missing"),
        ({"changed": None}, "`changed` must name"),
        ({"changed": "x; DROP TABLE"}, "`changed` must name"),
        ({"columns": {"number": "a"}}, "lacks 'matter'"),
        ({"columns": {"surname": "a"}}, "none of number"),
        ({"columns": {"number": "a b"}}, "`columns` must name"),
        ({"states": {"10": "somewhere"}}, "`states` must give"),
        ({"overlap_minutes": "soon"}, "`overlap_minutes`"),
    ],
)
def test_a_wrong_description_is_one_line(change: dict[str, object], says: str) -> None:
    right = {
        "query": "v_applications",
        "changed": "at",
        "columns": {"number": "n", "matter": "m", "state": "s", "since": "d"},
    }
    assert isinstance(
        SqlApplications(OutsideDatabase("sqlite:///x"), sql_mapping(right, Path("map"))), object
    )
    with pytest.raises(SourceFault, match=says):
        sql_mapping({**right, **change}, Path("map"))


def test_moments_are_kept_to_the_microsecond() -> None:
    moment = datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC)
    assert _moment(_kept(moment)) == moment
    assert _moment(_kept(moment.date())) == moment.date()
    assert _moment(_kept(17)) == 17
