"""Which question comes next: what decides most, exclusions in one list, limits instead of sums, delicate facts last."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.interview import Goal, Question, next_question
from knowledge_base.rules.values import Range, Value, exactly, options
from tests.knowledge_base.small_rules import FACT_MODELS, TODAY, known, rules

TICKED = {
    "household.second_home": {"usually": False, "tick": {"uk": "Друге житло"}},
    "household.adult_abroad_60d": {"usually": False, "tick": {"uk": "Довго за кордоном"}},
    "household.savings": {"usually": 0, "tick": {"uk": "Вклад понад {limit}"}},
    "household.income_month": {"sensitive": True},
    "applicant.works": {"consent": "health"},
}
FACTS = {
    name: type(fact).model_validate({**fact.model_dump(exclude_unset=True), **TICKED.get(name, {})})
    for name, fact in FACT_MODELS.items()
}
DICTIONARY = Dictionary(FACTS)


def ask(text: str, given: dict[str, object] | None = None, **more: object) -> Question | None:
    return next_question(rules(text, DICTIONARY), known(given or {}), TODAY, **more)  # type: ignore[arg-type]  # each test passes what the door takes


EXCLUSIONS = """
eligible:
  all:
    - {id: home, that: "household.second_home = no"}
    - {id: abroad, that: "household.adult_abroad_60d = no"}
    - {id: savings, that: "household.savings <= @savings_limit"}
    - {id: role, that: "applicant.role in [mother, father]"}
"""


def test_exclusions_are_one_list_with_the_limits_of_the_rule() -> None:
    question = ask(EXCLUSIONS, {"applicant.role": "mother"})
    assert question is not None
    assert question.kind == "ticks"
    ticks = {tick.fact: tick for tick in question.ticks}
    assert set(ticks) == {"household.second_home", "household.adult_abroad_60d", "household.savings"}
    assert ticks["household.second_home"].ticked == options(True)
    assert ticks["household.savings"].clear == Range(Decimal(0), Decimal(100000))
    assert ticks["household.savings"].ticked == Range(Decimal("100000.01"), None)
    assert ticks["household.savings"].limit == Decimal(100000)


def test_one_exclusion_alone_is_an_ordinary_question() -> None:
    given = {"applicant.role": "mother", "household.second_home": False, "household.savings": 0}
    question = ask(EXCLUSIONS, given)
    assert question is not None
    assert (question.kind, question.fact) == ("fact", "household.adult_abroad_60d")


def test_a_sum_held_only_against_a_limit_is_asked_as_more_or_less() -> None:
    question = ask('eligible: {all: [{id: bought, that: "household.big_purchase <= @purchase_limit"}]}')
    assert question is not None
    assert (question.kind, question.than) == ("threshold", Decimal(50000))
    assert question.parts == (Range(Decimal(0), Decimal(50000)), Range(Decimal("50000.01"), None))


def test_the_limit_belongs_where_the_rule_puts_it() -> None:
    question = ask('eligible: {all: [{id: bought, that: "household.big_purchase < @purchase_limit"}]}')
    assert question is not None
    assert question.parts[1].low == Decimal(50000)


def test_a_sum_that_is_computed_with_is_asked_for_itself() -> None:
    text = """
eligible: {all: [{id: bought, that: "household.big_purchase <= @purchase_limit"}]}
variants: [{id: half, amount: {value: "household.big_purchase / 2", paid: once}}]
"""
    question = ask(text)
    assert question is not None
    assert question.kind == "fact"


def test_a_fact_worked_out_from_others_is_asked_by_its_limit_instead_of_them() -> None:
    question = ask('eligible: {all: [{id: poor, that: "household.income_per_person <= @pm_general"}]}')
    assert question is not None
    assert (question.kind, question.fact, question.than) == (
        "threshold",
        "household.income_per_person",
        Decimal(3209),
    )
    given = {"household.size": 2, "household.income_month": 6000}
    assert (
        ask('eligible: {all: [{id: poor, that: "household.income_per_person <= @pm_general"}]}', given)
        is None
    )


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, "applicant.role"),
        ({"applicant.role": "mother"}, "household.income_month"),
        ({"applicant.role": "mother", "household.income_month": 100}, "applicant.works"),
        ({"applicant.role": "other"}, None),
    ],
)
def test_delicate_facts_wait_and_a_no_ends_it(given: dict[str, object], asked: str | None) -> None:
    text = """
eligible:
  all:
    - {id: works, that: "applicant.works = no"}
    - {id: income, that: "household.income_month <= 5000"}
    - {id: role, that: "applicant.role in [mother, father]"}
"""
    question = ask(text, given)
    assert (question.fact if question else None) == asked


def test_what_was_answered_with_i_do_not_know_is_not_asked_again() -> None:
    question = ask(EXCLUSIONS, {}, skipped=("applicant.role",))
    assert question is not None
    assert "applicant.role" not in question.facts
    everything = tuple(FACTS)
    assert ask(EXCLUSIONS, {}, skipped=everything) is None


def test_first_whether_then_how_much_then_which_papers() -> None:
    text = """
eligible: {all: [{id: role, that: "applicant.role in [mother, father]"}]}
variants: [{id: one, amount: {value: "household.size * 100", paid: once}}]
documents:
  closed_list: false
  items:
    - {doc: paper, when: "child.birth_registered = abroad", when_text: {uk: "якщо за кордоном"}}
"""
    given: dict[str, object] = {}
    seen: list[tuple[Goal, str]] = []
    answers: dict[str, object] = {
        "applicant.role": "mother",
        "household.size": 3,
        "child.birth_registered": "ukraine",
    }
    while (question := ask(text, given, documents=True)) is not None:
        seen.append((question.goal, question.fact))
        given[question.fact] = answers[question.fact]
    assert seen == [
        (Goal.OUTCOME, "applicant.role"),
        (Goal.AMOUNT, "household.size"),
        (Goal.DOCUMENTS, "child.birth_registered"),
    ]
    assert ask(text, {"applicant.role": "mother", "household.size": 3}) is None


def test_precision_is_not_asked_for_twice() -> None:
    text = """
eligible: {all: [{id: role, that: "applicant.role in [mother, father]"}]}
variants: [{id: one, amount: {value: "household.bill_in_norm / 2", paid: once}}]
"""
    assert ask(text, {"applicant.role": "mother", "household.bill_in_norm": [1000, 2000]}) is None


def test_what_decides_more_for_its_cost_comes_first() -> None:
    """The answer of one fact settles everything; the other only one of two."""
    text = """
eligible:
  all:
    - any:
        - "applicant.pensioner = yes"
        - all: ["household.drives = no", "applicant.id_kind = booklet", "child.birth_registered = ukraine"]
"""
    question = ask(text)
    assert question is not None
    assert question.fact == "applicant.pensioner"


def test_the_parts_of_a_limit_hold_every_value_once() -> None:
    question = ask('eligible: {all: [{id: bought, that: "household.big_purchase <= @purchase_limit"}]}')
    assert question is not None

    def holds(part: Range, value: Value) -> bool:
        assert isinstance(value, Range)
        low, high = part.low, part.high
        assert isinstance(value.low, Decimal)
        return (low is None or low <= value.low) and (high is None or value.low <= high)  # type: ignore[operator]

    for cents in (0, 4_999_999, 5_000_000, 5_000_001, 9_000_000):
        value = exactly(Decimal(cents) / 100)
        assert sum(holds(part, value) for part in question.parts) == 1
