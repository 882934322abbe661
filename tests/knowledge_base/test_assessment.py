"""What an entry comes to for half-known facts: the probes, the worked examples, children, papers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

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
    without,
)

BIRTH = "child.birth_date"
INCOME = "household.income_month"


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
