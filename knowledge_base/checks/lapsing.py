"""Which parameters nobody vouches for on a day, who says them, and the file of continuations to fill."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge_base.checks.freshness import figures_in, ruling_parameters
from knowledge_base.checks.texts import texts_in
from knowledge_base.language import day_in_figures
from knowledge_base.rules.assessment import Rules
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.parameters import value_at
from knowledge_base.rules.schema import UNFINISHED, Act, Parameter, ParameterValue, Strict

Reason = Literal["past_horizon", "ended", "not_begun"]
Group = Literal["budget", "order", "own"]
GROUPS: dict[Group, str] = {
    "budget": "Закон про державний бюджет: прожитковий мінімум і мінімальна зарплата, від них рахують інші",
    "order": "Постанови уряду й інші акти: суми, частки, межі",
    "own": "Зміни ніхто не оголошував, межу поставили самі: перечитати джерело й підтвердити",
}
"""What values are filled from, in the order they are best filled."""
OF_THE_BUDGET = re.compile(r"прожитковий мінімум|мінімальна зарплата", re.IGNORECASE)
"""How the titles begin of what the law on the budget sets each year."""
SUMS = frozenset({"UAH", "UAH/month", "percent"})


@dataclass(frozen=True)
class Use:
    """Who says a parameter: an entry by its rules or texts, a paper or a question by its texts (paths of fields)."""

    kind: Literal["entry", "document", "fact"]
    id: str
    rules: bool
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """A parameter without a vouched value on a day. `last`: the period before that day, else the first one."""

    id: str
    parameter: Parameter
    group: Group
    reason: Reason
    last: ParameterValue
    uses: tuple[Use, ...]


def unvouched(parameter: Parameter, day: date) -> Reason | None:
    """Why no value of a day is vouched for; None where one is."""
    dated = value_at(parameter, day)
    if dated is not None:
        return "past_horizon" if dated.stale else None
    return "not_begun" if all(day < period.from_ for period in parameter.values) else "ended"


def group_of(parameter: Parameter) -> Group:
    """What its next value is filled from."""
    if OF_THE_BUDGET.match(parameter.title.uk):
        return "budget"
    return "order" if parameter.unit in SUMS or parameter.next_change_expected else "own"


def too_long(parameter: Parameter) -> Iterator[tuple[int, str]]:
    """Horizons later than the law lets a value be known for: which value, and in words."""
    for number, period in enumerate(parameter.values):
        horizon, change = period.known_through, parameter.next_change_expected
        if horizon is None:
            continue
        if group_of(parameter) == "budget" and horizon > date(period.from_.year, 12, 31):
            yield number, "закон про бюджет діє один рік: known_through — не далі ніж 31 грудня"
        elif period.to is None and change is not None and change <= horizon:
            yield number, f"зміну чекають {change}, а known_through далі: скоротіть його або змініть дату"


def missing(view: CommunityView, day: date) -> list[Missing]:
    """What an editor must fill for a day: by group, what is said most first."""
    users = uses(view)
    found = [
        Missing(name, parameter, group_of(parameter), reason, _last(parameter, day), users.get(name, ()))
        for name, parameter in view.parameters.items()
        if (reason := unvouched(parameter, day)) is not None
    ]
    order = {group: place for place, group in enumerate(GROUPS)}
    return sorted(found, key=lambda one: (order[one.group], -len(one.uses), one.id))


def uses(view: CommunityView) -> dict[str, tuple[Use, ...]]:
    """Who says each parameter; drafts do not count."""
    dictionary = Dictionary(view.facts)
    found: dict[str, list[Use]] = {}
    for name, entry in sorted(view.entries.items()):
        if entry.status == UNFINISHED:
            continue
        ruling = ruling_parameters(Rules(entry, dictionary, view.parameters))
        texts = _texts(entry)
        for parameter in ruling | texts.keys():
            use = Use("entry", name, parameter in ruling, tuple(texts.get(parameter, ())))
            found.setdefault(parameter, []).append(use)
    for kind, registry in _registries(view):
        for name, item in sorted(registry.items()):
            for parameter, fields in _texts(item).items():
                found.setdefault(parameter, []).append(Use(kind, name, rules=False, texts=tuple(fields)))
    return {name: tuple(several) for name, several in found.items()}


def _registries(view: CommunityView) -> Iterator[tuple[Literal["document", "fact"], Mapping[str, Strict]]]:
    yield "document", view.documents
    yield "fact", view.facts


def _texts(item: Strict) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, text in texts_in(item):
        for name in sorted(figures_in(text.uk)):
            found.setdefault(name, []).append(".".join(map(str, path)))
    return found


def _last(parameter: Parameter, day: date) -> ParameterValue:
    before = [period for period in parameter.values if period.from_ <= day]
    return max(before or parameter.values[:1], key=lambda period: period.from_)


# ---- the file to fill


def skeleton(found: list[Missing], day: date, sources: Mapping[str, Act]) -> str:
    """A file of continuations with the values left empty, and in comments what they were.

    What has not begun by that day is left out: no value can go before its first one.
    """
    several = [one for one in found if one.reason != "not_begun"]
    counted = Counter(one.group for one in several)
    lines = [
        f"# Значення на {day_in_figures(day)}. Впишіть value, source, checked_on; known_through — останній день,",
        "# за який ручаєтеся. Чого не знаєте, приберіть разом з назвою: картки й далі казатимуть, що не підтверджено.",
        "# Готовий файл кладуть до national/parameters/, наприклад як 2027.yaml. Нове джерело пишуть тут:",
        "# sources:",
        '#   budget_law: {title: {uk: "Закон про державний бюджет"}, url: "https://…"}',
        "continue:",
    ]
    group = None
    for one in several:
        if one.group != group:
            group = one.group
            lines += ["", f"  # ---- {GROUPS[group]} ({counted[group]})"]
        lines += ["", *block(one, day, sources)]
    return "\n".join(lines) + "\n"


def block(one: Missing, day: date, sources: Mapping[str, Act]) -> list[str]:
    """The lines of one parameter in the file to fill."""
    last, act = one.last, sources.get(one.last.source)
    starts, horizon = _next_days(one, day)
    checked = f", перевірено {day_in_figures(last.checked_on)}" if last.checked_on else ""
    expected = one.parameter.next_change_expected
    said = ", ".join(dict.fromkeys(use.id for use in one.uses)) or "ніде"
    lines = [
        f"  # {one.parameter.title.uk}. Було {last.value} ({one.parameter.unit}) {_period(last)}",
        f"  # {last.source}: {act.title.uk if act else ''}{checked}",
        f"  # стоїть у: {said}",
        f"  {one.id}:",
        f"    unit: {one.parameter.unit}",
    ]
    if expected is not None:
        lines.append(f"    next_change_expected: {_later(expected, starts)}")
    return [
        *lines,
        "    values:",
        f"      - from: {starts}",
        f"        value:  # було {last.value}",
        f"        source:  # було {last.source}",
        "        checked_on:",
        f"        known_through: {horizon}",
    ]


def _period(period: ParameterValue) -> str:
    end = period.to or period.known_through
    known = f", відомо до {day_in_figures(end)}" if end else ""
    return f"з {day_in_figures(period.from_)}{known}"


def _next_days(one: Missing, day: date) -> tuple[date, date]:
    """From when the next value may hold, no earlier than the year of the day, and the end of its year."""
    end = one.last.to or one.last.known_through
    starts = max(date(day.year, 1, 1), one.last.from_ + timedelta(days=1))
    if end is not None:
        starts = max(starts, end + timedelta(days=1))
    return starts, date(starts.year, 12, 31)


def _later(expected: date, starts: date) -> date:
    """The same day of the first year it is still ahead of."""
    while expected <= starts:
        try:
            expected = expected.replace(year=expected.year + 1)
        except ValueError:  # 29 February
            expected = date(expected.year + 1, 3, 1)
    return expected
