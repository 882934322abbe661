"""Conditions of an entry: `all / any / not / at_least` over single comparisons, read into typed nodes.

A leaf is a line (`"applicant.role = mother"`), `{that: line}` or `{before_deadline: id}`. A node may carry
`id`, `src`, `why` and `if_not`, and `otherwise: specialist` where the law leaves a no to a person. The evaluator
stands on these nodes; nothing here knows what is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge_base.language import typographic
from knowledge_base.rules.grammar import Comparison, Expression, GrammarError, Name, parse_comparison
from knowledge_base.rules.problems import Path, nearest

KINDS = ("all", "any", "not", "at_least", "that", "before_deadline")
LABELS = ("id", "src", "why", "if_not", "otherwise")
OTHERWISE = ("specialist",)
LANGUAGES = ("uk", "en")


class ConditionError(ValueError):
    """A condition that cannot be read. `path` leads from the condition to the field at fault."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Labels:
    """What a node says of itself: its name, its act, and the reasons for yes and for no by language.

    `to_specialist`: where it does not hold, the law lets a person decide, so it is no refusal.
    """

    id: str | None = None
    src: str | None = None
    why: Mapping[str, str] | None = None
    if_not: Mapping[str, str] | None = None
    to_specialist: bool = False


NO_LABELS = Labels()


@dataclass(frozen=True)
class Always:
    """True whatever is known."""

    labels: Labels = NO_LABELS


@dataclass(frozen=True)
class Leaf:
    """One comparison."""

    comparison: Comparison
    labels: Labels = NO_LABELS


@dataclass(frozen=True)
class BeforeDeadline:
    """Today is not after the last day of a deadline of the same entry."""

    deadline: str
    labels: Labels = NO_LABELS


@dataclass(frozen=True)
class Group:
    """All of the children, or any of them."""

    kind: Literal["all", "any"]
    children: tuple[Condition, ...]
    labels: Labels = NO_LABELS


@dataclass(frozen=True)
class AtLeast:
    """No fewer than `count` of the children."""

    count: int
    children: tuple[Condition, ...]
    labels: Labels = NO_LABELS


@dataclass(frozen=True)
class Not:
    """The child is not so."""

    child: Condition
    labels: Labels = NO_LABELS


Condition = Always | Leaf | BeforeDeadline | Group | AtLeast | Not


def read_condition(tree: object, path: Path = ()) -> Condition:
    """Reads a condition from its YAML value. Raises ConditionError with the path to the fault."""
    if tree == "always":
        return Always()
    if isinstance(tree, str):
        return Leaf(_comparison(tree, path))
    if not isinstance(tree, Mapping):
        raise ConditionError(path, "умова — це рядок «факт знак значення» або all / any / not / at_least")
    kinds = [kind for kind in KINDS if kind in tree]
    known = (*KINDS, *LABELS, "of") if "at_least" in tree else (*KINDS, *LABELS)
    for key in tree:
        if key not in known:
            raise ConditionError((*path, key), f"невідомий ключ «{key}»{nearest(key, known)}")
    if len(kinds) != 1:
        raise ConditionError(path, f"в умові має бути рівно одне з {', '.join(KINDS)}")
    return _node(kinds[0], tree, path, _labels(tree, path))


def _node(kind: str, tree: Mapping[str, object], path: Path, labels: Labels) -> Condition:
    inner = tree[kind]
    here = (*path, kind)
    match kind:
        case "all":
            return Group("all", _children(inner, here), labels)
        case "any":
            return Group("any", _children(inner, here), labels)
        case "not":
            return Not(read_condition(inner, here), labels)
        case "at_least":
            children = _children(tree.get("of"), (*path, "of"))
            if not isinstance(inner, int) or isinstance(inner, bool) or not 1 <= inner <= len(children):
                raise ConditionError(here, f"має бути ціле число від 1 до {len(children)}")
            return AtLeast(inner, children, labels)
        case _:
            if not isinstance(inner, str):
                raise ConditionError(here, "має бути текст")
            if kind == "that":
                return Leaf(_comparison(inner, here), labels)
            return BeforeDeadline(inner, labels)


def _children(value: object, path: Path) -> tuple[Condition, ...]:
    if not isinstance(value, tuple | list) or not value:
        raise ConditionError(path, "має бути непорожній список умов")
    return tuple(read_condition(child, (*path, number)) for number, child in enumerate(value))


def _comparison(text: str, path: Path) -> Comparison:
    try:
        return parse_comparison(text)
    except GrammarError as error:
        raise ConditionError(path, str(error)) from None


def _labels(tree: Mapping[str, object], path: Path) -> Labels:
    return Labels(
        id=_word(tree.get("id"), (*path, "id")),
        src=_word(tree.get("src"), (*path, "src")),
        why=_words(tree.get("why"), (*path, "why")),
        if_not=_words(tree.get("if_not"), (*path, "if_not")),
        to_specialist=_otherwise(tree.get("otherwise"), (*path, "otherwise")),
    )


def _otherwise(value: object, path: Path) -> bool:
    if value not in (None, *OTHERWISE):
        raise ConditionError(path, f"можна лише {', '.join(OTHERWISE)}{nearest(str(value), OTHERWISE)}")
    return value is not None


def _word(value: object, path: Path) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ConditionError(path, "має бути текст")


def _words(value: object, path: Path) -> Mapping[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or "uk" not in value:
        raise ConditionError(path, "має бути {uk: текст}")
    for language, text in value.items():
        if language not in LANGUAGES:
            raise ConditionError((*path, language), f"невідомий ключ «{language}»")
        if not isinstance(text, str) or not text.strip():
            raise ConditionError((*path, language), "має бути текст")
    return {language: typographic(text) for language, text in value.items()}


def walk(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """The condition and everything inside it, each with its path in the YAML."""
    yield path, condition
    match condition:
        case Group(kind=kind, children=children):
            for number, child in enumerate(children):
                yield from walk(child, (*path, kind, number))
        case AtLeast(children=children):
            for number, child in enumerate(children):
                yield from walk(child, (*path, "of", number))
        case Not(child=child):
            yield from walk(child, (*path, "not"))
        case _:
            pass


def expressions(condition: Condition) -> Iterator[Expression]:
    """Everything that the comparisons of a condition work out, their left sides too; last days are not told."""
    for _, node in walk(condition):
        if isinstance(node, Leaf):
            yield Name(node.comparison.name)
            yield from node.comparison.values
