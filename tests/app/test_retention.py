"""`pryimalnia retention`: what it prints for people and for programs, what it takes, and that again is nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bots.app.keeping import policy
from bots.app.settings import Settings, load
from conversations.attachments import FolderStore
from conversations.database import Database
from tests.app.conftest import Run
from tests.conversations.test_retention import MARK, lived

KINDS = [
    "files",
    "payloads",
    "words",
    "tickets",
    "drafts",
    "kept_replies",
    "mentions",
    "same_people",
    "viewers",
    "calls",
    "callers",
    "appointments",
    "waiting_list",
    "absences",
    "visit_times",
    "hall_numbers",
    "questions",
    "events",
    "rejected",
    "unreadable",
    "event_keys",
    "sessions",
    "sign_in_failures",
    "form_keys",
    "happenings",
    "readings",
    "actions",
    "stray_files",
]


@pytest.fixture
def url(sqlite_url: Callable[..., str], tmp_path: Path) -> str:
    """A reception where somebody wrote two years ago and nobody since."""
    made = sqlite_url()

    async def fill() -> None:
        database = Database(made)
        store = FolderStore(tmp_path / "files", 1000)
        await lived(database, store, datetime.now(UTC) - timedelta(days=730))
        await database.close()

    asyncio.run(fill())
    return made


def test_it_says_what_is_older_takes_it_and_proves_it(run: Run, url: str, tmp_path: Path) -> None:
    where = {"PRYIMALNIA_DATABASE_URL": url, "PRYIMALNIA_FOLDER": str(tmp_path)}

    def retention(*options: str) -> dict[str, dict[str, object]]:
        done = run("retention", "--json", *options, **where)
        assert (done.returncode, done.stderr) == (0, "")
        said = json.loads(done.stdout)
        assert set(said) == {"at", "dry_run", "kinds"}
        assert said["dry_run"] is bool(options)
        assert datetime.fromisoformat(said["at"]).utcoffset() == timedelta(0)
        assert [one["kind"] for one in said["kinds"]] == KINDS
        for one in said["kinds"]:
            assert set(one) == {"kind", "days", "older", "removed", "files", "left"}
            assert all(type(one[field]) is int for field in ("days", "older", "removed", "files", "left"))
        return {one["kind"]: one for one in said["kinds"]}

    looked = retention("--dry-run")
    assert (looked["words"]["older"], looked["words"]["removed"], looked["words"]["left"]) == (3, 0, 3)
    assert looked["words"]["days"] == 365
    path = Path(make_url(url).database or "")
    assert MARK.encode() in b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))

    taken = retention()
    for kind, one in taken.items():
        assert one["older"] == one["removed"] == looked[kind]["older"]
        assert one["left"] == 0
    assert sum(int(str(one["files"])) for one in taken.values()) == 1
    assert MARK.encode() not in b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert [file for file in (tmp_path / "files").rglob("*") if file.is_file()] == []

    again = retention()
    assert not any(one["older"] or one["removed"] for one in again.values())


def test_a_person_sees_a_table(run: Run, url: str, tmp_path: Path) -> None:
    done = run(
        "retention",
        "--dry-run",
        PRYIMALNIA_DATABASE_URL=url,
        PRYIMALNIA_FOLDER=str(tmp_path),
        PRYIMALNIA_KEEP_WORDS_DAYS="0",
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = (line.split() for line in done.stdout.splitlines())
    assert head == ["kind", "days", "older", "removed", "files", "left"]
    assert [row[0] for row in rows] == KINDS
    shown = {row[0]: row[1:] for row in rows}
    assert shown["words"] == ["for", "ever", "0", "0", "0", "0"]
    assert shown["unreadable"] == ["30", "1", "0", "0", "1"]


def test_the_table_of_the_policy_is_the_policy(tmp_path: Path) -> None:
    documented = Path(__file__).parents[2].joinpath("docs", "keeping.md").read_text(encoding="utf-8")
    settings = load({}, tmp_path / ".env")
    for field in Settings.model_fields:
        if field.startswith("keep_"):
            name = field.removesuffix("_days").upper()
            assert f"| `{name}` | {getattr(settings, field)} |" in documented
            assert getattr(policy(settings), field.removeprefix("keep_").removesuffix("_days")) == timedelta(
                days=getattr(settings, field)
            )
