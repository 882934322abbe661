"""The benchmark of understanding: its figures, its options, its file, and a small run through real processes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.understanding import dialogues, figures, report
from benchmarks.understanding.__main__ import compare, main
from benchmarks.understanding.faults import BenchFault
from benchmarks.understanding.figures import Figures
from benchmarks.understanding.matchers import PYTHON, READERS, Answer
from benchmarks.understanding.material import Material, Message, Questions, Topic, read_messages, sorted_out
from benchmarks.understanding.processes import CONTENDERS, Measured
from benchmarks.understanding.report import Conditions, Line, Machine
from knowledge_base.understanding import training
from knowledge_base.understanding.classifier import Matrix

NAMES = {"housing-subsidy": "housing-subsidy", "subsidy": "housing-subsidy", "referral-tax": "referral-tax"}
MACHINE = Machine(2, 0.5, 0.01, "3.11.7", "20.20.2")
CONDITIONS = Conditions("golden messages", 2, 1, 3, 75, 3000, 400, "abc", 3)
FIGURES = Figures(0.5, 1.0, 0.75, 0.25, 0.5, 1.25, 2.0, 100.0, 50.0)


def topic(name: str, title: str, *phrasings: str, not_this: tuple[tuple[str, str], ...] = ()) -> Topic:
    return Topic(name, title, title, phrasings, not_this)


SMALL = Material(
    "small",
    (
        topic(
            "housing-subsidy",
            "Житлова субсидія",
            "як оформити субсидію",
            "не вистачає на комуналку",
            "хочу субсидію на газ і світло",
            "платіжка за опалення більша за пенсію",
            "субсидия на коммуналку",
            not_this=(("скільки винен за газ", "referral-utilities"),),
        ),
        topic(
            "birth-benefit",
            "Допомога при народженні",
            "народила дитину, що платять",
            "виплата за новонароджену дитину",
            "гроші на немовля",
            "дружина народила сина",
            "пособие при рождении ребенка",
        ),
        topic(
            "idp-registration",
            "Довідка переселенця",
            "як отримати довідку впо",
            "стати на облік переселенця",
            "ми виїхали з Бахмута, де відмітитись",
            "нова довідка після переїзду",
            "справка переселенца",
        ),
    ),
    tuple(training.background(["housing-subsidy"])[:40]),
)


def message(text: str, *accepted: str) -> Message:
    return Message(text, text, "uk", frozenset(accepted))


# ---- what is learned from and asked


def test_every_text_is_learned_once_with_its_topic_or_as_not_ours() -> None:
    rows = SMALL.rows()
    assert len(rows) == len({text for text, _ in rows})
    assert ("скільки винен за газ", None) in rows
    assert ("гроші на немовля", "birth-benefit") in rows
    assert Material.from_json(SMALL.as_json()) == SMALL


def test_messages_are_parted_by_what_the_base_answers() -> None:
    def one(id_: str, label: str, *also: str) -> dict[str, object]:
        return {"id": id_, "text": id_, "lang": "uk", "label": label, "also": list(also)}

    asked = [
        one("own", "subsidy", "not-yet"),
        one("not ours", "out-of-scope"),
        one("not ours, a person", "out-of-scope", "handoff"),
        one("a referral is right", "out-of-scope", "referral-tax"),
        one("a cry", "danger"),
        one("not yet", "not-yet", "housing-subsidy"),
    ]
    questions = sorted_out("a file", asked, NAMES)
    assert [(each.id, each.accepted) for each in questions.inside] == [
        ("own", frozenset({"housing-subsidy"}))
    ]
    assert [each.id for each in questions.outside] == ["not ours", "not ours, a person"]
    assert questions.left_out == 3


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": "a", "text": "b"}', '{"id": 1, "text": "b", "label": "c"}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text(f'{{"id": "a", "text": "b", "label": "c"}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(
        BenchFault, match=r"messages\.jsonl:3: a JSON object with id, text and label is needed"
    ):
        read_messages([file])


# ---- figures


def test_the_first_three_places_and_every_right_answer_count() -> None:
    asked = [message("a", "x", "y"), message("b", "x")]
    answers = [Answer(("y", "z", "x"), 0.0), Answer(("z", "y", "x"), 0.0)]
    assert figures.right_within(1, asked, answers) == 0.5
    assert figures.right_within(3, asked, answers) == 1.0
    assert figures.right_within(1, [], []) is None


def test_messages_out_of_scope_pass_where_nineteen_of_twenty_in_scope_do() -> None:
    inside = [0.1, *(0.5 + number / 100 for number in range(19))]
    assert figures.wrongly_answered(inside, [0.2, 0.5, 0.9, 0.49]) == 0.5
    # As many with the very score of the threshold as there may be: all of them pass, on either side.
    assert figures.wrongly_answered([1.0] * 20, [1.0, 0.9]) == 0.5
    assert figures.auc([0.9, 0.8], [0.1, 0.85]) == 0.75
    assert figures.auc([0.9], []) is None
    assert figures.wrongly_answered([], [0.5]) is None


def test_figures_of_a_run_and_the_medians_of_several() -> None:
    questions = Questions("few", (message("a", "x"), message("b", "y")), (message("c"),), 0)
    answers = [Answer(("x", "y"), 0.9), Answer(("x", "y"), 0.8), Answer(("x",), 0.1)]
    run = figures.figures(questions, Measured(answers, [1.0, 2.0, 3.0], 4.0, 5.0, 6.0))
    assert run == Figures(0.5, 1.0, 1.0, 0.0, 2.0, pytest.approx(2.9), 4.0, 5.0, 6.0)  # type: ignore[arg-type]  # about
    slower = [replace(FIGURES, p50_ms=time, auc=None) for time in (1.0, 9.0, 2.0)]
    assert figures.medians(slower) == replace(FIGURES, p50_ms=2.0, auc=None)


# ---- what is printed and written


def lines() -> Sequence[Line]:
    return [
        Line(CONTENDERS[0], "3.14", FIGURES, {"uk": (2, 0.5)}),
        Line(CONTENDERS[-1], None, replace(FIGURES, auc=None), {}),
        Line(CONTENDERS[2], None, None, {}, "there is no Node"),
    ]


def test_the_table_is_markdown_with_a_row_a_matcher() -> None:
    rows = [row.split("|") for row in report.table(lines())]
    assert len(rows) == 5
    assert {len(row) for row in rows} == {len(report.COLUMNS) + 2}
    assert [cell.strip() for cell in rows[2][3:-1]] == [
        "0.500", "1.000", "0.750", "0.250", "0.50", "1.25", "2.0", "100", "50",
    ]  # fmt: skip
    assert rows[3][5].strip() == "-"
    assert rows[4][3].strip() == "missing: there is no Node"
    assert any("load 0.5 before the start" in line for line in report.head(MACHINE, CONDITIONS))


def test_the_file_has_these_fields_of_these_types() -> None:
    told = json.loads(json.dumps(report.as_json(MACHINE, CONDITIONS, lines())))
    assert {field: type(value) for field, value in told.items()} == {
        "format": int,
        "machine": dict,
        "conditions": dict,
        "matchers": list,
    }
    assert {field: type(value) for field, value in told["machine"].items()} == {
        "cores": int,
        "load": float,
        "others": float,
        "python": str,
        "node": str,
    }
    assert {field: type(value) for field, value in told["conditions"].items()} == {
        "messages": str,
        "inside": int,
        "outside": int,
        "left_out": int,
        "topics": int,
        "rows": int,
        "rows_not_ours": int,
        "base_version": str,
        "runs": int,
    }
    peer, ours, missing = told["matchers"]
    assert {field: type(value) for field, value in peer.items()} == {
        "name": str,
        "package": str,
        "version": str,
        "spelling": str,
        "missing": type(None),
        "figures": dict,
        "top1_by_lang": dict,
    }
    assert {field: type(value) for field, value in peer["figures"].items()} == dict.fromkeys(
        (
            "top1",
            "top3",
            "auc",
            "wrongly_answered",
            "p50_ms",
            "p95_ms",
            "learning_seconds",
            "learning_megabytes",
            "answering_megabytes",
        ),
        float,
    )
    assert peer["top1_by_lang"] == {"uk": {"messages": 2, "top1": 0.5}}
    assert (ours["package"], ours["version"], ours["figures"]["auc"]) == (None, None, None)
    assert (missing["figures"], missing["missing"]) == (None, "there is no Node")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--only", "svm,guessing"], "'guessing' is none of"),
        (["--runs", "0"], "'0' is not a whole number above 0"),
    ],
)
def test_wrong_options_are_told(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(options)
    assert words in capsys.readouterr().err


# ---- a small run


class Scatter:
    """An embedder of nothing: any vector for any text, always the same. The real one takes minutes to learn from."""

    name = "scatter-1"

    def embed(self, texts: Sequence[str]) -> Matrix:
        found = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=8) for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), 8)


def test_every_mode_of_ours_is_a_contender(monkeypatch: pytest.MonkeyPatch) -> None:
    # The ear for danger is in every mode the same, and learns longest: here from every tenth of its messages.
    every = training.danger_rows
    monkeypatch.setattr(training, "danger_rows", lambda calm: every(calm)[::10])
    artefact = training.build(SMALL.topics, SMALL.background, SMALL.base_version, Scatter())
    assert set(artefact.calibrations) == set(READERS)
    assert {f"ours-{mode}" for mode in READERS} <= {one.name for one in CONTENDERS}
    assert set(PYTHON) <= {one.name for one in CONTENDERS}


def test_a_small_run_measures_every_matcher_that_is_there() -> None:
    questions = Questions(
        "few",
        (
            message("хочу оформити субсидію на газ", "housing-subsidy"),
            message("yak otrymaty dovidku VPO", "idp-registration"),
            message("народилася донька, які гроші на дитину", "birth-benefit"),
        ),
        (message("де купити щеня вівчарки"),),
        0,
    )
    # The model of meaning learns for minutes, whatever the size of the rest; `make bench-understanding` has it.
    contenders = [one for one in CONTENDERS if one.name != "ours-both"]
    machine, conditions, measured = compare(SMALL, questions, contenders, 1)
    assert (conditions.topics, conditions.inside, conditions.outside, conditions.runs) == (3, 3, 1, 1)
    assert machine.cores > 0
    assert 0 <= machine.others <= 1
    by_name = {line.contender.name: line for line in measured}
    assert list(by_name) == [one.name for one in contenders]
    # Peers that are no dependency of ours are installed by `make bench-understanding` alone.
    absent = {name for name, line in by_name.items() if line.missing}
    assert absent <= {"bm25", "nlpjs", "nlpjs-ours"}
    for name in by_name.keys() - absent:
        found = by_name[name].figures
        assert found is not None
        # NLP.js ranks no topic of which it knows no word.
        assert name.startswith("nlpjs") or found.top3 == 1.0
        assert 0 < found.p50_ms <= found.p95_ms
        assert found.learning_seconds > 0
        assert found.learning_megabytes > 5
        assert found.answering_megabytes > 5
        assert by_name[name].top1_by_lang["uk"][0] == 3
    ours = by_name["ours-words"].figures
    assert ours is not None
    assert ours.top1 == 1.0


@pytest.mark.parametrize(
    ("expected", "came", "right"),
    [
        (
            {"kind": "interview", "topic": "a", "facet": "how"},
            {"kind": "answer", "topic": "a", "facet": "where"},
            "kt",
        ),
        (
            {"kind": "menu", "topic": None, "facet": None},
            {"kind": "clarify", "topic": "a", "facet": None},
            "k",
        ),
        (
            {"kind": "handoff", "topic": None, "facet": None},
            {"kind": "answer", "topic": "a", "facet": None},
            "",
        ),
    ],
)
def test_turns_of_a_dialogue_are_judged_by_what_is_expected(
    expected: dict[str, Any], came: dict[str, Any], right: str
) -> None:
    found = dialogues.judged(expected, came)
    assert {name[0] for name, holds in found.items() if holds} == set(right)
    assert ("topic" in found) == (expected["topic"] is not None)
