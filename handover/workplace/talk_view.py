"""One conversation as its templates show it: head, transcript, the gate above the composer, the packet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.channel import Capabilities
from conversations.messages import PHONE
from conversations.ownership import Owner
from conversations.transcript import Head
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.assignment.teams import Team
from handover.calls.calls import Call
from handover.composing.drafts import Drafts
from handover.tickets.packet import Matter
from handover.tickets.tickets import Ticket
from handover.tickets.wording import danger_word, day_and_clock
from handover.workplace import words
from handover.workplace.company import Company, company
from handover.workplace.files_view import NOTHING, Beside, Carried, beside, carried
from handover.workplace.found import Found
from handover.workplace.log_view import Interview, LineView, folded, lines
from handover.workplace.masking import masked
from handover.workplace.packet_view import Packet, packet
from handover.workplace.queue_view import Chip, call_chip, promise_chip, unreached_chip
from handover.workplace.ready_answers import Offered, offered
from handover.workplace.snoozing import Snooze, snoozes
from handover.workplace.window_view import Window, window
from knowledge_base.answers import Knowledge

SHOWN = 200
"""Lines of a transcript on one page; earlier ones are a press away."""


@dataclass(frozen=True)
class Gate:
    icon: str
    text: str


@dataclass(frozen=True)
class Talk:
    conversation: str
    title: str
    subtitle: str
    may_reply: bool
    may_note: bool
    may_unmask: bool
    may_take: bool
    may_lead: bool
    may_reopen: bool
    asleep: bool
    snoozes: Sequence[Snooze]
    may_book: bool
    has_bot: bool
    danger_card: bool
    chips: Sequence[Chip]
    gate: Gate | None
    window: Window
    lines: Sequence[LineView | Interview]
    earlier: int | None
    packet: Packet
    colleagues: Sequence[Account]
    teams: Sequence[Team]
    drafts: Drafts
    files: Sequence[Beside]
    carried: Carried
    company: Company
    ready: Sequence[Offered]


def talk(
    found: Found,
    me: Account,
    knowledge: Knowledge,
    matter: Matter,
    capabilities: Capabilities | None,
    now: datetime,
) -> Talk:
    """The whole right part. `capabilities` are those of the conversation's channel."""
    ticket, owner = found.ticket, found.owner
    has_bot = found.head.ref.channel != PHONE
    consults = allows(me.role, Permission.CONSULT)
    mine = owner.kind == "specialist" and owner.id == me.id
    led = ticket.status == "taken" and owner.kind == "specialist"
    may_take = consults and ticket.status == "waiting"
    may_lead = led and ((mine and consults) or allows(me.role, Permission.LEAD))
    name = masked(words.person(found.head.author_name, found.head.ref.channel, ticket.number))
    return Talk(
        conversation=found.conversation,
        title=name,
        subtitle=f"{words.channel(found.head.ref.channel)} · консультація № {words.unbroken(ticket.number)}",
        may_reply=mine,
        may_note=allows(me.role, Permission.NOTE),
        may_unmask=allows(me.role, Permission.UNMASK),
        may_take=may_take,
        may_lead=may_lead,
        may_reopen=consults and ticket.status == "resolved" and owner.kind != "specialist",
        asleep=ticket.snoozed_until is not None,
        snoozes=snoozes(now),
        may_book=consults and ticket.status != "resolved",
        has_bot=has_bot,
        danger_card=has_bot
        and ticket.danger is not None
        and led
        and (mine or allows(me.role, Permission.LEAD)),
        chips=_chips(ticket, owner, found.call, now, has_bot=has_bot),
        gate=None if mine else _gate(ticket, owner, may_take, has_bot=has_bot),
        window=line_above(ticket, found.head, me, capabilities, now),
        lines=folded(lines(found, me, now, may_withdraw=may_lead), knowledge, now),
        earlier=found.earlier,
        packet=packet(found, me, knowledge, matter, now),
        colleagues=[
            person
            for person in found.colleagues
            if person.id != owner.id and allows(person.role, Permission.CONSULT)
        ],
        teams=found.teams,
        drafts=found.drafts,
        files=beside(found.drafts.files),
        carried=carried(found.head.ref.channel, capabilities) if consults else NOTHING,
        company=company(found.viewers),
        ready=offered(found.ready, ticket, found.head, me, knowledge),
    )


def line_above(
    ticket: Ticket, head: Head, me: Account, capabilities: Capabilities | None, now: datetime
) -> Window:
    """What the channel allows, for whoever leads the conversation or may take it."""
    mine = head.owner.kind == "specialist" and head.owner.id == me.id
    told = mine or (ticket.status == "waiting" and allows(me.role, Permission.CONSULT))
    return window(ticket, head, capabilities, now, told=told)


def _chips(ticket: Ticket, owner: Owner, call: Call | None, now: datetime, *, has_bot: bool) -> list[Chip]:
    chips = [call_chip(call, now) or promise_chip(ticket, now, short=False)]
    if ticket.danger:
        chips.append(Chip("bad", f"небезпека: {danger_word(ticket.danger)}", "alert"))
    if ticket.snoozed_until is not None:
        why = ticket.snooze_reason or "Причини не вказано"
        chips.append(Chip("plain", f"відкладено до {day_and_clock(ticket.snoozed_until)}", "moon", why))
    chips.append(unreached_chip(ticket))
    chips.append(Chip("plain", "консультація", title="Не зареєстровано як звернення"))
    if owner.kind == "specialist" and has_bot:
        chips.append(Chip("", "бот мовчить", "bot"))
    return [chip for chip in chips if chip is not None]


def _gate(ticket: Ticket, owner: Owner, may_take: bool, *, has_bot: bool) -> Gate:
    if owner.kind == "specialist":
        return Gate("person", f"Відповідає {owner.name}. Нотатку залишити можна.")
    if not has_bot:
        return Gate(
            "phone", "Консультацію закрито." if ticket.status == "resolved" else "Людина чекає на дзвінок."
        )
    if ticket.status == "resolved":
        return Gate("check", "Консультацію закрито, далі відповідає бот. Нотатку залишити можна.")
    if may_take:
        return Gate("bot", "Розмову веде бот. Нотатку залишити можна, відповісти — коли візьмете.")
    return Gate("bot", "Розмову веде бот, людина чекає. Нотатку залишити можна.")
