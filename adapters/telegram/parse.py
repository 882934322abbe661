"""aiogram's Update to the words of the house. Only private chats are heard; a message always gives an event.

update                          event
message                         one IncomingMessage, `other` where we have no word for it; service messages none
edited_message                  the same with `edited`; a live location that moved gives none
callback_query                  a press; one without data gives none and is only acknowledged
my_chat_member                  ReachChange
anything else                   none
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiogram.enums import ChatType, ContentType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update, User

from adapters.incoming import file_name, readable
from adapters.supplies import MenuItem
from conversations.messages import (
    AttachmentKind,
    ChannelEvent,
    ConversationRef,
    IncomingMessage,
    Location,
    MessageKind,
    ReachChange,
    RemoteFile,
)

FILE_FETCHED = 20 * 2**20
"""Bytes: what `getFile` hands out. A larger file is known of, and never fetched."""

PRESS_KEY = "press:"
KEY_LENGTH = 200
NAME_LENGTH = 120
CHOICE_ID_ACCEPTED = 200

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,64})?")
_START = re.compile(r"/start(?:@[A-Za-z0-9_]{1,64})?(?:\s+(?P<words>.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")

_SERVICE = frozenset(
    {
        ContentType.PINNED_MESSAGE,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.CHAT_BACKGROUND_SET,
        ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.CONNECTED_WEBSITE,
        ContentType.FORUM_TOPIC_CREATED,
        ContentType.FORUM_TOPIC_EDITED,
    }
)
"""What Telegram itself notes in a private chat: nobody said anything."""

_KIND_OF_FILE = {
    AttachmentKind.PHOTO: MessageKind.PHOTO,
    AttachmentKind.VOICE: MessageKind.VOICE,
    AttachmentKind.VIDEO: MessageKind.DOCUMENT,
    AttachmentKind.DOCUMENT: MessageKind.DOCUMENT,
}
_REACHABLE = {"member": True, "kicked": False}


class Reader:
    """Reads updates for one bot of one community; `menu` tells which commands are buttons."""

    def __init__(self, community: str, bot: str, menu: Sequence[MenuItem]) -> None:
        self._community = community
        self._bot = bot
        self._menu = {item.command: item.choice for item in menu}

    def events(self, update: Update, now: datetime) -> tuple[ChannelEvent, ...]:
        """The events of an update. `now` is for presses, which carry no time."""
        event: ChannelEvent | None = None
        if update.message is not None:
            event = self._message(update.message, update.update_id, edited=False)
        elif update.edited_message is not None:
            event = self._message(update.edited_message, update.update_id, edited=True)
        elif update.callback_query is not None:
            event = self._press(update.callback_query, now)
        elif update.my_chat_member is not None:
            event = self._reach(update.my_chat_member, update.update_id)
        return () if event is None else (event,)

    def _message(self, message: Message, update_id: int, *, edited: bool) -> IncomingMessage | None:
        if message.chat.type != ChatType.PRIVATE or self._is_own(message.from_user):
            return None
        if message.content_type in _SERVICE or (edited and message.location is not None):
            return None
        chat = message.chat.id
        said = {} if edited else self._command(message)
        return IncomingMessage(
            ref=self._ref(chat),
            event_key=(f"update:{update_id}" if edited else f"message:{chat}:{message.message_id}")[
                :KEY_LENGTH
            ],
            author_name=_name(message.from_user),
            sent_at=message.date,
            edited=edited,
            **(said or _content(message)),
        )

    def _command(self, message: Message) -> dict[str, Any]:
        """`/start` and the commands of our menu; nothing where the text is neither."""
        text = message.text or ""
        if start := _START.fullmatch(text.strip()):
            words = (start["words"] or "").strip()
            payload = words if _PAYLOAD.fullmatch(words) else None
            return {
                "kind": MessageKind.START,
                "start": payload,
                "text": "" if payload else readable(words),
            }
        command = _COMMAND.fullmatch(text.strip())
        if command and (choice := self._menu.get(command[1].lower())):
            return {"kind": MessageKind.PRESS, "choice_id": choice.id, "text": choice.label}
        return {}

    def _press(self, query: CallbackQuery, now: datetime) -> IncomingMessage | None:
        message = query.message
        if query.data is None or message is None or message.chat.type != ChatType.PRIVATE:
            return None
        return IncomingMessage(
            ref=self._ref(message.chat.id),
            event_key=press_key(query.id),
            kind=MessageKind.PRESS,
            choice_id=readable(query.data, CHOICE_ID_ACCEPTED),
            text=_label(message, query.data) if isinstance(message, Message) else "",
            pressed_in=str(message.message_id),
            author_name=_name(query.from_user),
            sent_at=now,
        )

    def _reach(self, change: ChatMemberUpdated, update_id: int) -> ReachChange | None:
        reachable = _REACHABLE.get(change.new_chat_member.status)
        if change.chat.type != ChatType.PRIVATE or reachable is None:
            return None
        return ReachChange(
            ref=self._ref(change.chat.id),
            event_key=f"update:{update_id}"[:KEY_LENGTH],
            reachable=reachable,
            at=change.date,
        )

    def _ref(self, chat: int) -> ConversationRef:
        return ConversationRef(
            community=self._community, channel="telegram", bot=self._bot, address=str(chat)
        )

    def _is_own(self, sender: User | None) -> bool:
        return sender is not None and sender.is_bot and str(sender.id) == self._bot


def press_key(query_id: str) -> str:
    """The event key of a press: what answers it is made from the key alone."""
    return f"{PRESS_KEY}{readable(query_id, KEY_LENGTH - len(PRESS_KEY))}"


def _content(message: Message) -> dict[str, Any]:
    """Kind, words and what is attached."""
    text = readable(_first(message.text, message.caption))
    album = None if message.media_group_id is None else readable(message.media_group_id, KEY_LENGTH)
    if file := _file(message):
        kind, remote = file
        fetched = (remote,) if (remote.size or 0) <= FILE_FETCHED else ()
        return {"kind": kind, "text": text, "remote_files": fetched, "album": album}
    if message.location is not None:
        return {**_place(message), "album": album}
    if message.contact is not None:
        return {"kind": MessageKind.CONTACT, "phone": _own_phone(message)}
    if message.sticker is not None:
        return {"kind": MessageKind.STICKER}
    if message.text is not None:
        return {"kind": MessageKind.TEXT, "text": text}
    return {"kind": MessageKind.OTHER, "text": text}


def _file(message: Message) -> tuple[MessageKind, RemoteFile] | None:
    """An animation is a document as well, for older programs: it is looked at first."""
    if message.photo:
        small = [size for size in message.photo if (size.file_size or 0) <= FILE_FETCHED]
        best = max(small or message.photo, key=lambda size: size.width * size.height)
        return _remote(AttachmentKind.PHOTO, best, "image/jpeg")
    for kind, file in (
        (AttachmentKind.VIDEO, message.animation),
        (AttachmentKind.VOICE, message.voice or message.audio),
        (AttachmentKind.VIDEO, message.video or message.video_note),
        (AttachmentKind.DOCUMENT, message.document),
    ):
        if file is not None:
            media_type = getattr(file, "mime_type", None)
            picture = kind is AttachmentKind.DOCUMENT and str(media_type).startswith("image/")
            return _remote(AttachmentKind.PHOTO if picture else kind, file, media_type)
    return None


def _remote(kind: AttachmentKind, file: Any, media_type: str | None) -> tuple[MessageKind, RemoteFile]:
    return _KIND_OF_FILE[kind], RemoteFile(
        kind=kind,
        handle=readable(file.file_id, KEY_LENGTH),
        name=file_name(getattr(file, "file_name", None)),
        media_type=None if media_type is None else readable(media_type, NAME_LENGTH),
        size=file.file_size,
    )


def _place(message: Message) -> Mapping[str, Any]:
    """A point, and for a venue what it is called. A point off the map is a thing we have no word for."""
    point = message.location
    assert point is not None
    venue = message.venue
    words = "" if venue is None else readable(", ".join(filter(None, (venue.title, venue.address))))
    if not (abs(point.latitude) <= 90 and abs(point.longitude) <= 180):
        return {"kind": MessageKind.OTHER, "text": words}
    location = Location(latitude=point.latitude, longitude=point.longitude)
    return {"kind": MessageKind.LOCATION, "location": location, "text": words}


def _own_phone(message: Message) -> str | None:
    """A phone counts only where Telegram vouches that it is the sender's own."""
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or contact.user_id != sender.id:
        return None
    phone = readable(contact.phone_number, NAME_LENGTH).strip()
    return phone or None


def _label(message: Message, data: str) -> str:
    """What the pressed button says, where its message still shows it."""
    rows = [] if message.reply_markup is None else message.reply_markup.inline_keyboard
    return next((readable(b.text, NAME_LENGTH) for row in rows for b in row if b.callback_data == data), "")


def _name(person: User | None) -> str | None:
    if person is None:
        return None
    full = " ".join(filter(None, (person.first_name, person.last_name)))
    return " ".join(readable(full, NAME_LENGTH).split()) or None


def _first(*texts: str | None) -> str:
    return next((text for text in texts if text), "")
