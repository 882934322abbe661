"""Ours beside other matchers, each in processes of its own, on the same phrasings and the same messages. Usage:

    python -m benchmarks.understanding [--messages FILE] [--only svm,ours-words] [--runs N] [--json FILE]

Exit code 1 where a matcher is missing or the messages can't be read, 2 for wrong options.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.options import count, some_of
from benchmarks.throughput.usage import CORES, ended_children, machine_busy
from benchmarks.understanding import figures, processes, report
from benchmarks.understanding.faults import BenchFault, Missing
from benchmarks.understanding.figures import Figures, right_within
from benchmarks.understanding.material import Material, Questions, read_messages, sorted_out
from benchmarks.understanding.processes import CONTENDERS, PEERS, Contender, Measured
from benchmarks.understanding.report import Conditions, Line, Machine
from bots.app import keeping, knowledge
from bots.app.settings import load
from knowledge_base import snapshot
from knowledge_base.checks import CONTENT
from knowledge_base.library import Library

GOLDEN = "golden messages"
REPORT = PEERS / "report.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the file."""
    options = _options(arguments)
    try:
        library = _library()
        questions = _questions(options.messages, library)
    except BenchFault as fault:
        print(f"understanding: {fault}", file=sys.stderr)
        return 1
    contenders = [one for one in CONTENDERS if one.name in options.only]
    machine, conditions, lines = compare(Material.of(library), questions, contenders, options.runs)
    print("\n".join([*report.head(machine, conditions), "", *report.table(lines)]))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    told = report.as_json(machine, conditions, lines)
    options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if any(line.missing for line in lines) else 0


def compare(
    material: Material, questions: Questions, contenders: Sequence[Contender], runs: int
) -> tuple[Machine, Conditions, list[Line]]:
    """Every contender once a run, one after another, so that a busy minute does not meet the same one each time."""
    began, busy, children, load_before = (
        time.perf_counter(),
        machine_busy(),
        ended_children(),
        os.getloadavg()[0],
    )
    own = time.process_time()
    measured: dict[str, list[Measured]] = defaultdict(list)
    missing: dict[str, str] = {}
    texts = [message.text for message in (*questions.inside, *questions.outside)]
    with tempfile.TemporaryDirectory(prefix="pryimalnia-understanding-") as folder:
        for run in range(runs):
            for one in contenders:
                if one.name in missing:
                    continue
                print(f"run {run + 1} of {runs}: {one.name}", file=sys.stderr, flush=True)
                try:
                    measured[one.name].append(processes.measure(one.name, material, texts, Path(folder)))
                except Missing as lack:
                    missing[one.name] = str(lack)
    ours = ended_children() - children + time.process_time() - own
    others = max(0.0, machine_busy() - busy - ours) / (CORES * (time.perf_counter() - began))
    rows = material.rows()
    return (
        Machine(CORES, round(load_before, 2), round(others, 4), platform.python_version(), _node_version()),
        Conditions(
            messages=questions.name,
            inside=len(questions.inside),
            outside=len(questions.outside),
            left_out=questions.left_out,
            topics=len(material.topics),
            rows=len(rows),
            rows_not_ours=sum(topic is None for _, topic in rows),
            base_version=material.base_version,
            runs=runs,
        ),
        [_line(one, questions, measured[one.name], missing.get(one.name)) for one in contenders],
    )


def _line(one: Contender, questions: Questions, runs: Sequence[Measured], lack: str | None) -> Line:
    version = processes.version(one)
    if lack is not None or not runs:
        return Line(one, version, None, {}, lack)
    middle: Figures = figures.medians([figures.figures(questions, run) for run in runs])
    return Line(one, version, middle, _by_lang(questions, runs[-1]))


def _by_lang(questions: Questions, run: Measured) -> Mapping[str, tuple[int, float]]:
    shares = {}
    for lang in sorted({message.lang for message in questions.inside}):
        pairs = [
            (message, answer)
            for message, answer in zip(questions.inside, run.answers, strict=False)
            if message.lang == lang
        ]
        share = right_within(1, [message for message, _ in pairs], [answer for _, answer in pairs])
        shares[lang] = (len(pairs), share or 0.0)
    return shares


def _library() -> Library:
    """The base of this content, compiled into `var/understanding` when it is not there yet."""
    settings = load({"PRYIMALNIA_FOLDER": str(PEERS)}, PEERS / ".env")
    keeping.prepare_folder(settings)
    try:
        base = snapshot.ready(settings.content, knowledge.folder(settings))
    except snapshot.RefusedBase as refused:
        raise BenchFault(f"the knowledge base has faults; first: {refused}") from None
    return Library(base, settings.community)


def _questions(file: Path | None, library: Library) -> Questions:
    paths = sorted((CONTENT / "golden").glob("*.jsonl")) if file is None else [file]
    names = {name: id_ for name in library.names if (id_ := library.resolve(name)) is not None}
    questions = sorted_out(GOLDEN if file is None else file.name, read_messages(paths), names)
    if not questions.inside:
        raise BenchFault(f"no message of {questions.name} is about a topic the base answers")
    return questions


def _node_version() -> str | None:
    found = shutil.which("node")
    if found is None:
        return None
    return subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()[1:]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.understanding", description=__doc__.partition("\n")[0])
    names = [one.name for one in CONTENDERS]
    parser.add_argument("--messages", type=Path, metavar="FILE", help="JSON lines, else the golden messages")
    parser.add_argument("--only", type=some_of(names), default=names, metavar="A,B", help=", ".join(names))
    parser.add_argument("--runs", type=count, default=3, help="times everything is measured (%(default)s)")
    parser.add_argument(
        "--json", type=Path, default=REPORT, metavar="FILE", help="where the figures are written"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
