"""Other departments' databases, read and never written: asked with a time limit, and away without harm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Executable, RowMapping
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

PATIENCE = 20.0
"""Seconds a query may take."""

DRIVERS = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}


class SourceAway(Exception):
    """The other database gave no answer, or not the one that was described. Names the kind of fault, never a value."""


class SourceFault(Exception):
    """The address or the description of a source is wrong. One line that names what to mend, never a password."""


class OutsideDatabase:
    """One database of somebody else. Connects for each question, so that nothing is held there meanwhile."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """Raises SourceFault for an address that can't be read."""
        try:
            address = make_url(url)
        except ArgumentError:
            raise SourceFault("the address of the register can't be read as a URL") from None
        driver = DRIVERS.get(address.drivername, address.drivername)
        try:
            self._engine: AsyncEngine = create_async_engine(
                address.set(drivername=driver), poolclass=NullPool, hide_parameters=True
            )
        except (ImportError, SQLAlchemyError):
            raise SourceFault(
                f"there is no asynchronous driver for {address.drivername}; install one and name it in the address"
            ) from None
        self._patience = patience

    async def rows(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Sequence[RowMapping]:
        """Everything that a query gives. Raises SourceAway."""
        async with self._asking() as db:
            return (await db.execute(statement, dict(values or {}))).mappings().all()

    async def close(self) -> None:
        """Nothing is open between questions; what the engine keeps is given back."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with asyncio.timeout(self._patience), self._engine.connect() as db:
                if db.dialect.name == "postgresql":
                    await db.exec_driver_sql("SET TRANSACTION READ ONLY")
                yield db
                await db.rollback()
        except (SQLAlchemyError, OSError) as fault:  # a time-out is an OSError
            reason = getattr(fault, "orig", None) or fault
            raise SourceAway(type(reason).__name__) from None


def described(path: Path) -> dict[str, Any]:
    """The YAML description of a source. Raises SourceFault."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise SourceFault(f"{path} can't be read ({fault.strerror}); mend the path or the rights") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SourceFault(f"{path} is no YAML; see docs/add-a-register.md") from None
    if not isinstance(read, dict):
        raise SourceFault(f"{path} is no YAML with names and values; see docs/add-a-register.md")
    return read
