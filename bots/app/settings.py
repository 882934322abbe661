"""What can be set, read from the environment and `.env`, and checked before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from rapidfuzz import process

from knowledge_base.checks import CONTENT

PREFIX = "PRYIMALNIA_"


class SettingsError(Exception):
    """A setting is unknown or wrong. The message is one line: the name, what is wrong, and the mend."""


class Settings(BaseModel):
    """All settings. Each is the environment variable PRYIMALNIA_<NAME> in capitals.

    `vendors` are the variables without that prefix, out of which each channel reads its own (TELEGRAM_TOKEN, …).
    `folder` holds everything a reception keeps when nothing else is said: the database, files people sent, the
    built knowledge and the signing secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    folder: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    community: str = "zrazkova"
    content: Path = CONTENT
    public_url: str = ""
    secret: str = Field(default="", repr=False)
    answer_minutes: int = Field(default=30, ge=1, le=480)
    file_limit_megabytes: int = Field(default=10, ge=1, le=50)
    log_level: str = "INFO"
    vendors: Mapping[str, str] = Field(default_factory=dict, repr=False)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        for scheme, driver in (
            ("postgresql://", "postgresql+asyncpg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if value.startswith(scheme):
                return driver + value.removeprefix(scheme)
        if value and not value.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
            raise ValueError("must start with sqlite:// or postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

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


def load(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Settings from `.env` overlaid by the environment. Raises SettingsError naming the variable and the mend."""
    given = os.environ if environment is None else environment
    from_file = (
        {name: value or "" for name, value in dotenv_values(env_file).items()} if env_file.is_file() else {}
    )
    values: dict[str, Any] = {"vendors": {**from_file, **given}}
    for place, source in ((str(env_file), from_file), ("the environment", given)):
        for name, value in source.items():
            if not name.startswith(PREFIX):
                continue
            field = name.removeprefix(PREFIX).lower()
            if field not in Settings.model_fields or field == "vendors":
                raise SettingsError(f"{name} in {place} is not a setting; {_nearest(field)}")
            if value != "":
                values[field] = value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(
            f"{name}: {first['msg'].removeprefix('Value error, ')}; mend it or remove it"
        ) from None


def _nearest(field: str) -> str:
    known = [name for name in Settings.model_fields if name != "vendors"]
    match = process.extractOne(field, known, score_cutoff=60)
    if match:
        return f"did you mean {PREFIX}{match[0].upper()}?"
    return "the settings are listed in .env.example"
