"""`pryimalnia knowledge candidates`: what people asked in vain or chose from a menu, in groups, for the editor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from bots.app import house
from bots.app.settings import Settings
from conversations.clock import utc_now
from handover.tables import unanswered
from knowledge_base.understanding.candidates import Asked, Group, grouped
from knowledge_base.understanding.reader import Words

MOST = 5_000
"""Questions looked at, the latest ones."""


def candidates(settings: Settings, *, days: int, as_json: bool) -> Iterator[str]:
    """A line a group, or a JSON object; of the community's questions of so many days."""
    groups = grouped(asyncio.run(_questions(settings, days)), Words.from_content())
    for group in groups:
        yield json.dumps(_row(group), ensure_ascii=False) if as_json else _line(group)
    if not groups and not as_json:
        yield f"nothing was asked in vain in {days} days"


async def _questions(settings: Settings, days: int) -> list[Asked]:
    asked = (
        select(unanswered)
        .where(
            unanswered.c.community_id == settings.community,
            unanswered.c.at >= utc_now() - timedelta(days=days),
        )
        .order_by(unanswered.c.at.desc(), unanswered.c.id.desc())
        .limit(MOST)
    )
    async with house.database(settings) as database, database.read() as db:
        rows = (await db.execute(asked)).mappings().all()
    return [
        Asked(row["question"], row["reason"], row["chosen"], tuple(row["ranked"]), row["at"]) for row in rows
    ]


def _row(group: Group) -> dict[str, object]:
    return {
        "size": group.size,
        "reasons": dict(group.reasons),
        "proposed": group.proposed,
        "chosen": group.chosen,
        "examples": list(group.examples),
        "last_at": group.last_at.isoformat(),
    }


def _line(group: Group) -> str:
    reasons = ", ".join(f"{name} {times}" for name, times in group.reasons)
    proposed = group.proposed or "-"
    return f"{group.size:>4}  {proposed:<34} {reasons}: " + " | ".join(f"«{text}»" for text in group.examples)
