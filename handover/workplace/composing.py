"""What the composer says to the server while somebody types: the draft to keep, and that its writer is here."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from handover.accounts.permissions import Permission
from handover.composing import drafts, viewers
from handover.workplace import failures
from handover.workplace.company import company
from handover.workplace.deeds import LONGEST, page
from handover.workplace.guard import Guard, Stopped
from handover.workplace.reading import admitted


def add_composing(router: APIRouter, guard: Guard) -> None:
    """/workplace/conversations/{id}/draft and /presence."""
    house, pages = guard.house, guard.pages

    @router.post("/workplace/conversations/{conversation_id}/draft")
    async def keep_draft(request: Request, conversation_id: str) -> Response:
        """Keep what is typed in one mode; blank words give the draft up."""
        visitor, form = await guard.acting(request, Permission.NOTE)
        me, text = visitor.account, form.get("text", "")
        if len(text) > LONGEST:
            raise Stopped(failures.too_large(page(conversation_id)))
        mode: drafts.Mode = "note" if form.get("mode") == "note" else "reply"
        async with house.database.write() as db:
            await admitted(db, me, conversation_id)
            await drafts.save(db, me.community, me.id, conversation_id, mode, text, house.clock())
        return Response(status_code=204)

    @router.post("/workplace/conversations/{conversation_id}/presence")
    async def be_present(request: Request, conversation_id: str) -> Response:
        """Say what this person does here, or that they left; the answer is who else is here."""
        visitor, form = await guard.acting(request, Permission.READ)
        me, doing, now = visitor.account, form.get("doing", ""), house.clock()
        async with house.database.write() as db:
            await admitted(db, me, conversation_id)
            if doing == "left":
                news = await viewers.leave(db, me.community, conversation_id, me.id)
            else:
                news = await viewers.come(db, me.community, conversation_id, me.id, _doing(doing), now)
            others = await viewers.of(db, me.community, [conversation_id], me.id, now)
        if news:
            await house.signals.publish(f"conversation:{conversation_id}", f"queue:{me.community}")
        here = company(others.get(conversation_id, ()))
        return HTMLResponse(pages.render("viewers.html", company=here))


def _doing(said: str) -> viewers.Doing:
    match said:
        case "reply" | "note":
            return said
    return "looks"
