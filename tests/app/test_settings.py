"""Settings are checked before anything starts: one line that names the variable and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.app.settings import SettingsError, load


def test_nothing_set_means_an_sqlite_file_in_the_folder(tmp_path: Path) -> None:
    settings = load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env")
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path.resolve() / 'pryimalnia.sqlite3'}"
    assert settings.address == "http://127.0.0.1:8000"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PRYIMALNIA_PORT=9001\nPRYIMALNIA_HOST=0.0.0.0\nOTHER=1\n")
    settings = load({"PRYIMALNIA_PORT": "9002"}, file)
    assert (settings.host, settings.port) == ("0.0.0.0", 9002)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        (
            {"PRYIMALNIA_PORTT": "1"},
            "PRYIMALNIA_PORTT in the environment is not a setting; did you mean PRYIMALNIA_PORT?",
        ),
        (
            {"PRYIMALNIA_XQZ": "1"},
            "PRYIMALNIA_XQZ in the environment is not a setting; the settings are listed in .env.example",
        ),
        ({"PRYIMALNIA_PORT": "many"}, "PRYIMALNIA_PORT: Input should be a valid integer"),
        (
            {"PRYIMALNIA_DATABASE_URL": "mysql://x"},
            "PRYIMALNIA_DATABASE_URL: must start with sqlite:// or postgresql://",
        ),
        ({"PRYIMALNIA_REDIS_URL": "localhost"}, "PRYIMALNIA_REDIS_URL: must start with redis://"),
        ({"PRYIMALNIA_LOG_LEVEL": "loud"}, "PRYIMALNIA_LOG_LEVEL: must be DEBUG"),
    ],
)
def test_a_wrong_setting_is_one_line_with_its_name(
    tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(environment, tmp_path / ".env")
    assert str(refused.value).startswith(says)
    assert "\n" not in str(refused.value)


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    settings = load({"PRYIMALNIA_SECRET": "very-hidden"}, tmp_path / ".env")
    assert "very-hidden" not in repr(settings)


def test_every_setting_is_in_the_example() -> None:
    example = Path(__file__).parents[2].joinpath(".env.example").read_text()
    from bots.app.settings import PREFIX, Settings

    for name in Settings.model_fields.keys() - {"vendors"}:
        assert f"#{PREFIX}{name.upper()}=" in example
