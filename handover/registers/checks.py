"""What registers answered about papers of a conversation. Who was asked about is not kept, who asked and why is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover import audit
from handover.accounts.accounts import Account
from handover.audit import Action
from handover.registers.sources import Answer, Found, Register
from handover.registers.tables import register_checks

LONGEST_REASON = 300


@dataclass(frozen=True)
class Check:
    """One answer: of which register, about which paper, as of when it is known, who asked and when."""

    document: str
    title: str
    outcome: Found
    as_of: datetime
    reason: str
    account_name: str
    at: datetime


async def keep(
    db: AsyncConnection,
    me: Account,
    conversation_id: str,
    document: str,
    register: Register,
    answer: Answer,
    reason: str,
    now: datetime,
) -> None:
    """Keep an answer, and in the audit log who asked, of whom, why and which register."""
    await db.execute(
        insert(register_checks).values(
            id=uuid.uuid4().hex,
            community_id=me.community,
            conversation_id=conversation_id,
            document=document,
            register=register.id,
            title=register.title,
            outcome=answer.outcome,
            as_of=answer.as_of or now,
            reason=reason[:LONGEST_REASON],
            account_id=me.id,
            account_name=me.name,
            at=now,
        )
    )
    await audit.record(
        db,
        community=me.community,
        account_id=me.id,
        action=Action.REGISTER_CHECKED,
        subject=conversation_id,
        now=now,
        facts={"register": register.title, "paper": document, "why": reason[:LONGEST_REASON]},
    )


async def latest(db: AsyncConnection, community: str, conversation_id: str) -> dict[str, Check]:
    """The last answer about each paper of a conversation, by the paper's id."""
    found = await db.execute(
        select(register_checks)
        .where(
            register_checks.c.community_id == community, register_checks.c.conversation_id == conversation_id
        )
        .order_by(register_checks.c.at)
    )
    return {
        row["document"]: Check(
            row["document"],
            row["title"],
            cast("Found", row["outcome"]),
            row["as_of"],
            row["reason"],
            row["account_name"],
            row["at"],
        )
        for row in found.mappings()
    }


async def erase(db: AsyncConnection, conversation_id: str) -> None:
    """Forget what registers said of a person."""
    await db.execute(delete(register_checks).where(register_checks.c.conversation_id == conversation_id))
