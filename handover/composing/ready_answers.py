"""Ready answers: those of the whole reception and each specialist's own, with words to fill in.

Connection first. A community that has changed none yet has the twelve of the content; its first change copies them into
its own table, and from then on it has what it keeps there.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.counting import next_value
from handover.tables import counters, ready_answers

LONGEST_TITLE = 80
LONGEST_TEXT = 2000
MOST = 200
"""Answers one specialist sees: a longer list is no longer ready."""

SETTLED = "ready_answers_settled"
"""The counter that tells a community which keeps its own answers from one that has the content's."""

_CONTENT = Path(__file__).parent / "content" / "ready_answers.yaml"
_HOLE = re.compile(r"\{([^\W\d_][\w’' -]{0,38}[^\W_]|[^\W\d_])\}")


@dataclass(frozen=True)
class ReadyAnswer:
    """One answer; `owner_id` is None for one of the whole reception, `topic` an entry it is about."""

    id: str
    owner_id: str | None
    title: str
    topic: str | None
    text: str


class UnknownAnswer(LookupError):
    """No such answer, or it is somebody else's."""


def holes(text: str) -> list[str]:
    """The words that are still to be filled in, in order."""
    return [match.group(1) for match in _HOLE.finditer(text)]


def filled(text: str, known: Mapping[str, str | None]) -> str:
    """The text with every word that is known; the others stay in their braces."""
    return _HOLE.sub(lambda match: known.get(match.group(1).replace("'", "’")) or match.group(0), text)


async def listed(db: AsyncConnection, community: str, account_id: str) -> list[ReadyAnswer]:
    """What this specialist may insert: the reception's in its order, then their own."""
    rows = await db.execute(
        select(ready_answers)
        .where(
            ready_answers.c.community_id == community,
            or_(ready_answers.c.owner_id.is_(None), ready_answers.c.owner_id == account_id),
        )
        .order_by(ready_answers.c.owner_id.is_not(None), ready_answers.c.place, ready_answers.c.title)
        .limit(MOST)
    )
    kept = [
        ReadyAnswer(row["id"], row["owner_id"], row["title"], row["topic"], row["text"])
        for row in rows.mappings()
    ]
    return kept if await _settled(db, community) else [*_given(community), *kept]


async def add(
    db: AsyncConnection,
    community: str,
    owner_id: str | None,
    title: str,
    topic: str | None,
    text: str,
    now: datetime,
) -> str:
    """Keep a new answer at the end of its list; returns its id."""
    await _settle(db, community, now)
    last = await db.execute(
        select(func.coalesce(func.max(ready_answers.c.place), 0)).where(
            ready_answers.c.community_id == community
        )
    )
    answer_id = uuid.uuid4().hex
    await db.execute(
        insert(ready_answers).values(
            id=answer_id,
            community_id=community,
            owner_id=owner_id,
            title=title,
            topic=topic,
            text=text,
            place=last.scalar_one() + 1,
            changed_at=now,
        )
    )
    return answer_id


async def change(
    db: AsyncConnection,
    community: str,
    answer_id: str,
    owner_id: str | None,
    title: str,
    topic: str | None,
    text: str,
    now: datetime,
) -> None:
    """Other words for an answer of this owner. Raises UnknownAnswer."""
    await _settle(db, community, now)
    changed = await db.execute(
        update(ready_answers)
        .where(
            ready_answers.c.id == answer_id,
            ready_answers.c.community_id == community,
            ready_answers.c.owner_id.is_not_distinct_from(owner_id),
        )
        .values(title=title, topic=topic, text=text, changed_at=now)
    )
    if not changed.rowcount:
        raise UnknownAnswer(answer_id)


async def remove(
    db: AsyncConnection, community: str, answer_id: str, owner_id: str | None, now: datetime
) -> None:
    """Take an answer of this owner away. Raises UnknownAnswer."""
    await _settle(db, community, now)
    removed = await db.execute(
        delete(ready_answers).where(
            ready_answers.c.id == answer_id,
            ready_answers.c.community_id == community,
            ready_answers.c.owner_id.is_not_distinct_from(owner_id),
        )
    )
    if not removed.rowcount:
        raise UnknownAnswer(answer_id)


async def _settled(db: AsyncConnection, community: str) -> bool:
    found = await db.execute(
        select(counters.c.value).where(counters.c.community_id == community, counters.c.name == SETTLED)
    )
    return found.first() is not None


async def _settle(db: AsyncConnection, community: str, now: datetime) -> None:
    """Copy the content's answers into the community's own, once."""
    if await _settled(db, community) or await next_value(db, community, SETTLED) > 1:
        return
    await db.execute(
        insert(ready_answers),
        [
            {
                "id": given.id,
                "community_id": community,
                "owner_id": None,
                "title": given.title,
                "topic": given.topic,
                "text": given.text,
                "place": place,
                "changed_at": now,
            }
            for place, given in enumerate(_given(community), 1)
        ],
    )


def _given(community: str) -> list[ReadyAnswer]:
    """The content's answers under the ids they will have in this community."""
    return [
        ReadyAnswer(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{community}/{one['id']}").hex,
            None,
            one["title"],
            None,
            one["text"],
        )
        for one in _content()
    ]


@cache
def _content() -> list[dict[str, str]]:
    read: list[dict[str, str]] = yaml.safe_load(_CONTENT.read_text("utf-8"))
    return read
