"""What the bot could not answer in a period, grouped by likeness."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.tables import conversations
from handover.reports.figures import Sifted
from handover.reports.periods import Period
from handover.tables import unanswered, visits
from knowledge_base.understanding.candidates import Asked, Group, grouped
from knowledge_base.understanding.reader import Words

MOST = 500
"""Questions looked at, the latest ones: grouping takes milliseconds for each."""

ANSWERED = "menu"
"""Why a question is kept that was answered in the end: its topic was taken from a menu."""


@dataclass(frozen=True)
class InVain:
    """`looked` questions, the latest ones of `count`, in groups, the largest first."""

    count: int
    looked: int
    groups: tuple[Group, ...]


async def asked_in_vain(db: AsyncConnection, community: str, period: Period, sifted: Sifted) -> list[Asked]:
    """The questions of the period that stayed without an answer, the latest first."""
    statement = (
        select(unanswered)
        .where(
            unanswered.c.community_id == community,
            unanswered.c.at >= period.start,
            unanswered.c.at < period.end,
            unanswered.c.reason != ANSWERED,
        )
        .order_by(unanswered.c.at.desc(), unanswered.c.id.desc())
    )
    if sifted.channel is not None:
        statement = statement.join(conversations, conversations.c.id == unanswered.c.conversation_id).where(
            conversations.c.channel == sifted.channel
        )
    if sifted.office is not None:
        statement = statement.where(
            unanswered.c.conversation_id.in_(
                select(visits.c.conversation_id).where(
                    visits.c.community_id == community, visits.c.office == sifted.office
                )
            )
        )
    rows = (await db.execute(statement)).mappings()
    return [
        Asked(row["question"], row["reason"], row["chosen"], tuple(row["ranked"]), row["at"])
        for row in rows
        if sifted.topic is None or sifted.topic in row["ranked"][:1]
    ]


def in_groups(asked: list[Asked], words: Words) -> InVain:
    """Group them; takes seconds for hundreds, so not in the loop that serves pages."""
    looked = asked[:MOST]
    return InVain(len(asked), len(looked), tuple(grouped(looked, words)))
