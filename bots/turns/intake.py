"""Intake: what many requests bring is stored in groups, one transaction for all that came within two milliseconds.

A request is answered only once its group is committed. What waits to be stored is bounded: beyond it a request is
turned away before memory grows, and its sender comes again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from bots.turns.measures import Measures
from bots.turns.topics import THINK
from conversations import inbox
from conversations.database import Database, is_away
from conversations.messages import ChannelEvent
from conversations.signals import Signals

GATHERS = 0.002
"""Seconds a group waits for company; while one is being committed the next gathers anyway."""

GROUP = 500
"""Events of one transaction."""

ROOM = 5_000
"""Events that may wait to be stored; some tens of megabytes at the most."""


class Overloaded(Exception):
    """More is coming in than can be stored; nothing of this request was."""


@dataclass
class _Waiting:
    events: Sequence[ChannelEvent]
    now: datetime
    stored: asyncio.Future[None]


@dataclass(frozen=True)
class _Inbox:
    """Where groups go, and who is told."""

    database: Database
    signals: Signals
    measures: Measures

    async def store(self, group: Sequence[_Waiting]) -> None:
        """Store a group, answer those who wait, wake the thinking."""
        began = perf_counter()
        events = [event for one in group for event in one.events]
        async with self.database.write() as db:
            accepted = await inbox.accept(db, events, group[-1].now)
        for one in group:
            if not one.stored.done():
                one.stored.set_result(None)
        await self.signals.publish(THINK)
        self.measures.batch("accept", len(events), perf_counter() - began)
        for channel, (new, repeats) in accepted.by_channel.items():
            self.measures.accepted(channel, new, repeats)

    async def store_each(self, group: Sequence[_Waiting]) -> None:
        """One of them is at fault; the others must not be refused with it."""
        for one in group:
            try:
                await self.store([one])
            except Exception as fault:
                _refuse([one], fault)


@dataclass
class Intake:
    """The queue of one process before the inbox."""

    _waiting: deque[_Waiting] = field(default_factory=deque)
    _room: int = ROOM
    _storing: asyncio.Task[None] | None = None

    async def store(
        self,
        database: Database,
        signals: Signals,
        measures: Measures,
        events: Sequence[ChannelEvent],
        now: datetime,
    ) -> None:
        """Returns once these events are committed. Raises Overloaded, and whatever the database raised."""
        if len(events) > self._room:
            raise Overloaded
        one = _Waiting(events, now, asyncio.get_running_loop().create_future())
        self._room -= len(events)
        self._waiting.append(one)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(
                self._store_all(_Inbox(database, signals, measures)), name="intake"
            )
        try:
            await one.stored
        finally:
            self._room += len(events)

    async def _store_all(self, into: _Inbox) -> None:
        while self._waiting:
            await asyncio.sleep(GATHERS)
            group = self._next_group()
            try:
                await into.store(group)
            except Exception as fault:
                if is_away(fault) or len(group) == 1:
                    _refuse(group, fault)
                else:
                    await into.store_each(group)

    def _next_group(self) -> list[_Waiting]:
        """The head of the queue. Who no longer waits for the answer is stored too: nothing that came is thrown away."""
        group: list[_Waiting] = []
        size = 0
        while self._waiting and (not group or size + len(self._waiting[0].events) <= GROUP):
            one = self._waiting.popleft()
            size += len(one.events)
            group.append(one)
        return group


def _refuse(group: Sequence[_Waiting], fault: Exception) -> None:
    for one in group:
        if not one.stored.done():
            one.stored.set_exception(fault)
