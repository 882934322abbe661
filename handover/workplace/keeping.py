"""Words that wait until the person writes: kept from the composer, taken back by a press."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from conversations.messages import PHONE, Attachment
from conversations.transcript import Head
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.composing import kept_replies
from handover.workplace import failures
from handover.workplace.attaching import chosen
from handover.workplace.deeds import Act, Deed, page
from handover.workplace.guard import Stopped
from handover.workplace.house import WorkplaceHouse


async def keep_reply(deed: Deed, head: Head, text: str, house: WorkplaceHouse) -> Sequence[Attachment]:
    """Keep these words of whoever leads the conversation, with the files of the form, which are returned.

    Raises Stopped, NotYours.
    """
    if head.ref.channel == PHONE or house.capabilities(head.ref.channel) is None:
        raise Stopped(failures.no_way_to_write(page(head.id)))
    files = await chosen(house, deed, head.ref.channel)
    try:
        await kept_replies.keep(
            deed.db, deed.me.community, head.id, head.ref, deed.me, text, house.render, deed.now, files
        )
    except kept_replies.TooMany as many:
        raise Stopped(failures.too_much_waits(page(head.id))) from many
    return files


def add_keeping(router: APIRouter, act: Act) -> None:
    """kept/withdraw under /workplace/conversations/{id}."""

    @router.post("/workplace/conversations/{conversation_id}/kept/withdraw")
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
