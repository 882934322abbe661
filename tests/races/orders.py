"""Whether what came out of a race could also have come out of the same deeds done one after another."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

State = TypeVar("State", bound=Hashable)
Deed = TypeVar("Deed")

PAUSE = 0.0005
"""Seconds; about as long as a statement takes, so that a racer may come in between those of another."""


@dataclass(frozen=True)
class Done(Generic[Deed]):
    """A deed and its outcome; begun and ended by the one watch of its race."""

    deed: Deed
    outcome: object
    begun: int
    ended: int


@dataclass
class Watch:
    """Notes when each deed of a race began and ended."""

    ticks: itertools.count[int] = field(default_factory=itertools.count)

    async def chain(
        self, pause: int, deeds: Sequence[Deed], do: Callable[[Deed], Awaitable[tuple[Deed, object]]]
    ) -> list[Done[Deed]]:
        """One racer's deeds, one after another. `do` gives back the deed as it was done, and its outcome."""
        done = []
        await asyncio.sleep(pause * PAUSE)
        for deed in deeds:
            begun = next(self.ticks)
            really, outcome = await do(deed)
            done.append(Done(really, outcome, begun, next(self.ticks)))
        return done


def ends(
    start: State, chains: Sequence[Sequence[Done[Deed]]], step: Callable[[State, Done[Deed]], State | None]
) -> set[State]:
    """Every state to which some order of the deeds leads, each with the outcome it had; empty where none explains it.

    An order keeps what ended before something else began. `step` says None where a deed can't have that outcome.
    """
    found: set[State] = set()
    tried: set[tuple[tuple[int, ...], State]] = set()
    stack = [(tuple(0 for _ in chains), start)]
    while stack:
        places, state = stack.pop()
        if (places, state) in tried:
            continue
        tried.add((places, state))
        ahead = [
            chain[place] if place < len(chain) else None for chain, place in zip(chains, places, strict=True)
        ]
        if not any(ahead):
            found.add(state)
            continue
        first_end = min(done.ended for done in ahead if done)
        for number, done in enumerate(ahead):
            if done is None or done.begun > first_end:
                continue
            after = step(state, done)
            if after is not None:
                stack.append(((*places[:number], places[number] + 1, *places[number + 1 :]), after))
    return found


def told(chains: Sequence[Sequence[Done[Deed]]]) -> str:
    """A race as a report tells it."""
    return "\n".join(
        f"  {number}: {done.begun:>3}-{done.ended:<3} {done.deed} -> {done.outcome}"
        for number, chain in enumerate(chains)
        for done in chain
    )


def play(game: Callable[[], RuleBasedStateMachine], how: settings) -> None:
    """As many games as the settings say."""
    # It only calls what it is given; its annotation asks for the class itself.
    run_state_machine_as_test(cast(type[RuleBasedStateMachine], game), settings=how)
