"""Why it came out so: conditions with what they stand on, steps of the sum, and the receipt of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.explanation import Explanation, FactUsed, Node, Receipt, explain, receipt
from knowledge_base.rules.schema import Act, Text
from knowledge_base.rules.values import exactly, options
from tests.knowledge_base.small_rules import (
    BIRTH_GRANT,
    GRANT_KNOWN,
    SUBSIDY,
    SUBSIDY_KNOWN,
    TODAY,
    known,
    rules,
)

ACTS = {"law": Act(title=Text(uk="закон про все"), url="https://example.org/law")}
INCOME = "household.income_month"


def shout(text: str) -> str:
    """Stands for what fills placeholders."""
    return text.upper()


def explained(
    ruled: Rules, given: Mapping[str, object], today: date = TODAY, stated_by: Mapping[str, str] | None = None
) -> Explanation:
    return explain(ruled.assess(known(given, today), today), ruled, ACTS, shout, stated_by)


def node(explanation: Explanation, name: str) -> Node:
    assert explanation.conditions is not None
    return next(child for child in explanation.conditions.children if child.id == name)


def plain(text: str | None) -> str | None:
    return text.replace("\u00a0", " ") if text else text


def test_a_condition_says_why_what_it_looked_at_and_where_it_stands() -> None:
    found = explained(rules(BIRTH_GRANT), GRANT_KNOWN, stated_by={"applicant.role": "Ірина"})
    assert found.outcome is Truth.YES
    assert found.amount is not None
    who = node(found, "who")
    assert (who.truth, who.why) == (Truth.YES, "МАТИ, БАТЬКО АБО ОПІКУН")
    assert who.facts == (FactUsed("applicant.role", "APPLICANT.ROLE", options("mother"), "Ірина"),)
    assert who.source is not None
    assert (who.source.title, who.source.pin, who.source.url) == (
        "ЗАКОН ПРО ВСЕ",
        "ст. 5",
        "https://example.org/law",
    )
    lives = node(found, "lives")
    assert lives.source is None
    assert lives.facts[0].stated_by is None


def test_a_refusal_says_the_words_for_no() -> None:
    found = explained(rules(BIRTH_GRANT), {"applicant.role": "other", "child.lives_with_applicant": False})
    assert node(found, "who").why == "ІНШІ РОДИЧІ НЕ МОЖУТЬ"
    assert node(found, "lives").why == "ДИТИНА ЖИВЕ З ВАМИ"
    assert node(found, "status").why is None


def test_of_what_is_not_known_no_value_is_told() -> None:
    who = node(explained(rules(BIRTH_GRANT), {}), "who")
    assert (who.truth, [fact.value for fact in who.facts]) == (Truth.UNKNOWN, [None])


def test_a_parameter_is_told_with_the_period_it_was_read_in() -> None:
    ruled = rules(
        f'basis_date: child.birth_date\neligible: {{all: [{{id: poor, that: "{INCOME} < @grant"}}]}}'
    )
    (old,) = node(explained(ruled, {"child.birth_date": "2025-05-05", INCOME: 1}), "poor").parameters
    assert (old.id, old.title, old.value, old.starts, old.ends, old.stale) == (
        "grant",
        "ВИПЛАТА, ЩО ЗМІНИЛАСЯ",
        41280,
        date(2008, 1, 1),
        date(2025, 12, 31),
        False,
    )
    born_after = {"child.birth_date": ["2025-05-05", "2027-02-01"]}
    both = node(explained(ruled, born_after, date(2027, 3, 1)), "poor").parameters
    assert [(one.value, one.known_through, one.stale) for one in both] == [
        (41280, None, False),
        (50000, date(2026, 12, 31), True),
    ]


@pytest.mark.parametrize(
    ("income", "words"),
    [
        (12000, ["6 000 грн", "14,02 %", "1 682,77 грн"]),
        (
            [10000, 12000],
            ["від 5 000 до 6 000 грн", "від 11,69 % до 14,02 %", "від 1 168,59 до 1 682,77 грн"],
        ),
        ([10000, None], [None, None, None]),
    ],
)
def test_the_steps_of_the_sum(income: object, words: list[str | None]) -> None:
    found = explained(rules(SUBSIDY), {**SUBSIDY_KNOWN, INCOME: income})
    assert [step.id for step in found.steps] == ["income_per_person", "share", "must_pay"]
    assert found.steps[0].label == "ДОХІД НА ЛЮДИНУ"
    assert found.steps[2].source is not None
    assert [plain(step.words) for step in found.steps] == words


def test_steps_in_other_units() -> None:
    ruled = rules(
        """\
derive:
  age: {value: "today - child.birth_date"}
  until: {value: "child.birth_date + 12 months"}
  part: {value: "household.size / 3"}
  none: {value: "household.size / household.cars_under_15"}
eligible: always
"""
    )
    found = explained(
        ruled, {"child.birth_date": "2026-11-20", "household.size": 2, "household.cars_under_15": [0, 1]}
    )
    assert [plain(step.words) for step in found.steps] == ["4 дні", "20 листопада 2027 року", "0,6667", None]


def test_several_children_are_explained_one_by_one() -> None:
    children = [{"child.birth_date": "2026-03-10"}, {"child.birth_date": "2020-03-10"}]
    found = explained(rules(BIRTH_GRANT), {"children": children})
    assert found.conditions is None
    assert [child.outcome for child in found.children] == [Truth.UNKNOWN, Truth.NO]
    assert node(found.children[1], "in_time").why == "СТРОК МИНУВ"


def test_a_suspended_entry_has_no_conditions_to_tell() -> None:
    found = explained(rules("status: suspended\n" + BIRTH_GRANT), GRANT_KNOWN)
    assert (found.outcome, found.conditions, found.steps) == (Truth.NO, None, ())


def kept(text: str, given: Mapping[str, object], stated_by: Mapping[str, str] | None = None) -> Receipt:
    ruled, told = rules(text), known(given)
    return receipt(ruled.assess(told, TODAY), ruled, told, "base-1", shout, stated_by)


def test_the_receipt_of_a_refusal() -> None:
    given = {"applicant.role": "other", "household.size": 2}
    assert kept(BIRTH_GRANT, given, {"applicant.role": "citizen"}) == Receipt(
        base="base-1",
        entry="entry",
        version=3,
        on=TODAY,
        outcome=Truth.NO,
        variants=(),
        rules=("who",),
        facts=(FactUsed("applicant.role", "APPLICANT.ROLE", options("other"), "citizen"),),
    )


def test_the_receipt_of_a_yes_names_every_condition_and_the_way_it_came_out() -> None:
    found = kept(SUBSIDY, SUBSIDY_KNOWN)
    assert found.rules == (
        "car_new",
        "car_count",
        "home2",
        "abroad",
        "arrears",
        "purchase",
        "savings",
        "bill",
    )
    assert found.variants == ("standard",)
    assert {fact.fact for fact in found.facts} == set(SUBSIDY_KNOWN)


def test_the_receipt_names_facts_that_others_follow_from() -> None:
    ruled = 'eligible: {id: poor, that: "household.income_per_person <= 5000"}'
    found = kept(ruled, {INCOME: 9000, "household.size": 2, "applicant.works": True})
    assert {fact.fact for fact in found.facts} == {INCOME, "household.size"}


def test_the_receipt_tells_children_apart() -> None:
    children = [{"child.birth_date": "2026-03-10"}, {"child.birth_date": "2020-03-10"}]
    found = kept(BIRTH_GRANT, {"children": children})
    assert [(fact.child, fact.value) for fact in found.facts] == [
        (1, exactly(date(2026, 3, 10))),
        (2, exactly(date(2020, 3, 10))),
    ]
    assert "in_time" in found.rules


def test_the_receipt_of_a_suspended_entry() -> None:
    assert kept("status: closed\n" + BIRTH_GRANT, GRANT_KNOWN).rules == ("closed",)
