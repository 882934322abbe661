"""The line above the composer: until when the channel lets us write, what it costs, and what to do otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.channel import Capabilities
from conversations.messages import PHONE, AuthorKind
from conversations.transcript import Head
from handover.tickets.tickets import Ticket
from handover.tickets.wording import clock
from handover.workplace import words
from handover.workplace.vendor_words import why_not_sent

SOON = timedelta(hours=2)
"""Nothing is said while more than this is left."""


@dataclass(frozen=True)
class Window:
    """`text` is None where there is nothing to say; `kind` is a notice's: soon or bad.

    `closed`: a reply would not go, so none is taken. `ticks`: the line changes as time goes by. `price` of a
    message sent now, for the button; None where it costs nothing or nobody has set it.
    """

    conversation: str
    text: str | None = None
    kind: str = "soon"
    icon: str = "clock"
    phone: str | None = None
    closed: bool = False
    ticks: bool = False
    price: str | None = None


def window(
    ticket: Ticket, head: Head, capabilities: Capabilities | None, now: datetime, *, told: bool
) -> Window:
    """The line for whoever answers, or may take the conversation; with `told` off it says nothing."""
    why_shut = shut(head, capabilities, now)
    closes_at = _closes_at(head, capabilities)
    paid_from = None if capabilities is None else capabilities.paid_from(head.last_incoming_at)
    closed, ticks = why_shut is not None, closes_at is not None or paid_from is not None
    if not told:
        return Window(head.id, closed=closed, ticks=ticks)
    if head.unreachable_at is not None or (ticket.unreached and not closed):
        text = unreached(ticket.unreached)
        return Window(head.id, text, "bad", "cross", ticket.phone, closed, ticks)
    if why_shut is not None:
        spoken = head.ref.channel == PHONE
        unheard = "Номера не залишили." if spoken else "Відповісти можна буде, коли людина напише."
        instead = "Подзвоніть:" if ticket.phone else unheard
        kind = "soon" if spoken else "bad"
        return Window(head.id, f"{why_shut} {instead}", kind, "lock", ticket.phone, closed, ticks)
    closing = _closing(closes_at, now)
    costs = _costs(paid_from, capabilities.price if capabilities else None, now)
    said = " ".join(sentence for sentence in (closing, costs) if sentence)
    paid = capabilities.price if capabilities and paid_from is not None and now >= paid_from else None
    return Window(head.id, said or None, icon="clock" if closing else "euro", ticks=ticks, price=paid)


def shut(head: Head, capabilities: Capabilities | None, now: datetime) -> str | None:
    """Why a specialist's words can't go now, as a sentence; None where they can."""
    if head.ref.channel == PHONE:
        return "Це телефонна розмова: написати сюди не можна."
    if capabilities is None:
        return f"Канал {words.channel(head.ref.channel)} від’єднано: відповідь не піде."
    closes_at = _closes_at(head, capabilities)
    if closes_at is None or now < closes_at:
        return None
    return f"Вікно закрите {words.since(closes_at, now)}: месенджер не пропустить відповідь."


def unreached(reason: str | None) -> str:
    """That our words do not arrive, and why where it is known."""
    return f"Повідомлення не доходять: {why_not_sent(reason)}." if reason else "Повідомлення не доходять."


def _closes_at(head: Head, capabilities: Capabilities | None) -> datetime | None:
    return (
        None if capabilities is None else capabilities.closes_at(head.last_incoming_at, AuthorKind.SPECIALIST)
    )


def _closing(closes_at: datetime | None, now: datetime) -> str | None:
    if closes_at is None or closes_at - now >= SOON:
        return None
    return f"Писати сюди можна ще {words.span(closes_at - now)}, до {clock(closes_at)}."


def _costs(paid_from: datetime | None, price: str | None, now: datetime) -> str | None:
    """What a message costs now or soon; the price is named where the department has set it."""
    if paid_from is None or paid_from - now >= SOON:
        return None
    named = f": {price}" if price else ""
    if now >= paid_from:
        return f"Повідомлення зараз платне{named}."
    return f"Після {clock(paid_from)} кожне повідомлення платне{named}."
