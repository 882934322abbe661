"""The phone desk: one form, in which every press keeps all that was typed, so that a caller tells nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from handover import audit
from handover.accounts import accounts
from handover.accounts.accounts import Account, UnknownAccount
from handover.accounts.permissions import Permission, allows
from handover.audit import Action
from handover.calendars import calendars
from handover.calendars.hours import KYIV, add_working_minutes
from handover.calendars.hours import promise as promised_by
from handover.calls import callers, calls, filing
from handover.calls.callers import Caller
from handover.calls.filing import BadPhone, Talk
from handover.calls.interview import Interview, NoAnswer, key_of
from handover.tickets.leading import WrongReceiver
from handover.tickets.tickets import Ticket
from handover.workplace import failures, words
from handover.workplace.desk_view import Desk, Line, desk, papers
from handover.workplace.guard import Form, Guard, Stopped, Visitor
from handover.workplace.pressing import first_press
from knowledge_base.answers import Knowledge
from knowledge_base.language import day

PAGE = "/workplace/desk"
BOOKING = "/workplace/visits/book"
LIMITS = {"name": 200, "phone": 32, "question": 4000, "summary": 1000, "look_for": 300, "words": 300}
CALL_AFTER_MINUTES = 60
"""Working minutes from now: the time a call is offered at."""


@dataclass(frozen=True)
class Pressed:
    """What a press makes of a caller: who is kept, where the page then stands, and what was wrong about it."""

    caller: Caller
    at: str = ""
    fault: str | None = None


def add_desk(router: APIRouter, guard: Guard) -> None:
    """/workplace/desk and its papers."""
    house = guard.house

    async def page(
        visitor: Visitor,
        caller: Caller,
        *,
        at: str = "",
        fault: str | None = None,
        typed: str = "",
        wrong: str | None = None,
        filed: str | None = None,
        form: Form | None = None,
    ) -> HTMLResponse:
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        words_for = caller.page.get("look_for", "")
        meaning = await house.read(me.community, words_for) if words_for else None
        line = Line(knowledge, caller, now)
        # An interview over everything is seconds of work the first time: nobody else waits for it.
        shown: Desk = await asyncio.to_thread(desk, line, meaning, fault=fault, words=typed)
        async with house.database.read() as db:
            colleagues = await accounts.colleagues(db, me.community)
            waiting = await calls.count(db, me.community)
            calendar = await calendars.current(db, me.community, knowledge.community.reception, now)
        answer = guard.page(
            visitor,
            "desk.html",
            "desk",
            desk=shown,
            at=at,
            wrong=wrong,
            filed=filed,
            form=form or {},
            waiting=waiting,
            tab="talk",
            call_at=local_of(add_working_minutes(calendar, now, CALL_AFTER_MINUTES)),
            colleagues=[
                one for one in colleagues if one.id != me.id and allows(one.role, Permission.CONSULT)
            ],
        )
        if fault or wrong:
            answer.status_code = 422
        return answer

    @router.get(PAGE)
    async def talk(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        async with house.database.read() as db:
            caller = await callers.on_the_line(db, visitor.account, house.clock())
        asked = request.query_params
        return await page(visitor, caller, at=asked.get("at", ""), filed=asked.get("filed"))

    @router.post(PAGE)
    async def press(request: Request) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        for name, limit in LIMITS.items():
            if len(form.get(name, "")) > limit:
                raise Stopped(failures.too_large(PAGE))
        async with house.database.read() as db:
            caller = await callers.on_the_line(db, me, now)
        caller = _typed(caller, form)
        what, _, about = form.get("press", "").partition(":")
        if what == "file":
            return await _file(visitor, caller, form)
        if what == "book":
            # What was typed stays on the line, and goes into the booking from there.
            async with house.database.write() as db:
                await callers.keep(db, me, caller)
            topic = f"?matter={caller.topic}" if caller.topic else ""
            return RedirectResponse(f"{BOOKING}{topic}", status_code=303)
        if what == "leave":
            async with house.database.write() as db:
                await callers.hang_up(db, me)
            return RedirectResponse(PAGE, status_code=303)
        line = Line(house.knowledge(me.community), caller, now)
        pressed = await asyncio.to_thread(_press, line, form, what, about)
        async with house.database.write() as db:
            await callers.keep(db, me, pressed.caller)
        if pressed.fault is not None:
            return await page(
                visitor,
                pressed.caller,
                at=pressed.at,
                fault=pressed.fault,
                typed=form.get("words", ""),
                form=form,
            )
        # No fragment: a browser that goes to one leaves the focus where it is.
        return RedirectResponse(f"{PAGE}?at={pressed.at}", status_code=303)

    async def _file(visitor: Visitor, caller: Caller, form: Form) -> Response:
        """The talk is written down; what is missing is said, and nothing that was typed is lost."""
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        wrong = _incomplete(caller, form)
        if wrong is not None:
            async with house.database.write() as db:
                await callers.keep(db, me, caller)
            return await page(visitor, caller, at="file", wrong=wrong, form=form)
        line = Line(knowledge, caller, now)
        told = await asyncio.to_thread(line.told)
        try:
            async with house.database.write() as db:
                if not await first_press(db, form.get("key", ""), me.id, ("desk", "file"), now):
                    return RedirectResponse(PAGE, status_code=303)
                ticket = await _kept(db, me, line, told, form, now)
                await callers.hang_up(db, me)
        except (UnknownAccount, WrongReceiver) as refused:
            raise Stopped(failures.wrong_receiver(PAGE)) from refused
        await house.signals.publish(f"queue:{me.community}", f"conversation:{ticket.conversation_id}")
        if ticket.status == "resolved":
            return RedirectResponse(f"{PAGE}?filed={ticket.number}", status_code=303)
        return RedirectResponse(f"/workplace/conversations/{ticket.conversation_id}", status_code=303)

    async def _kept(
        db: AsyncConnection,
        me: Account,
        line: Line,
        told: Sequence[tuple[str, str]],
        form: Form,
        now: datetime,
    ) -> Ticket:
        caller, community = line.caller, me.community
        calendar = await calendars.current(db, community, line.knowledge.community.reception, now)
        end: filing.End = _END[form.get("end", "")]
        colleague = await accounts.find(db, form.get("colleague", "")) if end == "colleague" else None
        ticket = await filing.file(
            db,
            community,
            Talk(
                question=caller.question.strip(),
                began_at=caller.began_at,
                name=caller.name.strip(),
                phone=filing.phone_of(caller.phone),
                topic=line.card.id if line.card else None,
                told=told,
                summary=caller.summary.strip(),
            ),
            me,
            now,
            end=end,
            promised_at=promised_by(calendar, now, house.answer_minutes),
            colleague=colleague,
        )
        await audit.record(
            db,
            community=community,
            account_id=me.id,
            action=Action.CALL_FILED,
            subject=ticket.conversation_id,
            now=now,
            facts={"ticket": ticket.number, "end": end},
        )
        at = moment_of(form.get("call_at", ""))
        if "call" in form and at is not None and ticket.phone and ticket.status != "resolved":
            await calls.promise(db, ticket, ticket.phone, at, "", words.moment(at, now), now)
            await audit.record(
                db,
                community=community,
                account_id=me.id,
                action=Action.CALL_BOOKED,
                subject=ticket.conversation_id,
                now=now,
                facts={"ticket": ticket.number},
            )
        return ticket

    @router.get(f"{PAGE}/papers")
    async def list_of_papers(request: Request) -> Response:
        """The caller's own list, to be printed or read aloud."""
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, now = visitor.account, house.clock()
        async with house.database.read() as db:
            caller = await callers.on_the_line(db, me, now)
        line = Line(house.knowledge(me.community), caller, now)
        listed = await asyncio.to_thread(papers, line)
        if listed is None:
            raise Stopped(failures.no_papers(PAGE))
        shown = await asyncio.to_thread(desk, line, None)
        community = line.knowledge.community
        return HTMLResponse(
            guard.pages.render(
                "papers.html",
                card=shown.card,
                papers=listed,
                community=community.name,
                reception=community.reception,
                made=day(line.today),
            )
        )


_END: Mapping[str, filing.End] = {
    "resolved": "resolved",
    "mine": "mine",
    "queue": "queue",
    "colleague": "colleague",
}


def _typed(caller: Caller, form: Form) -> Caller:
    """The caller with what stands in the fields."""
    return replace(
        caller,
        **{name: form.get(name, getattr(caller, name)) for name in ("name", "phone", "question", "summary")},
    )


def _press(line: Line, form: Form, what: str, about: str) -> Pressed:
    """Every press of the desk but filing and leaving; Enter alone is an answer where one was typed, else a search."""
    caller, knowledge = line.caller, line.knowledge
    said, look_for = form.get("words", "").strip(), form.get("look_for", "").strip()
    if not what:
        ticked = any(name.startswith("tick-") for name in form)
        sought = look_for and look_for != caller.page.get("look_for")
        what = "words" if said else "ticks" if ticked else "search" if sought else "keep"
    match what:
        case "search":
            question = caller.question or look_for
            return Pressed(replace(caller, page={"look_for": look_for}, question=question), "found")
        case "topic" if (topic := knowledge.resolve(about)) is not None:
            page = {name: value for name, value in caller.page.items() if name != "again"}
            return Pressed(replace(caller, topic=topic, page=page), "interview")
        case "life":
            known = about in {event.id for event in knowledge.life_events}
            return Pressed(replace(caller, page={"life": about} if known else {}), "found")
        case "situations":
            chosen = _situations(knowledge, form)
            return Pressed(replace(caller, topic=None, situations=chosen, page={}), "interview")
        case "answer" | "words" | "ticks" | "forget":
            return _answer(line, form, what, about or said)
    return Pressed(caller)


def _situations(knowledge: Knowledge, form: Form) -> tuple[str, ...]:
    """The situations that are this caller's, what follows of them, and what concerns everybody; as the bot has it."""
    events = knowledge.life_events
    chosen = [one.id for one in events if one.asked is not None and f"situation-{one.id}" in form]
    under = [one.id for one in events if one.under in chosen]
    everybody = [one.id for one in events if one.asked is None and one.under is None]
    return (*chosen, *under, *everybody)


def _answer(line: Line, form: Form, what: str, about: str) -> Pressed:
    caller, interview = line.caller, line.interview
    if interview is None:
        return Pressed(caller)
    if what == "forget":
        return Pressed(_kept_of(caller, interview.forgetting(about)), "interview")
    question = line.question()
    if question is None or form.get("asked") != key_of(question):
        return Pressed(caller, "interview", "old_question")
    try:
        if what == "ticks":
            ticked = [tick.fact for tick in question.ticks if f"tick-{tick.fact}" in form]
            answered = interview.ticked(question, ticked)
        elif what == "answer":
            answered = interview.pressed(question, about)
        else:
            answered = interview.heard(question, about)
    except NoAnswer as unheard:
        return Pressed(caller, "interview", unheard.kind)
    return Pressed(_kept_of(caller, answered), "interview")


def _kept_of(caller: Caller, interview: Interview) -> Caller:
    page = {name: value for name, value in caller.page.items() if name != "again"}
    if interview.again is not None:
        page["again"] = interview.again
    return replace(caller, told=dict(interview.told), skipped=interview.skipped, page=page)


def _incomplete(caller: Caller, form: Form) -> str | None:
    """What has to be filled in before the talk is filed; None where all is there."""
    end = form.get("end", "")
    try:
        phone = filing.phone_of(caller.phone)
    except BadPhone:
        return "Перевірте номер телефону: у ньому лише цифри. Номера може й не бути."
    if not caller.question.strip():
        return "Запишіть, що питає людина."
    if end not in _END:
        return "Виберіть, що далі."
    if end == "resolved" and not caller.summary.strip():
        return "Запишіть підсумок: що людині сказано."
    if "call" in form and end != "resolved":
        if phone is None:
            return "Щоб передзвонити, потрібен номер телефону."
        if moment_of(form.get("call_at", "")) is None:
            return "Виберіть час дзвінка."
    return None


def moment_of(local: str) -> datetime | None:
    """A moment of a `datetime-local` field, by the clock in Kyiv."""
    try:
        read = datetime.fromisoformat(local)
    except ValueError:
        return None
    return read.replace(tzinfo=KYIV) if read.tzinfo is None else None


def local_of(at: datetime) -> str:
    """A moment as such a field shows it."""
    return at.astimezone(KYIV).strftime("%Y-%m-%dT%H:%M")
