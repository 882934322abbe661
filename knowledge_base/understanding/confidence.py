"""How sure the reading is: fitted on the base's own hold-outs, with thresholds chosen for a stated risk.

Three features of a ranking decide, with their squares and products: the top probability, its margin over the
second, and the probability of "not ours". The fit and the thresholds are made at build time and live in the artefact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.understanding.classifier import Matrix
from knowledge_base.understanding.meaning import Verdict

Floats = NDArray[np.float64]
_SMALLEST = 1e-6
_SCALE = 5.0
"""Brings logits near 1, so that their squares do not outweigh them."""
_FURTHEST = 2.0
"""Scaled logits beyond this (a chance of 0.99995) are taken as this: no hold-out says how a square goes on there."""


def features(probabilities: Matrix) -> Floats:
    """Shape (texts, 9): what the fits look at.

    The scaled logit of the top topic, its log-margin over the second, the logit of "not ours"; their squares and
    products: between equal tops a large margin means more than a straight line can say.
    """
    table = np.clip(probabilities.astype(np.float64), _SMALLEST, 1 - _SMALLEST)
    topics, not_ours = table[:, :-1], table[:, -1]
    ordered = np.sort(topics, axis=1)
    top = ordered[:, -1]
    second = ordered[:, -2] if topics.shape[1] > 1 else np.full(len(table), _SMALLEST)
    logits = np.stack(
        [np.log(top / (1 - top)), np.log(top / second), np.log(not_ours / (1 - not_ours))], axis=1
    )
    plain = np.clip(logits / _SCALE, -_FURTHEST, _FURTHEST)
    first, margin, outside = plain.T
    curved = [
        first * first,
        margin * margin,
        outside * outside,
        first * margin,
        first * outside,
        margin * outside,
    ]
    return np.column_stack([plain, *curved])


@dataclass(frozen=True)
class Fit:
    """A logistic curve over the features."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, table: Floats) -> Floats:
        return np.asarray(1 / (1 + np.exp(-(table @ np.array(self.weights) + self.bias))), dtype=np.float64)


@dataclass(frozen=True)
class Calibration:
    """The fits and thresholds of one mode of reading.

    `right`: that the top topic is meant. `not_ours`: that none of ours is. `sure_from` and `not_ours_from`
    are the thresholds; `risk` is the share of all messages that may be answered wrongly, which they keep to.
    """

    right: Fit
    not_ours: Fit
    sure_from: float
    not_ours_from: float
    risk: float

    def verdict(self, right: float, not_ours: float) -> Verdict:
        """What the thresholds say."""
        if right >= self.sure_from:
            return Verdict.SURE
        return Verdict.NOT_OURS if not_ours >= self.not_ours_from else Verdict.UNSURE

    def as_json(self) -> dict[str, object]:
        """A JSON-ready form."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, object]) -> Calibration:
        """The inverse of `as_json`. Raises KeyError or TypeError for another shape."""

        def fit(name: str) -> Fit:
            part = kept[name]
            if not isinstance(part, dict):
                raise TypeError(name)
            return Fit(tuple(float(weight) for weight in part["weights"]), float(part["bias"]))

        def number(name: str) -> float:
            value = kept[name]
            if not isinstance(value, int | float):
                raise TypeError(name)
            return float(value)

        return cls(
            fit("right"), fit("not_ours"), number("sure_from"), number("not_ours_from"), number("risk")
        )


def lowest_threshold(chances: Floats, harm: Sequence[bool], weights: Floats, risk: float) -> float:
    """The lowest threshold above which the harmful ones weigh at most `risk` of everything.

    `chances`: (texts,) what is compared with the threshold; `harm`: whether acting on a text would be wrong.
    """
    order = np.argsort(-chances, kind="stable")
    harmed = np.cumsum(np.where(np.asarray(harm)[order], weights[order], 0.0)) / weights.sum()
    allowed = harmed <= risk
    if allowed.all():
        return float(chances.min())
    first_too_many = int(np.argmin(allowed))
    # Strictly above the text that would break the risk, halfway to the last good one.
    below = float(chances[order[first_too_many]])
    above = float(chances[order[first_too_many - 1]]) if first_too_many else 1.0
    return min(1.0, (below + above) / 2 + _SMALLEST)
