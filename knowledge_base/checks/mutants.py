"""Makes an entry wrong in small ways and runs its cases: a wrong entry that no case notices is a missing case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel

from knowledge_base.checks.cases import differences
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Case
from knowledge_base.rules.conditions import expressions
from knowledge_base.rules.grammar import TOKEN, Name, parse_comparison, parts
from knowledge_base.rules.grammar import Parameter as ParameterName
from knowledge_base.rules.parameters import open_value
from knowledge_base.rules.problems import Path
from knowledge_base.rules.schema import (
    Deadline,
    Derived,
    DocumentItem,
    Entry,
    Fact,
    Number,
    Parameter,
    Variant,
)

ALWAYS = "always"
FLIPS = {
    "=": ("!=",),
    "!=": ("=",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
}
"""What each sign is mistaken for: its neighbour at the border, and its contrary."""
SWAPS = {"+": "-", "-": "+", "min": "max", "max": "min"}
GRAINS = (1, -1)
"""One hryvnia, month, day, year or percent point more, and one less."""
KINDS = ("day", "number", "parameter", "name", "sign", "end")
BEFORE_A_MINUS_OF_A_NUMBER = frozenset({"", "(", ",", "[", "+", "-", "*", "/"})

Item = TypeVar("Item", bound=Variant | DocumentItem | Deadline)
Model = TypeVar("Model", bound=BaseModel)
Changed = tuple[Path, str, object]
"""Where a change was made, the change in words, and the whole that it was made in."""


@dataclass(frozen=True)
class Mutant:
    """An entry with one thing wrong, or as it is with one of its parameters a grain off."""

    path: Path
    change: str
    entry: Entry
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Survivor:
    """A change that no case noticed: the field, dotted, and the change in words."""

    path: str
    change: str


@dataclass(frozen=True)
class Score:
    """How many of the mutants of an entry its cases noticed."""

    entry: str
    killed: int
    total: int
    survivors: tuple[Survivor, ...]


def score(rules: Rules, cases: Iterable[Case]) -> Score:
    """Runs the cases over every mutant. A case that does not hold for the entry itself proves nothing."""
    holding = [case for case in cases if not any(differences(rules, case))]
    total, survivors = 0, []
    for mutant in mutants(rules):
        total += 1
        if not _noticed(mutant, holding, rules):
            survivors.append(Survivor(".".join(map(str, mutant.path)), mutant.change))
    return Score(rules.entry.id, total - len(survivors), total, tuple(survivors))


def _noticed(mutant: Mutant, cases: list[Case], right: Rules) -> bool:
    """Whether a case fails; the one that does is tried first on the next mutant, which is mostly like this one."""
    try:
        rules = Rules(mutant.entry, right.dictionary, {**right.parameters, **mutant.parameters})
        for number, case in enumerate(cases):
            if any(differences(rules, case)):
                cases.insert(0, cases.pop(number))
                return True
    except Exception:  # a rule that cannot be read or worked out is noticed, whatever it breaks
        return True
    return False


def mutants(rules: Rules) -> Iterator[Mutant]:
    """Every way to make an entry wrong by one step. Texts and channels, which no case compares, stay as they are."""
    entry = rules.entry
    for path, change, changed in _fields(entry, rules.dictionary.facts):
        yield Mutant(path, change, _with(entry, str(path[0]), changed))
    for name in dict.fromkeys(_read_by(rules)):
        for grain in GRAINS:
            parameter = _shifted(rules.parameters[name], grain)
            change = f"{open_value(rules.parameters[name]).value} → {open_value(parameter).value}"
            yield Mutant(("parameters", name), change, entry, {name: parameter})


def _fields(entry: Entry, facts: Mapping[str, Fact]) -> Iterator[Changed]:
    """Changes of the fields that rule, each with the new value of the field that its path begins with."""
    for name, step in entry.derive.items():
        for change, changed in _step(step):
            yield ("derive", name), change, {**entry.derive, name: changed}
    if entry.eligible is not None:
        yield from _tree(entry.eligible, ("eligible",), facts)
    yield from _each(entry.variants, ("variants",), lambda one: _variant(one, facts))
    if entry.documents is not None:
        papers = _each(entry.documents.items, ("documents", "items"), lambda one: _paper(one, facts))
        for path, change, items in papers:
            yield path, change, _with(entry.documents, "items", items)
    yield from _each(entry.deadlines, ("deadlines",), lambda one: _deadline(one, facts))


def _step(step: Derived) -> Iterator[tuple[str, Derived]]:
    if step.value is not None:
        yield from ((change, _with(step, "value", line)) for change, line in _formula(step.value))
    for number, formula in enumerate(step.of):
        for change, line in _formula(formula):
            yield change, _with(step, "of", (*step.of[:number], line, *step.of[number + 1 :]))
    if len(step.of) == 1:  # the function left out
        yield f"без {step.calc}", step.model_copy(update={"value": step.of[0], "calc": None, "of": ()})


def _each(
    items: tuple[Item, ...], path: Path, inside: Callable[[Item], Iterable[Changed]]
) -> Iterator[Changed]:
    """Each of several left out, and each with something inside it wrong."""
    for number, item in enumerate(items):
        before, after = items[:number], items[number + 1 :]
        name = item.doc if isinstance(item, DocumentItem) else item.id
        yield (*path, number), f"без «{name}»", (*before, *after)
        for inner, change, changed in inside(item):
            yield (*path, number, *inner), change, (*before, changed, *after)


def _variant(variant: Variant, facts: Mapping[str, Fact]) -> Iterator[Changed]:
    yield from _when(variant, facts)
    if variant.amount is not None:
        for change, line in _formula(variant.amount.value):
            changed = _with(variant, "amount", _with(variant.amount, "value", line))
            yield ("amount", "value"), change, changed


def _paper(item: DocumentItem, facts: Mapping[str, Fact]) -> Iterator[Changed]:
    if item.when is not None:
        yield ("when",), "потрібен завжди", _with(item, "when", None)
    yield from _when(item, facts)


def _deadline(deadline: Deadline, facts: Mapping[str, Fact]) -> Iterator[Changed]:
    yield from _when(deadline, facts)
    for change, line in _formula(deadline.last_day):
        yield ("last_day",), change, _with(deadline, "last_day", line)


def _when(item: Item, facts: Mapping[str, Fact]) -> Iterator[Changed]:
    for path, change, tree in _tree(item.when, ("when",), facts):
        yield path, change, _with(item, "when", tree)


def _with(model: Model, name: str, value: object) -> Model:
    return model.model_copy(update={name: value})


# ---- conditions


def _tree(tree: object, path: Path, facts: Mapping[str, Fact]) -> Iterator[Changed]:
    """Changes of a condition anywhere inside it, each with the whole condition after it."""
    if isinstance(tree, str) and tree != ALWAYS:
        for change, line in _comparison(tree, facts):
            yield path, change, line
    if not isinstance(tree, Mapping):
        return
    for key in ("that", "not"):
        if key in tree:
            for inner, change, changed in _tree(tree[key], (*path, key), facts):
                yield inner, change, {**tree, key: changed}
    for key in ("all", "any", "of"):
        for inner, change, children in _children(tree.get(key, ()), (*path, key), facts):
            yield inner, change, {**tree, key: children}
    if "at_least" in tree:
        for count in (tree["at_least"] - 1, tree["at_least"] + 1):
            if 1 <= count <= len(tree["of"]):
                yield (*path, "at_least"), f"{tree['at_least']} → {count}", {**tree, "at_least": count}
    if tree.get("otherwise") is not None:
        changed = {key: value for key, value in tree.items() if key != "otherwise"}
        yield (*path, "otherwise"), f"без «otherwise: {tree['otherwise']}»", changed


def _children(
    children: Sequence[object], path: Path, facts: Mapping[str, Fact]
) -> Iterator[tuple[Path, str, tuple[object, ...]]]:
    for number, child in enumerate(children):
        before, after = tuple(children[:number]), tuple(children[number + 1 :])
        here = (*path, number)
        yield here, f"без умови {_shown(child)}", (*before, *after) or (ALWAYS,)
        for inner, change, changed in _tree(child, here, facts):
            yield inner, change, (*before, changed, *after)


def _shown(tree: object) -> str:
    """A condition in a few words: its line, or its name."""
    if isinstance(tree, Mapping):
        return f"«{tree.get('id') or tree.get('that') or ', '.join(tree)}»"
    return f"«{tree}»"


# ---- lines


def _comparison(line: str, facts: Mapping[str, Fact]) -> Iterator[tuple[str, str]]:
    """The line with another sign, with other options, or with its right side wrong; each in words and as it is."""
    comparison = parse_comparison(line)
    _, (_, sign, start, end), *_ = _tokens(line)
    left, right = line[:start], line[end:]
    lines = [f"{left}{flipped}{right}" for flipped in FLIPS.get(sign, ())]
    fact = facts.get(comparison.name)
    if fact is not None and fact.type == "choice":
        named = [value.name for value in comparison.values if isinstance(value, Name)]
        lines += [f"{left}{changed}" for changed in _options(sign, named, list(fact.options or ()))]
    lines += [f"{left}{sign}{changed}" for _, changed in _formula(right)]
    for changed in lines:
        yield f"«{line}» → «{changed}»", changed


def _options(sign: str, named: list[str], known: list[str]) -> Iterator[str]:
    """A list without one of its options or with one more; a single option replaced by the next one."""
    others = [option for option in known if option not in named]
    if sign != "in":
        following = known[known.index(named[0]) + 1 :] or others
        yield f"{sign} {following[0]}"
        return
    shorter = [[other for other in named if other != one] for one in named] if len(named) > 1 else []
    for several in [*shorter, *([*named, other] for other in others)]:
        yield f"in [{', '.join(several)}]"


def _formula(line: str) -> Iterator[tuple[str, str]]:
    """The line with one number a grain off or one sign another; each in words and as it is."""
    earlier = ""
    for kind, text, start, end in _tokens(line):
        sign_of_a_number = kind == "sign" and earlier in BEFORE_A_MINUS_OF_A_NUMBER
        for other in () if sign_of_a_number else _others(kind, text):
            changed = f"{line[:start]}{other}{line[end:]}"
            yield f"«{line}» → «{changed}»", changed
        earlier = text


def _others(kind: str, text: str) -> Iterable[str]:
    match kind:
        case "number":
            return [str(Decimal(text) + grain) for grain in GRAINS]
        case "day":
            return [str(date.fromisoformat(text) + timedelta(days=grain)) for grain in GRAINS]
        case "name" | "sign" if text in SWAPS:
            return [SWAPS[text]]
    return ()


def _tokens(line: str) -> Iterator[tuple[str, str, int, int]]:
    """The kind, the text, the start and the end of each token."""
    for token in TOKEN.finditer(line):
        kind = next(name for name in KINDS if token[name] is not None)
        yield kind, token[kind], token.start(kind), token.end(kind)


# ---- parameters


def _read_by(rules: Rules) -> Iterator[str]:
    """The parameters that decide: those that stand in conditions and formulas, not those that only texts show."""
    conditions = [
        rules.eligible,
        *(variant.when for variant in rules.variants),
        *(deadline.when for deadline in rules.deadlines),
        *(when for _, when in rules.documents),
    ]
    formulas = [
        *(formula for condition in conditions for formula in expressions(condition)),
        *(one.formula for one in rules.variants if one.formula is not None),
        *rules.last_days.values(),
        *rules.steps.values(),
    ]
    for formula in formulas:
        yield from (part.name for part in parts(formula) if isinstance(part, ParameterName))


def _shifted(parameter: Parameter, grain: int) -> Parameter:
    values = tuple(_with(period, "value", _moved(period.value, grain)) for period in parameter.values)
    return _with(parameter, "values", values)


def _moved(value: Number | date, grain: int) -> Number | date:
    return value + timedelta(days=grain) if isinstance(value, date) else value + grain
