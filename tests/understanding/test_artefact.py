"""The artefact survives its file, is swapped whole, and is refused when damaged."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.library import Library
from knowledge_base.understanding.artefact import KEPT, Artefact, ArtefactFolder, BadArtefact
from knowledge_base.understanding.classifier import Classifier
from knowledge_base.understanding.confidence import lowest_threshold
from knowledge_base.understanding.ngrams import Vectoriser
from knowledge_base.understanding.reader import Reader
from knowledge_base.understanding.training import TooLittle, background, build

TEXTS = ["як оформити субсидію", "dovidka VPO", "яка погода", ""]


@pytest.fixture(scope="module")
def artefact(library: Library) -> Artefact:
    """Fresh from a training on a few topics and neighbours, and never yet in a file."""
    return build(library.phrasings()[:4], background(library.entry_ids)[:60], "base-1")


def test_round_trip(tmp_path: Path, artefact: Artefact, labels: dict[str, str]) -> None:
    folder = ArtefactFolder(tmp_path)
    folder.put(artefact)
    kept = folder.current()
    assert kept is not None
    assert (kept.version, kept.base_version) == (artefact.version, "base-1")
    assert folder.base_version() == "base-1"
    assert Reader(kept, labels).read(TEXTS) == Reader(artefact, labels).read(TEXTS)
    assert kept.report == artefact.report


def test_a_swap_is_whole_and_the_last_ones_are_kept(tmp_path: Path, artefact: Artefact) -> None:
    folder = ArtefactFolder(tmp_path)
    for number in range(KEPT + 3):
        folder.put(replace(artefact, base_version=f"base-{number}"))
        current = folder.current()
        assert current is not None
        assert current.base_version == f"base-{number}"
    assert len(list(tmp_path.glob("*.npz"))) == KEPT
    assert list(tmp_path.glob(".*")) == []


def test_a_failed_write_leaves_the_old_one_in_use(tmp_path: Path, artefact: Artefact) -> None:
    folder = ArtefactFolder(tmp_path)
    folder.put(artefact)
    broken = replace(artefact, base_version="base-2")
    (tmp_path / f"{broken.version}.npz").mkdir()
    with pytest.raises(OSError, match=r"directory"):
        folder.put(broken)
    assert folder.base_version() == "base-1"
    assert list(tmp_path.glob(".*")) == []


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert ArtefactFolder(tmp_path / "nowhere").current() is None


@pytest.mark.parametrize("damage", [b"", b"not an archive", b"PK\x03\x04 cut"])
def test_a_damaged_file_is_refused(tmp_path: Path, artefact: Artefact, damage: bytes) -> None:
    folder = ArtefactFolder(tmp_path)
    folder.put(artefact).write_bytes(damage)
    with pytest.raises(BadArtefact):
        folder.current()


def test_parts_that_do_not_fit_are_refused(tmp_path: Path, artefact: Artefact) -> None:
    classifier = artefact.classifier
    short = Classifier(classifier.topics[:-1], classifier.weights, classifier.bias)
    folder = ArtefactFolder(tmp_path)
    folder.put(replace(artefact, classifier=short))
    with pytest.raises(BadArtefact, match="classes"):
        folder.current()


def test_reading_imports_no_training_library() -> None:
    code = (
        "import sys; import knowledge_base.understanding.reader, knowledge_base.understanding.training;"
        " print('sklearn' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(TooLittle):
        build([], background([]), "x")


def test_a_neighbour_leaves_the_background_once_it_has_an_entry() -> None:
    families = {message.family for message in background([])}
    assert "old-age-pension" in families
    assert "old-age-pension" not in {message.family for message in background(["old-age-pension"])}


def test_a_text_of_unknown_letters_has_a_short_vector() -> None:
    vectoriser = Vectoriser.fitted([["субсидя"], ["довидка"]])
    known, mixed, unknown = (vectoriser.vector(words) for words in (["субсидя"], ["субсидя", "ззз"], ["ззз"]))
    assert np.linalg.norm(known.values) == pytest.approx(1.0)
    assert 0 < np.linalg.norm(mixed.values) < 1
    assert len(unknown.columns) == 0


def test_the_threshold_keeps_to_the_risk() -> None:
    chances = np.array([0.9, 0.8, 0.7, 0.6])
    weights = np.ones(4)
    assert lowest_threshold(chances, [False, True, False, False], weights, 0.0) == pytest.approx(
        0.85, abs=0.01
    )
    assert lowest_threshold(chances, [False, False, True, False], weights, 0.25) == pytest.approx(0.6)
    assert lowest_threshold(chances, [True, False, False, False], weights, 0.0) > 0.9
