"""One identifier that a page masks, shown to whoever may see it: each showing is recorded, whose and of what kind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.contacts import same_person
from handover.tickets import tickets
from handover.workplace import failures, masking
from handover.workplace.guard import Guard, Stopped, is_htmx
from handover.workplace.log_view import phones_hidden
from handover.workplace.masking import KINDS
from handover.workplace.reading import admitted


@dataclass(frozen=True)
class _Text:
    """A text of a conversation as it is kept, and what of it a page leaves unmasked."""

    text: str
    own: Collection[str | None]
    phones: bool = True


def add_unmasking(router: APIRouter, guard: Guard) -> None:
    """POST /workplace/conversations/{id}/unmask"""
    house, pages = guard.house, guard.pages

    @router.post("/workplace/conversations/{conversation_id}/unmask")
    async def unmask(request: Request, conversation_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.UNMASK)
        me, now = visitor.account, house.clock()
        place, _, number = form.get("at", "").rpartition(":")
        async with house.database.write() as db:
            kept = await _text(db, me, conversation_id, place)
            all_of_it = masking.found(kept.text, kept.own, phones=kept.phones) if kept else []
            if kept is None or not number.isdecimal() or not int(number[:9]) < len(all_of_it):
                raise Stopped(failures.nothing_masked(f"/workplace/conversations/{conversation_id}"))
            one = all_of_it[int(number)]
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.UNMASKED,
                subject=conversation_id,
                now=now,
                facts={"kind": one.kind, "place": place},
            )
        kind, value = KINDS[one.kind], kept.text[one.start : one.end]
        if is_htmx(request):
            return HTMLResponse(pages.render("unmasked.html", kind=kind, value=value))
        return guard.page(
            visitor, "unmasked_page.html", "queue", conversation=conversation_id, kind=kind, value=value
        )


async def _text(db: AsyncConnection, me: Account, conversation_id: str, place: str) -> _Text | None:
    """The text at a place of a conversation; None where there is none. Raises Stopped (404)."""
    ticket = await admitted(db, me, conversation_id)
    kind, _, rest = place.partition("-")
    own = (ticket.phone,)
    match kind:
        case "line" if rest.isdecimal() and len(rest) < 10:
            lines = await transcript.lines(db, conversation_id, after=int(rest) - 1, limit=1)
            line = next((one for one in lines if one.position == int(rest)), None)
            return _Text(line.reply.text.strip(), own, phones_hidden(line)) if line else None
        case "question":
            return _Text(ticket.question, own)
        case "call":
            return _Text(ticket.call_at or "", own)
        case "summary":
            return _Text(ticket.summary or "", own)
        case "told" if rest.isdecimal() and len(rest) < 4 and int(rest) < len(ticket.told):
            return _Text(ticket.told[int(rest)][1], own)
        case "past" | "asked":
            person = await same_person.person_of(db, conversation_id)
            earlier = await tickets.all_of(db, me.community, *person)
            one = next((one for one in earlier if one.id == rest), None)
            text = (one.summary if kind == "past" else one.question) if one else None
            return _Text(text, own) if text else None
    return None
