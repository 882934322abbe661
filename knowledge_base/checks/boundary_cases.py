"""Writes the cases that would stand on both sides of the limits: for a person to read against the law and paste.

A case of the entry is moved to the limit; what the rules come to there is written as what is expected. It pins how
things are now and is evidence of nothing until somebody has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge_base.checks.boundaries import SIDES, TODAY, Boundary, truths, turned
from knowledge_base.checks.cases import outcome_of
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.base import Case
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import CHILDREN, Contradiction, ImpossibleFacts, Known, read_known
from knowledge_base.rules.narrowing import Turn, turns
from knowledge_base.rules.thresholds import GREATEST_SOUGHT
from knowledge_base.rules.values import DAY, Point, Range

AROUND = 1500 * DAY
"""How far from its own day a case is run to find the day a limit falls on."""
ALWAYS_WRITTEN = ("outcome", "because", "variant", "amount")
WRITTEN_OF = {"documents": ("documents",), "deadlines": ("deadlines",)}
"""What is also written for a limit of the papers or of the last days."""

Given = Mapping[str, object]


@dataclass(frozen=True)
class Generated:
    """A case on one side of a limit with what the rules come to now; `expect` as in a file of cases."""

    name: str
    as_of: date
    given: Given
    expect: Mapping[str, object]

    def lines(self) -> Iterator[str]:
        """The case as it is written in `<id>.cases.yaml`."""
        yield f"- name: {_plain(self.name)}"
        yield f"  as_of: {self.as_of}"
        yield f"  given: {_plain(self.given)}"
        yield f"  expect: {_plain(self.expect)}"


def generate(
    rules: Rules, cases: Iterable[Case], limits: Iterable[Boundary], *, all_sides: bool = False
) -> Iterator[Generated | Boundary]:
    """A case for each side that none holds, or for every side; the limit itself where none could be made."""
    several = _granted_first(rules, cases)
    for limit in limits:
        sides = SIDES if all_sides else limit.missing
        made = [_made(rules, several, limit, side) for side in sides]
        yield from (one for one in made if one is not None)
        if None in made:
            yield limit


def _granted_first(rules: Rules, cases: Iterable[Case]) -> list[Case]:
    """The cases that can be, those granted and telling most before others."""
    found = [(case, outcome) for case in cases if (outcome := _outcome(rules, case.given, case.as_of))]
    found.sort(key=lambda pair: (pair[1]["outcome"] != Truth.YES.value, -len(pair[0].given)))
    return [case for case, _ in found]


def _made(rules: Rules, cases: list[Case], limit: Boundary, side: Truth) -> Generated | None:
    """A case moved to the limit whose outcome depends on the comparison: a decided one, else an open one."""
    undecided: Generated | None = None
    contrary = turned(rules, limit.at, side)
    for case in cases:
        for fact, point, given, day in _moved(rules, case, limit, side):
            found, other = _outcome(rules, given, day), _outcome(contrary, given, day)
            if found is None or _truth(rules, given, day, limit) is not side:
                continue
            expected = _expected(found, limit)
            if other is not None and all(other[name] == value for name, value in expected.items()):
                continue
            name = f"межа «{limit.line}», де {'так' if side is Truth.YES else 'ні'}: {fact} {point}"
            made = Generated(name, day, given, expected)
            if found["outcome"] != Truth.UNKNOWN.value:
                return made
            undecided = undecided or made
    return undecided


def _outcome(rules: Rules, given: Given, day: date) -> Mapping[str, object] | None:
    """What the rules come to; None where the facts cannot be."""
    try:
        return outcome_of(rules.assess(read_known(given, rules.dictionary.facts, day), day))
    except (ImpossibleFacts, Contradiction):
        return None


def _truth(rules: Rules, given: Given, day: date, limit: Boundary) -> Truth:
    """What the comparison says for the first of the children, or for all together."""
    try:
        known = read_known(given, rules.dictionary.facts, day)
        return truths(rules, known, day, [limit])[0][limit.at]
    except (ImpossibleFacts, Contradiction):
        return Truth.UNKNOWN


# ---- a case moved to a limit


def _moved(
    rules: Rules, case: Case, limit: Boundary, side: Truth
) -> Iterator[tuple[str, Point, Given, date]]:
    """The case with one fact, or with its day, at the limit: which, where, the facts and the day."""
    if limit.fact is not None and limit.low is not None and limit.high is not None:
        for point in (limit.low, limit.high):
            yield limit.fact, point, _with(rules, case.given, limit.fact, point), case.as_of
    for fact in _numbers(rules, case, limit):
        for turn in _turns(rules, case, limit, fact):
            beside = {turn.before_truth: turn.before, turn.after_truth: turn.after}
            if beside.keys() == set(SIDES):
                yield fact, beside[side], *_at(rules, case, fact, beside[side])


def _numbers(rules: Rules, case: Case, limit: Boundary) -> list[str]:
    """What may be moved to the limit: days and sums that the comparison looks at, and the day itself."""
    known = read_known(case.given, rules.dictionary.facts, case.as_of)
    judge = rules.judge(rules.own_dictionary.close(Known(), case.as_of), case.as_of)
    looks = judge.of(limit.condition).facts
    told = {**known.facts, **(known.children[0] if known.children else {})}
    names = [name for name in sorted(looks) if isinstance(told.get(name), Range)]
    return [*names, TODAY]


def _turns(rules: Rules, case: Case, limit: Boundary, fact: str) -> Iterator[Turn]:
    def truth(point: Point) -> Truth:
        given, day = _at(rules, case, fact, point)
        return _truth(rules, given, day, limit)

    if fact == TODAY:
        return turns(truth, Range(case.as_of - AROUND, case.as_of + AROUND))
    whole = rules.dictionary.domains(case.as_of)[fact]
    assert isinstance(whole, Range)
    if rules.dictionary.facts[fact].type == "date":
        wide = Range(case.as_of - 25 * AROUND, case.as_of + AROUND)
    else:
        wide = Range(Decimal(0), GREATEST_SOUGHT)
    low = wide.low if whole.low is None else whole.low
    return turns(truth, Range(low, wide.high if whole.high is None else whole.high))


def _at(rules: Rules, case: Case, fact: str, point: Point) -> tuple[Given, date]:
    if fact == TODAY:
        assert isinstance(point, date)
        return case.given, point
    return _with(rules, case.given, fact, point), case.as_of


def _with(rules: Rules, given: Given, fact: str, point: Point) -> Given:
    """The facts with another value: of the first child, where the case tells of children one by one."""
    children = given.get(CHILDREN)
    if isinstance(children, tuple) and children and rules.dictionary.facts[fact].person == "child":
        return {**given, CHILDREN: ({**children[0], fact: point}, *children[1:])}
    return {**given, fact: point}


# ---- as it is written


def _expected(found: Mapping[str, object], limit: Boundary) -> Mapping[str, object]:
    """What is worth comparing at this limit; what is empty is left out."""
    fields = (*ALWAYS_WRITTEN, *WRITTEN_OF.get(str(limit.at[0]), ()))
    if found["outcome"] == Truth.UNKNOWN.value:
        fields = (*fields, "need")
    return {name: found[name] for name in fields if found[name] not in (None, [], {})}


def _plain(value: object) -> str:
    """A value in YAML's short form, as the files of cases are written."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name}: {_plain(one)}" for name, one in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_plain(one) for one in value)}]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if value is None:
        return "null"
    text = str(value)
    quoted = isinstance(value, str) and (text in ("yes", "no") or any(sign in text for sign in ":«#,[]{}"))
    return f'"{text}"' if quoted else text
