"""`pryimalnia applications`: a file by the command line, a code, and what is wrong with settings."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.app.settings import SettingsError, load
from conversations.database import Database
from handover.applications import looking
from tests.app.conftest import Run
from tests.applications.files import FIRST, SECOND, csv_file

EXAMPLE = Path(__file__).parents[2] / "docs" / "applications-example.csv"
WRONG = ("2026-00003", "Субсидія", "хтозна", "31.02.2026", "", "")


@pytest.fixture
def where(sqlite_url: Callable[..., str]) -> dict[str, str]:
    return {"PRYIMALNIA_DATABASE_URL": sqlite_url(), "PRYIMALNIA_COMMUNITY": "zrazkova"}


def test_a_file_goes_in_and_what_is_wrong_is_told_in_one_object(
    run: Run, where: dict[str, str], tmp_path: Path
) -> None:
    file = str(csv_file(tmp_path, [FIRST, SECOND, WRONG]))
    looked = run("applications", "import", file, "--dry-run", "--json", **where)
    assert (looked.returncode, looked.stderr) == (1, "")
    told = json.loads(looked.stdout)
    assert (told["dry_run"], told["rows"], told["new"], told["wrong"]) == (True, 3, 2, 1)
    assert told["faults"][0].keys() == {"line", "column", "why", "mend"}
    assert json.loads(run("applications", "import", file, "--json", **where).stdout)["new"] == 2
    again = json.loads(run("applications", "import", file, "--json", **where).stdout)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)
    shown = run("applications", "import", file, **where)
    assert "рядок 4, Дата стану: такого дня немає в календарі" in shown.stdout


def test_the_example_of_the_documents_goes_in_whole(run: Run, where: dict[str, str]) -> None:
    done = run("applications", "import", str(EXAMPLE), "--json", **where)
    assert (done.returncode, json.loads(done.stdout)["new"]) == (0, 4)


def test_a_file_that_is_no_table_is_one_line(run: Run, where: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Прізвище;Адреса\nА;Б\n", encoding="utf-8")
    done = run("applications", "import", str(file), **where)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pryimalnia: people.csv: У перших рядках немає назв колонок.")
    assert len(done.stderr.splitlines()) == 1


def test_a_code_is_printed_once_and_opens(
    run: Run, where: dict[str, str], tmp_path: Path, folder: Path
) -> None:
    run("applications", "import", str(csv_file(tmp_path, [FIRST])), **where)
    done = run("applications", "code", "2026 00001", **where)
    assert done.returncode == 0
    code = re.search(r"code    ([A-Z0-9]{4})-([A-Z0-9]{4})", done.stdout)
    assert code is not None

    async def opens() -> str:
        database = Database(where["PRYIMALNIA_DATABASE_URL"])
        async with database.write() as db:
            key = (folder / "secret").read_bytes()
            now = datetime.now(UTC)
            found = await looking.by_code(db, "zrazkova", "c", "202600001", code[1] + code[2], key, now)
        await database.close()
        return found.outcome

    assert asyncio.run(opens()) == "found"
    missing = run("applications", "code", "404404", **where)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "no application has the number '404404'" in missing.stderr


def test_an_address_without_its_description_is_one_line(tmp_path: Path) -> None:
    environment = {"PRYIMALNIA_APPLICATIONS_URL": "postgresql://reader:hidden@db/x"}
    with pytest.raises(SettingsError) as refused:
        load(environment, tmp_path / ".env")
    assert str(refused.value) == (
        "PRYIMALNIA_APPLICATIONS_URL and PRYIMALNIA_APPLICATIONS_MAP go together; set both or none"
    )


def test_a_wrong_description_stops_the_start_with_one_line(
    run: Run, where: dict[str, str], tmp_path: Path
) -> None:
    description = tmp_path / "map.yaml"
    description.write_text("query: v\nchanged: at\ncolumns: {number: n}\n", encoding="utf-8")
    done = run(
        "worker",
        PRYIMALNIA_APPLICATIONS_URL="postgresql://reader:hidden@127.0.0.1:1/x",
        PRYIMALNIA_APPLICATIONS_MAP=str(description),
        **where,
    )
    assert done.returncode == 1
    assert "`columns` lacks 'matter'" in done.stderr
    assert "hidden" not in done.stderr
