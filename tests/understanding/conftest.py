"""One understanding of the real content for the whole run, and the golden messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import snapshot
from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.understanding.artefact import Artefact, ArtefactFolder
from knowledge_base.understanding.danger import DangerEar
from knowledge_base.understanding.facets import FacetReader
from knowledge_base.understanding.lexicon import section
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.reader import Reader

GOLDEN = CONTENT / "golden"


@pytest.fixture(scope="session")
def library(built_knowledge: Path) -> Library:
    base = snapshot.current(built_knowledge)
    assert base.version == snapshot.version_of(CONTENT)
    return Library(base, next(iter(base.base.communities)))


@pytest.fixture(scope="session")
def labels(library: Library) -> Mapping[str, str]:
    return {topic.topic: topic.label for topic in library.phrasings()}


@pytest.fixture(scope="session")
def artefact(built_knowledge: Path, library: Library) -> Artefact:
    """As `pryimalnia knowledge build` has trained it."""
    trained = ArtefactFolder(built_knowledge / "understanding" / library.community.id).current()
    assert trained is not None
    return replace(trained, base_version="base-1")


@pytest.fixture(scope="session")
def reader(artefact: Artefact, labels: Mapping[str, str]) -> Reader:
    return Reader(artefact, labels)


@pytest.fixture(scope="session")
def facets(artefact: Artefact) -> FacetReader:
    return FacetReader(Normaliser(section("words", "same")), artefact.facets)


@pytest.fixture(scope="session")
def ear(artefact: Artefact) -> DangerEar:
    return DangerEar(Normaliser(section("words", "same")), artefact.ear)


def invented(name: str) -> list[str]:
    rows = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [row for row in rows if row and not row.startswith("#")]


def golden(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
