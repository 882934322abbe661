"""What is not sent yet: one reply with its files and one note a conversation for each specialist.

Connection first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from conversations.messages import Attachment
from handover.tables import composer_drafts

Mode = Literal["reply", "note"]


MOST_FILES = 10
"""Files of one reply: so many a messenger shows one under another without losing their order."""


class TooManyFiles(Exception):
    """A reply has as many files as it may."""


@dataclass(frozen=True)
class Drafts:
    """What one specialist has typed in one conversation, and the files of the reply; empty where nothing waits."""

    reply: str = ""
    note: str = ""
    files: tuple[Attachment, ...] = ()


async def of(db: AsyncConnection, community: str, account_id: str, conversation_id: str) -> Drafts:
    """Both drafts of this specialist in this conversation."""
    rows = (
        await db.execute(
            select(composer_drafts.c.mode, composer_drafts.c.text, composer_drafts.c.files).where(
                _place(community, account_id, conversation_id)
            )
        )
    ).all()
    typed = {row.mode: row.text for row in rows}
    files = next((row.files for row in rows if row.mode == "reply"), None)
    return Drafts(typed.get("reply", ""), typed.get("note", ""), _files(files))


async def begun(
    db: AsyncConnection, community: str, account_id: str, conversation_ids: Collection[str]
) -> frozenset[str]:
    """Those of these conversations in which this specialist has a draft; one query."""
    if not conversation_ids:
        return frozenset()
    rows = await db.execute(
        select(composer_drafts.c.conversation_id)
        .where(
            composer_drafts.c.community_id == community,
            composer_drafts.c.account_id == account_id,
            composer_drafts.c.conversation_id.in_(conversation_ids),
        )
        .distinct()
    )
    return frozenset(rows.scalars())


async def save(
    db: AsyncConnection,
    community: str,
    account_id: str,
    conversation_id: str,
    mode: Mode,
    text: str,
    now: datetime,
) -> None:
    """Keep what is typed now in place of what was; blank words without a file are no draft."""
    if not text.strip():
        await _let_go(db, community, account_id, conversation_id, mode)
        return
    statement = upsert(db, composer_drafts).values(
        community_id=community,
        account_id=account_id,
        conversation_id=conversation_id,
        mode=mode,
        text=text,
        saved_at=now,
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=list(composer_drafts.primary_key.columns),
            set_={"text": statement.excluded.text, "saved_at": statement.excluded.saved_at},
        )
    )


async def clear(
    db: AsyncConnection,
    community: str,
    account_id: str,
    conversation_id: str,
    mode: Mode,
    files: Collection[str] = (),
) -> None:
    """The words are sent, and the files of these content hashes with them; a file added meanwhile stays."""
    if files:
        await _keep_files(
            db,
            community,
            account_id,
            conversation_id,
            lambda kept: [one for one in kept if one.content_hash not in files],
        )
    await _let_go(db, community, account_id, conversation_id, mode)


async def attach(
    db: AsyncConnection,
    community: str,
    account_id: str,
    conversation_id: str,
    file: Attachment,
    now: datetime,
) -> None:
    """Put a stored file beside the reply; one that is there already changes nothing. Raises TooManyFiles."""
    begun_now = upsert(db, composer_drafts).values(
        community_id=community,
        account_id=account_id,
        conversation_id=conversation_id,
        mode="reply",
        text="",
        saved_at=now,
    )
    await db.execute(begun_now.on_conflict_do_nothing())

    def added(kept: Sequence[Attachment]) -> Sequence[Attachment]:
        if any(one.content_hash == file.content_hash for one in kept):
            return kept
        if len(kept) >= MOST_FILES:
            raise TooManyFiles
        return [*kept, file]

    await _keep_files(db, community, account_id, conversation_id, added)


async def detach(
    db: AsyncConnection, community: str, account_id: str, conversation_id: str, content_hash: str
) -> None:
    """Take a file away from the reply; one that is not there is no fault."""
    await _keep_files(
        db,
        community,
        account_id,
        conversation_id,
        lambda kept: [one for one in kept if one.content_hash != content_hash],
    )
    await db.execute(
        delete(composer_drafts).where(
            _place(community, account_id, conversation_id),
            composer_drafts.c.text == "",
            composer_drafts.c.files.is_(None),
        )
    )


async def attached(db: AsyncConnection) -> set[str]:
    """The content hashes of all files that wait beside a reply."""
    rows = await db.execute(select(composer_drafts.c.files).where(composer_drafts.c.files.is_not(None)))
    return {one.content_hash for kept in rows.scalars() for one in _files(kept)}


async def _keep_files(
    db: AsyncConnection,
    community: str,
    account_id: str,
    conversation_id: str,
    changed: Callable[[Sequence[Attachment]], Sequence[Attachment]],
) -> None:
    """Change the list of files; the row is held, since two tabs may add at once."""
    here = (_place(community, account_id, conversation_id), composer_drafts.c.mode == "reply")
    found = await db.execute(select(composer_drafts.c.files).where(*here).with_for_update())
    kept = [one.model_dump(mode="json") for one in changed(_files(found.scalar_one_or_none()))]
    await db.execute(update(composer_drafts).where(*here).values(files=kept or None))


async def _let_go(
    db: AsyncConnection, community: str, account_id: str, conversation_id: str, mode: Mode
) -> None:
    """The words go; the row too, unless a file is left in it."""
    here = (_place(community, account_id, conversation_id), composer_drafts.c.mode == mode)
    await db.execute(delete(composer_drafts).where(*here, composer_drafts.c.files.is_(None)))
    await db.execute(update(composer_drafts).where(*here).values(text=""))


def _files(kept: Sequence[Mapping[str, Any]] | None) -> tuple[Attachment, ...]:
    return tuple(Attachment.model_validate(one) for one in kept or ())


def _place(community: str, account_id: str, conversation_id: str) -> ColumnElement[bool]:
    return and_(
        composer_drafts.c.community_id == community,
        composer_drafts.c.account_id == account_id,
        composer_drafts.c.conversation_id == conversation_id,
    )
