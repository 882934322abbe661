"""A history nobody lived, written straight into the log, the same for the same seed: conversations, lines, tickets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from conversations.database import Database
from conversations.tables import conversations, messages
from handover.tables import tickets, unanswered

CHANNELS = ("viber", "viber", "telegram", "web", "messenger", "phone")
OFFICES = ("reception", "reception", "north", None, None)
TOPICS = ("housing-subsidy", "birth-benefit", "funeral-benefit", "care-supplement", None)
SPECIALISTS = (("a" * 32, "Ірина Мельник"), ("b" * 32, "Олег Дудка"), ("c" * 32, "Ганна Яворська"))
NAMES = ("Галина Дячук", "Петро Коваль", "Марія Левчук", "Іван Гончар", None)
QUESTIONS = (
    "Чи приймуть договір оренди без нотаріуса",
    "субсидія якщо дитина вчиться за кордоном",
    "догляд за мамою, працюю неповний день",
)
MINUTE = timedelta(minutes=1)


@dataclass
class History:
    """Rows of the log, to be written in one go."""

    community: str
    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    unanswered: list[dict[str, Any]] = field(default_factory=list)

    async def write(self, database: Database, only: Sequence[str] | None = None) -> None:
        """Everything, or the conversations with these ids."""
        wanted = None if only is None else set(only)
        async with database.write() as db:
            for table, rows, key in (
                (conversations, self.conversations, "id"),
                (messages, self.messages, "conversation_id"),
                (tickets, self.tickets, "conversation_id"),
                (unanswered, self.unanswered, "conversation_id"),
            ):
                chosen = [row for row in rows if wanted is None or row[key] in wanted]
                for start in range(0, len(chosen), 5000):
                    await db.execute(insert(table), chosen[start : start + 5000])


def invented(community: str, count: int, start: datetime, end: datetime, seed: int) -> History:
    """So many conversations that began between two moments; a third of them called a person."""
    rng = random.Random(seed)
    history = History(community)
    for place in range(count):
        _converse(history, rng, place, start, end)
    return history


def _converse(history: History, rng: random.Random, place: int, start: datetime, end: datetime) -> None:
    channel = rng.choice(CHANNELS)
    topic = rng.choice(TOPICS)
    at = began = _moment(rng, start, end)
    chat = f"{place:032x}"
    position, last_heard = 0, None
    for days in sorted(rng.sample(range(4), rng.choice((1, 1, 1, 2)))):
        at = began + timedelta(days=days)
        for _ in range(rng.randint(1, 3)):
            if at >= end or channel == "phone":
                break
            for author, named in (("citizen", None), ("bot", topic)):
                position += 1
                history.messages.append(_line(history, chat, position, author, at, named))
            last_heard, at = at, at + MINUTE * rng.randint(1, 30)
    history.conversations.append(
        {
            "id": chat,
            "community_id": history.community,
            "channel": channel,
            "bot": "main",
            "address": f"invented-{place}",
            "author_name": rng.choice(NAMES),
            "owner_kind": "bot",
            "epoch": 1,
            "last_position": position,
            "seen_position": position,
            "created_at": began,
            "last_incoming_at": last_heard,
        }
    )
    if channel == "phone" or rng.random() < 0.33:
        history.tickets.append(_ticket(history, rng, chat, place, began, end, topic))
    elif rng.random() < 0.05:
        history.unanswered.append(
            {
                "community_id": history.community,
                "conversation_id": chat,
                "question": rng.choice(QUESTIONS),
                "ranked": [topic] if topic else [],
                "at": began,
                "reason": rng.choice(("unknown", "menu")),
                "chosen": None,
            }
        )


def _moment(rng: random.Random, start: datetime, end: datetime) -> datetime:
    """Mostly a working day and hour, as people's are."""
    while True:
        at = start + (end - start) * rng.random()
        # In UTC; the clock on the wall is two or three hours ahead.
        busy = (0.15 if at.weekday() > 4 else 1.0) * (1.0 if 6 <= at.hour <= 13 else 0.12)
        if rng.random() < busy:
            return at


def _line(
    history: History, chat: str, position: int, author: str, at: datetime, topic: str | None
) -> dict[str, Any]:
    return {
        "conversation_id": chat,
        "position": position,
        "community_id": history.community,
        "author_kind": author,
        "reply": {"text": "слова"},
        "at": at,
        "topic": topic,
    }


def _ticket(
    history: History,
    rng: random.Random,
    chat: str,
    place: int,
    began: datetime,
    end: datetime,
    topic: str | None,
) -> dict[str, Any]:
    taken = began + MINUTE * rng.choice((1, 2, 4, 4, 7, 9, 11, 13, 16, 70))
    answered, resolved = taken + MINUTE * rng.randint(1, 14), taken + MINUTE * rng.randint(20, 3000)
    leader = rng.choice(SPECIALISTS)
    is_taken, is_resolved = taken < end, resolved < end
    late = rng.random() < 0.05
    return {
        "id": f"{place:032x}",
        "community_id": history.community,
        "number": f"25-{place:04d}",
        "conversation_id": chat,
        "status": "resolved" if is_resolved else "taken" if is_taken else "waiting",
        "priority": 0,
        "danger": None,
        "topic": topic,
        # Of the place, not of the dice: what else is invented stays as it was.
        "office": OFFICES[place % len(OFFICES)],
        "reason": "asked",
        "question": "слова",
        "assigned_to": leader[0] if is_taken else None,
        "assigned_name": leader[1] if is_taken else None,
        "created_at": began,
        "promised_at": began + MINUTE * 30,
        "taken_at": taken if is_taken else None,
        "answered_at": answered if answered < end else None,
        "late_told_at": began + MINUTE * 31 if late else None,
        "resolved_at": resolved if is_resolved else None,
        "rating": rng.choice(("yes", "yes", "yes", "yes", "partly", "no", None, None))
        if is_resolved
        else None,
    }
