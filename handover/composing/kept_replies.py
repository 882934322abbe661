"""Words for somebody who can't be written to now: kept, and sent as the first thing when the person writes again.

Connection first. Keeping, withdrawing and sending all hold the conversation's row, so each reply goes once or not.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from conversations.channel import Payload
from conversations.drafts import Draft, hold
from conversations.messages import Attachment, Author, AuthorKind, ConversationRef, OutgoingMessage, Reply
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.tables import kept_replies
from handover.tickets import wording
from handover.tickets.leading import NotYours, Render, answered_in_writing
from handover.tickets.tickets import SYSTEM, say_system

MOST = 10
"""Replies that wait in one conversation."""


@dataclass(frozen=True)
class Kept:
    """A reply that waits for its person to write."""

    id: str
    conversation_id: str
    author: Author
    text: str
    kept_at: datetime
    files: tuple[Attachment, ...] = ()


class TooMany(Exception):
    """So much waits already that the person would be buried under it."""


class NothingWaits(LookupError):
    """The reply has gone, or was withdrawn meanwhile."""


async def keep(
    db: AsyncConnection,
    community: str,
    conversation_id: str,
    ref: ConversationRef,
    by: Account,
    text: str,
    render: Render,
    now: datetime,
    files: Sequence[Attachment] = (),
) -> Kept:
    """Keep a specialist's words, with files that are stored.

    Raises NotYours, TooMany, ValueError (empty), and what the channel raises of them.
    """
    said = text.strip() or (wording.files_sent(len(files)) if files else "")
    if not said:
        raise ValueError("nothing to keep")
    held = (await hold(db, [conversation_id]))[conversation_id]
    if held.owner.kind != "specialist" or held.owner.id != by.id:
        raise NotYours(held.owner.name)
    if len(await waiting(db, conversation_id)) >= MOST:
        raise TooMany(conversation_id)
    author = Author(kind=AuthorKind.SPECIALIST, id=by.id, name=by.name)
    # What the channel could not carry is refused to the writer, not found out when nobody is there.
    spoken = Reply(text=said, attachments=tuple(files))
    render(ref, OutgoingMessage(ref=ref, reply=spoken, author=author))
    told = Reply(text=wording.reply_kept(by.name, now))
    position = await transcript.say(db, conversation_id, SYSTEM, told, now, epoch=None)
    kept = Kept(uuid.uuid4().hex, conversation_id, author, said, now, tuple(files))
    await db.execute(
        insert(kept_replies).values(
            id=kept.id,
            community_id=community,
            conversation_id=conversation_id,
            position=position,
            account_id=by.id,
            account_name=by.name,
            text=said,
            files=[one.model_dump(mode="json") for one in files] or None,
            state="waiting",
            kept_at=now,
        )
    )
    return kept


async def withdraw(
    db: AsyncConnection, conversation_id: str, kept_id: str, by: Account, now: datetime
) -> None:
    """Take it back: its writer, whoever leads the conversation, or a senior may. Raises NothingWaits, NotYours."""
    held = (await hold(db, [conversation_id]))[conversation_id]
    found = next((one for one in await waiting(db, conversation_id) if one.id == kept_id), None)
    if found is None:
        raise NothingWaits(kept_id)
    leads = held.owner.kind == "specialist" and held.owner.id == by.id
    if not (found.author.id == by.id or leads or allows(by.role, Permission.LEAD)):
        raise NotYours(found.author.name)
    await _settle(db, found, "withdrawn", now)
    await say_system(db, conversation_id, wording.reply_withdrawn(by.name, now), now)


async def waiting(db: AsyncConnection, conversation_id: str) -> list[Kept]:
    """What waits in a conversation, the oldest first."""
    return list((await waiting_in(db, [conversation_id])).get(conversation_id, ()))


async def waiting_in(db: AsyncConnection, conversation_ids: Collection[str]) -> dict[str, Sequence[Kept]]:
    """The same of many conversations; one query."""
    if not conversation_ids:
        return {}
    rows = await db.execute(
        select(kept_replies)
        .where(kept_replies.c.conversation_id.in_(conversation_ids), kept_replies.c.state == "waiting")
        .order_by(kept_replies.c.position)
    )
    found: dict[str, list[Kept]] = {}
    for row in rows.mappings():
        one = _kept(row)
        found.setdefault(one.conversation_id, []).append(one)
    return dict(found)


async def attached(db: AsyncConnection) -> set[str]:
    """The content hashes of all files that wait with a kept reply."""
    rows = await db.execute(select(kept_replies.c.files).where(kept_replies.c.files.is_not(None)))
    return {one.content_hash for kept in rows.scalars() for one in _files(kept)}


async def release(
    db: AsyncConnection,
    draft: Draft,
    kept: Sequence[Kept],
    render: Callable[[OutgoingMessage], Sequence[Payload]],
    now: datetime,
) -> None:
    """The person has written: what was kept is said. Where a colleague leads by now, their words are the answer."""
    for one in kept:
        if draft.owner.kind == "specialist" and draft.owner.id != one.author.id:
            draft.say(SYSTEM, Reply(text=wording.reply_dropped(draft.owner.name or "", now)), now)
            await _settle(db, one, "withdrawn", now)
            continue
        spoken = Reply(text=one.text, attachments=one.files)
        payloads = render(OutgoingMessage(ref=draft.ref, reply=spoken, author=one.author))
        draft.say(one.author, spoken, now, payloads=payloads)
        await _settle(db, one, "sent", now)
        if draft.owner.kind == "specialist":
            # Written before what the person says now: if that is a cry for help, it is not answered by this.
            await answered_in_writing(db, draft.id, now, aware=False)


async def _settle(db: AsyncConnection, one: Kept, state: str, now: datetime) -> None:
    await db.execute(
        update(kept_replies)
        .where(kept_replies.c.id == one.id)
        .values(state=state, settled_at=now, text="", files=None)
    )


def _kept(row: RowMapping) -> Kept:
    author = Author(kind=AuthorKind.SPECIALIST, id=row["account_id"], name=row["account_name"])
    return Kept(row["id"], row["conversation_id"], author, row["text"], row["kept_at"], _files(row["files"]))


def _files(kept: Sequence[Mapping[str, Any]] | None) -> tuple[Attachment, ...]:
    return tuple(Attachment.model_validate(one) for one in kept or ())
