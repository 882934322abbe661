"""Cues of a text: its words, how they begin, their neighbours, their letters; and a linear model over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge_base.understanding.classifier import Matrix

# Beginnings stand for words whose endings change; letters carry those that are mistyped.
_SHORT, _LONG = 4, 6
_APART, _LETTERS = 0.7, 0.3
_START, _END, _NUMBER = "^", "$", "#"
_KNOWN_WORDS = 20_000


@lru_cache(maxsize=_KNOWN_WORDS)
def _of_word(word: str) -> Mapping[str, float]:
    found = {f"w:{word}": 1.0}
    if len(word) > _SHORT:
        found[f"s:{word[:_SHORT]}"] = found[f"s:{word[:_LONG]}"] = 1.0
    padded = f" {word} "
    found |= {f"c:{padded[at : at + 3]}": _LETTERS for at in range(len(padded) - 2)}
    return found


def cues(sentences: Sequence[tuple[Sequence[str], float]]) -> dict[str, float]:
    """The cues of normalised sentences as a vector of norm 1; empty for no words.

    Each sentence comes with its weight; a cue has the greatest weight it is found with.
    """
    found: dict[str, float] = {}
    for words, weight in sorted(sentences, key=lambda one: one[1]):
        bounded = [_NUMBER if word.isdigit() else word for word in words]
        here: dict[str, float] = {}
        for word in dict.fromkeys(bounded):
            here.update(_of_word(word))
        short = [_START, *(word[:_SHORT] for word in bounded), _END]
        here.update((f"t:{first}_{third}", _APART) for first, third in zip(short, short[2:], strict=False))
        here.update((f"b:{first}_{second}", 1.0) for first, second in pairwise(short))
        # The weightiest sentence comes last, and a kind of cue has one value: the last word is the greatest.
        found.update(here if weight == 1.0 else {cue: weight * value for cue, value in here.items()})
    if not found:
        return found
    values = np.fromiter(found.values(), dtype=np.float64, count=len(found))
    return dict(zip(found, (values / np.sqrt(values @ values)).tolist(), strict=True))


class CueModel:
    """A multinomial logistic model over cues. Immutable, thread-safe."""

    def __init__(self, classes: Sequence[str], vocabulary: Sequence[str], weights: Matrix) -> None:
        """`weights`: (cues of `vocabulary` + 1, classes); the last row is the bias. Raises ValueError if not."""
        if weights.shape != (len(vocabulary) + 1, len(classes)):
            raise ValueError(f"weights {weights.shape} for {len(vocabulary)} cues, {len(classes)} classes")
        self.classes = tuple(classes)
        self.vocabulary = tuple(vocabulary)
        self.weights = weights
        self._row: Mapping[str, int] = {cue: row for row, cue in enumerate(self.vocabulary)}

    def probabilities(self, found: Mapping[str, float]) -> NDArray[np.float64]:
        """Shape (classes,), summing to 1."""
        row = self._row.get
        rows = np.array([row(cue, -1) for cue in found], dtype=np.int32)
        known = rows >= 0
        values = np.fromiter(found.values(), dtype=np.float64, count=len(found))[known]
        scores = values @ self.weights[rows[known]] + self.weights[-1]
        raised = np.exp(scores - scores.max())
        return np.asarray(raised / raised.sum(), dtype=np.float64)
