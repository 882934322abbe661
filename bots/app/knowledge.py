"""The knowledge commands, and the mind a community starts with: built when it is not there yet."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from bots.app import assessing, keeping
from bots.app.faults import StartFault
from bots.app.settings import Settings
from bots.turns.minds import Mind
from knowledge_base import catalogue, snapshot
from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.understanding import training
from knowledge_base.understanding.artefact import Artefact, ArtefactFolder, BadArtefact
from knowledge_base.understanding.embedding import Embedder, VectorFile, find_embedder, helpers
from knowledge_base.understanding.lexicon import LexiconError
from knowledge_base.understanding.reader import BOTH, WORDS, Reader

VECTORS = "vectors.npz"
"""Vectors of the phrasings, by their text: of a changed base only what is new has to be worked out."""


def folder(settings: Settings) -> Path:
    """Where compiled bases are kept."""
    return settings.folder.resolve() / "knowledge"


def build(settings: Settings) -> Library:
    """Compile the content and train the whole understanding anew. Raises StartFault naming file, line and field."""
    keeping.prepare_folder(settings)
    try:
        snapshot.build(settings.content, folder(settings))
    except snapshot.RefusedBase as refused:
        raise StartFault(_refusal(refused)) from None
    library = _library(settings, snapshot.current(folder(settings)))
    _train(settings, library, _embedder(settings))
    return library


def ready(settings: Settings, *, whole: bool = False) -> Mind:
    """The mind of this very content: loaded where it was built before, built otherwise. Raises StartFault.

    What has to be built at once reads by words alone, in a fraction of the time; `whole` waits for both models.
    """
    keeping.prepare_folder(settings)
    library = _library(settings, _base(settings))
    embedder = _embedder(settings)
    labels = {entry_id: library.card_label(entry_id) for entry_id in library.entry_ids}
    artefact = _artefact(settings, library, embedder if whole else None)
    return Mind(knowledge=library, understanding=Reader(artefact, labels, embedder))


def is_whole(settings: Settings) -> bool:
    """Whether what is built reads by meaning too, or cannot on this machine. Raises StartFault."""
    embedder = _embedder(settings)
    artefact = _trained(settings, _library(settings, _base(settings)))
    return embedder is None or (artefact is not None and _is_of(artefact, embedder))


def mode(settings: Settings) -> str:
    """How texts are read whose topic their words leave open, once all is built: WORDS or BOTH. Raises StartFault."""
    return WORDS if _embedder(settings) is None else BOTH


def show(settings: Settings, entry_id: str) -> str:
    """An entry in full. Raises StartFault for an unknown id."""
    base = _base(settings)
    try:
        return catalogue.show(base.base, entry_id)
    except KeyError:
        raise StartFault(f"there is no entry {entry_id!r}; knowledge list shows them all") from None


def listing(settings: Settings, *, as_json: bool) -> Iterator[str]:
    """A line an entry of the national base and the community's own."""
    for row in catalogue.listing(_base(settings).base, settings.community):
        if as_json:
            yield json.dumps(row, ensure_ascii=False)
        else:
            yield f"{row['id']:<34} {row['group']:<12} {row['status']}"


def assess(settings: Settings, entry_id: str, facts: str, on: str | None, *, with_explanation: bool) -> str:
    """What an entry comes to for the facts, as one line of JSON. Raises BadInput."""
    base = _base(settings)
    library = _library(settings, base)
    answer = assessing.assess(library, base.base, entry_id, facts, on, with_explanation=with_explanation)
    return json.dumps(answer, ensure_ascii=False)


def _base(settings: Settings) -> snapshot.Snapshot:
    keeping.prepare_folder(settings)
    try:
        return snapshot.ready(settings.content, folder(settings))
    except snapshot.RefusedBase as refused:
        raise StartFault(_refusal(refused)) from None


def _library(settings: Settings, base: snapshot.Snapshot) -> Library:
    try:
        return Library(base, settings.community)
    except KeyError:
        known = ", ".join(sorted(base.base.communities))
        raise StartFault(
            f"community {settings.community!r} is not in the knowledge base; "
            f"set PRYIMALNIA_COMMUNITY to one of: {known}"
        ) from None


def _refusal(refused: snapshot.RefusedBase) -> str:
    return f"the knowledge base has faults; first: {refused}. `pryimalnia knowledge check` shows all"


def _embedder(settings: Settings) -> Embedder | None:
    return find_embedder() if settings.meaning else None


def _artefact(settings: Settings, library: Library, embedder: Embedder | None) -> Artefact:
    """The understanding trained on this very base and these very words; trained now where there is none.

    With an embedder it must be one of both models.
    """
    trained = _trained(settings, library)
    if trained is not None and (embedder is None or _is_of(trained, embedder)):
        return trained
    return _train(settings, library, embedder)


def _trained(settings: Settings, library: Library) -> Artefact | None:
    with contextlib.suppress(BadArtefact):
        trained = _builds(settings, library).current()
        if trained is not None and trained.base_version == _trained_on(library):
            return trained
    return None


def _is_of(artefact: Artefact, embedder: Embedder) -> bool:
    return artefact.semantic is not None and artefact.semantic.model == embedder.name


def _train(settings: Settings, library: Library, embedder: Embedder | None) -> Artefact:
    kept = VectorFile(embedder, folder(settings) / VECTORS, helpers()) if embedder is not None else None
    try:
        others = training.background(library.entry_ids)
        artefact = training.build(library.phrasings(), others, _trained_on(library), kept)
    except (LexiconError, training.TooLittle) as fault:
        raise StartFault(f"the understanding can't be trained: {fault}") from None
    _builds(settings, library).put(artefact)
    if kept is not None:
        kept.tidy()
    return artefact


def _builds(settings: Settings, library: Library) -> ArtefactFolder:
    return ArtefactFolder(folder(settings) / "understanding" / library.community.id)


def _trained_on(library: Library) -> str:
    """The base's version together with the words of the understanding, which the base does not hold."""
    digest = hashlib.sha256(library.version.encode())
    for path in sorted((CONTENT / "national" / "understanding").glob("*.yaml")):
        digest.update(path.name.encode() + path.read_bytes())
    return f"{library.version}-{digest.hexdigest()[:8]}"
