"""Commands of `pryimalnia` in processes of their own, forked from one process that has done their imports.

A process that starts from nothing spends seconds of a core on imports alone. A forked one has its own memory,
environment, streams, signals and exit code all the same; that commands also start from nothing is seen where the
knowledge is built and where the cluster runs.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0
"""Seconds a command may take on a slow machine."""

FORKED = multiprocessing.get_context("forkserver")
# The script that runs the tests is every child's main module; loaded there, no child loads it anew.
FORKED.set_forkserver_preload(["__main__", "tests.loaded"])


@dataclass
class Stream:
    """A file descriptor that goes along into a child."""

    descriptor: int

    def __getstate__(self) -> Any:
        return DupFd(self.descriptor)

    def __setstate__(self, duplicate: Any) -> None:
        self.descriptor = duplicate.detach()


def start(
    arguments: Sequence[str], environment: Mapping[str, str], *, stdin: int, stdout: int, stderr: int
) -> ForkServerProcess:
    """Start `pryimalnia` with these arguments and this whole environment on these descriptors."""
    streams = (Stream(stdin), Stream(stdout), Stream(stderr))
    process = FORKED.Process(
        target=_command, args=(tuple(arguments), dict(environment), streams), daemon=True
    )
    process.start()
    return process


def run(*arguments: str, given: str = "", environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as `subprocess.run` does. Raises TimeoutError."""
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin.write(given.encode())
        stdin.seek(0)
        process = start(
            arguments, environment, stdin=stdin.fileno(), stdout=out.fileno(), stderr=err.fileno()
        )
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"pryimalnia {' '.join(arguments)} did not end in {PATIENCE} s")
        told = [stream.read().decode() for stream in (out, err) if stream.seek(0) == 0]
    return subprocess.CompletedProcess(arguments, process.exitcode, *told)


def _command(arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[Stream]) -> None:
    """The child: the streams, the environment and the folder of a new process, then the command itself."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(stream.descriptor, number)
        os.close(stream.descriptor)
    buffering = 1 if "PYTHONUNBUFFERED" in environment else -1
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  # open as long as the process lives, as its other streams
    sys.stdout = open(1, "w", encoding="utf-8", buffering=buffering)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
    sys.argv = ["pryimalnia", *arguments]
    from bots.app.cli import main

    main()
