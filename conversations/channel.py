"""The contract every channel keeps: four verbs, its capabilities as data, and the five ways a sending may fail.

Beside the four verbs a channel may fetch files, show signs, pull instead of being called, connect itself, and tell the
address of its chat: each is a small protocol of its own, kept by those whose vendor has it.

ChannelError
├── NotAuthentic            the request is not from whom it says: 403, nothing is stored
├── ConnectFault            the vendor does not let the channel be set up, and what to mend
├── UnreadableBody          authentic but not understood: kept raw, answered 200, alarmed
└── SendError
    ├── RecipientUnreachable    blocked, deleted, not a subscriber: do not retry, mark the person
    ├── ReplyWindowClosed       the channel no longer lets us write first
    ├── RateLimited             try again after `retry_after` seconds
    ├── ChannelUnavailable      no answer, 5xx, garbage: try again; `uncertain` = it may have arrived
    └── ReplyRejected           the vendor refuses this very payload: do not retry, alarm
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    ChannelEvent,
    ConversationRef,
    OutgoingMessage,
    Reply,
    Share,
)

Payload = Mapping[str, Any]
"""One vendor request, as JSON values: what `render` makes and the outbox keeps."""


class ChannelError(Exception):
    """Anything a channel may say went wrong. Messages carry facts, never a token or a citizen's words."""


class NotAuthentic(ChannelError):
    """The signature, secret or cookie is missing or wrong."""


class UnreadableBody(ChannelError):
    """The body is authentic but no events can be made of it."""


@dataclass
class ConnectFault(ChannelError):
    """The vendor does not let us in: what is wrong and what to mend, each one sentence for a person."""

    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.reason} {self.mend}"


class SendError(ChannelError):
    """A sending failed in one of the five ways."""


class RecipientUnreachable(SendError):
    """This person can't be reached in this channel any more."""


class ReplyWindowClosed(SendError):
    """The channel's window for answering has closed."""


@dataclass
class RateLimited(SendError):
    """The vendor asks for patience."""

    retry_after: float

    def __str__(self) -> str:
        return f"retry after {self.retry_after:g} s"


@dataclass
class ChannelUnavailable(SendError):
    """The vendor did not take it. `uncertain`: it may nevertheless have arrived (a time-out after sending)."""

    reason: str
    uncertain: bool = False

    def __str__(self) -> str:
        return self.reason


class ReplyRejected(SendError):
    """The vendor refuses this payload for good."""


class Sign(StrEnum):
    """A sign that we are there. Nobody waits for it and it is never repeated."""

    SEEN = "seen"
    TYPING = "typing"


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show and tell, as data. Lengths are characters; `choice_id_limit` is bytes.

    Windows are counted from the person's last word: after `reply_window` nothing can be sent, after
    `specialist_window` nor can a specialist's words (None: no limit; by default both are one), after `free_window`
    a message costs `price`. `edits`: a message may take another's place. `takes_back`: for how long after
    sending one of ours can be taken out of the person's chat (None: never). `pace` is messages a second for the bot.
    `shares`: what a person can share by a button; other such buttons are left out. `signs` are shown when a message
    arrives, those that `acknowledge` does not show already. `location`: a person can send a place; `pins`: we can.
    """

    text_limit: int
    choices_limit: int
    label_limit: int = 20
    choice_id_limit: int = 40
    cards: bool = False
    numbered_choices: bool = False
    reply_window: timedelta | None = None
    specialist_window: timedelta | None = None
    free_window: timedelta | None = None
    price: str | None = None
    edits: bool = False
    takes_back: timedelta | None = None
    pace: float | None = None
    signs: tuple[Sign, ...] = ()
    delivered_receipts: bool = False
    seen_receipts: bool = False
    location: bool = False
    pins: bool = False
    shares: frozenset[Share] = frozenset()
    file_kinds: frozenset[AttachmentKind] = frozenset()
    file_limit: int = 0

    def closes_at(self, heard_at: datetime | None, author: AuthorKind) -> datetime | None:
        """Until when words of this author can be sent; None without a window, or where nobody wrote yet."""
        window = self.reply_window
        if author is AuthorKind.SPECIALIST and self.specialist_window is not None:
            window = self.specialist_window
        return None if window is None or heard_at is None else heard_at + window

    def paid_from(self, heard_at: datetime | None) -> datetime | None:
        """From when a message costs `price`; None where it never does."""
        return None if self.free_window is None or heard_at is None else heard_at + self.free_window


@dataclass(frozen=True)
class Request:
    """An HTTP request as a channel sees it. Header names are lower case."""

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Caller:
    """Who proved to be speaking: the bot the request is for and, where the proof tells, the person."""

    bot: str
    address: str | None = None


@dataclass(frozen=True)
class Acknowledgement:
    """The HTTP answer to an accepted request."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass(frozen=True)
class Sent:
    """A sending the vendor took: its id for the message, and what it said of the price, in its own words."""

    external_id: str
    billing: str | None = None


class Channel(Protocol):
    """One way people reach us. `parse` and `render` are pure; only `send` touches the network."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def authenticate(self, request: Request) -> Caller:
        """Who speaks, in constant time over the raw bytes. Raises NotAuthentic."""
        ...

    def parse(self, body: bytes, caller: Caller) -> Sequence[ChannelEvent]:
        """The events in a body; unknown events give none. Raises UnreadableBody."""
        ...

    def acknowledge(self, request: Request, events: Sequence[ChannelEvent]) -> Acknowledgement:
        """What to answer once everything is stored."""
        ...

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """The vendor's requests for one message, in order, within the channel's limits."""
        ...

    async def send(self, ref: ConversationRef, payload: Payload, heard_at: datetime | None = None) -> Sent:
        """Deliver one payload. `heard_at` is when the person last wrote. Raises one of the five SendErrors."""
        ...


@dataclass(frozen=True)
class FetchedFile:
    """The bytes of a file from the vendor and the name it had there."""

    content: bytes
    name: str | None = None


@runtime_checkable
class FetchesFiles(Protocol):
    """A channel whose files lie with the vendor."""

    async def fetch_file(self, handle: str) -> FetchedFile:
        """The file behind a RemoteFile's handle.

        Raises ChannelUnavailable (try again), ReplyRejected (gone, or larger than the vendor hands out).
        """
        ...


@runtime_checkable
class ShowsSigns(Protocol):
    """A channel that can show that its person was read, or is being answered."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def show(self, ref: ConversationRef, sign: Sign) -> None:
        """Show it. Raises a SendError, which nobody has to act on."""
        ...


Take = Callable[[Request], Awaitable[Acknowledgement]]
"""Stores what a request brings and gives the channel's answer, as a webhook would get it."""


@runtime_checkable
class TakesBack(Protocol):
    """A channel that can take a message of ours out of the person's chat by a request."""

    def take_back(self, ref: ConversationRef, external_id: str) -> Payload | None:
        """The request that does it, for `send`; None for an id it could not have given."""
        ...


@runtime_checkable
class Pulls(Protocol):
    """A channel that can ask its vendor for what is new, where the vendor cannot call us."""

    @property
    def pulling(self) -> bool:
        """Whether it has to: no public address is set."""
        ...

    async def pull(self, take: Take) -> None:
        """Bring everything new to `take`, for ever; a thing is confirmed to the vendor once `take` has returned.

        Raises ChannelUnavailable, RateLimited (come again later), NotAuthentic (the vendor refuses our token).
        """
        ...


@dataclass(frozen=True)
class VendorStatus:
    """How the vendor sees the channel. `waiting` counts what it still has for us; None is not told."""

    account: str
    webhook: str | None = None
    waiting: int | None = None
    error: str | None = None
    error_at: datetime | None = None


@runtime_checkable
class Connects(Protocol):
    """A channel that sets itself up at its vendor."""

    async def connect(self) -> VendorStatus:
        """Check the token; set webhook, menu, commands; return what the vendor sees. Raises ConnectFault."""
        ...

    async def status(self) -> VendorStatus:
        """What the vendor sees now. Raises ConnectFault where it does not know us or gives no answer."""
        ...


@runtime_checkable
class LinksToChat(Protocol):
    """A channel whose chat opens by an address, as one printed on paper does."""

    async def chat_link(self, start: str) -> str | None:
        """The address that opens the chat with us; the message it brings carries `start`. None where it is not known.

        It may ask the vendor once, and never raises for what the vendor answers.
        """
        ...


@dataclass(frozen=True)
class FeedLine:
    """One visible line of a conversation, as a live page shows it."""

    position: int
    author: Author
    reply: Reply
    at: datetime
    event_key: str | None = None
    seen: bool = False


@dataclass(frozen=True)
class Feed:
    """What is new after a cursor, the cursor to come back with, and who answers now ('bot', 'queue', 'specialist').

    `withdrawn` are older lines that were taken back, as they look now.
    """

    lines: tuple[FeedLine, ...]
    cursor: int
    owner: str
    owner_name: str | None = None
    ahead: int | None = None
    withdrawn: tuple[FeedLine, ...] = ()


class FeedReader(Protocol):
    """How a channel that is its own client (web, console) reads the durable log. The composition root provides it."""

    async def after(self, ref: ConversationRef, cursor: int) -> Feed:
        """Everything visible after `cursor`. The returned cursor never skips a line that is still on its way."""
        ...

    def changes(self, ref: ConversationRef) -> AsyncIterator[None]:
        """Yields once at the start and then each time something in the conversation changed."""
        ...


class AttachmentStore(Protocol):
    """Where files people send are kept, by content hash."""

    async def put(self, content: bytes, *, name: str | None = None) -> Attachment:
        """Store and describe. Raises FileRefused."""
        ...

    async def get(self, content_hash: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        ...


@dataclass
class FileRefused(ChannelError):
    """The file is empty, too large, or of a kind we do not take. `limit` is in bytes where size is the reason."""

    reason: str
    limit: int | None = None

    def __str__(self) -> str:
        return self.reason
