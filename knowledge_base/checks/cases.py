"""Runs the cases beside an entry: what each expects and what the rules come to, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.base import Case
from knowledge_base.rules.facts import Contradiction, ImpossibleFacts, read_known

Difference = tuple[str, str]
"""The field of `expect` that differs, and what came instead, in words."""
UNORDERED = frozenset({"because", "need", "stale", "possible_documents"})


def differences(rules: Rules, case: Case) -> Iterator[Difference]:
    """What a case expects and does not get; nothing where it holds."""
    try:
        known = read_known(case.given, rules.dictionary.facts, case.as_of)
        found = rules.assess(known, case.as_of)
    except (ImpossibleFacts, Contradiction) as fault:
        yield "outcome", str(fault)
        return
    outcome = outcome_of(found)
    expected = case.expect.model_dump(exclude_none=True, include=set(outcome))
    for field, value in expected.items():
        came, wanted = outcome[field], _plain(value)
        if field in UNORDERED:
            came, wanted = _sorted(came), _sorted(wanted)
        if came != wanted:
            yield field, f"виходить {_shown(came)}, а очікується {_shown(wanted)}"
    asked = set(case.expect.never_asks or ()) & {*found.need, *found.need_amount}
    if asked:
        yield "never_asks", f"а питає {_shown(sorted(asked))}"


def awaited(rules: Rules, case: Case) -> tuple[str, ...]:
    """The figures that were not vouched for on the day of a case which holds; none where it does not hold."""
    if any(differences(rules, case)):
        return ()
    try:
        return rules.assess(read_known(case.given, rules.dictionary.facts, case.as_of), case.as_of).stale
    except (ImpossibleFacts, Contradiction):
        return ()


def outcome_of(found: Assessment) -> Mapping[str, object]:
    """The fields that a case may expect, as plain values."""
    amount = found.amount
    return {
        "outcome": found.outcome.value,
        "because": list(found.because),
        "need": list(found.need),
        "variant": found.variant,
        "amount": {"low": amount.low, "high": amount.high} if amount else None,
        "stale": list(found.stale),
        "documents": list(found.documents),
        "possible_documents": list(found.possible_documents),
        "deadlines": {name: last.low for name, last in found.deadlines.items() if last.exact},
    }


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [*value]
    if isinstance(value, dict):
        return {name: Decimal(one) if isinstance(one, int) else one for name, one in value.items()}
    return value


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items()) or "нічого"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "нічого"
    return "нічого" if value is None else str(value)
