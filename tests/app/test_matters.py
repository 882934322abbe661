"""A person's matter over the project's own base: what a real dialogue leaves for the specialist."""

from __future__ import annotations

from datetime import date, timedelta

from bots.app.matters import matter
from bots.dialogue.state import dump_state
from bots.dialogue.turn import State
from handover.tickets.packet import NOTHING, Matter
from knowledge_base.rules.comparing import Truth
from tests.dialogue.real_knowledge import real_knowledge
from tests.dialogue.stage import Stage

ENTRY = "housing-subsidy"
TITLE = "Субсидія на комунальні"


def stage(*lines: str) -> Stage:
    opened = Stage(knowledge=real_knowledge(), state=State(greeted=True))
    for line in lines:
        opened.line(line)
    return opened


def left(by: Stage, topic: str | None = None, after: timedelta = timedelta(0)) -> Matter:
    return matter(real_knowledge(), dump_state(by.state), topic, by.now + after)


def test_an_interview_leaves_facts_with_who_stated_them_the_conditions_and_what_is_missing() -> None:
    talk = stage(f"[press:i:{ENTRY}]", "[press:i:ticks:none]", "двоє", "не знаю")
    found = left(talk)
    facts = {fact.label: fact for fact in found.facts}
    assert facts["скільки людей у сім’ї"].value == "2"
    assert {fact.by for fact in found.facts} == {"asked"}
    (rule,) = found.rules
    assert (rule.title, rule.outcome) == (TITLE, Truth.UNKNOWN)
    assert ("плата за комунальні за місяць", "not_known") in rule.missing
    assert ("дохід усіх разом за місяць", "not_asked") in rule.missing
    met = [reason for reason in rule.reasons if reason.truth is Truth.YES]
    assert met
    assert all(reason.source for reason in met)
    figures = {figure.title: figure for reason in rule.reasons for figure in reason.figures}
    minimum = figures["Прожитковий мінімум на одну особу"]
    assert (minimum.value.replace("\xa0", " "), minimum.starts) == ("3 209 грн", date(2026, 1, 1))


def test_a_refusal_says_which_condition_failed() -> None:
    talk = stage(f"[press:i:{ENTRY}]", "2")
    rule = left(talk, ENTRY).rules[0]
    assert rule.outcome is Truth.NO
    assert rule.because
    assert any(reason.truth is Truth.NO and reason.source for reason in rule.reasons)


def test_papers_are_marked_as_the_person_ticked_them() -> None:
    talk = stage(f"[press:a:{ENTRY}:d]", "1 3")
    papers = left(talk).papers
    assert papers is not None
    assert papers.title == TITLE
    states = [paper.state for paper in papers.every]
    assert states[:3] == ["have", "need", "have"]
    assert set(states[3:]) == {"maybe"}


def test_what_nobody_told_is_not_checked_and_what_cannot_be_read_is_nothing() -> None:
    (rule,) = left(stage(), ENTRY).rules
    assert (rule.title, rule.outcome, rule.reasons) == (TITLE, None, ())
    assert matter(real_knowledge(), {"version": -5}, ENTRY, stage().now) == NOTHING
    assert matter(real_knowledge(), None, None, stage().now) == NOTHING


def test_what_was_said_on_the_way_is_told_apart_and_decides_nothing() -> None:
    talk = stage("Нас двоє, доходу разом десь 12 тисяч на місяць. Чи є субсидія?")
    found = left(talk, ENTRY)
    assert {fact.by for fact in found.facts} == {"said"}
    assert any(fact.about for fact in found.facts)
    assert found.rules[0].outcome is None


def test_old_facts_are_gone_as_they_are_for_the_rules() -> None:
    talk = stage(f"[press:i:{ENTRY}]", "[press:i:ticks:none]", "двоє")
    assert left(talk).facts
    assert left(talk, after=timedelta(days=91)).facts == ()


def test_an_overview_leaves_what_is_decided_and_what_is_still_possible() -> None:
    talk = stage("[press:m:rights]", "[press:s:self]", "[press:s:go]", "[press:i:ticks:none]")
    found = left(talk)
    assert found.possible
    assert all(rule.outcome in (Truth.YES, Truth.NO, Truth.SPECIALIST) for rule in found.rules)
    refused = [rule for rule in found.rules if rule.outcome is Truth.NO]
    assert refused
    assert all(rule.because for rule in refused)
