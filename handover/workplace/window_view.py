"""The line above the composer: until when the channel lets us write, what it costs, and plan B where it does not."""

from __future__ import annotations

from collections.abc import Sequence
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
"""While more than this is left the line is quiet."""


@dataclass(frozen=True)
class Elsewhere:
    """Another conversation of the same person, by its channel."""

    conversation: str
    channel: str


@dataclass(frozen=True)
class Window:
    """`text` is None where there is nothing to say; `kind` is a notice's: quiet, soon or bad.

    `closed`: a reply would not go, so none is taken. `ticks`: the line changes as time goes by. `price` of a
    message sent now, for the button; None where it costs nothing or nobody has set it.

    Plan B, where words do not arrive: `keep`, they may wait until the person writes; `call`, a call may be promised;
    `elsewhere`, other conversations of the same person.
    """

    conversation: str
    text: str | None = None
    kind: str = "soon"
    icon: str = "clock"
    phone: str | None = None
    closed: bool = False
    ticks: bool = False
    price: str | None = None
    keep: bool = False
    call: bool = False
    elsewhere: Sequence[Elsewhere] = ()


def window(
    ticket: Ticket,
    head: Head,
    capabilities: Capabilities | None,
    now: datetime,
    *,
    told: bool,
    leads: bool = False,
    elsewhere: Sequence[Elsewhere] = (),
) -> Window:
    """The line for whoever answers, or may take the conversation; with `told` off it says nothing.

    `leads`: the reader answers here, so words of theirs may be kept. `elsewhere` is offered only where it is needed.
    """
    why_shut = shut(head, capabilities, now)
    closes_at = _closes_at(head, capabilities)
    paid_from = None if capabilities is None else capabilities.paid_from(head.last_incoming_at)
    closed, ticks = why_shut is not None, closes_at is not None or paid_from is not None
    may_keep = leads and head.ref.channel != PHONE and capabilities is not None
    may_call = leads and ticket.status != "resolved"
    if not told:
        return Window(head.id, closed=closed, ticks=ticks)
    if head.unreachable_at is not None or (ticket.unreached and not closed):
        text = unreached(ticket.unreached)
        return Window(
            head.id, text, "bad", "cross", ticket.phone, closed, ticks, None, may_keep, may_call, elsewhere
        )
    if why_shut is not None:
        spoken = head.ref.channel == PHONE
        unheard = "Номера не залишили." if spoken else "Відповісти можна буде, коли людина напише."
        instead = "Подзвоніть:" if ticket.phone else unheard
        kind = "soon" if spoken else "bad"
        text = f"{why_shut} {instead}"
        phone = ticket.phone
        return Window(head.id, text, kind, "lock", phone, closed, ticks, None, may_keep, may_call, elsewhere)
    closing = _closing(closes_at, now)
    price = capabilities.price if capabilities else None
    costs = _costs(paid_from, price, now)
    said = " ".join(sentence for sentence in (closing, costs) if sentence)
    icon = "clock" if closes_at is not None else "euro"
    if not said:
        return Window(head.id, _wide(closes_at, paid_from, price, now), "quiet", icon, ticks=ticks)
    paid = price if paid_from is not None and now >= paid_from else None
    return Window(head.id, said, icon=icon, ticks=ticks, price=paid)


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


def _wide(
    closes_at: datetime | None, paid_from: datetime | None, price: str | None, now: datetime
) -> str | None:
    """The quiet line while there is much time: until when one may write, or write for nothing."""
    if closes_at is not None:
        return f"Можна писати до {_until(closes_at, now)}."
    if paid_from is not None:
        named = f" {price}" if price else " платне"
        return f"Безкоштовно до {_until(paid_from, now)}, далі кожне повідомлення{named}."
    return None


def _until(at: datetime, now: datetime) -> str:
    """A moment after «до»: 14:20, 14:20 завтра, 14:20 27 листопада."""
    day, comma, time = words.moment(at, now).rpartition(", ")
    return f"{time} {day}" if comma else time


def _costs(paid_from: datetime | None, price: str | None, now: datetime) -> str | None:
    """What a message costs now or soon; the price is named where the department has set it."""
    if paid_from is None or paid_from - now >= SOON:
        return None
    named = f": {price}" if price else ""
    if now >= paid_from:
        return f"Повідомлення зараз платне{named}."
    return f"Після {clock(paid_from)} кожне повідомлення платне{named}."
