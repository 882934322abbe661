"""What grew old is named with its owner from the day it is due, and not a day before."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.checks.freshness import Overdue, check_freshness, overdue, parameters_of
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.reading import read_content
from tests.knowledge_base.tiny_base import TinyBase


def due(tiny: TinyBase, on: date) -> list[Overdue]:
    base = read_content(tiny.content).base
    return overdue(base.entries, base.facts, base.parameters, on)


def named(tiny: TinyBase, on: date, kind: str) -> list[tuple[str, str, str]]:
    return [(one.owner, one.entry, one.name) for one in due(tiny, on) if one.kind == kind]


@pytest.mark.parametrize(
    ("on", "sources"),
    [
        (date(2027, 5, 17), []),
        (date(2027, 5, 18), ["order"]),
        (date(2027, 5, 19), ["order"]),
        (date(2027, 5, 20), ["law", "order"]),
    ],
)
def test_a_source_is_to_be_read_again_after_half_a_year(tiny: TinyBase, on: date, sources: list[str]) -> None:
    found = named(tiny, on, "source")
    assert sorted(name for _, _, name in found) == sources
    assert all((owner, entry) == ("family_department", "baby-grant") for owner, entry, _ in found)


def test_the_last_day_for_a_review_is_not_overdue(tiny: TinyBase) -> None:
    assert named(tiny, date(2027, 1, 15), "review") == []
    assert named(tiny, date(2027, 1, 16), "review") == [("family_department", "baby-grant", "baby-grant")]


def test_a_figure_is_named_before_it_runs_out(tiny: TinyBase) -> None:
    assert named(tiny, date(2026, 10, 31), "parameter") == []
    assert named(tiny, date(2026, 11, 1), "parameter") == [("family_department", "baby-grant", "grant")]


def test_drafts_and_what_is_not_paid_are_nobodys_duty(tiny: TinyBase) -> None:
    assert {one.entry for one in due(tiny, date(2030, 1, 1))} == {"baby-grant"}


def test_a_value_is_not_vouched_for_past_a_change_that_is_expected(tiny: TinyBase) -> None:
    tiny.change(
        "parameters",
        "  unit: UAH\n  values:\n    - {from: 2020",
        "  unit: UAH\n  next_change_expected: 2026-12-31\n  values:\n    - {from: 2020",
    )
    (note,) = tiny.notes()
    assert (note.field, "зміну чекають 2026-12-31" in note.message) == ("grant.values.1.known_through", True)


def test_what_the_budget_sets_is_known_for_its_year_only(tiny: TinyBase) -> None:
    tiny.change("parameters", '"Виплата на дитину"', '"Прожитковий мінімум на дитину"')
    assert tiny.notes() == []
    tiny.change("parameters", "known_through: 2026-12-31", "known_through: 2027-01-31")
    (note,) = tiny.notes()
    assert (note.field, "діє один рік" in note.message) == ("grant.values.1.known_through", True)


def test_a_figure_that_only_a_text_shows_counts(tiny: TinyBase) -> None:
    base = read_content(tiny.content).base
    rules = Rules(base.entries["baby-grant"], Dictionary(base.facts), base.parameters)
    assert parameters_of(rules) == {"grant", "grant_before", "apply_months"}
    tiny.change(
        "grant", "Заяву подають до {deadline.apply}.", "Заяву подають до {deadline.apply}, це {share}."
    )
    base = read_content(tiny.content).base
    rules = Rules(base.entries["baby-grant"], Dictionary(base.facts), base.parameters)
    assert "share" in parameters_of(rules)


def test_the_reminder_names_the_line(tiny: TinyBase) -> None:
    reading = read_content(tiny.content)
    places = {name: reading.place("national", "entries", name) for name in reading.base.entries}
    on = date(2027, 1, 16)
    problems = list(check_freshness(due(tiny, on), places, on))
    assert not any(problem.blocking for problem in problems)
    (review,) = [problem for problem in problems if problem.field == "review_by"]
    assert review.line > 1
    assert review.message == "family_department: перегляд був до 2027-01-15"
