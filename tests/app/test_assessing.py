"""Assessments for other programs, over a tiny base: what comes in, what is refused, what goes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bots.app import assessing
from bots.app.faults import BadInput
from knowledge_base.library import Library
from knowledge_base.snapshot import build, current
from tests.knowledge_base.tiny_base import FACTS, TinyBase

MORE_FACTS = """\
household.size:
  {type: number, person: household, unit: count, min: 1, max: 20, label: {uk: "скільки вас"}, why: {uk: "Рахуємо."},
   ask: {uk: "Скільки вас?"}, cost: 1}
household.alone:
  type: bool
  person: household
  label: {uk: "сама"}
  why: {uk: "Рахуємо."}
  ask: {uk: "Ви самі?"}
  cost: 1
  implies: [{when: "household.alone = yes", then: ["household.size = 1"]}]
"""
MOTHER = {"applicant.role": "mother", "child.lives_with_applicant": True}


class Desk:
    """The tiny base as the command line has it."""

    def __init__(self, folder: Path) -> None:
        tiny = TinyBase(folder)
        tiny.write("facts", FACTS.replace("min: 2008-01-01", "min: 2008-01-01\n  max: today") + MORE_FACTS)
        build(tiny.content, tiny.target)
        self.snapshot = current(tiny.target)
        self.library = Library(self.snapshot, "sample")

    def ask(self, facts: str, entry: str = "baby-grant", on: str | None = "2026-11-24") -> dict[str, Any]:
        return assessing.assess(self.library, self.snapshot.base, entry, facts, on, with_explanation=True)

    def refusal(self, facts: str, **asked: str) -> tuple[str, ...]:
        with pytest.raises(BadInput) as caught:
            self.ask(facts, **asked)
        return caught.value.lines


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("base"))


def test_the_answer_is_plain_json(desk: Desk) -> None:
    facts = {
        **MOTHER,
        "children": [{"child.birth_date": "2026-03-10"}, {"child.birth_date": ["2025-01-01", "2025-12-31"]}],
    }
    answer = desk.ask(json.dumps(facts))
    assert json.loads(json.dumps(answer)) == answer
    assert answer["outcome"] == "yes"
    assert answer["amount"] == {"low": 50000, "high": 91280.5}
    assert answer["deadlines"] == {"apply": ["2026-11-24", "2026-12-31"]}
    assert [child["outcome"] for child in answer["children"]] == ["yes", "unknown"]
    assert answer["children"][1]["narrow"] == [{"fact": "child.birth_date", "than": "2025-11-24"}]
    assert [child["outcome"] for child in answer["explanation"]["children"]] == ["yes", "unknown"]
    assert [fact["child"] for fact in answer["receipt"]["facts"]] == [None, None, 1, 2]


def test_an_alias_is_as_good_as_the_id(desk: Desk) -> None:
    assert desk.ask("{}", entry="birth-money")["id"] == "baby-grant"


def test_facts_that_no_rule_looks_at_are_named(desk: Desk) -> None:
    answer = desk.ask('{"household.size": 2, "applicant.role": "father"}')
    assert answer["unused"] == ["household.size"]
    assert [fact["fact"] for fact in answer["receipt"]["facts"]] == ["applicant.role"]


def test_facts_may_be_known_in_part(desk: Desk) -> None:
    answer = desk.ask('{"applicant.role": ["mother", "other"], "child.birth_date": ["2026-01-01", null]}')
    (who, _, in_time) = answer["explanation"]["conditions"]["children"]
    assert who["facts"][0]["value"] == ["mother", "other"]
    assert in_time["facts"][0]["value"] == ["2026-01-01", "2026-11-24"]
    assert answer["variant"] == "new"


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ("", "JSON"),
        ("[]", "JSON"),
        ("null", "JSON"),
        ('{"household.size": 2,}', "JSON"),
        ('{"household.size": NaN}', "NaN"),
        ('{"household.size": -Infinity}', "Infinity"),
        ('{"household.size": 1e9999999999999999999999}', "завелике"),
        (f'{{"household.size": {"9" * 5000}}}', "JSON"),
        ("[" * 100_000, "JSON"),
        ('{"household.size": 2, "household.size": 3}', "household.size"),
        ('{"children": [{"child.birth_date": "2026-01-01", "child.birth_date": null}]}', "child.birth_date"),
        ('{"household.sise": 2}', "household.size"),
        ('{"household.size": 40}', "20"),
        ('{"household.size": null}', "null"),
        ('{"household.income": -0.01}', "менше"),
        ('{"applicant.role": "king\\nand queen"}', "mother"),
        ('{"child.birth_date": "2026-11-25"}', "ще не настало"),
        (json.dumps({"children": [{}] * 40}), "children"),
        ('{"household.alone": true, "household.size": 3}', "суперечить"),
        ('{"household.alone": true, "household.size": 3, "children": [{}, {}]}', "суперечить"),
    ],
)
def test_what_cannot_be_taken_is_one_line(desk: Desk, facts: str, part: str) -> None:
    (line,) = desk.refusal(facts)
    assert part in line
    assert "\n" not in line


def test_several_faults_are_several_lines(desk: Desk) -> None:
    assert len(desk.refusal('{"household.size": 0, "applicant.role": "king"}')) == 2


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        ("baby-grand", "можливо, «baby-grant»"),
        ("birth-mony", "можливо, «birth-money»"),
        ("later-aid", "не опубліковано"),
        ("income-aid", "не має правил"),
        ("zzz", "knowledge list"),
    ],
)
def test_an_entry_that_cannot_be_assessed(desk: Desk, entry: str, part: str) -> None:
    (line,) = desk.refusal("{}", entry=entry)
    assert part in line


@pytest.mark.parametrize("on", ["tomorrow", "2026-02-30", "20261124", "2026-W47-2", ""])
def test_a_day_is_written_one_way(desk: Desk, on: str) -> None:
    (line,) = desk.refusal("{}", on=on)
    assert "2026-12-31" in line


def test_past_the_horizon_it_is_computed_and_said(desk: Desk) -> None:
    answer = desk.ask(json.dumps({**MOTHER, "child.birth_date": "2027-01-05"}), on="2027-02-01")
    assert (answer["outcome"], answer["amount"], answer["stale"]) == (
        "yes",
        {"low": 50000, "high": 50000},
        ["grant"],
    )
