"""What an entry would say twice, and what would refuse people without a word, is found at its line."""

from __future__ import annotations

import pytest

from knowledge_base.rules.problems import Problem
from tests.knowledge_base.tiny_base import SHORT, TinyBase

PARTS = """\
first:
  title: {uk: "Перша частина"}
  unit: UAH
  values:
    - {from: 2014-07-01, to: 2019-12-31, value: 40, source: law}
    - {from: 2020-01-01, value: 60, source: law, known_through: 2026-12-31}
each:
  title: {uk: "Щомісяця"}
  unit: UAH
  values: [{from: 2014-07-01, value: 10, source: law, known_through: 2026-12-31}]
total:
  title: {uk: "Разом"}
  unit: UAH
  values:
    - {from: 2014-07-01, to: 2019-12-31, value: 160, source: law}
    - {from: 2020-01-01, value: 180, source: law, known_through: 2026-12-31}
"""
PAID = 'amount: {value: "@total", per: child, paid: {once: "@first", then_monthly: "@each", months: "12 months"}}'
BEFORE = 'amount: {value: "@grant_before", per: child, paid: monthly}'


def faults(tiny: TinyBase, file: str = "grant") -> list[Problem]:
    return [problem for problem in tiny.errors() if problem.file == SHORT[file]]


# ---- parts beside their sum


def test_parts_that_come_to_the_sum_in_every_period(tiny: TinyBase) -> None:
    tiny.write("national/parameters/parts.yaml", PARTS)
    tiny.change("grant", BEFORE, PAID)
    assert tiny.errors() == []


@pytest.mark.parametrize(
    ("old", "new", "periods"),
    [
        ("value: 180,", "value: 181,", ["частини разом дають 180, а value — 181 (з 2020-01-01)"]),
        (
            "value: 10,",
            "value: 11,",
            [
                "частини разом дають 172, а value — 160 (з 2014-07-01)",
                "частини разом дають 192, а value — 180 (з 2020-01-01)",
            ],
        ),
    ],
)
def test_parts_that_come_to_another_sum_are_named_with_their_period(
    tiny: TinyBase, old: str, new: str, periods: list[str]
) -> None:
    tiny.write("national/parameters/parts.yaml", PARTS.replace(old, new))
    line = tiny.change("grant", BEFORE, PAID)
    assert [problem.message for problem in faults(tiny)] == periods
    assert {(problem.field, problem.line) for problem in faults(tiny)} == {("variants.1.amount.paid", line)}


def test_parts_of_a_sum_that_depends_on_the_person_are_left_alone(tiny: TinyBase) -> None:
    tiny.write("national/parameters/parts.yaml", PARTS)
    tiny.change("grant", BEFORE, PAID.replace("@total", "household.income"))
    assert not [problem for problem in faults(tiny) if "paid" in problem.field]


def test_the_number_of_parts_is_in_months(tiny: TinyBase) -> None:
    tiny.write("national/parameters/parts.yaml", PARTS)
    tiny.change("grant", BEFORE, PAID.replace("12 months", "360 days"))
    (found,) = faults(tiny)
    assert found.field == "variants.1.amount.paid.months"
    assert "виходить строк у днях, а має бути строк у місяцях" in found.message


# ---- the day of the law


@pytest.mark.parametrize("basis", ["child.birth_date", "today"])
def test_a_variant_looks_at_the_day_that_picks_its_parameters(tiny: TinyBase, basis: str) -> None:
    tiny.write(
        "national/facts/more.yaml",
        'applicant.moved: {type: date, person: applicant, max: today, cost: 1, label: {uk: "переїзд"},\n'
        '  why: {uk: "Від цього залежить."}, ask: {uk: "Коли переїхали?"}}\n',
    )
    tiny.change("grant", "basis_date: child.birth_date", f"basis_date: {basis}")
    line = tiny.change("grant", "child.birth_date >= 2026-01-01", "applicant.moved >= 2026-01-01")
    found = [problem for problem in faults(tiny) if "basis_date" in problem.message]
    assert [(problem.field, problem.line) for problem in found] == (
        [] if basis == "today" else [("variants.0.when", line)]
    )


def test_a_variant_that_compares_the_day_by_a_step_is_seen_too(tiny: TinyBase) -> None:
    moved = '    max: today, cost: 1, label: {uk: "переїзд"}, why: {uk: "Залежить."}, ask: {uk: "Коли?"}}\n'
    tiny.write("national/facts/more.yaml", f"applicant.moved: {{type: date, person: applicant,\n{moved}")
    tiny.change("grant", "eligible:", 'derive: {later: {value: "applicant.moved + 1 years"}}\neligible:')
    tiny.change("grant", "child.birth_date >= 2026-01-01", "later >= 2026-01-01")
    found = [problem.field for problem in faults(tiny) if "«applicant.moved»" in problem.message]
    assert found == ["variants.0.when"]


# ---- a term beside its deadline

LIVES = '"child.lives_with_applicant = yes"'
TERMS = [
    ("child.birth_date >= today - @apply_months", "{before_deadline: apply}"),
    ("child.birth_date > today - @apply_months", "{before_deadline: apply}"),
    ("child.birth_date >= today - 12 months", "{before_deadline: apply}"),
    ("child.birth_date >= today - 1 years", "{before_deadline: apply}"),
    ("last >= today", "{before_deadline: apply}"),
    ("child.birth_date < today - @apply_months", "{not: {before_deadline: apply}}"),
]
OTHERS = [
    "child.birth_date >= today - 6 months",
    "child.birth_date >= today - 12 days",
    "child.birth_date = today - 12 months",
    "child.birth_date >= today - @age_limit",
    "child.birth_date >= 2025-01-01",
    "last >= child.birth_date",
]
AGE_LIMIT = """\
age_limit:
  title: {uk: "Межа віку"}
  unit: years
  values: [{from: 2014-07-01, value: 1, source: law, known_through: 2029-12-31}]
"""


def with_condition(tiny: TinyBase, comparison: str) -> int:
    tiny.write("national/parameters/age.yaml", AGE_LIMIT)
    step = 'derive: {last: {value: "child.birth_date + @apply_months"}}\neligible:'
    tiny.change("grant", "eligible:", step)
    return tiny.change("grant", LIVES, f'"{comparison}"')


@pytest.mark.parametrize(("comparison", "mend"), TERMS)
def test_a_condition_that_repeats_the_term_of_a_deadline(tiny: TinyBase, comparison: str, mend: str) -> None:
    line = with_condition(tiny, comparison)
    (found,) = [problem for problem in faults(tiny) if "вдруге" in problem.message]
    assert (found.field, found.line) == ("eligible.all.1", line)
    assert found.message.endswith(f"напишіть {mend}")


@pytest.mark.parametrize("comparison", OTHERS)
def test_a_condition_with_another_term(tiny: TinyBase, comparison: str) -> None:
    with_condition(tiny, comparison)
    assert not [problem for problem in faults(tiny) if "вдруге" in problem.message]


def test_a_paper_that_repeats_the_term_is_found_too(tiny: TinyBase) -> None:
    tiny.change("grant", '"applicant.role = mother"', '"child.birth_date >= today - 12 months"')
    (found,) = [problem for problem in faults(tiny) if "вдруге" in problem.message]
    assert found.field == "documents.items.1.when"


# ---- what refuses has a name and a reason

REASONS = [
    ("grant", "{id: lives, that:", "{that:", "eligible.all.1", "бракує id"),
    ("grant", ', if_not: {uk: "дитина живе не з вами"}', "", "eligible.all.1", "бракує if_not"),
    ("grant", ', if_not: {uk: "строк минув"}', "", "eligible.all.2", "бракує if_not"),
    ("aid", "  id: little\n", "", "eligible", "бракує id"),
    ("aid", '  if_not: {uk: "дохід завеликий"}\n', "", "eligible", "бракує if_not"),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "words"), REASONS)
def test_what_may_refuse_has_a_name_and_says_why(
    tiny: TinyBase, file: str, old: str, new: str, field: str, words: str
) -> None:
    tiny.change(file, old, new)
    (found,) = faults(tiny, file)
    assert (found.field, words in found.message) == (field, True)


def test_what_stands_inside_a_named_condition_needs_no_name(tiny: TinyBase) -> None:
    tiny.change("grant", f"that: {LIVES}", f"any: [{LIVES}, {{not: {LIVES}}}]")
    assert not [problem for problem in faults(tiny) if "бракує" in problem.message]


def test_a_line_alone_is_asked_for_its_name_too(tiny: TinyBase) -> None:
    text = (tiny.content / "national/benefits/families/income-aid.yaml").read_text(encoding="utf-8")
    start, end = text.index("eligible:"), text.index("variants:")
    tiny.write("aid", f'{text[:start]}eligible: "left > @grant"\n{text[end:]}')
    assert [problem.message[:11] for problem in faults(tiny, "aid")] == ["бракує id: ", "бракує if_n"]


# ---- kinds

KINDS = [
    ("age", "today - child.birth_date", "age > 12 months", "строк у днях, а порівнюється з: строк у місяцях"),
    ("age", "today - child.birth_date", "age > @apply_months", "порівняйте самі дати"),
    ("term", "@apply_months + 30 days", "term > 12 months", "строк у місяцях + строк у днях"),
    ("term", "min(@apply_months, 30 days)", "term > 12 months", "одного роду"),
    ("who", "applicant.role", "who = mother", "порівнюйте сам факт"),
]


@pytest.mark.parametrize(("name", "formula", "comparison", "words"), KINDS)
def test_lengths_in_months_and_in_days_are_two_kinds(
    tiny: TinyBase, name: str, formula: str, comparison: str, words: str
) -> None:
    tiny.change("grant", "eligible:", f'derive: {{{name}: {{value: "{formula}"}}}}\neligible:')
    tiny.change("grant", LIVES, f'"{comparison}"')
    assert any(words in problem.message for problem in faults(tiny)), faults(tiny)


def test_a_length_in_years_is_one_in_months(tiny: TinyBase) -> None:
    tiny.change("grant", "eligible:", 'derive: {term: {value: "@apply_months + 1 years"}}\neligible:')
    tiny.change("grant", 'when: "applicant.role = mother"', 'when: "term >= 24 months"')
    assert not [problem for problem in faults(tiny) if "строк у" in problem.message]


# ---- properties

PROMISES = [
    ("{id: p, when_grows: household.income, then: amount, must: not_gro}", "must", "можливо, «not_grow»"),
    (
        "{id: p, when_grows: household.incom, then: amount, must: not_grow}",
        "when_grows",
        "«household.income»",
    ),
    ('{id: p, then: amount, must: "never negative"}', "must", ">= число"),
]


@pytest.mark.parametrize(("promise", "field", "words"), PROMISES)
def test_a_promise_nobody_could_keep_is_refused(tiny: TinyBase, promise: str, field: str, words: str) -> None:
    tiny.change("aid", "not_modelled:", f"properties: [{promise}]\nnot_modelled:")
    (found,) = faults(tiny, "aid")
    assert (found.field, words in found.message) == (f"properties.0.{field}", True)


def test_promises_that_can_be_kept(tiny: TinyBase) -> None:
    several = (
        "{id: more, when_grows: household.income, then: amount, must: not_fall}",
        '{id: never_negative, then: amount, must: ">= 0"}',
    )
    tiny.change("aid", "not_modelled:", f"properties: [{', '.join(several)}]\nnot_modelled:")
    assert tiny.errors() == []
