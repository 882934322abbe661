"""Fills a database with conversations, their lines and their tickets, straight into the tables."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from conversations.database import Database
from conversations.tables import conversations, messages
from handover.accounts.accounts import Account
from handover.tables import tickets
from handover.tickets.due import NOTHING

AT_ONCE = 1000
LINES = 4
"""Lines of each transcript."""

NAMES = ("Галина", "Оксана", "Петро", "Тамара", "Микола", "Світлана", "Юрій", "Надія")
SURNAMES = ("Дячук", "Мельничук", "Савчук", "Кравець", "Гриценко", "Романюк", "Ткаченко", "Шевчук")
CHANNELS = ("telegram", "viber", "messenger", "web")


@dataclass(frozen=True)
class Size:
    """How much is kept: conversations, those whose ticket is open, and of these the ones that somebody leads."""

    conversations: int
    open: int
    led: int


async def fill(database: Database, community: str, size: Size, people: list[Account], now: datetime) -> None:
    """The conversations of one community, the newest open; statistics are taken afterwards, as a database does."""
    dice = random.Random(size.conversations)
    made = _made(community, size, people, now, dice)
    for _ in range(0, size.conversations, AT_ONCE):
        batch = [one for _, one in zip(range(AT_ONCE), made, strict=False)]
        async with database.write() as db:
            await db.execute(insert(conversations), [chat for chat, _, _ in batch])
            await db.execute(insert(messages), [line for _, lines, _ in batch for line in lines])
            await db.execute(insert(tickets), [ticket for _, _, ticket in batch])
    async with database.write() as db:
        await db.execute(text("ANALYZE"))


def _made(
    community: str, size: Size, people: list[Account], now: datetime, dice: random.Random
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]]:
    for number in range(size.conversations):
        chat = uuid.UUID(int=dice.getrandbits(128)).hex
        at = now - timedelta(minutes=size.conversations - number)
        state = "taken" if number < size.led else "waiting" if number < size.open else "resolved"
        by = people[number % len(people)] if state != "waiting" else None
        owner = {"taken": "specialist", "waiting": "queue", "resolved": "bot"}[state]
        name = f"{dice.choice(NAMES)} {dice.choice(SURNAMES)}"
        promised = at + timedelta(minutes=dice.choice((30, 60, 120))) if state == "waiting" else None
        yield (
            {
                "id": chat,
                "community_id": community,
                "channel": CHANNELS[number % len(CHANNELS)],
                "bot": "main",
                "address": str(number),
                "author_name": name,
                "name_key": name.casefold(),
                "owner_kind": owner,
                "owner_id": by.id if by and state == "taken" else None,
                "owner_name": by.name if by and state == "taken" else None,
                "epoch": 1,
                "last_position": LINES,
                "seen_position": LINES - 1,
                "created_at": at,
                "said_at": at,
                "said_by": "citizen",
                "said": "Чи приймуть договір найму без нотаріуса?",
                "unread": 1,
            },
            [
                {
                    "conversation_id": chat,
                    "position": position,
                    "community_id": community,
                    "author_kind": "citizen" if position % 2 == 0 else "bot",
                    "reply": {"text": "Чи приймуть договір найму без нотаріуса?"},
                    "at": at,
                }
                for position in range(1, LINES + 1)
            ],
            {
                "id": uuid.UUID(int=dice.getrandbits(128)).hex,
                "community_id": community,
                "number": f"26-{number:06d}",
                "conversation_id": chat,
                "status": state,
                "priority": 10 if state == "waiting" and number % 1000 == 0 else 0,
                "topic": "housing-subsidy",
                "reason": "unknown",
                "question": "Чи приймуть договір найму без нотаріуса?",
                "assigned_to": by.id if by else None,
                "assigned_name": by.name if by else None,
                "created_at": at,
                "promised_at": promised,
                "due_at": promised or NOTHING,
                "taken_at": at if by else None,
                "resolved_at": at if state == "resolved" else None,
            },
        )
