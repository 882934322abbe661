"""That a person is typing: told to whoever looks at their conversation now, kept nowhere, lost without harm.

A signal says only «look again», and all topics are woken where something may have been missed. Typing can't be looked
up, so a topic that nobody ever publishes stands beside it: where both are woken, nobody typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from conversations.signals import Signals

TOGETHER = 0.05
"""Seconds within which topics that were woken all at once are heard."""


def typing_topic(conversation_id: str) -> str:
    """Published while the person types."""
    return f"typing:{conversation_id}"


async def typing_in(signals: Signals, conversation_id: str) -> AsyncGenerator[None]:
    """Yields each time the person in this conversation is heard typing; never ends by itself."""
    topic, nobodys = typing_topic(conversation_id), f"not-{typing_topic(conversation_id)}"
    async with signals.subscribe(topic, nobodys) as hints:
        while True:
            heard = {await anext(hints)}
            try:
                async with asyncio.timeout(TOGETHER):
                    while len(heard) < 2:
                        heard.add(await anext(hints))
            except TimeoutError:
                pass
            if nobodys not in heard:
                yield
