"""The language of a rule's line: one comparison `fact op value`, or one formula.

    comparison = name ("=" | "!=" | "<" | "<=" | ">" | ">=") sum  |  name "in" "[" sum {"," sum} "]"
    sum        = product {("+" | "-") product}
    product    = term {("*" | "/") term}
    term       = ["-"] atom ["months" | "days" | "years"]
    atom       = number ["%"] | 2026-12-31 | yes | no | today | "@" parameter | name
               | ("min" | "max") "(" sum {"," sum} ")" | "(" sum ")"

A bare name is a fact, a derived step or an option: which of them is known only beside the registries. A call of
a function is not written in a line: a derived step names it with `calc:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NoReturn, get_args

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in"]
Unit = Literal["months", "days", "years"]

OPERATORS: dict[str, Operator] = {operator: operator for operator in get_args(Operator)}
UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}


class GrammarError(ValueError):
    """A line that is not of the language; the message says what was expected and where (character from 1)."""


@dataclass(frozen=True)
class Number:
    """A plain number; `15%` is 0.15."""

    value: Decimal


@dataclass(frozen=True)
class Day:
    """A day written out."""

    value: date


@dataclass(frozen=True)
class Truth:
    """`yes` or `no`."""

    value: bool


@dataclass(frozen=True)
class Today:
    """The day the question is asked."""


@dataclass(frozen=True)
class Parameter:
    """`@name`: a dated value, read at the day the law looks at."""

    name: str


@dataclass(frozen=True)
class Name:
    """A fact, a derived step or an option."""

    name: str


@dataclass(frozen=True)
class Span:
    """A length of time, `12 months`; the count may be a parameter."""

    count: Expression
    unit: Unit


@dataclass(frozen=True)
class Negative:
    """The same with the other sign."""

    of: Expression


@dataclass(frozen=True)
class Arithmetic:
    """Two expressions joined by a sign."""

    sign: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Extreme:
    """The least or the greatest of several."""

    which: Literal["min", "max"]
    of: tuple[Expression, ...]


@dataclass(frozen=True)
class Call:
    """A function of `functions.py` over these."""

    function: str
    of: tuple[Expression, ...]


Expression = Number | Day | Truth | Today | Parameter | Name | Span | Negative | Arithmetic | Extreme | Call


@dataclass(frozen=True)
class Comparison:
    """`name op value`; `values` holds one expression, or the list after `in`."""

    name: str
    op: Operator
    values: tuple[Expression, ...]


def parse_comparison(text: str) -> Comparison:
    """Reads one comparison. Raises GrammarError."""
    return _Parser(text).comparison()


def parse_formula(text: str) -> Expression:
    """Reads one formula. Raises GrammarError."""
    return _Parser(text).formula()


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it."""
    yield expression
    match expression:
        case Span(count=inner) | Negative(of=inner):
            yield from parts(inner)
        case Arithmetic(left=left, right=right):
            yield from parts(left)
            yield from parts(right)
        case Extreme(of=several) | Call(of=several):
            for one in several:
                yield from parts(one)
        case _:
            pass


TOKEN = re.compile(
    r"""\s*(?:
      (?P<day>\d{4}-\d{2}-\d{2})
    | (?P<number>\d+(?:\.\d+)?)(?P<percent>\s*%)?
    | @(?P<parameter>[a-z][a-z0-9_]*)
    | (?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)
    | (?P<sign><=|>=|!=|[-=<>+*/(),\[\]])
    | (?P<end>$)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while True:
        match = TOKEN.match(text, position)
        if match is None:
            raise GrammarError(f"незрозумілий знак «{text[position:].strip()[:1]}», місце {position + 1}")
        kind = next(name for name, value in match.groupdict().items() if value is not None)
        found.append(_Token("percent" if match["percent"] else kind, match[kind], match.start(kind)))
        if kind == "end":
            return found
        position = match.end()


class _Parser:
    """Recursive descent, one method a line of the grammar above."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0

    def comparison(self) -> Comparison:
        name = self._take()
        if name.kind != "name":
            self._fail("ліворуч має бути факт", name)
        op = OPERATORS.get(self._peek().text)
        if op is None:
            self._fail("після факту має бути = != < <= > >= або in", self._peek())
        self._take()
        if op == "in":
            self._expect("[")
            values = self._listed("]")
        else:
            values = (self._sum(),)
        self._finish()
        return Comparison(name.text, op, values)

    def formula(self) -> Expression:
        expression = self._sum()
        self._finish()
        return expression

    def _sum(self) -> Expression:
        left = self._product()
        while (sign := self._peek().text) in ("+", "-"):
            self._take()
            left = Arithmetic("+" if sign == "+" else "-", left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._term()
        while (sign := self._peek().text) in ("*", "/"):
            self._take()
            left = Arithmetic("*" if sign == "*" else "/", left, self._term())
        return left

    def _term(self) -> Expression:
        if self._peek().text == "-":
            self._take()
            return Negative(self._term())
        atom = self._atom()
        unit = UNITS.get(self._peek().text)
        if unit is None:
            return atom
        self._take()
        return Span(atom, unit)

    def _atom(self) -> Expression:
        token = self._take()
        match token.kind, token.text:
            case "number", text:
                return Number(Decimal(text))
            case "percent", text:
                return Number(Decimal(text) / 100)
            case "day", _:
                return Day(self._day(token))
            case "parameter", text:
                return Parameter(text)
            case "name", ("yes" | "no") as text:
                return Truth(text == "yes")
            case "name", "today":
                return Today()
            case "name", ("min" | "max") as text if self._peek().text == "(":
                self._take()
                return Extreme("min" if text == "min" else "max", self._listed(")"))
            case "name", text if text not in UNITS and text not in OPERATORS:
                return Name(text)
            case "sign", "(":
                inner = self._sum()
                self._expect(")")
                return inner
            case _:
                return self._fail("тут має бути число, дата, @параметр або факт", token)

    def _listed(self, closing: str) -> tuple[Expression, ...]:
        items = [self._sum()]
        while self._peek().text == ",":
            self._take()
            items.append(self._sum())
        self._expect(closing)
        return tuple(items)

    def _day(self, token: _Token) -> date:
        try:
            return date.fromisoformat(token.text)
        except ValueError:
            self._fail("такого дня немає", token)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.text != text:
            self._fail(f"бракує «{text}»", token)

    def _finish(self) -> None:
        if self._peek().kind != "end":
            self._fail("зайве в кінці", self._peek())

    def _fail(self, message: str, token: _Token) -> NoReturn:
        raise GrammarError(f"{message}: «{token.text or 'кінець рядка'}», місце {token.position + 1}")
