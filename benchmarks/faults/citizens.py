"""The load: citizens who write through their messengers, and the vendors, who bring each webhook until it got a 200."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp

from benchmarks.faults.ledger import Written
from benchmarks.faults.messengers import MESSENGERS, Ask, Messenger, Webhook
from benchmarks.faults.stage import COMMUNITY

PATIENCE = 10.0
"""Seconds a vendor waits for our answer to a webhook."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds until a vendor brings a webhook again."""

TOGETHER = 4
"""Messages of one citizen that are on their way at once where webhooks are shuffled."""

THRICE = 3

OPENER = Ask("m:menu")
"""What everybody says first: the first word is answered with a welcome besides."""

Answers = Mapping[Ask, tuple[str, ...]]
"""What each thing a citizen may say is answered with on a calm day."""


@dataclass
class Citizen:
    """One citizen in one messenger, and what they are still going to say. `shuffled`: the vendor keeps no order."""

    messenger: Messenger
    person: int
    script: list[Ask]
    answers: Answers
    shuffled: bool = False
    written: list[Written] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.messenger.address(self.person)

    def write(self) -> tuple[Webhook, Written]:
        """The next message, on its way from now."""
        ask = self.script.pop(0)
        webhook = self.messenger.written(self.person, len(self.written) + 1, ask)
        one = Written(webhook.key, self.answers[ask], time.monotonic())
        self.written.append(one)
        return webhook, one


class Post:
    """The vendors' side of the webhooks. `doors` are asked in turn, as behind a balancer that looks at nothing."""

    def __init__(self, doors: Sequence[str], chance: random.Random) -> None:
        self._doors = itertools.cycle(doors)
        self._chance = chance
        self._session: aiohttp.ClientSession | None = None
        self.given_up = asyncio.Event()

    async def bring(self, webhook: Webhook, written: Written | None = None) -> None:
        """Until it got a 200 or this post gave up."""
        pause = FIRST_PAUSE
        while not self.given_up.is_set():
            if await self._bring_once(webhook) == 200:
                if written is not None:
                    written.accepted += 1
                return
            if written is not None:
                written.refused += 1
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.0))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def close(self) -> None:
        """Bring nothing more."""
        self.given_up.set()
        if self._session is not None:
            await self._session.close()

    async def _bring_once(self, webhook: Webhook) -> int:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=PATIENCE)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        address = f"{next(self._doors)}/webhooks/{COMMUNITY}/{webhook.channel}"
        headers = {"Content-Type": "application/json", **webhook.headers}
        try:
            async with self._session.post(address, data=webhook.body, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0


def crowd(
    answers: Mapping[str, Answers],
    count: int,
    each: int,
    first: int,
    chance: random.Random,
    *,
    shuffled: bool = False,
) -> list[Citizen]:
    """Citizens who together write `count` messages, `each` apiece, no two of one citizen's with the same answer."""
    citizens: list[Citizen] = []
    names = itertools.cycle(MESSENGERS.values())
    while count > 0:
        messenger = next(names)
        known = answers[messenger.name]
        by_answer: dict[tuple[str, ...], list[Ask]] = {}
        for ask, answer in known.items():
            if ask == OPENER:
                continue
            by_answer.setdefault(answer, []).append(ask)
        chosen = chance.sample(sorted(by_answer), min(each - 1, max(count - 1, 1), len(by_answer)))
        script = [OPENER, *(chance.choice(by_answer[answer]) for answer in chosen)]
        citizens.append(Citizen(messenger, first + len(citizens), script, known, shuffled))
        count -= len(script)
    return citizens


async def write(
    citizens: Sequence[Citizen], post: Post, rate: float, chance: random.Random, repeats: float
) -> None:
    """All of them write all they have to say, `rate` messages a second; `repeats`: the share brought twice.

    A citizen's next message is on its way only when the one before was accepted, unless webhooks are shuffled.
    """
    idle, busy = [one for one in citizens if one.script], set[asyncio.Task[Citizen]]()
    due = time.monotonic()
    while idle or busy:
        if not idle or len(busy) > 2_000:
            done, busy = await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
            idle += [task.result() for task in done if task.result().script]
            continue
        citizen = idle.pop(chance.randrange(len(idle)))
        at_once = min(TOGETHER, len(citizen.script)) if citizen.shuffled and citizen.written else 1
        busy.add(asyncio.create_task(_say(citizen, at_once, post, chance, repeats)))
        due = max(due + at_once / rate, time.monotonic() - 1.0)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        done = {task for task in busy if task.done()}
        busy -= done
        idle += [task.result() for task in done if task.result().script]


async def _say(citizen: Citizen, at_once: int, post: Post, chance: random.Random, repeats: float) -> Citizen:
    if at_once == 1 and not citizen.shuffled:
        webhook, written = citizen.write()
        again = 2 if chance.random() < repeats else 1
        await asyncio.gather(*(post.bring(webhook, written) for _ in range(again)))
        return citizen
    brought = [citizen.write() for _ in range(at_once)] * THRICE
    chance.shuffle(brought)
    await asyncio.gather(*(_later(post, webhook, written, chance) for webhook, written in brought))
    return citizen


async def _later(post: Post, webhook: Webhook, written: Written, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0.0, 0.05))
    await post.bring(webhook, written)
