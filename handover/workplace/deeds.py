"""What an action on a conversation is given, and how a module adds actions of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.tickets.tickets import Ticket
from handover.workplace import failures
from handover.workplace.guard import Form, Stopped

LONGEST = 4000


@dataclass(frozen=True)
class Deed:
    """What an action is about: who does it, to which ticket, with which words, and when."""

    db: AsyncConnection
    me: Account
    ticket: Ticket
    form: Form
    now: datetime

    def text(self, name: str, limit: int = LONGEST) -> str:
        """A field without outer spaces. Raises Stopped when it is longer than its limit."""
        said = self.form.get(name, "").strip()
        if len(said) > limit:
            raise Stopped(failures.too_large(page(self.ticket.conversation_id)))
        return said


Facts = Mapping[str, str | int]

Do = Callable[[Deed], Awaitable[Facts | None]]
"""Does it; what it gives is recorded beside the consultation's number."""


class Act(Protocol):
    """Check, do, record, commit; then wake whoever listens and draw the conversation anew."""

    async def __call__(
        self, request: Request, conversation_id: str, needs: Permission, action: Action, do: Do, *wakes: str
    ) -> Response: ...


def page(conversation_id: str) -> str:
    """The address of a conversation."""
    return f"/workplace/conversations/{conversation_id}"
