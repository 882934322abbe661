"""Registers that are asked instead of papers: what one must be able to do, and one that is a department's database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, cast, get_args

from sqlalchemy import text

from handover.outside import OutsideDatabase, SourceFault, described

Found = Literal["found", "not_found", "unknown"]


@dataclass(frozen=True)
class Register:
    """One register: how it is called, the papers it stands for, and what names a person in it, the least there is.

    `pattern` is what such a name looks like, whole.
    """

    id: str
    title: str
    documents: tuple[str, ...]
    subject: str
    pattern: str

    def named(self, typed: str) -> str | None:
        """What names a person, as it was typed, without needless spaces; None where it can't be one."""
        plain = " ".join(typed.split())
        return plain if re.fullmatch(self.pattern, plain) else None


@dataclass(frozen=True)
class Answer:
    """What a register says, and as of when it knows it; None where it does not tell."""

    outcome: Found
    as_of: datetime | None = None


class RegisterSource(Protocol):
    """Registers that can be asked whether somebody stands in them."""

    @property
    def registers(self) -> tuple[Register, ...]: ...

    async def check(self, register: Register, subject: str) -> Answer:
        """Whether the person stands in the register. Raises SourceAway."""
        ...

    async def close(self) -> None:
        """Give back what is held."""
        ...


class SqlRegisters:
    """Registers in an SQL database, each asked by a query with `:subject` in it.

    A row is «found»; its column `answer`, where it has one, may say otherwise, and `as_of` as of when.
    """

    def __init__(self, database: OutsideDatabase, registers: Mapping[Register, str]) -> None:
        self._database = database
        self._queries = dict(registers)

    @property
    def registers(self) -> tuple[Register, ...]:
        return tuple(self._queries)

    async def check(self, register: Register, subject: str) -> Answer:
        rows = await self._database.rows(text(self._queries[register]), {"subject": subject})
        if not rows:
            return Answer("not_found")
        said, as_of = rows[0].get("answer", "found"), rows[0].get("as_of")
        outcome = cast("Found", said) if said in get_args(Found) else "unknown"
        if not isinstance(as_of, datetime):
            return Answer(outcome)
        return Answer(outcome, as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC))

    async def close(self) -> None:
        await self._database.close()


def sql_registers(url: str, path: Path) -> SqlRegisters:
    """The registers of an address and a description (docs/add-a-register.md). Raises SourceFault."""
    return SqlRegisters(OutsideDatabase(url), sql_queries(described(path), path))


def sql_queries(read: Mapping[str, Any], path: Path) -> dict[Register, str]:
    """The checked description: each register with its query. Raises SourceFault with what to mend."""
    queries: dict[Register, str] = {}
    taken: dict[str, str] = {}
    for name, one in read.items():
        if not isinstance(one, dict):
            raise SourceFault(
                f"{path}: {name} has no fields; it needs title, documents, subject, pattern, query"
            )
        missing = [
            field for field in ("title", "documents", "subject", "pattern", "query") if not one.get(field)
        ]
        if missing:
            raise SourceFault(f"{path}: {name} lacks {missing[0]!r}")
        documents = one["documents"]
        if not isinstance(documents, list) or not all(isinstance(each, str) for each in documents):
            raise SourceFault(f"{path}: {name}: `documents` must be a list of papers' ids")
        for document in documents:
            if document in taken:
                raise SourceFault(f"{path}: {document} stands in {taken[document]} and in {name}; leave one")
            taken[document] = str(name)
        try:
            re.compile(str(one["pattern"]))
        except re.error:
            raise SourceFault(f"{path}: {name}: `pattern` is no regular expression") from None
        if ":subject" not in str(one["query"]):
            raise SourceFault(f"{path}: {name}: `query` has no :subject")
        register = Register(
            str(name)[:64],
            str(one["title"])[:200],
            tuple(documents),
            str(one["subject"])[:120],
            str(one["pattern"]),
        )
        queries[register] = str(one["query"]).strip().rstrip(";")
    return queries
