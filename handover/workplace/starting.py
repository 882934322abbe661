"""Writing to a person first, where their channel lets us."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response

from conversations import transcript
from conversations.channel import Capabilities
from conversations.messages import PHONE, AuthorKind
from conversations.transcript import Head
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.tickets import starting
from handover.workplace import failures
from handover.workplace.deeds import Act, Deed, page
from handover.workplace.guard import Stopped
from handover.workplace.house import WorkplaceHouse

LONGEST_ABOUT = 300


def may_ever_write(head: Head, capabilities: Capabilities | None) -> bool:
    """Whether there is a way from us to this person at all, now or when they write again."""
    return head.ref.channel != PHONE and capabilities is not None and not head.quiet


def introduces(head: Head, capabilities: Capabilities, now: datetime) -> bool:
    """Whether the engine may say who writes: its words would arrive, and cost nothing."""
    closes_at = capabilities.closes_at(head.last_incoming_at, AuthorKind.BOT)
    paid_from = capabilities.paid_from(head.last_incoming_at)
    arrives = head.unreachable_at is None and (closes_at is None or now < closes_at)
    return arrives and (paid_from is None or now < paid_from)


def add_starting(router: APIRouter, house: WorkplaceHouse, act: Act) -> None:
    """start under /workplace/conversations/{id}."""

    @router.post("/workplace/conversations/{conversation_id}/start")
    async def start(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            about = deed.text("about", LONGEST_ABOUT)
            if not about:
                raise Stopped(failures.no_matter(page(conversation_id)))
            head = (await transcript.heads(deed.db, [conversation_id]))[conversation_id]
            capabilities = house.capabilities(head.ref.channel)
            if head.ref.channel == PHONE or capabilities is None:
                raise Stopped(failures.no_way_to_write(page(conversation_id)))
            try:
                await starting.start(
                    deed.db,
                    deed.me.community,
                    conversation_id,
                    deed.me,
                    about,
                    deed.now,
                    introduced=introduces(head, capabilities, deed.now),
                )
            except starting.AlreadyWaits as waits:
                raise Stopped(failures.already_open(waits, page(conversation_id))) from waits
            except starting.AsksForQuiet as quiet:
                raise Stopped(failures.asks_for_quiet(page(conversation_id))) from quiet

        return await act(request, conversation_id, Permission.CONSULT, Action.STARTED, do, "think")
