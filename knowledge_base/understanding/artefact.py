"""What a build leaves behind: weights, vocabulary, calibration, report. Kept as one file without pickle.

A folder holds `<version>.npz` for the last builds and `current.json`, which names the one in use. Every write
goes to a temporary name first and is then renamed, so a reader sees the old or the new, never a half.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np

from knowledge_base.understanding.classifier import Classifier, Matrix, softmax
from knowledge_base.understanding.confidence import Calibration
from knowledge_base.understanding.cues import CueModel
from knowledge_base.understanding.danger import LearnedEar
from knowledge_base.understanding.ngrams import Values, Vectoriser

FORMAT = 4
KEPT = 3
"""Builds that stay in a folder, so that the last good one can be taken up again."""


class BadArtefact(ValueError):
    """A file that is not an artefact of this version, or is damaged. Names the file."""


@dataclass(frozen=True)
class Semantic:
    """A linear model over vectors of meaning. `model`: the name of the embedder they come from.

    `centre`: (dimensions,) what all texts have in common. `classifier.weights`: (dimensions, topics + 1).
    `trusts_words_from`: the calibrated chance from which the words alone decide. `person`: (dimensions + 1,), the
    last one its bias: how much a message is about somebody's own file, which only a person can open; it is one
    where that comes to `person_from` or more. `danger`: (dimensions + 1, kinds of the learned ear), the last row its
    bias; where the alarm of both ears' mean comes to `danger_from`, it is heard, and texts whose words give it
    `listens_from` are listened to whatever their topic.
    """

    model: str
    centre: Values
    classifier: Classifier
    trusts_words_from: float
    person: Values
    person_from: float
    danger: Matrix
    danger_from: float
    listens_from: float

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Shape (texts, topics + 1), as those of the words."""
        scores = (vectors - self.centre) @ self.classifier.weights + self.classifier.bias
        return softmax(scores.astype(np.float32))

    def for_person(self, vectors: Matrix) -> list[bool]:
        """Whether only a person can answer each text."""
        leaning = (vectors - self.centre) @ self.person[:-1] + self.person[-1]
        return [bool(one >= self.person_from) for one in leaning]

    def dangers(self, vectors: Matrix) -> Matrix:
        """Shape (texts, kinds of the learned ear), rows summing to 1."""
        return softmax(((vectors - self.centre) @ self.danger[:-1] + self.danger[-1]).astype(np.float32))


@dataclass(frozen=True)
class Artefact:
    """`calibrations`: by mode of reading; "words" is the one of n-grams alone, "both" that of both models.

    `facets` tells what is asked, `ear` hears the danger that no pattern names; both know no topic.
    """

    base_version: str
    vectoriser: Vectoriser
    classifier: Classifier
    facets: CueModel
    ear: LearnedEar
    calibrations: Mapping[str, Calibration]
    semantic: Semantic | None = None
    report: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """A hash of everything that can change a reading."""
        digest = hashlib.sha256(self._head().encode())
        for name, array in self._arrays().items():
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def _arrays(self) -> dict[str, np.typing.NDArray[np.generic]]:
        semantic = self.semantic
        meant = (
            {}
            if semantic is None
            else {
                "meant_centre": semantic.centre,
                "meant_weights": semantic.classifier.weights,
                "meant_bias": semantic.classifier.bias,
                "meant_person": semantic.person,
                "meant_danger": semantic.danger,
            }
        )
        return {
            **meant,
            "vocabulary": _as_array("\n".join(self.vectoriser.vocabulary)),
            "idf": self.vectoriser.weights,
            "weights": self.classifier.weights,
            "bias": self.classifier.bias,
            "facet_cues": _as_array("\n".join(self.facets.vocabulary)),
            "facet_weights": self.facets.weights,
            "danger_cues": _as_array("\n".join(self.ear.model.vocabulary)),
            "danger_weights": self.ear.model.weights,
        }

    def _head(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "base_version": self.base_version,
                "topics": self.classifier.topics,
                "facets": self.facets.classes,
                "dangers": self.ear.model.classes,
                "danger_from": self.ear.threshold,
                "semantic": None
                if self.semantic is None
                else {
                    "model": self.semantic.model,
                    "trusts_words_from": self.semantic.trusts_words_from,
                    "person_from": self.semantic.person_from,
                    "danger_from": self.semantic.danger_from,
                    "listens_from": self.semantic.listens_from,
                },
                "calibrations": {mode: one.as_json() for mode, one in self.calibrations.items()},
                "report": self.report,
            },
            ensure_ascii=False,
            sort_keys=True,
        )

    def to_bytes(self) -> bytes:
        """The file's content."""
        buffer = io.BytesIO()
        with ZipFile(buffer, "w") as archive:
            for name, array in {"head": _as_array(self._head()), **self._arrays()}.items():
                with archive.open(f"{name}.npy", "w") as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)
        return buffer.getvalue()

    @classmethod
    def from_file(cls, path: Path) -> Artefact:
        """Raises BadArtefact for a damaged or foreign file, OSError for an unreadable one."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
                head = json.loads(_as_text(kept["head"]))
                vocabulary = _as_text(kept["vocabulary"]).split("\n")
                idf, weights, bias = (kept[name].astype(np.float32) for name in ("idf", "weights", "bias"))
                meant = {
                    name: kept[f"meant_{name}"].astype(np.float32)
                    for name in ("centre", "weights", "bias", "person", "danger")
                    if head["semantic"] is not None
                }
                cues = {
                    name: (
                        _as_text(kept[f"{name}_cues"]).split("\n"),
                        kept[f"{name}_weights"].astype(np.float32),
                    )
                    for name in ("facet", "danger")
                }
            if head["format"] != FORMAT:
                raise BadArtefact(f"{path.name}: format {head['format']}, this version reads {FORMAT}")
            topics = tuple(head["topics"])
            if not len(vocabulary) == len(idf) == len(weights) or weights.shape[1:] != bias.shape:
                raise BadArtefact(f"{path.name}: its parts do not fit together")
            if len(bias) != len(topics) + 1:
                raise BadArtefact(f"{path.name}: {len(topics)} topics, {len(bias)} classes")
            if meant and (
                meant["weights"].shape != (len(meant["centre"]), len(bias))
                or len(meant["person"]) != len(meant["centre"]) + 1
                or meant["danger"].shape != (len(meant["centre"]) + 1, len(head["dangers"]))
            ):
                raise BadArtefact(f"{path.name}: its parts do not fit together")
            return cls(
                base_version=head["base_version"],
                vectoriser=Vectoriser(vocabulary, idf),
                classifier=Classifier(topics, weights, bias),
                facets=CueModel(head["facets"], *cues["facet"]),
                ear=LearnedEar(CueModel(head["dangers"], *cues["danger"]), float(head["danger_from"])),
                calibrations={mode: Calibration.from_json(one) for mode, one in head["calibrations"].items()},
                semantic=Semantic(
                    head["semantic"]["model"],
                    meant["centre"],
                    Classifier(topics, meant["weights"], meant["bias"]),
                    float(head["semantic"]["trusts_words_from"]),
                    meant["person"],
                    float(head["semantic"]["person_from"]),
                    meant["danger"],
                    float(head["semantic"]["danger_from"]),
                    float(head["semantic"]["listens_from"]),
                )
                if meant
                else None,
                report=head["report"],
            )
        except BadArtefact:
            raise
        except (ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            raise BadArtefact(f"{path.name}: {error}") from error


def _as_array(text: str) -> np.typing.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _as_text(array: np.typing.NDArray[np.uint8]) -> str:
    return array.tobytes().decode()


class ArtefactFolder:
    """The builds kept in one folder and which of them is in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pointer = folder / "current.json"

    def put(self, artefact: Artefact) -> Path:
        """Keeps the artefact and puts it in use; the oldest beyond `KEPT` are removed. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{artefact.version}.npz"
        self._write(path, artefact.to_bytes())
        pointer = {"version": artefact.version, "base_version": artefact.base_version}
        self._write(self._pointer, json.dumps(pointer).encode())
        builds = sorted(self._folder.glob("*.npz"), key=lambda build: build.stat().st_mtime, reverse=True)
        for old in [build for build in builds if build != path][KEPT - 1 :]:
            old.unlink(missing_ok=True)
        return path

    def base_version(self) -> str | None:
        """The version of the base that the build in use was made of, without loading it."""
        pointer = self._read_pointer()
        return pointer.get("base_version") if pointer else None

    def current(self) -> Artefact | None:
        """The build in use, None where there is none yet. Raises BadArtefact for a damaged one."""
        pointer = self._read_pointer()
        if pointer is None:
            return None
        path = self._folder / f"{pointer['version']}.npz"
        try:
            return Artefact.from_file(path)
        except OSError as error:
            raise BadArtefact(f"{path.name}: {error}") from error

    def _read_pointer(self) -> dict[str, str] | None:
        try:
            pointer = json.loads(self._pointer.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise BadArtefact(f"{self._pointer.name}: {error}") from error
        if not isinstance(pointer, dict) or not isinstance(pointer.get("version"), str):
            raise BadArtefact(f"{self._pointer.name}: no version")
        return pointer

    def _write(self, path: Path, content: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
