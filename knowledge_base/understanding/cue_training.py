"""Trains the facet model and the learned ear for danger from their invented examples. Imported when building."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.understanding.classifier import Matrix, softmax
from knowledge_base.understanding.confidence import lowest_threshold
from knowledge_base.understanding.cues import CueModel
from knowledge_base.understanding.danger import CALM, LearnedEar, cues_of_windows
from knowledge_base.understanding.facets import NO_FACET, FacetReader
from knowledge_base.understanding.lexicon import lines, section
from knowledge_base.understanding.meaning import Danger
from knowledge_base.understanding.normalise import Normaliser, spell

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

Sparse: TypeAlias = "csr_matrix"
Labels = NDArray[np.str_]

_SEED = 20260102
_COPIES = 3
_CLOSED = 2
_FACET_STRENGTH = 20.0
_DANGER_STRENGTH = 10.0
_FOLDS = 3
# Of calm messages, most of which were written to sound like danger.
_FALSE_ALARMS = 0.014


def facet_model(normalise: Normaliser) -> CueModel:
    """The model of the nine facets and "asks for none"."""
    reader = FacetReader(normalise, None)
    told = _facet_messages(random.Random(_SEED))  # noqa: S311  # a fixed choice of examples, nothing secret
    vocabulary, table = _table([reader.cues(text) for text, _ in told])
    return CueModel(
        *_fitted(vocabulary, table, np.array([facet for _, facet in told]), _FACET_STRENGTH, "balanced")
    )


def _facet_messages(chance: random.Random) -> list[tuple[str, str]]:
    """Every example bare and with a story before it, its matter filled in; the facet of each."""
    matters, contexts = lines("facet_examples", "matters"), lines("facet_examples", "contexts")

    def story(share: float) -> str:
        return chance.choice(contexts).rstrip(".") + ". " if chance.random() < share else ""

    def filled(example: str) -> str:
        return example.replace("{x}", chance.choice(matters))

    found: list[tuple[str, str]] = []
    examples = section("facet_examples", "facets")
    for facet, texts in examples.items():
        for text in texts:
            for copy in range(_COPIES):
                before = story(0.6) + story(0.1) if copy else ""
                found.append((before + filled(text) + chance.choice(("?", "")), facet))
    found.extend((filled(text), NO_FACET) for text in lines("facet_examples", "none") * _COPIES)
    for facet, closings in section("facet_examples", "closings").items():
        for text in examples[facet] * _CLOSED:
            joint, end = chance.choice((". ", ", ")), chance.choice(("?", ""))
            found.append((story(0.4) + filled(text) + joint + chance.choice(closings) + end, facet))
    return found


def learned_ear(normalise: Normaliser) -> LearnedEar:
    """The ear for danger that no pattern names, with the threshold its hold-outs support."""
    rows = [
        (text, kind)
        for kind in (*(kind.value for kind in Danger), CALM)
        for text in lines("danger_examples", kind)
    ]
    rows += [
        (text.replace("{x}", ""), CALM)
        for texts in section("facet_examples", "facets").values()
        for text in texts
    ]
    rows += [
        (text, CALM) for text in (*lines("facet_examples", "contexts"), *lines("background", "everyday"))
    ]
    rows += [
        (text, CALM)
        for topic, texts in section("background", "neighbours").items()
        if topic not in _DANGEROUS_NEIGHBOURS
        for text in texts
    ]
    # One window each: the examples are short.
    found = [cues_of_windows(normalise, spell(text))[0] for text, _ in rows]
    kinds = np.array([kind for _, kind in rows])
    vocabulary, table = _table(found)
    chances = _held_out_chances(table, kinds)
    calm = kinds == CALM
    threshold = lowest_threshold(chances, calm.tolist(), calm.astype(np.float64), _FALSE_ALARMS)
    return LearnedEar(CueModel(*_fitted(vocabulary, table, kinds, _DANGER_STRENGTH, None)), threshold)


def _held_out_chances(table: Sparse, kinds: Labels) -> NDArray[np.float64]:
    """The chance of danger of every row, by a model that has not seen it."""
    shuffled = random.Random(_SEED).sample(range(len(kinds)), len(kinds))  # noqa: S311  # a fixed shuffle
    fold = np.empty(len(kinds), dtype=np.int64)
    fold[shuffled] = np.arange(len(kinds)) % _FOLDS
    chances = np.empty(len(kinds))
    for out in range(_FOLDS):
        classes, _, weights = _fitted((), table[fold != out], kinds[fold != out], _DANGER_STRENGTH, None)
        scores = softmax(np.asarray(table[fold == out] @ weights[:-1] + weights[-1], dtype=np.float32))
        chances[fold == out] = 1 - scores[:, classes.index(CALM)]
    return chances


# These matters are danger or stand beside it, so their words must not be learned as calm.
_DANGEROUS_NEIGHBOURS = frozenset(
    {"evacuation", "domestic-violence-help", "psychological-help", "shelter-homeless"}
)


def _table(rows: Sequence[Mapping[str, float]]) -> tuple[tuple[str, ...], Sparse]:
    """The cues that occur, and the rows over them."""
    from scipy.sparse import csr_matrix

    vocabulary = tuple(sorted({cue for row in rows for cue in row}))
    column = {cue: place for place, cue in enumerate(vocabulary)}
    values = np.array([value for row in rows for value in row.values()], dtype=np.float32)
    columns = np.array([column[cue] for row in rows for cue in row], dtype=np.int32)
    bounds = np.cumsum([0, *(len(row) for row in rows)])
    return vocabulary, csr_matrix((values, columns, bounds), shape=(len(rows), len(vocabulary)))


def _fitted(
    vocabulary: tuple[str, ...], table: Sparse, labels: Labels, strength: float, balance: str | None
) -> tuple[tuple[str, ...], tuple[str, ...], Matrix]:
    """Classes, vocabulary and weights (cues + 1, classes), as `CueModel` takes them."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3, class_weight=balance)
    model.fit(table, labels)
    weights = np.vstack([model.coef_.T, model.intercept_]).astype(np.float32)
    return tuple(str(name) for name in model.classes_), vocabulary, weights
