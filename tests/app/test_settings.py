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


SEVERAL = {
    "PRYIMALNIA_PORTT": "1",
    "PRYIMALNIA_PORT": "many",
    "PRYIMALNIA_ANSWER_MINUTES": "0",
    "PRYIMALNIA_REDIS_URL": "localhost",
    "PRYIMALNIA_SECRET_FILE": "/nowhere/at/all",
    "TELEGRAM_TOKEN": "very-hidden",
    "VIBER_TOKN": "very-hidden",
    "MESSENGER_PAGE_ID": "very-hidden",
}


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load(SEVERAL, tmp_path / ".env", messengers=True)
    named = [line.split(":")[0].split()[0] for line in refused.value.lines]
    assert named == [
        "PRYIMALNIA_SECRET_FILE",
        "PRYIMALNIA_PORTT",
        "PRYIMALNIA_PORT",
        "PRYIMALNIA_REDIS_URL",
        "PRYIMALNIA_ANSWER_MINUTES",
        "TELEGRAM_TOKEN",
        "VIBER_TOKN",
        "MESSENGER_PAGE_ID",
        "MESSENGER_PAGE_TOKEN",
        "MESSENGER_APP_SECRET",
    ]
    assert not any("\n" in line or "very-hidden" in line for line in refused.value.lines)


def test_messengers_are_looked_at_only_where_they_are_used(tmp_path: Path) -> None:
    assert load({"TELEGRAM_TOKEN": "no token"}, tmp_path / ".env").vendors["TELEGRAM_TOKEN"] == "no token"


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    settings = load(
        {
            "PRYIMALNIA_SECRET": "very-hidden",
            "PRYIMALNIA_DATABASE_URL": "postgresql://me:very-hidden@host/name",
            "PRYIMALNIA_REDIS_URL": "redis://:very-hidden@host",
        },
        tmp_path / ".env",
    )
    assert "very-hidden" not in repr(settings)


@pytest.mark.parametrize("name", ["PRYIMALNIA_DATABASE_URL", "PRYIMALNIA_REDIS_URL"])
def test_a_password_that_breaks_the_address_is_told_and_not_shown(tmp_path: Path, name: str) -> None:
    scheme = "redis" if "REDIS" in name else "postgresql"
    with pytest.raises(SettingsError) as refused:
        load({name: f"{scheme}://me:very/hidden@host/name"}, tmp_path / ".env")
    assert str(refused.value).startswith(
        f"{name}: has a port that is no number; in a password write / as %2F"
    )
    assert "hidden" not in str(refused.value)


SECRETS = {
    "PRYIMALNIA_SECRET": "a secret",
    "PRYIMALNIA_DATABASE_URL": "postgresql+asyncpg://me:p@host/name",
    "PRYIMALNIA_REDIS_URL": "redis://host:6379/0",
    "TELEGRAM_TOKEN": "1:abc",
    "VIBER_TOKEN": "v",
    "MESSENGER_APP_SECRET": "m",
}


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_secrets_may_stand_in_files(tmp_path: Path, ending: str) -> None:
    environment = {"TELEGRAM_SECRET_FILE": ""}
    for name, secret in SECRETS.items():
        (tmp_path / name).write_text(secret + ending, newline="")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    settings = load(environment, tmp_path / ".env")
    assert (settings.secret, settings.database_url, settings.redis_url) == tuple(SECRETS.values())[:3]
    vendors = {name: value for name, value in settings.vendors.items() if not name.startswith("PRYIMALNIA_")}
    assert vendors == dict(list(SECRETS.items())[3:])


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "can't be read (No such file or directory); mend the path or the rights"),
        (b"", "is empty; put the value into it"),
        (b" \n", "is empty; put the value into it"),
        (b"very-hidden\nvery-hidden", "has more than one line; put the value alone into it"),
        (b"very-hidden\xff", "is not text; put the value alone into it"),
    ],
)
def test_a_file_that_holds_no_secret_is_one_line(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        load({f"{name}_FILE": str(path)}, tmp_path / ".env")
    assert refused.value.lines == (f"{name}_FILE: the file {path} {says}",)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_and_its_file_are_not_both_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("very-hidden")
    (tmp_path / ".env").write_text(f"{name}=very-hidden\n")
    with pytest.raises(SettingsError) as refused:
        load({f"{name}_FILE": str(tmp_path / "file")}, tmp_path / ".env")
    assert f"{name} and {name}_FILE are both set; remove one of them" in refused.value.lines
    assert "very-hidden" not in str(refused.value)


def test_other_programs_files_are_left_alone(tmp_path: Path) -> None:
    settings = load({"SSL_CERT_FILE": "/nowhere"}, tmp_path / ".env")
    assert settings.vendors["SSL_CERT_FILE"] == "/nowhere"
    with pytest.raises(SettingsError, match="PRYIMALNIA_PORT_FILE in the environment is not a setting"):
        load({"PRYIMALNIA_PORT_FILE": "/nowhere"}, tmp_path / ".env")


def test_every_setting_is_in_the_example() -> None:
    example = Path(__file__).parents[2].joinpath(".env.example").read_text()
    from bots.app.settings import PREFIX, Settings

    for name in Settings.model_fields.keys() - {"vendors"}:
        assert f"#{PREFIX}{name.upper()}=" in example
