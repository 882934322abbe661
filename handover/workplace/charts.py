"""Charts as shapes of an SVG, so that a page needs no library: values stand on the marks, a table says the same.

Three series are told apart by solid, hatch and outline, never by colour alone. Lengths are pixels of the view box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rect:
    """`kind` is its class: s1 solid, s2 hatched, s3 outlined, sx hatched in the colour of what is bad, h0 to h5."""

    x: float
    y: float
    width: float
    height: float
    kind: str

    @property
    def pattern(self) -> str | None:
        """The pattern that fills it, by its id in the page."""
        return {"s2": "hatch", "sx": "hatchx"}.get(self.kind)


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str
    kind: str


@dataclass(frozen=True)
class Line:
    path: str
    kind: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    hollow: bool


@dataclass(frozen=True)
class Table:
    """The same in words: a head and rows, whose first cell names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass
class Chart:
    """`says` is what somebody hears who does not see it."""

    width: int
    height: int
    says: str
    table: Table
    rects: list[Rect] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)


Three = tuple[int, int, int]
"""A value of each series."""

SERIES = ("s1", "s2", "s3")


@dataclass(frozen=True)
class Column:
    """One column: its label in one or two lines and its parts from the bottom up, each with its class."""

    label: tuple[str, ...]
    parts: tuple[tuple[int, str], ...]

    @property
    def total(self) -> int:
        return sum(value for value, _ in self.parts)


def columns(
    bars: Sequence[Column],
    says: str,
    table: Table,
    *,
    width: int,
    plot: int = 150,
    widest: int = 50,
    under: str = "",
) -> Chart:
    """Columns side by side with their totals above; the highest one stands out in bold. `under` is their measure."""
    top = 24
    chart = Chart(width, top + plot + 44, says, table)
    step = width / max(len(bars), 1)
    wide = min(widest, step * 0.68)
    highest = max((bar.total for bar in bars), default=0) or 1
    base = top + plot
    for place, bar in enumerate(bars):
        middle = step * (place + 0.5)
        y = float(base)
        for value, kind in bar.parts:
            height = plot * value / highest
            if value:
                y -= height
                chart.rects.append(Rect(middle - wide / 2, y, wide, height, kind))
        if bar.total:
            kind = "v max" if bar.total == highest else "v"
            chart.labels.append(Label(middle, y - 7, str(bar.total), kind))
        for line, text in enumerate(bar.label):
            chart.labels.append(Label(middle, base + 18 + line * 16, text, "x"))
    if under:
        chart.labels.append(Label(width / 2, base + 38, under, "x"))
    chart.lines.append(Line(f"M0 {base + 0.5}H{width}", "axis"))
    return chart


@dataclass(frozen=True)
class Bar:
    """One lying bar: its label, its three parts, the numbers at its end; `low` marks the last of them."""

    label: str
    parts: Three
    ends: tuple[str, str]
    low: bool


def bars(rows: Sequence[Bar], heads: tuple[str, str], says: str, table: Table, *, width: int) -> Chart:
    """Lying bars under one another, three series each."""
    left, right, row = 208, 140, 30
    chart = Chart(width, 24 + row * len(rows), says, table)
    most = max((sum(bar.parts) for bar in rows), default=0) or 1
    long = width - left - right
    chart.labels += [Label(width - 74, 12, heads[0], "n q"), Label(width, 12, heads[1], "n q")]
    for place, bar in enumerate(rows):
        y = 24 + row * place
        chart.labels.append(Label(0, y + 17, short(bar.label, 30), "l"))
        x = float(left)
        for value, kind in zip(bar.parts, SERIES, strict=True):
            if value:
                part = long * value / most
                chart.rects.append(Rect(x, y + 2, part, 20, kind))
                x += part
        chart.labels.append(Label(width - 74, y + 17, bar.ends[0], "n"))
        chart.labels.append(Label(width, y + 17, bar.ends[1], "n low" if bar.low else "n"))
    return chart


def heat(
    rows: Sequence[str],
    heads: Sequence[str],
    cells: Sequence[Sequence[int]],
    says: str,
    table: Table,
    *,
    width: int,
) -> Chart:
    """A grid whose cells are the darker the more they hold; every cell says how many."""
    left, top, tall = 28, 20, 36
    chart = Chart(width, top + (tall + 2) * len(rows), says, table)
    most = max((value for row in cells for value in row), default=0) or 1
    step = (width - left) / max(len(heads), 1)
    for place, head in enumerate(heads):
        chart.labels.append(Label(left + step * (place + 0.5), 12, head, "x"))
    for down, name in enumerate(rows):
        y = top + (tall + 2) * down
        chart.labels.append(Label(0, y + 22, name, "l"))
        for across, value in enumerate(cells[down]):
            level = 0 if not value else min(5, 1 + 5 * (value - 1) // most)
            chart.rects.append(Rect(left + step * across, y, step - 2, tall, f"h{level}"))
            if value:
                chart.labels.append(
                    Label(left + step * (across + 0.5) - 1, y + 22, str(value), f"c t{level}")
                )
    return chart


@dataclass(frozen=True)
class Mark:
    """One dot on a line from 0 to 1, with what is printed beside it."""

    label: str
    value: float
    ends: tuple[str, str]


def dots(marks: Sequence[Mark], goal: float, goal_says: str, says: str, table: Table, *, width: int) -> Chart:
    """Dots on lines, hollow where they are under the goal, which is a dashed line."""
    left, right, row = 208, 140, 28
    chart = Chart(width, 30 + row * len(marks), says, table)
    long = width - left - right
    for tenth in (0, 5, 10):
        x = left + long * tenth / 10
        chart.lines.append(Line(f"M{x:.1f} 22V{chart.height}", "grid"))
        chart.labels.append(Label(x, 14, f"{tenth * 10}", "x"))
    at = left + long * goal
    chart.lines.append(Line(f"M{at:.1f} 22V{chart.height}", "goal"))
    chart.labels.append(Label(width, 14, goal_says, "n q"))
    for place, mark in enumerate(marks):
        y = 42 + row * place
        x = left + long * mark.value
        chart.labels.append(Label(0, y + 4, short(mark.label, 30), "l"))
        chart.lines.append(Line(f"M{left} {y}H{x:.1f}", "stem"))
        chart.dots.append(Dot(x, y, mark.value < goal))
        chart.labels.append(Label(width - 84, y + 4, mark.ends[0], "n b"))
        chart.labels.append(Label(width, y + 4, mark.ends[1], "n q"))
    return chart


def short(text: str, most: int) -> str:
    """Text that fits into so many signs."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
