"""What can be set, read from the environment and `.env`, and checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from rapidfuzz import process

from bots.app.messengers import MESSENGERS
from bots.app.messengers import faults as messenger_faults
from knowledge_base.checks import CONTENT

PREFIX = "PRYIMALNIA_"

SHORTEST_TOKEN = 16
"""Characters of a token somebody could try to guess."""


FROM_FILES = ("secret", "database_url", "redis_url", "metrics_token", "applications_url", "registers_url")
"""Settings that may also stand in a file, named by PRYIMALNIA_<NAME>_FILE; so may every setting of a messenger."""

_IN_FILE = "_FILE"
_LONGEST_FILE = 10_000


class SettingsError(Exception):
    """Settings are unknown or wrong. `lines`: one for each, with its name, what is wrong, and the mend."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseModel):
    """All settings. Each is the environment variable PRYIMALNIA_<NAME> in capitals.

    What begins with `keep_` is the retention policy: after how many days something goes, 0 for never (docs/keeping.md).
    `applications_…` and `registers_…` are the department's own registers (docs/add-a-register.md).
    `vendors` are the variables without that prefix, out of which each channel reads its own (TELEGRAM_TOKEN, …).
    `folder` holds everything a reception keeps when nothing else is said: the database, files people sent, the
    built knowledge and the signing secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    folder: Path = Path("var")
    database_url: str = Field(default="", repr=False)
    redis_url: str = Field(default="", repr=False)
    community: str = "zrazkova"
    content: Path = CONTENT
    public_url: str = ""
    secret: str = Field(default="", repr=False)
    meaning: bool = True
    answer_minutes: int = Field(default=30, ge=1, le=480)
    follow_up_days: int = Field(default=7, ge=0, le=365)
    away_minutes: int = Field(default=10, ge=2, le=240)
    conversations_at_once: int = Field(default=8, ge=1, le=100)
    file_limit_megabytes: int = Field(default=10, ge=1, le=50)
    log_level: str = "INFO"
    log_format: str = "auto"
    worker_port: int = Field(default=0, ge=0, le=65535)
    metrics_token: str = Field(default="", repr=False)
    applications_url: str = Field(default="", repr=False)
    applications_map: Path | None = None
    applications_minutes: int = Field(default=10, ge=1, le=1440)
    registers_url: str = Field(default="", repr=False)
    registers_map: Path | None = None
    keep_words_days: int = Field(default=365, ge=0)
    keep_files_days: int = Field(default=180, ge=0)
    keep_questions_days: int = Field(default=365, ge=0)
    keep_payloads_days: int = Field(default=30, ge=0)
    keep_events_days: int = Field(default=30, ge=0)
    keep_rejected_days: int = Field(default=90, ge=0)
    keep_unreadable_days: int = Field(default=30, ge=0)
    keep_sessions_days: int = Field(default=30, ge=0)
    keep_readings_days: int = Field(default=1095, ge=0)
    keep_actions_days: int = Field(default=1825, ge=0)
    vendors: Mapping[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        for scheme, driver in (
            ("postgresql://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if value.startswith(scheme):
                value = driver + value.removeprefix(scheme)
        if value and not value.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
            raise ValueError("must start with sqlite:// or postgresql://")
        return _with_port(value)

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return _with_port(value)

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        if value and not urlsplit(value).hostname:
            raise ValueError("names no host; write https://host")
        return _with_port(value).rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in {"json", "text", "auto"}:
            raise ValueError("must be json, text or auto")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < SHORTEST_TOKEN:
            raise ValueError(f"must have at least {SHORTEST_TOKEN} characters")
        return value

    @model_validator(mode="after")
    def _register_with_its_map(self) -> Settings:
        for name in ("applications", "registers"):
            if bool(getattr(self, f"{name}_url")) != bool(getattr(self, f"{name}_map")):
                raise ValueError(
                    f"{PREFIX}{name.upper()}_URL and {PREFIX}{name.upper()}_MAP go together; set both or none"
                )
        return self

    @property
    def database(self) -> str:
        """The database's address: the one that was set, else an SQLite file in the folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.folder.resolve() / 'pryimalnia.sqlite3'}"

    @property
    def address(self) -> str:
        """Where people reach us."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Cookies are for HTTPS only as soon as the public address is."""
        return self.public_url.startswith("https://")


def _with_port(address: str) -> str:
    """An address whose port, where it has one, is a number. A password with a slash or a hash makes it none."""
    try:
        urlsplit(address).port  # noqa: B018  # reading it is the check
    except ValueError:
        raise ValueError(
            "has a port that is no number; in a password write / as %2F, # as %23, ? as %3F, @ as %40"
        ) from None
    return address


def load(
    environment: Mapping[str, str] | None = None, env_file: Path = Path(".env"), *, messengers: bool = False
) -> Settings:
    """Settings from `.env` overlaid by the environment; with `messengers` each one's own settings are checked too.

    Raises SettingsError with a line for every fault there is.
    """
    given = os.environ if environment is None else environment
    from_file = (
        {name: value or "" for name, value in dotenv_values(env_file).items()} if env_file.is_file() else {}
    )
    set_, faults = _with_files({**from_file, **given})
    values: dict[str, Any] = {"vendors": set_}
    for name, value in set_.items():
        if not name.startswith(PREFIX):
            continue
        field = name.removeprefix(PREFIX).lower()
        if field not in Settings.model_fields or field == "vendors":
            place = "the environment" if name in given else str(env_file)
            faults.append(f"{name} in {place} is not a setting; {_nearest(name)}")
        elif value != "":
            values[field] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            said = fault["msg"].removeprefix("Value error, ")
            place = f"{PREFIX}{str(fault['loc'][0]).upper()}: " if fault["loc"] else ""
            faults.append(f"{place}{said}; mend it or remove it" if place else said)
    if messengers:
        faults += messenger_faults(set_)
    if faults:
        raise SettingsError(*faults)
    return settings


def _with_files(named: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The same, with what stands in files in the place of the files' names, and what is wrong with these."""
    set_, faults = dict(named), []
    for name, path in named.items():
        setting = name.removesuffix(_IN_FILE)
        if setting == name or not _may_be_in_file(setting):
            continue
        del set_[name]
        if path == "":
            continue
        if named.get(setting):
            faults.append(f"{setting} and {name} are both set; remove one of them")
            continue
        try:
            set_[setting] = _line_of(Path(path))
        except ValueError as fault:
            faults.append(f"{name}: the file {path} {fault}")
    return set_, faults


def _may_be_in_file(setting: str) -> bool:
    if setting.startswith(PREFIX):
        return setting.removeprefix(PREFIX).lower() in FROM_FILES
    return setting.startswith(tuple(f"{name.upper()}_" for name in MESSENGERS))


def _line_of(path: Path) -> str:
    """The one line of a file. Raises ValueError that says what is wrong with it, never what is in it."""
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_FILE)
        line = content.decode("utf-8-sig").strip()
    except OSError as fault:
        raise ValueError(f"can't be read ({fault.strerror}); mend the path or the rights") from None
    except UnicodeDecodeError:
        raise ValueError("is not text; put the value alone into it") from None
    if not line:
        raise ValueError("is empty; put the value into it")
    if len(line.splitlines()) > 1:
        raise ValueError("has more than one line; put the value alone into it")
    return line


def _nearest(name: str) -> str:
    known = [PREFIX + field.upper() for field in Settings.model_fields if field != "vendors"]
    known += [f"{PREFIX}{field.upper()}{_IN_FILE}" for field in FROM_FILES]
    field = name.removeprefix(PREFIX)
    match = process.extractOne(field, [one.removeprefix(PREFIX) for one in known], score_cutoff=60)
    return f"did you mean {PREFIX}{match[0]}?" if match else "the settings are listed in .env.example"
