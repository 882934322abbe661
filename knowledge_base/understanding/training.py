"""Builds an artefact from the base's phrasings. scikit-learn is imported here alone, when building."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.understanding.artefact import Artefact, Semantic
from knowledge_base.understanding.classifier import Classifier, Matrix, softmax, together
from knowledge_base.understanding.confidence import Calibration, Fit, Floats, features, lowest_threshold
from knowledge_base.understanding.cue_training import NEAR_DANGER, danger_rows, facet_model, learned_ear
from knowledge_base.understanding.embedding import Embedder
from knowledge_base.understanding.lexicon import lines, section
from knowledge_base.understanding.ngrams import Vectoriser
from knowledge_base.understanding.reader import Words
from knowledge_base.understanding.vector_training import SecondEar, Space, personal, second_ear

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

Sparse: TypeAlias = "csr_matrix"
Labels = NDArray[np.int64]

RISK = {"words": 0.016, "both": 0.026}
"""Share of held-out phrasings that may be answered directly and wrongly, for each way of reading.

With both models it is two thirds of that share of the golden messages: held out, half of the weight is not ours and
half of the phrasings are badly typed. With words alone messages are no easier than phrasings.
"""

# Share of our own messages that "not ours" may take away to a person.
_MISSED = 0.015
_FOLDS = 5
_MARGIN_STRENGTH = 1.0
_MARGIN = 10.0
"""How many times the odds grow, as a power of e, over the width of a border."""
_SEMANTIC_STRENGTH = 0.02
# What an entry says of itself teaches too, less than what people say.
_TOLD_WEIGHT = 0.5
# Of the risk, what the words alone may take.
_TRUSTED_RISK = 0.003
_BACKGROUND_WEIGHT = 2.0
_SEED = 20260101


class TopicPhrasings(Protocol):
    """How people ask for one entry. `not_this`: phrases that mean another entry, with its id.

    `told`: what the entry says of itself, without its figures.
    """

    @property
    def topic(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def phrasings(self) -> tuple[str, ...]: ...
    @property
    def not_this(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def told(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Background:
    """A message that is not ours. `family` groups those that may only be held out together."""

    text: str
    family: str


class TooLittle(ValueError):
    """There is nothing to learn from. Names what is missing."""


def background(answerable: Sequence[str]) -> list[Background]:
    """The "not ours" messages of the content folder, without what an entry answers by now, itself or nearly."""
    ours = set(answerable)
    for topic, close in section("background", "close_to").items():
        if topic in ours:
            ours.update(close)
    found = [
        Background(text, topic)
        for topic, texts in section("background", "neighbours").items()
        if topic not in ours
        for text in texts
    ]
    return found + [Background(text, text) for text in lines("background", "everyday")]


@dataclass(frozen=True)
class _Row:
    words: tuple[str, ...]
    label: int
    family: str
    text: str


def build(
    topics: Sequence[TopicPhrasings],
    others: Sequence[Background],
    base_version: str,
    embedder: Embedder | None = None,
) -> Artefact:
    """Trains, holds out, calibrates; with an embedder both models, else that of words.

    Raises TooLittle for fewer than two topics or no background.
    """
    # Only libraries loaded by now are limited below, so this one brings its own along first.
    import sklearn.linear_model  # noqa: F401  # loaded for its threads
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

    if len(topics) < 2 or not others:
        raise TooLittle("at least two topics with phrasings and a background are needed")
    # These matrices are small: several threads would spend their time waiting for one another.
    with threadpool_limits(limits=1):
        return _build(topics, others, base_version, embedder)


def _build(
    topics: Sequence[TopicPhrasings],
    others: Sequence[Background],
    base_version: str,
    embedder: Embedder | None,
) -> Artefact:
    words = Words.from_content()
    names = tuple(topic.topic for topic in topics)
    rows = _rows(topics, others, names, words)
    vectoriser = Vectoriser.fitted([row.words for row in rows])
    table = _table(vectoriser, rows)
    labels = np.array([row.label for row in rows])
    held_out, noisy = _held_out(table, labels, rows, vectoriser, len(names))
    calibration, report = _calibrated(held_out, noisy, labels, rows, names, risk=RISK["words"])
    calm = [row.text for row in rows if row.label < len(names) and names[row.label] not in NEAR_DANGER]
    messages = danger_rows(calm)
    ear, alarms = learned_ear(words.normalise, messages)
    calibrations, semantic = {"words": calibration}, None
    if embedder is not None:
        told = [(text, place) for place, topic in enumerate(topics) for text in topic.told]
        space = Space.of(embedder, [row.text for row in rows])
        semantic, both, of_both = _semantic(
            space,
            rows,
            told,
            labels,
            names,
            (held_out, noisy),
            calibration,
            second_ear(space, messages, ear, alarms),
        )
        calibrations["both"] = both
        report = {**report, "both": of_both}
    classifier = Classifier(names, *_fit_words(table, labels, len(names)))
    return Artefact(
        base_version=base_version,
        vectoriser=vectoriser,
        classifier=classifier,
        facets=facet_model(words.normalise),
        ear=ear,
        calibrations=calibrations,
        semantic=semantic,
        report={"topics": len(names), "phrasings": len(rows), "ngrams": len(vectoriser.vocabulary), **report},
    )


def _rows(
    topics: Sequence[TopicPhrasings], others: Sequence[Background], names: tuple[str, ...], words: Words
) -> list[_Row]:
    number = {name: place for place, name in enumerate(names)}
    rows: dict[tuple[str, ...], _Row] = {}

    def add(text: str, label: int, family: str) -> None:
        spelled = tuple(words.of_matter(text))
        # The same phrase claimed twice stays with the first: topics come before the background.
        if spelled and spelled not in rows:
            rows[spelled] = _Row(spelled, label, family, text)

    for topic in topics:
        for text in (topic.label, topic.title, *topic.phrasings):
            add(text, number[topic.topic], text)
    for topic in topics:
        for text, other in topic.not_this:
            add(text, number.get(other, len(names)), other if other not in number else text)
    for message in others:
        add(message.text, len(names), message.family)
    return list(rows.values())


def _table(vectoriser: Vectoriser, rows: Sequence[_Row]) -> Sparse:
    """The rows over the n-grams. Dense, a whole base's would take gigabytes."""
    from scipy.sparse import csr_matrix

    vectors = [vectoriser.vector(row.words) for row in rows]
    bounds = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    return csr_matrix(
        (
            np.concatenate([vector.values for vector in vectors]),
            np.concatenate([vector.columns for vector in vectors]),
            bounds,
        ),
        shape=(len(rows), len(vectoriser.vocabulary)),
    )


def _fit_words(table: Sparse, labels: Labels, not_ours: int) -> tuple[Matrix, Matrix]:
    """Weights (n-grams, classes) and bias of the model of words: a straight border around each class.

    Margins say which class sooner than logistic chances do; scaled, they are chances for the joint reading.
    """
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=_MARGIN_STRENGTH, tol=0.02, random_state=_SEED)
    model.fit(table, labels)
    found, starts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        # Of two classes one border is learned.
        found, starts = np.concatenate([-found, found]), np.concatenate([-starts, starts])
    weights = np.zeros((table.shape[1], not_ours + 1), dtype=np.float32)
    bias = np.full(not_ours + 1, -2 * _MARGIN, dtype=np.float32)
    weights[:, model.classes_] = _MARGIN * found.T
    bias[model.classes_] = _MARGIN * starts
    return weights, bias


def _fit(
    turned: Matrix,
    labels: Labels,
    not_ours: int,
    strength: float,
    sample_weights: Floats | None = None,
) -> tuple[Matrix, Matrix]:
    """Weights (dimensions, classes) and bias of the logistic model; every class must be among the labels."""
    from sklearn.linear_model import LogisticRegression

    counts = np.bincount(labels, minlength=not_ours + 1)
    balance = {
        label: len(labels) / (len(counts) * count) * (_BACKGROUND_WEIGHT if label == not_ours else 1.0)
        for label, count in enumerate(counts)
        if count
    }
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3, class_weight=balance)
    model.fit(turned, labels, sample_weight=sample_weights)
    weights = np.zeros((turned.shape[1], not_ours + 1), dtype=np.float32)
    bias = np.full(not_ours + 1, -20.0, dtype=np.float32)
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return weights, bias


def _folds(rows: Sequence[_Row]) -> Labels:
    """A fold for each row: spread evenly within a class, a family never divided."""
    shuffled = random.Random(_SEED)  # noqa: S311  # a fixed shuffle, nothing secret
    families: dict[tuple[int, str], list[int]] = {}
    for place, row in enumerate(rows):
        families.setdefault((row.label, row.family), []).append(place)
    keys = sorted(families)
    shuffled.shuffle(keys)
    folds = np.zeros(len(rows), dtype=np.int64)
    turn: dict[int, int] = {}
    for label, family in keys:
        folds[families[label, family]] = turn.get(label, 0) % _FOLDS
        turn[label] = turn.get(label, 0) + 1
    return folds


def _held_out(
    table: Sparse, labels: Labels, rows: Sequence[_Row], vectoriser: Vectoriser, not_ours: int
) -> tuple[Matrix, Matrix]:
    """Probabilities of every row by a model that has not seen it; and of the same rows badly typed."""
    folds = _folds(rows)
    bad = _table(vectoriser, [replace(row, words=_badly_typed(row.words)) for row in rows])
    clean_scores = np.zeros((len(rows), not_ours + 1), dtype=np.float32)
    noisy_scores = np.zeros_like(clean_scores)
    for fold in range(_FOLDS):
        seen, unseen = folds != fold, folds == fold
        weights, bias = _fit_words(table[seen], labels[seen], not_ours)
        clean_scores[unseen] = table[unseen] @ weights + bias
        noisy_scores[unseen] = bad[unseen] @ weights + bias
    return softmax(clean_scores), softmax(noisy_scores)


def _semantic(
    space: Space,
    rows: Sequence[_Row],
    told: Sequence[tuple[str, int]],
    labels: Labels,
    names: tuple[str, ...],
    by_words: tuple[Matrix, Matrix],
    words: Calibration,
    danger: SecondEar,
) -> tuple[Semantic, Calibration, Mapping[str, object]]:
    """The model of meaning, and the calibration of both models together where the words do not decide alone."""
    not_ours = len(names)
    own, answers = space.table([row.text for row in rows]), space.table([text for text, _ in told])
    answered = np.array([label for _, label in told], dtype=np.int64)

    def of(seen: NDArray[np.bool_]) -> tuple[Matrix, Matrix]:
        taught = np.concatenate([own[seen], answers])
        weights = np.concatenate([np.ones(int(seen.sum())), np.full(len(answers), _TOLD_WEIGHT)])
        return _fit(taught, np.concatenate([labels[seen], answered]), not_ours, _SEMANTIC_STRENGTH, weights)

    folds = _folds(rows)
    scores = np.zeros((len(rows), not_ours + 1), dtype=np.float32)
    for fold in range(_FOLDS):
        weights, bias = of(folds != fold)
        scores[folds == fold] = own[folds == fold] @ weights + bias
    meant = softmax(scores)
    clean, noisy = (together(one, meant) for one in by_words)
    trusted = _trusted(np.concatenate(by_words), np.concatenate([labels, labels]), not_ours, words)
    sure_alone = words.right(features(np.concatenate(by_words))) >= trusted
    decided = sure_alone, np.concatenate(by_words)
    calibration, report = _calibrated(clean, noisy, labels, rows, names, decided, risk=RISK["both"])
    weights, bias = of(np.ones(len(rows), dtype=np.bool_))
    person, person_from = personal(space, own[labels != not_ours])
    semantic = Semantic(
        model=space.embedder.name,
        centre=space.centre,
        classifier=Classifier(names, space.outward(weights), bias),
        trusts_words_from=trusted,
        person=person,
        person_from=person_from,
        danger=danger.weights,
        danger_from=danger.danger_from,
        listens_from=danger.listens_from,
    )
    return semantic, calibration, {**report, "words_decide": round(float(sure_alone.mean()), 4)}


def _trusted(probabilities: Matrix, truth: Labels, not_ours: int, words: Calibration) -> float:
    """The chance from which the words alone may decide, at a small part of the risk."""
    right = probabilities[:, :-1].argmax(axis=1) == truth
    weights = _halved(truth == not_ours)
    chance = words.right(features(probabilities))
    return max(words.sure_from, lowest_threshold(chance, (~right).tolist(), weights, _TRUSTED_RISK))


def _halved(outside: NDArray[np.bool_]) -> Floats:
    """Half the weight to either side keeps the size of the background out of the thresholds."""
    return np.asarray(np.where(outside, 0.5 / outside.sum(), 0.5 / (~outside).sum()), dtype=np.float64)


def _badly_typed(words: tuple[str, ...]) -> tuple[str, ...]:
    """One slip of the finger in the longest word, always the same for the same words."""
    slips = random.Random(" ".join(words))  # noqa: S311  # a fixed disturbance, nothing secret
    typed = list(words)
    place = max(range(len(words)), key=lambda place: len(words[place]))
    word = typed[place]
    if len(word) >= 4 and not word.isdigit():
        at = slips.randrange(1, len(word) - 1)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        typed[place] = swapped if slips.random() < 0.5 else word[:at] + word[at + 1 :]
    return tuple(typed)


def _calibrated(
    clean: Matrix,
    noisy: Matrix,
    labels: Labels,
    rows: Sequence[_Row],
    names: tuple[str, ...],
    answered_before: tuple[NDArray[np.bool_], Matrix] | None = None,
    *,
    risk: float,
) -> tuple[Calibration, Mapping[str, object]]:
    """The fits and thresholds for held-out probabilities, clean and badly typed.

    `answered_before`: which of both another model answers before, and its probabilities; its mistakes count.
    """
    not_ours = len(names)
    probabilities = np.concatenate([clean, noisy])
    truth = np.concatenate([labels, labels])
    outside = truth == not_ours
    weights = _halved(outside)
    table = features(probabilities)
    fit_right = _logistic(table, probabilities[:, :-1].argmax(axis=1) == truth, weights)
    fit_outside = _logistic(table, outside, weights)
    chance_right, chance_outside = fit_right(table), fit_outside(table)
    if answered_before is not None:
        decided, by_words = answered_before
        probabilities = np.where(decided[:, None], by_words, probabilities)
        chance_right, chance_outside = (
            np.where(decided, 1.0, chance_right),
            np.where(decided, 0.0, chance_outside),
        )
        clean = probabilities[: len(labels)]
    top = probabilities[:, :-1].argmax(axis=1)
    right = top == truth
    sure_from = lowest_threshold(chance_right, (~right).tolist(), weights, risk)
    not_ours_from = lowest_threshold(chance_outside, (~outside).tolist(), weights, _MISSED)
    calibration = Calibration(fit_right, fit_outside, sure_from, max(not_ours_from, 0.5), risk)
    inside = ~outside[: len(labels)]
    sure = chance_right >= sure_from
    return calibration, {
        "held_out_top1": round(float((top[: len(labels)] == labels)[inside].mean()), 4),
        "held_out_direct": round(float((sure & right)[: len(labels)][inside].mean()), 4),
        "held_out_wrong_direct": round(float((weights * (sure & ~right)).sum()), 4),
        "confused": _confused(clean, labels, rows, names),
    }


def _logistic(table: Floats, truth: NDArray[np.bool_], weights: Floats) -> Fit:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=2_000)
    model.fit(table, truth, sample_weight=weights * len(weights))
    return Fit(tuple(float(weight) for weight in model.coef_[0]), float(model.intercept_[0]))


def _confused(
    clean: Matrix, labels: Labels, rows: Sequence[_Row], names: tuple[str, ...]
) -> list[list[object]]:
    """The pairs of topics most often taken for one another: [meant, taken for, times]."""
    pairs: dict[tuple[str, str], int] = {}
    every = (*names, "not-ours")
    for place in range(len(rows)):
        taken = int(clean[place].argmax())
        if taken != labels[place]:
            pair = (every[labels[place]], every[taken])
            pairs[pair] = pairs.get(pair, 0) + 1
    return [
        [meant, taken, times] for (meant, taken), times in sorted(pairs.items(), key=lambda p: -p[1])[:20]
    ]
