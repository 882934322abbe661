"""A case tells field by field what came and what was expected, in every community that has the entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from knowledge_base.checks.cases import differences
from knowledge_base.rules.base import Case
from tests.knowledge_base.small_rules import BIRTH_GRANT, GRANT_KNOWN, TODAY, rules
from tests.knowledge_base.tiny_base import TinyBase

RULES = rules(BIRTH_GRANT)
BORN = "child.birth_date"


def found(given: Mapping[str, object], **expect: Any) -> dict[str, str]:
    case = {"name": "приклад", "as_of": TODAY, "given": dict(given), "expect": expect}
    return dict(differences(RULES, Case.model_validate(case)))


def test_a_case_that_holds() -> None:
    given = {**GRANT_KNOWN, BORN: date(2026, 3, 10)}
    assert not found(
        given,
        outcome="yes",
        because=(),
        need=(),
        variant="born_from_2026",
        amount={"low": 50000, "high": 50000},
        stale=(),
        documents=("application", "birth_certificate", "id_card"),
        possible_documents=(),
        deadlines={"apply": date(2027, 3, 10)},
    )


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"outcome": "no"}, {"outcome": "виходить yes, а очікується no"}),
    ({"because": ("who",)}, {"because": "виходить нічого, а очікується who"}),
    ({"variant": "born_until_2025"}, {"variant": "виходить born_from_2026, а очікується born_until_2025"}),
    (
        {"amount": {"low": 1, "high": 50000}},
        {"amount": "виходить low 50000, high 50000, а очікується low 1, high 50000"},
    ),
    (
        {"documents": ("application", "id_card", "birth_certificate")},
        {
            "documents": "виходить application, birth_certificate, id_card, "
            "а очікується application, id_card, birth_certificate"
        },
    ),
    (
        {"deadlines": {"apply": date(2027, 3, 11)}},
        {"deadlines": "виходить apply 2027-03-10, а очікується apply 2027-03-11"},
    ),
]


@pytest.mark.parametrize(("expect", "differs"), WRONG)
def test_what_differs_is_told_as_it_came_and_as_it_was_expected(
    expect: dict[str, Any], differs: dict[str, str]
) -> None:
    assert found({**GRANT_KNOWN, BORN: date(2026, 3, 10)}, **expect) == differs


def test_several_fields_may_differ_and_what_is_not_expected_is_not_compared() -> None:
    differs = found({"applicant.role": "other"}, outcome="yes", because=("lives",), variant="born_from_2026")
    assert set(differs) == {"outcome", "because", "variant"}
    assert differs["variant"] == "виходить нічого, а очікується born_from_2026"


def test_reasons_and_needs_have_no_order() -> None:
    refused = {"applicant.role": "other", "child.lives_with_applicant": False}
    assert not found(refused, because=("lives", "who"))
    assert not found(refused, because=("who", "lives"))


def test_what_is_asked_though_it_never_should_be() -> None:
    given = {**GRANT_KNOWN, BORN: [date(2026, 1, 1), date(2026, 3, 10)]}
    del given["applicant.role"]
    assert not found(given, never_asks=("applicant.legal_status", BORN))
    assert found(given, never_asks=(BORN, "applicant.role")) == {"never_asks": "а питає applicant.role"}


def test_facts_that_cannot_be_are_a_difference_in_the_outcome() -> None:
    assert "ще не настало" in found({BORN: date(2026, 12, 1)}, outcome="no")["outcome"]
    both = {"child.full_state_care": True, "child.lives_with_applicant": True}
    assert "суперечить" in found(both, outcome="no")["outcome"]


def test_a_community_that_pays_another_sum_is_named(tiny: TinyBase) -> None:
    tiny.write(
        "communities/sample/parameters.yaml",
        'grant:\n  title: {uk: "Виплата"}\n  unit: UAH\n'
        "  values: [{from: 2020-01-01, value: 60000, source: law, known_through: 2026-12-31}]\n",
    )
    (wrong,) = [problem for problem in tiny.errors() if problem.file.endswith(".cases.yaml")]
    assert wrong.message == (
        "sample, «мати, дитина цього року»: "
        "виходить low 60000, high 60000, а очікується low 50000, high 50000"
    )
    assert (wrong.field, wrong.line) == ("0.expect.amount", 4)


def test_a_community_without_the_entry_is_not_asked(tiny: TinyBase) -> None:
    tiny.change("grant", "in [mother, father]", "in [mother, other]")
    assert [problem for problem in tiny.errors() if problem.file.endswith(".cases.yaml")]
    fill = "    fill:\n      where.pfu_office: {office: second_pfu}\n"
    tiny.change("overlay", fill, '    hide: {reason: {uk: "Тут цього не дають."}}\n')
    assert not [problem for problem in tiny.errors() if problem.file.endswith(".cases.yaml")]
