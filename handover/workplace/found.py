"""What was read of one conversation in one transaction, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conversations.ownership import Owner
from conversations.remote_files import Missing
from conversations.transcript import Head, Line
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.assignment.teams import Team
from handover.calls.calls import Call
from handover.composing.drafts import Drafts
from handover.composing.kept_replies import Kept
from handover.composing.ready_answers import ReadyAnswer
from handover.composing.viewers import Viewer
from handover.registers.checks import Check
from handover.tickets.tickets import Ticket
from handover.workplace.masking import Said, said
from handover.workplace.one_person import NOBODY, Known


@dataclass(frozen=True)
class Found:
    """What was read of a conversation, before it is put into words.

    `memory` is the engine's, as JSON. `named`: the lines that name the reader, and whether each is unread. `checks` are
    the last answers of registers, by the paper they stand for.
    """

    conversation: str
    ticket: Ticket
    head: Head
    owner: Owner
    lines: Sequence[Line]
    missing: Mapping[int, Sequence[Missing]]
    earlier: int | None
    past: Sequence[Ticket]
    colleagues: Sequence[Account]
    teams: Sequence[Team]
    drafts: Drafts
    viewers: Sequence[Viewer]
    ready: Sequence[ReadyAnswer]
    named: Mapping[int, bool] = field(default_factory=dict)
    person: Known = NOBODY
    kept: Sequence[Kept] = ()
    call: Call | None = None
    memory: Mapping[str, Any] | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)


def said_here(text: str, at: str, found: Found, me: Account, *, phones: bool = True) -> Said:
    """A text of this conversation; its numbers may be asked for by whoever has the right."""
    place = at if allows(me.role, Permission.UNMASK) else None
    return said(text, place, (found.ticket.phone,), phones=phones)
