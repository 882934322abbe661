"""What a client is told to call, and what the vendor ought to say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.peers.environment import PATIENCE, Script
from tests.peers.report import Report


@dataclass(frozen=True)
class Call:
    """One call of a client's method.

    `refused` is a part of the refusal that ought to come; without it the call ought to be accepted, with an answer that
    fulfils `got`. `as_` changes who the client is.
    """

    did: str
    method: str
    args: Sequence[Any]
    refused: str | None = None
    got: Callable[[Any], bool] = field(default=lambda got: True)
    as_: Mapping[str, Any] = field(default_factory=dict)


async def made(calls: Sequence[Call], client: Script, report: Report, peer: str) -> list[Any]:
    """Make the calls one after another, a row each; what each was answered, None where it was refused."""
    answers = []
    for call in calls:
        told = await client.call(call.method, *call.args, **({"as": call.as_} if call.as_ else {}))
        if "refused" in told:
            said = str(told["refused"])
            known = call.refused is not None and call.refused in said
            report.add(peer, call.did, "refused", said, as_expected=known)
        else:
            fulfilled = call.refused is None and call.got(told["got"])
            report.add(peer, call.did, "accepted", told["got"], as_expected=fulfilled)
        answers.append(told.get("got"))
    return answers


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something to happen; what looks next tells whether it has."""
    tries = int(PATIENCE / 4 / 0.02)
    for _ in range(tries):
        if happened():
            return
        await asyncio.sleep(0.02)
