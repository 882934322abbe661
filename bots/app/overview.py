"""Writes the report of the knowledge base: a page for people, or its figures for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from bots.app.checking import day_of, view, whole_base
from bots.app.faults import StartFault
from bots.app.settings import Settings
from knowledge_base import snapshot
from knowledge_base.reporting.figures import gather
from knowledge_base.reporting.page import page, plain

PAGE = Path("knowledge-report.html")


def report(settings: Settings, file: Path | None, *, on: str | None, as_json: bool) -> str:
    """Writes the page and says where, or gives the figures as one JSON object. Raises BadInput and StartFault."""
    base = whole_base(settings).base
    view(settings, base)
    figures = gather(
        base,
        snapshot.version_of(settings.content),
        settings.community,
        (settings.content / "golden", settings.content / "communities" / settings.community / "golden"),
        day_of(settings, base, on),
        lambda entry: typer.echo(entry, err=True),
    )
    if as_json:
        return json.dumps(plain(figures), ensure_ascii=False)
    path = file or PAGE
    try:
        path.write_text(page(figures), encoding="utf-8")
    except OSError as fault:
        raise StartFault(f"can't write {path}: {fault.strerror}") from None
    return str(path)
