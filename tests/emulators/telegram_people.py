"""The people of Telegram: their phones, what they send and press, and what their screens show."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.telegram_updates import CALLBACK_LIFE, Updates
from tests.emulators.vendor import Shown

PHONE = "380670000001"
"""Everybody's own phone."""

PLACE = (49.2331, 28.4682)

_COMMAND = re.compile(r"/[A-Za-z0-9_]+(?:@\w+)?")


@dataclass
class Message:
    """One message of a private chat. `from_bot` ones are on the citizen's screen as the bot's."""

    message_id: int
    chat: int
    text: str = ""
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    file: tuple[str, str] | None = None
    from_bot: bool = True
    edited: bool = False
    locked: bool = False
    date: int = 0


@dataclass
class Phone:
    """One person and their chat with the bot."""

    id: int
    first_name: str
    last_name: str | None = None
    blocked: bool = False
    gone: bool = False
    messages: list[Message] = field(default_factory=list)

    def user(self) -> dict[str, Any]:
        told = {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": "uk"}
        return told if self.last_name is None else {**told, "last_name": self.last_name}

    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.first_name}


@dataclass
class Press:
    """A button press that waits for its answer."""

    at: float
    answered: bool = False


class People:
    """Everyone who has a chat with one bot. What they do becomes updates."""

    def __init__(self, bot: Mapping[str, Any], updates: Updates) -> None:
        self.bot = bot
        self.updates = updates
        self._phones: dict[str, Phone] = {}
        self._ids = itertools.count(700_000_001)
        self._message_ids = itertools.count(1)
        self._queries = itertools.count(4_382_000_000_000_000_001)
        self._files: dict[str, tuple[bytes, str]] = {}
        self._presses: dict[str, Press] = {}

    def phone(self, person: str) -> Phone:
        """A person, made up when first named; a name of digits is their id."""
        if person not in self._phones:
            number = int(person) if person.isdecimal() else next(self._ids)
            self._phones[person] = Phone(number, person if not person.isdecimal() else "Олена")
        return self._phones[person]

    def address(self, person: str) -> str:
        """The id of a person's chat with the bot."""
        return str(self.phone(person).id)

    async def open_chat(self, person: str, start: str | None = None) -> None:
        await self.write(person, "/start" if start is None else f"/start {start}")

    async def write(self, person: str, text: str) -> None:
        found = _COMMAND.match(text)
        content: dict[str, Any] = {"text": text}
        if found:
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(found[0])}]
        self._say(person, **content)

    async def press(self, person: str, label: str) -> None:
        for message in reversed(self.phone(person).messages):
            for button in itertools.chain.from_iterable(message.keyboard):
                if button["text"] == label:
                    await self._press(person, message, button)
                    return
        raise KeyError(label)

    async def press_old(self, person: str, callback_data: str, message_id: int = 1) -> None:
        """A button of a message that Telegram itself has no more."""
        phone = self.phone(person)
        self._query(
            phone,
            message={"chat": phone.chat(), "message_id": message_id, "date": 0},
            data=callback_data,
        )

    async def press_without_data(self, person: str) -> None:
        """A button of a game."""
        phone = self.phone(person)
        message = {"chat": phone.chat(), "message_id": 1, "date": 0}
        self._query(phone, message=message, game_short_name="puzzle")

    def screen(self, person: str) -> Sequence[Shown]:
        return [
            Shown(
                message.text,
                tuple(button["text"] for row in message.keyboard for button in row),
                None,
                (message.file[1],) if message.file else (),
                message.edited,
            )
            for message in self.phone(person).messages
            if message.from_bot
        ]

    async def share_contact(self, person: str, phone: str, *, own: bool = True) -> None:
        sender = self.phone(person)
        contact = {"phone_number": phone, "first_name": sender.first_name}
        self._say(person, contact={**contact, "user_id": sender.id} if own else contact)

    async def share_location(
        self, person: str, latitude: float, longitude: float, *, live: bool = False
    ) -> int:
        """Gives the message's id, for `move`."""
        point: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
        return self._say(person, location={**point, "live_period": 900} if live else point)

    async def move(self, person: str, message_id: int, latitude: float, longitude: float) -> None:
        """A live location went on."""
        point = {"latitude": latitude, "longitude": longitude, "live_period": 900, "heading": 90}
        self._say(person, kind="edited_message", message_id=message_id, location=point)

    async def send_photo(
        self, person: str, content: bytes, caption: str | None = None, album: str | None = None
    ) -> str:
        """Gives the id of the largest size."""
        small, large = self._keep(content[:40], "photos/file_0.jpg"), self._keep(content, "photos/file_1.jpg")
        sizes = [
            {"file_id": small, "file_unique_id": f"u{small}", "width": 90, "height": 67, "file_size": 40},
            {
                "file_id": large,
                "file_unique_id": f"u{large}",
                "width": 1280,
                "height": 960,
                "file_size": len(content),
            },
        ]
        more: dict[str, Any] = {"caption": caption} if caption is not None else {}
        if album:
            more["media_group_id"] = album
        self._say(person, photo=sizes, **more)
        return large

    async def send_file(
        self,
        person: str,
        kind: str,
        content: bytes,
        *,
        name: str | None = None,
        media_type: str = "application/pdf",
        size: int | None = None,
    ) -> str:
        """`kind` is document, voice, audio, video, video_note or animation; `size` may lie. Gives the file's id."""
        file_id = self._keep(content, f"{kind}s/{name or 'file_2'}")
        file: dict[str, Any] = {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(content) if size is None else size,
            "mime_type": media_type,
        }
        if name:
            file["file_name"] = name
        if kind != "document":
            file["duration"] = 3
        if kind in {"video", "animation"}:
            file |= {"width": 640, "height": 480}
        if kind == "video_note":
            file = {key: value for key, value in file.items() if key != "mime_type"} | {"length": 240}
        content_of_it: dict[str, Any] = {kind: file}
        if kind == "animation":
            content_of_it["document"] = file
        self._say(person, **content_of_it)
        return file_id

    async def send_any(self, person: str, **content: Any) -> None:
        """A message of any other kind: `sticker={…}`, `poll={…}`, `dice={…}`."""
        self._say(person, **content)

    async def edit(self, person: str, text: str) -> None:
        """A person mends their last message."""
        last = next(message for message in reversed(self.phone(person).messages) if not message.from_bot)
        self._say(person, kind="edited_message", message_id=last.message_id, text=text)

    async def block(self, person: str) -> None:
        self.phone(person).blocked = True
        self._membership(person, "member", "kicked")

    async def unblock(self, person: str) -> None:
        self.phone(person).blocked = False
        self._membership(person, "kicked", "member")

    def delete_account(self, person: str) -> None:
        self.phone(person).gone = True

    def lock(self, person: str) -> None:
        """From now on nothing on this screen can be edited."""
        for message in self.phone(person).messages:
            message.locked = True

    def wait_long(self) -> None:
        """So long that no press can be answered any more."""
        for press in self._presses.values():
            press.at -= CALLBACK_LIFE

    async def write_in_group(self, group: int, text: str, entities: Sequence[Mapping[str, Any]] = ()) -> None:
        message = {
            "message_id": next(self._message_ids),
            "from": self.phone("сусід").user(),
            "chat": {"id": group, "type": "supergroup", "title": "Будинок 5"},
            "date": int(time.time()),
            "text": text,
            "entities": list(entities),
        }
        self.updates.add("message", message, str(group))

    async def add_to_group(self, group: int) -> None:
        member = {"user": self.bot, "status": "member"}
        change = {
            "chat": {"id": group, "type": "supergroup", "title": "Будинок 5"},
            "from": self.phone("сусід").user(),
            "date": int(time.time()),
            "old_chat_member": {"user": self.bot, "status": "left"},
            "new_chat_member": member,
        }
        self.updates.add("my_chat_member", change, str(group))

    async def post_in_channel(self, channel: int, text: str) -> None:
        chat = {"id": channel, "type": "channel", "title": "Новини"}
        post = {"message_id": 5, "chat": chat, "sender_chat": chat, "date": int(time.time()), "text": text}
        self.updates.add("channel_post", post, str(channel))

    def answered(self) -> int:
        """How many presses were answered."""
        return sum(press.answered for press in self._presses.values())

    def _say(
        self, person: str, *, kind: str = "message", message_id: int | None = None, **content: Any
    ) -> int:
        phone = self.phone(person)
        number = next(self._message_ids) if message_id is None else message_id
        now = int(time.time())
        message = {"message_id": number, "from": phone.user(), "chat": phone.chat(), "date": now, **content}
        if kind == "edited_message":
            message["edit_date"] = now
        else:
            phone.messages.append(
                Message(number, phone.id, content.get("text", ""), from_bot=False, date=now)
            )
        self.updates.add(kind, message, str(phone.id))
        return number

    async def _press(self, person: str, message: Message, button: Mapping[str, Any]) -> None:
        """A key in place of the phone's own shares what it asks for, or writes its label."""
        if "callback_data" in button:
            self._pressed(person, message, button["callback_data"])
        elif button.get("request_contact"):
            await self.share_contact(person, PHONE)
        elif button.get("request_location"):
            await self.share_location(person, *PLACE)
        else:
            await self.write(person, button["text"])

    def _pressed(self, person: str, message: Message, callback_data: str) -> None:
        self._query(self.phone(person), message=self._told(message), data=callback_data)

    def _query(self, phone: Phone, **content: Any) -> None:
        query = str(next(self._queries))
        self._presses[query] = Press(time.monotonic())
        told = {"id": query, "from": phone.user(), "chat_instance": str(phone.id * 31), **content}
        self.updates.add("callback_query", told, f"presses of {phone.id}")

    def _membership(self, person: str, before: str, after: str) -> None:
        phone = self.phone(person)

        def member(status: str) -> dict[str, Any]:
            told = {"user": self.bot, "status": status}
            return {**told, "until_date": 0} if status == "kicked" else told

        change = {
            "chat": phone.chat(),
            "from": phone.user(),
            "date": int(time.time()),
            "old_chat_member": member(before),
            "new_chat_member": member(after),
        }
        self.updates.add("my_chat_member", change, str(phone.id))

    def _told(self, message: Message) -> dict[str, Any]:
        phone = next(phone for phone in self._phones.values() if phone.id == message.chat)
        told: dict[str, Any] = {
            "message_id": message.message_id,
            "from": self.bot,
            "chat": phone.chat(),
            "date": message.date,
        }
        if message.file:
            file_id, name = message.file
            file = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_name": name}
            told |= {"document": file, **({"caption": message.text} if message.text else {})}
        else:
            told["text"] = message.text
        buttons = [row for row in message.keyboard if "callback_data" in row[0]]
        return told | ({"reply_markup": {"inline_keyboard": buttons}} if buttons else {})

    def _keep(self, content: bytes, path: str) -> str:
        file_id = f"AgACAgIAAxkBAAI{len(self._files):04d}"
        folder, _, name = path.rpartition("/")
        self._files[file_id] = (content, f"{folder}/{len(self._files)}_{name}")
        return file_id
