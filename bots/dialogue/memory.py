"""Facts a person told, kept as JSON with who said them and when; they expire, and turn into what the rules read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from bots.dialogue.turn import State, Told
from knowledge_base.questioner import Questioner
from knowledge_base.rules.facts import Known
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Point, Range, Value, options

FACTS_EXPIRE_AFTER = timedelta(days=90)
CONFIRM_AFTER = timedelta(hours=1)
"""How long what was told needs no second look before it is used in another interview."""
CHILD = "child.birth_date"
YES, NO = "yes", "no"


def told(value: Value, at: datetime, *, approximate: bool = False) -> Told:
    """A fact as a citizen just told it."""
    return Told(pack(value), "citizen", at, approximate)


def pack(value: Value) -> tuple[str | None, ...]:
    """A value as text: its options, or `[low, high]`."""
    if isinstance(value, Options):
        return tuple(sorted(map(_answer_as_text, value.members)))
    return _point_as_text(value.low), _point_as_text(value.high)


def known(state: State, questioner: Questioner, now: datetime) -> Known:
    """What still counts of what was told, as the rules of an entry read it."""
    facts = _read(state.told, questioner, now)
    children = tuple(_read(child, questioner, now) for child in state.children)
    return Known(facts, tuple(child for child in children if child))


def _read(kept: Mapping[str, Told], questioner: Questioner, now: datetime) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, one in kept.items():
        if now - one.at >= FACTS_EXPIRE_AFTER:
            continue
        fact = questioner.known_fact(name)
        value = unpack(one.value, fact) if fact is not None else None
        if value is not None and questioner.fault(name, value) is None:
            found[name] = value
    return found


def unpack(kept: Sequence[str | None], fact: Fact) -> Value | None:
    """The value packed before; None where the dictionary has changed and no longer knows it."""
    if fact.type == "bool":
        return options(*(text == YES for text in kept)) if set(kept) <= {YES, NO} else None
    if fact.type == "choice":
        known_options = fact.options or {}
        members = [text for text in kept if text in known_options]
        return options(*members) if members and len(members) == len(kept) else None
    if len(kept) != 2:
        return None
    try:
        low, high = (_point(text, fact) for text in kept)
    except (ValueError, ArithmeticError):
        return None
    return Range(low, high)


def _point(text: str | None, fact: Fact) -> Point | None:
    if text is None:
        return None
    return date.fromisoformat(text) if fact.type == "date" else Decimal(text)


def _answer_as_text(answer: bool | str) -> str:
    if isinstance(answer, bool):
        return YES if answer else NO
    return answer


def _point_as_text(point: Point | None) -> str | None:
    return None if point is None else point.isoformat() if isinstance(point, date) else format(point, "f")


def remember(state: State, facts: Mapping[str, Told]) -> State:
    """The state with these facts told; a child's one birth date makes that child the only one."""
    children = () if CHILD in facts else state.children
    return replace(state, told={**state.told, **facts}, children=children)


def remember_children(state: State, births: Iterable[Range], at: datetime, *, approximate: bool) -> State:
    """The state with children told one by one, oldest first."""
    children = tuple({CHILD: told(birth, at, approximate=approximate)} for birth in births)
    rest = {name: one for name, one in state.told.items() if name != CHILD}
    return replace(state, told=rest, children=children)


def forget(state: State, names: Iterable[str]) -> State:
    """The state without these facts."""
    gone = set(names)
    children = () if CHILD in gone else state.children
    return replace(
        state, told={name: one for name, one in state.told.items() if name not in gone}, children=children
    )


def to_confirm(state: State, questioner: Questioner, now: datetime) -> tuple[str, ...]:
    """The facts an interview would use that were told some time ago, and must be confirmed before."""
    used = set(questioner.facts)
    aged = [
        name
        for name, one in state.told.items()
        if name in used and CONFIRM_AFTER <= now - one.at < FACTS_EXPIRE_AFTER
    ]
    if CHILD in used and any(
        now - child[CHILD].at >= CONFIRM_AFTER for child in state.children if CHILD in child
    ):
        aged.append(CHILD)
    return tuple(aged)


def confirm(state: State, names: Iterable[str], at: datetime) -> State:
    """The state with these facts said anew."""
    wanted = set(names)
    told_anew = {
        name: replace(one, at=at, approximate=False) if name in wanted else one
        for name, one in state.told.items()
    }
    children = state.children
    if CHILD in wanted:
        children = tuple({name: replace(one, at=at) for name, one in child.items()} for child in children)
    return replace(state, told=told_anew, children=children)
