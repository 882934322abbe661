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
from knowledge_base.understanding.said import Said

FACTS_EXPIRE_AFTER = timedelta(days=90)
CONFIRM_AFTER = timedelta(hours=1)
"""How long what was told needs no second look before it is used in another interview."""
CHILD = "child.birth_date"
YES, NO = "yes", "no"


def told(value: Value, at: datetime, *, approximate: bool = False, said: bool = False) -> Told:
    """A fact as a citizen just told it. `said`: on the way, not asked for."""
    return Told(pack(value), "citizen", at, approximate, said)


def pack(value: Value) -> tuple[str | None, ...]:
    """A value as text: its options, or `[low, high]`."""
    if isinstance(value, Options):
        return tuple(sorted(map(_answer_as_text, value.members)))
    return _point_as_text(value.low), _point_as_text(value.high)


def known(state: State, questioner: Questioner, now: datetime) -> Known:
    """What still counts of what was told, as the rules of an entry read it; not what was only said on the way."""
    facts = _read(state.told, questioner, now)
    children = tuple(_read(child, questioner, now) for child in state.children)
    return Known(facts, tuple(child for child in children if child))


def _read(kept: Mapping[str, Told], questioner: Questioner, now: datetime) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, one in kept.items():
        if one.said or now - one.at >= FACTS_EXPIRE_AFTER:
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


def overhear(state: State, said: Iterable[Said], at: datetime, today: date) -> State:
    """The state with what a message said on the way, never over a fact that was told outright.

    While somebody close is spoken of, nothing is kept: whose it is could not be told.
    """
    mine = state
    for one in said if state.whose == "self" else ():
        values = one.on(today)
        if not values or outright(mine, one.fact):
            continue
        facts = [told(value, at, approximate=one.approximate, said=True) for value in values]
        if len(facts) > 1:
            rest = {name: fact for name, fact in mine.told.items() if name != CHILD}
            mine = replace(mine, told=rest, children=tuple({CHILD: fact} for fact in facts))
        else:
            mine = remember(mine, {one.fact: facts[0]})
    return mine


def outright(state: State, name: str) -> bool:
    """Whether a fact was told in answer to a question, or confirmed."""
    if name == CHILD and any(not fact.said for child in state.children for fact in child.values()):
        return True
    return name in state.told and not state.told[name].said


def unconfirmed(state: State, questioner: Questioner, now: datetime) -> tuple[str, ...]:
    """The facts an interview would use that were only said on the way, in its own order."""
    return tuple(name for name in questioner.facts if _is_said(state, name, questioner, now))


def _is_said(state: State, name: str, questioner: Questioner, now: datetime) -> bool:
    fact = questioner.known_fact(name)
    kept = [state.told[name]] if name in state.told else []
    if name == CHILD:
        kept += [child[CHILD] for child in state.children if CHILD in child]
    fresh = [one for one in kept if one.said and now - one.at < FACTS_EXPIRE_AFTER]
    values = [unpack(one.value, fact) for one in fresh] if fact is not None else []
    return bool(values) and all(
        value is not None and questioner.fault(name, value) is None for value in values
    )


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
        if name in used and not one.said and CONFIRM_AFTER <= now - one.at < FACTS_EXPIRE_AFTER
    ]
    if CHILD in used and any(
        not child[CHILD].said and now - child[CHILD].at >= CONFIRM_AFTER
        for child in state.children
        if CHILD in child
    ):
        aged.append(CHILD)
    return tuple(aged)


def confirm(state: State, names: Iterable[str], at: datetime) -> State:
    """The state with these facts said anew."""
    wanted = set(names)
    told_anew = {
        name: replace(one, at=at, approximate=False, said=False) if name in wanted else one
        for name, one in state.told.items()
    }
    children = state.children
    if CHILD in wanted:
        children = tuple(
            {name: replace(one, at=at, said=False) for name, one in child.items()} for child in children
        )
    return replace(state, told=told_anew, children=children)
