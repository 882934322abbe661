"""What a page tells of while its reader looks elsewhere: what kind of thing came, never anybody's words."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from handover import happenings
from handover.accounts.permissions import Permission
from handover.assignment import teams
from handover.happenings import Forgotten
from handover.tickets.lists import Reader
from handover.tickets.news import Piece, news
from handover.workplace.guard import Guard
from handover.workplace.report_words import Title, titles
from handover.workplace.words import NEWS, unbroken


@dataclass(frozen=True)
class Notice:
    """A notification: what it says and which conversation it leads to."""

    key: str
    kind: str
    title: str
    body: str
    conversation: str


def add_notifying(router: APIRouter, guard: Guard) -> None:
    """/workplace/news."""
    house = guard.house

    @router.get("/workplace/news")
    async def told(request: Request) -> Response:
        """What came after happening number `after`; without one, or from too long ago, only the newest number."""
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now, after = visitor.account, house.clock(), request.query_params.get("after", "")
        found: list[Piece] = []
        async with house.database.read() as db:
            newest = await happenings.newest(db, me.community)
            if after.isascii() and after.isdigit() and len(after) < 16:
                try:
                    since = await happenings.since(db, me.community, int(after), newest)
                except Forgotten:
                    since = ()
                changed = {one.conversation for one in since if one.conversation is not None}
                mine = tuple(team.id for team in await teams.of_account(db, me.community, me.id))
                found = await news(db, me.community, Reader(me.id, mine), changed, now)
        title = titles(house.knowledge(me.community), now)
        return JSONResponse(
            {"number": newest, "news": [asdict(_notice(one, title)) for one in found]},
        )


def _notice(one: Piece, title: Title) -> Notice:
    # What a danger is about is nobody's business on a screen that others may see.
    about = title(one.topic) if one.topic and one.kind != "danger" else ""
    number = f"№ {unbroken(one.number)}"
    return Notice(
        one.key, one.kind, NEWS[one.kind], f"{about} · {number}" if about else number, one.conversation
    )
