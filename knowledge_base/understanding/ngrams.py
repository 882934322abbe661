"""Character n-grams of words (2 to 5 letters, word bounds included), weighted by tf-idf. numpy only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]
Values = NDArray[np.float32]

SHORTEST, LONGEST = 2, 5
_KNOWN_WORDS = 50_000


def ngrams(word: str) -> list[str]:
    """The n-grams of one word; a space stands for its bounds."""
    padded = f" {word} "
    return [
        padded[start : start + size]
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - size + 1)
    ]


@dataclass(frozen=True)
class SparseVector:
    """Columns and their values. Norm 1 when every n-gram is known, less the more of them are new."""

    columns: Indices
    values: Values


class Vectoriser:
    """Turns normalised words into sparse vectors. Immutable after construction, thread-safe."""

    def __init__(self, vocabulary: Sequence[str], weights: Values) -> None:
        """`weights`: idf of each n-gram of `vocabulary`, shape (len(vocabulary),)."""
        self.vocabulary: tuple[str, ...] = tuple(vocabulary)
        self.weights = weights
        self._column: Mapping[str, int] = {ngram: column for column, ngram in enumerate(self.vocabulary)}
        # An n-gram never seen is as rare as the rarest: it takes its share of the norm and votes for nothing.
        self._rarest = float(weights.max()) if len(weights) else 1.0
        self._known = lru_cache(maxsize=_KNOWN_WORDS)(self._look_up)

    @classmethod
    def fitted(cls, texts: Iterable[Sequence[str]]) -> Vectoriser:
        """Learns vocabulary and weights from normalised texts."""
        seen: Counter[str] = Counter()
        count = 0
        for words in texts:
            count += 1
            seen.update({ngram for word in words for ngram in ngrams(word)})
        vocabulary = sorted(seen)
        frequency = np.array([seen[ngram] for ngram in vocabulary], dtype=np.float32)
        return cls(vocabulary, (np.log((1 + count) / (1 + frequency)) + 1).astype(np.float32))

    def _look_up(self, word: str) -> tuple[tuple[int, ...], int]:
        column = self._column
        all_of_it = ngrams(word)
        known = tuple(column[ngram] for ngram in all_of_it if ngram in column)
        return known, len(all_of_it) - len(known)

    def vector(self, words: Sequence[str]) -> SparseVector:
        """The vector of one normalised text; empty for a text without known n-grams."""
        counts: dict[int, int] = {}
        unknown = 0
        for word in words:
            known, new = self._known(word)
            unknown += new
            for column in known:
                counts[column] = counts.get(column, 0) + 1
        columns = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        frequency = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(frequency)) * self.weights[columns]
        norm = float(np.sqrt(values @ values + unknown * self._rarest**2))
        return SparseVector(columns, (values / norm if norm else values).astype(np.float32))
