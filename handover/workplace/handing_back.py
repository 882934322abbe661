"""Giving a conversation back to the bot: why is asked for, and kept in the journal by its kind."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.tickets import leading
from handover.workplace import failures
from handover.workplace.deeds import Act, Deed, page
from handover.workplace.guard import Stopped

LONGEST_REASON = 300

OWN = "own"
REASONS: Mapping[str, str] = {
    "bot_knows": "Бот відповість сам",
    "done": "Свою частину зроблено",
    "by_mistake": "Людину покликано випадково",
    OWN: "Інша причина",
}
"""Why a conversation goes back. The journal keeps the kind alone, for years; own words stand in the conversation."""


def add_handing_back(router: APIRouter, act: Act) -> None:
    """hand-back under /workplace/conversations/{id}."""

    @router.post("/workplace/conversations/{conversation_id}/hand-back")
    async def hand_back(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> Mapping[str, str]:
            kind, own = deed.form.get("why", ""), deed.text("reason", LONGEST_REASON)
            reason = own if kind == OWN else REASONS.get(kind, "")
            if not reason:
                raise Stopped(failures.no_reason(page(conversation_id)))
            seen = deed.form.get("seen", "")
            try:
                await leading.return_to_bot(
                    deed.db,
                    deed.me.community,
                    deed.ticket.id,
                    deed.me,
                    reason,
                    deed.now,
                    seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
                )
            except leading.Unread as unread:
                raise Stopped(failures.unread(page(conversation_id))) from unread
            return {"reason": kind}

        return await act(request, conversation_id, Permission.CONSULT, Action.HANDED_BACK, do, "think")
