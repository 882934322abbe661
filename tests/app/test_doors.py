"""The doors other programs use, with exact types: never renamed, never retyped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.app.conftest import Run

KINDS = {
    "answer",
    "clarify",
    "interview",
    "checklist",
    "handoff",
    "referral",
    "menu",
    "offices",
    "appointment",
    "status",
    "danger",
    "smalltalk",
}
FACETS = {"overview", "eligibility", "amount", "documents", "where", "how", "deadline", "refusal", "status"}
DECISIONS = {"answer", "clarify", "handoff", "referral", "danger", "smalltalk"}
ENTRIES = {
    "birth-benefit",
    "housing-subsidy",
    "idp-living-allowance",
    "idp-registration",
    "benefit-certificate",
    "office-info",
    "referral-mobilisation",
    "referral-passport",
}


def chat(run: Run, *lines: str, now: str = "2026-11-24T10:00:00+02:00") -> list[dict[str, Any]]:
    """The objects of one `chat --json`, one for each line."""
    done = run("chat", "--json", "--now", now, given="".join(f"{line}\n" for line in lines))
    assert done.returncode == 0, done.stderr
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(turns) == len(lines)
    return turns


def test_a_turn_has_exactly_these_types(run: Run) -> None:
    lines = (
        "які документи на субсидію",
        "а скільки платять?",
        "[press:m:menu]",
        "[press:no such button]",
        "[photo]",
        "[voice]",
        "[location:50.45,30.52]",
        "",
        "оператор",
    )
    for line, turn in zip(lines, chat(run, *lines), strict=True):
        assert turn["message"] == line
        assert turn["kind"] in KINDS
        assert turn["topic"] is None or turn["topic"] in ENTRIES | {"benefits-overview"}
        assert turn["facet"] is None or turn["facet"] in FACETS
        assert isinstance(turn["effects"], list)
        assert turn["replies"]
        for reply in turn["replies"]:
            assert isinstance(reply["text"], str)
            assert reply["text"]
            for choice in reply["choices"]:
                assert isinstance(choice["id"], str)
                assert isinstance(choice["label"], str)
                assert len(choice["label"]) <= 20
        for effect in turn["effects"]:
            assert isinstance(effect["kind"], str)


def test_a_follow_up_keeps_the_topic_and_a_hand_over_too(run: Run) -> None:
    first, second, third = chat(run, "які документи на субсидію", "а скільки платять?", "покличте людину")
    assert (first["kind"], first["topic"], first["facet"]) == ("checklist", "housing-subsidy", "documents")
    assert (second["kind"], second["topic"], second["facet"]) == ("answer", "housing-subsidy", "amount")
    assert (third["kind"], third["topic"]) == ("handoff", "housing-subsidy")
    assert third["effects"][0]["kind"] == "open_ticket"
    assert third["effects"][0]["number"]


def test_it_greets_when_greeted_and_not_before(run: Run) -> None:
    question, greeting = chat(run, "які документи на субсидію"), chat(run, "добрий день")
    assert len(question[0]["replies"]) == 1
    assert "бот" in greeting[0]["replies"][0]["text"]


def test_a_stale_press_with_nothing_open_is_a_clarify(run: Run) -> None:
    (turn,) = chat(run, "[press:взагалі щось]")
    assert turn["kind"] == "clarify"


def test_the_moment_is_pretended(run: Run) -> None:
    (day,) = chat(run, "покличте людину", now="2026-11-24T10:00:00+02:00")
    (night,) = chat(run, "покличте людину", now="2026-11-24T23:00:00+02:00")
    assert day["replies"] != night["replies"]
    assert "неробочий" in night["replies"][-1]["text"]


def test_chat_reads_and_answers_line_by_line(run: Run) -> None:
    """Each answer is flushed before the next line is read: a program may wait for it."""
    import os
    import subprocess
    import sys

    from tests.app.conftest import ROOT

    with subprocess.Popen(
        [sys.executable, "-m", "bots", "chat", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ},
    ) as process:
        assert process.stdin
        assert process.stdout
        for line in ("добрий день", "субсидія"):
            process.stdin.write(line + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["message"] == line
        process.stdin.close()


def test_evaluate_says_what_the_reception_would_do(run: Run, tmp_path: Any) -> None:
    file = tmp_path / "asked.jsonl"
    asked = [
        {
            "id": "1",
            "text": "скільки дають за народження дитини",
            "lang": "uk",
            "label": "birth-benefit",
            "facet": "amount",
        },
        {"id": 2, "text": "чоловік мене б'є", "lang": "uk", "label": "danger"},
        {"id": "3", "text": "яка завтра погода", "label": "out-of-scope"},
        {"id": "4", "text": "дякую"},
    ]
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8")
    done = run("evaluate", str(file))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    for row in rows:
        assert row["decision"] in DECISIONS
        assert len(row["ranked"]) >= 5
        assert {one["id"] for one in row["ranked"]} <= ENTRIES
        for one in row["ranked"]:
            assert isinstance(one["confidence"], float)
        assert row["facet"] is None or row["facet"] in FACETS
    assert rows[0]["decision"] == "answer"
    assert rows[0]["ranked"][0]["id"] == "birth-benefit"
    assert rows[0]["facet"] == "amount"
    assert rows[1]["decision"] == "danger"
    assert rows[3]["decision"] == "smalltalk"
    assert "top1" in done.stderr


def test_evaluate_names_the_line_it_cannot_read(run: Run, tmp_path: Any) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text('{"id": "1", "text": "добрий день"}\nnot json\n', encoding="utf-8")
    done = run("evaluate", str(file))
    assert done.returncode == 1
    assert f"{file}:2:" in done.stderr


def test_knowledge_list_is_a_row_an_entry(run: Run) -> None:
    done = run("knowledge", "list", "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["id"] for row in rows} == ENTRIES
    for row in rows:
        assert isinstance(row["aliases"], list)
        assert isinstance(row["group"], str)
        assert row["status"] in {"draft", "published", "suspended", "closed"}
        assert isinstance(row["evaluated"], bool)
        for count in ("phrasings", "cases", "sources"):
            assert type(row[count]) is int
        assert row["phrasings"] >= 8
        assert row["sources"] >= 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("knowledge", "check"), 0),
        (("knowledge", "build"), 0),
        (("knowledge", "show", "housing-subsidy"), 0),
        (("knowledge", "show", "no-such"), 1),
        (("no-such-command",), 2),
        (("account", "add"), 2),
    ],
)
def test_exit_codes(run: Run, arguments: tuple[str, ...], code: int) -> None:
    done = run(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_accounts_are_made_and_get_new_passwords(run: Run) -> None:
    made = run("account", "add", "iryna", "--name", "Ірина Зразкова", "--position", "спеціалістка")
    assert made.returncode == 0, made.stderr
    first = made.stdout.split()[-1]
    assert run("account", "add", "iryna", "--name", "Інша").returncode == 1
    renewed = run("account", "reset-password", "iryna")
    assert renewed.returncode == 0
    assert renewed.stdout.split()[-1] != first
    unknown = run("account", "reset-password", "nobody")
    assert unknown.returncode == 1
    assert "nobody" in unknown.stderr
    wrong_role = run("account", "add", "petro", "--name", "Петро", "--role", "king")
    assert wrong_role.returncode == 1
    assert "specialist" in wrong_role.stderr
