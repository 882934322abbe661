"""Plays conversations through `chat --json` and counts turns of the expected kind, topic and facet. Usage:

    python -m benchmarks.understanding.dialogues FILE... [--now ISO]

A file holds `dialogues: [{id, turns: [{citizen, expect: {topic, facet, kind}}]}]`. A line a turn that is not as
expected, then the counts. Exit code 1 where a file can't be read or the chat fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

# Near-equal kinds: an interview is a way to answer, a menu a way to ask which.
NEAR = ({"interview", "answer"}, {"checklist", "answer"}, {"clarify", "menu"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Play every dialogue, print what differs and the counts."""
    parser = argparse.ArgumentParser(prog="benchmarks.understanding.dialogues", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--now", default="2026-09-16T11:00+03:00", help="the pretended moment, ISO")
    options = parser.parse_args(arguments)
    try:
        dialogues = [
            one for file in options.files for one in yaml.safe_load(file.read_text("utf-8"))["dialogues"]
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as fault:
        print(f"dialogues: {fault}", file=sys.stderr)
        return 1
    counts = {"kind": [0, 0], "topic": [0, 0], "facet": [0, 0]}
    for dialogue in dialogues:
        try:
            answered = played([turn["citizen"] for turn in dialogue["turns"]], options.now)
        except subprocess.CalledProcessError as fault:
            print(
                f"{dialogue['id']}: the chat ended with {fault.returncode}: {fault.stderr}", file=sys.stderr
            )
            return 1
        for place, (turn, got) in enumerate(zip(dialogue["turns"], answered, strict=True), 1):
            missed = [
                name for name, right in judged(turn["expect"], got).items() if _counted(counts[name], right)
            ]
            if missed:
                print(
                    f"{dialogue['id']}.{place} «{turn['citizen']}» {', '.join(missed)}: {_told(turn['expect'], got)}"
                )
    print(", ".join(f"{name} {hits} of {of}" for name, (hits, of) in counts.items()))
    return 0


def played(lines: Sequence[str], now: str) -> list[dict[str, Any]]:
    """The turns that answer one conversation's lines. Raises CalledProcessError where the chat fails."""
    done = subprocess.run(
        [sys.executable, "-m", "bots", "chat", "--json", "--now", now],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def judged(expected: dict[str, Any], got: dict[str, Any]) -> dict[str, bool]:
    """Of kind, topic and facet those that are expected, and whether each came."""
    kind, came = expected["kind"], got["kind"]
    found = {"kind": kind == came or any({kind, came} <= near for near in NEAR)}
    for name in ("topic", "facet"):
        if expected.get(name) is not None:
            found[name] = got[name] == expected[name]
    return found


def _counted(count: list[int], right: bool) -> bool:
    """Count one; True where it is missed."""
    count[0] += right
    count[1] += 1
    return not right


def _told(expected: dict[str, Any], got: dict[str, Any]) -> str:
    wanted, came = (
        " ".join(str(one.get(name)) for name in ("kind", "topic", "facet")) for one in (expected, got)
    )
    return f"expected {wanted}; came {came}"


if __name__ == "__main__":
    sys.exit(main())
