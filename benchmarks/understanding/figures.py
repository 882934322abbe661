"""What one run says of a matcher: shares between 0 and 1, milliseconds a message, seconds, megabytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import Any

import numpy as np

from benchmarks.understanding.matchers import Answer
from benchmarks.understanding.material import Message, Questions
from benchmarks.understanding.processes import Measured

ONE_IN = 20
"""One in so many messages in scope may be held back together with those out of scope: 95 % pass."""


@dataclass(frozen=True)
class Figures:
    """`auc` and `wrongly_answered` are None without messages out of scope, `top1` and `top3` without any in scope.

    `auc`: how often a message in scope looks more like ours than one out of scope. `wrongly_answered`: share of
    those out of scope that pass the threshold which lets 95 % of those in scope through.
    """

    top1: float | None
    top3: float | None
    auc: float | None
    wrongly_answered: float | None
    p50_ms: float
    p95_ms: float
    learning_seconds: float
    learning_megabytes: float
    answering_megabytes: float


def figures(questions: Questions, measured: Measured) -> Figures:
    """`measured.answers`: of the messages in scope, then of those out of scope."""
    count = len(questions.inside)
    inside, outside = measured.answers[:count], measured.answers[count:]
    scores = [one.ours for one in inside], [one.ours for one in outside]
    milliseconds = np.array(measured.milliseconds)
    return Figures(
        top1=right_within(1, questions.inside, inside),
        top3=right_within(3, questions.inside, inside),
        auc=auc(*scores),
        wrongly_answered=wrongly_answered(*scores),
        p50_ms=float(np.quantile(milliseconds, 0.5)),
        p95_ms=float(np.quantile(milliseconds, 0.95)),
        learning_seconds=measured.learning_seconds,
        learning_megabytes=measured.learning_megabytes,
        answering_megabytes=measured.answering_megabytes,
    )


def right_within(places: int, messages: Sequence[Message], answers: Sequence[Answer]) -> float | None:
    """Share of messages with something right among the first `places`."""
    right = [
        bool(message.accepted & set(answer.ranked[:places]))
        for message, answer in zip(messages, answers, strict=True)
    ]
    return sum(right) / len(right) if right else None


def auc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """Area under the ROC curve; None where either side is empty."""
    from sklearn.metrics import roc_auc_score

    if not inside or not outside:
        return None
    return float(roc_auc_score([1] * len(inside) + [0] * len(outside), [*inside, *outside]))


def wrongly_answered(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """Share of `outside` at or above the highest threshold that all but one in `ONE_IN` of `inside` reach."""
    if not inside or not outside:
        return None
    threshold = sorted(inside)[len(inside) // ONE_IN]
    return sum(score >= threshold for score in outside) / len(outside)


def medians(runs: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    middle: dict[str, Any] = {
        one.name: _median(getattr(run, one.name) for run in runs) for one in fields(Figures)
    }
    return Figures(**middle)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
