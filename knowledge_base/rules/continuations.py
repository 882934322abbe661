"""Continuation files: the values of a new year in one place, after those that parameters have elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import Continuation, NextValue, Parameter, ParameterValue

CONTINUE = "continue"
FIELDS = frozenset({"sources", CONTINUE})
TO_FILL = ("from", "value", "source", "checked_on", "known_through")


@dataclass(frozen=True)
class Written:
    """A continuation as a file has it, and where."""

    parameter: str
    continuation: Continuation
    place: Place


@dataclass
class Continued:
    """The parameters with what follows them. `places`: where each value stands that a file of its own appended."""

    parameters: dict[str, Parameter]
    places: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def empty_fields(value: object, place: Place) -> Iterator[Problem]:
    """A reminder a value of what is still to be filled in it, where it stands as the skeleton left it."""
    periods = value.get("values") if isinstance(value, dict) else None
    for number, period in enumerate(periods if isinstance(periods, tuple) else ()):
        empty = [name for name in TO_FILL if name in period and period[name] is None] if period else []
        if empty:
            here = place.at("values", number, empty[0])
            yield here.problem(
                f"порожньо: {', '.join(empty)}; впишіть або приберіть «{place.path[-1]}» звідси"
            )


def continue_all(
    parameters: Mapping[str, Parameter], places: Mapping[str, Place], written: list[Written]
) -> Continued:
    """Appends the values in the order of their days, whichever files they stand in.

    `places` are those of everything that is called a parameter, fitting the schema or not.
    """
    result = Continued(dict(parameters))
    following: dict[str, list[tuple[NextValue, Place]]] = {}
    for one in written:
        parameter = parameters.get(one.parameter)
        if one.parameter not in places:
            hint = nearest(one.parameter, places) or ": продовжують лише те, що вже є в parameters"
            result.problems.append(one.place.problem(f"немає параметра «{one.parameter}»{hint}"))
        if parameter is None:
            continue
        if one.continuation.unit != parameter.unit:
            where = places[one.parameter]
            message = (
                f"має бути {parameter.unit}, як у {where.file.name}, рядок {where.file.line(where.path)}"
            )
            result.problems.append(one.place.at("unit").problem(message))
            continue
        following.setdefault(one.parameter, []).extend(
            (value, one.place.at("values", number)) for number, value in enumerate(one.continuation.values)
        )
    expected = {one.parameter: one.continuation.next_change_expected for one in written}
    for name, values in following.items():
        values.sort(key=lambda pair: pair[0].from_)
        _continue_one(name, values, expected[name], result)
    return result


def _continue_one(
    name: str, values: list[tuple[NextValue, Place]], expected: date | None, result: Continued
) -> None:
    parameter = result.parameters[name]
    periods = list(parameter.values)
    last_at = max(range(len(periods)), key=lambda number: periods[number].from_)
    appended: list[Place] = []
    for value, place in values:
        last = periods[last_at]
        starts = value.from_
        if starts <= (last.to or last.from_):
            message = (
                f"період з {starts} накладається на той, що з {last.from_}: почніть пізніше або приберіть"
            )
            result.problems.append(place.at("from").problem(message))
            continue
        if last.to is None:
            periods[last_at] = _ended(last, starts - timedelta(days=1))
        periods.append(ParameterValue(**dict(value)))
        last_at = len(periods) - 1
        appended.append(place)
    later = expected or parameter.next_change_expected
    update = {
        "values": tuple(periods),
        "next_change_expected": later if later and later > periods[last_at].from_ else None,
    }
    result.parameters[name] = parameter.model_copy(update=update)
    result.places[name] = tuple(appended)


def _ended(period: ParameterValue, last_day: date) -> ParameterValue:
    """The period closed; the days between its horizon and its end stay unvouched for."""
    horizon = period.known_through
    kept = horizon if horizon is not None and horizon < last_day else None
    return period.model_copy(update={"to": last_day, "known_through": kept})
