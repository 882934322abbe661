"""Trains what stands on vectors of meaning beside the topics: a person's own case, and the second ear for danger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.understanding.classifier import Matrix
from knowledge_base.understanding.confidence import Floats
from knowledge_base.understanding.cue_training import danger_threshold, fitted, held_out
from knowledge_base.understanding.danger import CALM, LearnedEar
from knowledge_base.understanding.embedding import Embedder
from knowledge_base.understanding.lexicon import lines

_FOLDS = 5
_PERSONAL_STRENGTH = 0.01
# Of what cards answer, the share that may go to a person where the topic is not beyond doubt.
_TAKEN_FOR_PERSONAL = 0.05
_DANGER_STRENGTH = 0.01
# Of the held-out cries for help, the share whose words sound so calm that their meaning is not asked.
_NOT_LISTENED_TO = 0.01


@dataclass(frozen=True)
class Space:
    """Where vectors are learned from: all of them point nearly one way, and at their own scale a fit would never end.

    `centre`: (dimensions,) what all texts have in common. `scale`: how far they lie from it, in one dimension.
    """

    embedder: Embedder
    centre: Matrix
    scale: float

    @classmethod
    def of(cls, embedder: Embedder, texts: Sequence[str]) -> Space:
        """The space of these texts."""
        vectors = embedder.embed(texts)
        return cls(embedder, vectors.mean(axis=0), float(vectors.std(axis=0).mean()))

    def table(self, texts: Sequence[str]) -> Matrix:
        """(texts, dimensions)"""
        return ((self.embedder.embed(texts) - self.centre) / self.scale).astype(np.float32)

    def outward(self, weights: Matrix) -> Matrix:
        """Weights learned here, without their bias, for vectors as they come, less the centre."""
        return np.asarray(weights / self.scale, dtype=np.float32)


def personal(space: Space, phrasings: Matrix) -> tuple[Matrix, float]:
    """Weights and bias of «only a person can answer», and from where it is so.

    `phrasings`: what cards answer, of which a stated share may be taken for it.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    for_person, by_rule = lines("personal", "for_person"), lines("personal", "by_rule")
    own = space.table([*for_person, *by_rule])
    table = np.concatenate([own, phrasings])
    only_person = np.arange(len(table)) < len(for_person)
    model = LogisticRegression(C=_PERSONAL_STRENGTH, max_iter=300, class_weight="balanced")
    leaning = cross_val_predict(model, table, only_person, cv=_FOLDS, method="decision_function")
    threshold = float(np.quantile(leaning[len(own) :], 1 - _TAKEN_FOR_PERSONAL))
    model.fit(table, only_person)
    return np.append(space.outward(model.coef_[0]), model.intercept_).astype(np.float32), threshold


@dataclass(frozen=True)
class SecondEar:
    """`weights`: (dimensions + 1, kinds of the learned ear). The thresholds as `Semantic` has them."""

    weights: Matrix
    danger_from: float
    listens_from: float


def second_ear(space: Space, rows: Sequence[tuple[str, str]], ear: LearnedEar, by_words: Floats) -> SecondEar:
    """The danger that meaning tells, to be heard together with `ear`.

    `rows`: messages with their kind or `CALM`. `by_words`: what `ear` gives each of them, held out.
    """
    table, kinds = space.table([text for text, _ in rows]), np.array([kind for _, kind in rows])
    classes = ear.model.classes
    both = (by_words + held_out(table, kinds, classes, _DANGER_STRENGTH)) / 2
    names, _, weights = fitted((), table, kinds, _DANGER_STRENGTH)
    in_order = weights[:, [names.index(name) for name in classes]]
    alarms = 1 - by_words[kinds != CALM, classes.index(CALM)]
    return SecondEar(
        np.vstack([space.outward(in_order[:-1]), in_order[-1:]]).astype(np.float32),
        danger_threshold(both, kinds, classes),
        float(np.quantile(alarms, _NOT_LISTENED_TO)),
    )
