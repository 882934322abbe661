"""Workers' names: what leases are held under, and which holder of this machine can't come back."""

from __future__ import annotations

import os
import secrets
import socket


def new_name() -> str:
    """`host:process:chance`; no two workers ever have the same."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def is_dead(worker: str, me: str) -> bool:
    """Whether a worker of my own machine has ended. Of another machine's nobody can know: its leases run out.

    A container that is started again has the same host and the same process id: that id is mine now.
    """
    host, _, process = worker.rpartition(":")[0].rpartition(":")
    my_host, _, my_process = me.rpartition(":")[0].rpartition(":")
    if worker == me or host != my_host or not process.isdecimal():
        return False
    return process == my_process or not _runs(int(process))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass  # somebody else's, or no process id of this system: not known to be dead
    return True
