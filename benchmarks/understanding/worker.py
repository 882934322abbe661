"""A matcher in a process of its own: `python -m benchmarks.understanding.worker learn|answer NAME FILE`.

`learn` reads the material from standard input, keeps what was learned in FILE and prints `{"seconds", "megabytes"}`.
`answer` reads FILE and a JSON list of texts, and prints `{"ranked", "ours", "milliseconds"}` a text and at last
`{"megabytes"}`: the most it ever held. `{"missing"}` instead of all that where the matcher lacks something.
`nlpjs.cjs` does the same in Node.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.understanding.faults import Missing
from benchmarks.understanding.matchers import PYTHON, Matcher
from benchmarks.understanding.material import Material

WARM_UP = 20
"""Texts answered before the clock is looked at, backwards: a process that serves is warm, but has not read them yet."""


def main(task: str, name: str, file: str) -> None:
    """Do one of the two."""
    matcher = PYTHON[name]()
    try:
        if task == "learn":
            _learn(matcher, Path(file))
        else:
            _answer(type(matcher).kept(Path(file)))
    except Missing as lack:
        _say({"missing": str(lack)})


def _learn(matcher: Matcher, file: Path) -> None:
    material = Material.from_json(sys.stdin.readline())
    start = time.perf_counter()
    matcher.learn(material)
    seconds = time.perf_counter() - start
    matcher.keep(file)
    _say({"seconds": seconds, "megabytes": _most_megabytes()})


def _answer(matcher: Matcher) -> None:
    texts = json.loads(sys.stdin.readline())
    for text in texts[:WARM_UP]:
        matcher.answer(" ".join(reversed(text.split())))
    for text in texts:
        start = time.perf_counter()
        answer = matcher.answer(text)
        taken = (time.perf_counter() - start) * 1000
        _say({"ranked": answer.ranked, "ours": answer.ours, "milliseconds": taken})
    _say({"megabytes": _most_megabytes()})


def _most_megabytes() -> float:
    """The peak of this very program: what getrusage tells begins with the parent's size on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _say(told: dict[str, object]) -> None:
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
