"""The report as one HTML page that needs nothing else, and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from knowledge_base.language import day_in_figures, number
from knowledge_base.reporting.figures import Figures

STATUSES = {
    "published": "опубліковано",
    "checked": "перевірено, чекає",
    "draft": "чернетка",
    "suspended": "зупинено",
    "closed": "закрито",
}
CONFIDENCE = {"high": "висока", "medium": "середня", "low": "низька"}


def page(figures: Figures) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("knowledge_base.reporting", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": day_in_figures, "number": number}
    groups = [(name, list(several)) for name, several in groupby(figures.entries, key=lambda one: one.group)]
    expiring = [
        (last, list(several))
        for last, several in groupby(figures.expiring, key=lambda one: one.known_through)
    ]
    counted = [status for status in STATUSES if any(one.status == status for one in figures.entries)]
    rows = [
        (name, [sum(one.status == status for one in several) for status in counted])
        for name, several in groups
    ]
    ruled = [one.evaluated for one in figures.entries if one.evaluated is not None]
    totals = {
        "mutants_killed": sum(one.mutants_killed for one in ruled),
        "mutants": sum(one.mutants for one in ruled),
        "limits_held": sum(one.limits_held for one in ruled),
        "limits": sum(one.limits for one in ruled),
        "questions": round(sum(one.questions_mean for one in ruled) / max(1, len(ruled)), 1),
        "missing_pins": sum(one.missing_pins for one in figures.entries),
        "sources": sum(one.sources for one in figures.entries),
        "second": sum(one.second_reading is not None for one in figures.entries),
        "corrections": sum(one.corrections or 0 for one in figures.entries),
    }
    return environment.get_template("report.html").render(
        figures=figures,
        groups=groups,
        expiring=expiring,
        statuses=STATUSES,
        confidence=CONFIDENCE,
        counted=counted,
        rows=rows,
        totals=totals,
    )


def plain(figures: Figures) -> Mapping[str, object]:
    """The same figures as JSON holds them: days are text, counts whole numbers, means fractions."""
    whole = _plain(asdict(figures))
    assert isinstance(whole, dict)
    return whole


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
