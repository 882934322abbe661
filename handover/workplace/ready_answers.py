"""Ready answers: the list beside the composer, and the page where they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.transcript import Head
from handover import audit
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows, require
from handover.audit import Action
from handover.composing import ready_answers
from handover.composing.ready_answers import LONGEST_TEXT, LONGEST_TITLE, ReadyAnswer, UnknownAnswer
from handover.tickets.tickets import Ticket
from handover.workplace import failures
from handover.workplace.guard import Form, Guard, Stopped
from handover.workplace.masking import masked
from handover.workplace.pressing import first_press
from knowledge_base.answers import Knowledge

HREF = "/workplace/ready-answers"
LEGAL_AID = "legal_aid"


@dataclass(frozen=True)
class Offered:
    """A ready answer as the composer offers it: its text with everything that is known already filled in."""

    id: str
    title: str
    text: str
    own: bool


def offered(
    answers: Sequence[ReadyAnswer], ticket: Ticket, head: Head, me: Account, knowledge: Knowledge
) -> list[Offered]:
    """Those about the consultation's topic come first."""
    known = _known(ticket, head, me, knowledge)
    fit = sorted(answers, key=lambda one: one.topic is None or one.topic != ticket.topic)
    return [
        Offered(one.id, one.title, ready_answers.filled(one.text, known), one.owner_id is not None)
        for one in fit
        if one.topic is None or one.topic == ticket.topic
    ]


def _known(ticket: Ticket, head: Head, me: Account, knowledge: Knowledge) -> Mapping[str, str | None]:
    lawyer = knowledge.hotline(LEGAL_AID)
    question = " ".join(masked(ticket.question).split()).rstrip(".?!")
    return {
        "ім’я": me.name,
        "посада": me.position,
        "питання": question or None,
        "номер": ticket.number,
        "людина": masked(head.author_name) if head.author_name else None,
        "громада": knowledge.community.name,
        "телефон": knowledge.community.reception.phone,
        "безоплатний юрист": lawyer.numbers[0] if lawyer is not None else None,
    }


def add_ready_answers(router: APIRouter, guard: Guard) -> None:
    """/workplace/ready-answers and its forms: add, {id}/change, {id}/remove."""
    house = guard.house

    def _fields(form: Form, me: Account) -> tuple[str, str | None, str]:
        """Title, topic and text. Raises Stopped where one is missing or too long."""
        title, text = form.get("title", "").strip(), form.get("text", "").strip()
        if not title or not text:
            raise Stopped(failures.empty(HREF))
        if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
            raise Stopped(failures.long_answer(HREF))
        topic = house.knowledge(me.community).resolve(form.get("topic", ""))
        return title, topic, text

    def _owner(form: Form, me: Account) -> str | None:
        """Whose answer the form is about. Raises Forbidden for the reception's, where the role does not write them."""
        if form.get("own") == "yes":
            return me.id
        require(me.role, Permission.READY)
        return None

    async def _record(
        db: AsyncConnection, me: Account, action: Action, answer_id: str, now: datetime
    ) -> None:
        await audit.record(
            db, community=me.community, account_id=me.id, action=action, subject=answer_id, now=now
        )

    @router.get(HREF)
    async def shown(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.NOTE)
        me, knowledge = visitor.account, house.knowledge(visitor.account.community)
        async with house.database.read() as db:
            kept = await ready_answers.listed(db, me.community, me.id)
        topics = [(name, knowledge.card(name, house.clock()).title) for name in knowledge.entry_ids]
        return guard.page(
            visitor,
            "ready_answers.html",
            "ready-answers",
            shared=[one for one in kept if one.owner_id is None],
            own=[one for one in kept if one.owner_id is not None],
            topics=sorted(topics, key=lambda one: one[1]),
            writes_shared=allows(me.role, Permission.READY),
            changed=request.query_params.get("changed"),
        )

    @router.post(f"{HREF}/add")
    async def add(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.NOTE)
        me, now = visitor.account, house.clock()
        owner, (title, topic, text) = _owner(form, me), _fields(form, me)
        answer_id = ""
        async with house.database.write() as db:
            if await first_press(db, form.get("key", ""), me.id, ("ready", title, text), now):
                answer_id = await ready_answers.add(db, me.community, owner, title, topic, text, now)
                await _record(db, me, Action.READY_ANSWER_ADDED, answer_id, now)
        return RedirectResponse(f"{HREF}?changed={answer_id}#{answer_id}", status_code=303)

    @router.post(f"{HREF}/{{answer_id}}/change")
    async def change(request: Request, answer_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.NOTE)
        me, now = visitor.account, house.clock()
        owner, (title, topic, text) = _owner(form, me), _fields(form, me)
        async with house.database.write() as db:
            try:
                await ready_answers.change(db, me.community, answer_id, owner, title, topic, text, now)
            except UnknownAnswer as gone:
                raise Stopped(failures.unknown_answer(HREF)) from gone
            await _record(db, me, Action.READY_ANSWER_CHANGED, answer_id, now)
        return RedirectResponse(f"{HREF}?changed={answer_id}#{answer_id}", status_code=303)

    @router.post(f"{HREF}/{{answer_id}}/remove")
    async def remove(request: Request, answer_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.NOTE)
        me, now = visitor.account, house.clock()
        owner = _owner(form, me)
        async with house.database.write() as db:
            try:
                await ready_answers.remove(db, me.community, answer_id, owner, now)
            except UnknownAnswer as gone:
                raise Stopped(failures.unknown_answer(HREF)) from gone
            await _record(db, me, Action.READY_ANSWER_REMOVED, answer_id, now)
        return RedirectResponse(HREF, status_code=303)
