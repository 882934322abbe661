"""Conditions joined by and, or, not, several of; one fact in several comparisons."""

from __future__ import annotations

from knowledge_base.rules.comparing import Truth
from tests.knowledge_base.small_rules import (
    assess,
)

BIRTH = "child.birth_date"
INCOME = "household.income_month"


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
