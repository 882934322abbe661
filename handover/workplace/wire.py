"""The wire: one reader of happenings for a community in a process, and everybody's pages listening to it.

Two hundred open pages ask the database for nothing: the reader numbers and reads what happened once, and each page
gets it through an ear of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from conversations.signals import Signals
from handover import happenings
from handover.happenings import Forgotten, Happening
from handover.workplace.house import WorkplaceHouse

POLL_SECONDS = 2.0
"""A lost signal, or a process that died before it could signal, costs this much."""

GATHER_SECONDS = 0.03
"""What happens within this time is told together."""

MOST_WAITING = 2000
"""Happenings an ear keeps for a page that does not read; then the page has to look at everything anew."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class News:
    """What a page is told at once: everything from number `after` (without it) to number `newest`.

    `whole`: the page has to look at everything anew. Without happenings it is a mere hint to look at the queue.
    """

    after: int
    newest: int
    conversations: frozenset[str | None] = frozenset()
    whole: bool = False

    @property
    def count(self) -> int:
        """How many happenings it tells of."""
        return self.newest - self.after


@dataclass(eq=False)
class Ear:
    """One page's place on the wire. Everything up to `heard` is told."""

    heard: int
    _waiting: list[Happening] = field(default_factory=list)
    _hinted: bool = False
    _whole: bool = False
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: Sequence[Happening]) -> None:
        """More has happened; in order, each once."""
        self._waiting += news
        if len(self._waiting) > MOST_WAITING:
            self._whole = True
        self._something.set()

    def hint(self) -> None:
        """Something may have changed that no happening tells of."""
        self._hinted = True
        self._something.set()

    def miss(self, newest: int) -> None:
        """What is between is not kept: go on from here and look at everything anew."""
        self._waiting = [Happening(newest, None)]
        self._whole = True
        self._something.set()

    async def next(self) -> News:
        """Everything since the last call; waits until there is something."""
        await self._something.wait()
        self._something.clear()
        waiting, whole = self._waiting, self._whole
        self._waiting, self._hinted, self._whole = [], False, False
        after = self.heard
        if waiting:
            self.heard = waiting[-1].number
        return News(after, self.heard, frozenset(one.conversation for one in waiting), whole)


class _Line:
    """The reader of one community."""

    def __init__(self, house: WorkplaceHouse, community: str, newest: int) -> None:
        self._house = house
        self._community = community
        self._newest = newest
        self.ears: set[Ear] = set()
        self._reader = asyncio.create_task(self._read(), name=f"wire:{community}")

    async def close(self) -> None:
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    def join(self) -> Ear:
        """From now on this ear misses nothing."""
        ear = Ear(self._newest)
        self.ears.add(ear)
        return ear

    async def _read(self) -> None:
        async with self._signals.subscribe(f"queue:{self._community}") as signals:
            signalled = asyncio.ensure_future(anext(signals))
            try:
                while True:
                    done, _ = await asyncio.wait({signalled}, timeout=POLL_SECONDS)
                    if done:
                        signalled = asyncio.ensure_future(anext(signals))
                    try:
                        told = await self._round()
                    except (SQLAlchemyError, OSError) as away:
                        _log.warning("the wire can't read what happened: %s", type(away).__name__)
                        continue
                    if done and not told:
                        for ear in self.ears:
                            ear.hint()
                    await asyncio.sleep(GATHER_SECONDS)
            finally:
                signalled.cancel()

    @property
    def _signals(self) -> Signals:
        return self._house.signals

    async def _round(self) -> bool:
        """Number, read and tell; returns whether anything was told."""
        database, community = self._house.database, self._community
        async with database.read() as db:
            due = await happenings.unnumbered(db, community)
        if due:
            async with database.write() as db:
                await happenings.number(db, community)
        async with database.read() as db:
            newest = await happenings.newest(db, community)
            if newest == self._newest:
                return False
            try:
                news = await happenings.since(db, community, self._newest, newest)
            except Forgotten:
                news = None
        self._newest = newest
        for ear in self.ears:
            if news is None:
                ear.miss(newest)
            else:
                ear.tell(news)
        return True


class Wire:
    """All communities' readers of this process; each lives as long as somebody listens."""

    def __init__(self, house: WorkplaceHouse) -> None:
        self._house = house
        self._lines: dict[str, _Line] = {}
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def listen(self, community: str, after: int | None) -> AsyncGenerator[tuple[News, Ear]]:
        """An ear, and what its page missed since number `after`; None where the page is new and shows everything."""
        line = await self._line(community)
        ear = line.join()
        try:
            yield await self._missed(community, after, ear.heard), ear
        finally:
            line.ears.discard(ear)
            if not line.ears and self._lines.get(community) is line:
                del self._lines[community]
                await line.close()

    async def _line(self, community: str) -> _Line:
        async with self._opening:
            if community not in self._lines:
                async with self._house.database.read() as db:
                    newest = await happenings.newest(db, community)
                self._lines[community] = _Line(self._house, community, newest)
            return self._lines[community]

    async def _missed(self, community: str, after: int | None, until: int) -> News:
        if after is None:
            return News(until, until, whole=True)
        async with self._house.database.read() as db:
            try:
                missed = await happenings.since(db, community, after, until)
            except Forgotten:
                return News(until, until, whole=True)
        return News(after, until, frozenset(one.conversation for one in missed))
