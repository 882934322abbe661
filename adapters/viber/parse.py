"""Viber's callbacks as events. One body is one event.

What `viberbot` models is read from its models. It raises on whatever it does not know and drops fields, so the JSON
stays beside the model: for the tokens, the names and sizes of files, and messages of a new type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from viberbot.api.messages import (
    ContactMessage,
    FileMessage,
    LocationMessage,
    PictureMessage,
    StickerMessage,
    TextMessage,
    URLMessage,
    VideoMessage,
)
from viberbot.api.viber_requests import create_request

from adapters.incoming import NAME_ACCEPTED, file_name, object_of, readable
from adapters.viber.keyboard import pressed
from conversations.channel import UnreadableBody
from conversations.messages import (
    AttachmentKind,
    ChannelEvent,
    ConversationRef,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    Location,
    MessageKind,
    ReachChange,
    RemoteFile,
)

ASKED_PHONE = "phone"
"""The tracking data of a message whose button gives the person's own number; a contact that answers it has it too."""

ADDRESS_ACCEPTED = 4_000
CONTEXT_ACCEPTED = 200
REASON_ACCEPTED = 200
_AHEAD = timedelta(days=1)
_PERSON = re.compile(r"[\x21-\x7e]{1,100}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,40}")

RefOf = Callable[[str], ConversationRef]


@dataclass(frozen=True)
class Callback:
    """One body: Viber's JSON, `viberbot`'s model of it where it has one, and the moment it tells of."""

    event: str
    fields: Mapping[str, Any]
    request: Any
    at: datetime
    ref_of: RefOf

    def ref(self, person: object) -> ConversationRef:
        """The person's conversation. Raises UnreadableBody."""
        if not isinstance(person, str) or not _PERSON.fullmatch(person):
            raise UnreadableBody(f"{self.event}: no person")
        return self.ref_of(person)

    def token(self) -> str:
        """The message token, all its digits. Raises UnreadableBody."""
        token = self.fields.get("message_token")
        if isinstance(token, bool) or not isinstance(token, int | str) or not _TOKEN.fullmatch(str(token)):
            raise UnreadableBody(f"{self.event}: no message_token")
        return str(token)


def body_to_events(body: bytes, now: datetime, ref_of: RefOf) -> tuple[ChannelEvent, ...]:
    """At most one event; none for what is new to us. Raises UnreadableBody, which never repeats what was written."""
    call = _callback(body, now, ref_of)
    reader = _READERS.get(call.event)
    return reader(call) if reader else ()


def awaits_welcome(body: bytes, now: datetime, ref_of: RefOf) -> tuple[bool, str | None]:
    """Whether a body opens the chat of somebody who has not subscribed, and what its link carried."""
    try:
        call = _callback(body, now, ref_of)
    except UnreadableBody:
        return False, None
    if call.event != "conversation_started" or _subscribed(call):
        return False, None
    return True, _words(call.fields.get("context"), CONTEXT_ACCEPTED) or None


def _callback(body: bytes, now: datetime, ref_of: RefOf) -> Callback:
    fields = object_of(body)
    event = fields.get("event")
    if not isinstance(event, str):
        raise UnreadableBody("no event")
    known = event if event in _READERS else "unknown"
    return Callback(known, fields, _modelled(fields), _moment(fields.get("timestamp"), now), ref_of)


def _modelled(fields: Mapping[str, Any]) -> Any:
    """`viberbot`'s request; None for anything it does not know or that has another shape.

    Its `Api.parse_request` does the same, but writes the citizen's words to its log.
    """
    try:
        return create_request(fields)
    except Exception:
        # A bare Exception is what viberbot raises; a field of another type brings any other.
        return None


def _moment(milliseconds: object, now: datetime) -> datetime:
    """When it happened; `now` where that is not told or can't be."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return now
    if not 0 < milliseconds < (now + _AHEAD).timestamp() * 1000:
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _message(call: Callback) -> tuple[ChannelEvent, ...]:
    raw = _mapping(call.fields.get("message"))
    sender = _mapping(call.fields.get("sender"))
    content = call.request.message if call.request is not None else None
    return (
        IncomingMessage(
            ref=call.ref(call.request.sender.id if call.request is not None else sender.get("id")),
            event_key=f"message:{call.token()}",
            author_name=_words(sender.get("name"), NAME_ACCEPTED) or None,
            sent_at=call.at,
            **_said(content, raw),
        ),
    )


def _said(content: Any, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The kind of a message and what belongs to it; OTHER for what has no word or no content."""
    match content:
        case TextMessage() if isinstance(content.text, str):
            return _text(content.text)
        case URLMessage() if isinstance(content.media, str):
            return {"kind": MessageKind.TEXT, "text": readable(content.media)}
        case PictureMessage() if handle := _handle(content.media):
            return _file(MessageKind.PHOTO, AttachmentKind.PHOTO, handle, content.text, raw)
        case VideoMessage() if handle := _handle(content.media):
            return _file(MessageKind.DOCUMENT, AttachmentKind.VIDEO, handle, content.text, raw)
        case FileMessage() if handle := _handle(content.media):
            return _file(MessageKind.DOCUMENT, AttachmentKind.DOCUMENT, handle, raw.get("text"), raw)
        case StickerMessage():
            return {"kind": MessageKind.STICKER}
        case ContactMessage():
            return {"kind": MessageKind.CONTACT, "phone": _own_phone(content)}
        case LocationMessage() if point := _point(content.location):
            return {"kind": MessageKind.LOCATION, "location": point}
        case _:
            return {"kind": MessageKind.OTHER, "text": _words(raw.get("text"))}


def _text(text: str) -> dict[str, Any]:
    if press := pressed(text):
        choice_id, label = press
        return {"kind": MessageKind.PRESS, "choice_id": choice_id, "text": readable(label)}
    return {"kind": MessageKind.TEXT, "text": readable(text)}


def _file(
    kind: MessageKind, file: AttachmentKind, handle: str, caption: object, raw: Mapping[str, Any]
) -> dict[str, Any]:
    size = raw.get("size")
    remote = RemoteFile(
        kind=file,
        handle=handle,
        name=file_name(_words(raw.get("file_name"), ADDRESS_ACCEPTED)),
        size=size if type(size) is int and 0 <= size < 2**53 else None,
    )
    return {"kind": kind, "text": _words(caption), "remote_files": (remote,)}


def _handle(address: object) -> str | None:
    """The file's address with Viber, kept whole or not at all."""
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        return None
    return (
        address if len(address) <= ADDRESS_ACCEPTED and address.isascii() and address.isprintable() else None
    )


def _own_phone(contact: ContactMessage) -> str | None:
    """The number, where it answers our button: any other card may be somebody else's."""
    card = contact.contact
    if contact.tracking_data != ASKED_PHONE or card is None or not isinstance(card.phone_number, str):
        return None
    return readable(card.phone_number, 40) or None


def _point(location: Any) -> Location | None:
    if location is None:
        return None
    latitude, longitude = _degrees(location.latitude, 90), _degrees(location.longitude, 180)
    if latitude is None or longitude is None:
        return None
    return Location(latitude=latitude, longitude=longitude)


def _degrees(value: object, limit: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= limit else None


def _started(call: Callback) -> tuple[ChannelEvent, ...]:
    """A subscriber comes back. Anybody else gets the welcome in the answer, and their first word is the event."""
    if not _subscribed(call):
        return ()
    return (
        IncomingMessage(
            ref=call.ref(_mapping(call.fields.get("user")).get("id")),
            event_key=f"conversation_started:{call.token()}",
            kind=MessageKind.START,
            start=_words(call.fields.get("context"), CONTEXT_ACCEPTED) or None,
            author_name=_words(_mapping(call.fields.get("user")).get("name"), NAME_ACCEPTED) or None,
            sent_at=call.at,
        ),
    )


def _subscribed(call: Callback) -> bool:
    return (call.request.subscribed if call.request else call.fields.get("subscribed")) is True


def _reached(call: Callback) -> tuple[ChannelEvent, ...]:
    if call.event == "subscribed":
        person = call.request.user.id if call.request else _mapping(call.fields.get("user")).get("id")
    else:
        person = call.request.user_id if call.request else call.fields.get("user_id")
    return (
        ReachChange(
            ref=call.ref(person),
            event_key=f"{call.event}:{call.token()}",
            reachable=call.event == "subscribed",
            at=call.at,
        ),
    )


def _receipt(call: Callback) -> tuple[ChannelEvent, ...]:
    """One token's receipts may come from each device, and a token of ours may be shared: the person is in the key."""
    person = call.request.user_id if call.request else call.fields.get("user_id")
    reason = call.request.desc if call.request and call.event == "failed" else call.fields.get("desc")
    ref = call.ref(person)
    return (
        DeliveryReceipt(
            ref=ref,
            event_key=f"{call.event}:{call.token()}:{ref.address}",
            state=DeliveryState(call.event),
            external_id=call.token(),
            reason=_words(reason, REASON_ACCEPTED) or None,
            at=call.at,
        ),
    )


_READERS: Mapping[str, Callable[[Callback], tuple[ChannelEvent, ...]]] = {
    "message": _message,
    "conversation_started": _started,
    "subscribed": _reached,
    "unsubscribed": _reached,
    "delivered": _receipt,
    "seen": _receipt,
    "failed": _receipt,
}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: object, limit: int | None = None) -> str:
    if not isinstance(value, str):
        return ""
    return readable(value) if limit is None else readable(value, limit)
