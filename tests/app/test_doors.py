"""The doors other programs use, with exact types: never renamed, never retyped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from knowledge_base.checks import CONTENT
from tests.app.conftest import Run
from tests.commands import ROOT
from tests.printing.reading import codes, words

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
    path.stem for path in CONTENT.glob("**/benefits/*/*.yaml") if not path.name.endswith(".cases.yaml")
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
        "[press:k:housing-subsidy:pdf]",
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
            for file in reply["files"]:
                assert set(file) == {"name", "media_type", "size"}
                assert (type(file["name"]), type(file["media_type"])) == (str, str)
                assert type(file["size"]) is int
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


def test_a_list_on_paper_is_a_file_of_the_last_reply(run: Run) -> None:
    *_, asked, other = chat(run, "які документи на субсидію", "перелік у pdf", "дякую")
    (file,) = asked["replies"][-1]["files"]
    assert (file["name"], file["media_type"]) == ("Субсидія, документи.pdf", "application/pdf")
    assert file["size"] > 10_000
    assert all(reply["files"] == [] for reply in other["replies"])


def test_in_the_terminal_a_person_is_told_where_the_file_is(run: Run, folder: Path) -> None:
    done = run(
        "chat",
        given="які документи на субсидію\nперелік у pdf\n",
        PRYIMALNIA_PUBLIC_URL="https://chat.example",
    )
    assert done.returncode == 0, done.stderr
    place = folder / "printed" / "Субсидія, документи.pdf"
    assert f"Файл: {place}" in done.stdout
    content = place.read_bytes()
    assert "Перелік документів" in words(content)
    assert codes(content) == ["https://chat.example"]


def test_a_stale_press_with_nothing_open_is_a_clarify(run: Run) -> None:
    (turn,) = chat(run, "[press:взагалі щось]")
    assert turn["kind"] == "clarify"


def test_the_moment_is_pretended(run: Run) -> None:
    (day,) = chat(run, "покличте людину", now="2026-11-24T10:00:00+02:00")
    (night,) = chat(run, "покличте людину", now="2026-11-24T23:00:00+02:00")
    assert day["replies"] != night["replies"]
    assert "неробочий" in night["replies"][-1]["text"]


def test_chat_reads_and_answers_line_by_line(run: Run, folder: Path) -> None:
    """Each answer is flushed before the next line is read: a program may wait for it.

    Started from nothing, as a program starts it; `run` only keeps it with the other commands.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "bots", "chat", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PRYIMALNIA_FOLDER": str(folder)},
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
        # A community's own programme stands on one decision of its council.
        assert row["sources"] >= (1 if row["id"].startswith("zrazkova-") else 2)


MOTHER = {
    "applicant.role": "mother",
    "child.lives_with_applicant": True,
    "applicant.legal_status": "citizen",
    "child.full_state_care": False,
    "applicant.rights_removed": False,
}
PROMISED = {
    "child.birth_date": "2026-03-10",
    "applicant.role": ["father", "mother"],
    "household.size": 3,
    "household.income_month": [10000, 14000],
}


def assess(run: Run, entry: str, facts: object, *options: str, on: str = "2026-11-24") -> dict[str, Any]:
    """The one object of `knowledge assess`."""
    done = run("knowledge", "assess", entry, "--facts", json.dumps(facts), "--on", on, *options)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def is_number(value: object) -> bool:
    return type(value) in (int, float)


def is_day(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value))


def has_exact_types(answer: dict[str, Any]) -> None:
    """The promise to other programs: fields may be added, never renamed or retyped."""
    assert isinstance(answer["id"], str)
    assert is_day(answer["on"])
    assert answer["outcome"] in {"yes", "no", "unknown", "specialist"}
    for several in ("because", "need", "stale", "documents", "possible_documents", "variants", "where"):
        assert isinstance(answer[several], list)
        assert all(isinstance(name, str) for name in answer[several])
    for several in ("need_amount", "need_documents"):
        assert all(isinstance(name, str) for name in answer[several])
    assert answer["variant"] is None or isinstance(answer["variant"], str)
    amount = answer["amount"]
    assert amount is None or (set(amount) == {"low", "high"} and all(map(is_number, amount.values())))
    assert isinstance(answer["deadlines"], dict)
    for last in answer["deadlines"].values():
        assert is_day(last) or (len(last) == 2 and all(map(is_day, last)))
    for limit in answer["narrow"]:
        assert set(limit) == {"fact", "than"}
        assert limit["fact"] in answer["need"]
        assert is_number(limit["than"]) or is_day(limit["than"])
    assert isinstance(answer["children"], list)
    for child in answer["children"]:
        has_exact_types(child)


@pytest.mark.parametrize("entry", ["birth-benefit", "housing-subsidy"])
@pytest.mark.parametrize("facts", [{}, PROMISED])
def test_an_assessment_has_exactly_these_types(run: Run, entry: str, facts: dict[str, Any]) -> None:
    answer = assess(run, entry, facts)
    has_exact_types(answer)
    assert answer["id"] == entry
    assert answer["outcome"] == "unknown"
    assert answer["need"]
    assert all(isinstance(name, str) for name in answer["unused"])
    receipt = answer["receipt"]
    assert (receipt["entry"], receipt["on"], type(receipt["version"])) == (entry, "2026-11-24", int)
    assert isinstance(receipt["base"], str)
    assert all(isinstance(name, str) for name in receipt["rules"])
    for fact in receipt["facts"]:
        assert facts[fact["fact"]] == fact["value"]
        assert fact["stated_by"] is None


def test_nothing_known_of_a_birth_has_a_range_and_a_limit_to_ask(run: Run) -> None:
    answer = assess(run, "birth-benefit", {})
    assert answer["amount"] == {"low": 41280, "high": 50000}
    assert answer["deadlines"] == {"apply": ["2026-11-22", "2027-11-24"]}
    assert answer["narrow"] == [{"fact": "child.birth_date", "than": "2025-11-22"}]


def test_a_yes_is_told_with_its_sum_papers_and_last_day(run: Run) -> None:
    facts = {
        **MOTHER,
        "child.birth_date": "2026-03-10",
        "child.birth_registered": "ukraine",
        "household.size": 3,
    }
    answer = assess(run, "birth-benefit", facts)
    assert (answer["outcome"], answer["because"], answer["need"]) == ("yes", [], [])
    assert answer["amount"] == {"low": 50000, "high": 50000}
    assert answer["deadlines"] == {"apply": "2027-03-10"}
    assert answer["documents"]
    assert answer["possible_documents"] == []
    assert answer["unused"] == ["household.size"]


def test_one_killing_fact_is_a_no(run: Run) -> None:
    answer = assess(run, "birth-benefit", {"applicant.role": "other"})
    assert (answer["outcome"], answer["because"], answer["need"]) == ("no", ["who"], [])
    assert (answer["need_amount"], answer["need_documents"], answer["narrow"]) == ([], [], [])


def test_several_children_stand_beside_their_sum(run: Run) -> None:
    children = [{"child.birth_date": "2026-03-10"}, {"child.birth_date": "2025-12-30"}]
    answer = assess(run, "birth-benefit", {**MOTHER, "children": children})
    has_exact_types(answer)
    assert answer["amount"] == {"low": 91280, "high": 91280}
    assert [child["amount"]["low"] for child in answer["children"]] == [50000, 41280]
    assert answer["deadlines"] == {"apply": "2026-12-30"}


def test_past_the_horizon_the_stale_parameters_are_named(run: Run) -> None:
    answer = assess(run, "housing-subsidy", {"household.size": 2}, on="2027-02-01")
    assert "pm_general" in answer["stale"]


def test_an_assessment_is_explained_when_asked(run: Run) -> None:
    facts = {"household.size": 2, "household.income_month": [10000, 12000]}
    explanation = assess(run, "housing-subsidy", facts, "--explain")["explanation"]
    conditions = explanation["conditions"]
    assert set(conditions) == {"id", "truth", "why", "facts", "parameters", "source", "children"}
    bill = next(child for child in conditions["children"] if child["id"] == "bill")
    assert bill["truth"] == "unknown"
    assert isinstance(bill["why"], str)
    assert {fact["fact"]: fact["value"] for fact in bill["facts"]} == {
        "household.bill_in_norm": None,
        "household.size": 2,
        "household.income_month": [10000, 12000],
    }
    for fact in bill["facts"]:
        assert set(fact) == {"fact", "label", "value", "stated_by"}
    for parameter in bill["parameters"]:
        assert set(parameter) >= {"id", "title", "value", "from", "to", "known_through", "stale"}
        assert is_number(parameter["value"])
        assert is_day(parameter["from"])
    assert set(bill["source"]) == {"id", "title", "pin", "url"}
    step = explanation["steps"][0]
    assert (step["low"], step["high"]) == (5000, 6000)
    assert step["words"].replace("\u00a0", " ") == "від 5 000 до 6 000 грн"


def test_facts_come_from_standard_input_and_today_is_the_community_s(run: Run) -> None:
    done = run("knowledge", "assess", "birth-benefit", "--facts", "-", given='{"applicant.role": "other"}')
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    here = datetime.now(ZoneInfo("Europe/Kyiv")).date()
    assert answer["outcome"] == "no"
    assert date.fromisoformat(answer["on"]) in (here, here - timedelta(days=1))


@pytest.mark.parametrize(
    ("entry", "facts", "on", "part"),
    [
        ("birth-benefti", "{}", "2026-11-24", "birth-benefit"),
        ("birth-benefit", "{", "2026-11-24", "JSON"),
        ("birth-benefit", '{"child.birthdate": "2026-01-01"}', "2026-11-24", "child.birth_date"),
        ("birth-benefit", '{"child.birth_date": "2026-11-25"}', "2026-11-24", "child.birth_date"),
        ("birth-benefit", "{}", "2026-11-31", "--on"),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_mend(
    run: Run, entry: str, facts: str, on: str, part: str
) -> None:
    done = run("knowledge", "assess", entry, "--facts", facts, "--on", on)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_each_thing_to_mend_has_its_line(run: Run) -> None:
    facts = '{"household.size": 0, "applicant.role": 5}'
    done = run("knowledge", "assess", "birth-benefit", "--facts", facts, "--on", "2026-11-24")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        # Without --if-needed it is the first thing that any command here stands on: `built_knowledge`.
        (("knowledge", "build", "--if-needed"), 0),
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
    reset = run("account", "reset-second-factor", "iryna")
    assert (reset.returncode, "there was none" in reset.stdout) == (0, True)
    wrong_role = run("account", "add", "petro", "--name", "Петро", "--role", "king")
    assert wrong_role.returncode == 1
    assert "specialist" in wrong_role.stderr
