"""What stops a start is one clear line that names the thing and the mend, and exit code 1."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.app.conftest import Run, on_a_tiny_base
from tests.knowledge_base.tiny_base import TinyBase


def test_an_unknown_setting(run: Run) -> None:
    done = run("serve", PRYIMALNIA_PROT="8000")
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "pryimalnia: PRYIMALNIA_PROT in the environment is not a setting; did you mean PRYIMALNIA_PORT?"
    )


def test_several_wrong_settings_are_as_many_lines(run: Run) -> None:
    done = run("worker", PRYIMALNIA_PORT="many", PRYIMALNIA_LOG_LEVEL="loud", TELEGRAM_TOKEN="hidden")
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["pryimalnia", f" {name}"] for name in ("PRYIMALNIA_PORT", "PRYIMALNIA_LOG_LEVEL", "TELEGRAM_TOKEN")
    ]
    assert "hidden" not in done.stderr


def test_a_taken_port(run: Run) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        done = run("serve", PRYIMALNIA_PORT=port)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "PRYIMALNIA_PORT" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unwritable_folder(run: Run, tmp_path: Path) -> None:
    # A file where a folder should be: also root can't write into it.
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    done = run("serve", PRYIMALNIA_FOLDER=str(blocked / "var"))
    assert done.returncode == 1
    assert str(blocked) in done.stderr
    assert "PRYIMALNIA_FOLDER" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_that_is_not_there(run: Run) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        done = run("migrate", PRYIMALNIA_DATABASE_URL=f"postgresql://someone:hidden@127.0.0.1:{port}/nowhere")
    assert done.returncode == 1
    assert "PRYIMALNIA_DATABASE_URL" in done.stderr
    assert "hidden" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_community_names_the_known_ones(run: Run, tmp_path: Path) -> None:
    tiny = on_a_tiny_base(TinyBase(tmp_path))
    done = run("knowledge", "build", **{**tiny, "PRYIMALNIA_COMMUNITY": "nowhere"})
    assert done.returncode == 1
    assert "sample" in done.stderr


def test_a_broken_yaml_names_file_line_and_field(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    line = tiny.change("grant", "kind: cash", "kind: cach")
    done = run("serve", **on_a_tiny_base(tiny))
    assert done.returncode == 1
    assert f"baby-grant.yaml:{line}: kind" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
