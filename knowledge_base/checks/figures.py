"""Finds figures written into prose: sums, terms, ages and dates stand in `parameters/`, texts show them.

Names that carry a figure («форма № 5») are allowed one by one in `national/names_with_figures.yaml`, each
with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge_base.rules.placeholders import HOLE

FIGURE = re.compile(r"\d[\d\s.,:%]*")


def figure_in(text: str, allowed: Iterable[str]) -> str | None:
    """The first figure a text holds outside its placeholders and the allowed names."""
    rest = HOLE.sub(" ", text)
    for name in sorted(allowed, key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", rest)
    found = FIGURE.search(rest)
    return found[0].strip(" .,:\n") if found else None
