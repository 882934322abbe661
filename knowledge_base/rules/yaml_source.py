"""Reads YAML strictly: keeps the line of every field, refuses what YAML would silently read otherwise.

The C loader composes the nodes; the values are made here, so that a doubled key, `on`, `012` or `12:30`
becomes an error with a line instead of a wrong value. Sequences become tuples, fractions become `Decimal`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import yaml

from knowledge_base.rules.problems import Path, Place, Problem, SourceFile

BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FRACTION = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


class Unreadable(ValueError):
    """A scalar that YAML would read as something the author hardly meant."""


def read_yaml(name: str, text: str) -> tuple[SourceFile, list[Problem]]:
    """Reads one file. With any problem the value is not to be used; the lines are."""
    lines: dict[Path, int] = {(): 1}
    problems: list[Problem] = []
    try:
        node = yaml.CSafeLoader(text).get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "не YAML"
        line = mark.line + 1 if mark else 1
        return SourceFile(name, None, lines), [Problem(name, line, "файл", f"не читається: {reason}")]
    reader = _Reader(SourceFile(name, None, lines), problems)
    value = reader.value(node, ()) if node is not None else None
    return SourceFile(name, value, lines), problems


class _Reader:
    """Turns the nodes of one file into plain values, noting lines and problems on the way."""

    def __init__(self, file: SourceFile, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems

    def value(self, node: yaml.Node, path: Path) -> object:
        self._file.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.value(child, (*path, number)) for number, child in enumerate(node.value))
        try:
            return scalar(node)
        except Unreadable as error:
            self._report(path, node, str(error))
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
                self._report(path, key_node, "ключем може бути лише слово")
                continue
            key = str(key_node.value)
            place = (*path, key)
            if not key_node.style and key_node.tag.endswith((":bool", ":int", ":float", ":null")):
                self._report(place, key_node, f"ключ «{key}» YAML читає не як слово: візьміть у лапки")
            if key in result:
                first = self._file.lines[place]
                self._report(place, key_node, f"ключ «{key}» повторюється, перший раз — рядок {first}")
            self._file.lines.setdefault(place, key_node.start_mark.line + 1)
            result[key] = self.value(child, place)
        return result

    def _report(self, path: Path, node: yaml.Node, message: str) -> None:
        found = Place(self._file, path).problem(message)
        line = node.start_mark.line + 1
        self._problems.append(Problem(found.file, line, found.field, found.message))


def scalar(node: yaml.Node) -> object:
    """The value of one scalar. Raises Unreadable for spellings that YAML 1.1 reads in a surprising way."""
    text = str(node.value)
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return _boolean(text)
    if kind in ("int", "float"):
        return _number(text)
    if kind == "timestamp":
        return _day(text)
    raise Unreadable(f"«{text}» не читається як {kind}: приберіть тег або візьміть у лапки")


def _boolean(text: str) -> bool:
    if text not in BOOLEANS:
        raise Unreadable(f"«{text}» YAML читає як так/ні: пишіть yes чи no, а слово беріть у лапки")
    return BOOLEANS[text]


def _number(text: str) -> int | Decimal:
    if WHOLE.fullmatch(text):
        return int(text)
    if FRACTION.fullmatch(text):
        return Decimal(text)
    if LEADING_ZERO.fullmatch(text):
        raise Unreadable(f"«{text}»: число з нулем попереду, візьміть у лапки")
    if SEXAGESIMAL.fullmatch(text):
        raise Unreadable(f"«{text}» YAML читає як шістдесяткове число: час беріть у лапки")
    raise Unreadable(f"«{text}»: число пишіть лише цифрами й крапкою")


def _day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise Unreadable(f"«{text}»: дату пишіть як 2026-12-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"«{text}»: такого дня немає") from None
