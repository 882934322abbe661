"""Loads the word lists of understanding (YAML, human spelling) that editors may extend."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

_FOLDER = files("knowledge_base") / "content" / "national" / "understanding"


class LexiconError(ValueError):
    """A word list that is missing or not of the expected shape. Names the file."""


@cache
def word_list(name: str) -> Mapping[str, object]:
    """The mapping kept in `content/national/understanding/<name>.yaml`."""
    source = _FOLDER / f"{name}.yaml"
    try:
        content = yaml.load(source.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both loaders are the safe ones
    except (OSError, yaml.YAMLError) as error:
        raise LexiconError(f"{name}.yaml: {error}") from error
    if not isinstance(content, dict):
        raise LexiconError(f"{name}.yaml: a mapping is expected")
    return cast("Mapping[str, object]", content)


def section(name: str, key: str) -> dict[str, list[str]]:
    """One section of a word list: key -> lines. Raises LexiconError when it has another shape."""
    found = word_list(name).get(key)
    if not isinstance(found, dict):
        raise LexiconError(f"{name}.yaml: {key}: a mapping of lists is expected")
    lines: dict[str, list[str]] = {}
    for entry, values in found.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise LexiconError(
                f"{name}.yaml: {key}.{entry}: a list of texts is expected (quote yes, no, on, off)"
            )
        lines[str(entry)] = values
    return lines


def lines(name: str, key: str) -> list[str]:
    """One list of texts of a word list. Raises LexiconError when it has another shape."""
    found = word_list(name).get(key)
    if not isinstance(found, list) or not all(isinstance(value, str) for value in found):
        raise LexiconError(f"{name}.yaml: {key}: a list of texts is expected")
    return found
