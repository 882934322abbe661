"""Drafts: what one transaction adds to conversations whose rows it holds, gathered in memory and written at once.

Whoever holds a conversation's row knows its owner, epoch and last position until the transaction ends: nobody can take
it over or speak in between. So positions are given here, and a hundred conversations cost as many statements as one.

Lock order of the whole house: rows of conversations first, in the order of their ids; then rows of the outbox, in the
order of their conversations; then tickets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.channel import Payload
from conversations.database import upsert
from conversations.inbox import Claimed, storable_key, storable_name
from conversations.messages import Author, AuthorKind, ConversationRef, IncomingMessage, MessageKind, Reply
from conversations.ownership import Owner, owner_of, ref_of
from conversations.tables import attachments, conversations, messages, outbox

EDITED = "Виправлено: "
"""Stands before words that the person changed after sending."""

PREVIEW = 120
"""Characters of a line that lists show."""

WITHOUT_WORDS = {
    MessageKind.PRESS: "Кнопка",
    MessageKind.PHOTO: "Фото",
    MessageKind.VOICE: "Голосове повідомлення",
    MessageKind.DOCUMENT: "Файл",
    MessageKind.STICKER: "Наліпка",
    MessageKind.LOCATION: "Місце на карті",
    MessageKind.CONTACT: "Контакт",
}
SOMETHING = "Повідомлення без тексту"

SEEN_BY_CITIZENS = frozenset({AuthorKind.CITIZEN, AuthorKind.BOT, AuthorKind.SPECIALIST})
"""Whose lines a citizen sees: no notes, no system lines."""


@dataclass
class Draft:
    """A conversation whose row this transaction holds, and what is added to it. Nothing is kept before `write`."""

    id: str
    ref: ConversationRef
    owner: Owner
    epoch: int
    last_position: int
    author_name: str | None
    lease_by: str | None
    lease_until: datetime | None
    heard_at: datetime | None = None
    heard: int = 0
    shown: dict[str, Any] | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    sendings: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)

    def is_leased(self, claimed: Claimed, worker: str) -> bool:
        """Whether the lease that `claimed` was given under still stands."""
        return self.lease_by == worker and self.lease_until == claimed.lease_until

    def say(
        self,
        author: Author,
        reply: Reply,
        now: datetime,
        *,
        payloads: Sequence[Payload] = (),
        topic: str | None = None,
        facet: str | None = None,
        knowledge_version: str | None = None,
        turn: str | None = None,
    ) -> int:
        """Add a line of ours, with one sending a payload, and return its position.

        `turn` is the kind of the bot's turn it belongs to.
        """
        self.last_position += 1
        self.lines.append(
            {
                "conversation_id": self.id,
                "position": self.last_position,
                "community_id": self.ref.community,
                "author_kind": author.kind.value,
                "author_id": author.id,
                "author_name": author.name,
                "reply": _kept(reply),
                "kind": None,
                "event_key": None,
                "at": now,
                "topic": topic,
                "facet": facet,
                "knowledge_version": knowledge_version,
                "turn": turn,
            }
        )
        self.sendings += [
            {
                "community_id": self.ref.community,
                "conversation_id": self.id,
                "position": self.last_position,
                "part": part,
                "channel": self.ref.channel,
                "payload": dict(payload),
                "author_kind": author.kind.value,
                "epoch": self.epoch,
                "state": "due",
                "attempts": 0,
                "due_at": now,
                "created_at": now,
            }
            for part, payload in enumerate(payloads)
        ]
        if author.kind in SEEN_BY_CITIZENS:
            self._show(author.kind, reply, now)
        self._refer_to_files(f"line:{self.last_position}", reply)
        return self.last_position

    def hear(self, message: IncomingMessage, now: datetime, label: str | None = None) -> int:
        """Add a citizen's line and return its position; the person is reachable again.

        `label` is what stands on the button that was pressed.
        """
        self.last_position += 1
        self.heard_at = now
        self.heard += 1
        self.author_name = storable_name(message.author_name) or self.author_name
        reply = Reply(text=_words(message, label), attachments=message.attachments)
        event_key = storable_key(message.event_key)
        self.lines.append(
            {
                "conversation_id": self.id,
                "position": self.last_position,
                "community_id": self.ref.community,
                "author_kind": AuthorKind.CITIZEN.value,
                "author_id": None,
                "author_name": self.author_name,
                "reply": _kept(reply),
                "kind": message.kind.value,
                "event_key": event_key,
                "at": now,
                "topic": None,
                "facet": None,
                "knowledge_version": None,
                "turn": None,
            }
        )
        self._show(AuthorKind.CITIZEN, reply, now)
        self._refer_to_files(event_key, reply)
        return self.last_position

    def _show(self, kind: AuthorKind, reply: Reply, now: datetime) -> None:
        self.shown = {
            "said_at_": now,
            "said_by_": kind.value,
            "said_": preview(reply.text),
            "said_file_": reply.attachments[0].kind.value if reply.attachments else None,
        }

    def _refer_to_files(self, event_key: str, reply: Reply) -> None:
        self.files += [
            {
                "conversation_id": self.id,
                "event_key": event_key,
                "content_hash": content_hash,
                "community_id": self.ref.community,
                "position": self.last_position,
            }
            for content_hash in sorted({one.content_hash for one in reply.attachments})
        ]


def preview(text: str) -> str:
    """The beginning of a text in one line."""
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW else f"{line[: PREVIEW - 1]}…"


def name_key(name: str | None) -> str | None:
    """A name as it is searched for, whatever its capitals. A letter may become two: the column has its end."""
    return None if name is None else name.casefold()[:200]


def _kept(reply: Reply) -> dict[str, Any]:
    return reply.model_dump(mode="json", exclude_defaults=True)


def _words(message: IncomingMessage, label: str | None) -> str:
    """What the transcript shows for a message: its text, the label of its button, or the name of its kind."""
    text = message.text.strip()
    if text:
        return EDITED + text if message.edited else text
    if message.kind is MessageKind.PRESS and label:
        return label
    if message.location is not None:
        return f"Місце на карті: {message.location.latitude:.5f}, {message.location.longitude:.5f}"
    if message.phone:
        return message.phone
    return WITHOUT_WORDS.get(message.kind, SOMETHING)


def needs_label(message: IncomingMessage) -> bool:
    """Whether the message says nothing but which button was pressed."""
    return message.kind is MessageKind.PRESS and bool(message.choice_id) and not message.text.strip()


async def hold(db: AsyncConnection, ids: Collection[str]) -> dict[str, Draft]:
    """Lock these conversations to the end of the transaction; unknown ids are left out."""
    rows = await db.execute(
        select(
            conversations.c.id,
            conversations.c.community_id,
            conversations.c.channel,
            conversations.c.bot,
            conversations.c.address,
            conversations.c.owner_kind,
            conversations.c.owner_id,
            conversations.c.owner_name,
            conversations.c.epoch,
            conversations.c.last_position,
            conversations.c.author_name,
            conversations.c.lease_by,
            conversations.c.lease_until,
        )
        .where(conversations.c.id.in_(ids))
        .order_by(conversations.c.id)
        .with_for_update(key_share=True)
    )
    return {
        row["id"]: Draft(
            id=row["id"],
            ref=ref_of(row),
            owner=owner_of(row),
            epoch=row["epoch"],
            last_position=row["last_position"],
            author_name=row["author_name"],
            lease_by=row["lease_by"],
            lease_until=row["lease_until"],
        )
        for row in rows.mappings()
    }


_MOVED = (
    update(conversations)
    .where(conversations.c.id == bindparam("held"))
    .values(last_position=bindparam("position"))
)
_SAID = _MOVED.values(
    said_at=bindparam("said_at_"),
    said_by=bindparam("said_by_"),
    said=bindparam("said_"),
    said_file=bindparam("said_file_"),
)
_HEARD = _SAID.values(
    last_incoming_at=bindparam("heard_at"),
    author_name=bindparam("name"),
    name_key=bindparam("key"),
    unreachable_at=None,
    unread=conversations.c.unread + bindparam("heard"),
)


async def write(db: AsyncConnection, drafts: Iterable[Draft]) -> None:
    """Write what was gathered, a statement a table; the drafts are empty afterwards and can go on."""
    full = sorted((draft for draft in drafts if draft.lines), key=lambda draft: draft.id)
    if not full:
        return
    moved: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    heard: list[dict[str, Any]] = []
    for draft in full:
        values = {"held": draft.id, "position": draft.last_position, **(draft.shown or {})}
        if draft.heard_at is not None:
            values |= {
                "heard_at": draft.heard_at,
                "name": draft.author_name,
                "key": name_key(draft.author_name),
                "heard": draft.heard,
            }
            heard.append(values)
        else:
            (said if draft.shown else moved).append(values)
    for statement, rows in ((_MOVED, moved), (_SAID, said), (_HEARD, heard)):
        if rows:
            await db.execute(statement, rows)
    await db.execute(insert(messages), [line for draft in full for line in draft.lines])
    if sendings := [sending for draft in full for sending in draft.sendings]:
        await db.execute(insert(outbox), sendings)
    if files := [file for draft in full for file in draft.files]:
        kept = upsert(db, attachments)
        await db.execute(
            kept.on_conflict_do_update(
                index_elements=list(attachments.primary_key.columns),
                set_={"position": kept.excluded.position},
            ),
            files,
        )
    for draft in full:
        draft.lines, draft.sendings, draft.files = [], [], []
        draft.heard_at, draft.heard, draft.shown = None, 0, None
