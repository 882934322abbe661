"""The understanding ripens: a reception begins by words alone, and reads by meaning once that is built.

The build takes minutes of a processor the first time, so another process does it, at the lowest priority; of
several processes of one reception one builds and the others wait for what it makes.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bots.app import knowledge
from bots.app.settings import Settings
from bots.turns.faults import described
from bots.turns.minds import Minds

log = logging.getLogger(__name__)

LOOKS_EVERY = 10.0
"""Seconds between looks whether another process has finished the build."""
LOCK = "building.lock"
GENTLE = 15


@asynccontextmanager
async def ripening(settings: Settings, minds: Minds) -> AsyncIterator[None]:
    """While inside, the mind is replaced by a whole one as soon as there is one. What fails there stops nothing."""
    task = asyncio.create_task(_tried(settings, minds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tried(settings: Settings, minds: Minds) -> None:
    try:
        await _ripen(settings, minds)
    except Exception as fault:  # the reception goes on by words, whatever it was
        log.error("messages stay understood by their words alone: %s", described(fault))


async def _ripen(settings: Settings, minds: Minds) -> None:
    if await asyncio.to_thread(knowledge.is_whole, settings):
        return
    while not await _built(settings):  # noqa: ASYNC110  # another process's build sets no event of ours
        await asyncio.sleep(LOOKS_EVERY)
    if await asyncio.to_thread(knowledge.is_whole, settings):
        minds.replace(settings.community, await asyncio.to_thread(knowledge.ready, settings))
        log.info("messages are now understood by their meaning too")


async def _built(settings: Settings) -> bool:
    """Whether the build is over: made here, or by another process meanwhile. A build that fails is not tried again."""
    if await asyncio.to_thread(knowledge.is_whole, settings):
        return True
    path = knowledge.folder(settings) / LOCK
    with path.open("w") as lock:  # an empty file of our own: nothing to wait for
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        builder = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bots", "knowledge", "build", "--whole"),
            stdout=asyncio.subprocess.DEVNULL,
            env={**os.environ, **_environment(settings)},
        )
        try:
            with suppress(ProcessLookupError):  # it may have ended already
                os.setpriority(os.PRIO_PROCESS, builder.pid, GENTLE)
            if await builder.wait():
                log.error(
                    "the understanding could not be built whole; messages are read by their words alone"
                )
        finally:
            if builder.returncode is None:
                builder.kill()
                await builder.wait()
    return True


def _environment(settings: Settings) -> dict[str, str]:
    """What the builder must know of the settings, wherever they were read from."""
    return {
        "PRYIMALNIA_FOLDER": str(settings.folder.resolve()),
        "PRYIMALNIA_CONTENT": str(settings.content.resolve()),
        "PRYIMALNIA_COMMUNITY": settings.community,
    }
