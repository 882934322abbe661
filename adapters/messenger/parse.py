"""A Page's webhook as events: all entries, all items, the oldest first.

{"object": "page", "entry": [{"id": PAGE, "time", "messaging": [ITEM, …], "standby": [ITEM, …], "changes": […]}]}
ITEM: {"sender": {"id"}, "recipient": {"id"}, "timestamp": MILLISECONDS, and one of the following}

message            what a person sent, or with `is_echo` what somebody sent in the Page's name
message_edit       new words for a message
postback           a button that stays: a template's, the menu's, «Почати»
referral           a link into the chat (`m.me/page?ref=…`) opened where the chat was there already
delivery, read     what became of ours

Anything else gives nothing (reactions, opt-ins, thread control, policy). `standby` holds what another app answers:
the person's words in it are that app's; what a colleague writes there is ours to see. An item that can't be read is
left out and the others stay.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.incoming import object_of, readable
from adapters.messenger.contents import PAYLOAD_ACCEPTED, contents, listed, mapping, string
from adapters.messenger.render import GET_STARTED, OURS
from conversations.channel import UnreadableBody
from conversations.messages import (
    ChannelEvent,
    ColleagueMessage,
    ConversationRef,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    MessageKind,
)

NAME = "messenger"
LONGEST_KEY = 200
START_ACCEPTED = 200

_ID = re.compile(r"[!-~]{1,1000}")
_PERSON = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")
_FIRST_MOMENT, _LAST_MOMENT = datetime(2004, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 10**11
"""A smaller stamp counts seconds: some of the vendor's own examples do."""


@dataclass(frozen=True)
class House:
    """Whose events are read. `app_id` tells our echoes from others'; without it our mark does."""

    community: str
    page_id: str
    app_id: str | None = None

    def conversation(self, person: str) -> ConversationRef:
        """The conversation with one person."""
        return ConversationRef(community=self.community, channel=NAME, bot=self.page_id, address=person)


@dataclass(frozen=True)
class Item:
    """One item of a batch and who it is between."""

    house: House
    fields: Mapping[str, Any]
    sender: str
    recipient: str
    stamp: str
    at: datetime
    standby: bool

    @property
    def ref(self) -> ConversationRef:
        """The conversation with who sent it."""
        return self.house.conversation(self.sender)

    def key(self, what: str, own: object = None) -> str:
        """The key of an event: by the vendor's own id where there is one, else by person, moment and content."""
        if (given := _identity(own)) is None:
            given = f"{self.sender}:{self.stamp}:{_digest(self.fields)}"
        key = f"{what}:{given}"
        return key if len(key) <= LONGEST_KEY else f"{what}:sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def body_to_events(house: House, body: bytes, now: datetime) -> tuple[ChannelEvent, ...]:
    """The events of a body, the oldest first. Raises UnreadableBody, which never tells what was written."""
    found: list[tuple[datetime, ChannelEvent]] = []
    for item in _items(house, body, now):
        found += [(item.at, event) for event in _events(item)]
    return tuple(event for _, event in sorted(found, key=lambda pair: pair[0]))


def _items(house: House, body: bytes, now: datetime) -> Iterator[Item]:
    for entry in map(mapping, _entries(body)):
        if _identity(entry.get("id")) != house.page_id:
            continue
        came, _ = _moment(entry.get("time"), now)
        for batch in ("messaging", "standby"):
            for fields in map(mapping, listed(entry.get(batch))):
                sender = _identity(mapping(fields.get("sender")).get("id"))
                recipient = _identity(mapping(fields.get("recipient")).get("id"))
                if sender is None or recipient is None:
                    continue
                at, stamp = _moment(fields.get("timestamp"), came)
                yield Item(house, fields, sender, recipient, stamp, at, standby=batch == "standby")


def _entries(body: bytes) -> list[Any]:
    if not body:
        return []  # the handshake
    told = object_of(body)
    if not isinstance(told.get("object"), str):
        raise UnreadableBody("not a webhook's object")
    if told["object"] != "page":
        return []
    entries = told.get("entry")
    if not isinstance(entries, list):
        raise UnreadableBody("a Page's webhook without entries")
    return entries


def _events(item: Item) -> tuple[ChannelEvent, ...]:
    if mapping(item.fields.get("message")).get("is_echo") is True:
        return _echo(item)
    if item.sender == item.house.page_id or not _PERSON.fullmatch(item.sender):
        return ()
    for field, read in _READERS.items():
        if isinstance(item.fields.get(field), dict):
            return read(item, item.fields[field])
    return ()


def _message(item: Item, message: Mapping[str, Any]) -> tuple[ChannelEvent, ...]:
    if item.standby or message.get("is_deleted") is True:
        return ()
    said = contents(message)
    return (
        IncomingMessage(
            ref=item.ref,
            event_key=item.key("message", message.get("mid")),
            kind=said.kind,
            text=said.text,
            choice_id=said.choice_id,
            phone=said.phone,
            location=said.location,
            remote_files=said.files,
            sent_at=item.at,
        ),
    )


def _edit(item: Item, edit: Mapping[str, Any]) -> tuple[ChannelEvent, ...]:
    mid, times = _identity(edit.get("mid")), _identity(edit.get("num_edit"))
    if item.standby or not isinstance(edit.get("text"), str):
        return ()
    return (
        IncomingMessage(
            ref=item.ref,
            event_key=item.key("edit", f"{mid}:{times}" if mid and times else None),
            kind=MessageKind.TEXT,
            text=readable(edit["text"]),
            sent_at=item.at,
            edited=True,
        ),
    )


def _postback(item: Item, postback: Mapping[str, Any]) -> tuple[ChannelEvent, ...]:
    if item.standby:
        return ()
    key = item.key("postback", postback.get("mid"))
    title = readable(string(postback.get("title")))
    payload = readable(string(postback.get("payload")), PAYLOAD_ACCEPTED)
    ref = _start(postback.get("referral"))
    if ref or payload == GET_STARTED:
        return (
            IncomingMessage(ref=item.ref, event_key=key, kind=MessageKind.START, start=ref, sent_at=item.at),
        )
    # Without a payload it is another app's button: its words are what the person chose to say.
    kind = MessageKind.PRESS if payload else MessageKind.TEXT if title else MessageKind.OTHER
    return (
        IncomingMessage(
            ref=item.ref,
            event_key=key,
            kind=kind,
            text=title,
            choice_id=payload or None,
            sent_at=item.at,
        ),
    )


def _referral(item: Item, referral: Mapping[str, Any]) -> tuple[ChannelEvent, ...]:
    ref = _start(referral)
    if item.standby or ref is None:
        return ()
    return (
        IncomingMessage(
            ref=item.ref,
            event_key=item.key("referral"),
            kind=MessageKind.START,
            start=ref,
            sent_at=item.at,
        ),
    )


def _delivery(item: Item, delivery: Mapping[str, Any]) -> tuple[ChannelEvent, ...]:
    mids = [mid for mid in map(_identity, listed(delivery.get("mids"))) if mid is not None]
    if not mids:
        return _up_to(item, delivery, DeliveryState.DELIVERED)
    return tuple(
        DeliveryReceipt(
            ref=item.ref,
            event_key=item.key("delivered", mid),
            state=DeliveryState.DELIVERED,
            external_id=mid,
            at=item.at,
        )
        for mid in mids
    )


def _read(item: Item, read: Mapping[str, Any]) -> tuple[ChannelEvent, ...]:
    return _up_to(item, read, DeliveryState.SEEN)


def _up_to(item: Item, told: Mapping[str, Any], state: DeliveryState) -> tuple[ChannelEvent, ...]:
    """A receipt for everything we sent up to the watermark."""
    until, stamp = _moment(told.get("watermark"), _LAST_MOMENT)
    if not stamp:
        return ()
    return (
        DeliveryReceipt(
            ref=item.ref,
            event_key=f"{state.value}:{item.sender}:{stamp}",
            state=state,
            until=until,
            at=item.at,
        ),
    )


def _echo(item: Item) -> tuple[ChannelEvent, ...]:
    """What was sent in the Page's name: nothing where we sent it, else a colleague's words."""
    message = item.fields["message"]
    house = item.house
    app_id = _identity(message.get("app_id"))
    ours = message.get("metadata") == OURS or (house.app_id is not None and app_id == house.app_id)
    if ours or item.sender != house.page_id or not _PERSON.fullmatch(item.recipient):
        return ()
    said = contents(message)
    return (
        ColleagueMessage(
            ref=house.conversation(item.recipient),
            event_key=item.key("echo", message.get("mid")),
            text=said.text,
            remote_files=said.files,
            sent_at=item.at,
        ),
    )


_READERS: dict[str, Callable[[Item, Mapping[str, Any]], tuple[ChannelEvent, ...]]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "referral": _referral,
    "delivery": _delivery,
    "read": _read,
}


def _digest(fields: Mapping[str, Any]) -> str:
    try:
        content = json.dumps(fields, sort_keys=True)
    except RecursionError:
        content = ""
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _start(referral: object) -> str | None:
    return readable(string(mapping(referral).get("ref")), START_ACCEPTED) or None


def _identity(value: object) -> str | None:
    """An id as text: some come as numbers, which in JSON are exact in Python."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**30:
        return str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _moment(stamp: object, otherwise: datetime) -> tuple[datetime, str]:
    """The moment of a stamp and the stamp as text; where there is none, `otherwise` and nothing."""
    told = _identity(stamp)
    if told is None or not told.isdigit() or len(told) > 16:
        return otherwise, ""
    number = int(told)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else float(number)
    if not _FIRST_MOMENT.timestamp() <= seconds <= _LAST_MOMENT.timestamp():
        return otherwise, ""
    return datetime.fromtimestamp(seconds, UTC), told
