"""Actions that move a conversation in time or to a team: put off, wake, open again, to a team."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handover.accounts.permissions import Permission
from handover.assignment import teams
from handover.audit import Action
from handover.tickets import leading
from handover.workplace import failures
from handover.workplace.deeds import Act, Deed, page
from handover.workplace.guard import Stopped
from handover.workplace.snoozing import NoMoment, moment

_THINK = "think"


async def to_team(deed: Deed, team_id: str, reason: str) -> None:
    """Let one of a team take the conversation. Raises UnknownTeam, NotYours."""
    team = await teams.find(deed.db, deed.me.community, team_id)
    await leading.transfer_to_team(
        deed.db, deed.me.community, deed.ticket.id, deed.me, team.id, team.name, deed.now, reason=reason
    )


def add_putting_off(router: APIRouter, act: Act) -> None:
    """snooze, wake and reopen under /workplace/conversations/{id}."""

    @router.post("/workplace/conversations/{conversation_id}/snooze")
    async def snooze(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            reason = deed.text("reason", 300)
            try:
                until = moment(deed.form.get("until", ""), deed.form.get("at", ""), deed.now)
            except NoMoment as wrong:
                raise Stopped(failures.no_moment(page(conversation_id))) from wrong
            await leading.snooze(deed.db, deed.me.community, deed.ticket.id, deed.me, until, reason, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.SNOOZED, do)

    @router.post("/workplace/conversations/{conversation_id}/wake")
    async def wake(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            await leading.wake(deed.db, deed.me.community, deed.ticket.id, deed.me, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.WOKEN, do)

    @router.post("/workplace/conversations/{conversation_id}/reopen")
    async def reopen(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            await leading.reopen(deed.db, deed.me.community, deed.ticket.id, deed.me, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.REOPENED, do, _THINK)
