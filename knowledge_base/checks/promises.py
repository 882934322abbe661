"""Tries what an entry promises of its sums over many sets of answers: a promise that breaks is a fault of a rule.

Sums are promised never to be negative whether it is written or not; where one depends on an income, an entry
should also promise that it does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from knowledge_base.checks.sampling import Samples, Told, amount_of
from knowledge_base.checks.walk import written
from knowledge_base.rules.problems import Place, Problem
from knowledge_base.rules.schema import Fact, Property

TRIES = 40
SEED = 20261124
NEVER_NEGATIVE = Property(id="never_negative", then="amount", must=">= 0")
NOT_GROW, NOT_FALL = "not_grow", "not_fall"
INCOME = "income"
"""Facts of an income have this word in their id."""


@dataclass(frozen=True)
class Breach:
    """Answers on a day for which a promise does not hold; `grown`: what the fact that grew became."""

    told: Told
    day: date
    before: Decimal
    after: Decimal
    grown: str | None = None


def breach(samples: Samples, promise: Property, told: Told, day: date, chance: Random) -> Breach | None:
    """Whether one set of answers breaks a promise; None where it holds or says nothing of it."""
    before = amount_of(samples.assessed(told, day))
    if before is None:
        return None
    fact = promise.when_grows
    if fact is None:
        least = Decimal(promise.must.split()[1])
        return Breach(told, day, before, before) if before < least else None
    greater = samples.greater(fact, told[fact]) if fact in told else []
    if not greater:
        return None
    grown = {**told, fact: chance.choice(greater)}
    if samples.closed(grown, day) is None:
        return None
    after = amount_of(samples.assessed(grown, day))
    if after is None or (after <= before if promise.must == NOT_GROW else after >= before):
        return None
    return Breach(told, day, before, after, f"{fact}: {written(grown[fact])}")


def first_breach(samples: Samples, promise: Property) -> Breach | None:
    """The first set of answers, of many drawn with a fixed seed, that breaks a promise."""
    chance = Random(f"{SEED} {promise.id}")  # noqa: S311  # the same draws every time
    several = samples.several(TRIES, SEED)
    return next(
        (found for day, told in several if (found := breach(samples, promise, told, day, chance))), None
    )


def check_promises(samples: Samples, place: Place) -> Iterator[Problem]:
    """Promises that break, to be mended; and a reminder of what an entry with an income should promise."""
    rules = samples.rules
    if not any(variant.formula is not None for variant in rules.variants):
        return
    declared = rules.entry.properties
    general = () if any(one.must == NEVER_NEGATIVE.must for one in declared) else (NEVER_NEGATIVE,)
    for number, promise in enumerate((*declared, *general)):
        found = first_breach(samples, promise)
        if found is not None:
            here = place.at("properties", number) if number < len(declared) else place.at("variants")
            yield here.problem(f"«{promise.id}» не виконується: {_shown(found)}")
    for fact in _incomes(samples):
        if any(one.when_grows == fact and one.must == NOT_GROW for one in declared):
            continue
        tried = Property(id="richer_not_more", when_grows=fact, then="amount", must=NOT_GROW)
        found = first_breach(samples, tried)
        outcome = f"зараз не так: {_shown(found)}" if found else "у спробах так і є, допишіть"
        message = f"не обіцяно, що сума не росте, коли росте «{fact}»; {outcome}"
        yield place.at("properties").problem(message, blocking=False)


def _incomes(samples: Samples) -> list[str]:
    """The incomes that the rules look at."""
    facts = samples.rules.dictionary.facts
    return [name for name in samples.rules.used_facts if _is_income(name, facts[name])]


def _is_income(name: str, fact: Fact) -> bool:
    return fact.type == "money" and INCOME in name.replace(".", "_").split("_")


def _shown(found: Breach) -> str:
    told = ", ".join(f"{name}: {written(value)}" for name, value in found.told.items())
    if found.grown is None:
        return f"{found.before} за {told} (на {found.day})"
    return f"{found.before} → {found.after}, коли {found.grown}, а решта — {told} (на {found.day})"
