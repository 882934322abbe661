"""The commands an editor checks the base with: their lines, JSON with exact types, and exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.app.conftest import Run, on_a_tiny_base
from tests.knowledge_base.tiny_base import TinyBase


def test_the_mutants_of_an_entry_are_one_object(run: Run) -> None:
    done = run("knowledge", "mutants", "birth-benefit", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    row = json.loads(line)
    assert set(row) == {"id", "killed", "total", "survivors"}
    assert row["id"] == "birth-benefit"
    assert (type(row["killed"]), type(row["total"])) == (int, int)
    assert 0 < row["killed"] == row["total"] - len(row["survivors"])
    for survivor in row["survivors"]:
        assert set(survivor) == {"path", "change"}
        assert all(isinstance(text, str) and text for text in survivor.values())


def test_the_mutants_of_an_entry_are_listed_under_its_score(run: Run) -> None:
    done = run("knowledge", "mutants", "birth-benefit")
    assert done.returncode == 0, done.stderr
    first, *survivors = done.stdout.splitlines()
    assert re.fullmatch(r"birth-benefit +\d+/\d+", first)
    killed, total = map(int, first.split()[1].split("/"))
    assert len(survivors) == total - killed
    assert all(line.startswith("  ") for line in survivors)


def test_mutants_of_an_unknown_entry_name_the_nearest(run: Run) -> None:
    done = run("knowledge", "mutants", "birth-benefti")
    assert (done.returncode, done.stdout) == (2, "")
    assert "birth-benefit" in done.stderr


def test_the_full_check_has_a_line_an_evaluated_entry(run: Run, tmp_path: Path) -> None:
    done = run("knowledge", "check", "--full", **on_a_tiny_base(TinyBase(tmp_path)))
    assert done.returncode == 0, done.stderr
    shape = re.compile(r"(\S+) +\d+\+? leaves +longest +\d+ +mutants \d+/\d+")
    *lines, closing = done.stdout.splitlines()
    assert [match[1] for line in lines if (match := shape.fullmatch(line))] == ["baby-grant"]
    assert closing.endswith("to mend before the base can be built")


def test_the_full_check_says_which_limits_no_case_holds(run: Run, tmp_path: Path) -> None:
    done = run("knowledge", "check", "--full", "--on", "2027-06-01", **on_a_tiny_base(TinyBase(tmp_path)))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    counted = next(place for place, line in enumerate(lines) if line.startswith("  меж: "))
    held, limits = map(int, re.findall(r"\d+", lines[counted]))
    missing = [line for line in lines[counted + 1 :] if line.startswith("    ")]
    assert (held, limits) == (0, len(missing))
    assert any("family_department: перегляд був до 2027-01-15" in line for line in lines)
    assert any("income-aid" in line and "baby-grant.yaml" in line for line in lines)
    due = run("knowledge", "check", "--full", "--on", "2026-09-01", **on_a_tiny_base(TinyBase(tmp_path)))
    assert "перегляд" not in due.stdout


def test_the_full_check_fails_where_a_promise_breaks(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    tiny.change("parameters", "value: 50000,", "value: -50000,")
    tiny.change("cases", "amount: {low: 50000, high: 50000}", "amount: {low: -50000, high: -50000}")
    assert run("knowledge", "check", **on_a_tiny_base(tiny)).returncode == 0
    done = run("knowledge", "check", "--full", **on_a_tiny_base(tiny))
    assert done.returncode == 1
    assert "never_negative" in done.stdout
    assert "1 to mend before the base can be built" in done.stdout


def test_a_full_check_as_of_no_day_is_bad_input(run: Run, tmp_path: Path) -> None:
    done = run("knowledge", "check", "--full", "--on", "tomorrow", **on_a_tiny_base(TinyBase(tmp_path)))
    assert done.returncode == 2
    assert "tomorrow" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_entry_that_waits_for_publishing_has_mutants(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    tiny.change("grant", "status: published", "status: checked")
    done = run("knowledge", "mutants", "birth-money", "--json", **on_a_tiny_base(tiny))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == "baby-grant"
    tiny.change("grant", "status: checked", "status: draft")
    assert run("knowledge", "mutants", "baby-grant", **on_a_tiny_base(tiny)).returncode == 2


def test_the_cases_at_the_limits_may_be_pasted(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    done = run("knowledge", "boundaries", "baby-grant", **on_a_tiny_base(tiny))
    assert done.returncode == 0, done.stderr
    head, *_ = done.stdout.splitlines()
    held, limits = map(int, re.findall(r"\d+", head))
    assert (held, limits > 0) == (0, True)
    path = tiny.content / "national/benefits/families/baby-grant.cases.yaml"
    path.write_text(path.read_text(encoding="utf-8") + done.stdout, encoding="utf-8")
    assert tiny.errors() == []
    again = run("knowledge", "boundaries", "baby-grant", **on_a_tiny_base(tiny))
    assert again.returncode == 0
    assert f"меж: {limits} з {limits}" in again.stdout
    assert len(again.stdout.splitlines()) == 1
    every = run("knowledge", "boundaries", "baby-grant", "--all", **on_a_tiny_base(tiny))
    assert every.stdout.count("- name: ") == 2 * limits


def test_the_limits_of_an_unknown_entry_name_the_nearest(run: Run, tmp_path: Path) -> None:
    done = run("knowledge", "boundaries", "baby-grnt", **on_a_tiny_base(TinyBase(tmp_path)))
    assert (done.returncode, done.stdout) == (2, "")
    assert "baby-grant" in done.stderr


def test_an_impact_is_an_object_an_entry_that_changed(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    settings = on_a_tiny_base(tiny)
    assert run("knowledge", "impact", **settings).returncode == 1  # nothing was built before
    assert run("knowledge", "list", **settings).returncode == 0
    same = run("knowledge", "impact", "--people", "50", "--json", **settings)
    assert (same.returncode, same.stdout) == (0, "")
    tiny.change("grant", "applicant.role in [mother, father]", "applicant.role in [mother, other]")
    tiny.write("cases", CASE_OF_ANOTHER)
    done = run("knowledge", "impact", "--people", "50", "--json", "--on", "2026-11-22", **settings)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert set(row) == {"id", "kind", "people", "outcomes", "more", "less"}
    assert (row["id"], row["kind"], row["people"]) == ("baby-grant", "changed", 50)
    for shift in row["outcomes"]:
        assert {key: type(value) for key, value in shift.items()} == {
            "before": str,
            "after": str,
            "people": int,
        }
    assert {("no" in (shift["before"], shift["after"])) for shift in row["outcomes"]} == {True}
    said = run("knowledge", "impact", "--people", "50", "--on", "2026-11-22", **settings)
    assert re.search(r"^baby-grant: \d+ з 50: було \w+, стане \w+", said.stdout, re.MULTILINE)
    nowhere = run("knowledge", "impact", "--against", "no-such", **settings)
    assert nowhere.returncode == 2
    assert "no-such" in nowhere.stderr


ENTRY_FIGURES = {
    "id": str, "title": str, "group": str, "status": str, "owner": str, "confidence": str, "doubts": list,
    "cases": int, "phrasings": int, "golden": int, "sources": int, "missing_pins": int, "review_by": str,
    "words_mean": float, "words_longest": int,
}  # fmt: skip
EVALUATED_FIGURES = {
    "ways": int, "ways_cut": bool, "longest_way": int, "mutants_killed": int, "mutants": int, "limits_held": int,
    "limits": int, "questions_mean": float, "questions_longest": int,
}  # fmt: skip


def test_the_report_has_exactly_these_figures(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    done = run("knowledge", "report", "--json", "--on", "2026-11-22", **on_a_tiny_base(tiny))
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    report = json.loads(line)
    assert {key: type(value) for key, value in report.items()} == {
        "version": str, "community": str, "on": str, "entries": list, "expiring": list, "size": dict,
        "interviewed": int, "load_ms": float, "assess_ms": float,
    }  # fmt: skip
    rows = {row["id"]: row for row in report["entries"]}
    assert rows.keys() == {"baby-grant", "income-aid", "later-aid"}
    for row in rows.values():
        assert {key: type(value) for key, value in row.items() if key in ENTRY_FIGURES} == ENTRY_FIGURES
        assert row.keys() - ENTRY_FIGURES.keys() == {"second_reading", "corrections", "evaluated"}
    grant = rows["baby-grant"]
    assert {key: type(value) for key, value in grant["evaluated"].items()} == EVALUATED_FIGURES
    assert (rows["income-aid"]["evaluated"], rows["later-aid"]["evaluated"]) == (None, None)
    assert (grant["cases"], grant["missing_pins"], len(grant["doubts"]), grant["second_reading"]) == (
        2,
        1,
        1,
        None,
    )
    assert 1 <= grant["evaluated"]["questions_mean"] <= grant["evaluated"]["questions_longest"] <= 4
    first = report["expiring"][0]
    assert first == {
        "parameter": "grant", "title": "Виплата на дитину", "known_through": "2026-12-31", "entries": ["baby-grant"],
    }  # fmt: skip
    assert {key: type(value) for key, value in report["size"].items()} == dict.fromkeys(
        (
            "entries",
            "evaluated",
            "facts",
            "parameters",
            "documents",
            "sources",
            "cases",
            "phrasings",
            "golden",
            "bytes",
        ),
        int,
    )


def test_the_report_is_one_page_that_needs_nothing_else(run: Run, tmp_path: Path) -> None:
    tiny, file = TinyBase(tmp_path), tmp_path / "report.html"
    tiny.change("grant", "Джерела по-різному називають строк.", "Суми <різні> у джерелах.")
    done = run("knowledge", "report", str(file), **on_a_tiny_base(tiny))
    assert (done.returncode, done.stdout.strip()) == (0, str(file)), done.stderr
    page = file.read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|src=|href=|url\(|@import", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "&lt;різні&gt;" in page
    for words in ("baby-grant", "income-aid", "later-aid", "Сумніви", "31.12.2026"):
        assert words in page
    assert run("knowledge", "report", str(tmp_path / "no" / "r.html"), **on_a_tiny_base(tiny)).returncode == 1


CASE_OF_ANOTHER = """\
- name: дитина живе не тут
  as_of: 2026-11-22
  given: {child.lives_with_applicant: no}
  expect: {outcome: "no", because: [lives]}
"""


def test_a_check_that_finds_something_to_mend_fails(run: Run, tmp_path: Path) -> None:
    tiny = TinyBase(tmp_path)
    assert run("knowledge", "check", **on_a_tiny_base(tiny)).returncode == 0
    tiny.change("grant", "owner: family_department", "owner: yes")
    done = run("knowledge", "check", **on_a_tiny_base(tiny))
    assert done.returncode == 1
    assert "1 to mend before the base can be built" in done.stdout


PERIOD_FIELDS = {"value", "from", "to", "known_through", "source", "checked_on"}


def test_every_parameter_has_its_value_today(run: Run, tmp_path: Path) -> None:
    settings = on_a_tiny_base(TinyBase(tmp_path))
    done = run("knowledge", "parameters", "--json", **settings)
    assert done.returncode == 0, done.stderr
    rows = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows.keys() == {"grant", "grant_before", "apply_months", "share"}
    assert rows["grant_before"] == {
        "id": "grant_before",
        "title": "Попередня виплата",
        "unit": "UAH",
        "value": 41280.5,
        "from": "2014-07-01",
        "to": None,
        "known_through": "2027-12-31",
        "source": {"id": "law", "title": "закон № 4681-IX від 05.11.2025", "url": "https://example.org/law"},
        "checked_on": "2026-11-20",
        "next_change_expected": None,
        "vouched": rows["grant_before"]["vouched"],
    }
    assert {type(row["vouched"]) for row in rows.values()} == {bool}
    assert type(rows["apply_months"]["value"]) is int
    said = run("knowledge", "parameters", **settings)
    assert [line.split()[0] for line in said.stdout.splitlines()] == sorted(rows)


def test_what_is_missing_on_a_day_says_who_needs_it_and_what_to_fill(run: Run, tmp_path: Path) -> None:
    settings = on_a_tiny_base(TinyBase(tmp_path))
    done = run("knowledge", "parameters", "--missing", "2027-01-01", "--json", **settings)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row.keys() == {"id", "title", "group", "unit", "reason", "uses", "skeleton"} | PERIOD_FIELDS
    assert (row["id"], row["group"], row["reason"], row["value"]) == ("grant", "order", "past_horizon", 50000)
    assert (row["from"], row["to"], row["known_through"]) == ("2026-01-01", None, "2026-12-31")
    assert row["uses"] == [
        {"kind": "entry", "id": "baby-grant", "rules": True, "texts": ["answers.amount"]},
        {"kind": "entry", "id": "income-aid", "rules": True, "texts": []},
    ]
    assert "  grant:\n    unit: UAH\n    values:\n      - from: 2027-01-01\n" in row["skeleton"]
    said = run("knowledge", "parameters", "--missing", "2027-01-01", **settings)
    assert "baby-grant (правила, answers.amount)" in said.stdout
    assert said.stdout.splitlines()[-1] == "на 01.01.2027 без підтвердженого значення 1 з 4"
    before = run("knowledge", "parameters", "--missing", "2026-12-31", "--json", **settings)
    assert (before.returncode, before.stdout) == (0, "")
    earlier = run("knowledge", "parameters", "--missing", "2015-01-01", "--json", **settings)
    found = {row["id"]: row for row in map(json.loads, earlier.stdout.splitlines())}
    assert {name: (row["reason"], row["skeleton"]) for name, row in found.items()} == {
        "grant": ("not_begun", None)
    }


def test_the_file_to_fill_is_refused_empty_and_makes_the_cards_whole_when_filled(
    run: Run, tmp_path: Path
) -> None:
    tiny = TinyBase(tmp_path)
    tiny.change("grant", "{grant_before}.", "{grant_before}. Строк {apply_months}, частка {share}.")
    settings, file = on_a_tiny_base(tiny), tmp_path / "2030.yaml"
    done = run("knowledge", "parameters", "--missing", "2030-01-01", "--yaml", str(file), **settings)
    assert (done.returncode, done.stdout.strip()) == (0, str(file)), done.stderr
    skeleton = file.read_text(encoding="utf-8")
    assert "Було 50000 (UAH) з 01.01.2026, відомо до 31.12.2026" in skeleton
    next_file = "national/parameters/2030.yaml"
    tiny.write(next_file, skeleton)
    checked = run("knowledge", "check", **settings)
    assert checked.returncode == 1
    assert "4 to mend before the base can be built" in checked.stdout
    assert re.search(
        r"2030.yaml:\d+: continue\.grant\.values\.0\.value: порожньо: value, source, checked_on",
        checked.stdout,
    )
    tiny.write(next_file, filled(skeleton))
    assert run("knowledge", "check", **settings).returncode == 0
    assert run("knowledge", "parameters", "--missing", "2030-01-01", **settings).stdout.endswith(" 0 з 4\n")
    rows = map(
        json.loads, run("knowledge", "rehearse", "2030-01-01", "--json", **settings).stdout.splitlines()
    )
    for row in rows:
        assert row["lapsed"] == []
        assert "не підтверджено" not in str(row["then"])
    again = run("knowledge", "parameters", "--missing", "2030-01-01", "--yaml", str(file), **settings)
    assert again.returncode == 2
    assert file.read_text(encoding="utf-8") == skeleton


def filled(skeleton: str) -> str:
    """As an editor would: the values that were, and a source of the file's own."""
    text = re.sub(r"value:  # було (\S+)", r"value: \1", skeleton)
    text = re.sub(r"source:  # було \S+", "source: law_2030", text).replace(
        "checked_on:\n", "checked_on: 2029-12-20\n"
    )
    return text.replace(
        "continue:\n", 'sources:\n  law_2030: {title: {uk: "закон на 2030 рік"}}\ncontinue:\n'
    )


def test_wrong_days_and_options_of_parameters_are_bad_input(run: Run, tmp_path: Path) -> None:
    settings = on_a_tiny_base(TinyBase(tmp_path))
    for options in (
        ["--missing", "soon"],
        ["--yaml", "f.yaml"],
        ["--missing", "2027-01-01", "--yaml", "f", "--json"],
    ):
        done = run("knowledge", "parameters", *options, **settings)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
    assert run("knowledge", "rehearse", "soon", **settings).returncode == 2


def test_a_dry_run_of_a_day_is_an_object_an_entry(run: Run, tmp_path: Path) -> None:
    settings = on_a_tiny_base(TinyBase(tmp_path))
    done = run("knowledge", "rehearse", "2027-02-01", "--json", **settings)
    assert done.returncode == 0, done.stderr
    rows = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows.keys() == {"baby-grant", "income-aid"}
    for row in rows.values():
        assert {key: type(value) for key, value in row.items()} == {
            "id": str, "status": str, "today": dict, "then": dict, "lapsed": list, "already": list, "texts": list,
            "due": list, "cases": list,
        }  # fmt: skip
        assert row["today"].keys() == row["then"].keys() == {"headline", "amount", "who", "when", "where"}
    grant = rows["baby-grant"]
    assert grant["then"]["headline"] == "Виплата на дитину: суму на 2027 рік ще не підтверджено."
    assert grant["then"]["amount"].replace("\u00a0", " ") == (
        "суму ще не підтверджено на 2027 рік. Відомо станом на 31 грудня 2026 року: "
        "від 41 280,50 до 50 000 грн на дитину"
    )
    assert grant["lapsed"] == ["grant"]
    assert grant["due"] == [{"kind": "review", "name": "baby-grant", "due": "2027-01-15"}]
    for case in grant["cases"]:
        assert {key: type(value) for key, value in case.items()} == {
            "name": str, "held": str, "outcome": str, "stale": list, "sum_withheld": bool,
        }  # fmt: skip
    said = run("knowledge", "rehearse", "2027-02-01", **settings)
    assert said.returncode == 0
    assert "baby-grant (published)" in said.stdout
    assert said.stdout.splitlines()[-1].startswith("карток 2, іншими стають ")
