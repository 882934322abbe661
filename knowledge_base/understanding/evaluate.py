"""The figures of `evaluate`: how often the reception was right, wrong, doubtful; by set and language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

OUT_OF_SCOPE, HANDOFF, DANGER = "out-of-scope", "handoff", "danger"
CLARIFY = "clarify"
_SPECIAL = frozenset({OUT_OF_SCOPE, HANDOFF, DANGER})
_ON_A_TOPIC = frozenset({"answer", "referral"})
_DIRECT = _ON_A_TOPIC | {"smalltalk", "danger"}
_RIGHT_OUT_OF_SCOPE = frozenset({"referral", "handoff", "smalltalk"})
MENU = 3
"""Topics that a menu offers."""
_BINS = 10
_PAIRS = 20
_Z = 1.96


@dataclass(frozen=True)
class Row:
    """One message with what was expected and what came.

    `asked`: `{"id", "text"}` and, where known, `"lang", "label", "also", "facet", "set"`. `answered`:
    `{"decision", "ranked": [{"id", "confidence"}], "facet"}`. `seconds`: how long it took.
    """

    asked: Mapping[str, Any]
    answered: Mapping[str, Any]
    seconds: float

    @property
    def label(self) -> str | None:
        """What it is about, None where nobody said."""
        label = self.asked.get("label")
        return label if isinstance(label, str) else None

    @property
    def accepted(self) -> frozenset[str]:
        """Everything that is right: the label and its equals."""
        return frozenset([*([self.label] if self.label else []), *(self.asked.get("also") or ())])

    @property
    def decision(self) -> str:
        """What the reception did."""
        return str(self.answered["decision"])

    @property
    def ranked(self) -> list[str]:
        """Topics, best first."""
        return [str(one["id"]) for one in self.answered["ranked"]]

    @property
    def in_scope(self) -> bool:
        """True where a topic is the right answer."""
        return self.label is not None and self.label not in _SPECIAL

    def fits(self) -> bool:
        """True where the decision suits the message."""
        if self.decision in self.accepted:
            return True
        if self.decision in _ON_A_TOPIC and self.ranked[:1] and self.ranked[0] in self.accepted:
            return True
        return self.label == OUT_OF_SCOPE and self.decision in _RIGHT_OUT_OF_SCOPE

    def menu_holds(self) -> bool:
        """True where one of the three offered is right."""
        return bool(self.accepted & set(self.ranked[:MENU]))

    def serves(self) -> bool:
        """True where the writer is helped: an answer that suits, or a menu with the right topic in it."""
        return self.fits() or (self.decision == CLARIFY and self.menu_holds())

    def came(self) -> str:
        """What came, in a line: the decision with its topic, or with the topics offered."""
        shown = {CLARIFY: self.ranked[:MENU], "answer": self.ranked[:1], "referral": self.ranked[:1]}
        return " ".join([self.decision, *shown.get(self.decision, ())])


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1 of a group of messages; None where there is nothing to count.

    `wrong_direct` is of all messages, as are `false_alarms`; shares of topics are of messages in scope,
    `answered_as_ours`, `menus_outside` and `handed_outside` of those out of scope.
    """

    messages: int
    top1: float | None
    top3: float | None
    right_direct: float | None
    wrong_direct: float | None
    menus_hold: float | None
    menus_miss: float | None
    handed_over: float | None
    answered_as_ours: float | None
    menus_outside: float | None
    handed_outside: float | None
    persons_right: float | None
    danger_recall: float | None
    false_alarms: float | None
    facet: float | None
    calibration_error: float | None
    milliseconds: float | None


Holds = Callable[[Row], bool]


def _labelled(row: Row) -> bool:
    return row.label is not None


def _outside(row: Row) -> bool:
    return row.label == OUT_OF_SCOPE


def _calm(row: Row) -> bool:
    return _labelled(row) and DANGER not in {row.label, *row.accepted}


SHARES: Mapping[str, tuple[Holds, Holds]] = {
    "top1": (lambda row: row.in_scope, lambda row: bool(row.accepted & set(row.ranked[:1]))),
    "top3": (lambda row: row.in_scope, Row.menu_holds),
    "right_direct": (lambda row: row.in_scope, lambda row: row.decision in _DIRECT and row.fits()),
    "wrong_direct": (_labelled, lambda row: row.decision in _DIRECT and not row.fits()),
    "menus_hold": (lambda row: row.in_scope, lambda row: row.decision == CLARIFY and row.menu_holds()),
    "menus_miss": (lambda row: row.in_scope, lambda row: row.decision == CLARIFY and not row.menu_holds()),
    "handed_over": (
        lambda row: row.in_scope,
        lambda row: row.decision == HANDOFF and HANDOFF not in row.accepted,
    ),
    "answered_as_ours": (_outside, lambda row: row.decision == "answer" and not row.fits()),
    "menus_outside": (_outside, lambda row: row.decision == CLARIFY),
    "handed_outside": (_outside, lambda row: row.decision == HANDOFF),
    "persons_right": (lambda row: row.label == HANDOFF, lambda row: row.decision == HANDOFF),
    "danger_recall": (lambda row: row.label == DANGER, lambda row: row.decision == DANGER),
    "false_alarms": (_calm, lambda row: row.decision == DANGER),
    "facet": (
        lambda row: row.in_scope and bool(row.asked.get("facet")),
        lambda row: bool(row.answered.get("facet") == row.asked["facet"]),
    ),
}
"""What is counted: of which messages, and in which of them it holds."""


def counted(rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """Of each share, in how many messages it holds and of how many."""
    found = {}
    for name, (belongs, holds) in SHARES.items():
        counting = [holds(row) for row in rows if belongs(row)]
        found[name] = sum(counting), len(counting)
    return found


def measure(rows: Sequence[Row]) -> Figures:
    """The figures of one group; unlabelled messages count for time alone."""
    shares = {name: hits / of if of else None for name, (hits, of) in counted(rows).items()}
    return Figures(
        messages=len(rows),
        **shares,
        calibration_error=calibration_error([row for row in rows if row.label is not None]),
        milliseconds=1000 * sum(row.seconds for row in rows) / len(rows) if rows else None,
    )


def interval(hits: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies in 95 cases of 100 (Wilson's interval); `of` is at least 1."""
    share, spread = hits / of, _Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Bin:
    """A tenth of the confidences: how many messages, their mean confidence, the share whose first topic is right."""

    messages: int
    confidence: float
    right: float


def calibration_curve(rows: Sequence[Row]) -> list[Bin]:
    """The tenths that hold messages, from unsure to sure; danger apart, which is answered for other reasons."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for row in rows:
        if row.answered["ranked"] and row.label not in {DANGER, None}:
            confidence = float(row.answered["ranked"][0]["confidence"])
            place = min(int(confidence * _BINS), _BINS - 1)
            bins.setdefault(place, []).append((confidence, row.ranked[0] in row.accepted))
    return [
        Bin(len(one), sum(sure for sure, _ in one) / len(one), sum(right for _, right in one) / len(one))
        for _, one in sorted(bins.items())
    ]


def calibration_error(rows: Sequence[Row]) -> float | None:
    """The mean gap between the confidence in the first topic and how often it is right, over ten bins."""
    curve = calibration_curve(rows)
    count = sum(one.messages for one in curve)
    return sum(one.messages * abs(one.confidence - one.right) for one in curve) / count if count else None


@dataclass(frozen=True)
class Change:
    """A message that is answered in another way than before; `effect`: it is served now, no more, or as before."""

    row: Row
    before: str
    effect: Literal["mended", "broken", "other"]

    def __str__(self) -> str:
        return f"{self.effect}: {self.row.asked['id']} «{self.row.asked['text']}»: {self.before} -> {self.row.came()}"


def changes(before: Sequence[Row], after: Sequence[Row]) -> list[Change]:
    """The messages of both that something else comes for, broken ones first; those without a label are `other`."""
    earlier = {str(row.asked["id"]): row for row in before}
    found: list[Change] = []
    for row in after:
        old = earlier.get(str(row.asked["id"]))
        if old is None or old.came() == row.came():
            continue
        helped, helps = (row.label is not None and one.serves() for one in (old, row))
        effect: Literal["mended", "broken", "other"] = "other"
        if helped != helps:
            effect = "mended" if helps else "broken"
        found.append(Change(row, old.came(), effect))
    return sorted(found, key=lambda one: ("broken", "mended", "other").index(one.effect))


def confused(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """What was meant, what it was taken for and how often; the most frequent first."""
    pairs = Counter(
        (str(row.label), row.ranked[0])
        for row in rows
        if row.label not in {None, DANGER} and row.ranked and row.ranked[0] not in row.accepted
        if row.in_scope or row.decision in _ON_A_TOPIC
    )
    return [(meant, taken, times) for (meant, taken), times in pairs.most_common()]


def grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """All, then by set and by language."""
    groups: dict[str, list[Row]] = {"all": list(rows)}
    for key in ("set", "lang"):
        groups |= {f"{key} {value}": some for value, some in _by(key, rows).items()}
    return groups


def _by(key: str, rows: Sequence[Row]) -> dict[str, list[Row]]:
    values = sorted({str(row.asked[key]) for row in rows if row.asked.get(key)})
    return {value: [row for row in rows if row.asked.get(key) == value] for value in values}


def summary(rows: Sequence[Row]) -> str:
    """What people read: a line a figure and a column a group, by facet too; intervals, calibration, mistakes."""
    labelled = [row for row in rows if row.label is not None]
    parts = [_table(grouped(rows))]
    if by_facet := {f"facet {name}": some for name, some in _by("facet", labelled).items()}:
        parts.append(_table(by_facet))
    if labelled:
        parts += [_intervals(labelled), _curve(labelled)]
    if pairs := confused(labelled):
        parts.append(
            "\n".join(
                ["most confused: meant, taken for, times"]
                + [f"  {meant:<34} {taken:<34} {times}" for meant, taken, times in pairs[:_PAIRS]]
            )
        )
    return "\n\n".join(parts)


def _table(groups: Mapping[str, Sequence[Row]]) -> str:
    figures = {name: measure(members) for name, members in groups.items()}
    width = max(len(name) for name in groups) + 2
    lines = [" " * 20 + "".join(f"{name:>{width}}" for name in groups)]
    for field in Figures.__dataclass_fields__:
        values = (_shown(field, getattr(one, field)) for one in figures.values())
        lines.append(f"{field.replace('_', ' '):<20}" + "".join(f"{value:>{width}}" for value in values))
    return "\n".join(lines)


def _intervals(rows: Sequence[Row]) -> str:
    lines = ["of all, with the 95 % interval"]
    for name, (hits, of) in counted(rows).items():
        if of:
            low, high = interval(hits, of)
            lines.append(
                f"  {name.replace('_', ' '):<18}{hits / of:.3f}  {low:.3f} to {high:.3f}  {hits} of {of}"
            )
    return "\n".join(lines)


def _curve(rows: Sequence[Row]) -> str:
    lines = ["calibration: how sure of the first topic, how often it is right, messages"]
    lines += [f"  {one.confidence:.2f}  {one.right:.2f}  {one.messages}" for one in calibration_curve(rows)]
    return "\n".join(lines)


def _shown(field: str, value: float | None) -> str:
    if value is None:
        return "-"
    if field == "messages":
        return str(value)
    return f"{value:.2f}" if field == "milliseconds" else f"{value:.3f}"
