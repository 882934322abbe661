"""An assessment asked for by another program: facts in JSON come in, one JSON object goes out.

The names of the fields are a promise: fields may be added, never renamed or retyped.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from bots.app.faults import BadInput
from knowledge_base.library import Library
from knowledge_base.rules.assessment import Assessment, Money, Rules
from knowledge_base.rules.base import Base
from knowledge_base.rules.calculation import Length
from knowledge_base.rules.explanation import (
    DerivedStep,
    Explanation,
    FactUsed,
    Node,
    ParameterUsed,
    Receipt,
    SourceUsed,
)
from knowledge_base.rules.facts import Contradiction, ImpossibleFacts, Known, read_known, told
from knowledge_base.rules.problems import nearest
from knowledge_base.rules.thresholds import threshold
from knowledge_base.rules.values import Options, Point, Range, Value

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Plain = object
"""What JSON holds: None, bool, int, float, str, lists and objects of these."""


def assess(
    library: Library, base: Base, entry_id: str, facts: str, on: str | None, *, with_explanation: bool
) -> dict[str, Plain]:
    """The answer as one object. Raises BadInput with a line for each thing to mend."""
    name = evaluated_entry(library, base, entry_id)
    now = _moment(library, on)
    known = _known(library, facts, library.today(now))
    found = library.assess(name, known, now)
    rules = library.rules(name)
    answer = _assessment(found, rules)
    answer["unused"] = [
        one for one in told(known, library.dictionary.facts) if one not in rules.own_dictionary.facts
    ]
    answer["receipt"] = _receipt(library.receipt(found, known))
    if with_explanation:
        answer["explanation"] = _explanation(library.explain(found))
    return answer


# ---- what comes in


def evaluated_entry(library: Library, base: Base, entry_id: str) -> str:
    """The id of the evaluated entry with this id or alias. Raises BadInput."""
    name = library.resolve(entry_id)
    if name is None:
        if any(entry_id in (entry.id, *entry.aliases) for entry in base.entries.values()):
            raise BadInput(f"картку «{entry_id}» ще не опубліковано: її не обчислюють")
        raise BadInput(
            f"немає картки «{entry_id}»{nearest(entry_id, library.names)}; усі показує knowledge list"
        )
    if not library.evaluated(name):
        raise BadInput(f"картка «{name}» не має правил, які обчислюють; оберіть іншу: knowledge list --json")
    return name


def _moment(library: Library, on: str | None) -> datetime:
    """Noon of the day in the community; now where none is given."""
    zone = ZoneInfo(library.community.timezone)
    if on is None:
        return datetime.now(zone)
    return datetime.combine(read_day(on), time(12), zone)


def read_day(on: str, option: str = "--on") -> date:
    """The day that an option names. Raises BadInput."""
    try:
        if not DAY.fullmatch(on):
            raise ValueError
        return date.fromisoformat(on)
    except ValueError:
        raise BadInput(f"{option} «{on}» — не дата: чекаємо таку, як 2026-12-31") from None


def _known(library: Library, text: str, today: date) -> Known:
    try:
        given = json.loads(
            text, parse_float=_decimal, parse_constant=_no_number, object_pairs_hook=_without_repeats
        )
        if not isinstance(given, dict):
            raise BadInput('--facts: чекаємо об\'єкт JSON, як {"household.size": 2}')
        known = read_known(given, library.dictionary.facts, today)
        library.dictionary.check(known, today)
    except ImpossibleFacts as fault:
        raise BadInput(*(one.message for one in fault.faults)) from None
    except Contradiction as fault:
        raise BadInput(f"{fault}; виправте щось одне") from None
    except json.JSONDecodeError as fault:
        raise BadInput(
            f"--facts: це не JSON, рядок {fault.lineno}, знак {fault.colno}: {fault.msg}"
        ) from None
    except (ValueError, RecursionError) as fault:
        raise BadInput(f"--facts: це не JSON: {fault}") from None
    return known


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise ValueError(f"завелике число {digits[:40]}") from None


def _no_number(word: str) -> Decimal:
    raise ValueError(f"{word} — не число")


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"«{twice}» названо двічі: лишіть одне значення")
    return dict(pairs)


# ---- what goes out


def _assessment(found: Assessment, rules: Rules) -> dict[str, Plain]:
    children = [_assessment(one, rules) for one in found.children]
    return {
        "id": found.entry,
        "on": found.on.isoformat(),
        "outcome": found.outcome.value,
        "because": list(found.because),
        "need": list(found.need),
        "variant": found.variant,
        "variants": list(found.variants),
        "amount": _money(found.amount),
        "need_amount": list(found.need_amount),
        "stale": list(found.stale),
        "documents": list(found.documents),
        "possible_documents": list(found.possible_documents),
        "need_documents": list(found.need_documents),
        "deadlines": {name: _value(last) for name, last in found.deadlines.items()},
        "where": list(found.where),
        "narrow": _narrow(found, rules),
        "children": children,
    }


def _narrow(found: Assessment, rules: Rules) -> list[Plain]:
    """The limits to ask about instead of a sum or a day, in the order of `need`."""
    several = found.children or (found,)
    limits = {
        fact: than
        for one in several
        for fact in one.need
        if (than := threshold(rules, one.facts, fact, found.on)) is not None
    }
    return [{"fact": fact, "than": _point(limits[fact])} for fact in found.need if fact in limits]


def _receipt(receipt: Receipt) -> dict[str, Plain]:
    return {
        "base": receipt.base,
        "entry": receipt.entry,
        "version": receipt.version,
        "on": receipt.on.isoformat(),
        "outcome": receipt.outcome.value,
        "variants": list(receipt.variants),
        "rules": list(receipt.rules),
        "facts": [{**_fact(fact), "child": fact.child} for fact in receipt.facts],
    }


def _explanation(explanation: Explanation) -> dict[str, Plain]:
    return {
        "outcome": explanation.outcome.value,
        "conditions": _node(explanation.conditions) if explanation.conditions else None,
        "steps": [_step(step) for step in explanation.steps],
        "amount": _money(explanation.amount),
        "children": [_explanation(child) for child in explanation.children],
    }


def _node(node: Node) -> dict[str, Plain]:
    return {
        "id": node.id,
        "truth": node.truth.value,
        "why": node.why,
        "facts": [_fact(fact) for fact in node.facts],
        "parameters": [_parameter(parameter) for parameter in node.parameters],
        "source": _source(node.source),
        "children": [_node(child) for child in node.children],
    }


def _fact(fact: FactUsed) -> dict[str, Plain]:
    return {
        "fact": fact.fact,
        "label": fact.label,
        "value": None if fact.value is None else _value(fact.value),
        "stated_by": fact.stated_by,
    }


def _parameter(parameter: ParameterUsed) -> dict[str, Plain]:
    value = parameter.value
    return {
        "id": parameter.id,
        "title": parameter.title,
        "unit": parameter.unit,
        "value": _point(value if isinstance(value, date) else Decimal(value)),
        "from": parameter.starts.isoformat(),
        "to": _point(parameter.ends),
        "known_through": _point(parameter.known_through),
        "stale": parameter.stale,
    }


def _source(source: SourceUsed | None) -> dict[str, Plain] | None:
    if source is None:
        return None
    return {"id": source.id, "title": source.title, "pin": source.pin, "url": source.url}


def _step(step: DerivedStep) -> dict[str, Plain]:
    bounds = step.value if isinstance(step.value, Range | Length) else Range(None, None)
    return {
        "id": step.id,
        "label": step.label,
        "unit": step.unit,
        "low": _point(bounds.low),
        "high": _point(bounds.high),
        "words": step.words,
        "source": _source(step.source),
    }


def _money(money: Money | None) -> dict[str, Plain] | None:
    return None if money is None else {"low": _point(money.low), "high": _point(money.high)}


def _value(value: Value) -> Plain:
    """As it may be given: one value, a list of options, or `[low, high]`."""
    if isinstance(value, Options):
        members = sorted(value.members, key=str)
        return members[0] if len(members) == 1 else members
    return _point(value.low) if value.exact else [_point(value.low), _point(value.high)]


def _point(point: Point | None) -> int | float | str | None:
    if point is None:
        return None
    if isinstance(point, date):
        return point.isoformat()
    return int(point) if point % 1 == 0 else float(point)
