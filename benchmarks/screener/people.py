"""The people of `people.yaml`, read as strictly as the base: their facts fit the dictionary, or the file is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import CHILDREN, Known, read_known
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Value
from knowledge_base.rules.yaml_source import read_yaml

FILE = Path(__file__).with_name("people.yaml")
NOT_KNOWN = "?"
BIRTH = "child.birth_date"
OUTCOMES = {
    "yes": Truth.YES,
    "possible": Truth.UNKNOWN,
    "specialist": Truth.SPECIALIST,
    "no": Truth.NO,
}
"""How the file calls what an entry comes to."""


class UnreadablePeople(ValueError):
    """What is wrong with the file."""


@dataclass(frozen=True)
class Person:
    """Somebody before the screener. `expected`: what a reader of the law says of each entry, `why` of some."""

    id: str
    story: str
    whose: Literal["self", "kin"]
    situations: tuple[str, ...]
    known: Known
    expected: Mapping[str, Truth]
    why: Mapping[str, str]

    def value(self, fact: str) -> Value | None:
        """What they would answer; None for what they do not know."""
        return self.known.facts.get(fact)

    @property
    def births(self) -> tuple[Value, ...]:
        """Their children's birth dates, oldest first."""
        return tuple(child[BIRTH] for child in self.known.children)


def read_people(dictionary: Mapping[str, Fact], file: Path = FILE) -> tuple[date, tuple[Person, ...]]:
    """The day of the play and everybody in the file. Raises UnreadablePeople."""
    source, problems = read_yaml(file.name, file.read_text(encoding="utf-8"))
    if problems:
        raise UnreadablePeople("; ".join(f"{one.line}: {one.message}" for one in problems))
    whole = cast(Mapping[str, object], source.value)
    today, anybody = cast(date, whole["day"]), cast(Mapping[str, object], whole["anybody"])
    people = cast(Mapping[str, Mapping[str, object]], whole["people"])
    return today, tuple(_person(name, one, anybody, dictionary, today) for name, one in people.items())


def _person(
    name: str,
    written: Mapping[str, object],
    anybody: Mapping[str, object],
    dictionary: Mapping[str, Fact],
    today: date,
) -> Person:
    own = cast(Mapping[str, object], written["facts"])
    births = cast(tuple[object, ...], own.get(CHILDREN, ()))
    facts = {**anybody, **{key: value for key, value in own.items() if key != CHILDREN}}
    given: dict[str, object] = {key: value for key, value in facts.items() if value != NOT_KNOWN}
    try:
        known = read_known({**given, CHILDREN: tuple({BIRTH: birth} for birth in births)}, dictionary, today)
    except ValueError as fault:
        raise UnreadablePeople(f"{name}: {fault}") from None
    judged = cast(Mapping[str, Mapping[str, str]], written["expected"])
    expected = {entry: OUTCOMES[outcome] for outcome, entries in judged.items() for entry in entries}
    plainly = cast(tuple[str, ...], written["plainly_no"])
    return Person(
        id=name,
        story=str(written["story"]),
        whose=cast(Literal["self", "kin"], written["whose"]),
        situations=cast(tuple[str, ...], written["situations"]),
        known=known,
        expected={**expected, **dict.fromkeys(plainly, Truth.NO)},
        why={entry: why for entries in judged.values() for entry, why in entries.items()},
    )
