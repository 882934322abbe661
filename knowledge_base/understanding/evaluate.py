"""The figures of `evaluate`: how often the reception was right, wrong, doubtful; by set and language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OUT_OF_SCOPE, HANDOFF, DANGER = "out-of-scope", "handoff", "danger"
_SPECIAL = frozenset({OUT_OF_SCOPE, HANDOFF, DANGER})
_ON_A_TOPIC = frozenset({"answer", "referral"})
_DIRECT = _ON_A_TOPIC | {"smalltalk", "danger"}
_RIGHT_OUT_OF_SCOPE = frozenset({"referral", "handoff", "smalltalk"})
_MENU = 3
_BINS = 10


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
        return bool(self.accepted & set(self.ranked[:_MENU]))


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


def measure(rows: Sequence[Row]) -> Figures:
    """The figures of one group; unlabelled messages count for time alone."""
    labelled = [row for row in rows if row.label is not None]
    inside = [row for row in labelled if row.in_scope]
    outside = [row for row in labelled if row.label == OUT_OF_SCOPE]
    calm = [row for row in labelled if row.label != DANGER and DANGER not in row.accepted]
    for_person = [row for row in labelled if row.label == HANDOFF]
    in_danger = [row for row in labelled if row.label == DANGER]
    with_facet = [row for row in inside if row.asked.get("facet")]
    return Figures(
        messages=len(rows),
        top1=_share(inside, lambda row: bool(row.accepted & set(row.ranked[:1]))),
        top3=_share(inside, Row.menu_holds),
        right_direct=_share(inside, lambda row: row.decision in _DIRECT and row.fits()),
        wrong_direct=_share(labelled, lambda row: row.decision in _DIRECT and not row.fits()),
        menus_hold=_share(inside, lambda row: row.decision == "clarify" and row.menu_holds()),
        menus_miss=_share(inside, lambda row: row.decision == "clarify" and not row.menu_holds()),
        handed_over=_share(inside, lambda row: row.decision == HANDOFF and HANDOFF not in row.accepted),
        answered_as_ours=_share(outside, lambda row: row.decision == "answer" and not row.fits()),
        menus_outside=_share(outside, lambda row: row.decision == "clarify"),
        handed_outside=_share(outside, lambda row: row.decision == HANDOFF),
        persons_right=_share(for_person, lambda row: row.decision == HANDOFF),
        danger_recall=_share(in_danger, lambda row: row.decision == DANGER),
        false_alarms=_share(calm, lambda row: row.decision == DANGER),
        facet=_share(with_facet, lambda row: row.answered.get("facet") == row.asked["facet"]),
        calibration_error=calibration_error(labelled),
        milliseconds=1000 * sum(row.seconds for row in rows) / len(rows) if rows else None,
    )


def calibration_error(rows: Sequence[Row]) -> float | None:
    """The mean gap between the confidence in the first topic and how often it is right, over ten bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for row in rows:
        if row.answered["ranked"] and row.label != DANGER:
            confidence = float(row.answered["ranked"][0]["confidence"])
            place = min(int(confidence * _BINS), _BINS - 1)
            bins.setdefault(place, []).append((confidence, row.ranked[0] in row.accepted))
    count = sum(len(one) for one in bins.values())
    if not count:
        return None
    gaps = (abs(sum(sure for sure, _ in one) - sum(right for _, right in one)) for one in bins.values())
    return sum(gaps) / count


def grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """All, then by set and by language."""
    groups: dict[str, list[Row]] = {"all": list(rows)}
    for key in ("set", "lang"):
        for value in sorted({str(row.asked[key]) for row in rows if row.asked.get(key)}):
            groups[f"{key} {value}"] = [row for row in rows if row.asked.get(key) == value]
    return groups


def summary(rows: Sequence[Row]) -> str:
    """The table for people: a line a figure, a column a group."""
    groups = {name: measure(members) for name, members in grouped(rows).items()}
    width = max(len(name) for name in groups) + 2
    lines = [" " * 20 + "".join(f"{name:>{width}}" for name in groups)]
    for field in Figures.__dataclass_fields__:
        values = (_shown(field, getattr(figures, field)) for figures in groups.values())
        lines.append(f"{field.replace('_', ' '):<20}" + "".join(f"{value:>{width}}" for value in values))
    return "\n".join(lines)


def _share(rows: Iterable[Row], holds: Callable[[Row], bool]) -> float | None:
    kept = [holds(row) for row in rows]
    return sum(kept) / len(kept) if kept else None


def _shown(field: str, value: float | None) -> str:
    if value is None:
        return "-"
    if field == "messages":
        return str(value)
    return f"{value:.2f}" if field == "milliseconds" else f"{value:.3f}"
