"""What every matcher learns from and what it is asked: plain data, so that it can go to another process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.understanding.faults import BenchFault
from knowledge_base.library import Library
from knowledge_base.library import TopicPhrasings as OfLibrary
from knowledge_base.understanding.evaluate import OUT_OF_SCOPE
from knowledge_base.understanding.training import Background, background


@dataclass(frozen=True)
class Topic:
    """How people ask for one entry; has what `training.TopicPhrasings` asks for."""

    topic: str
    label: str
    title: str
    phrasings: tuple[str, ...]
    not_this: tuple[tuple[str, str], ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """All that is learned from: entries that may be answered, and messages that are not ours."""

    base_version: str
    topics: tuple[Topic, ...]
    background: tuple[Background, ...]

    @classmethod
    def of(cls, library: Library) -> Material:
        """What `pryimalnia knowledge build` trains on."""
        topics = tuple(_topic(one) for one in library.phrasings())
        return cls(library.version, topics, tuple(background(library.entry_ids)))

    def rows(self) -> list[tuple[str, str | None]]:
        """Each text once with its topic, None where it is not ours: the same that our own training sees."""
        ids = {one.topic for one in self.topics}
        rows: dict[str, str | None] = {}
        for one in self.topics:
            for text in (one.label, one.title, *one.phrasings):
                rows.setdefault(text, one.topic)
        for one in self.topics:
            for text, other in one.not_this:
                rows.setdefault(text, other if other in ids else None)
        for message in self.background:
            rows.setdefault(message.text, None)
        return list(rows.items())

    def as_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Material:
        """What `as_json` wrote."""
        read = json.loads(line)
        return cls(
            base_version=read["base_version"],
            topics=tuple(
                Topic(
                    one["topic"],
                    one["label"],
                    one["title"],
                    tuple(one["phrasings"]),
                    tuple((text, other) for text, other in one["not_this"]),
                    tuple(one["told"]),
                )
                for one in read["topics"]
            ),
            background=tuple(Background(**one) for one in read["background"]),
        )


def _topic(one: OfLibrary) -> Topic:
    return Topic(one.topic, one.label, one.title, one.phrasings, one.not_this, one.told)


@dataclass(frozen=True)
class Message:
    """One message. `accepted`: every topic that is right; empty for one that is not ours."""

    id: str
    text: str
    lang: str
    accepted: frozenset[str]


@dataclass(frozen=True)
class Questions:
    """What is asked. `left_out`: messages that say nothing here, see `sorted_out`."""

    name: str
    inside: tuple[Message, ...]
    outside: tuple[Message, ...]
    left_out: int


def read_messages(paths: Iterable[Path]) -> list[Mapping[str, Any]]:
    """The objects of JSON lines with `id`, `text` and `label`. Raises BenchFault naming file and line."""
    found: list[Mapping[str, Any]] = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as fault:
            raise BenchFault(f"{path}: {fault}") from None
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                one = json.loads(line)
                fine = all(isinstance(one[field], str) for field in ("id", "text", "label"))
            except (ValueError, KeyError, TypeError):
                fine = False
            if not fine:
                raise BenchFault(f"{path}:{number}: a JSON object with id, text and label is needed")
            found.append(one)
    return found


def sorted_out(name: str, messages: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Questions:
    """Messages in scope, out of scope, and the number of the others.

    `names`: every id and alias of the topics -> the id. In scope is a message about one of these topics; out of
    scope one labelled so to which none of them is right either. Left out are cries for help and matters for a
    person, topics the base does not answer yet, and messages out of scope that a referral answers.
    """
    inside, outside = [], []
    for one in messages:
        named = (one["label"], *(one.get("also") or ()))
        accepted = frozenset(names[id_] for id_ in named if id_ in names)
        message = Message(one["id"], one["text"], str(one.get("lang") or "unknown"), accepted)
        if one["label"] in names:
            inside.append(message)
        elif one["label"] == OUT_OF_SCOPE and not accepted:
            outside.append(message)
    return Questions(name, tuple(inside), tuple(outside), len(messages) - len(inside) - len(outside))
