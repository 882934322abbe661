"""What nothing uses is a reminder, and only once there is nothing to mend."""

from __future__ import annotations

from tests.knowledge_base.tiny_base import TinyBase

SPARE = """\
applicant.spare:
  type: bool
  person: applicant
  label: {uk: "зайве"}
  why: {uk: "Ні від чого не залежить."}
  ask: {uk: "А це?"}
  cost: 1
"""


def notes(tiny: TinyBase) -> list[tuple[str, str]]:
    return [(problem.field, problem.message) for problem in tiny.notes()]


def test_a_fact_no_rule_asks_for(tiny: TinyBase) -> None:
    tiny.write("national/facts/more.yaml", SPARE)
    assert notes(tiny) == [("applicant.spare", "жодне правило не питає цього факта")]


def test_a_fact_that_another_follows_from_is_used(tiny: TinyBase) -> None:
    implies = '  implies: [{when: "applicant.spare = yes", then: ["child.lives_with_applicant = no"]}]\n'
    tiny.write("national/facts/more.yaml", SPARE + implies)
    assert notes(tiny) == []


def test_a_paper_no_entry_asks_for(tiny: TinyBase) -> None:
    tiny.change("later", "[{doc: income_paper}]", "[{doc: application}]")
    assert notes(tiny) == [("income_paper", "жодна картка не просить цього документа")]


def test_a_paper_a_community_adds_is_used(tiny: TinyBase) -> None:
    tiny.change("later", "[{doc: income_paper}]", "[{doc: application}]")
    line = "  - {entry: later-aid, made_for_version: 1, add: {documents: [{doc: income_paper}]}}\n"
    tiny.change("overlay", "  - entry: baby-grant", f"{line}  - entry: baby-grant")
    assert tiny.problems() == []


def test_a_step_no_rule_takes(tiny: TinyBase) -> None:
    tiny.change("aid", "  left:", '  spare: {value: "left * 2"}\n  left:')
    assert [problem.field for problem in tiny.errors()] == [
        "derive.spare.value"
    ]  # a later step is not there yet
    tiny.change("aid", '  spare: {value: "left * 2"}\n  left:', '  spare: {value: "must_pay * 2"}\n  left:')
    assert notes(tiny) == [("derive.spare", "жодне правило не бере цього кроку")]


def test_a_step_behind_another_is_used(tiny: TinyBase) -> None:
    assert notes(tiny) == []  # `must_pay` stands in `left`, and `left` in the rules


def test_options_that_no_rule_tells_apart(tiny: TinyBase) -> None:
    line = tiny.change("facts", 'other: {uk: "Інше"}', 'aunt: {uk: "Я тітка"}, other: {uk: "Інше"}')
    (found,) = tiny.notes()
    assert (found.line, found.field) == (line, "applicant.role.options.other")
    assert found.message == "жодне правило не розрізняє: aunt, other"


def test_options_that_an_implication_tells_apart(tiny: TinyBase) -> None:
    tiny.change("facts", 'other: {uk: "Інше"}', 'aunt: {uk: "Я тітка"}, other: {uk: "Інше"}')
    implies = 'implies: [{when: "applicant.role = aunt", then: ["child.lives_with_applicant = no"]}]'
    tiny.change("facts", 'ask: {uk: "Ким ви є дитині?"}', f'{implies}\n  ask: {{uk: "Ким ви є дитині?"}}')
    assert notes(tiny) == []


def test_a_base_with_something_to_mend_is_not_reminded(tiny: TinyBase) -> None:
    tiny.write("national/facts/more.yaml", SPARE)
    tiny.change("grant", "kind: cash", "kind: cahs")
    assert tiny.errors()
    assert notes(tiny) == []
