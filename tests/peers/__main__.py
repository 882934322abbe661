"""Try our emulators and our bot with strangers, print what came of it, fail where anything is not as expected."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping

from tests.peers import messenger, telegram, viber
from tests.peers.environment import PATIENCE, PeerFault
from tests.peers.report import Report

AT_MOST = 6 * PATIENCE
"""Seconds for all that one peer does."""

NOTE = (
    "* Through a bridge of ours, which adds what these two lack: the secret header, a way to https://, "
    "and calling what the answer to an update asks for."
)

PEERS: Mapping[str, Callable[[Report], Awaitable[None]]] = {
    "messaging-api-viber": viber.try_client,
    "viber-bot": viber.try_official_bot,
    "aioviberbot": viber.try_third_client,
    "messaging-api-messenger": messenger.try_client,
    "telegram-test-api": telegram.try_test_api,
    "telemelya": telegram.try_telemelya,
}


async def run(names: list[str]) -> Report:
    """All peers, or the named ones, one after another."""
    report = Report()
    for name in names or PEERS:
        try:
            async with asyncio.timeout(AT_MOST):
                await PEERS[name](report)
        except PeerFault as fault:
            report.missing(name, str(fault))
        except Exception as fault:
            report.add(
                name, "go on to the end", "broke off", f"{type(fault).__name__}: {fault}", as_expected=False
            )
    return report


def main() -> int:
    """The exit code."""
    report = asyncio.run(run(sys.argv[1:]))
    print(report.table())
    print(NOTE, end="\n\n")
    print(report.summary())
    if not report.unexpected:
        return 0
    print()
    for row in report.unexpected:
        print(f"Not as expected: {row.peer}, {row.did}: {row.came}, {row.got}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
