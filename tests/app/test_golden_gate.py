"""The gate of the golden messages: few wrong answers, and nobody served worse than in the accepted report."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bots.app import golden, knowledge
from bots.app.faults import StartFault
from bots.app.settings import Settings
from bots.turns.minds import Mind
from knowledge_base.understanding.evaluate import Row
from tests.app.conftest import Run


@pytest.fixture(scope="module")
def settings(folder: Path) -> Settings:
    return Settings(folder=folder, meaning=False)


@pytest.fixture(scope="module")
def mind(settings: Settings) -> Mind:
    return knowledge.ready(settings)


def test_the_state_may_be_published(settings: Settings, mind: Mind) -> None:
    judged = golden.judge(settings, mind)
    broken = [str(one) for one in judged.changes if one.effect == "broken"]
    assert (judged.faults, broken) == ((), [])
    assert len(judged.rows) > 1_000


class Answering:
    """A mind of which only its answers matter: the decision and the first topics for each message."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: dict[str, tuple[str, list[str]]]) -> None:
        self.answers = answers
        monkeypatch.setattr(golden, "answers", self.all)

    def all(self, _: object, asked: list[dict[str, Any]]) -> Any:
        for one in asked:
            decision, topics = self.answers[one["id"]]
            ranked = [{"id": topic, "confidence": 0.5 - place / 10} for place, topic in enumerate(topics)]
            yield one, {"id": one["id"], "decision": decision, "ranked": ranked, "facet": None}, 0.0


@pytest.fixture
def few(tmp_path: Path) -> Settings:
    """A content folder with three golden messages of its own."""
    messages = [
        {"id": "1", "text": "перше", "label": "a", "also": []},
        {"id": "2", "text": "друге", "label": "b", "also": []},
        {"id": "3", "text": "третє", "label": "out-of-scope", "also": []},
    ]
    folder = tmp_path / "golden"
    folder.mkdir()
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in messages)
    (folder / "few.jsonl").write_text(lines, "utf-8")
    return Settings(folder=tmp_path / "var", content=tmp_path, meaning=False)


GOOD = {"1": ("answer", ["a", "x"]), "2": ("clarify", ["y", "b", "z", "w"]), "3": ("handoff", ["a"])}


def judged_after(few: Settings, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> golden.Judged:
    """What is said of answers with some changed, after the good ones were accepted."""
    mind: Any = None
    answering = Answering(monkeypatch, dict(GOOD))
    golden.accept(few, golden.judge(few, mind).rows, "Olena: the first report", date(2026, 11, 26))
    answering.answers |= {name.removeprefix("m"): answer for name, answer in changed.items()}
    return golden.judge(few, mind)


def test_without_a_report_nothing_is_published(few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    Answering(monkeypatch, dict(GOOD))
    mind: Any = None
    (fault,) = golden.judge(few, mind).faults
    assert "--accept" in fault


def test_the_same_answers_pass(few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judged_after(few, monkeypatch)
    assert (judged.faults, judged.changes) == ((), ())


def test_a_message_served_no_more_stops_it_and_is_named(
    few: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = judged_after(few, monkeypatch, m2=("clarify", ["y", "z", "w", "b"]))
    (fault,) = judged.faults
    assert fault.startswith("1 golden messages were served and are no more")
    assert [(one.effect, one.row.asked["id"]) for one in judged.changes] == [("broken", "2")]


def test_another_answer_that_serves_as_well_passes(few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = judged_after(few, monkeypatch, m1=("clarify", ["x", "a", "z", "w"]))
    assert judged.faults == ()
    assert [one.effect for one in judged.changes] == ["other"]


def test_too_many_wrong_answers_stop_it(few: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = judged_after(few, monkeypatch, m3=("answer", ["a"])).faults
    assert any("1 of 3 golden messages are answered directly and wrongly" in fault for fault in faults)


def test_a_right_topic_that_is_nearly_out_of_its_menu_is_not_held(
    few: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What differs by a hair differs between machines too."""
    answering = Answering(monkeypatch, dict(GOOD))
    mind: Any = None
    rows = golden.judge(few, mind).rows
    near = [{"id": name, "confidence": 0.2 - place / 1000} for place, name in enumerate("yzbw")]
    rows = tuple(Row(row.asked, {**row.answered, "ranked": near}, 0.0) for row in rows)
    golden.accept(few, rows, "Olena: near", date(2026, 11, 26))
    answering.answers["2"] = ("clarify", ["y", "z", "w", "b"])
    assert "2" not in [one.row.asked["id"] for one in golden.judge(few, mind).changes]


@pytest.mark.parametrize("word", ["", "Olena", ": why", "Olena:"])
def test_acceptance_needs_who_and_why(few: Settings, word: str) -> None:
    with pytest.raises(StartFault, match="who says so and why"):
        golden.accept(few, (), word, date(2026, 11, 26))


def test_the_command_ends_as_it_judges(run: Run, few: Settings, tmp_path: Path) -> None:
    """Content that is whole but without a report: a fault in words, exit code 1."""
    content = tmp_path / "content"
    shutil.copytree(Settings().content, content)
    shutil.rmtree(content / "golden" / "reports")
    kept = (content / "golden" / "subsidy-extension.jsonl").read_text("utf-8")
    for file in [*(content / "golden").glob("*.jsonl"), *(content / "communities").glob("*/golden/*.jsonl")]:
        file.unlink()
    (content / "golden" / "subsidy-extension.jsonl").write_text(kept, "utf-8")
    done = run("knowledge", "golden", PRYIMALNIA_CONTENT=str(content))
    assert done.returncode == 1, done.stderr
    assert "--accept WHO:WHY" in done.stdout
    assert (
        run("knowledge", "golden", "--accept", "Olena: first", PRYIMALNIA_CONTENT=str(content)).returncode
        == 0
    )
    head, *lines = (content / "golden" / "reports" / "words.jsonl").read_text("utf-8").splitlines()
    assert {key: type(value) for key, value in json.loads(head).items()} == dict.fromkeys(
        ("accepted_by", "because", "on", "mode"), str
    )
    for line in map(json.loads, lines):
        assert {key: type(value) for key, value in line.items()} == {
            "id": str,
            "decision": str,
            "ranked": list,
        }
