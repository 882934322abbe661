"""Signs that a message was seen and is being answered: shown at once, beside everything else, and never missed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conversations.channel import Channel, SendError, ShowsSigns, Sign
from conversations.messages import ChannelEvent, ConversationRef, IncomingMessage

PATIENCE = 5.0
"""Seconds; a sign that comes later than the answer is worth nothing."""

AT_ONCE = 50
"""Signs on their way; beyond them messages are answered without."""

A_SECOND = 10
"""Signs begun within a second. Vendors count them with the messages they let us send, and answers go first."""


@dataclass
class Signs:
    """Shows each channel's signs for what has just arrived."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _begun: deque[float] = field(default_factory=lambda: deque(maxlen=A_SECOND))

    def show(self, events: Iterable[ChannelEvent]) -> None:
        """Begin to show the signs of the channels that have them, once a person; returns at once."""
        for ref in dict.fromkeys(event.ref for event in events if isinstance(event, IncomingMessage)):
            channel = self.channels.get(ref.channel)
            if not isinstance(channel, ShowsSigns) or not channel.capabilities.signs:
                continue
            if len(self._tasks) < AT_ONCE and self._may_begin():
                task = asyncio.create_task(_show(channel, ref, channel.capabilities.signs))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _may_begin(self) -> bool:
        now = asyncio.get_running_loop().time()
        if len(self._begun) == A_SECOND and now - self._begun[0] < 1:
            return False
        self._begun.append(now)
        return True

    async def close(self) -> None:
        """Give up what is still on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _show(channel: ShowsSigns, ref: ConversationRef, signs: Iterable[Sign]) -> None:
    with contextlib.suppress(SendError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            for sign in signs:
                await channel.show(ref, sign)
