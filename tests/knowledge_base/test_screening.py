"""Many entries at once: anytime, never at odds with an entry alone, delicate things last, nothing asked twice."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.interview import Question, usual_value
from knowledge_base.rules.values import Options, Value, exactly, options
from knowledge_base.screener import Screener

from ..dialogue.real_knowledge import real_knowledge

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
MOST_QUESTIONS = 150


def answers(screener: Screener, question: Question, choose: int) -> dict[str, Value]:
    """An answer to a question: one of those it offers, picked by a number; nothing where anything may be said."""
    if question.kind == "ticks":
        return {
            tick.fact: tick.ticked if (choose >> place) & 1 else tick.clear
            for place, tick in enumerate(question.ticks)
        }
    if question.kind == "threshold":
        return {question.fact: question.parts[choose % 2]}
    fact = screener.fact(question.fact).fact
    if fact.type == "bool":
        return {question.fact: options(bool(choose % 2))}
    if fact.type == "choice":
        several = sorted(fact.options or {})
        return {question.fact: options(several[choose % len(several)])}
    usual = usual_value(fact)
    return {} if usual is None else {question.fact: usual}


def fits(screener: Screener, known: Known) -> bool:
    try:
        screener.findings(known)
    except Contradiction:
        return False
    return True


def walk(screener: Screener, choices: list[int]) -> tuple[Known, list[Question]]:
    """As many questions as there are choices, answered by them; what cannot be chosen, or excludes another answer,
    is skipped.
    """
    known, skipped, asked = Known(), list[str](), list[Question]()
    for choose in choices:
        question = screener.next(known, skipped)
        if question is None:
            break
        asked.append(question)
        told = Known({**known.facts, **answers(screener, question, choose)})
        if told == known or not fits(screener, told):
            skipped.extend(question.facts)
        else:
            known = told
    return known, asked


@given(st.lists(st.integers(min_value=0, max_value=63), max_size=8))
def test_every_entry_stands_where_it_stands_alone(choices: list[int]) -> None:
    base = real_knowledge()
    screener = base.screener(NOW, ("children", "child_born", "displaced"))
    known, _ = walk(screener, choices)
    for finding in screener.findings(known).every:
        alone = base.assess(finding.entry, known, NOW)
        assert (finding.entry, finding.outcome) == (finding.entry, alone.outcome)
        assert finding.left == len(alone.need)


@given(st.lists(st.integers(min_value=0, max_value=63), max_size=12))
def test_nothing_is_asked_twice(choices: list[int]) -> None:
    _, asked = walk(real_knowledge().screener(NOW, ("disability", "pension")), choices)
    names = [name for question in asked for name in question.facts]
    partly = {question.fact for question in asked if question.kind == "threshold"}
    assert len([name for name in names if name not in partly]) == len({*names} - partly)


def test_it_goes_on_until_nothing_can_be_found_out() -> None:
    screener = real_knowledge().screener(NOW, ("child_born",))
    known, asked = walk(screener, [0] * MOST_QUESTIONS)
    assert len(asked) < MOST_QUESTIONS
    assert screener.next(known, [name for question in asked for name in question.facts]) is None


def test_delicate_things_are_asked_last() -> None:
    screener = real_knowledge().screener(NOW)
    known, skipped, delicacy = Known(), list[str](), list[int]()
    while (question := screener.next(known, skipped)) is not None:
        fact = screener.fact(question.fact).fact
        delicacy.append(2 if fact.consent else 1 if fact.sensitive else 0)
        skipped.extend(question.facts)
    assert delicacy == sorted(delicacy)
    assert {0, 1, 2} <= set(delicacy)


def test_one_answer_that_refuses_many_refuses_them_at_once() -> None:
    screener = real_knowledge().screener(NOW, ("displaced",))
    before = screener.findings(Known())
    after = screener.findings(Known({"idp.registered": Options(frozenset({False}))}))
    assert not before.of(Truth.NO)
    assert len(after.of(Truth.NO)) >= 3


def test_situations_choose_the_entries() -> None:
    base = real_knowledge()
    everything = set(base.screener(NOW).entries)
    bills = set(base.screener(NOW, ("utility_bills", "low_income")).entries)
    assert {"housing-subsidy", "utility-discounts", "low-income-benefit"} <= bills < everything
    # A displaced family's rent subsidy is about displacement, whatever it says of bills.
    assert "idp-rent-subsidy" not in bills
    assert "idp-rent-subsidy" in base.screener(NOW, ("displaced",)).entries


@pytest.mark.parametrize("entry", ["idp-allowance-renewal", "subsidy-extension", "human-trafficking-victim"])
def test_what_nobody_is_entitled_to_anew_is_left_out(entry: str) -> None:
    assert entry not in real_knowledge().screener(NOW).entries


def test_what_is_not_paid_now_is_left_out() -> None:
    base = real_knowledge()
    assert all(base.card(entry, NOW).status == "published" for entry in base.screener(NOW).entries)


def test_nearest_to_being_decided_stands_first() -> None:
    screener = real_knowledge().screener(NOW, ("pension",))
    possible = screener.findings(Known({"applicant.insurance_years": exactly(Decimal(40))})).of(Truth.UNKNOWN)
    assert [one.left for one in possible] == sorted(one.left for one in possible)


def test_without_children_whatever_is_for_a_child_is_refused_at_once_with_the_reason() -> None:
    screener = real_knowledge().screener(NOW)
    childless = Known({"child.any": options(False)})
    found = {one.entry: one for one in screener.findings(childless).every}
    refused = {
        name: found[name].reason for name in found if real_knowledge().assessor(name, NOW).is_per_child
    }
    assert len(refused) >= 12
    assert {found[name].outcome for name in refused} == {Truth.NO}
    assert set(refused.values()) == {"дітей, на яких це дають, у сім’ї немає"}
    skipped = list[str]()
    while (question := screener.next(childless, skipped)) is not None:
        assert not any(screener.fact(name).fact.person == "child" for name in question.facts)
        skipped.extend(question.facts)


def test_whoever_tells_of_a_child_has_one() -> None:
    screener = real_knowledge().screener(NOW, ("child_born",))
    born = {"child.birth_date": exactly(NOW.date())}
    with pytest.raises(Contradiction):
        screener.findings(Known({**born, "child.any": options(False)}))
    with pytest.raises(Contradiction):
        screener.findings(Known({"child.any": options(False)}, (born, born)))
    assert screener.is_of_children("child.birth_date")
    assert not real_knowledge().screener(NOW, ("pension",)).is_of_children("applicant.pension_kind")


EVERYBODY = ("utility_bills", "low_income", "other")


def test_what_was_not_chosen_is_supposed_until_something_else_is_told() -> None:
    screener = real_knowledge().screener(NOW, ("displaced", *EVERYBODY))
    supposed = screener.supposing(Known()).facts
    assert supposed["veteran.service"] == options("none")
    assert "idp.registered" not in supposed
    told = Known({"veteran.service": options("army")})
    assert screener.supposing(told).facts["veteran.service"] == options("army")


def test_what_is_told_wins_over_what_is_supposed() -> None:
    screener = real_knowledge().screener(NOW, ("veteran", *EVERYBODY))
    told = Known({"veteran.annual_group": options("disability")})
    assert "applicant.disability_group" in screener.supposing(Known()).facts
    supposed = screener.supposing(told)
    assert "applicant.disability_group" not in supposed.facts
    screener.findings(supposed)


def test_a_situation_that_is_a_door_of_its_own_supposes_nothing() -> None:
    assert real_knowledge().screener(NOW, ("child_born",)).supposing(Known()) == Known()
    assert real_knowledge().screener(NOW).supposing(Known()) == Known()


def test_what_a_situation_raises_does_not_wait() -> None:
    question = real_knowledge().screener(NOW, ("disability", *EVERYBODY)).next(Known(), ())
    assert question is not None
    assert question.fact == "child.has_disability"


def test_rare_things_are_one_list_and_no_tick_refuses_their_entries() -> None:
    screener = real_knowledge().screener(NOW, ("displaced", *EVERYBODY))
    known, skipped = Known(), list[str]()
    while (question := screener.next(known, skipped)) is not None and "hosting.any" not in question.facts:
        skipped.extend(question.facts)
    assert question is not None
    assert question.kind == "ticks"
    assert screener.tick_line(question.ticks[question.facts.index("hosting.any")]).startswith("Переселенці")
    known = Known({"hosting.any": options(False)})
    outcomes = {one.entry: one.outcome for one in screener.findings(known).every}
    assert outcomes["prykhystok"] is Truth.NO


def test_nobody_is_asked_to_divide_an_income_that_is_asked_for_anyway() -> None:
    screener = real_knowledge().screener(NOW, ("children", "child_born", *EVERYBODY))
    skipped, incomes = list[str](), ("household.income_month", "household.income_per_person")
    known = Known({"household.size": exactly(Decimal(3))})
    while (question := screener.next(known, skipped)) is not None and question.fact not in incomes:
        skipped.extend(question.facts)
    assert question is not None
    assert question.fact == "household.income_month"


@pytest.mark.parametrize(("per_person", "agrees"), [(3666, True), (3600, True), (3000, False)])
def test_an_income_divided_in_the_head_does_not_contradict(per_person: int, agrees: bool) -> None:
    screener = real_knowledge().screener(NOW, ("children", "child_born", *EVERYBODY))
    told = {"household.income_per_person": per_person, "household.income_month": 22000, "household.size": 6}
    assert fits(screener, Known({name: exactly(Decimal(value)) for name, value in told.items()})) is agrees
