"""A file of continuations: values that follow those of parameters elsewhere, read as they stand or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from knowledge_base.answers import EntryCard
from knowledge_base.rules.parameters import last_vouched, value_at
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.schema import Parameter, ParameterValue
from knowledge_base.snapshot import RefusedBase, build, current
from tests.knowledge_base.test_library import plain
from tests.knowledge_base.tiny_base import TinyBase

NEXT = "national/parameters/2027.yaml"
FILLED = """\
sources:
  law_2027: {title: {uk: "закон про бюджет на 2027 рік"}, url: "https://example.org/2027"}
continue:
  grant:
    unit: UAH
    values:
      - from: 2027-01-01
        value: 60000
        source: law_2027
        checked_on: 2026-12-20
        known_through: 2027-12-31
"""
JANUARY = datetime(2027, 1, 10, 9, tzinfo=UTC)


def parameter(tiny: TinyBase, name: str) -> Parameter:
    return read_content(tiny.content).base.parameters[name]


def card(tiny: TinyBase) -> EntryCard:
    return tiny.library().card("baby-grant", JANUARY)


def test_the_next_value_ends_the_one_before(tiny: TinyBase) -> None:
    tiny.write(NEXT, FILLED)
    assert tiny.problems() == []
    found = [value_at(parameter(tiny, "grant"), day) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert [(one.value, one.source, one.stale) for one in found if one] == [
        (50000, "law", False),
        (60000, "law_2027", False),
    ]


def test_a_card_is_whole_again(tiny: TinyBase) -> None:
    before = card(tiny)
    assert (before.amount, before.stale_year) == (None, 2027)
    tiny.write(NEXT, FILLED)
    after = card(tiny)
    assert plain(after.amount) == "від 41 280,50 до 60 000 грн на дитину"
    assert (after.stale_year, after.last_amount) == (None, None)


def test_days_between_the_horizon_and_the_next_value_stay_unvouched(tiny: TinyBase) -> None:
    tiny.write(NEXT, FILLED.replace("from: 2027-01-01", "from: 2027-03-01"))
    assert tiny.errors() == []
    grant = parameter(tiny, "grant")
    found = [value_at(grant, date(2027, month, 1)) for month in (2, 3)]
    assert [(one.value, one.stale) for one in found if one] == [(50000, True), (60000, False)]
    assert last_vouched(grant, date(2027, 2, 1)) == date(2026, 12, 31)
    assert card(tiny).stale_year == 2027


def test_several_files_follow_each_other_by_their_days(tiny: TinyBase) -> None:
    tiny.write("national/parameters/2027-late.yaml", FILLED)
    later = FILLED.replace("2027-01-01", "2028-01-01").replace("2027-12-31", "2028-12-31")
    tiny.write(
        "national/parameters/2027-a.yaml", later.replace("law_2027", "law_2028").replace("60000", "70000")
    )
    assert tiny.errors() == []
    assert [(one.from_, one.to, one.value) for one in parameter(tiny, "grant").values[-2:]] == [
        (date(2027, 1, 1), date(2027, 12, 31), 60000),
        (date(2028, 1, 1), None, 70000),
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("from: 2027-01-01", "from: 2026-01-01", "continue.grant.values.0.from", "накладається"),
        ("  grant:", "  grnt:", "continue.grnt", "можливо, «grant»"),
        (
            "unit: UAH",
            "unit: percent",
            "continue.grant.unit",
            "має бути UAH, як у national/parameters/all.yaml",
        ),
        (
            "value: 60000",
            "value:",
            "continue.grant.values.0.value",
            "порожньо: value; впишіть або приберіть «grant»",
        ),
        ("source: law_2027", "source:", "continue.grant.values.0.source", "порожньо: source"),
        (
            "source: law_2027",
            "source: low_2027",
            "continue.grant.values.0.source",
            "невідоме джерело «low_2027»",
        ),
        ("value: 60000", "value: 2027-01-01", "continue.grant.values.0.value", "не відповідає одиниці UAH"),
        (
            "        known_through: 2027-12-31\n",
            "",
            "continue.grant.values.0.known_through",
            "бракує цього поля",
        ),
        (
            "known_through: 2027-12-31",
            "known_through: 2026-12-31",
            "continue.grant.values.0.known_through",
            "раніше",
        ),
        ("checked_on", "cheked_on", "continue.grant.values.0", "cheked_on"),
        ("sources:", "source:", "source", "бувають лише continue і sources"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(
    tiny: TinyBase, old: str, new: str, field: str, words: str
) -> None:
    tiny.write(NEXT, FILLED)
    tiny.change(NEXT, old, new)
    found = [(problem.file, problem.field, problem.message) for problem in tiny.errors()]
    assert any(file == NEXT and at.startswith(field) and words in message for file, at, message in found), (
        found
    )


def test_an_empty_value_is_named_with_its_line_and_how_to_mend_it(tiny: TinyBase) -> None:
    tiny.write(NEXT, FILLED.replace("value: 60000\n        source: law_2027", "value:\n        source:"))
    assert [str(problem) for problem in tiny.errors()] == [
        f"{NEXT}:8: continue.grant.values.0.value: порожньо: value, source; впишіть або приберіть «grant» звідси"
    ]


def test_one_parameter_may_not_be_continued_twice_from_the_same_day(tiny: TinyBase) -> None:
    tiny.write(NEXT, FILLED)
    tiny.write("national/parameters/2027b.yaml", FILLED[FILLED.index("continue") :])
    (problem,) = tiny.errors()
    assert (problem.file, problem.field) == ("national/parameters/2027b.yaml", "continue.grant.values.0.from")


def test_a_refused_file_leaves_the_last_good_base_serving(tiny: TinyBase) -> None:
    good = build(tiny.content, tiny.target)
    tiny.write(NEXT, FILLED.replace("value: 60000", "value:"))
    with pytest.raises(RefusedBase, match=r"2027.yaml:8: continue.grant.values.0.value"):
        build(tiny.content, tiny.target)
    assert current(tiny.target).version == good


def test_a_case_that_waited_for_the_value_is_a_reminder_and_others_are_faults(tiny: TinyBase) -> None:
    cases = tiny.content / "national/benefits/families/baby-grant.cases.yaml"
    waiting = (
        "- name: наступного року\n  as_of: 2027-01-05\n"
        "  given: {applicant.role: mother, child.birth_date: 2027-01-02, child.lives_with_applicant: yes}\n"
        '  expect: {outcome: "yes", stale: [grant]}\n'
    )
    cases.write_text(cases.read_text(encoding="utf-8") + waiting, encoding="utf-8")
    assert tiny.problems() == []
    tiny.write(NEXT, FILLED)
    (note,) = tiny.problems()
    assert (note.blocking, note.field) == (False, "2.expect")
    assert "чекав на grant" in note.message
    tiny.change("cases", 'expect: {outcome: "no", because: [who]', 'expect: {outcome: "yes", because: [who]')
    assert [problem.field for problem in tiny.errors()] == ["1.expect.outcome"]


def test_a_closed_period_may_be_vouched_for_less_long_than_it_held() -> None:
    period = ParameterValue(
        from_=date(2026, 1, 1),
        to=date(2026, 12, 31),
        value=Decimal(5),
        source="law",
        known_through=date(2026, 3, 31),
    )
    assert period.runs_out
    assert not period.model_copy(update={"known_through": date(2026, 12, 31)}).runs_out
