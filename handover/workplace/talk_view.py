"""One conversation as its templates show it: head, transcript, the gate above the composer, the packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from handover.composing.mentions import may_be_mentioned
from handover.tickets.packet import Matter
from handover.tickets.tickets import Ticket
from handover.tickets.wording import danger_word, day_and_clock
from handover.workplace import words
from handover.workplace.company import Company, company
from handover.workplace.files_view import NOTHING, Beside, Carried, beside, carried
from handover.workplace.found import Found
from handover.workplace.handing_back import REASONS
from handover.workplace.log_view import Interview, KeptView, LineView, folded, kept_lines, lines
from handover.workplace.masking import masked
from handover.workplace.one_person import CapabilitiesOf, one_person, reachable_in
from handover.workplace.packet_view import Packet, packet
from handover.workplace.queue_view import Chip, call_chip, promise_chip, unreached_chip
from handover.workplace.ready_answers import Offered, offered
from handover.workplace.snoozing import Snooze, snoozes
from handover.workplace.starting import may_ever_write
from handover.workplace.window_view import Elsewhere, Window, window
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
    consults: bool
    may_reopen: bool
    may_start: bool
    asleep: bool
    snoozes: Sequence[Snooze]
    may_book: bool
    has_bot: bool
    hand_back_reasons: Mapping[str, str]
    last_position: int
    danger_card: bool
    chips: Sequence[Chip]
    gate: Gate | None
    window: Window
    lines: Sequence[LineView | Interview]
    kept: Sequence[KeptView]
    earlier: int | None
    packet: Packet
    colleagues: Sequence[Account]
    mentionable: Sequence[Account]
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
    capabilities_of: CapabilitiesOf,
    now: datetime,
) -> Talk:
    """The whole right part. `capabilities_of` a channel by its name."""
    ticket, owner = found.ticket, found.owner
    capabilities = capabilities_of(found.head.ref.channel)
    has_bot = found.head.ref.channel != PHONE
    may_reopen = may_be_led_again(ticket, owner, me)
    consults = allows(me.role, Permission.CONSULT)
    mine = owner.kind == "specialist" and owner.id == me.id
    led = ticket.status == "taken" and owner.kind == "specialist"
    may_take = consults and ticket.status == "waiting"
    may_lead = led and ((mine and consults) or allows(me.role, Permission.LEAD))
    person = one_person(found.person, found.conversation, capabilities_of, now, may_ask=may_lead and has_bot)
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
        consults=consults,
        may_reopen=may_reopen,
        may_start=may_reopen and may_ever_write(found.head, capabilities),
        asleep=ticket.snoozed_until is not None,
        snoozes=snoozes(now),
        may_book=consults and ticket.status != "resolved",
        has_bot=has_bot,
        hand_back_reasons=REASONS,
        last_position=found.head.last_position,
        danger_card=has_bot
        and ticket.danger is not None
        and led
        and (mine or allows(me.role, Permission.LEAD)),
        chips=_chips(ticket, owner, found.call, now, has_bot=has_bot),
        gate=None if mine else _gate(ticket, found.head, owner, may_take, has_bot=has_bot),
        window=line_above(
            ticket, found.head, me, capabilities, now, reachable_in(found.person, capabilities_of)
        ),
        lines=folded(lines(found, me, now, may_withdraw=may_lead), knowledge, now),
        kept=kept_lines(found, me, now, leads=may_lead),
        earlier=found.earlier,
        packet=packet(found, person, me, knowledge, matter, now),
        colleagues=[
            person
            for person in found.colleagues
            if person.id != owner.id and allows(person.role, Permission.CONSULT)
        ],
        mentionable=may_be_mentioned(found.colleagues, me),
        teams=found.teams,
        drafts=found.drafts,
        files=beside(found.drafts.files),
        carried=carried(found.head.ref.channel, capabilities) if consults else NOTHING,
        company=company(found.viewers),
        ready=offered(found.ready, ticket, found.head, me, knowledge),
    )


def line_above(
    ticket: Ticket,
    head: Head,
    me: Account,
    capabilities: Capabilities | None,
    now: datetime,
    elsewhere: Sequence[Elsewhere] = (),
) -> Window:
    """What the channel allows, for whoever leads the conversation, may take it or may write first."""
    mine = head.owner.kind == "specialist" and head.owner.id == me.id
    may_write = ticket.status == "waiting" and allows(me.role, Permission.CONSULT)
    may_begin = may_be_led_again(ticket, head.owner, me) and may_ever_write(head, capabilities)
    told = mine or may_write or may_begin
    return window(ticket, head, capabilities, now, told=told, leads=mine, elsewhere=elsewhere)


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


def may_be_led_again(ticket: Ticket, owner: Owner, me: Account) -> bool:
    """Whether this person may begin anew with somebody whose consultations are all closed."""
    return allows(me.role, Permission.CONSULT) and ticket.status == "resolved" and owner.kind != "specialist"


def _gate(ticket: Ticket, head: Head, owner: Owner, may_take: bool, *, has_bot: bool) -> Gate:
    if owner.kind == "specialist":
        return Gate("person", f"Відповідає {owner.name}. Нотатку залишити можна.")
    if not has_bot:
        return Gate(
            "phone", "Консультацію закрито." if ticket.status == "resolved" else "Людина чекає на дзвінок."
        )
    if ticket.status == "resolved" and head.quiet:
        return Gate("lock", "Консультацію закрито. Людина просила не писати першими.")
    if ticket.status == "resolved":
        return Gate("check", "Консультацію закрито, далі відповідає бот. Нотатку залишити можна.")
    if may_take:
        return Gate("bot", "Розмову веде бот. Нотатку залишити можна, відповісти — коли візьмете.")
    return Gate("bot", "Розмову веде бот, людина чекає. Нотатку залишити можна.")
