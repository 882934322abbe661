"""Checks of an entry's rules: every name exists in its registry and every comparison fits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge_base.rules.conditions import (
    Always,
    BeforeDeadline,
    ConditionError,
    Group,
    Leaf,
    read_condition,
    walk,
)
from knowledge_base.rules.functions import step_formula
from knowledge_base.rules.grammar import GrammarError, parse_formula
from knowledge_base.rules.kinds import IN_WORDS, Kind, KindError, Scope
from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import Entry, Schedule

DIRECTIONS = ("not_grow", "not_fall")
AT_LEAST = re.compile(r">= \d+(\.\d+)?")


class RuleChecks:
    """Checks one entry beside the registries it may use."""

    def __init__(
        self, entry: Entry, place: Place, scope: Scope, documents: set[str], *, national: bool
    ) -> None:
        self._entry = entry
        self._place = place
        self._scope = scope
        self._documents = documents
        self._national = national
        self._acts = {reference.id for reference in entry.sources}
        self._deadlines = {deadline.id for deadline in entry.deadlines}

    def problems(self) -> Iterator[Problem]:
        yield from self._derived()
        entry, place = self._entry, self._place
        yield from self._basis()
        if entry.eligible is not None:
            yield from self._condition(entry.eligible, place.at("eligible"))
            yield from _reasons(entry.eligible, place.at("eligible"))
        yield from self._variants()
        yield from self._papers()
        for number, deadline in enumerate(entry.deadlines):
            here = place.at("deadlines", number)
            yield from self._formula(deadline.last_day, "date", here.at("last_day"))
            yield from self._when(deadline.when, here)
            yield from self._src(deadline.src, here)
        for number, where in enumerate(entry.where):
            yield from self._when(where.when, place.at("where", number))
        yield from self._interview()
        yield from self._properties()
        yield from self._twice()

    def _derived(self) -> Iterator[Problem]:
        for name, step in self._entry.derive.items():
            here = self._place.at("derive", name)
            if step.calc is not None and not self._national:
                yield here.at("calc").problem("calc лише для національної бази: тут напишіть value")
            try:
                self._scope.derived[name] = self._scope.kind(step_formula(step))
            except (GrammarError, KindError) as error:
                self._scope.derived[name] = "number"
                yield here.at("value" if step.calc is None else "calc").problem(str(error))
            yield from self._src(step.src, here)

    def _basis(self) -> Iterator[Problem]:
        basis = self._entry.basis_date
        if basis == "today":
            return
        fact = self._scope.facts.get(basis)
        if fact is None or fact.type != "date":
            dates = {name for name, one in self._scope.facts.items() if one.type == "date"} | {"today"}
            message = f"має бути today або факт-дата, а не «{basis}»{nearest(basis, dates)}"
            yield self._place.at("basis_date").problem(message)

    def _variants(self) -> Iterator[Problem]:
        for number, variant in enumerate(self._entry.variants):
            here = self._place.at("variants", number)
            yield from self._condition(variant.when, here.at("when"))
            yield from self._src(variant.src, here)
            if variant.amount is None:
                continue
            yield from self._formula(variant.amount.value, "number", here.at("amount", "value"))
            if isinstance(paid := variant.amount.paid, Schedule):
                parts = here.at("amount", "paid")
                yield from self._formula(paid.once, "number", parts.at("once"))
                yield from self._formula(paid.then_monthly, "number", parts.at("then_monthly"))
                yield from self._formula(paid.months, "months", parts.at("months"))

    def _papers(self) -> Iterator[Problem]:
        papers = self._entry.documents
        if papers is None:
            return
        yield from self._src(papers.src, self._place.at("documents"))
        for number, item in enumerate(papers.items):
            here = self._place.at("documents", "items", number)
            if item.doc not in self._documents:
                message = f"невідомий документ «{item.doc}»{nearest(item.doc, self._documents)}"
                yield here.at("doc").problem(message)
            yield from self._when(item.when, here)
            if (item.when is None) != (item.when_text is None):
                yield here.problem("when і when_text бувають лише разом")

    def _interview(self) -> Iterator[Problem]:
        interview = self._entry.interview
        if interview is None:
            return
        place = self._place.at("interview")
        for number, group in enumerate(interview.groups):
            for position, name in enumerate(group):
                yield from self._fact(name, place.at("groups", number, position))
        for number, name in enumerate(interview.accepts_ranges):
            yield from self._fact(name, place.at("accepts_ranges", number))

    def _properties(self) -> Iterator[Problem]:
        for number, rule in enumerate(self._entry.properties):
            here = self._place.at("properties", number)
            if rule.when_grows is not None:
                yield from self._fact(rule.when_grows, here.at("when_grows"))
                if rule.must not in DIRECTIONS:
                    message = f"можна {' або '.join(DIRECTIONS)}{nearest(rule.must, DIRECTIONS)}"
                    yield here.at("must").problem(message)
            elif not AT_LEAST.fullmatch(rule.must):
                yield here.at("must").problem("без when_grows можна лише «>= число»")

    def _twice(self) -> Iterator[Problem]:
        for name in ("variants", "deadlines"):
            seen: set[str] = set()
            for number, item in enumerate(getattr(self._entry, name)):
                if item.id in seen:
                    yield self._place.at(name, number, "id").problem(f"«{item.id}» уже є вище")
                seen.add(item.id)

    def _fact(self, name: str, place: Place) -> Iterator[Problem]:
        if name not in self._scope.facts:
            yield place.problem(f"невідомий факт «{name}»{nearest(name, self._scope.facts)}")

    def _formula(self, text: str, expected: Kind, place: Place) -> Iterator[Problem]:
        try:
            kind = self._scope.kind(parse_formula(text))
        except (GrammarError, KindError) as error:
            yield place.problem(str(error))
            return
        if kind != expected:
            yield place.problem(f"виходить {IN_WORDS[kind]}, а має бути {IN_WORDS[expected]}")

    def _src(self, src: str | None, place: Place) -> Iterator[Problem]:
        if src is not None and src not in self._acts:
            message = f"«{src}» немає серед sources картки{nearest(src, self._acts)}"
            yield place.at("src").problem(message)

    def _when(self, tree: object, place: Place) -> Iterator[Problem]:
        if tree is not None:
            yield from self._condition(tree, place.at("when"))

    def _condition(self, tree: object, place: Place) -> Iterator[Problem]:
        return check_condition(tree, place, self._scope, self._acts, self._deadlines)


def check_condition(
    tree: object, place: Place, scope: Scope, acts: set[str], deadlines: set[str]
) -> Iterator[Problem]:
    """Names, acts and deadlines that a condition speaks of, and whether its comparisons fit."""
    try:
        condition = read_condition(tree)
    except ConditionError as error:
        yield place.at(*error.path).problem(str(error))
        return
    ids: set[str] = set()
    for path, node in walk(condition):
        here = place.at(*path)
        if node.labels.src is not None and node.labels.src not in acts:
            message = f"«{node.labels.src}» немає серед sources картки{nearest(node.labels.src, acts)}"
            yield here.at("src").problem(message)
        if node.labels.id in ids:
            yield here.at("id").problem(f"умова «{node.labels.id}» вже є вище")
        if node.labels.id:
            ids.add(node.labels.id)
        match node:
            case Leaf(comparison=comparison):
                try:
                    scope.check(comparison)
                except KindError as error:
                    yield here.problem(str(error))
            case BeforeDeadline(deadline=name) if name not in deadlines:
                message = f"немає строку «{name}»{nearest(name, deadlines)}"
                yield here.at("before_deadline").problem(message)


def _reasons(tree: object, place: Place) -> Iterator[Problem]:
    """What may refuse somebody has a name, for the receipt, and says why, for the person."""
    try:
        condition = read_condition(tree)
    except ConditionError:  # reported already
        return
    whole = isinstance(condition, Group) and condition.kind == "all" and condition.labels.id is None
    for path, node in walk(condition):
        if isinstance(node, Always) or len(path) != (2 if whole else 0):
            continue
        if node.labels.id is None:
            yield place.at(*path).problem("бракує id: відмову не буде чим назвати")
        if node.labels.if_not is None:
            yield place.at(*path).problem("бракує if_not: людина не дізнається, чому їй відмовлено")


def condition_ids(tree: object) -> set[str]:
    """The ids given to the nodes of a condition; none when it cannot be read."""
    try:
        nodes = [node for _, node in walk(read_condition(tree))] if tree is not None else []
    except ConditionError:
        return set()
    return {node.labels.id for node in nodes if node.labels.id}
