"""Reminds of texts that are hard to read: long sentences, and words of the office that people do not say.

The words and the lengths stand in `content/style/words.yaml`, so that an editor may change them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from knowledge_base.checks import CONTENT
from knowledge_base.checks.texts import texts_in
from knowledge_base.language import sentences, typographic
from knowledge_base.rules.base import Notice
from knowledge_base.rules.placeholders import HOLE
from knowledge_base.rules.problems import Path, Place, Problem
from knowledge_base.rules.schema import Document, Entry, Fact, Strict, Text
from knowledge_base.rules.yaml_source import read_yaml

WORDS = CONTENT / "style" / "words.yaml"
FIGURE = "0"
"""Stands where a placeholder stood: one word, as the figure it shows is."""
WORD = re.compile(r"[^\W_][\w'’-]*")
NOT_OURS = frozenset({"official", "phrasings", "not_this", "en"})
"""What the law calls a thing, and what citizens say, is as it is."""


class Sentence(Strict):
    """How many words a sentence may have at most, and how many on average over an entry."""

    longest: int
    mean: int


class Style(Strict):
    """What texts are held against; `words` and `never` by what is sought."""

    sentence: Sentence
    words: dict[str, str]
    never: dict[str, str]


@dataclass(frozen=True)
class Readability:
    """The words a sentence has, over the texts of an entry: on average and at most."""

    sentences: int
    mean: float
    longest: int


@cache
def style() -> Style:
    """The rules of style. Raises ValueError naming the file where it cannot be read."""
    file, problems = read_yaml(WORDS.name, WORDS.read_text(encoding="utf-8"))
    if problems:
        raise ValueError(str(problems[0]))
    return TypeAdapter(Style).validate_python(file.value)


def check_style(model: Entry | Fact | Document | Notice, place: Place) -> Iterator[Problem]:
    """Long sentences and words to do without, each in its field; for an entry also the average."""
    rules = style()
    for path, text in _texts(model):
        here = place.at(*path, "uk")
        longest = max(map(_length, sentences(text.uk)), default=0)
        if longest > rules.sentence.longest:
            message = f"речення на {longest} слів, краще до {rules.sentence.longest}"
            yield here.problem(message, blocking=False)
        for sought, said, blocking in _sought():
            if found := sought.search(_bare(text.uk)):
                yield here.problem(f"«{found[0]}» — кажемо: {said}", blocking=blocking)
    if isinstance(model, Entry) and (read := readability(model)).mean > rules.sentence.mean:
        message = f"у реченні в середньому {read.mean:.1f} слова, краще до {rules.sentence.mean}"
        yield place.at("answers").problem(message, blocking=False)


def readability(model: Entry | Fact | Document | Notice) -> Readability:
    """How long the sentences of its texts are, in words; a figure is one word."""
    lengths = [_length(one) for _, text in _texts(model) for one in sentences(text.uk)]
    if not lengths:
        return Readability(0, 0.0, 0)
    return Readability(len(lengths), sum(lengths) / len(lengths), max(lengths))


def _texts(model: Entry | Fact | Document | Notice) -> Iterator[tuple[Path, Text]]:
    return ((path, text) for path, text in texts_in(model) if not NOT_OURS & set(path))


def _length(sentence: str) -> int:
    return len(WORD.findall(_bare(sentence)))


def _bare(text: str) -> str:
    """The text with a figure in each hole."""
    return HOLE.sub(FIGURE, text)


@cache
def _sought() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """What to look for, what to say instead, and whether it must be mended."""
    rules = style()
    return (
        *((_pattern(sought), said, False) for sought, said in rules.words.items()),
        *((_pattern(sought), said, True) for sought, said in rules.never.items()),
    )


def _pattern(sought: str) -> re.Pattern[str]:
    """A line of the list as an expression: words in a row, `*` for any ending, `#` for a number."""
    words = (
        re.escape(word).replace(r"\*", r"\w*").replace(r"\#", r"\d+") for word in typographic(sought).split()
    )
    edge = r"(?<!\w)" if sought[0] != "(" else ""
    last = r"(?!\w)" if sought[-1] != ")" else ""
    return re.compile(edge + r"\s+".join(words) + last, re.IGNORECASE)
