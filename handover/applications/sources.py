"""The department's own register of applications as a source: what it must be able to do, and one that is a database.

A source gives what has changed since a place in it, page by page, in an order in which nothing new comes before what
was read. The rows are cells by column, as those of a file, and are checked the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import text

from handover.applications.parsing import COLUMNS, NEEDED
from handover.applications.record import State
from handover.outside import OutsideDatabase, SourceFault, described

Cells = Mapping[str, object]
Cursor = dict[str, Any]
"""A place in a source, as JSON."""


@dataclass(frozen=True)
class Page:
    """Some rows that changed, the place after them, and whether there may be more."""

    rows: Sequence[Cells]
    cursor: Cursor | None
    more: bool


class ApplicationsSource(Protocol):
    """A register of applications that can be asked what has changed."""

    @property
    def states(self) -> Mapping[str, State]:
        """The register's own words for states, in small letters."""
        ...

    async def changed_since(self, cursor: Cursor | None, limit: int, *, first: bool = True) -> Page:
        """What changed after a place, from the beginning for None. Raises SourceAway.

        `first`: the first page of a round. The same row may come again; a row that changed may not be left out.
        """
        ...

    async def close(self) -> None:
        """Give back what is held."""
        ...


@dataclass(frozen=True)
class SqlMapping:
    """How a database tells of applications: a query, its column by ours, and the column that only grows.

    `overlap`: how far back each round looks, for what was committed late.
    """

    query: str
    columns: Mapping[str, str]
    changed: str
    states: Mapping[str, State]
    overlap: timedelta = timedelta(minutes=10)


class SqlApplications:
    """A register in an SQL database, read by a query that names its columns."""

    def __init__(self, database: OutsideDatabase, mapping: SqlMapping) -> None:
        self._database = database
        self._mapping = mapping

    @property
    def states(self) -> Mapping[str, State]:
        return self._mapping.states

    async def changed_since(self, cursor: Cursor | None, limit: int, *, first: bool = True) -> Page:
        """Rows after the place, oldest change first; those of one moment by their numbers."""
        of = self._mapping
        number, changed = of.columns["number"], of.changed
        where, values = "", dict[str, object](most=limit)
        moment = _moment(cursor["changed"]) if cursor else None
        if moment is not None and cursor is not None:
            if first and isinstance(moment, datetime):
                where = f"WHERE {changed} >= :moment"
                values["moment"] = moment - of.overlap
            else:
                where = f"WHERE {changed} > :moment OR ({changed} = :moment AND {number} > :number)"
                values |= {"moment": moment, "number": cursor["number"]}
        statement = text(
            f"SELECT * FROM ({of.query}) AS register {where} ORDER BY {changed}, {number} LIMIT :most"  # noqa: S608  # names of the description, not of a stranger
        )
        rows = await self._database.rows(statement, values)
        cells = [{ours: row[theirs] for ours, theirs in of.columns.items()} for row in rows]
        after = {"changed": _kept(rows[-1][changed]), "number": rows[-1][number]} if rows else cursor
        return Page(cells, after, len(rows) == limit)

    async def close(self) -> None:
        await self._database.close()


def sql_source(url: str, path: Path) -> SqlApplications:
    """The source of an address and a description (docs/add-a-register.md). Raises SourceFault."""
    return SqlApplications(OutsideDatabase(url), sql_mapping(described(path), path))


def sql_mapping(read: Mapping[str, Any], path: Path) -> SqlMapping:
    """The checked description. Raises SourceFault with the name of what to mend."""
    columns, query, changed = read.get("columns"), read.get("query"), read.get("changed")
    if not isinstance(query, str) or not query.strip():
        raise SourceFault(f"{path}: `query` is missing; write a SELECT or a view to read")
    if not isinstance(columns, dict) or not all(_is_name(one) for one in columns.values()):
        raise SourceFault(f"{path}: `columns` must name a column of the query for each of ours")
    if unknown := [str(one) for one in columns if one not in COLUMNS]:
        raise SourceFault(f"{path}: `columns` has {unknown[0]!r}, which is none of {', '.join(COLUMNS)}")
    if missing := [one for one in NEEDED if one not in columns]:
        raise SourceFault(f"{path}: `columns` lacks {missing[0]!r}")
    if not _is_name(changed):
        raise SourceFault(f"{path}: `changed` must name the column that grows with every change")
    words = read.get("states") or {}
    try:
        states = {str(word).lower(): State(state) for word, state in dict(words).items()}
    except (TypeError, ValueError):
        raise SourceFault(f"{path}: `states` must give each word one of {', '.join(State)}") from None
    minutes = read.get("overlap_minutes", 10)
    if not isinstance(minutes, int) or not 0 <= minutes <= 1440:
        raise SourceFault(f"{path}: `overlap_minutes` must be a whole number up to 1440")
    looked_at = query.strip().rstrip(";")
    if " " not in looked_at:
        looked_at = f"SELECT * FROM {looked_at}"  # noqa: S608  # a view's name out of the description
    return SqlMapping(looked_at, dict(columns), str(changed), states, timedelta(minutes=minutes))


def _is_name(value: object) -> bool:
    """Whether it can stand in a query as a column's name."""
    return isinstance(value, str) and value.replace("_", "a").isidentifier()


def _kept(moment: object) -> dict[str, object]:
    """A place as JSON: a moment, a day, or a number that grows."""
    if isinstance(moment, datetime):
        return {"moment": moment.isoformat()}
    if isinstance(moment, date):
        return {"day": moment.isoformat()}
    return {"value": moment}


def _moment(kept: Mapping[str, Any]) -> object:
    if "moment" in kept:
        return datetime.fromisoformat(kept["moment"])
    return date.fromisoformat(kept["day"]) if "day" in kept else kept["value"]
