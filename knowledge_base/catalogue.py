"""What an editor sees of the base: one entry in full, and a row an entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from knowledge_base.library import is_evaluated
from knowledge_base.rules.base import Base
from knowledge_base.rules.conditions import Leaf, read_condition, walk
from knowledge_base.rules.schema import Entry


class Row(TypedDict):
    """One line of `knowledge list`; the last three are counts."""

    id: str
    aliases: list[str]
    group: str
    status: str
    evaluated: bool
    phrasings: int
    cases: int
    sources: int


def listing(base: Base, community: str | None = None) -> list[Row]:
    """A row for every entry of the national base and, where one is named, of a community."""
    own = base.communities[community] if community else None
    entries = base.entries | (own.entries if own else {})
    cases = base.cases | (own.cases if own else {})
    return [
        Row(
            id=name,
            aliases=list(entry.aliases),
            group=entry.group,
            status="draft" if entry.status == "checked" else entry.status,  # checked is not yet published
            evaluated=is_evaluated(entry, cases.get(name, ())),
            phrasings=len(entry.phrasings.every()),
            cases=len(cases.get(name, ())),
            sources=len(entry.sources),
        )
        for name, entry in sorted(entries.items())
    ]


def show(base: Base, entry_id: str) -> str:
    """An entry as a person reads it, placeholders unfilled. Raises KeyError for an unknown id or alias."""
    found = next((one for one in _entries(base) if entry_id in (one.id, *one.aliases)), None)
    if found is None:
        raise KeyError(entry_id)
    return "\n".join(_lines(found, base))


def _entries(base: Base) -> Iterator[Entry]:
    yield from base.entries.values()
    for community in base.communities.values():
        yield from community.entries.values()


def _lines(entry: Entry, base: Base) -> Iterator[str]:
    yield f"{entry.title.uk} ({entry.id}, версія {entry.version}, {entry.status})"
    if entry.official:
        yield f"Офіційно: {entry.official.uk}"
    yield entry.short.uk
    for facet, text in entry.answers.items():
        yield f"\n[{facet}]\n{text.uk}"
    if entry.eligible is not None:
        yield "\nУмови:"
        for path, node in walk(read_condition(entry.eligible)):
            why = node.labels.why["uk"] if node.labels.why else ""
            if isinstance(node, Leaf) or why:
                yield f"  {node.labels.id or '.'.join(map(str, path))}: {why}"
    if entry.documents:
        yield "\nДокументи:" + (" (перелік вичерпний)" if entry.documents.closed_list else "")
        for item in entry.documents.items:
            condition = f" ({item.when_text.uk})" if item.when_text else ""
            yield f"  {base.documents[item.doc].name.uk}{condition}"
    yield "\nДжерела:"
    for reference in entry.sources:
        pin = f", {reference.pin}" if reference.pin else ""
        checked = reference.checked_on or "ще ні"
        act = base.sources.get(reference.id)
        yield f"  {act.title.uk if act else reference.id}{pin}. Перевірено: {checked}"
    if entry.not_modelled:
        yield "\nНе обчислюється:"
        for gap in entry.not_modelled:
            yield f"  {gap.uk}"
