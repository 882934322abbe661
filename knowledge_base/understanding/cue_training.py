"""Trains the facet model and the learned ear for danger from their invented examples. Imported when building."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.understanding.classifier import Matrix, softmax
from knowledge_base.understanding.confidence import Floats, lowest_threshold
from knowledge_base.understanding.cues import CueModel
from knowledge_base.understanding.danger import CALM, LearnedEar, cues_of_windows
from knowledge_base.understanding.facets import NO_FACET, FacetReader
from knowledge_base.understanding.lexicon import lines, section
from knowledge_base.understanding.meaning import Danger, Facet
from knowledge_base.understanding.normalise import Normaliser, spell

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # it ships no types

Sparse: TypeAlias = "csr_matrix"
Labels = NDArray[np.str_]

_SEED = 20260102
_COPIES = 3
_CLOSED = 2
_FACET_STRENGTH = 5.0
# How often each facet is asked, in hundredths: of the golden messages and of those for development together.
_ASKED = {
    "eligibility": 21,
    "how": 18,
    "where": 15,
    "amount": 11,
    "refusal": 7,
    "deadline": 7,
    "status": 7,
    "documents": 6,
    "overview": 5,
    NO_FACET: 3,
}
_DANGER_STRENGTH = 10.0
_FOLDS = 3
# Of calm messages, most of which were written to sound like danger.
_FALSE_ALARMS = 0.007


NEAR_DANGER = frozenset(
    {
        "evacuation",
        "domestic-violence-help",
        "psychological-help",
        "shelter-homeless",
        "crisis-intervention",
        "humanitarian-aid",
    }
)
"""These matters are danger or stand beside it, so their words must not be learned as calm."""


def facet_model(normalise: Normaliser) -> CueModel:
    """The model of the nine facets and "asks for none"."""
    reader = FacetReader(normalise, None)
    chance = random.Random(_SEED)  # noqa: S311  # a fixed choice of examples, nothing secret
    told = _facet_messages(chance)
    told += [(text, facet.value) for facet in Facet for text in lines("facet_phrasings", facet.value)]
    vocabulary, table = _table([reader.cues(text) for text, _ in told])
    asked = np.array([facet for _, facet in told])
    taught = Counter(asked.tolist())
    even = np.array([_ASKED[facet] / taught[facet] for facet in asked.tolist()])
    return CueModel(*fitted(vocabulary, table, asked, _FACET_STRENGTH, even * len(even) / even.sum()))


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


def danger_rows(phrasings: Sequence[str] = ()) -> list[tuple[str, str]]:
    """What danger sounds like and what does not, each message with its kind or `CALM`.

    `phrasings`: what is asked of entries that are not about danger themselves.
    """
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
        if topic not in NEAR_DANGER
        for text in texts
    ]
    return rows + [(text, CALM) for text in phrasings]


def learned_ear(normalise: Normaliser, rows: Sequence[tuple[str, str]]) -> tuple[LearnedEar, Floats]:
    """The ear for danger that no pattern names, and what it gives each row when it has not seen it.

    Its threshold is what the hold-outs support.
    """
    # One window each: the examples are short.
    found = [cues_of_windows(normalise, spell(text))[0] for text, _ in rows]
    kinds = np.array([kind for _, kind in rows])
    vocabulary, table = _table(found)
    model = CueModel(*fitted(vocabulary, table, kinds, _DANGER_STRENGTH))
    chances = held_out(table, kinds, model.classes, _DANGER_STRENGTH)
    return LearnedEar(model, danger_threshold(chances, kinds, model.classes)), chances


def danger_threshold(chances: Floats, kinds: Labels, classes: Sequence[str]) -> float:
    """The lowest alarm that at most the stated share of the calm rows raises."""
    calm = kinds == CALM
    alarms = 1 - chances[:, list(classes).index(CALM)]
    return lowest_threshold(alarms, calm.tolist(), calm.astype(np.float64), _FALSE_ALARMS)


def held_out(table: Sparse | Matrix, kinds: Labels, classes: Sequence[str], strength: float) -> Floats:
    """Shape (rows, classes): the chances of every row by a model that has not seen it."""
    shuffled = random.Random(_SEED).sample(range(len(kinds)), len(kinds))  # noqa: S311  # a fixed shuffle
    fold = np.empty(len(kinds), dtype=np.int64)
    fold[shuffled] = np.arange(len(kinds)) % _FOLDS
    chances = np.zeros((len(kinds), len(classes)))
    for out in range(_FOLDS):
        found, _, weights = fitted((), table[fold != out], kinds[fold != out], strength)
        scores = softmax(np.asarray(table[fold == out] @ weights[:-1] + weights[-1], dtype=np.float32))
        chances[np.ix_(fold == out, [list(classes).index(name) for name in found])] = scores
    return chances


def _table(rows: Sequence[Mapping[str, float]]) -> tuple[tuple[str, ...], Sparse]:
    """The cues that occur more than once, and the rows over them: what one message alone has teaches nothing."""
    from scipy.sparse import csr_matrix

    times = Counter(cue for row in rows for cue in row)
    vocabulary = tuple(sorted(cue for cue, count in times.items() if count > 1))
    column = {cue: place for place, cue in enumerate(vocabulary)}
    kept = [{column[cue]: value for cue, value in row.items() if cue in column} for row in rows]
    values = np.array([value for row in kept for value in row.values()], dtype=np.float32)
    columns = np.array([place for row in kept for place in row], dtype=np.int32)
    bounds = np.cumsum([0, *(len(row) for row in kept)])
    return vocabulary, csr_matrix((values, columns, bounds), shape=(len(rows), len(vocabulary)))


def fitted(
    vocabulary: tuple[str, ...],
    table: Sparse | Matrix,
    labels: Labels,
    strength: float,
    weights: Floats | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...], Matrix]:
    """Classes, vocabulary and weights (columns + 1, classes), as `CueModel` takes them; the last row is the bias.

    `weights`: (rows,) how much each row teaches, all the same where none are given.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=3_000, tol=1e-3)
    model.fit(table, labels, sample_weight=weights)
    learned = np.vstack([model.coef_.T, model.intercept_]).astype(np.float32)
    return tuple(str(name) for name in model.classes_), vocabulary, learned
