"""The grammar of conditions and formulas: what is read, and what is refused with its place."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rules.conditions import (
    Always,
    AtLeast,
    BeforeDeadline,
    ConditionError,
    Group,
    Leaf,
    Not,
    read_condition,
    walk,
)
from knowledge_base.rules.grammar import (
    Arithmetic,
    Comparison,
    Day,
    Expression,
    Extreme,
    GrammarError,
    Name,
    Negative,
    Number,
    Parameter,
    Span,
    Today,
    Truth,
    parse_comparison,
    parse_formula,
)

COMPARISONS = [
    ("child.home = yes", Comparison("child.home", "=", (Truth(True),))),
    ("a.b != no", Comparison("a.b", "!=", (Truth(False),))),
    ("role in [mother, father]", Comparison("role", "in", (Name("mother"), Name("father")))),
    ("savings<=@limit", Comparison("savings", "<=", (Parameter("limit"),))),
    ("born >= 2026-01-01", Comparison("born", ">=", (Day(date(2026, 1, 1)),))),
    (
        "born >= today - 12 months",
        Comparison("born", ">=", (Arithmetic("-", Today(), Span(Number(Decimal(12)), "months")),)),
    ),
    ("age < @limit years", Comparison("age", "<", (Span(Parameter("limit"), "years"),))),
]
FORMULAS = [
    ("15%", Number(Decimal("0.15"))),
    ("-x", Negative(Name("x"))),
    ("a - b - c", Arithmetic("-", Arithmetic("-", Name("a"), Name("b")), Name("c"))),
    ("a + b * c", Arithmetic("+", Name("a"), Arithmetic("*", Name("b"), Name("c")))),
    ("(a + b) * c", Arithmetic("*", Arithmetic("+", Name("a"), Name("b")), Name("c"))),
    ("max(0, a.b - c)", Extreme("max", (Number(Decimal(0)), Arithmetic("-", Name("a.b"), Name("c"))))),
    ("minor / 2", Arithmetic("/", Name("minor"), Number(Decimal(2)))),
]


@pytest.mark.parametrize(("text", "expected"), COMPARISONS)
def test_comparisons(text: str, expected: Comparison) -> None:
    assert parse_comparison(text) == expected


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_formulas(text: str, expected: Expression) -> None:
    assert parse_formula(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a =",
        "= 3",
        "3 = a",
        "a == 3",
        "a = 3 4",
        "a in b",
        "a in []",
        "a in [b",
        "a > 2026-02-30",
        "a > months",
        "a > min()",
        "a = 3 and b = 4",
        "a = 'x'",
        "a = (1 + 2",
    ],
)
def test_what_is_not_a_comparison_is_refused(text: str) -> None:
    with pytest.raises(GrammarError):
        parse_comparison(text)


def written(expression: Expression) -> str:
    """The expression back as text, with every bracket there can be."""
    match expression:
        case Number(value=value):
            return f"{value:f}"
        case Day(value=day):
            return day.isoformat()
        case Truth(value=value):
            return "yes" if value else "no"
        case Today():
            return "today"
        case Parameter(name=name):
            return f"@{name}"
        case Name(name=name):
            return name
        case Span(count=count, unit=unit):
            return f"({written(count)}) {unit}"
        case Negative(of=inner):
            return f"-({written(inner)})"
        case Arithmetic(sign=sign, left=left, right=right):
            return f"({written(left)}) {sign} ({written(right)})"
        case Extreme(which=which, of=several):
            return f"{which}({', '.join(map(written, several))})"


ATOMS: st.SearchStrategy[Expression] = st.one_of(
    st.decimals(0, 10**6, places=2).map(Number),
    st.dates().map(Day),
    st.booleans().map(Truth),
    st.just(Today()),
    st.sampled_from(["limit", "pm_general"]).map(Parameter),
    st.sampled_from(["a", "child.birth_date", "minor", "today_is", "inside"]).map(Name),
)


def joined(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Span, inner, st.sampled_from(["months", "days", "years"])),
        st.builds(Negative, inner),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.builds(
            Extreme, st.sampled_from(["min", "max"]), st.lists(inner, min_size=1, max_size=3).map(tuple)
        ),
    )


@given(st.recursive(ATOMS, joined, max_leaves=12))
def test_a_formula_written_out_reads_back_the_same(expression: Expression) -> None:
    assert parse_formula(written(expression)) == expression


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(GrammarError):  # any other error fails the test
        assert parse_comparison(text).name in text


def test_a_tree_of_conditions() -> None:
    tree = {
        "all": (
            {"id": "who", "that": "role = mother", "src": "law", "why": {"uk": "сім'я"}},
            {"any": ["a = yes", {"not": "b = yes"}], "id": "either"},
            {"at_least": 1, "of": ["a = yes", "b = yes"]},
            {"before_deadline": "apply"},
            "always",
        )
    }
    condition = read_condition(tree)
    assert isinstance(condition, Group)
    who, either, some, in_time, always = condition.children
    assert isinstance(who, Leaf)
    assert (who.labels.id, who.labels.src, who.labels.why) == ("who", "law", {"uk": "сім’я"})
    assert isinstance(either, Group)
    assert (either.kind, either.labels.id) == ("any", "either")
    assert isinstance(either.children[1], Not)
    assert isinstance(some, AtLeast)
    assert isinstance(in_time, BeforeDeadline)
    assert isinstance(always, Always)
    paths = [path for path, _ in walk(condition)]
    assert ("all", 1, "any", 1, "not") in paths
    assert ("all", 2, "of", 0) in paths


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        (5, ()),
        ({}, ()),
        ({"all": []}, ("all",)),
        ({"all": ["a = yes"], "any": ["a = yes"]}, ()),
        ({"that": 5}, ("that",)),
        ({"that": "a ="}, ("that",)),
        ({"all": ["a = yes", {"that": "b = yes", "wy": 1}]}, ("all", 1, "wy")),
        ({"at_least": True, "of": ["a = yes"]}, ("at_least",)),
        ({"at_least": 1}, ("of",)),
        ({"that": "a = yes", "why": "слово"}, ("why",)),
        ({"that": "a = yes", "why": {"uk": "так", "xx": "?"}}, ("why", "xx")),
        ({"that": "a = yes", "id": 5}, ("id",)),
    ],
)
def test_a_fault_in_a_tree_is_named_by_its_path(tree: object, path: tuple[str | int, ...]) -> None:
    with pytest.raises(ConditionError) as caught:
        read_condition(tree)
    assert caught.value.path == path
