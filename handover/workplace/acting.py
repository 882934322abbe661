"""Actions of the workplace.

Each is one transaction, recorded in the audit log, and told to every open page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from conversations.ownership import StaleEpoch
from conversations.transcript import Head
from handover import audit, happenings
from handover.accounts import accounts
from handover.accounts.accounts import Account, UnknownAccount
from handover.accounts.permissions import Permission
from handover.assignment.teams import UnknownTeam
from handover.audit import Action
from handover.composing import drafts, mentions, ready_answers
from handover.tickets import leading, lists, withdrawing
from handover.tickets.leading import AlreadyTaken, NotWaiting, NotYours
from handover.tickets.lists import Reader
from handover.workplace import failures
from handover.workplace.attaching import chosen
from handover.workplace.deeds import Deed, Do, Facts, page
from handover.workplace.guard import Guard, Stopped, Visitor, is_htmx
from handover.workplace.handing_back import add_handing_back
from handover.workplace.keeping import add_keeping, keep_reply
from handover.workplace.one_person import add_one_person
from handover.workplace.pressing import first_press
from handover.workplace.putting_off import add_putting_off, to_team
from handover.workplace.reading import admitted, find, worded
from handover.workplace.starting import add_starting
from handover.workplace.window_view import shut

_THINK, _DELIVER = "think", "deliver"


async def _onward(db: AsyncConnection, account: Account, conversation_id: str) -> str:
    """The next conversation that waits, or the queue."""
    waiting = await lists.page(db, account.community, "waiting", Reader(account.id), limit=2)
    for one in waiting.rows:
        if one.ticket.conversation_id != conversation_id:
            return page(one.ticket.conversation_id)
    return "/workplace?view=waiting"


async def _next(db: AsyncConnection, account: Account, conversation_id: str) -> str:
    """What to go on with: one's own conversation whose person waits for an answer, else who waits in the queue."""
    mine = await lists.page(db, account.community, "mine", Reader(account.id))
    for one in mine.rows:
        if one.citizen_spoke_last and one.ticket.conversation_id != conversation_id:
            return page(one.ticket.conversation_id)
    return await _onward(db, account, conversation_id)


def _opening(address: str) -> dict[str, str]:
    """The headers that make a page of ours go on to a conversation, or to the queue anew."""
    if not address.startswith("/workplace/conversations/"):
        return {"HX-Redirect": address}
    there = {"path": address, "target": "#work", "swap": "outerHTML"}
    return {"HX-Location": json.dumps(there), "HX-Reswap": "none"}


def _whole(request: Request, conversation_id: str) -> str:
    """The conversation as a whole page; whoever has just taken it is going to write."""
    writes = request.url.path.rsplit("/", 1)[-1] in ("take", "start")
    return page(conversation_id) + ("?write=yes" if writes else "")


def add_acting(router: APIRouter, guard: Guard) -> None:
    """Every POST under /workplace/conversations/{id}."""
    house, pages = guard.house, guard.pages

    async def act(
        request: Request, conversation_id: str, needs: Permission, action: Action, do: Do, *wakes: str
    ) -> Response:
        """Check, do, record, commit; then wake whoever listens and draw the conversation anew."""
        visitor, form = await guard.acting(request, needs)
        me, now = visitor.account, house.clock()
        try:
            async with house.database.write() as db:
                ticket = await admitted(db, me, conversation_id)
                facts = await do(Deed(db, me, ticket, form, now))
                await audit.record(
                    db,
                    community=me.community,
                    account_id=me.id,
                    action=action,
                    subject=conversation_id,
                    now=now,
                    facts={"ticket": ticket.number, **(facts or {})},
                )
                await happenings.happened(db, me.community, [conversation_id], now)
        except (AlreadyTaken, NotWaiting) as lost:
            if not (isinstance(lost, AlreadyTaken) and lost.by == me.id):
                raise Stopped(await _lost(me, conversation_id, lost)) from lost
        except NotYours as lost:
            raise Stopped(failures.not_yours(lost, page(conversation_id))) from lost
        except withdrawing.NothingToWithdraw as gone:
            raise Stopped(failures.nothing_to_withdraw(page(conversation_id))) from gone
        except leading.NotResolved as lost:
            raise Stopped(failures.not_resolved(page(conversation_id))) from lost
        except StaleEpoch as moved:
            raise Stopped(failures.moved_on(page(conversation_id))) from moved
        await house.signals.publish(f"conversation:{conversation_id}", f"queue:{me.community}", *wakes)
        return await _drawn(request, visitor, conversation_id, onward=form.get("then") == "next")

    async def _lost(me: Account, conversation_id: str, lost: AlreadyTaken | NotWaiting) -> failures.Failure:
        async with house.database.read() as db:
            onward = await _onward(db, me, conversation_id)
        return (
            failures.taken(lost, onward) if isinstance(lost, AlreadyTaken) else failures.not_waiting(onward)
        )

    async def _drawn(request: Request, visitor: Visitor, conversation_id: str, *, onward: bool) -> Response:
        if not is_htmx(request):
            if not onward:
                return RedirectResponse(_whole(request, conversation_id), status_code=303)
            async with house.database.read() as db:
                next_one = await _next(db, visitor.account, conversation_id)
            return RedirectResponse(next_one, status_code=303)
        async with house.database.read() as db:
            if onward:
                return Response(headers=_opening(await _next(db, visitor.account, conversation_id)))
            found = await find(db, visitor.account, conversation_id, house.clock())
        shown = await worded(house, found, visitor.account)
        opening = "open" in request.query_params
        part = pages.render(
            "work.html" if opening else "live.html", talk=shown, csrf=visitor.session.csrf_token
        )
        return HTMLResponse(part, headers={"HX-Push-Url": page(conversation_id)} if opening else None)

    @router.post("/workplace/conversations/{conversation_id}/take")
    async def take(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            await leading.take(deed.db, deed.me.community, deed.ticket.id, deed.me, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.TAKEN, do, _THINK)

    @router.post("/workplace/conversations/{conversation_id}/reply")
    async def reply(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> Facts | None:
            named = deed.form.get("files", "")
            text = deed.text("text") if named else _words(deed, "text")
            if holes := ready_answers.holes(text):
                raise Stopped(failures.unfilled(holes, page(conversation_id)))
            if not await _first(deed, "reply", f"{text}\0{named}"):
                return None
            head = (await transcript.heads(deed.db, [conversation_id]))[conversation_id]
            if deed.form.get("when") == "later" and _stuck(deed, head):
                files = await keep_reply(deed, head, text, house)
                await _sent(deed, "reply", [file.content_hash for file in files])
                return {"when": "later"}
            _let_through(deed, head, text)
            files = await chosen(house, deed, head.ref.channel)
            await leading.reply(
                deed.db, conversation_id, head.ref, deed.me, text, house.render, deed.now, files
            )
            await _sent(deed, "reply", [file.content_hash for file in files])
            return None

        return await act(request, conversation_id, Permission.CONSULT, Action.REPLIED, do, _DELIVER)

    @router.post("/workplace/conversations/{conversation_id}/resend")
    async def resend(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            said = deed.form.get("position", "")
            position = int(said) if said.isdecimal() and len(said) < 10 else 0
            if not await _first(deed, "resend", said):
                return
            _let_through(deed, (await transcript.heads(deed.db, [conversation_id]))[conversation_id], "")
            try:
                await leading.send_again(deed.db, conversation_id, deed.me, position, deed.now)
            except leading.NothingToSend as nothing:
                raise Stopped(failures.nothing_to_send(page(conversation_id))) from nothing

        return await act(request, conversation_id, Permission.CONSULT, Action.SENT_AGAIN, do, _DELIVER)

    @router.post("/workplace/conversations/{conversation_id}/withdraw")
    async def withdraw(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> Facts | None:
            said = deed.form.get("position", "")
            position = int(said) if said.isdecimal() and len(said) < 10 else 0
            if not await _first(deed, "withdraw", said):
                return None
            head = (await transcript.heads(deed.db, [conversation_id]))[conversation_id]
            capabilities = house.capabilities(head.ref.channel)
            how, author = await withdrawing.withdraw(
                deed.db,
                deed.me.community,
                deed.ticket.id,
                deed.me,
                position,
                house.take_back,
                capabilities.takes_back if capabilities else None,
                deed.now,
            )
            return {"author": author.value, "how": how}

        return await act(request, conversation_id, Permission.CONSULT, Action.WITHDRAWN, do, _THINK, _DELIVER)

    def _stuck(deed: Deed, head: Head) -> bool:
        """Whether words would not arrive now. Where the person came back meanwhile, what was to wait goes at once."""
        why_shut = shut(head, house.capabilities(head.ref.channel), deed.now)
        return why_shut is not None or head.unreachable_at is not None or deed.ticket.unreached is not None

    def _let_through(deed: Deed, head: Head, text: str) -> None:
        """Raises Stopped where the channel takes no more words of whoever leads the conversation."""
        why_shut = shut(head, house.capabilities(head.ref.channel), deed.now)
        if why_shut is not None and head.owner.id == deed.me.id:
            raise Stopped(failures.shut(why_shut, deed.ticket.phone, text, page(head.id)))

    @router.post("/workplace/conversations/{conversation_id}/note")
    async def note(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            text = _words(deed, "text")
            if await _first(deed, "note", text):
                position = await leading.note(deed.db, conversation_id, deed.me, text, deed.now)
                await mentions.keep(
                    deed.db, deed.me.community, conversation_id, position, deed.me, text, deed.now
                )
                await _sent(deed, "note")

        return await act(request, conversation_id, Permission.NOTE, Action.NOTED, do)

    @router.post("/workplace/conversations/{conversation_id}/transfer")
    async def transfer(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            reason = deed.text("reason", 300)
            to = deed.form.get("to", "")
            try:
                if to.startswith("team:"):
                    await to_team(deed, to.removeprefix("team:"), reason)
                    return
                receiver = await accounts.find(deed.db, to)
                await leading.transfer(
                    deed.db,
                    deed.me.community,
                    deed.ticket.id,
                    deed.me,
                    receiver,
                    deed.now,
                    reason=reason,
                )
            except (UnknownAccount, UnknownTeam, leading.WrongReceiver) as wrong:
                raise Stopped(failures.wrong_receiver(page(conversation_id))) from wrong

        return await act(request, conversation_id, Permission.CONSULT, Action.TRANSFERRED, do, _THINK)

    @router.post("/workplace/conversations/{conversation_id}/return")
    async def return_to_queue(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            await leading.return_to_queue(deed.db, deed.me.community, deed.ticket.id, deed.me, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.RETURNED, do, _THINK)

    @router.post("/workplace/conversations/{conversation_id}/resolve")
    async def resolve(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            summary = _words(deed, "summary")
            await leading.resolve(deed.db, deed.me.community, deed.ticket.id, deed.me, summary, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.RESOLVED, do, _THINK)

    add_keeping(router, act)
    add_starting(router, house, act)
    add_one_person(router, house, act)
    add_handing_back(router, act)
    add_putting_off(router, act)

    @router.post("/workplace/conversations/{conversation_id}/danger-card")
    async def danger_card(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            await leading.send_danger_card(deed.db, deed.me.community, deed.ticket.id, deed.me, deed.now)

        return await act(request, conversation_id, Permission.CONSULT, Action.DANGER_CARD, do, _THINK)


async def _sent(deed: Deed, mode: drafts.Mode, files: Sequence[str] = ()) -> None:
    """These words and files are no draft any more."""
    await drafts.clear(deed.db, deed.me.community, deed.me.id, deed.ticket.conversation_id, mode, files)


def _words(deed: Deed, name: str) -> str:
    """A field that must not be empty. Raises Stopped."""
    said = deed.text(name)
    if not said:
        raise Stopped(failures.empty(page(deed.ticket.conversation_id)))
    return said


async def _first(deed: Deed, what: str, text: str) -> bool:
    """Whether these words come for the first time.

    A second press, or a retry after a lost answer, is not sent again.

    The words are part of the key: a text changed before the retry is another text.
    """
    key = deed.form.get("key", "")
    about = (what, deed.ticket.conversation_id, text)
    return await first_press(deed.db, key, deed.me.id, about, deed.now)
