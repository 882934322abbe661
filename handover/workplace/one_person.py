"""Asking a person whether another conversation is theirs too, parting what was joined, and how both are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import ownership, transcript
from conversations.channel import Capabilities
from conversations.messages import PHONE, AuthorKind
from conversations.ownership import UnknownConversation
from conversations.transcript import Head
from handover import audit
from handover.accounts.permissions import Permission, allows
from handover.audit import Action
from handover.contacts import same_person
from handover.contacts.same_person import Question, Suggestion
from handover.tickets import tickets
from handover.tickets.leading import NotYours
from handover.tickets.tickets import Ticket
from handover.workplace import failures, words
from handover.workplace.deeds import Act, Deed, page
from handover.workplace.guard import Stopped
from handover.workplace.house import WorkplaceHouse
from handover.workplace.masking import masked
from handover.workplace.window_view import Elsewhere

NUMBER = re.compile(r"\d\d-\d{4,8}")
_HYPHENS = str.maketrans("\u2011\u2010\u2013", "---")

CapabilitiesOf = Callable[[str], Capabilities | None]


@dataclass(frozen=True)
class Other:
    """Another conversation: where, whose, and its newest consultation; `question` joins it with this one."""

    conversation: str
    title: str
    about: str
    question: str = ""


@dataclass(frozen=True)
class Asked:
    """A question that stands: its code, and where it is confirmed already."""

    text: str


@dataclass(frozen=True)
class OnePerson:
    """What the packet shows of a person's other conversations. `may_ask`: this reader may ask about another one."""

    joined: Sequence[Other] = ()
    asked: Sequence[Asked] = ()
    suggested: Sequence[Other] = ()
    may_ask: bool = False


@dataclass(frozen=True)
class Known:
    """What was read of it: the joined conversations' heads and newest tickets, questions, and who may be the same."""

    heads: Mapping[str, Head]
    newest: Mapping[str, Ticket]
    questions: Sequence[Question]
    suggested: Sequence[Suggestion]


NOBODY = Known({}, {}, (), ())


async def joined(db: AsyncConnection, community: str, others: Sequence[str]) -> Known:
    """Read of it only the conversations that are joined with this one."""
    newest = {}
    for one in others:
        ticket = await tickets.latest_of(db, community, one)
        if ticket is not None:
            newest[one] = ticket
    return Known(await transcript.heads(db, others), newest, (), ())


async def known(
    db: AsyncConnection, community: str, conversation_id: str, others: Sequence[str], *, suggests: bool
) -> Known:
    """Read it all; `others` are the conversations joined with this one. `suggests`: also who may be the same."""
    questions = await same_person.of(db, conversation_id)
    asked = [question.other(conversation_id) for question in questions if question.state == "asked"]
    return replace(
        await joined(db, community, others),
        questions=questions,
        suggested=await same_person.suggested(db, community, conversation_id, [*others, *asked])
        if suggests
        else (),
    )


def one_person(
    found: Known, conversation_id: str, capabilities: CapabilitiesOf, now: datetime, *, may_ask: bool
) -> OnePerson:
    """It in words."""
    by_pair = {one.other(conversation_id): one.id for one in found.questions if one.state == "confirmed"}
    return OnePerson(
        joined=[
            _other(found.newest[one], head.ref.channel, head.author_name, by_pair.get(one, ""))
            for one, head in found.heads.items()
            if one in found.newest
        ],
        asked=[Asked(_standing(one, conversation_id, now)) for one in found.questions if one.open_at(now)],
        suggested=[
            _other(one.ticket, one.channel, one.name)
            for one in found.suggested
            if capabilities(one.channel) is not None
        ],
        may_ask=may_ask,
    )


def _other(ticket: Ticket, channel: str, name: str | None, question: str = "") -> Other:
    number = words.unbroken(ticket.number)
    return Other(
        ticket.conversation_id,
        f"{words.channel(channel)}: {masked(words.person(name, channel, ticket.number))}",
        f"№ {number}",
        question,
    )


def _standing(question: Question, here: str, now: datetime) -> str:
    until = words.moment(question.expires_at, now)
    if question.said(here):
        where = "тут підтверджено, чекаємо на іншу розмову"
    elif question.said(question.other(here)):
        where = "в іншій розмові підтверджено, чекаємо на цю"
    else:
        where = "чекаємо на обидві розмови"
    return f"Запитано, код {question.code}: {where}. До {until}."


def reachable_in(found: Known, capabilities: CapabilitiesOf) -> list[Elsewhere]:
    """The joined conversations in which one could write to this person."""
    return [
        Elsewhere(one, words.channel(head.ref.channel))
        for one, head in found.heads.items()
        if one in found.newest and head.ref.channel != PHONE and capabilities(head.ref.channel) is not None
    ]


def arrives(head: Head, capabilities: Capabilities | None, now: datetime) -> bool:
    """Whether the engine's question would reach the person."""
    if capabilities is None or head.quiet or head.unreachable_at is not None:
        return False
    closes_at = capabilities.closes_at(head.last_incoming_at, AuthorKind.BOT)
    return closes_at is None or now < closes_at


def add_one_person(router: APIRouter, house: WorkplaceHouse, act: Act) -> None:
    """same-person and part under /workplace/conversations/{id}."""

    @router.post("/workplace/conversations/{conversation_id}/same-person")
    async def ask(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            back = page(conversation_id)
            await _leads(deed)
            there = await _other_of(deed)
            if there is None or await tickets.latest_of(deed.db, deed.me.community, there) is None:
                raise Stopped(failures.no_other(back))
            heads = await transcript.heads(deed.db, [conversation_id, there])
            for one in (conversation_id, there):
                head = heads[one]
                if not arrives(head, house.capabilities(head.ref.channel), deed.now):
                    raise Stopped(failures.question_stuck(words.channel(head.ref.channel), back))
            try:
                await same_person.ask(deed.db, deed.me.community, conversation_id, there, deed.me, deed.now)
            except same_person.Standing as standing:
                raise Stopped(failures.asked_already(back)) from standing
            except (same_person.SameConversation, same_person.NoButtons, UnknownConversation) as wrong:
                raise Stopped(failures.no_other(back)) from wrong
            await _audited(deed, there, Action.SAME_PERSON_ASKED)

        return await act(request, conversation_id, Permission.CONSULT, Action.SAME_PERSON_ASKED, do, "think")

    @router.post("/workplace/conversations/{conversation_id}/part")
    async def part(request: Request, conversation_id: str) -> Response:
        async def do(deed: Deed) -> None:
            question = deed.form.get("question", "")
            parted = await same_person.part(
                deed.db, deed.me.community, conversation_id, question, deed.me, deed.now
            )
            if parted is None:
                raise Stopped(failures.not_joined(page(conversation_id)))
            await _audited(deed, parted.other(conversation_id), Action.SAME_PERSON_PARTED)

        return await act(request, conversation_id, Permission.CONSULT, Action.SAME_PERSON_PARTED, do)


async def _leads(deed: Deed) -> None:
    """Raises NotYours where another, or nobody, leads the conversation."""
    owner, _ = await ownership.current(deed.db, deed.ticket.conversation_id)
    if owner.kind != "specialist":
        raise NotYours(None)
    if owner.id != deed.me.id and not allows(deed.me.role, Permission.LEAD):
        raise NotYours(owner.name)


async def _other_of(deed: Deed) -> str | None:
    """The conversation that was chosen, or that has the consultation of this number."""
    typed = deed.text("number", 20).translate(_HYPHENS).removeprefix("№").strip()
    if typed:
        found = NUMBER.fullmatch(typed)
        return await same_person.by_number(deed.db, deed.me.community, typed) if found else None
    return deed.form.get("with") or None


async def _audited(deed: Deed, conversation_id: str, action: Action) -> None:
    """The same deed in the other conversation's history."""
    await audit.record(
        deed.db,
        community=deed.me.community,
        account_id=deed.me.id,
        action=action,
        subject=conversation_id,
        now=deed.now,
    )
