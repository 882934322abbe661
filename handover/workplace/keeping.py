"""Words that wait until the person writes: kept from the composer, taken back by a press."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from conversations.messages import PHONE
from conversations.transcript import Head
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.composing import kept_replies
from handover.workplace import failures
from handover.workplace.deeds import Act, Deed, page
from handover.workplace.guard import Stopped
from handover.workplace.house import WorkplaceHouse


async def keep_reply(deed: Deed, head: Head, text: str, house: WorkplaceHouse) -> None:
    """Keep these words of whoever leads the conversation. Raises Stopped, NotYours."""
    if head.ref.channel == PHONE or house.capabilities(head.ref.channel) is None:
        raise Stopped(failures.no_way_to_write(page(head.id)))
    try:
        await kept_replies.keep(
            deed.db, deed.me.community, head.id, head.ref, deed.me, text, house.render, deed.now
        )
    except kept_replies.TooMany as many:
        raise Stopped(failures.too_much_waits(page(head.id))) from many


def add_keeping(router: APIRouter, act: Act) -> None:
    """withdraw under /workplace/conversations/{id}."""

    @router.post("/workplace/conversations/{conversation_id}/withdraw")
    async def withdraw(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            try:
                await kept_replies.withdraw(
                    deed.db,
                    conversation_id,
                    deed.form.get("kept", ""),
                    deed.me,
                    deed.now,
                )
            except kept_replies.NothingWaits as gone:
                raise Stopped(failures.nothing_waits(page(conversation_id))) from gone

        return await act(request, conversation_id, Permission.CONSULT, Action.REPLY_WITHDRAWN, do)
