"""What an entry comes to for half-known facts: outcome, reasons, needs, sums, papers and last days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from knowledge_base.rules.calculation import shifted
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction
from knowledge_base.rules.values import Range, exactly
from tests.knowledge_base.small_rules import (
    BIRTH_GRANT,
    DICTIONARY,
    GRANT_KNOWN,
    SUBSIDY,
    SUBSIDY_KNOWN,
    TODAY,
    assess,
    known,
    money,
    rules,
)

BIRTH = "child.birth_date"
INCOME = "household.income_month"


def without(given: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in given.items() if name not in names}


# ---- the three probes


def test_nothing_known_is_unknown_with_a_range() -> None:
    found = assess(BIRTH_GRANT, {})
    assert found.outcome is Truth.UNKNOWN
    assert money(found) == (41280, 50000)
    assert found.deadlines == {"apply": Range(TODAY, date(2027, 11, 24))}
    assert found.documents == ("application",)


@pytest.mark.parametrize(
    ("ruled", "killing", "reason"),
    [
        (BIRTH_GRANT, {"applicant.role": "other"}, "who"),
        (BIRTH_GRANT, {BIRTH: "2025-11-23"}, "in_time"),
        (SUBSIDY, {"household.new_car": True}, "car_new"),
        (SUBSIDY, {"household.savings": [100000.01, None]}, "savings"),
    ],
)
def test_one_killing_fact_is_a_no_without_a_question_more(
    ruled: str, killing: dict[str, object], reason: str
) -> None:
    found = assess(ruled, killing)
    assert (found.outcome, found.because) == (Truth.NO, (reason,))
    assert (found.need, found.need_amount, found.need_documents) == ((), (), ())


def test_a_date_past_the_horizon_is_a_warning() -> None:
    here, past = (assess(SUBSIDY, SUBSIDY_KNOWN, day) for day in (TODAY, date(2027, 2, 1)))
    assert (here.outcome, here.stale) == (Truth.YES, ())
    assert (past.outcome, past.stale) == (Truth.YES, ("pm_general",))
    assert money(past) == money(here)


# ---- the worked examples


def test_a_mother_of_a_child_of_this_year() -> None:
    found = assess(BIRTH_GRANT, GRANT_KNOWN)
    assert (found.outcome, found.variant, money(found)) == (Truth.YES, "born_from_2026", (50000, 50000))
    assert found.documents == ("application", "birth_certificate", "id_card")
    assert found.possible_documents == ()
    assert found.deadlines == {"apply": exactly(date(2027, 3, 10))}
    assert found.where == ("diia", "pfu_office")


def test_a_guardian_with_a_booklet() -> None:
    found = assess(BIRTH_GRANT, {**GRANT_KNOWN, "applicant.role": "guardian", "applicant.id_kind": "booklet"})
    assert found.documents == ("application", "guardianship_decision", "booklet")


def test_the_last_day_of_december_has_the_old_sum_and_may_still_apply() -> None:
    given = {**GRANT_KNOWN, BIRTH: "2025-12-31", "child.birth_registered": "abroad"}
    found = assess(BIRTH_GRANT, given)
    assert (found.variant, money(found)) == ("born_until_2025", (41280, 41280))
    assert "foreign_birth_record" in found.documents
    assert assess(BIRTH_GRANT, given, date(2026, 12, 31)).outcome is Truth.YES
    late = assess(BIRTH_GRANT, {BIRTH: "2025-12-31"}, date(2027, 1, 1))
    assert (late.outcome, late.because, late.need) == (Truth.NO, ("in_time",), ())


def test_only_that_the_child_is_of_this_year() -> None:
    found = assess(BIRTH_GRANT, {"applicant.role": "mother", BIRTH: ["2026-01-01", "2026-11-22"]})
    assert (found.outcome, found.variant, money(found)) == (Truth.UNKNOWN, "born_from_2026", (50000, 50000))
    assert set(found.need) == {
        "child.lives_with_applicant",
        "applicant.legal_status",
        "child.full_state_care",
        "applicant.rights_removed",
    }


def test_a_subsidy_with_everything_known() -> None:
    found = assess(SUBSIDY, SUBSIDY_KNOWN)
    assert (found.outcome, money(found)) == (Truth.YES, (Decimal("1117.23"), Decimal("1117.23")))
    assert found.need_amount == ()


def test_an_approximate_income_is_enough_for_the_right_and_gives_a_range() -> None:
    found = assess(SUBSIDY, {**SUBSIDY_KNOWN, "household.savings": [0, 50000], INCOME: [10000, 14000]})
    assert (found.outcome, found.need) == (Truth.YES, ())
    assert money(found) == (Decimal("509.57"), Decimal("1631.41"))
    assert found.need_amount == (INCOME,)


def test_a_suspended_benefit_is_a_no_that_says_so() -> None:
    found = assess("status: suspended\n" + BIRTH_GRANT, GRANT_KNOWN)
    assert (found.outcome, found.because) == (Truth.NO, ("suspended",))


# ---- children


CHILD = {name: value for name, value in GRANT_KNOWN.items() if name.startswith("child.")}
PARENT = without(GRANT_KNOWN, *CHILD)


def test_children_are_assessed_one_by_one_and_summed() -> None:
    children = [
        {**CHILD, BIRTH: "2026-03-10"},
        {**CHILD, BIRTH: "2025-12-30"},
        {**CHILD, BIRTH: "2020-05-05"},
    ]
    found = assess(BIRTH_GRANT, {**PARENT, "children": children})
    assert [one.outcome for one in found.children] == [Truth.YES, Truth.YES, Truth.NO]
    assert (found.outcome, found.because, money(found)) == (Truth.YES, (), (91280, 91280))
    assert found.variants == ("born_from_2026", "born_until_2025")
    assert found.deadlines == {"apply": exactly(date(2026, 12, 30))}


def test_an_only_child_is_like_facts_beside_the_others() -> None:
    alone = assess(BIRTH_GRANT, {**PARENT, "children": [{**CHILD, BIRTH: "2026-03-10"}]})
    assert alone == assess(BIRTH_GRANT, GRANT_KNOWN)


def test_a_child_of_whom_little_is_known_is_possible_and_not_sure() -> None:
    children = [{**CHILD, BIRTH: "2026-03-10"}, {BIRTH: "2026-03-11"}]
    found = assess(BIRTH_GRANT, {**PARENT, "children": children})
    assert (found.outcome, money(found)) == (Truth.YES, (50000, 100000))


def test_as_long_as_no_child_is_sure_the_sum_is_for_one_at_least() -> None:
    children = [{BIRTH: "2026-03-10"}, {BIRTH: "2025-12-30"}]
    found = assess(BIRTH_GRANT, {**PARENT, "children": children})
    assert (found.outcome, money(found)) == (Truth.UNKNOWN, (41280, 91280))
    assert set(found.need) == {"child.lives_with_applicant", "child.full_state_care"}


def test_no_child_fits() -> None:
    children = [{BIRTH: "2020-03-10"}, {**CHILD, BIRTH: "2026-03-10", "child.lives_with_applicant": False}]
    found = assess(BIRTH_GRANT, {**PARENT, "children": children})
    assert (found.outcome, found.because, found.amount) == (Truth.NO, ("in_time", "lives"), None)


def test_the_earliest_last_day_may_be_a_range() -> None:
    children = [{**CHILD, BIRTH: ["2026-01-01", "2026-10-01"]}, {**CHILD, BIRTH: "2026-02-01"}]
    found = assess(BIRTH_GRANT, {**PARENT, "children": children})
    assert found.deadlines == {"apply": Range(date(2027, 1, 1), date(2027, 2, 1))}


def test_a_sum_for_the_household_is_not_paid_for_each_child() -> None:
    ruled = """\
subject: child
eligible: {id: small, that: "child.birth_date > today - 6 years"}
variants: [{id: one, amount: {value: "household.size * 100", per: household, paid: monthly}}]
"""
    found = assess(ruled, {"household.size": 3, "children": [{BIRTH: "2024-01-01"}, {BIRTH: "2025-01-01"}]})
    assert money(found) == (300, 300)


# ---- facts that follow from others


PER_PERSON = """\
eligible: {id: poor, that: "household.income_per_person <= 5000"}
variants: [{id: one, amount: {value: "5000 - household.income_per_person", paid: monthly}}]
"""


def test_a_computed_fact_follows_from_its_inputs() -> None:
    found = assess(PER_PERSON, {INCOME: 9000, "household.size": 2})
    assert (found.outcome, money(found)) == (Truth.YES, (500, 500))
    assert assess(PER_PERSON, {INCOME: [9000, 10000], "household.size": [2, 3]}).outcome is Truth.YES
    assert assess(PER_PERSON, {INCOME: [11000, 12000], "household.size": 2}).outcome is Truth.NO


def test_a_computed_fact_may_also_be_told() -> None:
    assert assess(PER_PERSON, {"household.income_per_person": 4000}).outcome is Truth.YES
    half = assess(
        PER_PERSON, {"household.income_per_person": [4000, 6000], INCOME: 9000, "household.size": 2}
    )
    assert money(half) == (500, 500)
    with pytest.raises(Contradiction) as caught:
        assess(PER_PERSON, {"household.income_per_person": 4000, INCOME: 9000, "household.size": 2})
    assert caught.value.fact == "household.income_per_person"
    assert set(caught.value.by) == {INCOME, "household.size"}


COUNTED = 'eligible: {id: two, that: "household.children_under_6 >= 2"}'


def test_children_told_one_by_one_are_counted() -> None:
    small, big = {BIRTH: "2024-01-01"}, {BIRTH: "2010-01-01"}
    assert assess(COUNTED, {}).need == ("household.children_under_6",)
    assert assess(COUNTED, {"household.children_under_6": 2}).outcome is Truth.YES
    assert assess(COUNTED, {"children": [small, small, big]}).outcome is Truth.YES
    assert assess(COUNTED, {"children": [small, big]}).outcome is Truth.NO
    assert assess(COUNTED, {"children": [small, {}]}).outcome is Truth.UNKNOWN
    assert assess(COUNTED, {"children": [small, {}], "household.children_under_6": 2}).outcome is Truth.YES
    with pytest.raises(Contradiction) as caught:
        assess(COUNTED, {"children": [small, big], "household.children_under_6": 2})
    assert caught.value.by == (BIRTH,)


def test_the_sixth_birthday_is_no_longer_under_six() -> None:
    assert assess(COUNTED, {"children": [{BIRTH: "2020-11-25"}] * 2}).outcome is Truth.YES
    assert assess(COUNTED, {"children": [{BIRTH: "2020-11-24"}] * 2}).outcome is Truth.NO


def test_what_follows_for_a_child_is_counted_too() -> None:
    ruled = 'eligible: {id: one, that: "household.children_at_home = 1"}'
    children = [{"child.lives_with_applicant": True}, {"child.full_state_care": True}]
    assert assess(ruled, {"children": children}).outcome is Truth.YES


def test_the_order_of_birth_follows_from_the_dates() -> None:
    ruled = 'subject: child\neligible: {id: second, that: "child.order >= 2"}'
    dated = [{BIRTH: "2026-03-10"}, {BIRTH: "2020-01-01"}, {BIRTH: ["2019-06-01", "2020-06-01"]}]
    outcomes = [one.outcome for one in assess(ruled, {"children": dated}).children]
    assert outcomes == [Truth.YES, Truth.UNKNOWN, Truth.UNKNOWN]
    twins = assess(ruled, {"children": [{BIRTH: "2026-03-10"}] * 2})
    assert [one.outcome for one in twins.children] == [Truth.NO, Truth.YES]


def test_one_fact_implies_another_and_that_a_third() -> None:
    ruled = 'eligible: {all: ["household.new_car = no", "household.cars_under_15 <= 1"]}'
    assert assess(ruled, {"household.drives": False}).outcome is Truth.YES
    assert assess(ruled, {"household.drives": True}).outcome is Truth.UNKNOWN
    with pytest.raises(Contradiction) as caught:
        assess(ruled, {"household.has_car": False, "household.cars_under_15": [1, 3]})
    assert (caught.value.fact, caught.value.by) == ("household.cars_under_15", ("household.has_car",))
    assert "household.has_car" in str(caught.value)


def test_a_contradiction_beside_the_matter_is_found_by_the_whole_dictionary_only() -> None:
    told = known({"household.has_car": False, "household.new_car": True})
    assert rules(BIRTH_GRANT).assess(told, TODAY).outcome is Truth.UNKNOWN
    with pytest.raises(Contradiction):
        DICTIONARY.check(told, TODAY)
    clashing = known({"household.children_under_6": 0, "children": [{BIRTH: "2026-01-01"}, {}]})
    with pytest.raises(Contradiction):
        DICTIONARY.check(clashing, TODAY)


# ---- conditions joined


def outcome(condition: str, **given: object) -> Truth:
    names = {name.replace("__", "."): value for name, value in given.items()}
    return assess(f"eligible: {condition}", names).outcome


def test_at_least_some_of_several() -> None:
    several = (
        '{at_least: 2, of: ["applicant.works = yes", "applicant.pensioner = yes", "household.has_car = yes"]}'
    )
    assert outcome(several, applicant__works=True, applicant__pensioner=True) is Truth.YES
    assert outcome(several, applicant__works=False, applicant__pensioner=False) is Truth.NO
    assert outcome(several, applicant__works=True) is Truth.UNKNOWN


def test_not_turns_yes_and_no_and_leaves_unknown() -> None:
    inner = '{not: {id: works, that: "applicant.works = yes"}}'
    assert outcome(inner, applicant__works=False) is Truth.YES
    assert outcome(inner) is Truth.UNKNOWN
    found = assess(f"eligible: {inner}", {"applicant.works": True})
    assert (found.outcome, found.because) == (Truth.NO, ("works",))


def test_a_no_that_the_law_leaves_to_a_person_is_no_refusal() -> None:
    ruled = """\
eligible:
  all:
    - {id: homes, that: "household.second_home = no", otherwise: specialist}
    - {id: works, that: "applicant.works = yes"}
"""
    homes = {"household.second_home": True}
    found = assess(ruled, {**homes, "applicant.works": True})
    assert (found.outcome, found.because, found.need) == (Truth.SPECIALIST, ("homes",), ())
    assert assess(ruled, {**homes, "applicant.works": False}).because == ("works",)
    assert assess(ruled, homes).outcome is Truth.UNKNOWN


def test_what_a_person_decides_inside_other_conditions() -> None:
    leaf = '{that: "household.second_home = no", otherwise: specialist}'
    other = "household.has_car = no"
    second_home: dict[str, object] = {"household__second_home": True}
    assert (
        outcome(f"{{any: [{leaf}, '{other}']}}", **second_home, household__has_car=True) is Truth.SPECIALIST
    )
    assert outcome(f"{{any: [{leaf}, '{other}']}}", **second_home, household__has_car=False) is Truth.YES
    assert outcome(f"{{not: {leaf}}}", **second_home) is Truth.SPECIALIST
    assert outcome(f"{{at_least: 1, of: [{leaf}]}}", **second_home) is Truth.SPECIALIST


# ---- one fact in several comparisons


def test_a_fact_in_two_comparisons_is_settled_whatever_it_is() -> None:
    found = assess('eligible: {id: any_age, any: ["applicant.age < 6", "applicant.age >= 6"]}', {})
    assert (found.outcome, found.need) == (Truth.YES, ())


def test_every_option_of_a_choice() -> None:
    ruled = 'eligible: {id: every, any: ["applicant.role in [mother, father]", "applicant.role in [guardian, other]"]}'
    assert assess(ruled, {}).outcome is Truth.YES


def test_only_the_fact_that_still_decides_is_needed() -> None:
    ruled = """\
eligible:
  any:
    - {all: ["applicant.age < 60", "applicant.works = yes"]}
    - {all: ["applicant.age >= 60", "applicant.works = yes"]}
"""
    found = assess(ruled, {})
    assert (found.outcome, found.need) == (Truth.UNKNOWN, ("applicant.works",))
    assert assess(ruled, {"applicant.works": True}).outcome is Truth.YES


def test_a_no_by_two_conditions_together_names_them_both() -> None:
    ruled = """\
eligible:
  all:
    - {id: young, any: ["applicant.age < 60", "applicant.works = yes"]}
    - {id: home, that: "household.second_home = no"}
    - {id: old, any: ["applicant.age > 70", "applicant.works = yes"]}
"""
    found = assess(ruled, {"applicant.works": False})
    assert (found.outcome, found.because, found.need) == (Truth.NO, ("young", "old"), ())
    assert assess(ruled, {"applicant.works": False, "applicant.age": [50, 80]}).because == ("young", "old")
    assert assess(ruled, {"applicant.works": False, "applicant.age": 75}).because == ("young",)


def test_what_parts_agree_on_is_left_to_a_person_as_well() -> None:
    ruled = """\
eligible:
  all:
    - {id: role, all: ["applicant.role = mother", {not: "applicant.role = mother"}], otherwise: specialist}
"""
    assert assess(ruled, {}).outcome is Truth.SPECIALIST


def test_the_tree_shows_what_all_parts_agree_on() -> None:
    ruled = """\
eligible:
  any:
    - {id: never, all: ["applicant.age < 6", "applicant.age > 7"]}
    - {id: small, all: ["applicant.age < 6", "household.size > 2"]}
    - {id: works, that: "applicant.works = yes"}
"""
    found = assess(ruled, {})
    assert found.judged is not None
    assert [child.truth for child in found.judged.children] == [Truth.NO, Truth.UNKNOWN, Truth.UNKNOWN]
    assert set(found.need) == {"applicant.age", "household.size", "applicant.works"}


# ---- sums


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("", "33.335"),
        (", round: kopiyka", "33.34"),
        (", round: kopiyka_down", "33.33"),
        (", round: hryvnia", "33"),
        (", round: hryvnia_down", "33"),
        (", round: hryvnia_up", "34"),
    ],
)
def test_the_one_rounding_of_a_sum(rounding: str, expected: str) -> None:
    ruled = f'variants: [{{id: one, amount: {{value: "{INCOME} / 2", paid: monthly{rounding}}}}}]'
    found = assess(f"eligible: always\n{ruled}", {INCOME: Decimal("66.67")})
    assert money(found) == (Decimal(expected), Decimal(expected))


def test_half_a_hryvnia_goes_up() -> None:
    ruled = f'eligible: always\nvariants: [{{id: one, amount: {{value: "{INCOME}", paid: once, round: hryvnia}}}}]'
    assert money(assess(ruled, {INCOME: "2.50"})) == (3, 3)
    assert money(assess(ruled, {INCOME: ["1.49", "3.50"]})) == (1, 4)


@pytest.mark.parametrize("income", [200, 1000, 9999.99])
def test_three_thirds_are_one(income: float) -> None:
    """A division leaves a trace in the last digit that must not decide, nor be rounded up to a hryvnia."""
    ruled = f"""\
derive: {{whole: {{value: "{INCOME} / 7 * 7"}}}}
eligible: {{all: ["whole >= {INCOME}", "whole <= {INCOME}"]}}
variants: [{{id: one, amount: {{value: "whole - {INCOME} / 3 * 3", paid: once, round: hryvnia_up}}}}]
"""
    found = assess(ruled, {INCOME: income})
    assert (found.outcome, money(found)) == (Truth.YES, (0, 0))


def test_a_sum_that_may_have_no_end_is_not_told() -> None:
    found = assess(SUBSIDY, without(SUBSIDY_KNOWN, "household.bill_in_norm"))
    assert found.amount is None
    assert found.need == ("household.bill_in_norm",)


def test_the_sum_supposes_that_one_is_entitled() -> None:
    ruled = f"""\
eligible: {{id: poor, that: "{INCOME} <= 3000"}}
variants: [{{id: one, amount: {{value: "5000 - {INCOME}", paid: monthly}}}}]
"""
    found = assess(ruled, {})
    assert (found.outcome, money(found)) == (Truth.UNKNOWN, (2000, 5000))


def test_a_division_by_what_may_be_nobody_is_not_told() -> None:
    ruled = f"""\
eligible: {{id: few, that: "each <= 100"}}
derive: {{each: {{value: "{INCOME} / household.cars_under_15"}}}}
"""
    assert assess(ruled, {INCOME: 100, "household.cars_under_15": [0, 2]}).outcome is Truth.UNKNOWN
    assert assess(ruled, {INCOME: 100, "household.cars_under_15": [1, 2]}).outcome is Truth.YES


def test_the_greatest_numbers_a_person_may_name_do_no_harm() -> None:
    ruled = f"""\
eligible: always
derive: {{product: {{value: "{INCOME} * household.savings * household.arrears"}}}}
variants: [{{id: one, amount: {{value: "product", paid: once, round: kopiyka}}}}]
"""
    most = Decimal(10) ** 12
    found = assess(ruled, dict.fromkeys((INCOME, "household.savings", "household.arrears"), most))
    assert money(found) == (most**3, most**3)


# ---- days


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_months_on_the_calendar(day: str, months: int, expected: str) -> None:
    assert shifted(date.fromisoformat(day), months, "months") == date.fromisoformat(expected)


def test_days_and_years_on_the_calendar() -> None:
    assert shifted(date(2024, 2, 28), 2, "days") == date(2024, 3, 1)
    assert shifted(date(9999, 12, 1), 1, "months") is None
    ruled = 'eligible: {id: adult, that: "child.birth_date <= today - 18 years"}'
    born = {BIRTH: "2008-02-29"}
    assert assess(ruled, born, date(2026, 2, 28)).outcome is Truth.NO
    assert assess(ruled, born, date(2026, 3, 1)).outcome is Truth.YES


def test_a_child_of_the_29th_of_february_has_until_the_28th() -> None:
    born = {BIRTH: "2024-02-29"}
    assert assess(BIRTH_GRANT, {**GRANT_KNOWN, **born}, date(2025, 2, 28)).outcome is Truth.YES
    assert assess(BIRTH_GRANT, born, date(2025, 3, 1)).because == ("in_time",)


def test_a_last_day_that_applies_in_one_case_only() -> None:
    ruled = """\
eligible: always
deadlines: [{id: soon, when: "applicant.works = yes", last_day: "today + 10 days"}]
"""
    assert assess(ruled, {"applicant.works": True}).deadlines == {"soon": exactly(date(2026, 12, 4))}
    assert assess(ruled, {"applicant.works": False}).deadlines == {}


def test_the_shorter_and_the_longer_of_two_terms() -> None:
    ruled = """\
eligible: always
deadlines:
  - {id: soon, last_day: "today + min(@apply_months, 6 months)"}
  - {id: late, last_day: "today + max(@apply_months, 6 months)"}
"""
    assert assess(ruled, {}).deadlines == {
        "soon": exactly(date(2027, 5, 24)),
        "late": exactly(date(2027, 11, 24)),
    }


# ---- which day picks the law


CHANGED = """\
subject: child
basis_date: child.birth_date
eligible: {id: lives, that: "child.lives_with_applicant = yes"}
variants: [{id: one, amount: {value: "@grant", per: child, paid: once}}]
"""


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2025-12-31", (41280, 41280)),
        ("2026-01-01", (50000, 50000)),
        (["2025-12-01", "2025-12-31"], (41280, 41280)),
        (["2025-12-31", "2026-01-01"], (41280, 50000)),
    ],
)
def test_the_day_of_birth_picks_the_sum(born: object, expected: tuple[int, int]) -> None:
    found = assess(CHANGED, {BIRTH: born})
    assert money(found) == expected
    assert (BIRTH in found.need_amount) == (expected[0] != expected[1])


def test_today_picks_the_sum() -> None:
    ruled = CHANGED.replace("basis_date: child.birth_date", "basis_date: today")
    born = {BIRTH: "2025-06-01"}
    assert money(assess(ruled, born, date(2025, 12, 31))) == (41280, 41280)
    assert money(assess(ruled, born, date(2026, 1, 1))) == (50000, 50000)


def test_a_parameter_in_a_condition_makes_the_day_of_birth_needed() -> None:
    ruled = f'basis_date: child.birth_date\neligible: {{id: poor, that: "{INCOME} < @grant"}}'
    found = assess(ruled, {INCOME: 45000})
    assert (found.outcome, found.need) == (Truth.UNKNOWN, (BIRTH,))
    assert assess(ruled, {INCOME: 45000, BIRTH: "2026-02-01"}).outcome is Truth.YES
    assert assess(ruled, {INCOME: 45000, BIRTH: "2025-02-01"}).outcome is Truth.NO


def test_a_day_of_birth_does_not_age_with_today() -> None:
    found = assess(CHANGED, {BIRTH: "2026-10-01"}, date(2027, 6, 1))
    assert found.stale == ()
    assert assess(CHANGED, {BIRTH: "2027-01-01"}, date(2027, 6, 1)).stale == ("grant",)


def test_a_stale_sum_of_one_variant_is_not_hidden_by_another() -> None:
    ruled = """\
basis_date: applicant.retired_on
eligible: always
variants:
  - {id: late, when: "applicant.retired_on > 2020-12-31", amount: {value: "@old_limit", paid: once}}
  - {id: early, when: "applicant.retired_on <= 2020-12-31", amount: {value: "@old_limit * 2", paid: once}}
"""
    assert assess(ruled, {}).stale == ("old_limit",)
    assert assess(ruled, {"applicant.retired_on": "2015-01-01"}).stale == ()


def test_a_refusal_names_the_stale_parameters_behind_it_only() -> None:
    ruled = """\
eligible:
  all:
    - {id: poor, that: "household.income_month <= @old_limit"}
    - {not: {id: rich, that: "household.savings > @old_limit"}}
    - {id: works, that: "applicant.works = yes"}
"""
    assert assess(ruled, {"applicant.works": False}).stale == ()
    assert assess(ruled, {INCOME: 101}).stale == ("old_limit",)
    refused = assess(ruled, {"household.savings": 101})
    assert (refused.because, refused.stale) == (("rich",), ("old_limit",))


# ---- papers


def test_a_paper_is_sure_possible_or_not_needed() -> None:
    found = assess(BIRTH_GRANT, {"applicant.role": ["mother", "father"]})
    assert found.documents == ("application",)
    assert found.possible_documents == ("birth_certificate", "foreign_birth_record", "booklet", "id_card")
    assert found.need_documents == ("child.birth_registered", "applicant.id_kind")


def test_a_paper_supposes_that_one_is_entitled() -> None:
    ruled = """\
eligible: {id: parent, that: "applicant.role in [mother, father]"}
documents:
  closed_list: false
  items:
    - {doc: certificate, when: "applicant.role in [mother, father, guardian]"}
    - {doc: decision, when: "applicant.role = guardian"}
    - {doc: certificate, when: "applicant.works = yes"}
"""
    found = assess(ruled, {})
    assert (found.documents, found.possible_documents) == (("certificate",), ())


# ---- where the rules end


def test_what_no_parameter_reaches_is_for_a_person_and_asks_nothing_more() -> None:
    text = """
basis_date: applicant.retired_on
eligible: {all: [{id: poor, that: "household.income_month < @pm_general"}]}
"""
    known_all = {"applicant.retired_on": "2001-05-01", INCOME: 1000}
    found = assess(text, known_all)
    assert (found.outcome, found.because, found.need) == (Truth.SPECIALIST, ("poor",), ())
    assert assess(text, known_all | {"applicant.retired_on": "2024-05-01"}).outcome is Truth.YES
