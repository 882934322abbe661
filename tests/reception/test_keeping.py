"""What is kept: a backup taken from an open reception goes on in an empty folder, also on the other database."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import commands
from tests.reception.conftest import Reception
from tests.reception.test_main_job import PHOTO, ask


def command(folder: Path, *arguments: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
    place = {"PRYIMALNIA_FOLDER": str(folder), "PRYIMALNIA_DATABASE_URL": database_url}
    return commands.run(*arguments, environment={**os.environ, **place})


@pytest.mark.parametrize("onto", ["sqlite", "postgresql"])
def test_a_restored_reception_goes_on_where_the_old_one_was(
    new_reception: Callable[..., Reception],
    postgres_url: Callable[..., str],
    browser: Browser,
    tmp_path: Path,
    onto: str,
) -> None:
    old = new_reception("old")
    page = browser.new_context().new_page()
    page.goto(old.address)
    log = page.get_by_role("log")
    ask(page, "які документи на субсидію")
    expect(log).to_contain_text("Декларація про доходи")
    photo = tmp_path / "заява.png"
    photo.write_bytes(PHOTO)
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.locator("#picked")).to_be_visible()
    page.get_by_role("button", name="Надіслати").click()
    expect(log).to_contain_text("Фото отримано")

    archive = tmp_path / "backup.tar.gz"
    made = command(old.folder, "backup", str(archive))
    assert made.returncode == 0, made.stderr
    assert archive.stat().st_mode & 0o077 == 0, "a backup is for its owner only"
    old.close()

    database_url = postgres_url(migrated=False) if onto == "postgresql" else ""
    folder = tmp_path / "new"
    restored = command(folder, "restore", str(archive), database_url=database_url)
    assert restored.returncode == 0, restored.stderr
    assert "1 files" in restored.stdout
    again = command(folder, "restore", str(archive), database_url=database_url)
    assert again.returncode == 1
    assert len(again.stderr.strip().splitlines()) == 1

    new = new_reception("new", database_url)
    assert not any(line.startswith("password") for line in new.printed), "the accounts came along"
    # A cookie knows no port: the same visitor comes to the new address.
    page.goto(new.address)
    expect(log).to_contain_text("Фото отримано")
    expect(log.locator("img").first).to_be_visible()
    ask(page, "а скільки платять?")
    expect(log).to_contain_text("Єдиної суми немає")
