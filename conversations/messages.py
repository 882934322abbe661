"""The neutral words every channel, the engine and the workplace share: what was said and by whom.

These are frozen pydantic models because they travel through JSON (inbox, transcript, outbox) and come back
the same. Nothing here knows a channel, a database or a benefit.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Word(BaseModel):
    """A frozen value that rejects unknown fields; what it rejects is never repeated in the error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ConversationRef(Word):
    """Where a conversation lives: one person's address in one bot of one channel of one community."""

    community: str
    channel: str
    bot: str
    address: str


PHONE = "phone"
"""The channel of what was said on the phone: a specialist keeps it, nothing comes in or goes out by itself."""


class AttachmentKind(StrEnum):
    """What a file is to a person, not its MIME type."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"


class Attachment(Word):
    """A file that has been stored; `content_hash` (sha256, hex) finds its bytes in the attachment store."""

    kind: AttachmentKind
    content_hash: str
    media_type: str
    size: int
    name: str | None = None


class RemoteFile(Word):
    """A file that still lies with the vendor; `handle` is what the channel's `fetch_file` fetches it by."""

    kind: AttachmentKind
    handle: str
    name: str | None = None
    media_type: str | None = None
    size: int | None = None


class Location(Word):
    """A point on the map, degrees WGS 84."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class MessageKind(StrEnum):
    """What a citizen sent. `start` opens the chat; `other` is anything a channel knows and we have no word for."""

    START = "start"
    TEXT = "text"
    PRESS = "press"
    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


class IncomingMessage(Word):
    """One thing a citizen did. `event_key` is unique within the bot and makes repeats harmless.

    `remote_files` are fetched later and join `attachments`. `album` is common to the parts of one sending that came
    as several events. `edited`: it takes the place of what was said before. `start` is what a link into the chat
    carried. `pressed_in` is the channel's id of the message whose button was pressed.
    """

    type: Literal["message"] = "message"
    ref: ConversationRef
    event_key: str
    kind: MessageKind
    text: str = ""
    choice_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    location: Location | None = None
    phone: str | None = None
    author_name: str | None = None
    sent_at: datetime
    remote_files: tuple[RemoteFile, ...] = ()
    album: str | None = None
    edited: bool = False
    start: str | None = None
    pressed_in: str | None = None


class DeliveryState(StrEnum):
    """What became of something we sent."""

    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"


class DeliveryReceipt(Word):
    """A channel's word about something we sent: one external id, or everything up to a moment (`until`)."""

    type: Literal["receipt"] = "receipt"
    ref: ConversationRef
    event_key: str
    state: DeliveryState
    external_id: str | None = None
    until: datetime | None = None
    reason: str | None = None
    at: datetime


class ColleagueMessage(Word):
    """What one of ours wrote to the person outside this house, in the vendor's own inbox."""

    type: Literal["colleague"] = "colleague"
    ref: ConversationRef
    event_key: str
    text: str
    sent_at: datetime
    remote_files: tuple[RemoteFile, ...] = ()


class ReachChange(Word):
    """The person let us in or shut us out: blocked, unsubscribed, came back."""

    type: Literal["reach"] = "reach"
    ref: ConversationRef
    event_key: str
    reachable: bool
    at: datetime


class InternalEvent(Word):
    """What the house itself has to tell a citizen (a ticket taken, ...). Only the engine makes words of it."""

    type: Literal["internal"] = "internal"
    name: str
    facts: dict[str, Any] = Field(default_factory=dict)
    at: datetime


ChannelEvent = IncomingMessage | DeliveryReceipt | ColleagueMessage | ReachChange
"""What a channel may tell."""

InboxEvent = Annotated[ChannelEvent | InternalEvent, Field(discriminator="type")]


Share = Literal["phone", "location"]
"""What a person may share of their own with one press."""


class Choice(Word):
    """A button. `id` is Latin, at most 40 bytes, and means the same for ever; `label` is at most 20 characters.

    `asks`: the press shares the person's own phone or place, which comes as a contact or a location; only channels
    that can share it show such a button.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9_:.\-]{1,40}$")
    label: str = Field(min_length=1, max_length=20)
    asks: Share | None = None


class CardLine(Word):
    """One line of an answer card: «Скільки» and its value."""

    label: str
    value: str


class CardSource(Word):
    """Where a card's words come from, as one line, and the address of the act when it has one."""

    text: str
    url: str | None = None


class Card(Word):
    """The structure of an answer, for channels that can show it; `Reply.text` always says the same in plain text."""

    title: str
    answer: str
    lines: tuple[CardLine, ...] = ()
    items: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    note: str | None = None
    source: CardSource | None = None


class Pin(Word):
    """A place on the map beside the words, for channels that show one; `link` opens the same place anywhere."""

    location: Location
    title: str = Field(min_length=1)
    address: str = Field(min_length=1)
    link: str = Field(pattern=r"^https://\S+$")


class Reply(Word):
    """What we say: plain text that is enough by itself, buttons under it, and the same as a card where there is one.

    `pin` is the place the text is about; where a channel has no map, its link is said. `renews`: it is the screen whose
    button was pressed, as it looks now; where a channel can, it takes its place.
    """

    text: str = Field(min_length=1)
    choices: tuple[Choice, ...] = ()
    card: Card | None = None
    attachments: tuple[Attachment, ...] = ()
    renews: bool = False
    pin: Pin | None = None


class AuthorKind(StrEnum):
    """Who speaks in a transcript. `system` lines and `note`s are never sent to the citizen."""

    CITIZEN = "citizen"
    BOT = "bot"
    SPECIALIST = "specialist"
    SYSTEM = "system"
    NOTE = "note"


class Author(Word):
    """The person or machine behind a line; `id` is an account's id for specialists and notes."""

    kind: AuthorKind
    id: str | None = None
    name: str | None = None


class OutgoingMessage(Word):
    """A reply on its way to a citizen, with its author (a channel may show the specialist's name).

    `instead_of`: the channel's id of the message that this one takes the place of.
    """

    ref: ConversationRef
    reply: Reply
    author: Author
    instead_of: str | None = None
