"""Checks of pinned notices: short, in force from one moment to a later one, about things there are, no loose sums."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from knowledge_base import places
from knowledge_base.checks.overlays import PlaceOf
from knowledge_base.checks.texts import TextChecks
from knowledge_base.rules.base import Notice
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.parameters import open_value
from knowledge_base.rules.problems import Place, Problem, nearest

LIMIT = 200
"""Characters of a notice: with a greeting before it and the menu under it, one short message."""
SUM = re.compile(r"(\d[\d\s]*(?:[.,]\d+)?)\s*(тис\w*\.?(?:\s*(?:грн|гривень))?|грн|грив\w+|%|відсот\w+)")


def check_notices(view: CommunityView, texts: TextChecks, place_of: PlaceOf) -> Iterator[Problem]:
    """The notices of one community; days, hours and phones may stand in them, since they are gone after their day."""
    for name, notice in view.notices.items():
        place = place_of("notices", name)
        yield from texts.check(notice.text, place.at("text"), figures=True)
        yield from texts.check_length(notice.text, place.at("text"), LIMIT, "в оголошенні")
        yield from texts.check_first_sentence(notice.text, place.at("text"))
        yield from _sums(notice, view, place.at("text", "uk"))
        if places.moment_of(notice.from_) >= places.moment_of(notice.to, end=True):
            yield place.at("to").problem("кінець раніше за початок")
        yield from _known(notice.entries, view.entries, "картка", place.at("entries"))
        yield from _known(notice.offices, view.offices, "установа", place.at("offices"))


def check_over(notices: Mapping[str, Notice], place_of: PlaceOf, on: date) -> Iterator[Problem]:
    """A reminder of notices that nobody will see again."""
    for name, notice in notices.items():
        if places.moment_of(notice.to, end=True) <= datetime.combine(on, time()):
            message = f"строк оголошення минув ({notice.to}): приберіть"
            yield place_of("notices", name).at("to").problem(message, blocking=False)


def _known(names: tuple[str, ...], there: Collection[str], what: str, place: Place) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in there:
            yield place.at(number).problem(f"невідома {what} «{name}»{nearest(name, there)}")


def _sums(notice: Notice, view: CommunityView, place: Place) -> Iterator[Problem]:
    """A sum or a percentage that is no parameter's value."""
    known = {
        Decimal(value)
        for parameter in view.parameters.values()
        if isinstance(value := open_value(parameter).value, int | Decimal)
    }
    for found in SUM.finditer(notice.text.uk):
        figure = Decimal(re.sub(r"\s", "", found[1]).replace(",", "."))
        if found[2].startswith("тис"):
            figure *= 1000
        if figure not in known:
            yield place.problem(f"сума «{found[0]}»: поставте підстановку з parameters/")
